"""Many messages are kept first and worked on together after: fairly, once each, and one that fails costs no other."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from care_in_tests import NUMBER, Care, adt, make_care
from jigsaw.hub.jobs import work_on_messages
from jigsaw.hub.people import numbers
from jigsaw.hub.unscheduled_care import arriving, keeping, settings, together, whose
from jigsaw.hub.unscheduled_care.models import Alert, Attendance, Delivery, Setting
from people_in_tests import MONDAY, Town
from plans_in_tests import begin


@pytest.fixture
def care(town: Town) -> Care:
    return make_care(town)


def kept(care: Care, *marks: str, setting: Setting | None = None) -> None:
    """As the listener keeps them, and nobody has worked on them yet."""
    contents = ["\r".join(adt("A04", mark, visit=mark, local=mark)).encode() for mark in marks]
    to = setting or care.setting
    came = [keeping.received(setting=to, content=one, way="mllp", now=MONDAY) for one in contents]
    assert {answer.code for answer in keeping.keep(came, now=MONDAY)} == {"AA"}


def test_a_flood_of_one_setting_keeps_no_other_waiting(care: Care, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arriving, "AT_ONCE", 2)
    other, _secret = settings.add(
        actor=care.town.ade, agency=care.town.health, code="WIC", name="Walk-in centre", ods_code="RXX02",
        worked_on_by=care.setting.worked_on_by, now=MONDAY,
    )  # fmt: skip
    kept(care, "1", "2", "3", "4", "5")
    kept(care, "6", setting=other)
    assert arriving.work(now=MONDAY) == 3
    assert not Delivery.objects.filter(setting=other, state=Delivery.KEPT).exists()
    assert [arriving.work(now=MONDAY) for _turn in range(3)] == [2, 1, 0]
    assert Alert.objects.count() == 6


def test_one_message_that_fails_among_many_waits_alone(care: Care, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = together.groups

    def groups(setting: Setting, some: Any) -> Any:
        if any(b"|4||||" in bytes(one.content) or b"|V4|" in bytes(one.content) for one in some):
            raise RuntimeError("out of order")
        return whole(setting, some)

    monkeypatch.setattr(together, "groups", groups)
    kept(care, "V1", "V2", "V3", "V4", "V5")
    assert work_on_messages.run(MONDAY) >= 5
    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["taken"] * 4 + ["waiting"]
    assert Alert.objects.count() == 4


def test_a_name_is_sought_once_for_what_is_told_and_again_when_there_are_other_plans(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    care, sought = make_care(town, on_plan=False), []
    whole = whose.looking.alike
    monkeypatch.setattr(whose.looking, "alike", lambda query: sought.append(1) or whole(query))
    for place, event in enumerate(("A04", "A08", "A08")):
        care.send(*adt(event, str(place), at=f"2026111609{place}000", number="", status=""))
    assert (len(sought), Attendance.objects.get().match) == (1, "nobody")
    begin(town, care.katie, now=MONDAY + timedelta(minutes=1))
    care.send(*adt("A08", "9", number="", status=""), now=MONDAY + timedelta(minutes=2))
    assert (len(sought), Attendance.objects.get().match) == (2, "ask")


def test_a_merge_that_ends_the_number_of_a_child_with_a_plan_is_shown_to_whoever_keeps_it(care: Care) -> None:
    merge = adt("A40", "1", number="9990000026")[:3]
    care.send(*merge, f"MRG|{NUMBER}^^^NHS^NH")
    assert numbers.persons_under(NUMBER) == {care.katie.person_id}, "it is used until somebody decides"
    tracer = replace(care.town.amina, permissions=frozenset({"numbers.trace"}))
    [row] = numbers.listed(tracer, "inactive", now=MONDAY).rows
    [report] = row.numbers[0].reports
    assert (row.record, report.instead, report.by) == (care.katie.pk, "9990000026", "Emergency department")
    care.send(*adt("A40", "2", number=NUMBER)[:3], "MRG|9990000026^^^NHS^NH")
    assert len(numbers.listed(tracer, "inactive", now=MONDAY).rows) == 1, (
        "nobody with a plan has the other number"
    )


def test_another_number_for_a_known_patient_is_shown_to_whoever_keeps_the_first(care: Care) -> None:
    care.send(*adt("A04", "1"))
    care.send(*adt("A08", "2", at="20261116093100", number="9990000026"))
    care.send(*adt("A08", "3", at="20261116093200", number="9990000026"))
    assert numbers.persons_under(NUMBER) == {care.katie.person_id}, "it is used until somebody decides"
    tracer = replace(care.town.amina, permissions=frozenset({"numbers.trace"}))
    [row] = numbers.listed(tracer, "inactive", now=MONDAY).rows
    [report] = row.numbers[0].reports
    assert (row.record, report.instead, report.by) == (care.katie.pk, "9990000026", "Emergency department")
