"""Notices of domestic abuse: written by the police in a minute, read and acknowledged at school."""
