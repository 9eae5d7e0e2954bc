"""What is past its time is proposed, held back for a reason, decided on by a person, and leaves its proof."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from typer.testing import CliRunner

from disposal_in_tests import LATER, MARK, due, hold, where_it_stands
from jigsaw.hub.agreements import operations as agreements
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.audit import queries as audit_log
from jigsaw.hub.audit.models import Entry as LogEntry
from jigsaw.hub.chronology import documents
from jigsaw.hub.chronology import operations as chronology
from jigsaw.hub.chronology import queries as chronology_queries
from jigsaw.hub.chronology.models import Document, Entry, ReleasedDocument
from jigsaw.hub.cli.main import app
from jigsaw.hub.kit import context
from jigsaw.hub.kit.actor import SYSTEM, Actor
from jigsaw.hub.kit.errors import Invalid, NotHere, Refused, WrongState
from jigsaw.hub.people import operations as people
from jigsaw.hub.people.models import PersonRecord
from jigsaw.hub.retention import disposing, erasing, finding, holding, register
from jigsaw.hub.retention.models import Disposal, DueItem
from jigsaw.hub.rights import asked, copies, saying
from jigsaw.hub.rights.copies import Said
from jigsaw.papers import cleaning
from people_in_tests import KATIE, MONDAY, Town
from practice_in_tests import ADVISED, Practice, part, piece, share, withhold


@pytest.fixture
def practice(town: Town) -> Practice:
    return Practice(town)


@pytest.fixture
def olu(practice: Practice) -> Actor:
    """The health visitors' data protection officer."""
    return practice.someone("Olu Bright", practice.town.health, "data_protection_officer")


@pytest.fixture
def entry(practice: Practice) -> Entry:
    return practice.write(
        practice.town.amina, practice.hold(practice.town.amina), title=f"Seen at {MARK}", text=MARK
    )


# --- when -----------------------------------------------------------------------------------------------------------


def test_it_is_due_on_the_birthday_that_the_schedule_names_and_not_the_day_before(entry: Entry) -> None:
    assert due(datetime(2038, 3, 2, 12, tzinfo=UTC)) == []
    [row] = due(datetime(2038, 3, 3, 12, tzinfo=UTC))
    assert (row.thing, row.due_on, row.rule) == (entry.pk, date(2038, 3, 3), "child_health")


def test_of_two_children_the_younger_counts(practice: Practice, entry: Entry) -> None:
    amina = practice.town.amina
    poppy = practice.hold(
        amina, replace(KATIE, given="Poppy", born=date(2020, 6, 1), identifiers=()), key="2"
    )
    practice.write(amina, [practice.hold(amina), poppy])
    assert [row.thing for row in due()] == [entry.pk]


def test_what_a_grown_up_is_written_about_is_kept_as_if_a_child_was_born_that_day(practice: Practice) -> None:
    amina = practice.town.amina
    donna = practice.hold(
        amina, replace(KATIE, given="Donna", born=date(1988, 5, 20), identifiers=()), key="3"
    )
    practice.write(amina, donna)
    assert due() == []
    assert [row.due_on for row in due(datetime(2053, 1, 1, tzinfo=UTC))] == [date(2052, 11, 10)]


def test_looking_twice_a_day_changes_nothing_and_a_correction_puts_it_off(
    practice: Practice, entry: Entry
) -> None:
    [row] = due()
    assert finding.look(now=LATER + timedelta(hours=3)) == 0
    chronology.correct(
        actor=practice.town.amina,
        entry=entry.pk,
        piece=piece(title="Seen"),
        persons=row.people,
        reason="Another place.",
        now=LATER,
    )
    assert due(LATER + timedelta(days=1)) == []


