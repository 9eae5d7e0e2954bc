"""NHS numbers that are missing, in doubt or contradictory: the list of work, files out and in, and decisions."""
