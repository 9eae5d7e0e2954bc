"""How does a letter reach a partner, and is what comes back the reply to it?

Never called inside a database transaction: a partner may take its time. A partner that redirects, answers at
length, or is not served over TLS (but on this machine) is not spoken to.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import httpx

from jigsaw.hub.kit.ids import uuid7
from jigsaw.hub.partner_hubs import keys, letters
from jigsaw.hub.partner_hubs.errors import NotAccepted, NotAnswered
from jigsaw.hub.partner_hubs.models import PartnerHub
from jigsaw.hub.partner_hubs.states import Why

PATH = "/hub-to-hub/"
TIMEOUT = httpx.Timeout(10.0, connect=5.0)
ON_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")


def may_be_sent_to(address: str) -> bool:
    """An https:// address, or http:// on this machine, of a host and no more."""
    parts = urlsplit(address)
    plain_ok = parts.scheme == "http" and parts.hostname in ON_THIS_MACHINE
    bare = not (parts.query or parts.fragment or parts.username) and parts.path in ("", "/")
    return bool(parts.hostname) and bare and (parts.scheme == "https" or plain_ok)


def exchange(
    partner: PartnerHub,
    *,
    ours: str,
    kind: str,
    body: dict[str, Any],
    now: datetime,
    letter: UUID | None = None,
) -> dict[str, Any]:
    """Send a letter and return the body of the reply; `ours` is our own code. Raises NotAnswered with the reason."""
    letter = letter or uuid7()
    text = letters.write(
        keys.signing(), from_=ours, to=partner.code, kind=kind, body=body, now=now, letter=letter
    )
    return _replied(_posted(partner.address, text), partner, ours=ours, re=letter, now=now)


def _posted(address: str, text: str) -> str:
    if not may_be_sent_to(address):
        raise NotAnswered(Why.NOT_REACHED)
    try:
        with (
            httpx.Client(timeout=TIMEOUT, follow_redirects=False, trust_env=False) as client,
            client.stream(
                "POST",
                address.rstrip("/") + PATH,
                content=text,
                headers={"Content-Type": letters.CONTENT_TYPE},
            ) as response,
        ):
            return _whole(response)
    except httpx.HTTPError as error:
        raise NotAnswered(Why.NOT_REACHED) from error


def _whole(response: httpx.Response) -> str:
    """The text of an answer that is a letter of bearable length."""
    if response.headers.get("Content-Type", "").split(";")[0] != letters.CONTENT_TYPE:
        raise NotAnswered(Why.NOT_ACCEPTED if response.status_code < 500 else Why.NOT_REACHED)
    read = b""
    for piece in response.iter_bytes():
        read += piece
        if len(read) > letters.LARGEST:
            raise NotAnswered(Why.NOT_UNDERSTOOD)
    return read.decode("ascii", "replace")


def _replied(text: str, partner: PartnerHub, *, ours: str, re: UUID, now: datetime) -> dict[str, Any]:
    try:
        reply = letters.read(text, public_key=bytes(partner.public_key), from_=partner.code, to=ours, now=now)
    except NotAccepted as error:
        raise NotAnswered(error.why) from error
    if reply.re != re:
        raise NotAnswered(Why.NOT_UNDERSTOOD)
    if reply.kind == letters.REFUSAL:
        why = reply.body.get("why")
        raise NotAnswered(Why(why) if why in Why.values else Why.NOT_UNDERSTOOD)
    return reply.body
