"""What is left out of everything unless a named role lets it out: what waits, and deciding on it."""
