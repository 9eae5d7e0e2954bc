"""Plans for tests: what they say, a plan begun, and a return of care that a file would hold."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any

from jigsaw.formats import ssda903
from jigsaw.hub.people.models import PersonRecord
from jigsaw.hub.unscheduled_care import operations
from jigsaw.hub.unscheduled_care.models import Plan
from jigsaw.hub.unscheduled_care.operations import Said
from people_in_tests import MONDAY, Town

PROTECTION = Said(kind="child_protection", starts_on=date(2026, 3, 2))
CARE = Said(kind="looked_after", starts_on=date(2026, 3, 2))
UNBORN = Said(kind="unborn", starts_on=date(2026, 9, 1), expected_on=date(2026, 12, 24))


def begin(town: Town, record: PersonRecord, said: Said = PROTECTION, *, now: datetime = MONDAY) -> Plan:
    """Grace begins a plan of whoever this record speaks of, for Sharetown."""
    return operations.keep(actor=town.grace, person=record.person_id, said=said, now=now)


def a_return(*rows: str) -> Any:
    """Episodes of an SSDA903 return: CHILD, DECOM, RNE, LS, DEC, REC."""
    text = "\n".join(("CHILD,DECOM,RNE,LS,DEC,REC", *rows))
    return ssda903.read(io.BytesIO(text.encode()))
