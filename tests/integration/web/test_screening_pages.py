"""Screen a concern in the browser: who is it about, how urgent is it, what happens next?"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from jigsaw.hub.agencies import operations as agencies
from jigsaw.hub.agencies import queries as agency_queries
from jigsaw.hub.agencies.models import Practitioner
from jigsaw.hub.enquiries.models import Enquiry
from jigsaw.hub.kit.actor import SYSTEM, Actor
from jigsaw.hub.people import operations as people
from jigsaw.hub.people.models import Conflict, LinkDecision, PersonRecord
from jigsaw.hub.people.records import At, Facts
from jigsaw.hub.referrals import operations
from jigsaw.hub.referrals.models import Referral
from jigsaw.hub.referrals.operations import Someone
from people_in_tests import KATIE, MONDAY, NO_PASSWORD, Town, concern


def signed_in(actor: Actor) -> Client:
    client = Client()
    client.force_login(Practitioner.objects.get(pk=actor.practitioner_id))
    return client


def raised(town: Town, **changes: Any) -> Referral:
    return operations.make(
        actor=town.ros, concern=concern(**changes), now=timezone.now() - timedelta(minutes=30)
    )


def rated(town: Town, referral: Referral) -> Referral:
    operations.rate(
        actor=town.grace, referral=referral, code="red", reason="Violence at home", now=timezone.now()
    )
    referral.refresh_from_db()
    return referral


UNKNOWN = Someone(part="child", facts=Facts(raw={"description": "about 4, red coat"}))


def social_worker(town: Town) -> Actor:
    account = agencies.Account(
        email="daniel@csc.example",
        name="Daniel Osei",
        job_title="Social worker",
        agency=town.front_door,
        roles=("social_worker",),
        password=NO_PASSWORD,
    )
    agencies.add_practitioner(actor=SYSTEM, account=account, now=timezone.now())
    return agency_queries.actor_by_email("daniel@csc.example")


def statements_of(client: Client, page: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        client.get(page)
    return len(asked)


def marks(page: str, draft: str) -> dict[str, str]:
    """The token, draft and owner of the form that keeps this draft."""
    for form in page.split("<form")[1:]:
        if f'name="draft" value="{draft}"' in form:
            return dict(re.findall(r'name="(token|draft|owner)" value="([^"]*)"', form))
    raise AssertionError(f"no form keeps {draft}")


def act(client: Client, referral: Referral, do: str, **fields: str) -> Any:
    page = f"/concerns/{referral.reference}/"
    return client.post(page, {"do": do, **{f"{do}-{name}": value for name, value in fields.items()}})


# --- the queue ----------------------------------------------------------------------------------------


def test_the_screener_sees_what_came_in_and_by_when_the_sender_must_hear(town: Town) -> None:
    referral = raised(town)
    page = signed_in(town.grace).get("/concerns/").content.decode()
    assert referral.reference in page and "Katie Walsh" in page
    assert "Please act" in page and "Not rated" in page and "Not opened yet" in page


def test_the_queue_can_show_only_what_is_not_rated(town: Town) -> None:
    one, two = rated(town, raised(town)), raised(town)
    page = signed_in(town.grace).get("/concerns/?show=unrated").content.decode()
    assert two.reference in page and one.reference not in page


@pytest.mark.parametrize("who", ["ros", "kevin", "mary", "ade"])
def test_the_queue_is_for_those_who_work_on_concerns(town: Town, who: str) -> None:
    raised(town)
    assert signed_in(getattr(town, who)).get("/concerns/").status_code == 403


def test_a_contact_on_an_open_case_goes_to_its_worker(town: Town) -> None:
    record, _new = people.hold(
        actor=town.grace,
        agency=town.front_door.pk,
        system="cms",
        source_key="1",
        facts=KATIE,
        now=timezone.now(),
    )
    people.involve(
        actor=SYSTEM,
        now=MONDAY,
        record=record,
        service="Family help",
        practitioner_id=town.grace.practitioner_id,
    )
    referral = raised(town)
    client = signed_in(town.grace)
    assert "goes to Grace Lindqvist" in client.get("/concerns/?show=open").content.decode()
    assert "it goes to Grace Lindqvist" in client.get(f"/concerns/{referral.reference}/").content.decode()


def test_that_worker_may_take_it_on_without_being_a_screener(town: Town) -> None:
    daniel = social_worker(town)
    record, _new = people.hold(
        actor=town.grace,
        agency=town.front_door.pk,
        system="cms",
        source_key="1",
        facts=KATIE,
        now=timezone.now(),
    )
    people.involve(
        actor=SYSTEM, now=MONDAY, record=record, service="Family help", practitioner_id=daniel.practitioner_id
    )
    theirs, another = raised(town), raised(town, persons=(concern().persons[1], UNKNOWN))
    client = signed_in(daniel)
    queue = client.get("/concerns/").content.decode()
    assert theirs.reference in queue and another.reference not in queue
    assert act(client, theirs, "rate", rating="amber", reason="I see her on Friday").status_code == 302
    assert act(client, another, "rate", rating="amber", reason="x").status_code == 403


def test_a_long_queue_asks_the_database_no_more_than_a_short_one(town: Town) -> None:
    client = signed_in(town.grace)
    client.get("/concerns/")  # so that what is read once and kept does not count
    raised(town)
    few = statements_of(client, "/concerns/")
    for _more in range(5):
        rated(town, raised(town))
    assert statements_of(client, "/concerns/") == few


# --- one concern --------------------------------------------------------------------------------------


def test_opening_a_concern_shows_all_that_was_said_and_acknowledges_it(town: Town) -> None:
    referral = raised(town)
    page = signed_in(town.grace).get(f"/concerns/{referral.reference}/").content.decode()
    for words in [
        "shouts and breaks things",
        "I take Poppy to my room",
        "Attendance fell to 82%",
        "Donna Walsh",
        "999 000 0018",
    ]:
        assert words in page
    assert "Fact" in page and "Nobody in the index fits" in page
    referral.refresh_from_db()
    assert referral.acknowledged_at is not None
    assert (
        "Opened by a social worker"
        in signed_in(town.ros).get(f"/our-concerns/{referral.reference}/").content.decode()
    )


@pytest.mark.parametrize("who", ["ros", "amina", "kevin", "nia", "mary"])
def test_others_are_told_that_there_is_no_such_concern(town: Town, who: str) -> None:
    referral = raised(town)
    client = signed_in(getattr(town, who))
    assert client.get(f"/concerns/{referral.reference}/").status_code == 404
    assert act(client, referral, "rate", rating="red", reason="x").status_code in (403, 404)
    referral.refresh_from_db()
    assert referral.state == "received"


def test_a_screener_too_close_to_the_child_is_refused(town: Town) -> None:
    referral = raised(town)
    child = referral.persons.first().record.person_id
    Conflict.objects.create(
        practitioner_id=town.grace.practitioner_id, person_id=child, why="Aunt", declared_at=timezone.now()
    )
    client = signed_in(town.grace)
    assert client.get(f"/concerns/{referral.reference}/").status_code == 403
    assert referral.reference not in client.get("/concerns/").content.decode()


def test_a_secret_address_is_not_shown_to_the_front_door(town: Town) -> None:
    secret = replace(KATIE, addresses=(At(line="7 Hidden Row", postcode="ST9 9ZZ", protected=True),))
    first = concern().persons[0]
    referral = raised(town, persons=(replace(first, facts=secret),))
    page = signed_in(town.grace).get(f"/concerns/{referral.reference}/").content.decode()
    assert "Hidden Row" not in page and "Kept secret" in page
    assert "Hidden Row" in signed_in(town.ros).get(f"/our-concerns/{referral.reference}/").content.decode()


def test_a_rating_needs_its_reason_and_keeps_its_history(town: Town) -> None:
    referral, client = raised(town), signed_in(town.grace)
    answer = act(client, referral, "rate", rating="red", reason=" ")
    assert answer.status_code == 400
    assert '<a href="#id_rate-reason">Say what this rating rests on' in answer.content.decode()
    assert act(client, referral, "rate", rating="red", reason="A toddler was there").status_code == 302
    assert act(client, referral, "rate", rating="amber", reason="He has left the home").status_code == 302
    page = client.get(f"/concerns/{referral.reference}/").content.decode()
    assert page.index("He has left the home") < page.index("A toddler was there")
    assert [r.code for r in referral.ratings.all()] == ["red", "amber"]


def test_a_reason_half_typed_comes_back(town: Town) -> None:
    referral, client = raised(town), signed_in(town.grace)
    act(client, referral, "rate", reason="Half a reason 🧩")
    page = client.get(f"/concerns/{referral.reference}/").content.decode()
    assert "Half a reason 🧩" in page and "There is a problem" not in page


def test_rating_twice_with_one_press_counts_once(town: Town) -> None:
    referral, client = raised(town), signed_in(town.grace)
    page = client.get(f"/concerns/{referral.reference}/").content.decode()
    form = marks(page, f"screening:rate:{referral.reference}")
    fields = {**form, "do": "rate", "rate-rating": "red", "rate-reason": "A toddler was there"}
    for _press in range(2):
        assert client.post(f"/concerns/{referral.reference}/", fields).status_code == 302
    assert referral.ratings.count() == 1


def test_nothing_follows_before_a_rating(town: Town) -> None:
    referral, client = raised(town), signed_in(town.grace)
    assert 'value="open"' not in client.get(f"/concerns/{referral.reference}/").content.decode()
    answer = act(client, referral, "close", outcome="advice", reasons="x", relevant="yes", advice="y")
    assert answer.status_code == 409


def test_an_enquiry_is_opened_under_a_purpose_with_a_lead(town: Town) -> None:
    referral, client = rated(town, raised(town)), signed_in(town.grace)
    assert act(client, referral, "open", lead=str(town.grace.practitioner_id)).status_code == 400
    assert act(client, referral, "open", purpose="s47", lead=str(town.ros.practitioner_id)).status_code == 400
    answer = act(client, referral, "open", purpose="s47", lead=str(town.grace.practitioner_id))
    enquiry = Enquiry.objects.get()
    assert answer.url == f"/enquiries/{enquiry.reference}/" and enquiry.lead_id == town.grace.practitioner_id
    page = client.get(f"/concerns/{referral.reference}/").content.decode()
    assert enquiry.reference in page and 'value="close"' not in page


def test_closing_with_advice_tells_the_referrer(town: Town) -> None:
    referral, client = rated(town, raised(town)), signed_in(town.grace)
    given = {
        "outcome": "advice",
        "reasons": "Already helped",
        "relevant": "yes",
        "advice": "Keep a diary with Katie",
    }
    assert act(client, referral, "close", **{**given, "advice": ""}).status_code == 400
    unsaid = act(client, referral, "close", **{**given, "relevant": ""})
    assert unsaid.status_code == 400 and "Say whether it was relevant" in unsaid.content.decode()
    assert act(client, referral, "close", **given).status_code == 302
    page = signed_in(town.ros).get(f"/our-concerns/{referral.reference}/").content.decode()
    assert "Keep a diary with Katie" in page and "Already helped" not in page
    assert "Already helped" in client.get(f"/concerns/{referral.reference}/").content.decode()


def test_closing_tells_a_member_of_the_public_nothing_about_the_family(town: Town) -> None:
    referral = rated(town, raised(town, caller="public", parents_know="", parents_know_why=""))
    client = signed_in(town.grace)
    asked = client.get(f"/concerns/{referral.reference}/").content.decode()
    assert "Was it relevant?" not in asked, "nobody is told it, so nobody is asked"
    act(
        client,
        referral,
        "close",
        outcome="advice",
        reasons="Known",
        advice="The mother has a plan",
    )
    page = signed_in(town.ros).get(f"/our-concerns/{referral.reference}/").content.decode()
    assert "We cannot tell you anything about the family" in page and "The mother has a plan" not in page
    assert "The mother has a plan" in client.get(f"/concerns/{referral.reference}/").content.decode()


# --- who is this? -------------------------------------------------------------------------------------


def katy(town: Town, **changes: Any) -> PersonRecord:
    """The health visitors' Katy, who is likely the same child, without a number to make it certain."""
    facts = replace(KATIE, given="Katy", identifiers=(), **changes)
    record, _new = people.hold(
        actor=town.amina, agency=town.health.pk, system="hv", source_key="7", facts=facts, now=timezone.now()
    )
    return record


