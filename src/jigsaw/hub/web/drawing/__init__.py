"""What do pictures look like? Pure functions from small dataclasses to SVG, with a twin in words or numbers.

Classes only, never style attributes: the content security policy refuses them. No clock, no database.
"""
