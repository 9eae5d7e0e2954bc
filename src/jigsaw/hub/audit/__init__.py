"""What did we do, when, in which role and why? Append-only, and checkable by anyone."""
