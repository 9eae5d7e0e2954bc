"""Absent, not yours, and broken: each says what to do next."""

from __future__ import annotations

import html

import pytest
from django.test import Client

from jigsaw.hub.agencies.models import Practitioner
from jigsaw.hub.kit.ids import uuid7
from people_in_tests import Town


@pytest.fixture
def ros(town: Town, client: Client) -> Client:
    client.force_login(Practitioner.objects.get(pk=town.ros.practitioner_id))
    return client


def test_an_unknown_address_says_so(ros: Client) -> None:
    answer = ros.get("/nowhere/at/all/")
    assert answer.status_code == 404
    assert b"There is no such page" in answer.content


def test_absent_and_not_yours_look_alike(ros: Client, town: Town) -> None:
    from jigsaw.hub.people import operations as people
    from people_in_tests import KATIE, MONDAY

    theirs, _ = people.hold(
        actor=town.hannah, agency=town.police.pk, system="p", source_key="1", facts=KATIE, now=MONDAY
    )
    absent = ros.get(f"/children/{uuid7()}/")
    not_yours = ros.get(f"/children/{theirs.person_id}/")
    assert absent.status_code == not_yours.status_code == 404

    def words(answer: object) -> str:
        import re

        return re.sub(r"value=\S+|data-now=\S+", "", answer.content.decode())  # type: ignore[attr-defined]

    assert words(absent) == words(not_yours)


def test_every_no_says_why(ros: Client, town: Town) -> None:
    """Not there: what anybody is shown. Refused: by one's own roles, in words."""
    assert b"would tell that somebody is known" in ros.get(f"/children/{uuid7()}/").content
    refused = ros.get("/settings/")
    role = Practitioner.objects.get(pk=town.ros.practitioner_id).roles.get()
    assert refused.status_code == 403
    assert role.description in html.unescape(refused.content.decode())


def test_our_own_fault_is_a_page_in_words_without_details(
    ros: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jigsaw.hub.people import finding

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("Katie Walsh")

    monkeypatch.setattr(finding, "find", broken)
    ros.raise_request_exception = False
    answer = ros.get("/find/?q=katie")
    assert answer.status_code == 500
    assert b"Something went wrong on our side" in answer.content
    assert b"Katie" not in answer.content


@pytest.mark.parametrize("path", ["/", "/sign-in/", "/find/", "/nowhere/", "/healthz"])
def test_the_strict_policy_is_on_every_answer(ros: Client, path: str) -> None:
    answer = ros.get(path)
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "trusted-types 'none'" in answer["Content-Security-Policy"]
    assert answer["Cache-Control"] == "no-store"