def unsure(town: Town) -> Referral:
    first = concern().persons[0]
    unknown = replace(first.facts, given="Katt", identifiers=())
    return raised(town, persons=(replace(first, facts=unknown),))


def who_page(referral: Referral) -> tuple[str, PersonRecord]:
    record = referral.persons.select_related("record__person").first().record
    return f"/concerns/{referral.reference}/who/{record.pk}/", record


def test_a_likely_match_waits_for_a_person_and_is_shown_with_its_evidence(town: Town) -> None:
    katy(town)
    referral, client = unsure(town), signed_in(town.grace)
    assert "1 may be the same" in client.get(f"/concerns/{referral.reference}/").content.decode()
    page, _record = who_page(referral)
    html = client.get(page).content.decode()
    assert "the same person" in html and "Family name" in html and "12 Harbour Lane" in html
    assert "Not known" in html


def test_linking_needs_a_reason_and_brings_both_together(town: Town) -> None:
    known = katy(town)
    referral, client = unsure(town), signed_in(town.grace)
    page, record = who_page(referral)
    fields = {"about": str(known.person_id), "person": str(known.person_id), "verdict": "same"}
    assert client.post(page, fields).status_code == 400
    fields[f"r-{known.person_id}-reason"] = "Rang the school: same girl"
    assert client.post(page, fields).status_code == 302
    record.refresh_from_db()
    assert record.person_id == known.person_id
    decision = LinkDecision.objects.get(record=record)
    assert decision.reason == "Rang the school: same girl" and decision.evidence
    assert "Linked with what others hold" in client.get(f"/concerns/{referral.reference}/").content.decode()
    assert "Rang the school" in client.get(page).content.decode()


