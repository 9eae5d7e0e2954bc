"""A family asks for a copy: gone through item by item, decided by a person, made once, and kept as it was given."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test import Client
from django.utils import timezone

from integration.web.journeys import NAMED, OLD, PLAIN, sign_in
from jigsaw.hub.agencies.models import Practitioner
from jigsaw.hub.audit.models import Entry as AuditEntry
from jigsaw.hub.chronology import documents
from jigsaw.hub.chronology.models import Entry
from jigsaw.hub.kit.errors import Invalid, Refused, WrongState
from jigsaw.hub.people import operations as people
from jigsaw.hub.people.models import PersonRecord
from jigsaw.hub.people.records import Facts
from jigsaw.hub.rights import asked, copies
from jigsaw.hub.rights.asked import Asking
from jigsaw.hub.rights.copies import Said
from jigsaw.hub.rights.kinds import COPY
from jigsaw.hub.rights.models import Redaction
from jigsaw.papers import cleaning
from practice_in_tests import Practice

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


@pytest.fixture
def practice(town: Any) -> Practice:
    Practitioner.objects.filter(pk=town.tom.practitioner_id).update(password=make_password(PASSWORD))
    return Practice(town, now=timezone.now())


@pytest.fixture
def child(practice: Practice) -> PersonRecord:
    """Katie, whose mother Donna is on record, with three entries; the police hold one of their own."""
    town = practice.town
    record = practice.hold(town.amina)
    mother = practice.hold(town.amina, Facts(given="Donna", family="Walsh", born=date(1985, 1, 1)), key="2")
    people.relate(actor=town.amina, record=mother, to=record, kind="MTH", source="", now=practice.now)
    for changes in (PLAIN, NAMED, OLD):
        practice.write(town.amina, record, **changes)
    practice.write(town.hannah, practice.hold(town.hannah), title="Police matter")
    return record


@pytest.fixture
def reference(practice: Practice, child: PersonRecord) -> str:
    asking = Asking(
        kind=COPY, asked_by="Donna Walsh", asked_as="parent", identity="Known.", received_on=timezone.localdate()
    )  # fmt: skip
    return asked.note(
        actor=practice.town.tom, person=child.person_id, asking=asking, now=practice.now
    ).reference


def test_a_document_is_read_and_decided_like_a_line(
    client: Client, practice: Practice, reference: str
) -> None:
    entry = Entry.objects.get(title=NAMED["title"])
    letter = documents.attach(
        actor=practice.town.amina,
        entry=entry.pk,
        title="Letter from the clinic",
        paper=cleaning.clean(b"Mrs Hart told me."),
        scanned=False,
        now=practice.now,
    )
    sign_in(client, practice.town.tom)
    page = client.get(f"/rights/{reference}/").content.decode()
    assert "Letter from the clinic" in page and f"/documents/{letter.pk}/" in page
    found = copies.to_decide(practice.town.tom, reference, now=practice.now)
    going = next(going for going in found.items if going.item.kind == "document")
    [key] = [one.key for one, _decided in going.proposals]
    with pytest.raises(Invalid, match="might do harm"):
        copies.settle(actor=practice.town.tom, reference=reference, said={key: Said(False)}, now=practice.now)
    told = all_out(practice, reference) | {key: Said(False, "Read: it names nobody.")}
    copies.settle(actor=practice.town.tom, reference=reference, said=told, now=practice.now)
    made = copies.produce(actor=practice.town.tom, reference=reference, now=practice.now)
    assert "Letter from the clinic" in str(made.given["items"])


def all_out(practice: Practice, reference: str) -> dict[str, Said]:
    found = copies.to_decide(practice.town.tom, reference, now=practice.now)
    return {one.key: Said(True) for going in found.items for one, _decided in going.proposals}


def test_a_copy_holds_what_the_agency_holds_without_what_a_person_left_out(
    client: Client, practice: Practice, reference: str
) -> None:
    page = f"/rights/{reference}/"
    sign_in(client, practice.town.tom)
    shown = client.get(page).content.decode()
    assert "Mrs Hart" in shown and "Police matter" not in shown, "each agency answers for what it holds"
    made = {"password": PASSWORD, "because": ""}
    early = client.post(f"{page}make/", made)
    assert early.status_code == 409 and "undecided" in early.content.decode()
    said = {f"said-{key}": "out" for key in all_out(practice, reference)}
    assert client.post(page, said).status_code == 302
    entry = Entry.objects.get(title=PLAIN["title"])
    more = {"words": "Second date", "exemption": "crime", "because": "The police asked us."}
    at = f"{page}leave-out/?item=entry:{entry.pk}"
    assert client.post(at, {**more, "words": "not there"}).status_code == 400
    assert client.post(at, more).status_code == 302
    assert "Second date missed." in client.get(page).content.decode(), "the record itself is shown whole"
    assert client.post(f"{page}make/", {**made, "password": "guessed"}).status_code == 400
    assert client.post(f"{page}make/", made).status_code == 302
    answer = client.get(f"{page}answer.json").json()["answer"]
    told = str(answer)
    assert "[…] missed." in told and "Not brought to review" in told and "9990000018" in told
    for left_out in ("Hart", "number 14", "Donna", "own health"):
        assert left_out not in told
    assert {one["why"] for one in answer["left_out"]} == {"others", "serious_harm", "crime"}
    assert client.get(f"{page}answer.pdf").content.startswith(b"%PDF-")
    entry.refresh_from_db()
    assert entry.text == PLAIN["text"], "the original stays"
    kept = Redaction.objects.get(words="Second date")
    assert kept.proposed_by_id == kept.decided_by_id == practice.town.tom.practitioner_id
    decided = AuditEntry.objects.get(action="rights.decided")
    assert decided.detail["kind"] == COPY and "Hart" not in str(vars(decided))
    assert client.post(page, said).status_code == 409, "decided once"


def test_what_may_do_harm_is_told_only_with_a_reason_and_something_new_is_decided_first(
    practice: Practice, child: PersonRecord, reference: str
) -> None:
    town = practice.town
    practice.write(town.amina, child, title="Asthma clinic", text="Doing well.", special_category=True)
    practice.write(town.amina, child, title="Kept apart", text="In the file.", sealed="sealed")
    out = all_out(practice, reference)
    by = {"actor": town.tom, "reference": reference, "now": practice.now}
    found = copies.to_decide(town.tom, reference, now=practice.now)
    harm = next(
        one.key
        for going in found.items
        for one, _said in going.proposals
        if one.exemption == "serious_harm" and not one.firm
    )
    firm = [one.key for going in found.items for one, _said in going.proposals if one.firm]
    assert len(firm) >= 3, "two names that must not leave, and what is sealed"
    with pytest.raises(Invalid) as wrong:
        copies.settle(said={key: Said(False, "Why not.") for key in firm}, **by)
    assert set(wrong.value.fields) == set(firm), "no one person tells these"
    with pytest.raises(Invalid) as wrong:
        copies.settle(said={**out, harm: Said(False)}, **by)
    assert set(wrong.value.fields) == {harm} and not Redaction.objects.exists(), "all or nothing"
    with pytest.raises(Invalid):
        copies.settle(said={"no such": Said(True)}, **by)
    copies.settle(said={**out, harm: Said(False, "She told them herself.")}, **by)
    assert copies.to_decide(town.tom, reference, now=practice.now).undecided == 0
    practice.write(town.amina, child, title="Donna came", text="Alone.")
    with pytest.raises(WrongState):
        copies.produce(**by)
    copies.settle(said={key: Said(True) for key in set(all_out(practice, reference)) - set(out)}, **by)
    copies.produce(**by)
    given = str(asked.read(town.tom, reference, now=practice.now).request.given)
    assert "Asthma clinic" in given and "Kept apart" not in given and "Hart" not in given


def test_who_is_too_close_to_anybody_in_it_does_not_make_it(practice: Practice, reference: str) -> None:
    town = practice.town
    mother = PersonRecord.objects.get(given="Donna")
    people.declare_conflict(
        actor=town.ade, practitioner=town.tom.practitioner_id, person=mother.person_id, why="Ex.", now=practice.now
    )  # fmt: skip
    with pytest.raises(Refused, match="too close"):
        copies.to_decide(town.tom, reference, now=practice.now)


@pytest.mark.usefixtures("for_themselves")
def test_the_database_shows_what_was_left_out_to_that_agency_alone(
    practice: Practice, reference: str
) -> None:
    from jigsaw.hub.kit import context

    copies.settle(
        actor=practice.town.tom, reference=reference, said=all_out(practice, reference), now=practice.now
    )
    for reader, sees in (
        (practice.town.tom, True),
        (practice.town.hannah, False),
        (practice.town.ros, False),
    ):
        with context.acting(reader, door="web", now=practice.now), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM rights_redaction")
            assert bool(cursor.fetchone()[0]) is sees, reader.name


def test_the_concerns_that_the_agency_raised_are_in_it_line_by_line_and_others_are_not(
    practice: Practice,
) -> None:
    town, now = practice.town, practice.now
    ours = practice.raised(town.amina)
    practice.raised(town.ros, concern="The school alone wrote this.")
    katie = ours.persons.get(part="child").record
    asking = Asking(
        kind=COPY, asked_by="Donna Walsh", asked_as="parent", identity="Known.", received_on=timezone.localdate()
    )  # fmt: skip
    reference = asked.note(actor=town.tom, person=katie.person_id, asking=asking, now=now).reference
    found = copies.to_decide(town.tom, reference, now=now)
    [concern] = [going for going in found.items if going.item.kind == "concern"]
    assert concern.item.parts["reference"] == ours.reference
    assert "shouts and breaks things" in concern.item.parts["concern"]
    assert concern.item.parts["said_1"] == "Attendance fell to 82% this term."
    proposed = {(one.part, one.exemption) for one, _decided in concern.proposals}
    assert {("", "child_abuse"), ("child_words", "expectation"), ("said_1_source", "others")} <= proposed
    assert "The school alone" not in str(found.items)
    told = {one.key: Said(not one.words and one.part != "", "She knows.") for going in found.items
            for one, _decided in going.proposals}  # fmt: skip
    copies.settle(actor=town.tom, reference=reference, said=told, now=now)
    copies.produce(actor=town.tom, reference=reference, now=now)
    given = str(asked.read(town.tom, reference, now=now).request.given)
    assert ours.reference in given and "Attendance fell" in given and "I take Poppy" not in given
