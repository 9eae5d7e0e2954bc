"""Patterns in what was recorded: on the child's page, in a list, and what came of looking."""
