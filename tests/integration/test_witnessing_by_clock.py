"""The hub has its log signed by partners by its own clock, and somebody hears when one does not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from integration.partner_hubs_in_tests import Northvale
from jigsaw.hub.alerts.models import Notice
from jigsaw.hub.audit import heads, notes, witnessing
from jigsaw.hub.audit.models import Head, Witnessed
from jigsaw.hub.jobs import deliver_audit_alarms, exchange_audit_heads
from jigsaw.hub.kit.actor import SYSTEM
from jigsaw.hub.partner_hubs import operations, sending, witnesses
from jigsaw.hub.partner_hubs.errors import NotAnswered
from jigsaw.hub.partner_hubs.models import PartnerHub
from jigsaw.hub.partner_hubs.states import Why
from people_in_tests import MONDAY, Town

pytestmark = pytest.mark.django_db
PEER = Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)
LETTERS: list[str] = []


@pytest.fixture
def signed(town: Town, monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    """A partner that signed our log on Monday; say what it answers from then on, or raises."""
    operations.our_card(actor=SYSTEM, code="US", address="https://us.example", now=MONDAY)
    operations.add(actor=SYSTEM, card=Northvale().card, now=MONDAY)
    a_head()
    LETTERS.clear()

    def say(answer: Any) -> None:
        def exchange(partner: Any, *, kind: str, body: Any, **_more: Any) -> Any:
            LETTERS.append(kind)
            if isinstance(answer, Exception):
                raise answer
            return answer(body)

        monkeypatch.setattr(sending, "exchange", exchange)

    say(seen)
    operations.have_witnessed(actor=SYSTEM, code=Northvale().card["code"], now=MONDAY)
    return say


def a_head() -> None:
    """A signed head of one entry: within a test's transaction nothing has its place in the tree yet."""
    head = notes.Head(origin=heads.origin(), size=1, root=b"\x01" * 32, epoch=1, at=MONDAY)
    note = notes.sign(head.text(), name=head.origin, key=heads.signing_key())
    Head.objects.create(epoch=1, size=1, root=head.root, at=MONDAY, note=note)


def seen(body: Any) -> dict[str, Any]:
    note = notes.witness(body["head"], name="northvale", key=PEER, now=MONDAY)
    public = PEER.public_key().public_bytes_raw().hex()
    return {"seen": {"kind": witnessing.WITNESS, "witness": "northvale", "public": public, "note": note}}


def test_who_signed_once_is_asked_again_every_six_hours_and_no_sooner(signed: Any) -> None:
    early, due = MONDAY + witnesses.EVERY - timedelta(seconds=1), MONDAY + witnesses.EVERY
    assert [exchange_audit_heads.run(at) for at in (early, due, due)] == [0, 1, 0]
    assert Witnessed.objects.count() == 2 and len(LETTERS) == 2
    assert heads.open_alarms() == []


def test_who_never_signed_is_not_asked_and_nor_is_one_that_is_off(signed: Any) -> None:
    due = MONDAY + timedelta(days=3)
    for changes in ({"on": False}, {"on": True, "witnessed_at": None}):
        PartnerHub.objects.update(**changes)
        assert exchange_audit_heads.run(due) == 0
    assert len(LETTERS) == 1 and heads.open_alarms() == []


def test_a_day_without_an_answer_is_an_alarm_once_and_ends_when_they_sign(signed: Any, town: Town) -> None:
    signed(NotAnswered(Why.NOT_REACHED))
    soon, late = MONDAY + witnesses.EVERY, MONDAY + witnesses.ALARM_AFTER + timedelta(seconds=1)
    assert exchange_audit_heads.run(soon) == 0 and heads.open_alarms() == []
    assert exchange_audit_heads.run(soon + timedelta(minutes=29)) == 0 and len(LETTERS) == 2
    for _again in range(2):
        assert exchange_audit_heads.run(late) == 0 and heads.open_alarms() == ["unwitnessed"]
    deliver_audit_alarms.run(late)
    [notice] = Notice.objects.filter(topic="audit.unwitnessed")
    assert notice.to_practitioner_id == town.ade.practitioner_id
    signed(seen)
    assert exchange_audit_heads.run(late + witnesses.TRY_AGAIN_AFTER) == 1 and heads.open_alarms() == []


def test_a_partner_that_says_our_log_does_not_go_on_is_an_alarm_at_once(signed: Any) -> None:
    signed(lambda _body: {"wrong": "Their log was rewritten."})
    assert exchange_audit_heads.run(MONDAY + witnesses.EVERY) == 0
    assert heads.open_alarms() == ["refused"]
    signed(seen)
    assert exchange_audit_heads.run(MONDAY + witnesses.EVERY + witnesses.TRY_AGAIN_AFTER) == 1
    assert heads.open_alarms() == []
