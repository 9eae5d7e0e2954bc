"""Which other hub can be asked about a child? Westhaven, an invented one, and what it once answered about Ayaan.

About one child it is never answered: she was adopted, and somebody looks for her.

There is no such hub: whoever asks it anew is told that it could not be reached, and what to do then. Its key was made
and thrown away, so that nobody can write in its name.
"""

from __future__ import annotations

import base64
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from jigsaw.hub.kit.actor import SYSTEM
from jigsaw.hub.partner_hubs import filing, operations, silencing
from jigsaw.hub.partner_hubs.states import Answer, Purpose
from jigsaw.hub.training.sharetown.writing import Step, Writer

CODE = "WESTHAVEN"
AGREED, SILENCED, ASKED = timedelta(days=30), timedelta(days=20), timedelta(days=2)
LOOK_AGAIN_AFTER = timedelta(days=180)
CHILD = "malik/ayaan"
ADOPTED = "bowen/"


def steps(writer: Writer) -> list[Step]:
    """The hub is added, a child is put on the list of those it never hears of, and it is asked once."""
    now = writer.calendar.now
    return [
        Step(now - AGREED, 1, _agree),
        Step(now - SILENCED, 9, lambda at: _silence(writer, at)),
        Step(now - ASKED, 9, lambda at: _ask(writer, at)),
    ]


def _agree(at: datetime) -> None:
    operations.our_card(actor=SYSTEM, code="SHARETOWN", address="https://hub.sharetown.invalid", now=at)
    partner = operations.add(actor=SYSTEM, card=_card(), now=at)
    filing.is_filed(partner, epoch=1, now=at)


def _silence(writer: Writer, at: datetime) -> None:
    """The youngest of the family with the sealed adoption file."""
    family = [record for member, record in writer.known.items() if member.startswith(ADOPTED)]
    child = max((record for record in family if record.born), key=lambda record: record.born)
    silencing.never_answer(
        actor=writer.actor("grace"),
        person=child.person_id,
        reason="Adopted. The birth family has asked for her in other areas, under other names.",
        look_again_on=(at + LOOK_AGAIN_AFTER).date(),
        now=at,
    )


def _ask(writer: Writer, at: datetime) -> None:
    question = operations.ask(
        actor=writer.actor("grace"),
        person=writer.known[CHILD].person_id,
        hub=CODE,
        purpose=Purpose.ENQUIRY,
        why="His grandfather says that they lived in Westhaven until he was six.",
        now=at,
    )
    # Kept before the letter would leave, which it then does not.
    operations.note_answer(actor=writer.actor("grace"), question=question, answer=Answer.ASK, now=at)


def _card() -> dict[str, str]:
    public = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    return {
        "code": CODE,
        "name": "Westhaven",
        "address": "https://hub.westhaven.invalid",
        "front_door_phone": "01632 960 900",
        "public_key": base64.b64encode(public).decode(),
    }
