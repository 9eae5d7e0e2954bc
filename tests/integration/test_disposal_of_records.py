"""What is known of somebody goes last: when nothing points at it any more, and with the last record all that is said of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from care_in_tests import practitioner
from disposal_in_tests import (
    MARK,
    a_hold_that_is_over,
    a_pattern,
    due,
    gone_with_its_proof,
    held_by,
    refused_by_a_hold_and_to_whoever_may_not,
    the_export_verifies,
    where_it_stands,
)
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.partner_hubs.models import (
    AnsweringKey,
    FiledPerson,
    FiledToken,
    NeverAnswer,
    PartnerHub,
)
from jigsaw.hub.patterns.models import Look, Pattern
from jigsaw.hub.people import operations as people
from jigsaw.hub.people.models import (
    Conflict,
    EmergencyOpening,
    Grant,
    ImportBatch,
    ImportProblem,
    JoinedRow,
    LinkDecision,
    NumberReport,
    NumberStanding,
    PairReview,
    PairToReview,
    Person,
    PersonRecord,
    Proposal,
    RecordKey,
    Relinking,
    Trace,
    UnusualLook,
)
from jigsaw.hub.people.records import At, Works
from jigsaw.hub.retention import disposing, erasing
from jigsaw.hub.rights import asked
from jigsaw.hub.rights.models import RightsRequest
from jigsaw.hub.unscheduled_care import settings
from jigsaw.hub.unscheduled_care.models import Attendance
from people_in_tests import KATIE, MONDAY, Town
from practice_in_tests import Practice

# Health keeps what it holds of a child until she is 26, and eight years after it was last written.
GROWN = datetime(2038, 3, 4, 9, tzinfo=UTC)
KNOWN = replace(
    KATIE, given=MARK, other_names=(MARK,), school=MARK, gp=MARK, disability=MARK, language=MARK, religion=MARK,
    addresses=(At(line=MARK, town=MARK, postcode="ST1 4QZ"),), contacts=(("email", f"{MARK}@home.example"),),
    works=(Works(service=MARK, worker=MARK, from_date=date(2026, 1, 5), until_date=date(2026, 6, 5)),),
    raw={"note": MARK},
)  # fmt: skip


@pytest.fixture
def practice(town: Town) -> Practice:
    return Practice(town)


def everything_about(practice: Practice, record: PersonRecord) -> None:
    """What reviewers, seniors and the hub wrote of whoever a record speaks of, each with the mark."""
    town, now = practice.town, practice.now
    whole: dict[str, Any] = {"person_id": record.person_id}
    by, other = town.tom.practitioner_id, town.amina.practitioner_id
    evidence = [["given", "exact", f"Given name: {MARK}"]]
    mother = practice.hold(
        town.amina, replace(KATIE, given="Donna", born=date(1988, 5, 20), identifiers=()), key="m"
    )
    people.relate(
        actor=town.amina,
        record=mother,
        to=record,
        kind="MTH",
        source=MARK,
        parental_responsibility=True,
        now=now,
    )
    pair = PairToReview.objects.create(
        record=record,
        probability=0.5,
        grade="possible",
        evidence=evidence,
        found_at=now,
        closed_at=now,
        **whole,
    )
    review = PairReview.objects.create(pair=pair, by_id=by, verdict="not_same", reason=MARK, at=now)
    # Decided together with a pair of somebody else's, whose decision must not stop it.
    PairToReview.objects.create(
        record=mother, person_id=mother.person_id, probability=0.5, grade="possible", found_at=now, closed_at=now,
        decided=review,
    )  # fmt: skip
    LinkDecision.objects.create(
        record=record, verdict="not_same", reason=MARK, evidence=evidence, decided_at=now, **whole
    )
    made = Relinking.objects.create(made_at=now, model="m", records=1, persons=1, pairs=1, seconds=1.0)
    Proposal.objects.create(
        relinking=made,
        kind="ask",
        records=[str(record.pk)],
        probability=0.5,
        evidence=evidence,
        rests_on="",
        **whole,
    )
    Conflict.objects.create(practitioner_id=town.hannah.practitioner_id, why=MARK, declared_at=now, **whole)
    opened: dict[str, Any] = {"opened_at": now, "ends_at": now + timedelta(hours=1), "review_by": now}
    EmergencyOpening.objects.create(
        reference="B-1", practitioner_id=other, agency=town.health, reason=MARK, reviewed_at=now, reviewed_by_id=by,
        verdict="needed", found=MARK, **opened, **whole,
    )  # fmt: skip
    UnusualLook.objects.create(
        agency=town.health,
        practitioner_id=other,
        until=now,
        found=MARK,
        noted_by_id=by,
        noted_at=now,
        **whole,
    )
    pattern = a_pattern(practice, record.person_id, kind="open_case")
    Pattern.objects.filter(pk=pattern.pk).update(what_was_done=MARK)
    Look.objects.create(on=now.date(), **whole)
    never = NeverAnswer.objects.create(
        reason=MARK, put_on_at=now, look_again_on=now.date(), taken_off_at=now, taken_off_reason=MARK, **whole
    )
    never.records.add(record)
    trace = Trace.objects.create(record=record, service="pds", asked_at=now, details="", search=MARK)
    NumberStanding.objects.create(
        record=record, value="9", standing="disputed", trace=trace, reason=MARK, at=now
    )
    NumberReport.objects.create(record=record, value="9", instead="8", by=MARK, at=now)
    Grant.objects.create(
        record=record, agency=town.police, purpose="p", reference="E-1", given_at=now, ends_at=now
    )
    hub = PartnerHub.objects.create(
        code="n", name="N", address="n", front_door_phone="0", public_key=b"", added_at=now
    )
    key = AnsweringKey.objects.create(partner=hub, epoch=1, sealed=b"", made_at=now)
    filed = FiledPerson.objects.create(key=key, made_from="", round=1, **whole)
    FiledToken.objects.create(filed=filed, key=key, token=record.pk, kind="k")
    setting, _secret = settings.add(
        actor=town.ade, agency=town.health, code="ED", name="ED", ods_code="RXX01", addresses=["127.0.0.1"],
        worked_on_by=practitioner(town.tom), with_secret=True, now=now,
    )  # fmt: skip
    Attendance.objects.create(
        setting=setting,
        agency=town.health,
        key="k",
        status="left",
        told={"family": MARK},
        changed_at=now,
        **whole,
    )
    # Of whom it also once was thought that they are one.
    LinkDecision.objects.create(
        record=mother, verdict="not_same", reason=MARK, evidence=evidence, decided_at=now, **whole
    )
    a_hold_that_is_over(practice, **whole)
    batch = ImportBatch.objects.create(agency=town.health, format="f", filename=f"{MARK}.csv", loaded_at=now)
    ImportProblem.objects.create(
        batch=batch, record=1, field="given", code="c", message=MARK, raw={"given": MARK}
    )
    PersonRecord.objects.filter(pk=record.pk).update(batch=batch)
    # Last: it is forgotten whenever a record of theirs changes.
    JoinedRow.objects.create(columns=f'"{MARK}"', filed_as="e", **whole)
    audit.record(actor=town.amina, action="people.searched", people=[record.person_id], words=MARK, now=now)


def test_planted_wherever_somebody_is_spoken_of_it_is_found_nowhere_afterwards(
    practice: Practice, tmp_path: Path
) -> None:
    town = practice.town
    record = practice.hold(town.amina, KNOWN)
    everything_about(practice, record)
    assert set(where_it_stands()) >= {
        "people_personrecord", "people_person", "people_address", "people_contact", "people_involvement",
        "people_relationship", "people_matchrow", "people_pairreview", "people_pairtoreview", "people_linkdecision",
        "people_proposal", "people_conflict", "people_emergencyopening", "people_unusuallook", "patterns_pattern",
        "partner_hubs_neveranswer", "people_importbatch", "people_importproblem", "audit_words",
    }  # fmt: skip
    assert not due(GROWN.replace(day=2))
    officer = held_by(practice, town.health)
    # Her mother's record is as old as her child: it is hers as well.
    mothers, row = sorted(due(GROWN), key=lambda one: one.thing == record.pk)
    assert (row.thing, row.people) == (record.pk, [record.person_id])
    assert set(mothers.people) > {record.person_id} and mothers.due_on == row.due_on
    refused_by_a_hold_and_to_whoever_may_not(practice, officer, row, now=GROWN)
    gone_with_its_proof(officer, row, now=GROWN, everywhere=True)
    assert where_it_stands() == []
    # Whoever the log names stands there, and is nobody.
    left = Person.objects.get(pk=record.person_id)
    assert (left.name, left.born, left.sex) == ("", None, "")
    assert not RecordKey.objects.filter(record=record.pk).exists()
    assert not Proposal.objects.exists()
    # Of the mother nothing went but that she is his mother.
    assert PersonRecord.objects.get().given == "Donna"
    the_export_verifies(tmp_path)


def test_what_another_agency_holds_of_the_same_person_stays_and_is_all_that_is_said(
    practice: Practice,
) -> None:
    town = practice.town
    theirs = practice.hold(town.kevin)
    record = practice.hold(town.amina, replace(KNOWN, family="Walsh"))
    people.link(
        actor=town.grace, record=record, person=theirs.person_id, reason=f"{MARK} is Katie.", now=MONDAY
    )
    old, now = record.person_id, practice.now
    # How closely others were like the person it spoke of is said with what each of them says.
    likened: dict[str, Any] = {
        "person_id": theirs.person_id,
        "probability": 0.5,
        "evidence": [["given", "exact", MARK]],
    }
    LinkDecision.objects.create(record=theirs, verdict="linked", reason="Same.", decided_at=now, **likened)
    PairToReview.objects.create(record=theirs, grade="possible", found_at=now, closed_at=now, **likened)
    made = Relinking.objects.create(made_at=now, model="m", records=1, persons=1, pairs=1, seconds=1.0)
    Proposal.objects.create(relinking=made, kind="ask", records=[str(theirs.pk)], rests_on="", **likened)
    [row] = [one for one in due(GROWN) if one.agency_id == town.health.pk]
    officer = held_by(practice, town.health)
    kept = disposing.copy(officer, row.pk, now=GROWN)
    # What others say of the person is no part of what this agency takes out.
    assert all(
        isinstance(one, str)
        for name, rows in kept["tables"].items()
        if "linkdecision" in name
        for one in rows
    )
    disposing.dispose(actor=officer, pk=row.pk, now=GROWN)
    assert where_it_stands() == []
    person = Person.objects.get(pk=theirs.person_id)
    assert (person.name, person.born) == ("Katie Walsh", KATIE.born)
    assert {str(one.evidence) for one in (PairToReview.objects.get(), Proposal.objects.get())} == {
        "[['given', 'exact', '']]"
    }
    assert Person.objects.get(pk=old).name in ("", "Katie Walsh")


def test_a_record_waits_for_all_that_points_at_it(practice: Practice) -> None:
    """The entry first, what a family asked second, the record last."""
    town, when = practice.town, [GROWN.replace(year=2040) + timedelta(days=each) for each in range(4)]
    record = practice.hold(town.amina)
    practice.write(town.amina, record, text=MARK)
    officer = held_by(practice, town.health)
    reference = asked.note(
        actor=town.tom,
        person=record.person_id,
        asking=asked.Asking(
            kind="copy", asked_by="Jo", asked_as="parent", identity="Known.", received_on=MONDAY.date()
        ),
        now=MONDAY,
    ).reference
    assert [row.what for row in due(when[0])] == ["entry"]
    [item] = disposing.listed(officer, now=when[0])
    assert "is not answered yet" in item.in_the_way[0].words
    RightsRequest.objects.filter(reference=reference).update(
        decided_at=MONDAY, decided_by=town.tom.practitioner_id, given={}
    )
    for day, what in zip(when[1:], ("entry", "answer", "record"), strict=True):
        [row] = [one for one in due(day) if one.what == what]
        assert what == "record" or not [one for one in due(day) if one.what == "record"]
        disposing.dispose(actor=officer, pk=row.pk, now=day)
    assert not PersonRecord.objects.exists() and where_it_stands() == []
    assert not erasing.stands("record", record.pk)


@pytest.mark.parametrize("changed", [{"until_date": None}, {"until_date": date(2038, 3, 4)}])
def test_whom_a_service_works_with_is_not_due(practice: Practice, changed: dict[str, Any]) -> None:
    works = replace(KNOWN.works[0], **changed)
    practice.hold(practice.town.amina, replace(KNOWN, works=(works,)))
    assert not due(GROWN)
