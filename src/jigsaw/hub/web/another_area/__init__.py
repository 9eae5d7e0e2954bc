"""Asking another area whether they know a child."""
