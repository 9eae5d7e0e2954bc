"""The board sees how well sharing works in true figures, and never a child."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.decisions.operations import Grounds
from jigsaw.hub.disclosures import operations as disclosures
from jigsaw.hub.disclosures.operations import Draft
from jigsaw.hub.enquiries import operations as enquiries
from jigsaw.hub.enquiries import queries as enquiry_queries
from jigsaw.hub.information_requests import operations as requests
from jigsaw.hub.information_requests.operations import Question
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import Refused
from jigsaw.hub.oversight import queries as oversight
from jigsaw.hub.referrals import operations as referrals
from people_in_tests import Town, concern

NOW = timezone.now()
ASKED = NOW - timedelta(days=20)


def as_(client: Client, actor: Actor) -> Client:
    client.force_login(agencies.active_practitioner(actor.practitioner_id))
    return client


def one_round(town: Town, *, police_after: timedelta, rounds: int) -> None:
    """`rounds` enquiries: health never answers, the police answer after `police_after`. Red: 4 hours."""
    for _round in range(rounds):
        referral = referrals.make(actor=town.ros, concern=concern(), now=ASKED)
        referrals.rate(actor=town.grace, referral=referral, code="red", reason="Violence.", now=ASKED)
        enquiry = enquiries.open_enquiry(actor=town.grace, referral=referral, purpose="s47", now=ASKED)
        seen = enquiry_queries.read(town.grace, enquiry.reference, now=ASKED)
        asked = requests.ask(
            actor=town.grace,
            enquiry=enquiry,
            question=Question(headline="", needed="Injuries.", why="Strategy discussion."),
            of=[town.health.pk, town.police.pk],
            about=[s.record for s in seen.subjects],
            now=ASKED,
        )
        disclosures.answer(
            actor=town.hannah,
            recipient=asked.recipients.get(agency=town.police),
            draft=Draft(grounds=Grounds(reasons="Searched by name and address."), holds_nothing=True),
            now=ASKED + police_after,
        )


def test_figures_are_counted_from_what_happened(town: Town) -> None:
    one_round(town, police_after=timedelta(hours=2), rounds=5)
    one_round(town, police_after=timedelta(hours=6), rounds=6)
    found = oversight.measures(town.mary, now=NOW)
    figures = {row.agency: (row.on_time.value, row.late.value, row.never.value) for row in found.agencies}
    assert figures == {"Sharetown Police": (5, 6, 0), "Sharetown 0–19 Health Service": (0, 0, 11)}
    assert found.on_time_percent == round(100 * 5 / 22)
    assert found.never.value == 11
    red = found.ratings[0]
    assert (red.level.code, red.answered.value, red.median_hours) == ("red", 11, 6.0)
    month = ASKED.astimezone(timezone.get_default_timezone()).date().replace(day=1)
    assert dict(found.trend)[month] == 6.0
    assert len(found.trend) == oversight.TREND_MONTHS
    [source] = found.sources
    assert source.source == "ED"
    assert dict(zip(found.states, [c.value for c in source.counts], strict=True))["enquiry"] == 11


def test_what_is_not_due_yet_or_was_long_ago_is_not_counted(town: Town) -> None:
    one_round(town, police_after=timedelta(hours=2), rounds=1)
    assert oversight.measures(town.mary, now=ASKED + timedelta(hours=3)).agencies == ()
    assert oversight.measures(town.mary, now=ASKED + timedelta(days=120)).agencies == ()


def test_small_counts_never_reach_the_page(client: Client, town: Town) -> None:
    one_round(town, police_after=timedelta(hours=2), rounds=3)
    found = oversight.measures(town.mary, now=NOW)
    assert all(row.on_time.value in (None, 0) and row.never.value in (None, 0) for row in found.agencies)
    assert found.on_time_percent is None and found.ratings[0].median_hours is None
    page = as_(client, town.mary).get("/oversight/").content.decode()
    assert "fewer than 5" in page
    assert ">3<" not in page and "100%" not in page


def test_no_childs_name_or_reference_is_on_the_page(client: Client, town: Town) -> None:
    one_round(town, police_after=timedelta(hours=2), rounds=6)
    page = as_(client, town.mary).get("/oversight/").content.decode()
    for word in ["Katie", "Walsh", "E-", "/children/", "/enquiries/"]:
        assert word not in page.replace("CSRF-", ""), word
    assert "Police" in page and "6" in page


def test_figures_are_for_those_who_oversee(client: Client, town: Town) -> None:
    for actor in (town.amina, town.grace, town.ade):
        assert as_(client, actor).get("/oversight/").status_code == 403
    with pytest.raises(Refused):
        oversight.measures(town.tom, now=NOW)


def test_an_empty_hub_has_an_empty_page_not_an_error(client: Client, town: Town) -> None:
    page = as_(client, town.mary).get("/oversight/")
    assert page.status_code == 200
    assert "No request fell due in this time." in page.content.decode()


def test_the_number_of_statements_does_not_grow(town: Town, django_assert_num_queries: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    one_round(town, police_after=timedelta(hours=2), rounds=1)
    with CaptureQueriesContext(connection) as few:
        oversight.measures(town.mary, now=NOW)
    one_round(town, police_after=timedelta(hours=6), rounds=8)
    with django_assert_num_queries(len(few)):
        oversight.measures(town.mary, now=NOW)