def test_an_agreement_says_how_long_its_parties_keep_something(practice: Practice) -> None:
    """The partnership's agreement has housing kept for seven years; what else housing writes is the schedule's."""
    kevin = practice.town.kevin
    home = practice.hold(kevin)
    tenancy = practice.write(kevin, home, kind="tenancy")
    practice.write(kevin, home, kind="parent_account")
    [row] = due(datetime(2033, 11, 20, tzinfo=UTC))
    assert (row.thing, row.due_on) == (tenancy.pk, date(2033, 11, 16))
    assert row.agreement.endswith(" v1") and "schedule of the partnership" in row.source


def test_the_partnership_puts_a_schedule_of_its_own_in_force_from_a_day(
    practice: Practice, entry: Entry
) -> None:
    rule = {"code": "child_health", "name": "Health: three years", "what": ["entry"], "sectors": ["HE"],
            "source": "Schedule of the trust, 2027", "keep": [{"from": "recorded", "years": 3}]}  # fmt: skip
    whole = {"kind": "retention", "effective_from": date(2027, 1, 1), "source": "Board, 4 January 2027"}
    agreements.put_in_force(actor=practice.town.ade, content={"rules": [rule]}, now=MONDAY, **whole)
    assert [row.rule_name for row in due(datetime(2029, 11, 17, tzinfo=UTC))] == ["Health: three years"]
    broken = {"rules": [{**rule, "keep": [{"from": "birthday", "years": 3}]}]}
    with pytest.raises(Invalid):
        agreements.put_in_force(
            actor=practice.town.ade,
            content=broken,
            now=MONDAY,
            **{**whole, "effective_from": date(2028, 1, 1)},
        )


# --- who decides ----------------------------------------------------------------------------------------------------


def test_whoever_decides_for_the_agency_sees_what_is_due_and_nobody_else(
    practice: Practice, olu: Actor, entry: Entry, for_themselves: None
) -> None:
    with context.hub("tests"):
        [row] = due()
    assert [one.row.thing for one in disposing.listed(olu, now=LATER)] == [entry.pk]
    police = practice.someone("Pia Stone", practice.town.police, "data_protection_officer")
    assert disposing.listed(police, now=LATER) == ()
    with pytest.raises(NotHere):
        disposing.dispose(actor=police, pk=row.pk, now=LATER)
    for nobody in (practice.town.amina, practice.town.ade):
        with pytest.raises(Refused):
            disposing.dispose(actor=nobody, pk=row.pk, now=LATER)


def test_whoever_is_too_close_decides_on_nothing_of_theirs(
    practice: Practice, olu: Actor, entry: Entry
) -> None:
    [row] = due()
    people.declare_conflict(
        actor=SYSTEM, practitioner=olu.practitioner_id, person=row.people[0], why="Godmother", now=MONDAY
    )
    assert disposing.listed(olu, now=LATER) == ()
    with pytest.raises(Refused):
        disposing.dispose(actor=olu, pk=row.pk, now=LATER)


def test_kept_longer_it_comes_back_on_the_day_that_was_named(olu: Actor, entry: Entry) -> None:
    [row] = due()
    until = date(2039, 3, 1)
    with pytest.raises(Invalid) as wrong:
        disposing.keep_longer(actor=olu, pk=row.pk, until=LATER.date(), because=" ", now=LATER)
    assert set(wrong.value.fields) == {"until", "because"}
    disposing.keep_longer(actor=olu, pk=row.pk, until=until, because="She asked us to keep it.", now=LATER)
    [kept] = disposing.listed(olu, now=LATER)
    assert not kept.waits(until - timedelta(days=1)) and kept.waits(until)
    finding.look(now=LATER + timedelta(days=2))
    assert DueItem.objects.get().kept_until == until


# --- what stands in the way -----------------------------------------------------------------------------------------


