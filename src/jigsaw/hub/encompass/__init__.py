"""Operation Encompass: the police tell a child's school of domestic abuse at home before the school day starts."""
