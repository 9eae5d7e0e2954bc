"""Joiners, changes and leavers by a list: each line has its outcome, and a leaver is out at once."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone
from typer.testing import CliRunner

from jigsaw.formats import staff_list
from jigsaw.formats.records import Unreadable
from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.agencies import second_factors
from jigsaw.hub.agencies.models import OutsideIdentity, Practitioner
from jigsaw.hub.audit.models import Entry
from jigsaw.hub.cli import main
from jigsaw.hub.kit.errors import Refused
from jigsaw.hub.web.accounts import providers
from people_in_tests import Town
from second_factors_in_tests import code_of

HEADINGS = "Email,Name,Job title,Agency,Roles,Phone,Team,Active,known_as:cis2"
PASSWORD = "a lamp in every window"


def load(folder: Path, *lines: str, headings: str = HEADINGS, more: tuple[str, ...] = ()) -> tuple[int, Any]:
    (folder / "list.csv").write_text("\n".join([headings, *lines]), encoding="utf-8")
    result = CliRunner().invoke(main.app, ["practitioner", "load", str(folder / "list.csv"), *more, "--json"])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, json.loads(result.stdout[result.stdout.index("{") :])


def became(answer: Any) -> list[str]:
    return [line["became"] for line in answer["lines"]]


def test_joiners_changes_and_leavers_each_with_an_outcome(client: Client, town: Town, tmp_path: Path) -> None:
    Practitioner.objects.filter(email="tom@hv.example").update(password=make_password(PASSWORD))
    client.post("/sign-in/", {"username": "tom@hv.example", "password": PASSWORD})
    assert client.get("/notices/").status_code == 200
    lines = (
        "una@sch.example,Una Byrne,Teacher,SCH,practitioner,01632 960 003,Year 6,yes,una-there",
        "amina@hv.example,Amina Yusuf-Ali,Health visitor,HV,practitioner named_safeguarding_lead,,,yes,",
        "tom@hv.example,Tom Baptiste,Named nurse,HV,named_safeguarding_lead,,,no,",
        "ros@sch.example,Ros Okafor,Designated safeguarding lead,SCH,named_safeguarding_lead,,,yes,",
        "",
        "bad@sch.example,,Teacher,SCH,practitioner,,,yes,bad-there",
        "bad2@sch.example,Bad Role,Teacher,SCH,emperor,,,yes,bad2-there",
        "bad3@sch.example,Bad Agency,Teacher,NONE,practitioner,,,yes,bad3-there",
        "no-way-in@sch.example,No Way,Teacher,SCH,practitioner,,,yes,",
        "gone@sch.example,Gone Already,Teacher,SCH,practitioner,,,no,",
        "hannah@pol.example,Hannah Ortiz,Detective constable,SCH,practitioner,,,yes,",
        "kevin@hou.example,Kevin Marsh,Housing officer,HOU,practitioner,,,perhaps,",
        "UNA@sch.example,Una Again,Teacher,SCH,practitioner,,,yes,",
        "taken@sch.example,Taken Subject,Teacher,SCH,practitioner,,,yes,una-there",
    )
    tried = load(tmp_path, *lines, more=("--try",))
    assert not Practitioner.objects.filter(email="una@sch.example").exists()
    assert client.get("/notices/").status_code == 200
    status, answer = load(tmp_path, *lines)
    assert tried == (status, {**answer, "tried_only": True}), "a try says what is then done"
    assert status == 1
    assert became(answer) == ["added", "changed", "switched_off", "unchanged", *["refused"] * 9]
    assert [line["line"] for line in answer["lines"]] == [2, 3, 4, 5, *range(7, 16)]
    whys = [line["why"] for line in answer["lines"][4:]]
    for words, why in zip(
        (
            *("Say who this is", "one of the roles", "no agency with the code NONE", "no way to sign in"),
            *(
                "there is no such account",
                "account is of POL",
                "neither yes nor no",
                "same address as line 2",
            ),
            "known by this already",
        ),
        whys,
        strict=True,
    ):
        assert words in why
    assert client.get("/notices/").status_code == 302, "the leaver is out at the next click"
    una = agencies.account_by_email("una@sch.example")
    assert not una.has_usable_password() and una.team.name == "Year 6"
    assert OutsideIdentity.objects.get().practitioner == una
    amina = agencies.account_by_email("amina@hv.example")
    assert amina.name == "Amina Yusuf-Ali" and amina.roles.count() == 2
    actions = list(Entry.objects.values_list("action", flat=True))
    assert actions.count("practitioner.changed") == actions.count("practitioners.loaded") == 1
    assert Entry.objects.get(action="practitioners.loaded").detail["refused"] == 9


def test_who_comes_back_is_switched_on_and_the_same_list_again_changes_nothing(
    town: Town, tmp_path: Path
) -> None:
    def once(active: str) -> list[str]:
        return became(load(tmp_path, f"tom@hv.example,{active}", headings="email,active")[1])

    assert [once(active) for active in ("no", "no", "yes", "yes")] == [
        *(["switched_off"], ["unchanged"], ["switched_on"], ["unchanged"])
    ]
    assert agencies.account_by_email("tom@hv.example").roles.count() == 1, "what has no column stays"


def test_first_passwords_go_to_a_file_for_one_person_alone(
    client: Client, town: Town, tmp_path: Path
) -> None:
    line = "una@sch.example,Una Byrne,Teacher,SCH,practitioner,,,yes,"
    handed = tmp_path / "passwords.csv"
    assert load(tmp_path, line, more=("--passwords-to", str(handed), "--try"))[0] == 0
    assert not handed.exists()
    status, answer = load(tmp_path, line, more=("--passwords-to", str(handed)))
    assert status == 0 and handed.stat().st_mode & 0o077 == 0
    [row] = csv.DictReader(io.StringIO(handed.read_text()))
    assert row["first_password"] not in json.dumps(answer)
    entered = client.post("/sign-in/", {"username": row["email"], "password": row["first_password"]})
    assert entered.status_code == 302
    with pytest.raises(Unreadable, match="not there yet"):
        load(
            tmp_path,
            "uma@sch.example,Uma,Teacher,SCH,practitioner,,,yes,",
            more=("--passwords-to", str(handed)),
        )
    assert not Practitioner.objects.filter(email="uma@sch.example").exists(), (
        "no account without its password"
    )


def test_only_those_who_manage_accounts_load_a_list(town: Town, tmp_path: Path) -> None:
    with pytest.raises(Refused):
        load(tmp_path, "tom@hv.example,no", headings="email,active", more=("--as", "amina@hv.example"))
    status, answer = load(
        tmp_path,
        "ade@sscp.example,no",
        "tom@hv.example,no",
        headings="email,active",
        more=("--as", "ade@sscp.example"),
    )
    assert status == 1 and became(answer) == ["refused", "switched_off"]
    assert "your own account" in answer["lines"][0]["why"]


def test_what_a_place_calls_somebody_is_said_by_command(town: Town, settings: Any) -> None:
    def say(subject: str, place: str = "cis2") -> Any:
        words = ["practitioner", "known-as", "amina@hv.example", place, subject, "--json"]
        return CliRunner().invoke(main.app, words)

    assert isinstance(say("x").exception, Unreadable), "nothing is configured"
    there = providers.Provider(
        code="cis2", name="CIS2", issuer="https://am.example", client_id="1", levels=frozenset({"AAL3"})
    )
    settings.SIGN_IN_WITH = {"cis2": there}
    assert json.loads(say("555").stdout)["known"] and OutsideIdentity.objects.get().subject == "555"
    assert not json.loads(say("").stdout)["known"] and not OutsideIdentity.objects.exists()


def test_when_all_is_lost_a_command_takes_it_away_also_from_the_last_administrator(town: Town) -> None:
    """On the pages nobody can take away their own; whoever lost everything cannot even get there."""
    now = timezone.now()
    new = second_factors.new_app(town.ade)
    second_factors.add_app(actor=town.ade, sealed=new.sealed, code=code_of(new.by_hand, now), now=now)
    ran = CliRunner().invoke(main.app, ["practitioner", "lost", "ade@sscp.example", "--json"])
    assert json.loads(ran.stdout)["taken_away"] == 1
    assert not agencies.has_second_factor(agencies.account_by_email("ade@sscp.example"))
    assert Entry.objects.get(action="second_factor.all_taken_away").practitioner is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("name,roles\nUna,practitioner\n", "email is missing"),
        ("email,Email\na,b\n", "there twice"),
        ("email,shoe size\na,b\n", "“shoe_size” is none of them"),
        ("email,active\na@b.example,no,more\n", "Line 2 has more cells"),
        ('email,name\na@b.example,"Una\n', "quotation mark"),
    ],
)
def test_a_list_that_cannot_be_read_whole_does_nothing(text: str, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        list(staff_list.read(io.BytesIO(text.encode())))
