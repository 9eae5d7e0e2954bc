"""Tell those who helped, and hear back."""
