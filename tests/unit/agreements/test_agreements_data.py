"""The data files: every entry has its source, every code is used once, and nothing is copied at length."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import jigsaw
from jigsaw.sharing_rules import instruments
from jigsaw.sharing_rules.checks.fact_or_opinion import HOW_KNOWN
from jigsaw.sharing_rules.checks.lawful_basis_recorded import _is_basis
from jigsaw.sharing_rules.checks.special_category_condition import WHY_NO_CONSENT, _is_condition
from jigsaw.sharing_rules.vocabulary import CATEGORIES, PURPOSES, SECTORS
from jigsaw.sharing_rules.withholding import GROUNDS

DATA = Path(jigsaw.__file__).parent / "hub" / "agreements" / "data"
FILES = sorted(path.stem for path in DATA.glob("*.json"))
# Lists whose rows are parts of a row that has the source.
PARTS_OF_A_ROW = {"levels", "outcomes", "parts", "requirements", "holidays", "keep"}
LONGEST_TEXT = 300


def load(name: str) -> dict[str, Any]:
    return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))


def lists_in(content: Any, name: str = "") -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Every list of rows in a file, with its name, however deep."""
    if isinstance(content, dict):
        for key, value in content.items():
            yield from lists_in(value, key)
    elif isinstance(content, list) and content and isinstance(content[0], dict):
        yield name, content
        for row in content:
            yield from lists_in(row)


def texts_in(content: Any) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict | list):
        for part in content.values() if isinstance(content, dict) else content:
            yield from texts_in(part)


def codes(name: str, rows: str = "entries") -> set[str]:
    return {row["code"] for row in load(name)[rows]}


def test_the_files_are_all_there():
    assert FILES == [
        "event_kinds",
        "feedback_rules",
        "guidance",
        "lawful_bases",
        "legal_instruments",
        "need_ladders",
        "pair_reviews",
        "patterns",
        "rating_schemes",
        "relationship_kinds",
        "retention",
        "school_days",
        "sensitive_services",
        "timescales",
        "unscheduled_care",
        "withholding_kinds",
    ]


@pytest.mark.parametrize("name", FILES)
def test_every_row_has_its_source(name):
    content = load(name)
    rows = [row for label, listed in lists_in(content) if label not in PARTS_OF_A_ROW for row in listed]
    # A setting of one figure has its source itself.
    rows = rows or [{"code": name, **content}]
    assert [row["code"] for row in rows if not row.get("source", "").strip()] == []


@pytest.mark.parametrize("name", FILES)
def test_every_row_says_whether_it_was_verified_and_when(name):
    content = load(name)
    # Some files are verified as a whole.
    for label, rows in [("", [{"code": name, **content}])] if "verified" in content else lists_in(content):
        if label in PARTS_OF_A_ROW | {"ratings"}:
            continue
        for row in rows:
            assert isinstance(row["verified"], bool), row["code"]
            assert (row["verified_on"] is not None) == row["verified"], row["code"]


@pytest.mark.parametrize("name", FILES)
def test_codes_are_unique_within_a_list(name):
    for label, rows in lists_in(load(name)):
        if label == "keep":
            continue
        listed = [row["name"] if label == "holidays" else row["code"] for row in rows]
        assert len(listed) == len(set(listed)), label


@pytest.mark.parametrize("name", FILES)
def test_nothing_is_copied_at_length(name):
    assert [text for text in texts_in(load(name)) if len(text) > LONGEST_TEXT] == []


@pytest.mark.parametrize("name", FILES)
def test_every_word_that_people_read_is_there(name):
    for label, rows in lists_in(load(name)):
        for row in rows if label != "keep" else ():
            shown = {"name", "label", "words", "prompt", "title", "myth"} & set(row)
            assert shown, row["code"]
            assert all(row[part].strip() for part in shown), row["code"]


# Guidance


@pytest.mark.parametrize("edition", ["2015", "2018", "2024"])
def test_each_edition_has_seven_rules(edition):
    rules = [rule for rule in load("guidance")["rules"] if rule["edition"] == edition]
    assert [rule["number"] for rule in rules] == list(range(1, 8))
    assert all(len(rule["prompt"]) <= 60 for rule in rules)


def test_the_current_edition_is_the_newest():
    guidance = load("guidance")
    assert guidance["current_edition"] == max(edition["code"] for edition in guidance["editions"]) == "2024"


# Law


def test_the_sharing_rules_read_the_register_of_law():
    register = instruments.read(load("legal_instruments")["entries"])
    assert set(register.by_code) == codes("legal_instruments")
    told = [each.short for each in register.by_code.values()]
    assert not [words for words in told if words.endswith(".")]


def test_every_duty_and_power_serves_a_purpose_that_can_be_stated_or_says_why_not():
    register = instruments.read(load("legal_instruments")["entries"])
    # For these no purpose of a request exists: they are for courts, adults, identifiers or the person concerned.
    without = {
        "s16C",
        "dvds_s77",
        "cja2003_s325",
        "fgm2003_s5B",
        "hsca2012_s251B",
        "s16LC",
        "s16LD",
        "ca2004_s16LB",
        "dpa2018_sch3",
    }
    serve_none = {
        code
        for code in register.by_code
        if register.gateway(code) and not any(register.by_code[code].serves(p) for p in PURPOSES)
    }
    assert serve_none == without


def test_the_duty_to_share_awaits_an_administrator_s_confirmation():
    duty = next(row for row in load("legal_instruments")["entries"] if row["code"] == "s16LA")
    assert (duty["commenced_on"], duty["verified"]) == ("2026-09-30", False)


