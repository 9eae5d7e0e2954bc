"""Patterns and school days are changed from a day on, by administrators alone, and what held before can be told."""

from __future__ import annotations

import json
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from typer.testing import CliRunner

from integration.web.journeys import sign_in
from jigsaw.formats.records import Unreadable
from jigsaw.hub.agreements import queries
from jigsaw.hub.agreements.models import LocalSetting
from jigsaw.hub.cli import main
from jigsaw.hub.kit.errors import Invalid
from people_in_tests import Town

TODAY = timezone.localdate()
DAY = TODAY + timedelta(days=10)
BOARD = "Partnership board, 3 November 2026, item 4"


def press(client: Client, address: str, **changes: Any) -> Any:
    """The form as it comes, sent as a browser would, with a day and a source filled in and these changes."""
    page = client.get(address)
    sent: dict[str, Any] = {"token": page.context["token"], "source": BOARD}
    for field in page.context["form"]:
        value = field.value()
        if value not in (None, "", False):
            sent.setdefault(field.html_name, value)
    sent |= {f"effective_from-{part}": str(getattr(DAY, part)) for part in ("day", "month", "year")} | changes
    return client.post(address, {name: value for name, value in sent.items() if value is not None})


def rule(code: str, *, on: date) -> Any:
    return next((each for each in queries.patterns(on=on).rules if each.code == code), None)


def test_a_pattern_gets_new_figures_and_another_is_switched_off(client: Client, town: Town) -> None:
    sign_in(client, town.ade)
    address = reverse("settings-patterns")
    answer = press(
        client, address, interruptions_a_day="3",
        **{"missing_episodes-at_least": "2", "missing_episodes-words": "Two or more <b>episodes</b> 👧",
           "missing_episodes-source": BOARD, "silence-on": None},
    )  # fmt: skip
    assert answer.status_code == 302, answer.content.decode()
    before, after = DAY - timedelta(days=1), DAY
    assert (rule("missing_episodes", on=before).at_least, rule("missing_episodes", on=after).at_least) == (
        3,
        2,
    )
    assert rule("silence", on=before) and not rule("silence", on=after)
    assert queries.patterns(on=after).interruptions_a_day == 3
    assert queries.patterns(on=after).low_ratings == queries.patterns(on=before).low_ratings
    page = client.get(address).content.decode()
    assert BOARD in page and f"Put in force by {town.ade.name}" in page
    listed = client.get(reverse("settings")).content.decode()
    assert "To come" in listed and f"Put in force by {town.ade.name}" in listed
    again = press(client, address)
    assert again.status_code == 400 and "Another setting starts on this day" in again.content.decode()


def test_what_was_switched_off_is_still_there_to_switch_on(client: Client, town: Town) -> None:
    sign_in(client, town.ade)
    off = [{**each, "on": each["code"] != "silence"} for each in queries.words("patterns")["rules"]]
    LocalSetting.objects.create(
        kind="patterns", effective_from=TODAY, source="x", content={"rules": off, "low_ratings": ["green"]}
    )
    assert press(client, reverse("settings-patterns"), **{"silence-on": "on"}).status_code == 302
    assert not rule("silence", on=TODAY) and rule("silence", on=DAY)
    assert queries.patterns(on=DAY).low_ratings == {"green"}, "what the page does not ask stays"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"missing_episodes-at_least": "2"}, "Say the new figures in these words as well"),
        ({"missing_episodes-at_least": "2"}, "Say where the new figures come from"),
        ({"missing_episodes-at_least": "none"}, "Enter a whole number"),
        ({"missing_episodes-within_months": "99", "missing_episodes-words": "x", "missing_episodes-source": "x"},
         "within_months is a whole number from 1 to 24"),
        ({"several_settings-words": ""}, "Say the rule in words"),
        ({"source": " "}, "Say who agreed this"),
        ({"effective_from-year": "2020"}, "or later"),
    ],
)  # fmt: skip
def test_mistakes_in_a_pattern_are_named(
    client: Client, town: Town, changes: dict[str, str], words: str
) -> None:
    sign_in(client, town.ade)
    answer = press(client, reverse("settings-patterns"), **changes)
    assert (answer.status_code, words in answer.content.decode()) == (400, True), answer.content.decode()
    assert not LocalSetting.objects.filter(kind="patterns").exists()