def test_a_legal_hold_on_a_child_holds_for_every_agency_until_somebody_else_releases_it(
    practice: Practice, olu: Actor, entry: Entry
) -> None:
    [row] = due()
    person = row.people[0]
    practice.hold(practice.town.hannah)
    police = practice.someone("Pia Stone", practice.town.police, "data_protection_officer")
    placed = holding.place(actor=olu, placing=hold(person=person), now=LATER)
    with pytest.raises(WrongState, match="A public inquiry"):
        disposing.dispose(actor=olu, pk=row.pk, now=LATER)
    with pytest.raises(Refused, match="placed this hold yourself"):
        holding.release(actor=olu, reference=placed.reference, because="Over", now=LATER)
    with pytest.raises(NotHere):
        holding.release(actor=police, reference=placed.reference, because="Over", now=LATER)
    ana = practice.someone("Ana Field", practice.town.health, "records_officer")
    with pytest.raises(Invalid):
        holding.release(actor=ana, reference=placed.reference, because="", now=LATER)
    holding.release(actor=ana, reference=placed.reference, because="The inquiry has reported.", now=LATER)
    assert disposing.dispose(actor=olu, pk=row.pk, now=LATER).decided_by_id == olu.practitioner_id


def test_the_database_takes_no_release_by_whoever_placed_the_hold(olu: Actor) -> None:
    placed = holding.place(actor=olu, placing=hold(), now=LATER)
    placed.released_by_id, placed.released_at, placed.released_because = placed.placed_by_id, LATER, "Over"
    with pytest.raises(IntegrityError, match="somebody_else_releases_a_hold"), transaction.atomic():
        placed.save()


def test_a_hold_on_all_that_an_agency_holds_is_that_agencys_alone(
    practice: Practice, olu: Actor, entry: Entry
) -> None:
    holding.place(actor=practice.someone("Pia Stone", practice.town.police, "data_protection_officer"),
                  placing=hold(), now=LATER)  # fmt: skip
    [row] = due()
    [item] = disposing.listed(olu, now=LATER)
    assert item.in_the_way == ()
    holding.place(actor=olu, placing=hold(), now=LATER)
    with pytest.raises(WrongState):
        disposing.dispose(actor=olu, pk=row.pk, now=LATER)


def test_while_an_enquiry_is_open_nothing_about_the_child_goes_and_others_learn_no_more_than_that(
    practice: Practice, olu: Actor, entry: Entry
) -> None:
    practice.enquiry()
    [row] = [one for one in due() if one.thing == entry.pk]
    [item] = [one for one in disposing.listed(olu, now=LATER) if one.row == row]
    assert [one.words for one in item.in_the_way] == ["Another agency’s work about them is still open."]
    with pytest.raises(WrongState, match="still open"):
        disposing.dispose(actor=olu, pk=row.pk, now=LATER)


# --- and then it is gone --------------------------------------------------------------------------------------------


def test_disposed_of_it_stands_in_no_table_and_the_register_says_what_it_was(
    practice: Practice, olu: Actor, entry: Entry
) -> None:
    recipient = practice.asked()
    practice.answer(recipient, share(entry))
    practice.closed(recipient.request.enquiry)
    assert set(where_it_stands()) >= {"chronology_entry", "chronology_release"}
    [row] = [one for one in due() if one.thing == entry.pk]
    kept = disposing.copy(olu, row.pk, now=LATER)
    assert MARK in json.dumps(kept)
    done = disposing.dispose(actor=olu, pk=row.pk, now=LATER)
    assert where_it_stands() == []
    assert (done.rule, done.rows["chronology_entry"], done.rows["chronology_release"]) == (
        "child_health",
        1,
        1,
    )
    assert register.is_original(done.reference, kept)
    assert not register.is_original(done.reference, {**kept, "salt": "00"})
    assert register.check() == register.Checked(1, {}, ())
    assert audit_log.verify().ok


def test_a_sealed_entry_goes_with_its_key(practice: Practice, olu: Actor) -> None:
    amina = practice.town.amina
    sealed = practice.write(amina, practice.hold(amina), sealed="sealed", title=MARK)
    [row] = due()
    disposing.dispose(actor=olu, pk=row.pk, now=LATER)
    gone = Entry.objects.get(pk=sealed.pk)
    assert gone.title.startswith("Disposed of on 4 March 2038") and gone.text == "[disposed of]"
    assert (gone.words_key, gone.sealed_words, gone.sealed) == (None, None, "")


