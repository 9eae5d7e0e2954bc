"""An agreement from the draft to its end: who may, what stands, and that verdicts follow at once."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from agreements_in_tests import document, signer, writer
from jigsaw.hub.agreements import agreed, signing
from jigsaw.hub.agreements.models import AgreementSignature, AgreementVersion
from jigsaw.hub.alerts.models import Notice
from jigsaw.hub.audit import queries as audit
from jigsaw.hub.jobs import deliver_agreement_notices, remind_to_review_agreements
from jigsaw.hub.kit.actor import SYSTEM, Actor
from jigsaw.hub.kit.errors import AlreadyDone, Invalid, NotHere, Refused, WrongState
from jigsaw.sharing_rules.party import Party
from people_in_tests import MONDAY, Town

TODAY = MONDAY.date()
# A small agreement of the front door and the health service, so that a test reads at a glance.
SMALL = "SMALL"


@pytest.fixture
def town(unsigned_town: Town, db: None) -> Town:
    """The partnership before it agreed on anything."""
    return copy.deepcopy(unsigned_town)


def small(version: int = 1, **changes: Any) -> dict[str, Any]:
    """Health gives the front door the child's health for section 47; changed as a test needs."""
    whole = document(version=version, data=["existence", "child_health"], purpose=["s47"], exceptions=[])
    whole["identifier"] = {"value": SMALL, "system": "https://sharetown.example/agreements"}
    whole["party"] = [each for each in whole["party"] if each["sector"] in ("SC", "HE")]
    codes = {each["sector"]: each["code"] for each in whole["party"]}
    clause = {
        "clause": "1",
        "effect": "permit",
        "from": [codes["HE"]],
        "to": [codes["SC"]],
        "purpose": ["s47"],
        "data": ["child_health"],
        "modes": ["CONTENT"],
        "words": "The child’s health",
        "reviewRole": "",
        "validFrom": None,
        "validUntil": None,
    }
    return {**whole, "defaults": [clause], **changes}


def begun(town: Town, content: dict[str, Any] | None = None) -> AgreementVersion:
    """A draft, sent for signing."""
    row = signing.start(actor=writer(town.ade), document=content or small(), now=MONDAY)
    return signing.send(actor=writer(town.ade), version=row, now=MONDAY)


def signed(town: Town, content: dict[str, Any] | None = None) -> AgreementVersion:
    """Signed by the front door and the health service."""
    row = begun(town, content)
    for actor in (town.grace, town.amina):
        row = signing.sign(actor=signer(actor), version=row, now=MONDAY)
    return row


def answer(on: date = TODAY, purpose: str = "s47") -> str:
    """What the agreements say of the child's health from the health service to the front door."""
    area = frozenset({"E06999991"})
    said = agreed.in_force().says(
        holder=Party("Health", "HE", code="HV", authorities=area),
        recipient=Party("Front door", "SC", code="CSC", authorities=area),
        purpose=purpose,
        category="child_health",
        mode="CONTENT",
        on=on,
    )
    return str(said.answer)


def test_it_covers_nothing_until_every_party_has_signed(town: Town) -> None:
    row = begun(town)
    signing.sign(actor=signer(town.grace), version=row, now=MONDAY)
    assert answer() == "REVIEW"
    row = signing.sign(actor=signer(town.amina), version=row, now=MONDAY)
    assert (row.state, row.signed_at, answer()) == ("signed", MONDAY, "PERMIT")
    assert answer(purpose="s17") == "REVIEW", "only for what was agreed"
    log = {entry.action for entry in audit.about_thing(f"agreement {SMALL} v1")}
    assert log == {"agreement.started", "agreement.sent", "agreement.signed", "agreement.in_force"}


def test_it_covers_only_the_agencies_that_signed(town: Town) -> None:
    row = signed(town)
    sides = {side.party.sector: side for side in agreed.one(writer(town.ade), SMALL, on=TODAY).sides}
    assert [each.agency_code for each in sides["HE"].signed] == ["HV"]
    hospital = agreed.in_force().says(
        holder=Party("Hospital", "HE", code="HOSP", authorities=frozenset({"E06999991"})),
        recipient=Party("Front door", "SC", code="CSC", authorities=frozenset({"E06999991"})),
        purpose="s47",
        category="child_health",
        mode="CONTENT",
        on=TODAY,
    )
    assert (str(hospital.answer), hospital.covered, row.state) == ("REVIEW", False, "signed")


