"""Pages about people: found by those who may, opened for a purpose, written to without losing a word."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.audit import queries as audit
from jigsaw.hub.chronology import operations as chronology
from jigsaw.hub.chronology import queries as chronology_queries
from jigsaw.hub.chronology.operations import Piece
from jigsaw.hub.enquiries import operations as enquiries
from jigsaw.hub.enquiries import queries as enquiry_queries
from jigsaw.hub.information_requests import operations as requests
from jigsaw.hub.information_requests.operations import Question
from jigsaw.hub.kit.actor import SYSTEM, Actor
from jigsaw.hub.kit.errors import NotHere
from jigsaw.hub.people import operations as people
from jigsaw.hub.people import queries as people_queries
from jigsaw.hub.people.records import At, Facts
from jigsaw.hub.referrals import operations as referrals
from jigsaw.hub.web import printing
from people_in_tests import KATIE, MONDAY, Town, concern

TODAY = timezone.localdate()
SCRIPT = "<script>alert(1)</script>"


def as_(client: Client, actor: Actor) -> Client:
    client.force_login(agencies.active_practitioner(actor.practitioner_id))
    return client


def hold(town: Town, actor: Actor, facts: Facts, key: str = "1") -> Any:
    record, _outcome = people.hold(
        actor=actor,
        agency=actor.agency_id,
        system="test",
        source_key=key,
        facts=facts,
        now=timezone.now(),
    )
    return record


def piece(**changes: Any) -> Piece:
    whole = {
        "kind": "was_not_brought",
        "title": "Not brought to review",
        "happened_on": TODAY - timedelta(days=10),
        "how_known": "fact",
        "source": "Clinic list",
    }
    return Piece(**(whole | changes))


def add(actor: Actor, record: Any, **changes: Any) -> Any:
    return chronology.add(actor=actor, piece=piece(**changes), about=[record], now=timezone.now())


@pytest.fixture
def katie(town: Town) -> Any:
    return hold(town, town.amina, KATIE)


# --- Find ------------------------------------------------------------------------------------------


def test_a_misspelt_name_finds_a_child_and_leads_to_her_page(client: Client, town: Town, katie: Any) -> None:
    page = (
        as_(client, town.amina)
        .post("/find/", {"do": "look", "q": "walch kattie 3/3/2012"}, follow=True)
        .content.decode()
    )
    assert f'href="/children/{katie.person_id}/"' in page
    assert "How what you typed compares" in page and "Date of birth" in page


def test_nobody_found_says_what_to_do_next(client: Client, town: Town, katie: Any) -> None:
    page = (
        as_(client, town.ros).post("/find/", {"do": "look", "q": "Katie Walsh"}, follow=True).content.decode()
    )
    assert str(katie.person_id) not in page, "the school neither holds a record nor was asked"
    assert "/our-concerns/new/" in page


def test_the_front_door_finds_anyone_but_is_told_what_it_may_not_open(
    client: Client, town: Town, katie: Any
) -> None:
    page = (
        as_(client, town.grace)
        .post("/find/", {"do": "look", "q": "Katie Walsh 2012"}, follow=True)
        .content.decode()
    )
    assert "Katie Walsh" in page
    assert f"/children/{katie.person_id}/" not in page
    assert "no purpose to see it now" in page


def test_finding_is_refused_to_those_who_see_figures_only(client: Client, town: Town) -> None:
    assert as_(client, town.mary).post("/find/", {"do": "look", "q": "Katie"}, follow=True).status_code == 403


def test_evidence_never_gives_away_an_address_kept_secret(client: Client, town: Town) -> None:
    secret = At(line="7 Refuge Row", town="Sharetown", postcode="ST9 9ZZ", protected=True)
    hold(town, town.bela, Facts(given="Katie", family="Walsh", born=KATIE.born, addresses=(secret,)))
    page = (
        as_(client, town.grace)
        .post("/find/", {"do": "look", "q": "Katie Walsh 3/3/2012 ST9 9ZY"}, follow=True)
        .content.decode()
    )
    assert "Katie Walsh" in page
    assert "Refuge" not in page and "ST9 9ZZ" not in page


def test_what_was_searched_is_shown_as_text(client: Client, town: Town) -> None:
    page = as_(client, town.amina).post("/find/", {"do": "look", "q": SCRIPT}, follow=True).content.decode()
    assert SCRIPT not in page and "&lt;script&gt;" in page


# --- The page --------------------------------------------------------------------------------------


def test_a_childs_page_shows_what_the_agency_may_see(client: Client, town: Town, katie: Any) -> None:
    add(town.amina, katie, child_words="I like the swings.", key_event=True)
    add(town.amina, katie, happened_on=TODAY - timedelta(days=100), title="Not brought before")
    page = as_(client, town.amina).get(f"/children/{katie.person_id}/").content.decode()
    for words in [
        "Katie Walsh",
        "999 000 0018",
        "12 Harbour Lane",
        "I like the swings.",
        "appointments to which Katie Walsh was not brought",
        "Key event",
        "days with nothing recorded",
        "mother is not recorded",
        "father is not recorded",
        "your agency holds a record",
    ]:
        assert words in page, words
    seen = [row.action for row in audit.about_person(katie.person_id)]
    assert {"person.viewed", "chronology.viewed"} <= set(seen)


def test_a_page_is_not_there_for_an_agency_with_no_purpose(client: Client, town: Town, katie: Any) -> None:
    for path in ["", "record.pdf", "looked/", "add/"]:
        answer = as_(client, town.nia).get(f"/children/{katie.person_id}/{path}")
        assert answer.status_code == 404, path
        assert "Katie" not in answer.content.decode()


def test_someone_too_close_is_refused_and_that_is_written_down(
    client: Client, town: Town, katie: Any
) -> None:
    people.declare_conflict(
        actor=town.tom,
        practitioner=town.amina.practitioner_id,
        person=katie.person_id,
        why="Aunt",
        now=timezone.now(),
    )
    assert as_(client, town.amina).get(f"/children/{katie.person_id}/").status_code == 403
    assert audit.about_person(katie.person_id)[0].action == "person.refused"


def test_an_id_that_was_replaced_leads_to_the_person_of_today(client: Client, town: Town, katie: Any) -> None:
    twin = hold(town, town.amina, KATIE, key="2")
    before = twin.person_id
    people.link(
        actor=town.grace, record=twin, person=katie.person_id, reason="One child.", now=timezone.now()
    )
    answer = as_(client, town.amina).get(f"/children/{before}/")
    assert (answer.status_code, answer["Location"]) == (302, f"/children/{katie.person_id}/")


def test_an_unborn_child_is_due(client: Client, town: Town) -> None:
    baby = hold(town, town.amina, Facts(family="Walsh", expected_on=TODAY + timedelta(days=60)), key="b")
    page = as_(client, town.amina).get(f"/children/{baby.person_id}/").content.decode()
    assert "due " in page
    assert "own words are not recorded" not in page


def test_what_is_open_stands_on_the_page_and_is_the_purpose(client: Client, town: Town, katie: Any) -> None:
    now = timezone.now()
    referral = referrals.make(actor=town.ros, concern=concern(), now=now)
    referrals.rate(actor=town.grace, referral=referral, code="red", reason="Violence.", now=now)
    enquiry = enquiries.open_enquiry(actor=town.grace, referral=referral, purpose="s47", now=now)
    asked = requests.ask(
        actor=town.grace,
        enquiry=enquiry,
        question=Question(headline="", needed="Injuries.", why="Strategy discussion."),
        of=[town.health.pk, town.police.pk],
        about=[s.record for s in enquiry_queries.read(town.grace, enquiry.reference, now=now).children],
        now=now,
    )
    reference = asked.recipients.get(agency=town.health).reference
    url = f"/children/{katie.person_id}/"
    theirs = as_(client, town.amina).get(url).content.decode()
    assert f"/requests/{reference}/" in theirs and "asks for what you know" in theirs and "Red" in theirs
    assert audit.about_person(katie.person_id)[0].purpose == f"request {reference}"
    ours = as_(client, town.grace).get(url).content.decode()
    assert f"/enquiries/{enquiry.reference}/" in ours and "2 agencies asked, 0 have answered." in ours
    assert f"/enquiries/{enquiry.reference}/ask/" in ours
    assert audit.about_person(katie.person_id)[0].purpose == f"enquiry {enquiry.reference}"


def test_the_family_is_drawn_and_said_in_words(client: Client, town: Town, katie: Any) -> None:
    donna = hold(town, town.amina, Facts(given="Donna", family="Walsh", born=date(1988, 5, 20), sex="F"), "d")
    poppy = hold(town, town.amina, Facts(given="Poppy", family="Walsh", born=date(2024, 2, 2), sex="F"), "p")
    people.relate(actor=SYSTEM, now=MONDAY, record=donna, to=katie, kind="MTH")
    people.relate(actor=SYSTEM, now=MONDAY, record=poppy, to=donna, kind="DAUC")
    page = as_(client, town.amina).get(f"/children/{katie.person_id}/").content.decode()
    assert "<svg" in page and "Mother of" in page and "Poppy Walsh" in page
    assert "father is not recorded" in page and "mother is not recorded" not in page


def test_filters_leave_entries_out_and_never_call_that_a_silence(
    client: Client, town: Town, katie: Any
) -> None:
    add(town.amina, katie, title="A fact in May", happened_on=TODAY - timedelta(days=100))
    add(town.amina, katie, title="An opinion", how_known="opinion")
    url = f"/children/{katie.person_id}/"
    page = as_(client, town.amina).get(url, {"kind": "opinion"}).content.decode()
    chronology_part = page[page.index('id="chronology-heading"') :]
    assert "An opinion" in chronology_part and "A fact in May" not in chronology_part
    assert "hub-chron__gap" not in chronology_part
    assert "1 of 2 entries" in page
    none = as_(client, town.amina).get(url, {"agency": "PO", "kind": "nonsense"}).content.decode()
    assert "No entries like these" in none


def many(town: Town, katie: Any, number: int) -> None:
    for days in range(number):
        add(town.amina, katie, title=f"Entry {days}", happened_on=TODAY - timedelta(days=days % 700))


def queries_of_page(client: Client, katie: Any) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as seen:
        assert client.get(f"/children/{katie.person_id}/").status_code == 200
    return len(seen)


def test_two_thousand_entries_take_as_many_statements_as_three(
    client: Client, town: Town, katie: Any, django_assert_num_queries: Any
) -> None:
    many(town, katie, 3)
    as_(client, town.amina)
    queries_of_page(client, katie)
    few = queries_of_page(client, katie)
    many(town, katie, 2000)
    queries_of_page(client, katie)  # the session is kept again after a while
    with django_assert_num_queries(few):
        page = client.get(f"/children/{katie.person_id}/").content.decode()
    assert page.count('class="hub-ev ') == 50
    assert "2003 entries" in page or "2,003 entries" in page
    last = client.get(f"/children/{katie.person_id}/", {"page": "41"}).content.decode()
    assert last.count('class="hub-ev ') == 3
    assert client.get(f"/children/{katie.person_id}/", {"page": "42"}).status_code == 302


# --- Paper -----------------------------------------------------------------------------------------


def test_the_printed_record_is_marked_and_audited_as_printed(client: Client, town: Town, katie: Any) -> None:
    add(town.amina, katie, title=f"Said {SCRIPT}")
    answer = as_(client, town.amina).get(f"/children/{katie.person_id}/record.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-") and "attachment" in answer["Content-Disposition"]
    printed = next(row for row in audit.about_person(katie.person_id) if row.action == "person.printed")
    assert printed.purpose == "own record"


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/x.css",
        "file:///etc/passwd",
        "https://print.invalid/children/1/",
        "https://print.invalid/static/../../settings.py",
        "data:text/css,x",
    ],
)
def test_a_printed_document_fetches_nothing_but_our_own_files(url: str) -> None:
    with pytest.raises(Exception):  # noqa: B017 - ours or Django's, never an answer
        printing.OwnFilesOnly().fetch(url)


def test_a_printed_document_finds_its_style_and_fonts() -> None:
    style = printing.OwnFilesOnly().fetch("https://print.invalid/static/css/print-document.css")
    assert b"OFFICIAL-SENSITIVE" in style.read()


# --- Who looked ------------------------------------------------------------------------------------


def test_who_looked_is_told_in_words_to_those_who_may_know(client: Client, town: Town, katie: Any) -> None:
    as_(client, town.amina).get(f"/children/{katie.person_id}/")
    page = as_(client, town.tom).get(f"/children/{katie.person_id}/looked/").content.decode()
    assert "Amina Yusuf" in page and "Looked at this page" in page and "Own record" in page
    assert as_(client, town.amina).get(f"/children/{katie.person_id}/looked/").status_code == 403


# --- Adding ----------------------------------------------------------------------------------------


def boxes(day: date) -> dict[str, str]:
    return {
        "happened_on-day": str(day.day),
        "happened_on-month": str(day.month),
        "happened_on-year": str(day.year),
    }


def typed(katie: Any, **changes: Any) -> dict[str, Any]:
    form = {
        "kind": "health_visit",
        "about": [str(katie.person_id)],
        "happened_at": "14:30",
        "title": "Home visit",
        "text": "Warm home.",
        "how_known": "fact",
        "source": "Amina Yusuf, health visitor",
    }
    return form | boxes(TODAY - timedelta(days=1)) | changes


def entries(actor: Actor, person: UUID) -> Any:
    return chronology_queries.picture(actor, person, purpose="test", now=timezone.now()).lines


def test_one_entry_reaches_every_sibling_ticked(client: Client, town: Town, katie: Any) -> None:
    poppy = hold(town, town.amina, Facts(given="Poppy", family="Walsh", born=date(2024, 2, 2), sex="F"), "p")
    people.relate(actor=SYSTEM, now=MONDAY, record=poppy, to=katie, kind="SIS")
    form = typed(katie, about=[str(katie.person_id), str(poppy.person_id)], child_words="شكرا 🌈")
    answer = as_(client, town.amina).post(f"/children/{katie.person_id}/add/", form)
    assert answer.status_code == 302, answer.content.decode()
    [mine], [theirs] = entries(town.amina, katie.person_id), entries(town.amina, poppy.person_id)
    assert mine.id == theirs.id and mine.child_words == "شكرا 🌈"
    assert "شكرا 🌈" in client.get(answer["Location"]).content.decode()


def test_pressing_twice_adds_once(client: Client, town: Town, katie: Any) -> None:
    url = f"/children/{katie.person_id}/add/"
    token = as_(client, town.amina).get(url).context["token"]
    first, second = (client.post(url, typed(katie, token=token)) for _press in range(2))
    assert first["Location"] == second["Location"]
    assert len(entries(town.amina, katie.person_id)) == 1


def test_mistakes_keep_every_word_and_are_named(client: Client, town: Town, katie: Any) -> None:
    long = "ä" * 10_000
    form = typed(katie, title="", text=long, protect=SCRIPT) | boxes(TODAY + timedelta(days=1))
    url = f"/children/{katie.person_id}/add/"
    answer = as_(client, town.amina).post(url, form | {"draft": f"people:add:{katie.person_id}"})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "Say in a few words what happened" in page and "or earlier" in page
    assert long in page and SCRIPT not in page
    restored = client.get(url).content.decode()
    assert long in restored and "We kept what you had filled in" in restored
    assert "There is a problem" not in restored
    assert entries(town.amina, katie.person_id) == ()


def test_ten_thousand_characters_are_kept_whole(client: Client, town: Town, katie: Any) -> None:
    long = "x" * 9_999 + "…"
    as_(client, town.amina).post(f"/children/{katie.person_id}/add/", typed(katie, text=long))
    assert entries(town.amina, katie.person_id)[0].text == long


def test_an_entry_cannot_be_put_on_someone_out_of_view(client: Client, town: Town, katie: Any) -> None:
    hidden = hold(town, town.bela, Facts(given="Ida", family="Stone", born=date(2015, 1, 1)), "h")
    form = typed(katie, about=[str(hidden.person_id)])
    answer = as_(client, town.amina).post(f"/children/{katie.person_id}/add/", form)
    assert answer.status_code == 400
    assert entries(town.bela, hidden.person_id) == ()


def test_what_a_kind_always_is_an_entry_is_too(client: Client, town: Town, katie: Any) -> None:
    as_(client, town.amina).post(
        f"/children/{katie.person_id}/add/", typed(katie, kind="adult_mental_health")
    )
    [held] = chronology_queries.held_about(town.amina, [katie])
    assert held.about_adult and held.special_category


def test_those_whose_role_does_not_add_are_told(client: Client, town: Town, katie: Any) -> None:
    for actor in (town.mary, town.ade):
        assert as_(client, actor).get(f"/children/{katie.person_id}/add/").status_code == 403


def test_only_the_police_grade_intelligence(client: Client, town: Town, katie: Any) -> None:
    assert "3x5x2" not in as_(client, town.amina).get(f"/children/{katie.person_id}/add/").content.decode()
    seen = hold(town, town.hannah, KATIE, "k")
    url = f"/children/{seen.person_id}/add/"
    assert "3x5x2" in as_(client, town.hannah).get(url).content.decode()
    wrong = client.post(url, typed(seen, kind="intelligence", police_grading="9ZZ"))
    assert wrong.status_code == 400 and "for example 2BC" in wrong.content.decode()


# --- Linked records --------------------------------------------------------------------------------


def two_records(town: Town) -> tuple[Any, Any]:
    first, second = hold(town, town.amina, KATIE), hold(town, town.hannah, KATIE, "k")
    people.link(
        actor=town.grace, record=second, person=first.person_id, reason="One child.", now=timezone.now()
    )
    second.refresh_from_db()
    return first, second


def test_a_record_is_unlinked_with_a_reason_and_once(client: Client, town: Town) -> None:
    first, second = two_records(town)
    url = f"/children/{first.person_id}/records/"
    page = as_(client, town.grace).get(url)
    assert "One child." in page.content.decode() and "Sharetown Police" in page.content.decode()
    token = page.context["records"][0]["token"]
    form = {"record": str(second.pk), "token": token, "reason": ""}
    refused = client.post(url, form)
    assert refused.status_code == 400 and "Say what made you decide" in refused.content.decode()
    form["reason"] = f"Twins, {SCRIPT}"
    assert [client.post(url, form).status_code for _press in range(2)] == [302, 302]
    second.refresh_from_db()
    assert second.person_id != first.person_id
    assert SCRIPT not in client.get(url).content.decode()


def test_a_record_of_another_person_is_not_unlinked_from_here(client: Client, town: Town) -> None:
    first, second = two_records(town)
    elsewhere = hold(town, town.bela, Facts(given="Ida", family="Stone", born=date(2015, 1, 1)), "h")
    form = {"record": str(second.pk), "reason": "Wrong place."}
    answer = as_(client, town.grace).post(f"/children/{elsewhere.person_id}/records/", form)
    assert answer.status_code == 404
    second.refresh_from_db()
    assert second.person_id == first.person_id


def test_two_persons_are_found_and_joined(client: Client, town: Town) -> None:
    first, second = hold(town, town.amina, KATIE), hold(town, town.hannah, KATIE, "k")
    url = f"/children/{first.person_id}/records/"
    page = (
        as_(client, town.grace)
        .post(url, {"do": "look", "q": "Katie Walsh 3/3/2012"}, follow=True)
        .content.decode()
    )
    assert str(second.person_id) in page
    form = {"other": str(second.person_id), "reason": "Same NHS number and school.", "q": "Katie"}
    assert client.post(url, form).status_code == 302
    assert people_queries.current(second.person_id).pk == first.person_id


def test_links_are_not_for_everyone(client: Client, town: Town) -> None:
    first, _second = two_records(town)
    for actor in (town.amina, town.tom, town.mary):
        assert as_(client, actor).get(f"/children/{first.person_id}/records/").status_code == 403


def test_who_may_find_nobody_opens_nobody_by_address(client: Client, town: Town) -> None:
    """A call-taker writes down what callers say: a colleague’s link shows them no more than a wrong one."""
    from dataclasses import replace

    katie = hold(town, town.grace, KATIE)
    assert as_(client, town.grace).get(f"/children/{katie.person_id}/").status_code == 200
    caller = replace(town.grace, roles=frozenset({"call_taker"}), permissions=frozenset({"referral.make"}))
    with pytest.raises(NotHere):
        people_queries.profile(caller, katie.person_id, purpose="curiosity", now=MONDAY)
