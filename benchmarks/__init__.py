"""How fast is it at the size of a large authority? Run through `jigsaw bench NAME`; see README.md."""