def test_not_the_same_is_kept_and_not_asked_again(town: Town) -> None:
    known = katy(town)
    referral, client = unsure(town), signed_in(town.grace)
    page, record = who_page(referral)
    reason = {f"r-{known.person_id}-reason": "Cousins of one name"}
    fields = {"about": str(known.person_id), "person": str(known.person_id), "verdict": "different", **reason}
    assert client.post(page, fields).status_code == 302
    record.refresh_from_db()
    assert record.person_id != known.person_id
    assert "Nobody else in the index fits" in client.get(page).content.decode()
    assert "Nobody in the index fits" in client.get(f"/concerns/{referral.reference}/").content.decode()


def test_none_of_these_keeps_every_one_apart(town: Town) -> None:
    first = katy(town)
    second, _new = people.hold(
        actor=town.hannah, agency=town.police.pk, system="pol", source_key="9",
        facts=replace(KATIE, given="Kate", identifiers=()), now=timezone.now(),
    )  # fmt: skip
    referral, client = unsure(town), signed_in(town.grace)
    page, record = who_page(referral)
    assert "None of these" in client.get(page).content.decode()
    fields = {
        "about": "none",
        "person": [str(first.person_id), str(second.person_id)],
        "verdict": "different",
        "r-none-reason": "Her mother has no other daughter",
    }
    assert client.post(page, fields).status_code == 302
    apart = LinkDecision.objects.filter(record=record, verdict="not_same")
    assert {decision.person_id for decision in apart} == {first.person_id, second.person_id}


