"""Do forms speak in words, keep what was typed, and link every error to the box that needs it?"""

import datetime as dt
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from sample_page import PeopleForms, ReasonsForm

from jigsaw.hub.web import forms as look

WHOLE = look.ThreeBoxDateField()
PARTIAL = look.PartialDateField()


def refusal(field: forms.Field, *parts: str) -> tuple[str, str]:
    """The words of the refusal and the box it points to."""
    with pytest.raises(ValidationError) as raised:
        field.clean(list(parts))
    error = raised.value.error_list[0]
    return error.messages[0], error.code


def tree(markup: object) -> html.HtmlElement:
    return html.fragment_fromstring(str(markup), create_parent="div")


# --- Whole dates ---


@pytest.mark.parametrize(
    "typed", [("3", "3", "2012"), (" 03 ", "03", "2012"), ("3", "March", "2012"), ("3", "mar", "2012")]
)
def test_a_date_as_people_type_it(typed: tuple[str, str, str]) -> None:
    assert WHOLE.clean(list(typed)) == dt.date(2012, 3, 3)


@pytest.mark.parametrize(
    ("typed", "words", "box"),
    [
        (("", "", ""), "Enter the date", "day"),
        (("", "3", "2012"), "The date must include a day", "day"),
        (("3", "", "2012"), "The date must include a month", "month"),
        (("3", "3", ""), "The date must include a year", "year"),
        (("31", "6", "2012"), "There is no such day: 31 June 2012. Check the day and the month", "day"),
        (("29", "2", "2023"), "There is no such day: 29 February 2023. Check the day and the month", "day"),
        (("32", "6", "2012"), "The day must be a number from 1 to 31", "day"),
        (("3", "13", "2012"), "The month must be a number from 1 to 12, or its name", "month"),
        (("3", "ma", "2012"), "The month must be a number from 1 to 12, or its name", "month"),
        (("3", "3", "12"), "The year must have four numbers, like 2019", "year"),
        (("٣", "3", "2012"), "The day must be a number from 1 to 31", "day"),
    ],
)
def test_what_is_wrong_with_a_date_in_words(typed: tuple[str, str, str], words: str, box: str) -> None:
    assert refusal(WHOLE, *typed) == (words, box)


def test_an_optional_date_may_be_left_empty() -> None:
    assert look.ThreeBoxDateField(required=False).clean(["", "", ""]) is None
    assert look.ThreeBoxDateField(required=False).clean(None) is None


def test_limits_are_inclusive() -> None:
    field = look.ThreeBoxDateField(earliest=dt.date(2026, 1, 1), latest=dt.date(2026, 11, 20))
    assert field.clean(["1", "1", "2026"]) == dt.date(2026, 1, 1)
    assert field.clean(["20", "11", "2026"]) == dt.date(2026, 11, 20)
    assert refusal(field, "21", "11", "2026") == ("The date must be 20 November 2026 or earlier", "year")
    assert refusal(field, "31", "12", "2025") == ("The date must be 1 January 2026 or later", "year")


# --- Dates as far as they are known ---


@pytest.mark.parametrize(
    ("typed", "date", "accuracy"),
    [
        (("3", "3", "2012"), dt.date(2012, 3, 3), "AAA"),
        (("", "3", "2012"), dt.date(2012, 3, 1), "UAA"),
        (("", "", "2012"), dt.date(2012, 1, 1), "UUA"),
    ],
)
def test_a_partial_date_says_what_is_known(typed: tuple[str, str, str], date: dt.date, accuracy: str) -> None:
    assert PARTIAL.clean(list(typed)) == (date, accuracy)


def test_a_partial_date_needs_its_larger_parts() -> None:
    assert refusal(PARTIAL, "3", "", "2012")[1] == "month"
    assert refusal(PARTIAL, "3", "3", "") == (
        "Enter the year as well, even if you are not sure of the day and month",
        "year",
    )
    assert refusal(PARTIAL, "", "", "")[1] == "day"
    assert look.PartialDateField(required=False).clean(["", "", ""]) == (None, "UUU")


def test_a_partial_date_is_refused_only_if_every_possible_day_is_outside() -> None:
    field = look.PartialDateField(latest=dt.date(2026, 11, 20))
    assert field.clean(["", "", "2026"]).accuracy == "UUA"
    assert field.clean(["", "11", "2026"]).accuracy == "UAA"
    assert refusal(field, "", "12", "2026")[1] == "year"
    early = look.PartialDateField(earliest=dt.date(2026, 2, 28))
    assert early.clean(["", "2", "2026"]).date == dt.date(2026, 2, 1)
    assert refusal(early, "", "1", "2026")[1] == "year"


@given(st.dates(dt.date(1000, 1, 1), dt.date(9999, 12, 31)), st.sampled_from(["AAA", "UAA", "UUA"]))
def test_a_partial_date_comes_back_as_it_was_shown(date: dt.date, accuracy: str) -> None:
    known = look.PartialDate(
        date.replace(
            day=1 if accuracy[0] == "U" else date.day, month=1 if accuracy[1] == "U" else date.month
        ),
        accuracy,
    )
    shown = [str(part) for part in look.DateBoxes().decompress(known)]
    assert PARTIAL.clean(shown) == known
    assert not PARTIAL.has_changed(known, shown)


def test_an_untouched_date_in_an_extra_block_does_not_count_as_filled_in() -> None:
    assert not PARTIAL.has_changed(None, ["", " ", ""])
    assert PARTIAL.has_changed(None, ["", "", "2012"])


# --- Markup ---


