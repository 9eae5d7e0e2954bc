"""Directories of staff tell who joins and leaves, by SCIM 2.0."""