def test_a_new_version_takes_over_on_its_first_day_and_the_old_one_stays_to_be_read(town: Town) -> None:
    signed(town)
    later = (TODAY + timedelta(days=10)).isoformat()
    tighter = small(2, startDate=later)
    tighter["defaults"][0]["effect"] = "prohibit"
    signed(town, tighter)
    assert [answer(TODAY + timedelta(days=n)) for n in (9, 10)] == ["PERMIT", "DENY"]
    states = [each.state for each in agreed.versions(town.amina, SMALL, on=TODAY)]
    assert states == ["to_come", "in_force"]
    states = [each.state for each in agreed.versions(town.amina, SMALL, on=TODAY + timedelta(days=10))]
    assert states == ["in_force", "replaced"]


def test_ended_it_covers_nothing_at_once_and_what_it_replaced_does_not_come_back(town: Town) -> None:
    signed(town)
    second = signed(town, small(2))
    assert answer() == "PERMIT"
    with pytest.raises(Invalid):
        signing.end(actor=writer(town.ade), version=second, why=" ", now=MONDAY)
    signing.end(actor=writer(town.ade), version=second, why="The board, 16 November 2026.", now=MONDAY)
    assert answer() == "REVIEW"
    assert agreed.one(town.amina, SMALL, on=TODAY).state == "ended"


def test_only_the_days_it_names_count(town: Town) -> None:
    signed(town, small(startDate="2026-11-17", endDate="2026-11-18"))
    days = [answer(date(2026, 11, day)) for day in (16, 17, 18, 19)]
    assert days == ["REVIEW", "PERMIT", "PERMIT", "REVIEW"]


@pytest.mark.parametrize("name", ["amina", "grace", "mary", "ade"])
def test_nobody_writes_one_without_the_right(town: Town, name: str) -> None:
    actor: Actor = getattr(town, name)
    draft = signing.start(actor=writer(town.ade), document=small(), now=MONDAY)
    acts: list[Callable[[], object]] = [
        lambda: signing.start(actor=actor, document=small(), now=MONDAY),
        lambda: signing.change(actor=actor, version=draft, document=small(), now=MONDAY),
        lambda: signing.send(actor=actor, version=draft, now=MONDAY),
        lambda: signing.throw_away(actor=actor, version=draft, now=MONDAY),
        lambda: signing.take_back(actor=actor, version=draft, now=MONDAY),
        lambda: signing.end(actor=actor, version=draft, why="Because.", now=MONDAY),
        lambda: signing.reviewed(actor=actor, version=draft, look_again_on=TODAY, now=MONDAY),
        lambda: signing.sign(actor=actor, version=draft, now=MONDAY),
    ]
    for act in acts:
        with pytest.raises(Refused):
            act()


def test_one_signs_for_one_s_own_agency_alone_and_once(town: Town) -> None:
    row = begun(town)
    for stranger in (town.hannah, town.nia, town.mary):
        with pytest.raises(NotHere):
            signing.sign(actor=signer(stranger), version=row, now=MONDAY)
    signing.sign(actor=signer(town.grace), version=row, now=MONDAY)
    with pytest.raises(AlreadyDone):
        signing.sign(actor=signer(town.grace), version=row, now=MONDAY)
    [signature] = AgreementSignature.objects.all()
    assert (signature.name, signature.agency_code, signature.parties) == (
        "Grace Lindqvist",
        "CSC",
        ["social_care"],
    )


def test_who_reads_what(town: Town) -> None:
    draft = signing.start(actor=writer(town.ade), document=small(), now=MONDAY)
    assert [each.state for each in agreed.readable(writer(town.ade), on=TODAY)] == ["draft"]
    for actor in (town.amina, town.mary, town.ade):
        assert agreed.readable(actor, on=TODAY) == [], "a draft is for those who write it"
    signing.send(actor=writer(town.ade), version=draft, now=MONDAY)
    for actor in (town.amina, town.tom, town.grace, town.mary, town.ade):
        assert len(agreed.readable(actor, on=TODAY)) == 1, "a party, or who looks after the partnership"
    for actor in (town.hannah, town.nia):
        assert agreed.readable(actor, on=TODAY) == []
        with pytest.raises(NotHere) as theirs:
            agreed.one(actor, SMALL, on=TODAY)
        with pytest.raises(NotHere) as absent:
            agreed.one(actor, "NO-SUCH", on=TODAY)
        assert str(theirs.value) == str(absent.value)