def test_a_field_names_its_hint_and_error_to_screen_readers() -> None:
    box = tree(ReasonsForm({})["name"].as_field_group()).get_element_by_id("id_name")
    assert box.get("aria-describedby") == "id_name_helptext id_name_error"
    assert "govuk-input--error" in box.get("class")


@pytest.mark.parametrize("name", list(ReasonsForm.base_fields))
@pytest.mark.parametrize("data", [None, {}])
def test_everything_that_is_pointed_to_exists_once(name: str, data: Any) -> None:
    group = tree(ReasonsForm(data)[name].as_field_group())
    ids = group.xpath("//@id")
    assert len(ids) == len(set(ids))
    for pointed in " ".join(group.xpath("//@aria-describedby") + group.xpath("//@for")).split():
        assert pointed in ids
    for control in group.xpath("//input | //select | //textarea"):
        assert group.xpath(f"//label[@for='{control.get('id')}']"), "every control has a label"
    assert not group.xpath("//@style")


def test_choices_carry_hints_and_data() -> None:
    first = tree(ReasonsForm()["why"]).get_element_by_id("id_why_0")
    assert first.get("data-covers") == "1 3"
    assert first.get("aria-describedby") == "id_why_0-hint"


def test_what_was_chosen_stays_chosen() -> None:
    group = tree(ReasonsForm({"told": "later", "why": ["role"]})["told"].as_field_group())
    assert group.xpath("//input[@checked]/@value") == ["later"]


def test_what_was_typed_into_a_date_stays_even_when_wrong() -> None:
    group = tree(
        ReasonsForm({"born-day": "31", "born-month": "6", "born-year": "x<"})["born"].as_field_group()
    )
    assert [box.get("value") for box in group.xpath("//input")] == ["31", "6", "x<"]
    assert [label.text for label in group.xpath("//label")] == ["Day", "Month", "Year"]


def test_only_optional_fields_say_so() -> None:
    form = ReasonsForm()
    assert "(optional)" in form["note"].as_field_group()
    assert "(optional)" not in form["name"].as_field_group()
    form.mark_optional = False
    assert "(optional)" not in form["note"].as_field_group()


def test_a_line_end_counts_as_one_character_as_the_counter_says() -> None:
    note = "a\r\n" * 250
    assert "note" not in ReasonsForm({"note": note}).errors
    assert "note" in ReasonsForm({"note": note + "b"}).errors


def test_the_browser_does_not_cut_what_is_pasted() -> None:
    area = tree(ReasonsForm()["note"].as_field_group())
    assert not area.xpath("//@maxlength")
    assert area.xpath("//*[@data-maxlength='500']")
    assert "You can enter up to 500 characters" in area.text_content()
    assert area.xpath("//@*[contains(., '%{count} characters remaining')]")


def test_labels_can_be_the_heading_of_the_page() -> None:
    class One(forms.Form):
        name = forms.CharField(widget=look.TextInput(page_heading=True, label_size="l"))
        pick = forms.ChoiceField(choices=[("a", "A")], widget=look.Radios(page_heading=True, label_size="l"))

    assert tree(One()["name"].as_field_group()).xpath("//h1/label[contains(@class, 'govuk-label--l')]")
    assert tree(One()["pick"].as_field_group()).xpath("//legend[contains(@class, '--l')]/h1")


# --- The error summary ---


def test_every_problem_links_to_the_control_to_mend() -> None:
    form = ReasonsForm({})
    targets = {problem.target for problem in look.problems(form)}
    assert targets == {"id_why_0", "id_told_0", "id_born_0", "id_name", "id_agency", "id_sure"}
    markup = "".join(str(form[name].as_field_group()) for name in form.fields)
    for target in targets:
        assert f'id="{target}"' in markup


def test_a_date_links_to_the_box_that_is_wrong() -> None:
    form = ReasonsForm({"born-day": "3", "born-month": "13", "born-year": "2012"})
    problem = next(p for p in look.problems(form) if p.target.startswith("id_born"))
    assert problem == ("The month must be a number from 1 to 12, or its name", "id_born_1")


def test_problems_of_several_people_are_told_apart() -> None:
    data = {"people-TOTAL_FORMS": "2", "people-INITIAL_FORMS": "0"}
    data |= {"people-0-name": "Ola", "people-1-relation": "parent"}
    found = look.problems(PeopleForms(data, prefix="people"))
    assert found == [
        ("Person 1: Choose an answer to “Who are they to the child?”", "id_people-0-relation_0"),
        ("Person 2: Enter “Name”", "id_people-1-name"),
    ]


def test_problems_come_from_forms_pairs_and_nothing() -> None:
    form = ReasonsForm({"why": ["harm"]})
    form.add_error(None, "Choose something")
    words = look.problems(None, form, [("Mend this", "there")], PeopleForms(prefix="people"))
    assert words[0] == ("Choose something", "")
    assert words[-1] == ("Mend this", "there")
    assert look.problems(ReasonsForm()) == []


def test_what_is_missing_is_asked_for_by_name() -> None:
    form = ReasonsForm({})
    assert form.errors["why"] == ["Tick at least one answer to “Why is this the right decision?”"]
    assert form.errors["sure"] == ["Tick “I have read the question”"]
    assert form.errors["name"] == ["Enter “Name”"]
    assert form.errors["born"] == ["Enter as much of the date as you know, at least the year"]


def test_a_field_keeps_its_own_words_for_what_is_missing() -> None:
    class Own(look.Form):
        name = forms.CharField(error_messages={"required": "Say who"})

    assert Own({}).errors["name"] == ["Say who"]
