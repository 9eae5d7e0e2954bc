"""The journey that `jigsaw demo --headless` runs reports every part of the contract, from the database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import databases_in_tests
from jigsaw.hub.training import journey, sharetown
from people_in_tests import MONDAY


@pytest.fixture(scope="module")
def finished(django_db_setup: None) -> Iterator[dict[str, Any]]:
    """What the journey reported, in the hub as it left it."""
    with databases_in_tests.lasting(databases_in_tests.EMPTY):
        sharetown.fill(now=MONDAY)
        yield journey.run(now=MONDAY)


@pytest.fixture
def report(finished: dict[str, Any], db: None) -> dict[str, Any]:
    return finished


def test_the_journey_ends_with_everyone_answered_and_told(report: dict[str, Any]) -> None:
    assert set(report) == {
        "referral", "match", "enquiry", "requests", "decisions", "withheld_told_to_requester",
        "chronology_entries", "threshold", "feedback", "audit",
    }  # fmt: skip
    assert report["referral"]["children"] == ["Katie Walsh", "Poppy Walsh", "Jayden Walsh"]
    assert len(report["requests"]) >= 6 and all(r["answered"] for r in report["requests"])
    assert all(m["linked"] == "linked" and m["evidence"] for m in report["match"])
    choices = [d["choice"] for d in report["decisions"]]
    assert {"share", "part", "withhold"} <= set(choices)
    assert len(report["withheld_told_to_requester"]) == choices.count("withhold")
    assert all(w["reason"] and w["look_again_when"] for w in report["withheld_told_to_requester"])
    assert report["chronology_entries"] > 10
    assert report["feedback"] and all(f["given"] and f["done"] for f in report["feedback"])
    assert report["audit"]["ok"]


def test_no_protected_name_leaves_with_any_release(report: dict[str, Any]) -> None:
    from jigsaw.hub.chronology.models import Release
    from jigsaw.sharing_rules.identities import identities_in

    released = Release.objects.select_related("entry")
    assert released.count() > 10
    for release in released:
        words = f"{release.title} {release.text} {release.child_words}"
        assert identities_in(words, release.entry.protect) == ()
