"""Which patterns are there in what was recorded of a child, and who is told of them? The rules are `jigsaw.patterns`."""