def test_a_child_s_page_no_longer_knows_of_it_and_the_log_still_does(
    practice: Practice, olu: Actor, entry: Entry
) -> None:
    [row] = due()
    done = disposing.dispose(actor=olu, pk=row.pk, now=LATER)
    picture = chronology_queries.picture(olu, row.people[0], purpose="own record", now=LATER)
    assert (picture.total, picture.lines) == (0, ())
    line = LogEntry.objects.get(entry=done.entry)
    assert (line.action, line.detail["proof"]) == ("retention.disposed", done.proof)
    with pytest.raises(NotHere):
        disposing.dispose(actor=olu, pk=row.pk, now=LATER)


def test_what_was_added_since_it_was_proposed_saves_it(practice: Practice, olu: Actor, entry: Entry) -> None:
    [row] = due()
    chronology.withdraw(actor=practice.town.amina, entry=entry.pk, reason="Wrong child.", now=LATER)
    with pytest.raises(WrongState, match="not due any more"):
        disposing.dispose(actor=olu, pk=row.pk, now=LATER)
    assert Entry.objects.get(pk=entry.pk).text == MARK


def test_a_rule_may_say_that_nobody_is_asked(practice: Practice, entry: Entry) -> None:
    rule = {"code": "child_health", "name": "At once", "what": ["entry"], "sectors": ["HE"], "by_itself": True,
            "source": "Schedule of the trust", "keep": [{"from": "recorded", "years": 1}]}  # fmt: skip
    agreements.put_in_force(
        actor=practice.town.ade, kind="retention", content={"rules": [rule]}, effective_from=date(2027, 1, 1),
        source="Board", now=MONDAY,
    )  # fmt: skip
    due()
    assert disposing.by_themselves(now=LATER) == 1
    assert (Disposal.objects.get().decided_by, where_it_stands()) == (None, [])


def test_after_a_restore_from_an_older_backup_the_register_does_it_again(
    practice: Practice, olu: Actor, entry: Entry
) -> None:
    [row] = due()
    before = {name: getattr(entry, name) for name in ("title", "text", "source", "happened_on")}
    disposing.dispose(actor=olu, pk=row.pk, now=LATER)
    lines = json.loads(json.dumps(register.everything()))
    # As an older backup has it: the words are there, and the register has no line yet.
    Disposal.objects.all().delete()
    Entry.objects.filter(pk=entry.pk).update(**before, disposed_in="")
    assert register.again(lines, actor=SYSTEM, now=LATER) == (lines[0]["reference"],)
    assert where_it_stands() == []
    assert register.again(lines, actor=SYSTEM, now=LATER) == ()
    assert Disposal.objects.get().reference == lines[0]["reference"]


def test_a_register_that_somebody_changed_does_not_fit_the_log(olu: Actor, entry: Entry) -> None:
    [row] = due()
    done = disposing.dispose(actor=olu, pk=row.pk, now=LATER)
    Disposal.objects.update(proof="0" * 64)
    Entry.objects.filter(pk=entry.pk).update(disposed_in="")
    found = register.check()
    assert set(found.wrong) == {done.reference} and found.there_again == (done.reference,)


