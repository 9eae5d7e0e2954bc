"""The law we rely on: everyone reads it, the administrator confirms or corrects it, nothing is overwritten."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from integration.web.journeys import OLD, PLAIN, ask_health, sign_in
from jigsaw.hub.agreements import operations as agreements
from jigsaw.hub.agreements import queries
from jigsaw.hub.agreements.models import InstrumentCheck
from jigsaw.hub.audit import queries as audit
from people_in_tests import Town

TODAY = timezone.localdate()
SOURCE = "SI 2026/1234, legislation.gov.uk 🦊"


def form(token: str = "", **changes: str) -> dict[str, str]:
    day = {"verified_on-day": str(TODAY.day), "verified_on-month": str(TODAY.month)}
    began = {"commenced_on-day": "5", "commenced_on-month": "10", "commenced_on-year": "2026"}
    return {"token": token, "source": SOURCE, "verified_on-year": str(TODAY.year), **day, **began, **changes}


def confirmed(town: Town, code: str = "s16LA", **changes: Any) -> InstrumentCheck:
    found = {"commenced_on": date(2026, 9, 30), "ended_on": None, "verified_on": TODAY, "source": SOURCE}
    return agreements.check_instrument(actor=town.ade, code=code, now=timezone.now(), **{**found, **changes})


def test_everyone_reads_the_law_and_only_the_administrator_finds_the_form(client: Client, town: Town) -> None:
    for actor in (town.amina, town.mary, town.ade):
        sign_in(client, actor)
        listed, duty = client.get("/law/").content.decode(), client.get("/law/s16LA/").content.decode()
        assert "s16LA, duty to share information" in listed and "have not been confirmed yet" in listed
        assert "Not confirmed yet." in duty and "30 Sep 2026" in duty
        assert ("Confirm or correct it" in duty) is (actor is town.ade)
    assert client.get("/law/no_such_law/").status_code == 404


def test_nobody_else_confirms_a_law(client: Client, town: Town) -> None:
    for actor in (town.amina, town.grace, town.mary):
        sign_in(client, actor)
        assert client.post("/law/s16LA/", form()).status_code == 403
    assert not InstrumentCheck.objects.exists()


def test_a_law_is_corrected_once_and_says_who_did(client: Client, town: Town) -> None:
    sign_in(client, town.ade)
    sent = form(str(client.get("/law/s16LA/").context["token"]))
    assert [client.post("/law/s16LA/", sent).status_code for _press in range(2)] == [302, 302]
    [row] = InstrumentCheck.objects.all()
    assert (row.commenced_on, row.source, row.checked_by.name) == (date(2026, 10, 5), SOURCE, "Ade Cole")
    page = client.get("/law/s16LA/").content.decode()
    assert "Not confirmed yet." not in page and SOURCE in page and "since 5 Oct 2026" in page
    assert [entry.action for entry in audit.about_thing("law s16LA")] == ["law.checked"]


def test_what_the_register_said_before_can_still_be_told(town: Town) -> None:
    before = queries.register(on=TODAY - timedelta(days=1))
    confirmed(town, commenced_on=date(2026, 10, 5))
    confirmed(town, commenced_on=date(2026, 10, 6))
    now = queries.register(on=TODAY)
    assert now.by_code["s16LA"].commenced_on == date(2026, 10, 6), "the last that was written on a day counts"
    assert queries.register(on=TODAY - timedelta(days=1)) == before
    assert before.edition != now.edition
    for spoil in (lambda rows: rows.update(source="x"), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            spoil(InstrumentCheck.objects.all())


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"source": "   "}, "Say where you read it"),
        ({"verified_on-year": str(TODAY.year + 1)}, "or earlier"),
        ({"ended_on-day": "1", "ended_on-month": "1", "ended_on-year": "2020"}, "It must end after it began"),
        ({"commenced_on-month": "13"}, "date"),
        ({"note": "x" * 2001}, "2000"),
    ],
)
def test_mistakes_are_named_and_what_was_typed_stays(
    client: Client, town: Town, changes: dict[str, str], words: str
) -> None:
    sign_in(client, town.ade)
    sent = form(**{"note": "<script>alert(1)</script> עברית", **changes})
    answer = client.post("/law/s16LA/", sent)
    page = answer.content.decode()
    assert answer.status_code == 400 and words in page
    assert "<script>alert" not in page
    assert not InstrumentCheck.objects.exists()


def test_the_decide_page_says_what_is_not_confirmed_until_it_is(client: Client, town: Town) -> None:
    asked = ask_health(town, PLAIN, OLD)
    sign_in(client, town.amina)
    assert "Not confirmed by your administrator yet" in client.get(asked.page).content.decode()
    for code in ("art6_e", "s47", "art9_g_sch1_18", "art9_h"):
        confirmed(town, code, commenced_on=date(1991, 10, 14))
    assert "Not confirmed by your administrator yet" not in client.get(asked.page).content.decode()


def test_a_law_that_has_ended_is_offered_no_more(client: Client, town: Town) -> None:
    asked = ask_health(town, PLAIN)
    sign_in(client, town.amina)
    offered = "Children Act 2004, s10, co-operation"
    assert offered in client.get(asked.page).content.decode()
    confirmed(town, "s10", commenced_on=date(2005, 4, 1), ended_on=TODAY)
    assert offered not in client.get(asked.page).content.decode()