def test_matching_never_tells_where_someone_in_hiding_lives(town: Town) -> None:
    katy(town, addresses=(At(line="12 Harbour Lane", town="Sharetown", postcode="ST1 4QZ", protected=True),))
    referral, client = unsure(town), signed_in(town.grace)
    page, _record = who_page(referral)
    evidence = client.get(page).content.decode().partition("may be meant")[2]
    assert "kept secret" in evidence and "Harbour" not in evidence and "ST1 4QZ" not in evidence


def test_only_a_record_of_this_concern_can_be_decided_on_here(town: Town) -> None:
    known, client = katy(town), signed_in(town.grace)
    referral = unsure(town)
    page = f"/concerns/{referral.reference}/who/{known.pk}/"
    fields = {"about": "none", "person": str(known.person_id), "verdict": "different", "r-none-reason": "x"}
    assert client.get(page).status_code == 404
    assert client.post(page, fields).status_code == 404
    assert not LinkDecision.objects.filter(record=known).exists()


@pytest.mark.parametrize("who", ["ros", "tom", "mary"])
def test_others_do_not_decide_who_someone_is(town: Town, who: str) -> None:
    katy(town)
    page, _record = who_page(unsure(town))
    assert signed_in(getattr(town, who)).get(page).status_code == 403


def test_a_script_in_a_name_stays_a_name(town: Town) -> None:
    first = concern().persons[0]
    odd = Facts(given="<script>alert(1)</script>", family="مرحبا")
    referral = raised(town, persons=(replace(first, facts=odd),))
    page = signed_in(town.grace).get(f"/concerns/{referral.reference}/").content.decode()
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)" in page and "مرحبا" in page