def test_one_authority_has_its_own_school_days(client: Client, town: Town) -> None:
    sign_in(client, town.ade)
    address = f"{reverse('settings-school-days')}?of={town.northvale.gss_code}"
    kept = queries.school_days_content(on=TODAY, authority=None)
    monday = DAY + timedelta(days=7 - DAY.weekday())
    lines = f"{monday.day}/{monday.month}/{monday.year} to {monday.day}/{monday.month}/{monday.year} Training <day>\n\n"
    answer = press(client, address, opens="09:10", weekdays=["0", "1"], holidays=lines)
    assert answer.status_code == 302, answer.content.decode()
    days = queries.school_days(on=DAY, authority=town.northvale.pk)
    assert (days.opens, days.weekdays, days.is_open(monday)) == (time(9, 10), {0, 1}, False)
    assert days.is_open(monday + timedelta(days=1)) and days.holidays == ((monday, monday),)
    assert queries.school_days_content(on=DAY, authority=town.sharetown.pk) == kept, "others keep theirs"
    page = client.get(address).content.decode()
    assert BOARD in page and f"Put in force by {town.ade.name}" in page
    assert BOARD not in client.get(reverse("settings-school-days")).content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"holidays": "Christmas"}, "“Christmas” cannot be read"),
        ({"holidays": "31/2/2027 to 1/3/2027 Spring"}, "has a day that there is not"),
        ({"holidays": "2/1/2027 to 1/1/2027 <i>Spring</i>"}, "ends before it begins"),
        ({"opens": "nine"}, "Enter the time like 08:30"),
        ({"weekdays": None}, "Tick at least one answer"),
        ({"authority_after_days": "0"}, "greater than or equal to 1"),
    ],
)
def test_mistakes_in_school_days_are_named(
    client: Client, town: Town, changes: dict[str, str], words: str
) -> None:
    sign_in(client, town.ade)
    answer = press(client, reverse("settings-school-days"), **changes)
    page = answer.content.decode()
    assert (answer.status_code, words in page, "<i>Spring" in page) == (400, True, False), page
    assert not LocalSetting.objects.filter(kind="school_days").exists()


def test_they_are_for_the_administrator_alone(client: Client, town: Town) -> None:
    for actor in (town.grace, town.ros):
        sign_in(client, actor)
        for name in ("settings-patterns", "settings-school-days"):
            assert client.get(reverse(name)).status_code == 403
            assert client.post(reverse(name), {"source": "x"}).status_code == 403
    sign_in(client, town.ade)
    assert client.get(f"{reverse('settings-school-days')}?of=E0").status_code == 404


def jigsaw(*words: str) -> Any:
    result = CliRunner().invoke(main.app, ["agreed", *words])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_what_is_shown_can_be_put_in_force_again_as_a_file(town: Town, tmp_path: Path) -> None:
    file, of = tmp_path / "days.json", ("--authority", town.northvale.gss_code)
    shown = jigsaw("show", "school_days", *of)
    file.write_text(json.dumps({**shown, "opens": "08:05"}), encoding="utf-8")
    how = ("--from", str(DAY), "--source", BOARD, "--json")
    assert jigsaw("put", "school_days", str(file), *of, *how)["authority"] == town.northvale.gss_code
    assert queries.school_days(on=DAY, authority=town.northvale.pk).opens == time(8, 5)
    for kind in ("patterns", "unscheduled_care", "pair_reviews"):
        file.write_text(json.dumps(jigsaw("show", kind)), encoding="utf-8")
        assert jigsaw("put", kind, str(file), *how)["kind"] == kind
    file.write_text('{"opens": "nine"}', encoding="utf-8")
    with pytest.raises(Invalid):
        jigsaw("put", "school_days", str(file), *how)
    for wrong in (of, ("--authority", "E0")):
        with pytest.raises(Unreadable):
            jigsaw("put", "patterns", str(file), *how, *wrong)
