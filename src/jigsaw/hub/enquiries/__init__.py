"""A concern is looked into, and people decide what happens."""
