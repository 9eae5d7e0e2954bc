"""What stands out in what was recorded of two children of Sharetown, so that there is a pattern to look at?

Katie Walsh was not brought to appointments; Mason Clarke goes missing. The hub looks at the others by itself.
"""

from __future__ import annotations

from datetime import datetime

from jigsaw.hub.patterns import operations
from jigsaw.hub.training.sharetown.plans import MASON
from jigsaw.hub.training.sharetown.writing import Step, Writer

KATIE = "walsh/katie"


def steps(writer: Writer) -> list[Step]:
    """After everything else was written down."""
    return [Step(writer.calendar.now, 99, lambda at: _look(writer, at))]


def _look(writer: Writer, at: datetime) -> None:
    for member in (KATIE, MASON):
        record = writer.known[member]
        record.refresh_from_db(fields=["person"])
        operations.look(record.person_id, now=at)
