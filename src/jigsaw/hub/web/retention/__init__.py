"""Pages: what is past its time, what is held back, and the register of what was disposed of."""
