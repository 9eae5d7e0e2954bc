"""Deciding: each item shared, shared in part or withheld, by someone who may, with reasons either way."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from jigsaw.hub.chronology import operations as chronology
from jigsaw.hub.chronology import queries as chronology_queries
from jigsaw.hub.chronology.models import Entry, Release
from jigsaw.hub.decisions.operations import Grounds
from jigsaw.hub.disclosures import letting_out, queries
from jigsaw.hub.disclosures.judging import Choice
from jigsaw.hub.disclosures.models import Answer, AnsweredItem
from jigsaw.hub.disclosures.operations import Added, with_reasons
from jigsaw.hub.information_requests import operations as requests
from jigsaw.hub.information_requests.models import Recipient
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import AlreadyDone, Invalid, NotHere, Refused, WrongState
from jigsaw.hub.people import operations as people
from practice_in_tests import ADVISED, GROUNDS, Practice, part, piece, share, withhold


@pytest.fixture
def held(practice: Practice) -> Entry:
    """What the health visitors hold about Katie."""
    return practice.write(practice.town.amina, practice.hold(practice.town.amina))


@pytest.fixture
def recipient(practice: Practice, held: Entry) -> Recipient:
    return practice.asked()


def refusal(practice: Practice, recipient: Recipient, *choices: Choice, **draft: object) -> dict[str, str]:
    """What keeps the answer from being sent; nothing has left, and the request still waits."""
    with pytest.raises(Invalid) as error:
        practice.answer(recipient, *choices, **draft)
    recipient.refresh_from_db()
    assert recipient.state != "answered"
    assert not Answer.objects.filter(recipient=recipient).exists()
    assert not Release.objects.filter(reference=recipient.request.enquiry.reference).exists()
    return {name: str(words) for name, words in error.value.fields.items()}


def read(practice: Practice, recipient: Recipient):  # type: ignore[no-untyped-def]
    """The latest answer as the one who asked reads it."""
    return queries.answers(practice.town.grace, recipient, now=practice.now)[-1]


# --- every item, one way or the other ------------------------------------------------------------------------------


def test_we_hold_nothing_is_an_answer_with_where_one_looked(practice: Practice) -> None:
    recipient = practice.asked(agency=practice.town.police)
    made = practice.answer(
        recipient, actor=practice.town.hannah, grounds=Grounds(reasons="Searched by name and address.")
    )
    assert made.holds_nothing and made.decision.outcome == "holds_nothing"
    assert refusal(
        practice, practice.asked(agency=practice.town.housing), actor=practice.town.kevin,
        grounds=Grounds(reasons=""),
    ) == {"reasons": "Say why this is the right decision, or where you looked if you hold nothing."}  # fmt: skip


def test_it_is_refused_where_something_is_held(practice: Practice, recipient: Recipient) -> None:
    assert "1 item" in refusal(practice, recipient)["holds_nothing"]


def test_an_answer_decides_on_every_item(practice: Practice, held: Entry, recipient: Recipient) -> None:
    other = practice.write(practice.town.tom, held.subjects.get().record, title="Seen at clinic")
    assert set(refusal(practice, recipient, share(held))) == {f"item-{other.pk}"}
    assert set(refusal(practice, recipient, holds_nothing=False)) == {f"item-{held.pk}", f"item-{other.pk}"}
    odd = Choice(entry=held.pk, choice="later")
    assert set(refusal(practice, recipient, odd, share(other))) == {f"item-{held.pk}"}
    made = practice.answer(recipient, share(held), withhold(other), grounds=ADVISED)
    assert dict(made.items.values_list("entry", "choice")) == {held.pk: "share", other.pk: "withhold"}


def test_nothing_is_no_answer_either(practice: Practice) -> None:
    recipient = practice.asked(agency=practice.town.police)
    found = refusal(practice, recipient, actor=practice.town.hannah, holds_nothing=False)
    assert set(found) == {"holds_nothing"}


def test_sharing_needs_reasons_and_so_does_withholding(
    practice: Practice, held: Entry, recipient: Recipient
) -> None:
    silent = replace(GROUNDS, reasons="  ")
    assert "reasons" in refusal(practice, recipient, share(held), grounds=silent)
    assert "reasons" in refusal(practice, recipient, withhold(held), grounds=silent)


@pytest.mark.parametrize(
    "missing",
    [{"withheld_kind": ""}, {"withheld_kind": "mood"}, {"withheld_reason": ""}, {"review_when": " "}],
)
def test_withholding_needs_its_kind_reason_and_when_to_look_again(
    practice: Practice, held: Entry, recipient: Recipient, missing: dict[str, str]
) -> None:
    found = refusal(practice, recipient, withhold(held, **missing), grounds=ADVISED)
    assert set(found) == {f"item-{held.pk}"}


def test_the_reasons_of_the_answer_serve_an_item_whose_own_are_left_blank(held: Entry) -> None:
    [filled] = with_reasons([withhold(held, withheld_reason=" ")], "Not about Katie at all.")
    assert filled.withheld_reason == "Not about Katie at all."


def test_sharing_names_its_lawful_basis(practice: Practice, held: Entry, recipient: Recipient) -> None:
    found = refusal(practice, recipient, share(held), grounds=replace(GROUNDS, lawful_basis=""))
    assert set(found) == {f"item-{held.pk}"}


def test_in_a_section_47_enquiry_withholding_is_for_the_lead_or_on_their_advice(
    practice: Practice, held: Entry, recipient: Recipient
) -> None:
    found = refusal(practice, recipient, withhold(held))
    assert "advice taken" in found[f"item-{held.pk}"]
    assert practice.answer(recipient, withhold(held), actor=practice.town.tom)
    ask_again(practice, recipient)
    assert practice.answer(recipient, withhold(held), grounds=ADVISED)


def test_a_piece_written_down_while_answering_is_kept_and_shared_at_once(practice: Practice) -> None:
    recipient, kevin = practice.asked(agency=practice.town.housing), practice.town.kevin
    about = recipient.request.subjects.first().record_id
    made = practice.answer(
        recipient, actor=kevin, added=(Added(piece=piece(title="Rent arrears"), about=(about,)),)
    )
    entry = made.items.get().entry
    assert (entry.agency, entry.title) == (practice.town.housing, "Rent arrears")
    assert entry.subjects.get().record.agency_id == kevin.agency_id, "in their own record of Katie"
    assert read(practice, recipient).items[0].title == "Rent arrears"


# --- what must not leave -------------------------------------------------------------------------------------------


@pytest.fixture
def told(practice: Practice, held: Entry) -> Entry:
    """What a neighbour told, who must not be named."""
    return practice.write(
        practice.town.amina,
        held.subjects.get().record,
        title="Worry from next door",
        text="Alma Dray hears shouting. She is afraid of him.",
        source="Told to us by Alma Dray",
        how_known="reported",
        protect=("Alma Dray",),
    )


def test_a_protected_name_does_not_leave_whole(practice: Practice, held: Entry, told: Entry) -> None:
    recipient = practice.asked()
    found = refusal(practice, recipient, share(held), share(told))
    assert "Take out “Alma Dray”" in found[f"item-{told.pk}"]
    found = refusal(practice, recipient, share(held), part(told, "DRAY, Alma hears shouting"))
    assert set(found) == {f"item-{told.pk}"}


def test_nor_do_names_protected_for_this_answer_alone(practice: Practice, held: Entry) -> None:
    other = practice.write(practice.town.amina, held.subjects.get().record, text="Aunt Jo sees her often.")
    found = refusal(practice, practice.asked(), share(held), share(other), protect=("Aunt Jo",))
    assert set(found) == {f"item-{other.pk}"}


def test_nor_as_the_source(practice: Practice, held: Entry, told: Entry) -> None:
    recipient, grace = practice.asked(), practice.town.grace
    practice.answer(recipient, share(held), part(told, "A neighbour hears shouting."))
    items = {item.item.entry_id: item for item in read(practice, recipient).items}
    assert items[told.pk].source == "Not named, to protect them"
    assert items[held.pk].source == "Clinic list", "other sources are told"
    person = recipient.request.subjects.first().record.person_id
    lines = chronology_queries.picture(grace, person, purpose="", now=practice.now).lines
    assert not [line for line in lines if "Dray" in f"{line.title}{line.text}{line.source}{line.child_words}"]


def test_nor_in_the_words_for_whoever_asked(practice: Practice, held: Entry, told: Entry) -> None:
    secret = withhold(told, withheld_kind="identity_protection", withheld_reason="It would name Alma Dray.")
    found = refusal(practice, practice.asked(), share(held), secret, grounds=ADVISED)
    assert "Take out" in found[f"item-{told.pk}"]


def test_nor_in_the_checks_that_say_why(practice: Practice, held: Entry, told: Entry) -> None:
    lead, recipient = practice.town.tom, practice.asked()
    practice.answer(recipient, share(held), part(told, "Alma hears shouting."), actor=lead)
    item = AnsweredItem.objects.get(entry=told)
    assert "Alma" in str(queries.why(practice.town.tom, item.pk, now=practice.now).verdict)
    assert "Alma" not in str(queries.why(practice.town.grace, item.pk, now=practice.now).verdict)


def test_what_only_points_to_a_protected_name_is_for_the_lead_or_their_advice(
    practice: Practice, held: Entry, told: Entry
) -> None:
    recipient, hint = practice.asked(), part(told, "Alma hears shouting.")
    assert "advice taken" in refusal(practice, recipient, share(held), hint)[f"item-{told.pk}"]
    advised = replace(GROUNDS, advice_from="Tom Baptiste, named nurse")
    assert practice.answer(recipient, share(held), hint, grounds=advised)


def test_part_of_an_entry_is_the_edited_text_and_nothing_of_the_rest(
    practice: Practice, held: Entry, told: Entry
) -> None:
    Entry.objects.filter(pk=told.pk).update(child_words="Auntie Alma let me in.")
    recipient = practice.asked()
    practice.answer(recipient, share(held), part(told, "A neighbour hears shouting."))
    item = next(i for i in read(practice, recipient).items if i.item.entry_id == told.pk)
    assert (item.text, item.child_words) == ("A neighbour hears shouting.", "")
    assert item.title != told.title


def test_part_of_nothing_is_withholding_without_a_reason(
    practice: Practice, held: Entry, recipient: Recipient
) -> None:
    assert set(refusal(practice, recipient, part(held, "  "))) == {f"item-{held.pk}"}


# --- police intelligence and sealed records --------------------------------------------------------------------------


def graded(practice: Practice, grading: str) -> tuple[Entry, Recipient]:
    entry = practice.write(
        practice.town.hannah, practice.hold(practice.town.hannah),
        kind="intelligence", title="Seen at the flat", text="He is at the flat most nights.",
        source="Source 7 at the Anchor", police_grading=grading, how_known="reported",
    )  # fmt: skip
    return entry, practice.asked(agency=practice.town.police)


def test_intelligence_with_conditions_needs_the_police_decision_maker(practice: Practice) -> None:
    entry, recipient = graded(practice, "2BC")
    found = refusal(practice, recipient, share(entry), actor=practice.town.hannah)
    assert "police decision maker" in found[f"item-{entry.pk}"]
    decider = practice.someone("Dee Maker", practice.town.police, "police_decision_maker")
    made = practice.answer(recipient, share(entry), actor=decider)
    assert "Handling conditions apply" in made.items.get().release.handling


def test_or_their_advice_by_name(practice: Practice) -> None:
    entry, recipient = graded(practice, "2BC")
    advised = replace(GROUNDS, advice_from="DI Dee Maker")
    assert practice.answer(recipient, share(entry), actor=practice.town.hannah, grounds=advised)


def test_intelligence_without_conditions_leaves_without_its_source(practice: Practice) -> None:
    entry, recipient = graded(practice, "2BP")
    found = refusal(practice, recipient, share(entry), actor=practice.town.hannah)
    assert "leaves this to the police decision maker" in found[f"item-{entry.pk}"], "so the partners agreed"
    practice.answer(recipient, share(entry), actor=practice.town.hannah, grounds=ADVISED)
    [item] = read(practice, recipient).items
    assert item.text == entry.text and item.source == "Police intelligence"
    person = recipient.request.subjects.first().record.person_id
    lines = chronology_queries.picture(practice.town.grace, person, purpose="", now=practice.now).lines
    assert not [line for line in lines if "Anchor" in line.source]
    own = chronology_queries.picture(
        practice.town.hannah, entry.subjects.get().record.person_id, purpose="", now=practice.now
    ).lines
    assert [line.source for line in own] == ["Source 7 at the Anchor"], "the police see their own"


def test_a_sealed_record_leaves_in_two_steps_by_two_people(
    practice: Practice, held: Entry, recipient: Recipient
) -> None:
    sealed = practice.write(practice.town.amina, held.subjects.get().record, sealed="sealed")
    advised = replace(GROUNDS, advice_from="Records custodian")
    found = refusal(practice, recipient, share(held), share(sealed), grounds=advised)
    assert "nobody has proposed to release it" in found[f"item-{sealed.pk}"], "advice alone lets nothing out"
    proposed = letting_out.propose(
        actor=practice.town.amina, recipient=recipient, entry=sealed.pk, reason="She may be in danger there.",
        now=practice.now,
    )  # fmt: skip
    found = refusal(practice, recipient, share(held), share(sealed), grounds=advised)
    assert "custodian" in found[f"item-{sealed.pk}"]
    custodian = practice.someone("Cora Lane", practice.town.health, "sealed_records_custodian")
    letting_out.decide(
        actor=custodian, proposal=proposed.pk, release=True, why="Her safety needs it.", now=practice.now
    )
    assert practice.answer(recipient, share(held), share(sealed))


def test_whoever_proposed_it_does_not_let_it_out_nor_does_another_role(
    practice: Practice, held: Entry, recipient: Recipient
) -> None:
    sealed = practice.write(practice.town.amina, held.subjects.get().record, sealed="sealed")
    both = practice.someone("Bo Reed", practice.town.health, "practitioner", "sealed_records_custodian")
    stranger = practice.someone("Cy Hart", practice.town.police, "sealed_records_custodian")
    asked = {"recipient": recipient, "entry": sealed.pk, "now": practice.now}
    with pytest.raises(Invalid):
        letting_out.propose(actor=both, reason="Because", **asked)
    proposed = letting_out.propose(actor=both, reason="She may be in danger there.", **asked)
    with pytest.raises(AlreadyDone):
        letting_out.propose(actor=practice.town.amina, reason="I think so as well.", **asked)
    with pytest.raises(NotHere):
        letting_out.propose(actor=both, reason="No need to propose this.", **{**asked, "entry": held.pk})
    decided = {"proposal": proposed.pk, "release": True, "why": "Her safety needs it.", "now": practice.now}
    for actor in (both, practice.town.tom, stranger):
        with pytest.raises(NotHere):
            letting_out.decide(actor=actor, **decided)
    with pytest.raises(Refused):
        letting_out.decide(actor=practice.town.amina, **decided)
    custodian = practice.someone("Cora Lane", practice.town.health, "sealed_records_custodian")
    letting_out.decide(actor=custodian, **{**decided, "release": False})
    with pytest.raises(AlreadyDone):
        letting_out.decide(actor=custodian, **decided)
    found = refusal(practice, recipient, share(held), share(sealed))
    assert "nobody has proposed" in found[f"item-{sealed.pk}"], "refused, it is left out as before"


# --- who decides -----------------------------------------------------------------------------------------------------


def test_a_colleague_who_was_first_is_named(practice: Practice, held: Entry, recipient: Recipient) -> None:
    practice.answer(recipient, share(held))
    with pytest.raises(AlreadyDone, match="Amina Yusuf"):
        practice.answer(recipient, withhold(held), actor=practice.town.tom)


def test_someone_too_close_decides_nothing(practice: Practice, held: Entry, recipient: Recipient) -> None:
    amina = practice.town.amina
    people.declare_conflict(
        actor=amina, practitioner=amina.practitioner_id, why="Aunt", now=practice.now,
        person=recipient.request.subjects.first().record.person_id,
    )  # fmt: skip
    for act in (
        lambda: practice.answer(recipient, share(held)),
        lambda: queries.to_decide(amina, recipient, now=practice.now),
        lambda: queries.answers(amina, recipient, now=practice.now),
    ):
        with pytest.raises(Refused, match="too close"):
            act()


def test_a_lead_too_close_does_not_read_the_answer(
    practice: Practice, held: Entry, recipient: Recipient
) -> None:
    grace = practice.town.grace
    made = practice.answer(recipient, share(held))
    people.declare_conflict(
        actor=grace, practitioner=grace.practitioner_id, why="Aunt", now=practice.now,
        person=recipient.request.subjects.first().record.person_id,
    )  # fmt: skip
    with pytest.raises(Refused, match="too close"):
        queries.answers(grace, recipient, now=practice.now)
    with pytest.raises(Refused, match="too close"):
        queries.why(grace, made.items.get().pk, now=practice.now)


@pytest.mark.parametrize("who", ["ros", "hannah", "kevin", "mary", "ade", "nia"])
def test_nobody_else_reads_an_answer_or_why(
    practice: Practice, held: Entry, recipient: Recipient, who: str
) -> None:
    item, actor = practice.answer(recipient, share(held)).items.get(), getattr(practice.town, who)
    for act in (
        lambda: queries.answers(actor, recipient, now=practice.now),
        lambda: queries.why(actor, item.pk, now=practice.now),
        lambda: queries.to_decide(actor, recipient, now=practice.now),
    ):
        with pytest.raises(NotHere):
            act()


# --- what the asker reads ---------------------------------------------------------------------------------------------


def test_the_asker_reads_that_something_is_withheld_and_why_and_never_what(
    practice: Practice, held: Entry, recipient: Recipient
) -> None:
    secret = practice.write(
        practice.town.amina, held.subjects.get().record, title="Mother’s own health", text="Treated in 2014.",
        happened_on=date(2014, 1, 9), about_adult=True,
    )  # fmt: skip
    practice.answer(recipient, share(held), withhold(secret), grounds=ADVISED)
    [item] = read(practice, recipient).withheld
    assert item.item.withheld_reason and item.item.review_when and item.item.withheld_kind == "not_relevant"
    assert (item.title, item.text, item.child_words, item.source, item.happened_on) == ("", "", "", "", None)
    own = queries.answers(practice.town.amina, recipient, now=practice.now)[-1]
    assert [i.title for i in own.withheld] == ["Mother’s own health"], "the holder reads their own"


def test_that_the_asker_has_read_it_is_noted(practice: Practice, held: Entry, recipient: Recipient) -> None:
    made = practice.answer(recipient, share(held))
    queries.answers(practice.town.amina, recipient, now=practice.now)
    made.refresh_from_db()
    assert made.read_at is None, "the holder's own reading is not the asker's"
    read(practice, recipient)
    made.refresh_from_db()
    assert made.read_at == practice.now


# --- asked again --------------------------------------------------------------------------------------------------------


def ask_again(practice: Practice, recipient: Recipient, words: str = "He was charged today.") -> Recipient:
    return requests.ask_again(
        actor=practice.town.grace, recipient=recipient, new_information=words, now=practice.now
    )


def test_new_information_makes_a_new_round_and_both_answers_stay(
    practice: Practice, held: Entry, recipient: Recipient
) -> None:
    first = practice.answer(recipient, withhold(held), grounds=ADVISED)
    again = ask_again(practice, recipient)
    assert (again.round, again.state, again.answered_at) == (2, "sent", None)
    second = practice.answer(again, share(held))
    assert second.decision.supersedes == first.decision
    rounds = queries.answers(practice.town.grace, recipient, now=practice.now)
    assert [(r.answer.round, r.items[0].item.choice) for r in rounds] == [(1, "withhold"), (2, "share")]
    assert rounds[0].items[0].item.withheld_reason, "and why it was withheld at first"


def test_what_is_withheld_the_second_time_is_no_longer_seen(
    practice: Practice, held: Entry, recipient: Recipient
) -> None:
    person, grace = recipient.request.subjects.first().record.person_id, practice.town.grace
    practice.answer(recipient, share(held))

    def seen() -> bool:
        lines = chronology_queries.picture(grace, person, purpose="", now=practice.now).lines
        return held.pk in {line.id for line in lines}

    assert seen()
    practice.answer(ask_again(practice, recipient), withhold(held), grounds=ADVISED)
    assert not seen()
    rounds = queries.answers(grace, recipient, now=practice.now)
    assert [r.items[0].text for r in rounds] == ["", ""], "not in the first answer either"
    assert [r.items[0].item.choice for r in rounds] == ["share", "withhold"]
    assert [r.items[0].item.release for r in rounds] == [None, None]
    first = rounds[0].items[0].item
    assert queries.why(grace, first.pk, now=practice.now).release is None
    assert AnsweredItem.objects.get(pk=first.pk).release is not None, "what was sent then stays on record"
    own = queries.answers(practice.town.amina, recipient, now=practice.now)
    assert [r.items[0].text for r in own] == [held.text] * 2, "the holder keeps both versions"


def test_what_is_shared_in_other_words_the_second_time_keeps_the_first_to_compare(
    practice: Practice, held: Entry, recipient: Recipient
) -> None:
    practice.answer(recipient, part(held, "One date missed."))
    practice.answer(ask_again(practice, recipient), part(held, "Two dates missed, no contact."))
    rounds = queries.answers(practice.town.grace, recipient, now=practice.now)
    assert [r.items[0].text for r in rounds] == ["One date missed.", "Two dates missed, no contact."]
    person = recipient.request.subjects.first().record.person_id
    lines = chronology_queries.picture(practice.town.grace, person, purpose="", now=practice.now).lines
    assert [line.text for line in lines if line.id == held.pk] == ["Two dates missed, no contact."]


def test_asking_again_says_what_is_new_and_waits_for_the_answer_first(
    practice: Practice, held: Entry, recipient: Recipient
) -> None:
    with pytest.raises(WrongState):
        ask_again(practice, recipient)
    practice.answer(recipient, share(held))
    with pytest.raises(Invalid) as error:
        ask_again(practice, recipient, "  ")
    assert set(error.value.fields) == {"new_information"}
    for who in (practice.town.amina, practice.town.hannah):
        with pytest.raises((Refused, NotHere)):
            requests.ask_again(actor=who, recipient=recipient, new_information="New.", now=practice.now)


def test_a_new_round_has_the_clock_of_the_rating_in_working_hours(practice: Practice, held: Entry) -> None:
    from datetime import datetime

    from jigsaw.hub.kit.clock import ENGLAND

    recipient = practice.asked(practice.enquiry(code="amber"))
    practice.answer(recipient, share(held))
    practice.now = datetime(2026, 11, 20, 16, 0, tzinfo=ENGLAND)
    assert ask_again(practice, recipient).due_at == datetime(2026, 11, 25, 14, 30, tzinfo=ENGLAND)


def correct(practice: Practice, entry: Entry, *, actor: Actor | None = None, **changes: object) -> Entry:
    """It was not so: a newer version takes its place."""
    reason = changes.pop("reason", "Wrong list.")
    return chronology.correct(
        actor=actor or practice.town.amina, entry=entry.pk, piece=piece(**{"title": "Came late", **changes}),
        persons=[s.record.person_id for s in entry.subjects.all()], reason=reason, now=practice.now,
    )  # fmt: skip


# --- the agency's own records -----------------------------------------------------------------------------------------


def test_what_was_told_with_the_concern_is_not_asked_for_again(practice: Practice) -> None:
    recipient = practice.asked(agency=practice.town.school)
    assert queries.to_decide(practice.town.ros, recipient, now=practice.now) == []


def test_nobody_writes_into_another_agencys_record(practice: Practice, held: Entry) -> None:
    with pytest.raises(Invalid) as error:
        practice.write(practice.town.ros, held.subjects.get().record)
    assert set(error.value.fields) == {"about"}


def test_only_its_agency_corrects_an_entry_and_once(practice: Practice, held: Entry) -> None:
    town, record = practice.town, held.subjects.get().record
    practice.answer(practice.asked(), share(held))
    for stranger, error in ((town.ros, NotHere), (town.grace, Refused)):
        with pytest.raises(error):
            correct(practice, held, actor=stranger)
    correct(practice, held)
    with pytest.raises(AlreadyDone):
        correct(practice, held, actor=town.tom)
    assert [s.record for s in Entry.objects.get(supersedes=held).subjects.all()] == [record]


def test_a_correction_says_why_and_changes_something(practice: Practice, held: Entry) -> None:
    for reason, title, field in ((" ", "Came late", "reason"), ("Wrong list.", " ", "title")):
        with pytest.raises(Invalid) as error:
            correct(practice, held, title=title, reason=reason)
        assert set(error.value.fields) == {field}
    with pytest.raises(Invalid, match="Nothing is different"):
        correct(practice, held, title=held.title)
    with pytest.raises(Invalid):
        chronology.withdraw(actor=practice.town.amina, entry=held.pk, reason="", now=practice.now)


def test_what_was_withdrawn_is_neither_corrected_nor_withdrawn_again(practice: Practice, held: Entry) -> None:
    amina, now = practice.town.amina, practice.now
    gone = chronology.withdraw(actor=amina, entry=held.pk, reason="Another Katie.", now=now)
    for version in (held, gone):
        with pytest.raises(AlreadyDone):
            correct(practice, version)
        with pytest.raises(AlreadyDone):
            chronology.withdraw(actor=amina, entry=version.pk, reason="Again.", now=now)


def test_who_was_told_the_first_version_keeps_it_marked_until_they_are_told_the_new_one(
    practice: Practice, held: Entry, recipient: Recipient
) -> None:
    town, person = practice.town, recipient.request.subjects.first().record.person_id
    practice.answer(recipient, share(held))
    newer = correct(practice, held)

    def seen(actor, of):  # type: ignore[no-untyped-def]
        lines = chronology_queries.picture(actor, of, purpose="", now=practice.now).lines
        ours = [line for line in lines if line.agency == town.health.pk]
        return [(line.id, line.corrected, bool(line.since)) for line in ours]

    assert seen(town.grace, person) == [(held.pk, False, True)]
    assert seen(town.amina, held.subjects.get().record.person_id) == [(newer.pk, True, False)]
    practice.answer(ask_again(practice, recipient), share(newer))
    assert seen(town.grace, person) == [(newer.pk, True, False)]
