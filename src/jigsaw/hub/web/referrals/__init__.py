"""Raise a concern, and see what became of it."""
