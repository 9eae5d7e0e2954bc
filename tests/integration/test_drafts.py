"""Words not yet sent are for their owner alone, and not for ever."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from jigsaw.hub.jobs import discard_expired_drafts
from jigsaw.hub.kit import drafts
from jigsaw.hub.kit.ids import uuid7
from jigsaw.hub.kit.models import Draft
from people_in_tests import MONDAY

ROS, GRACE = uuid7(), uuid7()
WORDS = {"concern": ["Katie says she hides 🚪"]}


@pytest.fixture
def saved(db: None) -> Draft:
    drafts.save(owner=ROS, about="concern", fields=WORDS, now=MONDAY)
    return Draft.objects.get()


def opened(owner=ROS, about="concern", now=MONDAY):  # type: ignore[no-untyped-def]
    draft = drafts.load(owner=owner, about=about, now=now)
    return draft and draft.fields


def test_what_is_kept_cannot_be_read_in_the_table(saved: Draft) -> None:
    assert opened() == WORDS
    assert b"Katie" not in bytes(saved.sealed)
    before = bytes(saved.sealed)
    drafts.save(owner=ROS, about="concern", fields=WORDS, now=MONDAY)
    assert bytes(Draft.objects.get().sealed) != before, "the same words look different each time"


@pytest.mark.parametrize("moved", [{"owner": GRACE}, {"about": "another form"}])
def test_a_row_moved_to_another_owner_or_form_does_not_open(saved: Draft, moved: dict[str, object]) -> None:
    Draft.objects.update(**moved)
    where = {"owner": ROS, "about": "concern"} | moved
    assert drafts.load(**where, now=MONDAY) is None
    assert drafts.mine(owner=where["owner"], prefix="", now=MONDAY) == []


def test_a_changed_byte_does_not_open(saved: Draft) -> None:
    sealed = bytearray(saved.sealed)
    sealed[-1] ^= 1
    Draft.objects.update(sealed=bytes(sealed))
    assert opened() is None


def test_under_another_key_it_does_not_open(saved: Draft, settings) -> None:  # type: ignore[no-untyped-def]
    settings.DRAFT_KEY = AESGCM.generate_key(256)
    assert opened() is None


def test_after_fourteen_days_it_is_gone(saved: Draft) -> None:
    end = MONDAY + timedelta(days=14)
    assert opened(now=end - timedelta(seconds=1)) == WORDS
    assert opened(now=end) is None, "expired words are not shown, even before the job has come"
    assert discard_expired_drafts.run(end - timedelta(seconds=1)) == 0
    assert discard_expired_drafts.run(end) == 1 and discard_expired_drafts.run(end) == 0
    assert not Draft.objects.exists()


def test_somebody_else_has_none(saved: Draft) -> None:
    assert opened(owner=GRACE) is None
