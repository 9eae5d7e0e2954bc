"""What have the partners of Sharetown agreed to share? One agreement for both authorities, signed by every agency.

Its next version is being written, and a narrower agreement waits to be signed.

Its text comes with the sharing rules; here it gets days that hold whenever Sharetown is filled.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from jigsaw.hub.agreements import signing
from jigsaw.hub.training.sharetown.partnership import PLACES, WORKERS, Partnership
from jigsaw.hub.training.sharetown.shapes import Calendar
from jigsaw.sharing_rules import agreements as sharing_agreements

if TYPE_CHECKING:
    from jigsaw.hub.agreements.models import AgreementVersion
    from jigsaw.hub.kit.actor import Actor

EARLY_HELP = {
    "identifier": {"value": "SHARETOWN-EARLY-HELP", "system": "urn:jigsaw:demonstration"},
    "name": "Early help in Sharetown (invented)",
    "version": None,
}

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

    _in_hand(manager, row, calendar)


def _in_hand(manager: Actor, held: AgreementVersion, calendar: Calendar) -> None:
    """A draft of the next version, and an agreement that nobody has signed yet."""
    at = calendar.at(calendar.ago(2), 11)
    signing.next_version(actor=manager, version=held, now=at)
    waiting = signing.start(actor=manager, document={**_document(calendar), **EARLY_HELP}, now=at)
    signing.send(actor=manager, version=waiting, now=at + timedelta(minutes=5))


def _document(calendar: Calendar) -> dict[str, object]:
    first = date(calendar.founded.year, 1, 1)
    last = date(calendar.now.year + AGREED_FOR, 12, 31)
    document = sharing_agreements.sharetown()
    return {**document, "startDate": first.isoformat(), "endDate": last.isoformat()}
