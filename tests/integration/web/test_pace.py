"""Nobody asks for more than people read: what is beyond it, how it is said, and who hears of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.audit.models import Entry
from jigsaw.hub.kit.actor import SYSTEM, Actor
from jigsaw.hub.kit.errors import TooMany
from jigsaw.hub.people import finding, pace
from jigsaw.hub.people import operations as people
from jigsaw.hub.people import queries as people_queries
from jigsaw.hub.people.records import Facts
from people_in_tests import Town


def as_(client: Client, actor: Actor) -> Client:
    client.force_login(agencies.active_practitioner(actor.practitioner_id))
    return client


@pytest.fixture(autouse=True)
def few(settings: Any) -> None:
    settings.MOST_A_MINUTE, settings.MOST_AN_HOUR = 3, 5


@pytest.fixture
def katie(town: Town) -> Any:
    facts = Facts(given="Katie", family="Walsh", born=date(2012, 12, 3))
    return people.hold(
        actor=town.amina, agency=town.amina.agency_id, system="test", source_key="1", facts=facts,
        now=timezone.now(),
    )[0]  # fmt: skip


def test_beyond_so_many_searches_a_page_says_so_and_it_is_written_down_once(
    client: Client, town: Town, katie: Any
) -> None:
    browser = as_(client, town.amina)
    ask = {"do": "look", "q": "Katie Walsh"}
    for _time in range(3):
        assert browser.post("/find/", ask, follow=True).status_code == 200
    for _time in range(2):
        stopped = browser.post("/find/", ask, follow=True)
        assert stopped.status_code == 429 and stopped["Retry-After"] == "60"
        assert "more in one minute than anybody reads" in stopped.content.decode()
        assert "hub-hit" not in stopped.content.decode()
    assert browser.post("/find/answers/", ask).status_code == 429, "while one types as well"
    [noted] = Entry.objects.filter(action="pace.exceeded")
    assert noted.practitioner == town.amina.practitioner_id and noted.detail == {"page": "find"}
    assert browser.get(f"/children/{katie.person_id}/").status_code == 200, "pages are counted by themselves"
    assert as_(client, town.grace).post("/find/", ask, follow=True).status_code == 200, "and so is everybody"


def test_it_goes_on_after_a_minute_until_the_hour_is_full(town: Town, katie: Any) -> None:
    def search(minutes: float) -> int:
        return len(finding.find(town.amina, "Katie Walsh", now=begun + timedelta(minutes=minutes)))

    begun = timezone.now()
    assert [search(0) for _time in range(3)] == [1, 1, 1]
    with pytest.raises(TooMany) as stopped:
        search(0.9)
    assert stopped.value.wait == timedelta(minutes=1)
    assert [search(1.1), search(1.2)] == [1, 1]
    with pytest.raises(TooMany) as stopped:
        search(30)
    assert stopped.value.wait == timedelta(hours=1) and search(61) == 1


def test_pages_and_prints_are_counted_apart_and_the_hub_itself_is_not(town: Town, katie: Any) -> None:
    def opened(*, printed: bool = False) -> object:
        now = timezone.now()
        return people_queries.profile(town.amina, katie.person_id, purpose="", now=now, printed=printed)

    assert all(opened() for _time in range(3)) and opened(printed=True)
    for printed in (False, True):
        with pytest.raises(TooMany):
            opened(printed=printed)
    for _time in range(6):
        audit.record(actor=SYSTEM, action=pace.SEARCHED, now=timezone.now())
        pace.check(SYSTEM, pace.SEARCHED, now=timezone.now())


def test_whoever_reviews_such_things_in_that_agency_is_shown_it(
    client: Client, town: Town, katie: Any
) -> None:
    pace.note_exceeded(town.amina, "child", now=timezone.now())
    for actor, shown in ((town.tom, True), (town.hannah, False)):
        agencies.active_practitioner(actor.practitioner_id).roles.add("named_safeguarding_lead")
        page = as_(client, actor).get("/emergencies/")
        assert page.status_code == 200
        assert ("asked for more than anybody reads" in page.content.decode()) is shown


def test_what_is_allowed_unless_set_is_more_than_people_do(settings: Any) -> None:
    settings.MOST_A_MINUTE, settings.MOST_AN_HOUR = 120, 1000
    assert (pace.most(pace.SEARCHED), pace.most(pace.PRINTED)) == ((120, 1000), (24, 200))
