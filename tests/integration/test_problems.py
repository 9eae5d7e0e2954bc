"""Absent, not yours, and broken: each says what to do next."""

from __future__ import annotations

import html
from typing import Any

import pytest
from django.test import Client

from jigsaw.hub.agencies.models import Practitioner
from jigsaw.hub.audit.models import Entry
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
    answer = ros.post("/find/", {"do": "look", "q": "katie"}, follow=True)
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


@pytest.mark.parametrize(
    ("said", "method", "status"),
    [
        (
            {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"},
            "GET",
            200,
        ),
        (
            {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"},
            "POST",
            403,
        ),
        (
            {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"},
            "POST",
            403,
        ),
        (
            {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
            "GET",
            403,
        ),
        (
            {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"},
            "GET",
            403,
        ),
        ({"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}, "POST", 302),
        ({"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, "GET", 200),
        ({}, "POST", 302),
    ],
)
def test_another_site_leads_here_by_a_link_and_does_nothing_else(
    ros: Client, said: dict[str, str], method: str, status: int
) -> None:
    path = "/notices/" if method == "GET" else "/sign-out/"
    assert ros.generic(method, path, headers=said).status_code == status
    assert (ros.get("/notices/").status_code == 302) is (status == 302), "signed out only by one's own act"


def test_who_was_not_let_in_is_written_down_by_the_page_alone(ros: Client, town: Town) -> None:
    unknown = uuid7()
    assert ros.get(f"/children/{unknown}/").status_code == 404 and ros.get("/settings/").status_code == 403
    rows = Entry.objects.filter(action="access.refused").order_by("id")
    assert [row.detail for row in rows] == [
        {"page": "child", "why": "not_here"}, {"page": "settings", "why": "refused"},
    ]  # fmt: skip
    assert {row.practitioner for row in rows} == {town.ros.practitioner_id}
    assert not any(row.people or row.thing for row in rows), "nothing of what was asked for"


def test_what_a_proxy_would_say_is_not_believed_from_a_browser(client: Client, settings: Any) -> None:
    """Neither another name of this site nor, where there is no TLS before it, that there was."""
    made_up = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Port": "1", "X-Forwarded-Proto": "https"}
    answer = client.get("/notices/", headers=made_up)
    assert answer["Location"].startswith("/sign-in/") and not answer.wsgi_request.is_secure()
    assert answer.wsgi_request.get_host() == "testserver" and not settings.USE_X_FORWARDED_HOST
    assert answer.wsgi_request.META["REMOTE_ADDR"] == "127.0.0.1"


def test_a_name_that_is_sent_twice_counts_once_and_an_address_is_no_form(ros: Client) -> None:
    """The last of a form's values counts everywhere, and what stands in the address fills in no form."""
    request = {
        "username": ["nobody@school.example", "ros@school.example"],
        "password": ["wrong words here", "x"],
    }
    shown = ros.post("/sign-in/", request).content.decode()
    assert "ros@school.example" in shown and "nobody@school.example" not in shown
    empty = ros.post("/sign-in/?username=ros@school.example&password=guess", {"password": ""})
    assert empty.status_code == 400 and "ros@school.example" not in empty.content.decode()


def test_a_form_that_is_not_ours_changes_nothing(ros: Client) -> None:
    """Without the token of our own page nothing is done; with it, it is."""
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = ros.cookies
    refused = strict.post("/sign-out/")
    assert "Clear-Site-Data" not in refused and strict.get("/notices/").status_code == 200
    [noted] = Entry.objects.filter(action="access.refused")
    assert noted.detail == {"page": "sign-out", "why": "form_token"} and noted.practitioner
    token = strict.get("/session/").json()["csrf"]
    assert strict.post("/sign-out/", {"csrfmiddlewaretoken": token})["Location"] == "/sign-in/"
    assert strict.get("/notices/").status_code == 302


def test_a_form_of_nobody_s_without_its_token_is_told_to_the_programs_log_alone(
    db: None, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever is not signed in can send any number of them: the audit log is not for them to fill."""
    before = Entry.objects.count()
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/sign-in/", {"username": "Katie", "password": "Walsh"}).status_code == 302
    [said] = [one for one in caplog.records if one.message == "a form without its token was not taken"]
    assert said.page == "sign-in" and "Katie" not in caplog.text and Entry.objects.count() == before
