"""Does what happened to somebody make one of the patterns that people asked to be told of?

Pure: dates and kinds in, the records pointed at out. A pattern is a count or a length of time, with the records
behind it, for a person to look at. Nothing is scored, nobody is ranked, and nothing here reads clock or database.
"""

from jigsaw.patterns.finding import Found, Happening, find
from jigsaw.patterns.rules import Repeated, Rule, Silent, faults, read

__all__ = ["Found", "Happening", "Repeated", "Rule", "Silent", "faults", "find", "read"]
