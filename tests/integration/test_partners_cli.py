"""A real partnership is set up from the command line, with every act checked and written down."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.audit.models import Entry
from jigsaw.hub.cli import main
from jigsaw.hub.cli.answers import in_one_sentence
from jigsaw.hub.config.settings import sorted_hashes
from jigsaw.hub.kit.errors import Invalid, NotHere, Refused
from people_in_tests import Town

PASSWORD = "a lamp in every window"
PLACE = "E06999993"


def jigsaw(*words: str, typed: str = "") -> Any:
    """Run a command in this process; what it answers as JSON, or the error it raised."""
    result = CliRunner().invoke(main.app, [*words, "--json"], input=typed)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout[result.stdout.index("{") :])


def add(email: str, *more: str, typed: str = f"{PASSWORD}\n{PASSWORD}\n", role: str = "practitioner") -> Any:
    who = ("--agency", "NEW", "--name", "Una Byrne", "--job-title", "Teacher", "--role", role)
    return jigsaw("practitioner", "add", email, *who, *more, typed=typed)


@pytest.fixture
def set_up(db: None) -> None:
    jigsaw(
        "partnership",
        "set",
        "--name",
        "Ours",
        "--phone",
        "01632 960 002",
        "--authority",
        f"{PLACE} 993 Our town",
    )
    school = ("--name", "New school", "--sector", "ED", "--authority", PLACE)
    jigsaw("agency", "add", "NEW", *school, "--front-door")


def test_from_nothing_to_somebody_who_signs_in(set_up: None) -> None:
    made = add("una@new.example")
    jigsaw("agency", "escalate", "NEW", "--to", "una@new.example")
    found = agencies.practitioner_with_password("una@new.example", PASSWORD)
    assert str(found.pk) == made["practitioner"] and found.password.startswith("argon2$")
    school = agencies.agency_by_code("NEW")
    assert school.escalates_to == found
    assert agencies.front_door(agencies.authorities()[PLACE]) == school
    assert jigsaw("practitioner", "deactivate", "una@new.example")["active"] is False
    assert agencies.practitioner_with_password("una@new.example", PASSWORD) is None
    done = set(Entry.objects.values_list("action", flat=True))
    assert done >= {
        "partnership.set_up",
        "authority.added",
        "agency.added",
        "role.set",
        "practitioner.added",
        "agency.escalation_named",
        "practitioner.deactivated",
    }


def test_postcodes_say_where_an_authority_lies(set_up: None) -> None:
    made = jigsaw("partnership", "postcodes", PLACE, "st2", "ST1 4")
    assert made == {"authority": PLACE, "postcodes": ["ST1 4", "ST2"]}
    found = agencies.authority_at("ST1 4QZ")
    assert found and found.gss_code == PLACE


def test_setting_up_again_keeps_what_is_there(set_up: None) -> None:
    again = jigsaw(
        "partnership",
        "set",
        "--name",
        "Ours, renamed",
        "--phone",
        "1",
        "--authority",
        f"{PLACE} 993 Our town",
    )
    assert again["authorities_added"] == []
    assert agencies.partnership().name == "Ours, renamed"


def test_the_password_comes_from_a_file_and_never_as_an_argument(set_up: None, tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text(f"{PASSWORD}\n")
    add("una@new.example", "--password-file", str(secret), typed="")
    assert agencies.practitioner_with_password("una@new.example", PASSWORD)
    result = CliRunner().invoke(main.app, ["practitioner", "add", "--help"])
    assert "--password " not in result.output


@pytest.mark.parametrize(
    "weak", ["tiny boat", "password1234", "argon2$unusable", "safeguarding12", "una@new.example"]
)
def test_a_password_that_is_easy_to_guess_is_refused_in_words(set_up: None, weak: str) -> None:
    with pytest.raises(Exception, match=r".") as refused:
        add("una@new.example", typed=f"{weak}\n{weak}\n")
    words = in_one_sentence(refused.value)
    assert words and "password" in words.lower() and weak not in words
    with pytest.raises(NotHere):
        agencies.account_by_email("una@new.example")


@pytest.mark.parametrize("weak", ["jennifer1985", "Byrne-renamed", "reNamed12345"])
def test_names_of_theirs_and_of_the_place_make_no_password(set_up: None, weak: str) -> None:
    jigsaw(
        "partnership",
        "set",
        "--name",
        "Ours, renamed",
        "--phone",
        "1",
        "--authority",
        f"{PLACE} 993 Our town",
    )
    with pytest.raises(Invalid) as refused:
        add("una@new.example", typed=f"{weak}\n{weak}\n")
    assert "hard to guess and easy to remember" in str(refused.value.fields["password"])


def test_a_leaked_password_is_refused_in_words(set_up: None, settings: Any, tmp_path: Path) -> None:
    leaked = "kettle sofa rain"
    file = tmp_path / "leaked.txt"
    file.write_text(hashlib.sha1(leaked.encode(), usedforsecurity=False).hexdigest().upper() + ":3\n")
    settings.LEAKED_PASSWORDS = file
    with pytest.raises(Invalid) as refused:
        add("una@new.example", typed=f"{leaked}\n{leaked}\n")
    assert "was leaked elsewhere" in str(refused.value.fields["password"])
    add("una@new.example", typed="kettle sofa snow\nkettle sofa snow\n")


def test_a_file_of_leaked_passwords_in_another_form_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "leaked.txt"
    monkeypatch.setenv("JIGSAW_LEAKED_PASSWORDS", str(file))
    with pytest.raises(RuntimeError, match="cannot be read"):
        sorted_hashes("JIGSAW_LEAKED_PASSWORDS")
    for wrong in ("password1\n", f"{'A' * 40}\n{'0' * 40}\n", ""):
        file.write_text(wrong)
        with pytest.raises(RuntimeError, match="Have I Been Pwned"):
            sorted_hashes("JIGSAW_LEAKED_PASSWORDS")
    file.write_text(f"{'0' * 40}:2\n{'A' * 40}:1\n")
    assert sorted_hashes("JIGSAW_LEAKED_PASSWORDS") == file


def test_mistakes_are_named(set_up: None) -> None:
    add("una@new.example")
    with pytest.raises(Invalid) as taken:
        add("UNA@new.example")
    assert "email" in taken.value.fields
    with pytest.raises(Invalid) as role:
        add("new@new.example", role="wizard")
    assert "named_safeguarding_lead" in str(role.value.fields["roles"])
    with pytest.raises(Invalid) as agency:
        jigsaw("agency", "add", "new", "--name", "", "--sector", "??", "--authority", PLACE)
    assert set(agency.value.fields) == {"code", "name", "sector"}
    with pytest.raises(Exception, match="There is no authority"):
        jigsaw("agency", "add", "X", "--name", "X", "--sector", "ED", "--authority", "E1")


def test_as_somebody_who_may_not_it_is_refused(town: Town) -> None:
    tom = agencies.practitioners([town.tom.practitioner_id])[town.tom.practitioner_id]
    with pytest.raises(Refused):
        jigsaw("practitioner", "deactivate", "amina@hv.example", "--as", tom.email)
    assert agencies.account_by_email("amina@hv.example").is_active
    with pytest.raises(Invalid):
        jigsaw("agency", "escalate", "POL", "--to", tom.email)
    ade = agencies.practitioners([town.ade.practitioner_id])[town.ade.practitioner_id]
    jigsaw("practitioner", "deactivate", "amina@hv.example", "--as", ade.email)
    assert not agencies.account_by_email("amina@hv.example").is_active


def test_a_law_is_confirmed_and_then_waits_no_more(set_up: None) -> None:
    def listed() -> Any:
        result = CliRunner().invoke(main.app, ["partnership", "instruments", "--unconfirmed", "--json"])
        return result.exit_code, json.loads(result.stdout)

    status, before = listed()
    assert status == 1, "something needs a person"
    assert "s16LA" in {each["code"] for each in before["instruments"]}
    source = "SI 2026/1234, legislation.gov.uk"
    made = jigsaw("partnership", "confirm", "s16LA", "--from", "2026-10-05", "--source", source)
    assert (made["commenced_on"], made["ended_on"]) == ("2026-10-05", None)
    _status, after = listed()
    assert after["unconfirmed"] == before["unconfirmed"] - 1 and after["edition"] != before["edition"]
    assert "s16LA" not in {each["code"] for each in after["instruments"]}
    with pytest.raises(NotHere):
        jigsaw("partnership", "confirm", "s99", "--source", source)
    with pytest.raises(Invalid):
        jigsaw("partnership", "confirm", "s16LA", "--source", " ")
