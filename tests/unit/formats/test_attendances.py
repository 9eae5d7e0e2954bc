"""Many messages about one visit make one true attendance."""

from datetime import UTC, datetime

from jigsaw.formats import adt
from jigsaw.formats.attendances import History, attendances, keys, renumbered, step

START = 202603011400
MRG = "MRG|TEMP^^^RXX^PI"


def clock(minute):
    return START + minute // 60 * 100 + minute % 60


def message(
    event, minute, *, visit="V1", person="H1", nhs="", patient_class="E", name="STONE^ROWAN", extra="", left="",
    at=None, born="20150425"
):  # fmt: skip
    at = clock(minute) if at is None else at
    numbers = f"{person}^^^RXX^PI" + (f"~{nhs}^^^NHS^NH" if nhs else "")
    pv1 = f"PV1|1|{patient_class}|ED^^^RXX01" + "|" * 16 + visit + "|" * 25 + f"{START}|{left}"
    lines = [
        f"MSH|^~\\&|ED|RXX|HUB||{clock(minute)}||ADT^{event}|{event}-{minute}|P|2.4",
        f"EVN||{at}",
        f"PID|1||{numbers}||{name}||{born}",
        extra,
        pv1 if event not in ("A31", "A40") else "",
    ]
    told = adt.read("\r".join(filter(None, lines)))
    assert told.usable, told.problems
    return told


def told(*messages):
    history, changes = History(), []
    for one in messages:
        taken = step(history, one)
        history = taken.history
        changes.append(" ".join(change.kind for change in taken.changes))
    return attendances(history), changes


def test_an_attendance_begins_is_corrected_ends_and_reopens():
    [attendance], changes = told(
        message("A04", 0),
        message("A08", 5, name="STONE^ROBIN"),
        message("A03", 60, name="STONE^ROBIN", left=START + 55),
        message("A13", 70, name="STONE^ROBIN"),
    )
    assert changes == ["began", "corrected", "left", "reopened"]
    assert attendance.status == "present" and attendance.left is None
    assert attendance.patient.names[0].given == "ROBIN"
    assert attendance.arrived.at == datetime(2026, 3, 1, 14, 0, tzinfo=UTC)


def test_a_duplicate_is_not_taken_and_what_cannot_be_used_changes_nothing():
    history = step(History(), message("A04", 0)).history
    assert step(history, message("A04", 0)) == step(history, adt.read(b"noise"))
    assert step(history, message("A04", 0)).history is history


def test_a_cancellation_that_overtakes_the_arrival_still_cancels_it():
    [attendance], changes = told(message("A11", 10), message("A04", 0), message("A08", 20))
    assert changes[0] == "cancelled" and "began" not in changes
    assert attendance.status == "cancelled"
    [again], changes = told(message("A04", 0), message("A11", 10), message("A04", 30))
    assert again.status == "present" and changes == ["began", "cancelled", "restored"]


def test_in_the_same_minute_a_cancellation_follows_what_it_cancels():
    [attendance], _ = told(message("A11", 0), message("A04", 0))
    assert attendance.status == "cancelled"


def test_an_emergency_that_is_admitted_stays_unscheduled_where_it_began():
    ward = message("A01", 90, patient_class="I")
    [attendance], _ = told(message("A04", 0), ward)
    assert attendance.unscheduled is True and attendance.status == "present"
    [attendance], _ = told(message("A04", 0), ward, message("A11", 95, patient_class="I"))
    assert attendance.status == "present"
    twice = [message("A11", minute, patient_class="I") for minute in (95, 96)]
    [attendance], _ = told(message("A04", 0), ward, *twice)
    assert attendance.status == "present"
    [attendance], _ = told(message("A04", 0), ward, message("A11", 95), message("A11", 99))
    assert attendance.status == "cancelled"


def test_correcting_the_class_takes_unscheduled_back_and_silence_is_not_known():
    [attendance], _ = told(message("A04", 0), message("A08", 5, patient_class="O"))
    assert attendance.unscheduled is False
    [attendance], _ = told(message("A04", 0, patient_class=""))
    assert attendance.unscheduled is None


