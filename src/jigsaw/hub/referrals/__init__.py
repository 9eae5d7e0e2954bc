"""A concern comes in, is screened, and those who helped hear back."""