def test_dates_are_dates_and_sectors_are_sectors():
    for row in load("legal_instruments")["entries"]:
        assert all(date.fromisoformat(row[key]) for key in ("commenced_on", "ended_on") if row[key])
        assert {*row["who_may_disclose"], *row["to_whom"]} <= set(SECTORS), row["code"]
        assert row["kind"] in {
            "art6",
            "art9",
            "sch1_condition",
            "part3",
            "statutory_duty",
            "statutory_gateway",
            "common_law",
        }


# The form


def test_the_form_offers_what_the_sharing_rules_know():
    register = instruments.read(load("legal_instruments")["entries"]).by_code.values()
    assert codes("lawful_bases") == {each.code for each in register if _is_basis(each)}
    assert codes("lawful_bases", "conditions") == {
        each.code for each in register if _is_condition(each, part3=False) or _is_condition(each, part3=True)
    }
    assert codes("lawful_bases", "why_no_consent") == set(WHY_NO_CONSENT)
    assert codes("withholding_kinds") == set(GROUNDS)


def test_consent_is_the_last_choice():
    assert load("lawful_bases")["entries"][-1]["code"] == "art6_a"
    assert load("lawful_bases")["conditions"][-1]["code"] == "art9_a"


def test_a_basis_speaks_to_the_sectors_it_is_usual_for():
    for row in load("lawful_bases")["entries"]:
        assert set(row["words_by_sector"]) | set(row["usual_for"]) <= set(SECTORS)


# Local configuration


def test_a_less_urgent_rating_never_falls_due_sooner():
    """In office hours from Monday morning: elapsed hours first, then working hours."""
    for scheme in load("rating_schemes")["schemes"]:
        ratings = sorted(scheme["ratings"], key=lambda rating: rating["order"])
        assert [rating["order"] for rating in ratings] == list(range(1, len(ratings) + 1))
        hours = [rating["answer_within_hours"] for rating in ratings]
        assert hours == sorted(set(hours))


def test_only_clocks_that_run_through_the_night_count_elapsed_hours():
    for scheme in load("rating_schemes")["schemes"]:
        assert scheme["local_configuration"] is True
        for rating in scheme["ratings"]:
            assert (rating["hours_counted"] == "elapsed") == rating["runs_through_the_night"], rating["code"]
        assert [r["code"] for r in scheme["ratings"] if r["runs_through_the_night"]] == ["red"]


def test_offices_open_on_weekdays_only():
    hours = load("rating_schemes")["schemes"][0]["working_hours"]
    assert hours["days"] == {str(day): ["08:30", "17:00"] for day in range(5)}
    assert hours["closed_on_bank_holidays"] is True


def test_every_outcome_belongs_to_a_level_and_a_known_purpose():
    for ladder in load("need_ladders")["ladders"]:
        levels = {level["code"] for level in ladder["levels"]}
        assert all(set(outcome["levels"]) <= levels for outcome in ladder["outcomes"])
        assert {outcome["purpose"] for outcome in ladder["outcomes"]} <= {"", *PURPOSES}
        assert {code for outcome in ladder["outcomes"] for code in outcome["levels"]} == levels


def test_a_timescale_is_a_number_of_something_or_as_soon_as_can_be():
    for row in load("timescales")["entries"]:
        if row["unit"] == "as_soon_as":
            assert row["amount"] is None
        else:
            assert row["unit"] in {"hours", "days", "working_days", "months"}
            assert row["amount"] > 0


def test_nobody_is_told_what_they_must_not_be_told():
    rules = load("feedback_rules")
    parts = {part["code"] for part in rules["parts"]}
    for row in rules["entries"]:
        assert set(row["may_tell"]) <= parts
        assert not set(row["may_tell"]) & set(row["must_not_tell"])
        assert {"identities_to_protect", "sealed"} <= set(row["must_not_tell"])


def test_an_anonymous_caller_is_told_nothing_and_a_neighbour_less_than_a_school():
    may = {row["code"]: set(row["may_tell"]) for row in load("feedback_rules")["entries"]}
    assert may["anonymous"] == set()
    assert may["referrer_public"] < may["referrer"]
    assert "decision" not in may["referrer_public"]


# Chronology and relationships


def test_entries_start_with_a_known_way_of_knowing():
    for row in load("event_kinds")["entries"]:
        assert row["default_how_known"] in HOW_KNOWN, row["code"]
        assert row["sectors"], row["code"]
        assert set(row["sectors"]) <= set(SECTORS), row["code"]
        assert len(row["code"]) <= 40


def test_every_kind_of_entry_belongs_to_one_kind_of_data_that_agreements_speak_of():
    kinds = [kind for category in CATEGORIES.values() for kind in category.event_kinds]
    assert len(kinds) == len(set(kinds))
    assert set(kinds) == codes("event_kinds")


def test_what_a_child_told_is_the_child_s_own_account():
    kinds = {row["code"]: row for row in load("event_kinds")["entries"]}
    assert kinds["child_account"]["default_how_known"] == "child"
    assert kinds["was_not_brought"]["name"].startswith("Was not brought")


def test_relationships_turn_round_and_back():
    kinds = {row["code"]: row for row in load("relationship_kinds")["entries"]}
    for kind in kinds.values():
        assert {kind["inverse"], kind["neutral"]} <= set(kinds), kind["code"]
    not_back = {code for code, kind in kinds.items() if kinds[kind["inverse"]]["inverse"] != kind["neutral"]}
    # The standard has no word for "uncle or aunt", so these turn round to the wider family.
    assert not_back == {"NIENEPH", "NIECE", "NEPHEW"}


def test_a_mother_s_other_end_is_a_child():
    kinds = {row["code"]: row for row in load("relationship_kinds")["entries"]}
    assert kinds["MTH"]["inverse"] == "CHILD"
    assert kinds["MGRMTH"]["inverse"] == "GRNDCHILD"
    assert kinds["HBRO"]["inverse"] == "HSIB"