def test_planted_wherever_words_about_an_entry_can_stand_it_is_found_nowhere_afterwards(
    practice: Practice, olu: Actor
) -> None:
    """Corrected, told, withheld for a reason, objected to, copied for a family, spoken of in the log."""
    town, now = practice.town, practice.now
    amina, record = town.amina, practice.hold(town.amina)
    first = practice.write(amina, record, title=MARK, text=MARK, child_words=MARK, source=MARK)
    kept_in = practice.asked()
    practice.answer(
        kept_in,
        withhold(first, withheld_reason=f"It is about {MARK} long ago, resolved.", review_when=MARK),
        grounds=ADVISED,
    )
    person = PersonRecord.objects.get(pk=record.pk).person_id
    said_so = asking("disagree", words=MARK)
    [objection] = saying.note(actor=amina, person=person, asking=said_so, entries=[first.pk], now=now)
    entry = chronology.correct(
        actor=amina,
        entry=first.pk,
        piece=piece(title=MARK, text=MARK),
        persons=[person],
        reason=MARK,
        now=now,
    )
    decision = saying.Decision(outcome="corrected", because="So.")
    saying.decide(actor=town.tom, reference=objection.reference, decision=decision, now=now)
    told_in = practice.asked(kept_in.request.enquiry)
    practice.answer(told_in, part(entry, f"{MARK} again"))
    reference = asked.note(actor=town.tom, person=person, asking=asking("copy"), now=now).reference
    copies.leave_out(
        actor=town.tom, reference=reference, item=f"entry:{entry.pk}", words=MARK, exemption="others",
        because=MARK, now=now,
    )  # fmt: skip
    going = copies.to_decide(town.tom, reference, now=now)
    said = {one.key: Said(one.firm, MARK) for each in going.items for one, _word in each.proposals}
    copies.settle(actor=town.tom, reference=reference, said=said, now=now)
    copies.produce(actor=town.tom, reference=reference, now=now)
    audit.record(actor=amina, action="tried", thing=f"entry {first.pk}", words=MARK, now=now)
    practice.closed(kept_in.request.enquiry)
    assert {
        *("chronology_entry", "chronology_release", "chronology_familywords", "disclosures_answereditem"),
        *("rights_redaction", "rights_rightsrequest", "audit_words"),
    } <= set(where_it_stands())
    [row] = [one for one in due(LATER) if one.thing == first.pk]
    done = disposing.dispose(actor=olu, pk=row.pk, now=LATER)
    assert where_it_stands() == []
    assert audit_log.verify().ok
    assert register.check().ok and done.rows["chronology_entry"] == 2


def asking(kind: str, words: str = "") -> asked.Asking:
    return asked.Asking(
        kind=kind, asked_by="Jo", asked_as="parent", identity="Known.", words=words, received_on=MONDAY.date()
    )


def test_the_register_is_checked_and_handed_out_by_command(olu: Actor, entry: Entry, tmp_path: Path) -> None:
    [row] = due()
    kept = tmp_path / "original.json"
    kept.write_text(json.dumps(disposing.copy(olu, row.pk, now=LATER)))
    done = disposing.dispose(actor=olu, pk=row.pk, now=LATER)

    def run(*words: str) -> Any:
        return CliRunner().invoke(app, ["disposal", *words, "--json"])

    assert json.loads(run("list").stdout)["disposals"][0]["reference"] == done.reference
    assert json.loads(run("verify").stdout)["ok"]
    assert run("verify", done.reference, "--original", str(kept)).exit_code == 0
    kept.write_text('{"format": "another"}')
    assert run("verify", done.reference, "--original", str(kept)).exit_code == 1
    out = tmp_path / "register.json"
    out.write_text(CliRunner().invoke(app, ["disposal", "export"]).stdout)
    assert json.loads(run("redo", str(out)).stdout) == {"done": []}


def test_its_documents_go_with_it_and_what_left_of_them(practice: Practice, entry: Entry) -> None:
    paper = cleaning.clean(MARK.encode())
    letter = documents.attach(
        actor=practice.town.amina, entry=entry.pk, title=MARK, paper=paper, scanned=False, now=practice.now
    )
    practice.answer(practice.asked(), replace(share(entry), documents=(letter.pk,)))
    kept = json.dumps(erasing.original("entry", entry.pk, salt=b"s"))
    assert str(letter.pk) in kept and "sealed_words" in kept and '"content"' not in kept
    assert erasing.erase("entry", entry.pk, said="Gone.", reference="D-1", now=LATER).rows.keys() >= {
        "chronology_document",
        "chronology_releaseddocument",
    }
    assert not Document.objects.exists() and not ReleasedDocument.objects.exists()
