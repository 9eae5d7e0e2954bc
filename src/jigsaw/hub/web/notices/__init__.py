"""What someone must know now."""
