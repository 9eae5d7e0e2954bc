"""Plans of an authority: the list, one plan, a new one, and the move at birth."""
