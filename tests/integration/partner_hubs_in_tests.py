"""Another hub for tests, without a server: it signs, masks, asks and answers as a real one does."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import Client
from django.utils import timezone

from jigsaw.hub.partner_hubs import filing, keys, letters
from jigsaw.record_linkage import Record
from jigsaw.record_linkage import private_question as private
from jigsaw.record_linkage.private_question import Context, MaskingKey

US, THEM = "SHARETOWN", "NORTHVALE"


class Northvale:
    """A partner hub. `answers` is what it answers when asked; `letters` are those it was sent."""

    def __init__(self) -> None:
        self.signing = Ed25519PrivateKey.generate()
        self.asking = MaskingKey.fresh()
        self.epoch = 1
        self.answers: dict[str, Any] = {"answer": "yes"}
        self.refuses = ""
        self.now: datetime | None = None
        self.letters: list[letters.Letter] = []

    @property
    def card(self) -> dict[str, str]:
        return {
            "code": THEM,
            "name": "Northvale hub",
            "address": "https://hub.northvale.example",
            "front_door_phone": "01632 960 200",
            "public_key": base64.b64encode(self.signing.public_key().public_bytes_raw()).decode(),
        }

    # --- answering: stands in for the network ---

    def posted(self, _address: str, text: str) -> str:
        ours = keys.signing().public_key().public_bytes_raw()
        letter = letters.read(text, public_key=ours, from_=US, to=THEM, now=self.now or timezone.now())
        self.letters.append(letter)
        if self.refuses:
            return self.letter(letters.REFUSAL, {"why": self.refuses}, re=letter.id)
        return self.letter(letters.REPLY, self.body_for(letter), re=letter.id)

    def body_for(self, letter: letters.Letter) -> dict[str, Any]:
        if letter.kind == letters.STATUS:
            return {"epoch": self.epoch}
        if letter.kind == letters.MASK:
            points = filing.points_of(letter.body["points"])
            return {"points": filing.text_of(self.asking.mask(point) for point in points)}
        return self.answers if letter.kind == letters.ASK else {}

    # --- asking ---

    def letter(self, kind: str, body: dict[str, Any], *, now: datetime | None = None, **more: Any) -> str:
        at = now or self.now or timezone.now()
        return letters.write(
            more.pop("signing", self.signing),
            from_=THEM,
            to=more.pop("to", US),
            kind=kind,
            body=body,
            now=at,
            **more,
        )

    def points(self, record: Record, *, epoch: int | None = None) -> list[bytes]:
        context = Context(THEM, US, epoch or self.epoch)
        found = [private.point_of(combination, context) for combination in private.to_ask([record])]
        found += [private.padding_point() for _ in range(private.MOST_ASKED - len(found))]
        return [self.asking.mask(point) for point in found]

    def question(self, record: Record, *, practitioner: str = "nia", **more: Any) -> dict[str, Any]:
        asker = {"practitioner": practitioner, "job_title": "Social worker", "agency": "Northvale CSC"}
        epoch = more.pop("epoch", self.epoch)
        points = more.pop("points", None) or self.points(record, epoch=epoch)
        return {
            "epoch": epoch,
            "points": filing.text_of(points),
            "purpose": "screening",
            "asker": asker,
        } | more

    def ask(self, client: Client, record: Record, **more: Any) -> dict[str, Any]:
        """Ask over the door; the body of the signed reply, with its status."""
        return self.send(client, self.letter(letters.ASK, self.question(record, **more)))

    def send(self, client: Client, text: str | bytes, **more: Any) -> dict[str, Any]:
        response = client.post(
            "/hub-to-hub/", text, content_type=more.pop("content_type", letters.CONTENT_TYPE)
        )
        if not response.content:
            return {"status": response.status_code}
        ours = keys.signing().public_key().public_bytes_raw()
        reply = letters.read(
            response.content.decode(), public_key=ours, from_=US, to=THEM, now=timezone.now()
        )
        return {"status": response.status_code, "kind": reply.kind, "re": reply.re, **reply.body}


def letter_id(text: str, hub: Northvale) -> UUID:
    public = hub.signing.public_key().public_bytes_raw()
    return letters.read(text, public_key=public, from_=THEM, to=US, now=timezone.now()).id
