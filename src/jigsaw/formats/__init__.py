"""What does this file, written by someone else, say about which people, and what is wrong with it?

Pure: files in, records and problems out; nothing here knows of Django, a database or the hub.

Where is…
- the shape that every reader yields, and Unreadable: `records.py`
- children in need census XML: `cin_census.py`, its codes in `cin_codes.py`
- a school's class list, with the NHS service's own messages: `class_list.py`
- any CSV or workbook, through a saved mapping: `table.py`, `mapping.py`; a first mapping: `suggest.py`
- NHS numbers asked of the national matcher, and its answers: `nhs_trace.py`, long files row by row: `streamed.py`
- which rows a CSV or workbook holds: `sheets.py`; what a file really is, and its encoding: `opening.py`
- who came to unscheduled care: HL7 v2 `adt.py`, its answers `adt_answer.py`, its bytes `hl7_text.py`, its stream
  `mllp.py`; what all of them yield: `attendance_messages.py`;
  one attendance of many messages: `attendances.py`; the same from FHIR: `fhir_attendance.py`
- plans and periods of care: `plan_episodes.py` (also of the census), `ssda903.py`, `ssd.py`
- what a cell means: `text.py` and `dates.py`

A reader is tolerant: it keeps the raw value, reports what it could not use, and accounts for every record. It
may raise Unreadable at any step up to its last, so write what it yields in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as ReadOnly

from jigsaw.formats import cin_census, class_list, table
from jigsaw.formats.mapping import Mapping
from jigsaw.formats.opening import sniff
from jigsaw.formats.records import IncomingPerson, Problem, Reading, Unreadable
from jigsaw.formats.suggest import suggest_mapping

# By the name that `jigsaw import FORMAT` uses. Each takes a path or a seekable binary stream and `on`, the
# day of reading; `table` takes a `mapping`, `class-list` may take `known_urns` and `year_groups`.
READERS: ReadOnly[str, Callable[..., Reading]] = {
    "cin": cin_census.read,
    "class-list": class_list.read,
    "table": table.read,
}

__all__ = [
    "READERS",
    "IncomingPerson",
    "Mapping",
    "Problem",
    "Reading",
    "Unreadable",
    "sniff",
    "suggest_mapping",
]
