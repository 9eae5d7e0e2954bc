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
    for part in ("trusted-types 'none'", "base-uri 'none'", "frame-ancestors 'none'", "script-src 'self';"):
        assert part in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff" and answer["Referrer-Policy"] == "same-origin"
    assert not any(name.lower().startswith("access-control-") for name in answer.headers)
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT"])
def test_no_door_opens_to_a_method_that_none_has_a_use_for(ros: Client, method: str) -> None:
    answer = ros.generic(method, "/notices/")
    assert (answer.status_code, answer["Allow"], answer.content) == (405, "GET, HEAD, POST", b"")
    assert (
        answer["X-Content-Type-Options"] == "nosniff"
        and "default-src 'none'" in answer["Content-Security-Policy"]
    )


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/sign-in/", "text/html; charset=utf-8"),
        ("/metrics", "text/plain; version=0.0.4; charset=utf-8"),
        ("/healthz", "application/json"),  # always UTF-8
    ],
)
def test_every_answer_says_of_what_kind_it_is_and_in_which_letters(ros: Client, path: str, kind: str) -> None:
    assert ros.get(path)["Content-Type"] == kind


@pytest.mark.parametrize(
    "path",
    [
        "/.git/config",
        "/.env",
        "/static/",
        "/static/js/",
        "/static/../../pyproject.toml",
        "/admin/",
        "/secrets/",
    ],
)
def test_nothing_is_served_beside_pages_and_static_files(ros: Client, path: str) -> None:
    assert ros.get(path).status_code == 404


def test_a_form_that_is_not_ours_changes_nothing(ros: Client) -> None:
    """Without the token of our own page nothing is done; with it, it is."""
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = ros.cookies
    refused = strict.post("/sign-out/")
    assert "Clear-Site-Data" not in refused and strict.get("/notices/").status_code == 200
    token = strict.get("/session/").json()["csrf"]
    assert strict.post("/sign-out/", {"csrfmiddlewaretoken": token})["Location"] == "/sign-in/"
    assert strict.get("/notices/").status_code == 302
