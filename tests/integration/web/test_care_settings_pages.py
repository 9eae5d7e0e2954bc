"""Administrators change a setting of unscheduled care; what follows holds at once."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from care_in_tests import Care, adt, make_care
from integration.web.journeys import sign_in
from jigsaw.hub.audit.models import Entry as AuditEntry
from jigsaw.hub.kit.ids import uuid7
from jigsaw.hub.unscheduled_care import settings
from people_in_tests import Town

NOW = timezone.now()
SECRET = "a-secret-of-more-than-thirty-two-letters"


@pytest.fixture
def care(town: Town) -> Care:
    return make_care(town, now=NOW)


def press(client: Client, care: Care, **changes: Any) -> Any:
    told = {
        "token": str(uuid7()), "name": "Emergency", "ods_code": "RXX09", "phone": "01632 960 301",
        "out_of_hours_phone": "01632 960 302", "worked_on_by": str(care.fay.practitioner_id),
        "addresses": "127.0.0.1\n10.20.0.7", "facility": "", "secret": "", "active": "on", **changes,
    }  # fmt: skip
    sent = {name: value for name, value in told.items() if value is not None}
    return client.post(reverse("settings-care-one", args=[care.setting.pk]), sent)


def test_what_is_changed_holds_and_is_written_down_without_the_secret(client: Client, care: Care) -> None:
    sign_in(client, care.town.ade)
    assert care.setting.name in client.get(reverse("settings-care")).content.decode()
    page = client.get(reverse("settings-care-one", args=[care.setting.pk])).content.decode()
    assert "Fay Lister" in page and "127.0.0.1" in page and care.secret not in page
    assert press(client, care, secret=SECRET, may_look="on").status_code == 302
    found = settings.of_secret(SECRET)
    assert found and (found.name, found.ods_code, found.may_look) == ("Emergency", "RXX09", True)
    assert settings.of_secret(care.secret) is None, "the old secret opens nothing any more"
    assert settings.of_address("10.20.0.7") == [found]
    assert (found.agency.phone, found.agency.out_of_hours_phone) == ("01632 960 301", "01632 960 302")
    logged = AuditEntry.objects.get(action="setting.changed")
    assert "secret_hash" in logged.detail["fields"] and SECRET not in str(logged.detail)
    assert AuditEntry.objects.filter(action="agency.phones_changed").exists()
    assert press(client, care).status_code == 302
    assert settings.of_secret(SECRET), "an empty field keeps the secret"


def test_switched_off_nobody_looks_and_nothing_is_taken(client: Client, care: Care) -> None:
    sign_in(client, care.town.ade)
    assert press(client, care, active=None).status_code == 302
    assert settings.of_address("127.0.0.1") == []
    sent = client.post(reverse("attendances-in"), "\r".join(adt("A04", "1")), content_type="application/hl7-v2",
                       headers={"Authorization": f"Bearer {care.secret}"})  # fmt: skip
    assert sent.status_code == 401
    sign_in(client, care.ada)
    assert client.get(reverse("care")).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"ods_code": "not one"}, "ods_code"),
        ({"name": " "}, "name"),
        ({"addresses": "ed.hospital.example"}, "addresses"),
        ({"secret": "short"}, "secret"),
        ({"worked_on_by": str(uuid7())}, "worked_on_by"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(client: Client, care: Care, wrong: Any, field: str) -> None:
    sign_in(client, care.town.ade)
    answer = press(client, care, **wrong)
    assert (answer.status_code, set(answer.context["form"].errors)) == (400, {field})
    care.setting.refresh_from_db()
    assert care.setting.ods_code == "RXX01"


def test_a_system_that_may_look_has_a_secret_of_its_own(client: Client, care: Care) -> None:
    other, secret = settings.add(
        actor=care.town.ade, agency=care.town.health, code="WIC", name="Walk-in centre", ods_code="RXX02",
        worked_on_by=care.setting.worked_on_by, now=NOW,
    )  # fmt: skip
    assert secret == ""
    sign_in(client, care.town.ade)
    path = reverse("settings-care-one", args=[other.pk])
    told = {"token": str(uuid7()), "name": "WIC", "ods_code": "RXX02", "active": "on", "may_look": "on",
            "worked_on_by": str(care.fay.practitioner_id)}  # fmt: skip
    for taken in ("", care.secret):
        answer = client.post(path, told | {"secret": taken})
        assert set(answer.context["form"].errors) == {"secret"}


def test_only_administrators_see_or_change_it(client: Client, care: Care) -> None:
    sign_in(client, care.fay)
    assert client.get(reverse("settings-care")).status_code == 403
    assert press(client, care).status_code == 403
    care.setting.refresh_from_db()
    assert care.setting.ods_code == "RXX01"