def test_sent_its_words_stand_whatever_is_tried(town: Town) -> None:
    row = begun(town)
    with pytest.raises(WrongState):
        signing.change(actor=writer(town.ade), version=row, document=small(), now=MONDAY)
    with pytest.raises(AlreadyDone):
        signing.start(actor=writer(town.ade), document=small(), now=MONDAY)
    rows = AgreementVersion.objects.filter(pk=row.pk)
    for spoil in (
        lambda: rows.update(content={}),
        lambda: rows.update(starts_on=date(2020, 1, 1)),
        rows.delete,
    ):
        with pytest.raises(DatabaseError, match="agreement"), transaction.atomic():
            spoil()
    signing.sign(actor=signer(town.grace), version=row, now=MONDAY)
    with pytest.raises(Refused, match="signed these words"):
        signing.take_back(actor=writer(town.ade), version=row, now=MONDAY)
    with pytest.raises(DatabaseError, match="never change"), transaction.atomic():
        AgreementSignature.objects.update(name="Somebody else")
    signing.sign(actor=signer(town.amina), version=row, now=MONDAY)
    with pytest.raises(DatabaseError, match="draft again"), transaction.atomic():
        rows.update(state="draft")


def test_taken_back_before_anyone_signed_it_is_a_draft_again(town: Town) -> None:
    row = signing.take_back(actor=writer(town.ade), version=begun(town), now=MONDAY)
    row = signing.change(actor=writer(town.ade), version=row, document=small(name="Renamed"), now=MONDAY)
    assert (row.state, row.content["name"]) == ("draft", "Renamed")
    signing.throw_away(actor=writer(town.ade), version=row, now=MONDAY)
    assert agreed.readable(writer(town.ade), on=TODAY) == []


def test_a_draft_may_be_unfinished_but_is_not_sent_so(town: Town) -> None:
    row = signing.start(
        actor=writer(town.ade), document={"identifier": {"value": SMALL}, "name": "🦊"}, now=MONDAY
    )
    with pytest.raises(Invalid) as wrong:
        signing.send(actor=writer(town.ade), version=row, now=MONDAY)
    assert {"$.party", "$.startDate"} <= set(wrong.value.fields)
    assert all(str(words) for words in wrong.value.fields.values())
    for content in (small(extends="NO-SUCH"), small(endDate="2026-11-15")):
        row = signing.change(actor=writer(town.ade), version=row, document=content, now=MONDAY)
        with pytest.raises(Invalid):
            signing.send(actor=writer(town.ade), version=row, now=MONDAY)


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"identifier": {"value": "with a space"}},
        {"identifier": {"value": "../up"}},
        small(2),
    ],
)
def test_what_cannot_begin_is_refused_in_words(town: Town, content: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        signing.start(actor=writer(town.ade), document=content, now=MONDAY)


def test_those_who_must_know_are_told_once(town: Town) -> None:
    row = signed(town)
    assert deliver_agreement_notices.run(MONDAY) == 2
    signing.reviewed(actor=writer(town.ade), version=row, look_again_on=TODAY + timedelta(days=5), now=MONDAY)
    assert remind_to_review_agreements.run(MONDAY) == 0
    due = MONDAY + timedelta(days=5)
    assert [remind_to_review_agreements.run(due) for _turn in range(2)] == [1, 0]
    deliver_agreement_notices.run(due)
    signing.end(actor=SYSTEM, version=row, why="The board.", now=due)
    deliver_agreement_notices.run(due)
    told = list(Notice.objects.values_list("topic", "to_practitioner__name"))
    assert ("agreement.in_force", "Ade Cole") in told
    assert {name for topic, name in told if topic == "agreement.ended"} == {"Grace Lindqvist", "Amina Yusuf"}
