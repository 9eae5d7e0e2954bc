"""Leading an enquiry in the browser: who knows, ask, follow, read, ask again, decide, close."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from integration.web.journeys import NAMED, OLD, PLAIN, Asked, ask_health, filled_in, open_enquiry, sign_in
from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.enquiries import queries as enquiry_queries
from jigsaw.hub.information_requests import queries as request_queries
from jigsaw.hub.referrals import operations as referrals
from jigsaw.hub.referrals import queries as referral_queries
from people_in_tests import Town

pytestmark = pytest.mark.django_db


@pytest.fixture
def enquiry(town: Town) -> Any:
    return open_enquiry(town, now=timezone.now())


@pytest.fixture
def asked(town: Town) -> Asked:
    return ask_health(town, PLAIN, NAMED, OLD)


def question(town: Town, enquiry: Any, **changes: Any) -> dict[str, Any]:
    """The form to ask health about Katie."""
    child = enquiry_queries.read(town.grace, enquiry.reference, now=timezone.now()).children[0]
    form = {
        "agencies": [str(town.health.pk)],
        "about": [str(child.record)],
        "needed": "Injuries and missed appointments.",
        "why": "A strategy discussion today.",
        "headline": "",
        "when": "clock",
        "token": str(uuid4()),
    }
    return {**form, **changes}


def page(enquiry: Any, *rest: str) -> str:
    return "/".join(["/enquiries", enquiry.reference, *rest]) + "/"


def health_answers(client: Client, asked: Asked) -> None:
    plain, named, old = (entry.pk for entry in asked.entries)
    sign_in(client, asked.town.amina)
    form = filled_in(
        asked,
        {plain: "share", named: "part", old: "withhold"},
        **{
            f"text-{named}": "A neighbour said a man is always shouting.",
            f"kind-{old}": "not_relevant",
            f"reason-{old}": "Long ago, resolved, and about the mother only.",
            f"again-{old}": "New worry about her health",
            "advice_from": "Tom Baptiste, named nurse",
            "context": "Seen twice since June.",
        },
    )
    assert client.post(asked.page, form).status_code == 302


# The list and the page


def test_the_list_shows_the_agencys_enquiries(client: Client, enquiry: Any, town: Town) -> None:
    sign_in(client, town.grace)
    shown = client.get("/enquiries/").content.decode()
    assert "Katie Walsh" in shown
    assert enquiry.reference in shown
    assert "You lead" in shown
    assert "Katie Walsh" in client.get("/enquiries/?show=mine").content.decode()


def test_the_list_is_refused_to_who_does_not_lead(client: Client, enquiry: Any, town: Town) -> None:
    sign_in(client, town.ros)
    refused = client.get("/enquiries/")
    assert refused.status_code == 403
    assert "Katie" not in refused.content.decode()


@pytest.mark.parametrize("rest", [[], ["ask"], ["decide"], ["hand-over"]])
def test_every_page_is_not_there_for_others(
    client: Client, enquiry: Any, town: Town, rest: list[str]
) -> None:
    for stranger in (town.ros, town.amina, town.nia, town.mary):
        sign_in(client, stranger)
        found = client.get(page(enquiry, *rest))
        assert found.status_code == 404
        assert "Katie" not in found.content.decode()
    sign_in(client, town.grace)
    assert client.get(page(enquiry, *rest)).status_code == 200


def test_the_page_shows_who_knows_and_how_far_each_is(client: Client, asked: Asked) -> None:
    sign_in(client, asked.town.grace)
    shown = client.get(page(asked.enquiry)).content.decode()
    assert "Sharetown 0–19 Health Service" in shown
    assert "Holds a record" in shown
    assert "Not asked" in shown
    assert "Violence at home, a toddler there." in shown


def test_the_rating_changes_with_a_reason_and_both_stay(client: Client, enquiry: Any, town: Town) -> None:
    sign_in(client, town.grace)
    refused = client.post(page(enquiry, "rating"), {"code": "amber", "reason": ""})
    assert refused.status_code == 400
    assert "Say what this rating rests on." in refused.content.decode()
    client.post(page(enquiry, "rating"), {"code": "amber", "reason": "The partner has left."})
    shown = client.get(page(enquiry)).content.decode()
    assert "The partner has left." in shown
    assert "Violence at home, a toddler there." in shown


def test_two_forms_of_one_page_do_not_swallow_each_other(client: Client, asked: Asked) -> None:
    sign_in(client, asked.town.grace)
    shown = client.get(page(asked.enquiry)).content.decode()
    tokens = [part.partition('"')[0] for part in shown.split('name="token" value="')[1:]]
    assert len(tokens) > 2
    assert len(set(tokens)) == len(tokens)


# Asking


def test_agencies_are_asked_and_each_gets_its_clock(client: Client, enquiry: Any, town: Town) -> None:
    sign_in(client, town.grace)
    blank = client.get(page(enquiry, "ask"))
    assert blank.context["form"]["agencies"].value() is None, "nobody is ticked beforehand"
    form = question(town, enquiry, agencies=[str(town.health.pk), str(town.police.pk)])
    assert client.post(page(enquiry, "ask"), form)["Location"] == page(enquiry)
    assert client.post(page(enquiry, "ask"), form).status_code == 302, "pressed twice, asked once"
    progress = request_queries.progress(town.grace, enquiry, now=timezone.now())
    assert {p.recipient.agency_id for p in progress} == {town.health.pk, town.police.pk}
    assert len(progress) == 2


def test_an_empty_question_is_refused_with_every_field_named(
    client: Client, enquiry: Any, town: Town
) -> None:
    sign_in(client, town.grace)
    refused = client.post(
        page(enquiry, "ask"), {"needed": "", "why": "", "when": "clock", "headline": "Typed once"}
    )
    shown = refused.content.decode()
    assert refused.status_code == 400
    for words in (
        "Choose at least one agency to ask.",
        "Choose whom you are asking about.",
        "Say what you need to know.",
    ):
        assert words in shown
    assert "Typed once" in shown
    assert "Typed once" in client.get(page(enquiry, "ask")).content.decode()


def test_an_agency_already_asked_cannot_be_ticked(client: Client, asked: Asked) -> None:
    sign_in(client, asked.town.grace)
    shown = client.get(page(asked.enquiry, "ask"))
    assert "Already asked, and has not answered yet." in shown.content.decode()
    forced = client.post(page(asked.enquiry, "ask"), question(asked.town, asked.enquiry))
    assert forced.status_code == 400
    assert "Chase it instead." in forced.content.decode()


def test_the_time_can_be_set_but_not_in_the_past(client: Client, enquiry: Any, town: Town) -> None:
    sign_in(client, town.grace)
    names = [
        box["name"]
        for box in client.get(page(enquiry, "ask")).context["form"]["day"].subwidgets[0].data["subwidgets"]
    ]
    for days, status in ((-2, 400), (2, 302)):
        day = timezone.localdate() + timedelta(days=days)
        boxes = dict(zip(names, (day.day, day.month, day.year), strict=True))
        sent = client.post(page(enquiry, "ask"), question(town, enquiry, when="other", at="09:15", **boxes))
        assert sent.status_code == status
    [progress] = request_queries.progress(town.grace, enquiry, now=timezone.now())
    assert timezone.localtime(progress.recipient.due_at).strftime("%H:%M") == "09:15"
    unfinished = client.post(page(enquiry, "ask"), question(town, enquiry, when="other", at=""))
    assert "Enter the day." in unfinished.content.decode()


def test_chasing_is_seen_by_those_asked(client: Client, asked: Asked) -> None:
    sign_in(client, asked.town.grace)
    client.post(page(asked.enquiry, "chase", asked.to_health.reference), {"words": "<b>Meeting</b> at three"})
    sign_in(client, asked.town.amina)
    shown = client.get(asked.page).content.decode()
    assert "&lt;b&gt;Meeting&lt;/b&gt; at three" in shown


# Reading and asking again


def test_the_answer_shows_what_was_shared_and_what_was_withheld_and_why(client: Client, asked: Asked) -> None:
    health_answers(client, asked)
    sign_in(client, asked.town.grace)
    shown = client.get(page(asked.enquiry, "answers", asked.to_health.reference)).content.decode()
    assert "Second date missed." in shown
    assert "A neighbour said a man is always shouting." in shown
    assert "Mrs Hart" not in shown
    assert "It does not bear on the purpose" in shown
    assert "Long ago, resolved, and about the mother only." in shown
    assert "New worry about her health" in shown
    assert "Seen twice since June." in shown
    assert "Mother’s own health in 2014" not in shown


def test_the_answer_is_read_by_the_asker_alone(client: Client, asked: Asked) -> None:
    health_answers(client, asked)
    for stranger in (asked.town.hannah, asked.town.ros, asked.town.nia):
        sign_in(client, stranger)
        address = page(asked.enquiry, "answers", asked.to_health.reference)
        assert client.get(address).status_code == 404


def test_an_answer_of_another_enquiry_is_not_here(client: Client, asked: Asked) -> None:
    other = open_enquiry(asked.town, now=timezone.now())
    sign_in(client, asked.town.grace)
    assert client.get(page(other, "answers", asked.to_health.reference)).status_code == 404


def test_asking_again_needs_what_is_new(client: Client, asked: Asked) -> None:
    health_answers(client, asked)
    sign_in(client, asked.town.grace)
    address = page(asked.enquiry, "answers", asked.to_health.reference)
    assert client.post(address, {"new_information": " "}).status_code == 400
    assert client.post(address, {"new_information": "Donna was admitted."}).status_code == 302
    asked.to_health.refresh_from_db()
    assert (asked.to_health.state, asked.to_health.round) == ("sent", 2)
    again = client.post(address, {"new_information": "And more."})
    assert again.status_code == 400
    assert "Wait for the answer before you ask again" in again.content.decode()


# Deciding and closing


def decision(**changes: Any) -> dict[str, Any]:
    ladder = agreements.need_ladder(on=timezone.localdate())
    form = {
        "level": ladder["levels"][-1]["code"],
        "outcome": ladder["outcomes"][-1]["code"],
        "reasons": "Significant harm is likely.",
        "people-TOTAL_FORMS": "2",
        "people-INITIAL_FORMS": "0",
        "people-0-name": "Hannah Ortiz",
        "people-0-agency": "Police",
        "people-1-name": "Kevin Marsh",
        "people-1-disagreed_why": "Too soon.",
        "send": "1",
        "token": str(uuid4()),
    }
    return {**form, **changes}


def test_a_decision_shows_who_took_part_and_who_disagreed(client: Client, enquiry: Any, town: Town) -> None:
    sign_in(client, town.grace)
    form = decision()
    client.post(page(enquiry, "decide"), form)
    client.post(page(enquiry, "decide"), form)
    shown = client.get(page(enquiry)).content.decode()
    for words in ("Significant harm is likely.", "Hannah Ortiz", "Kevin Marsh", "Too soon."):
        assert words in shown
    read = enquiry_queries.read(town.grace, enquiry.reference, now=timezone.now())
    assert len(read.thresholds) == 1


def test_a_later_decision_leaves_the_earlier_one(client: Client, enquiry: Any, town: Town) -> None:
    sign_in(client, town.grace)
    client.post(page(enquiry, "decide"), decision())
    client.post(page(enquiry, "decide"), decision(reasons="The partner has left."))
    shown = client.get(page(enquiry)).content.decode()
    assert shown.index("The partner has left.") < shown.index("Significant harm is likely.")
    assert "superseded, kept" in shown


def test_an_unfinished_decision_keeps_every_word(client: Client, enquiry: Any, town: Town) -> None:
    sign_in(client, town.grace)
    words = "<script>x</script> 🧩 ملاحظة " + "a" * 9_900
    refused = client.post(page(enquiry, "decide"), decision(level="", reasons=words))
    assert refused.status_code == 400
    assert "Choose the level of need." in refused.content.decode()
    assert refused.context["form"]["reasons"].value() == words
    assert "<script>x" not in refused.content.decode()
    assert "Too soon." in refused.content.decode()


def test_one_more_person_without_scripts_keeps_every_word(client: Client, enquiry: Any, town: Town) -> None:
    sign_in(client, town.grace)
    more = client.post(page(enquiry, "decide"), decision(add="people"), follow=True)
    assert more.context["blocks"].total_form_count() == 3
    assert "Too soon." in more.content.decode()
    assert "There is a problem" not in more.content.decode()


def test_only_who_may_decide_sees_and_makes_decisions(client: Client, enquiry: Any, town: Town) -> None:
    from jigsaw.hub.agencies import operations as agencies
    from jigsaw.hub.agencies import queries as agency_queries
    from jigsaw.hub.kit.actor import SYSTEM

    account = agencies.Account(
        email="sam@csc.example",
        name="Sam Pike",
        job_title="Social worker",
        agency=town.front_door,
        roles=("social_worker",),
        password="argon2$unusable",
    )
    agencies.add_practitioner(actor=SYSTEM, account=account, now=timezone.now())
    sign_in(client, agency_queries.actor_by_email("sam@csc.example"))
    assert "Record what happens next" not in client.get(page(enquiry)).content.decode()
    assert client.get(page(enquiry, "decide")).status_code == 403
    assert client.post(page(enquiry, "decide"), decision()).status_code == 403


def test_handing_over_changes_the_lead(client: Client, enquiry: Any, town: Town) -> None:
    from jigsaw.hub.agencies import operations as agencies
    from jigsaw.hub.kit.actor import SYSTEM

    account = agencies.Account(
        email="sam@csc.example",
        name="Sam Pike",
        job_title="Social worker",
        agency=town.front_door,
        roles=("social_worker",),
        password="argon2$unusable",
    )
    sam = agencies.add_practitioner(actor=SYSTEM, account=account, now=timezone.now())
    sign_in(client, town.grace)
    assert client.post(page(enquiry, "hand-over"), {"to": str(town.nia.practitioner_id)}).status_code == 400
    client.post(page(enquiry, "hand-over"), {"to": str(sam.pk)})
    enquiry.refresh_from_db()
    assert enquiry.lead_id == sam.pk


def test_closing_waits_for_the_decision_and_for_everyone_to_hear(
    client: Client, enquiry: Any, town: Town
) -> None:
    sign_in(client, town.grace)
    too_early = client.post(page(enquiry, "close"))
    assert too_early.status_code == 400
    assert "Record the threshold decision first" in too_early.content.decode()
    client.post(page(enquiry, "decide"), decision())
    not_heard = client.post(page(enquiry, "close"))
    assert not_heard.status_code == 400
    assert "have not heard back yet" in not_heard.content.decode()
    for owed in referral_queries.feedback_owed(town.grace):
        referrals.give_feedback(
            actor=town.grace,
            feedback=owed,
            relevant="yes",
            recorded_where="Enquiry",
            what_was_done="Strategy discussion held.",
            more_needed="",
            now=timezone.now(),
        )
    assert client.post(page(enquiry, "close"))["Location"] == "/enquiries/"
    assert "No open enquiry" in client.get("/enquiries/").content.decode()
