"""Two were wrongly taken for one: what followed is undone, and whoever saw it is told."""
