"""What is lent, and when that ends, is in the log: to whom, for what, about whom."""

from __future__ import annotations

from datetime import datetime, timedelta

from integration.web.journeys import ask_health
from jigsaw.hub.audit.models import Entry
from jigsaw.hub.kit.actor import SYSTEM
from jigsaw.hub.people import access
from jigsaw.hub.people import operations as people
from jigsaw.hub.people.models import Grant
from people_in_tests import KATIE, MONDAY, Town


def entries(action: str) -> list[Entry]:
    return list(Entry.objects.filter(action=action).order_by("id"))


def test_every_lending_of_a_journey_names_its_purpose_and_whom_it_concerns(town: Town) -> None:
    asked = ask_health(town, now=MONDAY)
    referral = asked.enquiry.referral
    lent = {(row.purpose, row.thing): row for row in entries("records.lent")}
    health, police = (f"agency {agency.pk}" for agency in (town.health, town.police))
    door = f"agency {town.front_door.pk}"
    enquiry = asked.enquiry.reference
    assert set(lent) == {
        (f"referral {referral.reference}", door),
        (f"enquiry {enquiry}", door),
        (f"request {enquiry}", health),
        (f"request {enquiry}", police),
    }
    persons = set(referral.persons.values_list("record__person", flat=True))
    assert all(set(row.people) == persons and row.detail == {"records": 2} for row in lent.values())
    assert lent[f"request {enquiry}", police].practitioner == town.grace.practitioner_id


def test_the_end_is_written_once_and_lending_to_oneself_not_at_all(town: Town) -> None:
    record, _ = people.hold(
        actor=town.ros, agency=town.school.pk, system="s", source_key="1", facts=KATIE, now=MONDAY
    )
    for agency in (town.school, town.police):
        people.grant(
            actor=town.ros, records=[record], agency=agency.pk, purpose="request", reference="E-1", now=MONDAY
        )
    assert [row.thing for row in entries("records.lent")] == [f"agency {town.police.pk}"]
    for _time in range(2):
        people.end_grants(actor=town.grace, reference="E-1", now=MONDAY)
    [ended] = entries("records.lending_ended")
    assert ended.people == [record.person_id] and ended.purpose == "ended E-1"


def test_what_a_correction_ended_may_be_lent_again_and_is_live_once(town: Town) -> None:
    record, _ = people.hold(
        actor=town.ros, agency=town.school.pk, system="s", source_key="1", facts=KATIE, now=MONDAY
    )
    about = {"agency": town.health.pk, "purpose": "family", "reference": "E-1"}

    def lent(now: datetime) -> bool:
        return record.person_id in access.openable(town.amina, [record.person_id], now=now)

    people.grant(actor=town.ros, records=[record], **about, now=MONDAY)
    assert lent(MONDAY)
    later, latest = MONDAY + timedelta(hours=1), MONDAY + timedelta(hours=2)
    assert people.end_lent(actor=town.grace, of=town.school.pk, but=[], now=later, **about) == 1
    assert not lent(latest)
    for _time in range(2):
        people.grant(actor=town.ros, records=[record], **about, now=latest)
    assert lent(latest)
    assert Grant.objects.filter(ends_at=None).count() == 1, "lent twice at once is lent once"
    assert Grant.objects.filter(ends_at=later).count() == 1, "and that it was ended before stays written"


def test_relationships_and_involvements_are_written_down(town: Town) -> None:
    child, parent = (
        people.hold(
            actor=town.ros, agency=town.school.pk, system="s", source_key=key, facts=KATIE, now=MONDAY
        )[0]
        for key in "12"
    )
    people.relate(actor=town.ros, record=parent, to=child, kind="MTH", now=MONDAY)
    people.involve(actor=SYSTEM, record=child, service="Family help", worker="Béla Nagy", now=MONDAY)
    [related], [involved] = entries("relationship.noted"), entries("involvement.noted")
    assert set(related.people) == {child.person_id, parent.person_id} and related.detail == {"kind": "MTH"}
    assert involved.people == [child.person_id] and "Nagy" not in repr(vars(involved))