def test_a_late_registration_is_no_second_attendance():
    [attendance], changes = told(message("A08", 5), message("A04", 0))
    assert changes == ["began", "corrected"] and attendance.doubts == ()
    [attendance], _ = told(message("A08", 5))
    assert attendance.status == "present" and attendance.doubts == ("no_arrival",)


def test_a_merge_moves_the_attendance_to_the_person_who_survives():
    unknown = message("A04", 0, person="TEMP", name="UNKNOWN^UNKNOWN", born="")
    merge = message("A40", 30, nhs="9990000018", extra=MRG)
    late = message("A03", 60, person="TEMP", name="UNKNOWN^UNKNOWN", born="")
    [attendance], changes = told(unknown, merge, late)
    assert changes == ["began", "identified", "left"]
    assert attendance.patient.nhs_numbers == ("9990000018",)
    assert attendance.patient.names[0].family == "STONE"
    assert attendance.persons == {("RXX|RXX", "H1")} and attendance.doubts == ()


def test_merges_in_a_circle_end_with_the_latest():
    [attendance], _ = told(
        message("A04", 0, person="TEMP"),
        message("A40", 10, extra=MRG),
        message("A40", 20, person="TEMP", extra="MRG|H1^^^RXX^PI"),
    )
    assert attendance.persons == {("RXX|RXX", "TEMP")}


def test_a_number_told_later_about_the_person_reaches_the_visit():
    [attendance], changes = told(message("A04", 0), message("A31", 5, nhs="9990000026"))
    assert changes == ["began", "identified"] and attendance.patient.nhs_numbers == ("9990000026",)


def test_two_people_in_one_visit_are_told():
    [attendance], _ = told(message("A04", 0), message("A08", 5, person="H2", name="REED^ANA"))
    assert attendance.doubts == ("two_patients",) and attendance.patient.names[0].family == "REED"


def test_what_was_emptied_on_purpose_is_gone_and_what_was_left_out_is_not():
    [attendance], _ = told(message("A04", 0), message("A08", 5, born=""))
    assert attendance.patient.born is not None
    [attendance], _ = told(message("A04", 0), message("A08", 5, born='""'))
    assert attendance.patient.born is None


def test_messages_that_could_belong_together_share_a_key():
    merge = message("A40", 30, extra=MRG)
    assert keys(message("A04", 0)) & keys(message("A03", 9, person="H9"))
    assert keys(message("A04", 0, person="TEMP", visit="V9")) & keys(merge)
    assert not keys(message("A04", 0)) & keys(message("A04", 0, visit="V2", person="H2"))


ONE, OTHER = "9990000018", "9990000026"


def test_another_number_of_the_same_patient_is_noticed_in_whatever_order_it_comes():
    first, second = message("A04", 0, nhs=ONE), message("A31", 30, nhs=OTHER, name="Stone^Rowan Lee")
    third = message("A08", 60, nhs=OTHER)
    for order in ((first, second, third), (third, first, second), (second, third, first)):
        assert renumbered(History({one.identity: one for one in order})) == {(ONE, OTHER)}
    back = message("A31", 90, nhs=ONE)
    assert renumbered(History({one.identity: one for one in (first, second, back)})) == {(OTHER, ONE)}


def test_a_number_is_not_in_question_where_it_was_of_somebody_else():
    first = message("A04", 0, nhs=ONE)
    for second in (
        message("A08", 30, nhs=OTHER, name="WALSH^KATIE"),
        message("A08", 30, nhs=OTHER, born="20120303"),
        message("A08", 30, nhs=OTHER, person="H2"),
        message("A08", 30, nhs=OTHER, name="", born=""),
        message("A08", 30, nhs="9990000019"),
        message("A08", 30),
    ):
        assert renumbered(History({one.identity: one for one in (first, second)})) == frozenset()
