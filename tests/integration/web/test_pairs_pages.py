"""Pages for deciding whether two records are one person: by those who may, without losing a word, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from integration.web.journeys import sign_in
from jigsaw.hub.kit.actor import SYSTEM, Actor
from jigsaw.hub.people import operations as people
from jigsaw.hub.people.models import LinkDecision, PairReview, PairToReview, PersonRecord
from jigsaw.hub.people.records import Facts
from people_in_tests import KATIE, Town
from practice_in_tests import Practice

SCRIPT = "<script>alert(1)</script>"
AGELESS = replace(KATIE, born=None, identifiers=())


@pytest.fixture
def pair(town: Town) -> PairToReview:
    return wait(town, KATIE, AGELESS)


def wait(town: Town, one: Facts, other: Facts, key: str = "1") -> PairToReview:
    """What two agencies hold, which no rule links."""
    for actor, facts in ((town.amina, one), (town.hannah, other)):
        record = hold(actor, facts, key)
        people.link_if_certain(actor=town.grace, record=record, now=timezone.now())
    return PairToReview.objects.latest("found_at")


def hold(actor: Actor, facts: Facts, key: str) -> PersonRecord:
    now = timezone.now() - timedelta(minutes=1)
    made, _outcome = people.hold(
        actor=actor, agency=actor.agency_id, system="s", source_key=key, facts=facts, now=now
    )
    return made


def page_of(pair: PairToReview) -> str:
    return f"/people/pairs/{pair.pk}/"


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_pages_of_pairs_are_for_those_who_decide_on_links(
    client: Client, town: Town, pair: PairToReview
) -> None:
    for actor in (town.ros, town.amina, town.mary, town.ade, town.nia):
        sign_in(client, actor)
        assert client.get("/people/pairs/").status_code == 403
        assert client.get(page_of(pair)).status_code == 403
        assert client.post(page_of(pair), {"why": "same:fits"}).status_code == 403
    assert not PairReview.objects.exists()
    sign_in(client, town.grace)
    assert client.get("/people/pairs/").status_code == 200


def test_whoever_is_too_close_does_not_see_it(client: Client, town: Town, pair: PairToReview) -> None:
    people.declare_conflict(
        actor=SYSTEM, practitioner=town.grace.practitioner_id, person=pair.person_id, why="Aunt",
        now=timezone.now(),
    )  # fmt: skip
    sign_in(client, town.grace)
    assert "Katie" not in text(client.get("/people/pairs/"))
    assert client.get(page_of(pair)).status_code == 403


def test_both_stand_side_by_side_with_words_for_every_field(
    client: Client, town: Town, pair: PairToReview
) -> None:
    sign_in(client, town.grace)
    page = text(client.get(page_of(pair)))
    for words in ("Sharetown Police", "Sharetown 0–19 Health Service", "999 000 0018", "3 March 2012"):
        assert words in page
    assert "Agrees" in page and "Not known" in page
    for key in "123456789nbmoa":
        assert f'accesskey="{key}"' in page and f'<kbd class="hub-key">{key}</kbd>' in page


def test_a_decision_counts_once_and_leads_to_the_next(client: Client, town: Town, pair: PairToReview) -> None:
    other = wait(
        town,
        replace(KATIE, given="Ottilie", family="Brack", identifiers=()),
        replace(AGELESS, given="Ottilie", family="Brack"),
        "2",
    )
    sign_in(client, town.grace)
    token = client.get(page_of(pair)).context["token"]
    form = {"do": "decide", "why": "not_same:twins", "own": f"Seen both {SCRIPT} 👧🏽 مريم", "token": token}
    answers = [client.post(page_of(pair), form) for _press in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0]["Location"] == answers[1]["Location"] == page_of(other)
    [made] = PairReview.objects.all()
    assert made.reason == f"They are twins. Seen both {SCRIPT} 👧🏽 مريم"
    assert LinkDecision.objects.get(verdict="not_same").reason == made.reason
    page = text(client.get(page_of(pair)))
    assert SCRIPT not in page and "Seen both" in page and "مريم" in page


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({}, "Choose whether they are one person"),
        ({"why": "same:other", "own": ""}, "Write the reason in your own words"),
        ({"why": "cannot_tell:other", "own": "  "}, "Write the reason in your own words"),
        ({"why": "twins"}, "twins"),
        ({"why": "same:fits", "own": "x" * 2001}, "2000"),
    ],
)
def test_what_is_missing_is_said_and_every_word_is_kept(
    client: Client, town: Town, pair: PairToReview, form: dict[str, str], words: str
) -> None:
    sign_in(client, town.grace)
    own = form.get("own", "").strip() or "What I had typed"
    answer = client.post(page_of(pair), {"do": "decide", "own": own, **form, "draft": "", "owner": ""})
    if "own" in form and not form["own"].strip():
        own = ""
    assert answer.status_code == 400 and words in text(answer) and own in text(answer)
    assert not PairReview.objects.exists()


def test_cannot_tell_leaves_it_to_others_with_what_is_missing(
    client: Client, town: Town, pair: PairToReview
) -> None:
    sign_in(client, town.grace)
    answer = client.post(page_of(pair), {"do": "decide", "why": "cannot_tell:birthday"})
    assert answer["Location"] == "/people/pairs/"
    page = text(client.get("/people/pairs/?show=cannot_tell"))
    assert "Katie Walsh" in page
    assert "A date of birth is missing" in text(client.get(page_of(pair)))


def test_a_disagreement_is_listed_with_both_reasons_and_settled_by_a_third(
    client: Client, town: Town, pair: PairToReview
) -> None:
    practice = Practice(town, now=timezone.now())
    second = practice.someone("Sal Orr", town.front_door, "screener")
    third = practice.someone("Ned Fox", town.front_door, "screener")
    sign_in(client, town.grace)
    client.post(page_of(pair), {"do": "decide", "why": "same:fits", "second": "on"})
    sign_in(client, second)
    page = text(client.get(page_of(pair)))
    assert "Second look" in page and "Names, date of birth and home fit together</p>" not in page
    client.post(page_of(pair), {"do": "decide", "why": "not_same:other", "own": "Her aunt told me"})
    sign_in(client, third)
    page = text(client.get("/people/pairs/?show=disagree"))
    for words in ("Grace Lindqvist", "Sal Orr", "fit together", "Her aunt told me", "settle it"):
        assert words in page
    sign_in(client, second)
    assert 'name="verdict"' not in text(client.get(page_of(pair)))
    sign_in(client, third)
    bad = client.post(page_of(pair), {"do": "settle", "verdict": "not_same", "reason": ""})
    assert bad.status_code == 400 and "Say what made you decide" in text(bad)
    made = client.post(
        page_of(pair), {"do": "settle", "verdict": "not_same", "reason": "Two birth certificates"}
    )
    assert made.status_code == 302
    persons = PersonRecord.objects.filter(system="s").values_list("person", flat=True)
    assert len(set(persons)) == 2
    assert "Nobody disagrees" in text(client.get("/people/pairs/?show=disagree"))


def test_a_second_look_is_asked_for_later_too(client: Client, town: Town, pair: PairToReview) -> None:
    sign_in(client, town.grace)
    client.post(page_of(pair), {"do": "decide", "why": "same:fits"})
    PairToReview.objects.update(second_look="")
    assert "Ask a colleague for a second look" in text(client.get(page_of(pair)))
    assert client.post(page_of(pair), {"do": "second"}).status_code == 302
    pair.refresh_from_db()
    assert pair.second_look == "asked"


def test_one_nhs_number_on_two_children_says_so(client: Client, town: Town) -> None:
    wait(
        town,
        KATIE,
        replace(KATIE, given="Ibrahim", family="Osei", sex="M", born=KATIE.born - timedelta(days=900)),
    )
    sign_in(client, town.grace)
    page = text(client.get("/people/pairs/?show=contradict"))
    assert "One NHS number on two children" in page and "Probably one person" not in page


def test_there_is_no_such_pair(client: Client, town: Town) -> None:
    sign_in(client, town.grace)
    assert client.get(f"/people/pairs/{town.grace.practitioner_id}/").status_code == 404
    assert client.get("/people/pairs/?show=nonsense").status_code == 200
