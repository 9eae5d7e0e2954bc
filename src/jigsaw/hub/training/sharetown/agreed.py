"""What have the partners of Sharetown agreed to share? One agreement for both authorities, signed by every agency.

Its text comes with the sharing rules; here it gets days that hold whenever Sharetown is filled.
"""

from __future__ import annotations

from datetime import date, timedelta

from jigsaw.hub.agreements import signing
from jigsaw.hub.training.sharetown.partnership import PLACES, WORKERS, Partnership
from jigsaw.hub.training.sharetown.shapes import Calendar
from jigsaw.sharing_rules import agreements as sharing_agreements

AGREED_FOR = 3
"""Years from the one in which Sharetown was founded, so that it holds today."""


def sign_by_everyone(partnership: Partnership, calendar: Calendar) -> None:
    """Written by the partnership manager, sent for signing, and signed for each agency a few minutes later."""
    at = calendar.at(calendar.founded, 1)
    manager = partnership.actors["imran"]
    row = signing.start(actor=manager, document=_document(calendar), now=at)
    row = signing.send(actor=manager, version=row, now=at + timedelta(minutes=5))
    signers = {worker.agency: worker.key for worker in WORKERS if "agency_signatory" in worker.roles}
    for minute, place in enumerate(PLACES, start=10):
        if place.code in signers:
            actor = partnership.actors[signers[place.code]]
            row = signing.sign(actor=actor, version=row, now=at + timedelta(minutes=minute))


def _document(calendar: Calendar) -> dict[str, object]:
    first = date(calendar.founded.year, 1, 1)
    last = date(calendar.now.year + AGREED_FOR, 12, 31)
    document = sharing_agreements.sharetown()
    return {**document, "startDate": first.isoformat(), "endDate": last.isoformat()}
