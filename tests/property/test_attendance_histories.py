"""Whatever order messages arrive in, and however often, they make the same attendances."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from jigsaw.formats.attendance_messages import (
    AttendanceMessage,
    Merge,
    Moment,
    Patient,
    PatientIdentifier,
    PatientName,
    Place,
    Visit,
)
from jigsaw.formats.attendances import History, attendances, step

START = datetime(2026, 3, 1, 14, 0, tzinfo=UTC)
PEOPLE = ("H1", "H2", "H3")
VISIT_EVENTS = ("arrived", "admitted", "left", "updated", "arrival_cancelled", "leaving_cancelled")


def moment(minute):
    return Moment(START + timedelta(minutes=minute), "minute")


@st.composite
def messages(draw):
    """Few people, visits and minutes, so that ties, merges in circles and visits of two people come up."""
    number = draw(st.integers(0, 10_000))
    event = draw(st.sampled_from((*VISIT_EVENTS, "person_updated", "merged")))
    who, gone = draw(st.sampled_from(PEOPLE)), draw(st.sampled_from(PEOPLE))
    at = draw(st.none() | st.integers(0, 6).map(moment))
    told_class = draw(st.sampled_from(("E", "I", "O", "")))
    visit = Visit(
        number=draw(st.sampled_from(("V1", "V2"))),
        patient_class=told_class,
        unscheduled=told_class == "E" if told_class else None,
        place=Place(ods_code=draw(st.sampled_from(("", "RXX01", "RXX02")))),
        arrived=draw(st.none() | st.just(moment(0))),
        left=draw(st.none() | st.just(moment(5))),
    )
    national = draw(st.sampled_from(("", "9990000018", "9990000026")))
    identifiers = (PatientIdentifier(who),)
    if national:
        identifiers = (*identifiers, PatientIdentifier(national, "NHS", "NH", "nhs_number"))
    return AttendanceMessage(
        event=event,
        control_id=str(number % 7),
        facility="RXX",
        sequence=number % 2,
        sent=at,
        recorded=draw(st.none() | st.just(at)),
        patient=Patient(identifiers, (PatientName("STONE", str(number % 3)),)),
        visit=visit if event in VISIT_EVENTS else None,
        merges=(Merge((PatientIdentifier(gone),), identifiers),) if event == "merged" else (),
        emptied=frozenset(draw(st.sets(st.sampled_from(("names", "left")), max_size=1))),
        whole=draw(st.booleans()) and event in VISIT_EVENTS,
        digest=str(number),
    )


def told(history_of):
    history, begun = History(), []
    for message in history_of:
        taken = step(history, message)
        history = taken.history
        begun += [change.after.key for change in taken.changes if change.before is None]
    return history, attendances(history), begun


@settings(max_examples=100, deadline=None)
@given(st.data(), st.lists(messages(), max_size=9, unique_by=lambda m: m.digest))
def test_any_order_and_any_repetition_give_the_same_attendances(data, history):
    repeated = history + (data.draw(st.lists(st.sampled_from(history), max_size=4)) if history else [])
    first, second = told(history), told(data.draw(st.permutations(repeated)))
    assert first[:2] == second[:2]
    # One attendance for each visit, told as new exactly once in either order.
    visits = sorted({message.visit_key for message in history if message.visit_key})
    assert [one.key for one in first[1]] == visits == sorted(first[2]) == sorted(second[2])
