"""Information leaves an agency, item by item, or is withheld, with reasons."""
