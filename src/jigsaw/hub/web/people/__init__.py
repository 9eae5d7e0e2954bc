"""Find a child; the picture of a child."""
