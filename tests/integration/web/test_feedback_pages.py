"""Everyone who helped hears back, and each only what they may know."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from lxml import html

from integration.web.journeys import ask_health
from jigsaw.hub.agencies.models import Practitioner
from jigsaw.hub.decisions.operations import Grounds
from jigsaw.hub.disclosures import operations as disclosures
from jigsaw.hub.disclosures.operations import Draft
from jigsaw.hub.information_requests.queries import answered_about
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.referrals import operations
from jigsaw.hub.referrals.models import Feedback
from people_in_tests import Town, concern

WORDS = {
    "relevant": "yes",
    "recorded_where": "Katie’s record",
    "what_was_done": "A social worker saw Katie at school 🧩",
    "more_needed": "Ring us if he comes back",
}


def signed_in(actor: Actor) -> Client:
    client = Client()
    client.force_login(Practitioner.objects.get(pk=actor.practitioner_id))
    return client


def owed(town: Town, *, days_ago: int = 0, **changes: Any) -> Feedback:
    when = timezone.now() - timedelta(days=days_ago, minutes=5)
    referral = operations.make(actor=town.ros, concern=concern(**changes), now=when)
    return referral.feedback.get()


def test_feedback_is_given_and_read(town: Town) -> None:
    feedback, grace, ros = owed(town), signed_in(town.grace), signed_in(town.ros)
    page = f"/feedback/{feedback.pk}/"
    assert "tells you by" in ros.get(page).content.decode()
    assert "Sharetown Academy about Katie Walsh" in grace.get("/feedback/").content.decode()
    assert grace.post(page, WORDS).url == "/feedback/"
    feedback.refresh_from_db()
    assert feedback.given_at and feedback.read_at is None
    assert "New" in ros.get("/feedback/").content.decode()
    told = ros.get(page).content.decode()
    for words in ["A social worker saw Katie at school 🧩", "Katie’s record", "Ring us if he comes back"]:
        assert words in told
    feedback.refresh_from_db()
    assert feedback.read_at is not None


def test_the_giver_reading_it_again_does_not_mark_it_read(town: Town) -> None:
    feedback, grace = owed(town), signed_in(town.grace)
    grace.post(f"/feedback/{feedback.pk}/", WORDS)
    assert grace.get(f"/feedback/{feedback.pk}/").status_code == 200
    feedback.refresh_from_db()
    assert feedback.read_at is None


@pytest.mark.parametrize(
    ("missing", "words"),
    [("relevant", "Say whether it was relevant"), ("what_was_done", "Say what was done")],
)
def test_feedback_says_whether_it_helped_and_what_was_done(town: Town, missing: str, words: str) -> None:
    feedback, grace = owed(town), signed_in(town.grace)
    answer = grace.post(f"/feedback/{feedback.pk}/", {**WORDS, missing: ""})
    assert answer.status_code == 400 and words in answer.content.decode()
    assert "Ring us if he comes back" in grace.get(f"/feedback/{feedback.pk}/").content.decode()
    feedback.refresh_from_db()
    assert feedback.given_at is None


def test_an_agency_that_answered_reads_whom_and_what_it_was_for(town: Town) -> None:
    """In words for both sides, and for nobody else who could guess the reference."""
    asked = ask_health(town)
    nothing = Draft(grounds=Grounds(reasons="Searched by name and address."), holds_nothing=True)
    disclosures.answer(actor=town.amina, recipient=asked.to_health, draft=nothing, now=timezone.now())
    what_for = "Answer to “Worries about injuries and missed appointments”"
    for reader in (town.amina, town.grace):
        page = html.fromstring(signed_in(reader).get("/feedback/").content.decode()).text_content()
        assert what_for in page and "Katie Walsh" in page
    references = [asked.to_health.reference, asked.to_police.reference]
    assert list(answered_about(town.amina, references, now=timezone.now())) == references[:1]
    for stranger in (town.ros, town.nia, town.kevin, town.mary, town.ade):
        assert answered_about(stranger, references, now=timezone.now()) == {}
    feedback = Feedback.objects.get(audience="contributor")
    signed_in(town.grace).post(f"/feedback/{feedback.pk}/", WORDS)
    read = signed_in(town.amina).get(f"/feedback/{feedback.pk}/").content.decode()
    assert what_for in read and f'href="/requests/{asked.to_health.reference}/"' in read


def test_overdue_feedback_says_so_to_both_sides(town: Town) -> None:
    owed(town, days_ago=9)
    assert "1 is overdue" in signed_in(town.grace).get("/feedback/").content.decode()
    waiting = signed_in(town.ros).get("/feedback/").content.decode()
    assert "Overdue" in waiting and "Ring 01632 960 000" in waiting


def test_the_page_says_what_this_reader_may_be_told(town: Town) -> None:
    page = signed_in(town.grace).get(f"/feedback/{owed(town).pk}/").content.decode()
    assert "This reader may be told" in page and "Why, in plain words" in page
    assert "what other agencies told us" in page


def test_a_member_of_the_public_is_thanked_and_told_nothing_more(town: Town) -> None:
    feedback = owed(
        town, caller="public", caller_name="Mrs Hart", caller_contact="07700 900123", parents_know=""
    )
    grace = signed_in(town.grace)
    page = grace.get(f"/feedback/{feedback.pk}/").content.decode()
    assert "07700 900123" in page and 'name="what_was_done"' not in page
    assert grace.post(f"/feedback/{feedback.pk}/", WORDS).status_code == 302
    told = signed_in(town.ros).get(f"/feedback/{feedback.pk}/").content.decode()
    assert "We cannot tell you anything about the family" in told and "saw Katie" not in told


def test_an_anonymous_caller_is_owed_nothing(town: Town) -> None:
    operations.make(actor=town.ros, concern=concern(caller="anonymous", parents_know=""), now=timezone.now())
    assert "Nobody waits to hear" in signed_in(town.grace).get("/feedback/").content.decode()


@pytest.mark.parametrize("who", ["amina", "nia", "kevin", "mary", "ade"])
def test_nobody_else_reads_or_gives_it(town: Town, who: str) -> None:
    feedback, client = owed(town), signed_in(getattr(town, who))
    assert client.get(f"/feedback/{feedback.pk}/").status_code == 404
    assert client.post(f"/feedback/{feedback.pk}/", WORDS).status_code == 404
    feedback.refresh_from_db()
    assert feedback.given_at is None


def test_the_one_who_waits_cannot_give_it_to_themselves(town: Town) -> None:
    feedback, ros = owed(town), signed_in(town.ros)
    ros.post(f"/feedback/{feedback.pk}/", WORDS)
    feedback.refresh_from_db()
    assert feedback.given_at is None


def test_the_board_has_no_feedback_page(town: Town) -> None:
    assert signed_in(town.mary).get("/feedback/").status_code == 403
