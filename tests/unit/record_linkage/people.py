"""The invented people of these tests."""

from typing import Any

from jigsaw.record_linkage import Record
from jigsaw.record_linkage.identifiers import make_test_nhs_number

KATES_NUMBER, MOTHERS_NUMBER, ANOTHER_NUMBER = (make_test_nhs_number(n) for n in (100, 101, 102))
# Kate's number with its eighth and ninth figures exchanged.
MISTYPED_NUMBER = KATES_NUMBER[:7] + KATES_NUMBER[8] + KATES_NUMBER[7] + KATES_NUMBER[9]
HOME = {"addresses": "12 Mill Road", "postcodes": "ZZ1 1AB"}

_KATE: dict[str, Any] = {"given": "Kate", "family": "Walsh", "born": "03/12/2012"}


def kate(**changes: Any) -> Record:
    """Kate Walsh, born 3 December 2012, with whatever a source says besides or instead."""
    return Record.standardised(**{**_KATE, **changes})
