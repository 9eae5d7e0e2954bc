"""The pages of plans: begun, corrected, ended, moved at birth; by those who keep them, and nobody else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from integration.web.journeys import sign_in
from jigsaw.hub.people.records import Facts
from jigsaw.hub.unscheduled_care.models import Plan
from people_in_tests import Town
from plans_in_tests import PROTECTION, UNBORN, begin
from practice_in_tests import Practice

NOW = timezone.now()


@pytest.fixture
def katie(town: Town) -> Any:
    return Practice(town, NOW).hold(town.amina)


def day(name: str, value: Any) -> dict[str, str]:
    return {f"{name}-{part}": str(getattr(value, part)) for part in ("day", "month", "year")}


def test_a_plan_is_begun_from_the_list_and_pressing_twice_begins_one(
    client: Client, town: Town, katie: Any
) -> None:
    sign_in(client, town.grace)
    found = client.post(reverse("plans"), {"do": "look", "q": "9990000018"}, follow=True)
    address = reverse("plan-new", args=[katie.person_id])
    assert address in found.content.decode()
    token = client.get(address).context["token"]
    sent = {"token": token, "kind": "child_protection", **day("starts_on", NOW.date() - timedelta(days=3))}
    first, second = client.post(address, sent), client.post(address, sent)
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"] == reverse("plan", args=[Plan.objects.get().pk])
    page = client.get(first["Location"]).content.decode()
    assert "Sharetown" in page
    assert "01632 960 001" in page


def test_what_is_wrong_stands_beside_its_field_with_what_was_typed(
    client: Client, town: Town, katie: Any
) -> None:
    sign_in(client, town.grace)
    sent = {"kind": "unborn", **day("starts_on", NOW.date() + timedelta(days=3))}
    answer = client.post(reverse("plan-new", args=[katie.person_id]), sent)
    assert answer.status_code == 400
    assert {"starts_on", "expected_on"} <= set(answer.context["form"].errors)
    assert not Plan.objects.exists()


def test_it_is_ended_corrected_and_withdrawn_on_its_page(client: Client, town: Town, katie: Any) -> None:
    plan = begin(town, katie, PROTECTION, now=NOW)
    sign_in(client, town.grace)
    address = reverse("plan", args=[plan.pk])
    assert client.post(address, {"do": "withdraw", "reason": ""}).status_code == 400
    assert client.post(address, {"do": "end", **day("ends_on", NOW.date())}).status_code == 302
    correct = reverse("plan-correct", args=[plan.pk])
    sent = {"kind": "looked_after", "reason": "<b>It was care</b>", **day("starts_on", PROTECTION.starts_on)}
    newer = client.post(correct, sent)["Location"]
    page = client.get(newer).content.decode()
    assert "&lt;b&gt;It was care&lt;/b&gt;" in page
    assert client.get(correct).status_code == 200
    assert client.post(newer, {"do": "withdraw", "reason": "Her cousin."}).status_code == 302
    assert not Plan.objects.filter(closed_as="").exists()


def test_the_baby_is_born(client: Client, town: Town) -> None:
    mother = Practice(town, NOW).hold(town.amina, Facts(given="Donna", family="Walsh", sex="F"))
    plan = begin(town, mother, UNBORN, now=NOW)
    sign_in(client, town.grace)
    sent = {"family": "Walsh", "sex": "F", "nhs_number": "123", **day("born", NOW.date())}
    assert client.post(reverse("plan-born", args=[plan.pk]), sent).status_code == 400
    moved = client.post(reverse("plan-born", args=[plan.pk]), sent | {"nhs_number": "999 000 0026"})
    assert Plan.objects.get(closed_as="").record.born == NOW.date()
    assert client.get(moved["Location"]).status_code == 200


def test_others_are_refused_in_words(client: Client, town: Town, katie: Any) -> None:
    plan = begin(town, katie, PROTECTION, now=NOW)
    sign_in(client, town.amina)
    for address in (
        reverse("plans"),
        reverse("plan", args=[plan.pk]),
        reverse("plan-new", args=[katie.person_id]),
    ):
        assert client.get(address).status_code == 403
