"""The law we rely on: every instrument of the register, and who has checked it."""
