"""A setting's system asks in FHIR for a practitioner: shown, recorded and told as in the browser, and never without one."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from fhir.resources.R4B import get_fhir_model_class

from care_in_tests import NUMBER, ODS, Care, make_care, practitioner
from jigsaw.hub.agreements import operations as agreements
from jigsaw.hub.audit.models import Entry as AuditEntry
from jigsaw.hub.kit import context
from jigsaw.hub.kit.actor import SYSTEM, Actor
from jigsaw.hub.people import operations as people
from jigsaw.hub.unscheduled_care import operations
from jigsaw.hub.unscheduled_care.models import Access, Alert
from jigsaw.hub.unscheduled_care.operations import Said
from people_in_tests import KATIE, Town
from plans_in_tests import UNBORN, begin
from practice_in_tests import Practice

NOW = timezone.now()
BASE = "/fhir/R4"
SYSTEM_OF_NUMBERS = "https://fhir.nhs.uk/Id/nhs-number"
KNOWN = {"patient:identifier": f"{SYSTEM_OF_NUMBERS}|{NUMBER}"}
OTHER = {"patient:identifier": f"{SYSTEM_OF_NUMBERS}|9990000026"}
KINDS = ("Flag", "CarePlan", "CareTeam", "AuditEvent")


@dataclass
class Asking:
    """A hospital's system that asks for Ada, and what it hears, each answer held against FHIR's own rules."""

    care: Care
    client: Client

    def get(self, path: str, told: Any = None, **headers: str | None) -> Any:
        return self.hear(self.client.get(f"{BASE}/{path}", told, headers=self.heading(headers)))

    def heading(self, more: dict[str, str | None]) -> dict[str, str]:
        plain = {
            "Authorization": f"Bearer {self.care.secret}",
            "On-Behalf-Of": address(self.care.ada),
            "IsUnscheduledAccessEvent": "true",
        }
        told = plain | {name.replace("_", "-"): value for name, value in more.items()}
        return {name: value for name, value in told.items() if value is not None}

    @staticmethod
    def hear(answer: Any) -> Any:
        assert answer["Content-Type"] == "application/fhir+json"
        if answer.content:
            told = answer.json()
            get_fhir_model_class(told["resourceType"]).model_validate(told)
        return answer

    def found(self, path: str, told: Any = None, **headers: str | None) -> dict[str, list[Any]]:
        """What a search found, by how it came to be in the answer."""
        answer = self.get(path, told or KNOWN, **headers)
        assert answer.status_code == 200, answer.content
        bundle = answer.json()
        by: dict[str, list[Any]] = {"match": [], "include": [], "outcome": []}
        for entry in bundle.get("entry", ()):
            by[entry["search"]["mode"]].append(entry["resource"])
            if entry["search"]["mode"] != "outcome":
                kind, pk = entry["resource"]["resourceType"], entry["resource"]["id"]
                assert entry["fullUrl"] == f"http://testserver{BASE}/{kind}/{pk}"
        assert bundle["total"] == len(by["match"])
        return by


def address(actor: Actor) -> str:
    return str(practitioner(actor).email)


def issue(answer: Any) -> tuple[int, str, str]:
    [one] = answer.json()["issue"]
    return answer.status_code, one["code"], one["details"]["coding"][0]["code"]


def words(outcomes: list[Any]) -> str:
    return " ".join(one["issue"][0]["details"]["text"] for one in outcomes)


@pytest.fixture
def asking(client: Client, town: Town) -> Asking:
    care = make_care(town, now=NOW)
    care.setting.may_look = True
    care.setting.save()
    return Asking(care, client)


# --- what is shown ------------------------------------------------------------------------------------------


def test_a_flag_brings_the_kind_the_dates_the_authority_and_both_telephones(asking: Asking) -> None:
    found = asking.found("Flag", {"patient": NUMBER, "code": "child-protection-information-system-flag"})
    [flag], [plan, team] = found["match"], found["include"]
    assert flag["extension"][0]["valueReference"]["reference"] == f"CarePlan/{plan['id']}"
    assert plan["careTeam"][0]["reference"] == f"CareTeam/{team['id']}"
    assert plan["category"][0]["coding"][0]["code"] == "342191000000101"
    assert plan["period"] == {"start": asking.care.plan.starts_on.isoformat()}
    assert (flag["status"], team["name"]) == ("active", "Sharetown")
    phones = {one["use"]: one["value"] for one in team["telecom"]}
    assert phones["work"] == "01632 960 001"
    assert flag["subject"]["identifier"]["value"] == NUMBER
    assert "Katie" not in str(found), "a name is not told"


def test_the_authority_is_told_as_of_a_look_in_the_browser_and_once(asking: Asking) -> None:
    for kind in KINDS:
        assert asking.found(kind)["match"], kind
    access = Access.objects.get()
    assert (access.practitioner_id, access.how, access.unscheduled) == (
        asking.care.ada.practitioner_id, "looked", True,
    )  # fmt: skip
    assert (access.setting, access.alert) == (asking.care.setting, Alert.objects.get())
    logged = AuditEntry.objects.filter(
        practitioner=asking.care.ada.practitioner_id, agency=asking.care.ada.agency_id
    )
    assert logged.filter(action="care.looked").count() == 1
    assert logged.filter(action="care.viewed").count() == len(KINDS)
    assert logged.filter(action="care.asked_by_system", people=[asking.care.katie.person_id]).count() == len(
        KINDS
    )
    Access.objects.update(at=NOW - timedelta(minutes=20))
    assert asking.found("CareTeam")["match"]
    assert Access.objects.count() == 2, "later it is another look"


def test_of_planned_care_nobody_is_told(asking: Asking) -> None:
    assert asking.found("CareTeam", IsUnscheduledAccessEvent="false")["match"]
    assert not Alert.objects.exists()
    assert asking.found("CareTeam")["match"]
    assert Alert.objects.exists(), "that it was looked up as planned hides nothing"


def test_a_second_plan_since_the_look_is_told_too(asking: Asking) -> None:
    assert asking.found("CareTeam")["match"]
    begin(asking.care.town, asking.care.katie, Said(kind="looked_after", starts_on=NOW.date()), now=NOW)
    assert len(asking.found("CareTeam")["match"]) == 2
    assert {access.plan.kind for access in Access.objects.all()} == {"child_protection", "looked_after"}


def test_whether_it_is_unplanned_is_never_assumed(asking: Asking) -> None:
    for said in (None, "", "yes"):
        assert issue(asking.get("Flag", KNOWN, IsUnscheduledAccessEvent=said))[0::2] == (
            400, "PRECONDITION_FAILED",
        )  # fmt: skip
    assert not Access.objects.exists()


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_known_never_reads_as_no_risk(asking: Asking, kind: str) -> None:
    found = asking.found(kind, OTHER)
    assert found["match"] == found["include"] == []
    told = words(found["outcome"])
    assert "Nothing is known here. This does not say that the child is safe." in told
    assert "01632 960 000" in told
    assert AuditEntry.objects.filter(action="care.looked", detail__found=False).exists()


def test_an_ended_plan_says_so_and_an_unborn_childs_whose_it_is(asking: Asking) -> None:
    grace, plan = asking.care.town.grace, asking.care.plan
    operations.end(actor=grace, plan=plan.pk, ends_on=NOW.date() - timedelta(days=1), now=NOW)
    begin(asking.care.town, asking.care.katie, UNBORN, now=NOW)
    unborn, ended = asking.found("CarePlan")["match"]
    assert (ended["status"], ended["period"]["end"]) == (
        "completed", (NOW.date() - timedelta(days=1)).isoformat(),
    )  # fmt: skip
    assert unborn["category"][0]["coding"][0]["code"] == "818901000000100"
    assert "Baby expected" in unborn["note"][0]["text"]
    assert {one["status"] for one in asking.found("Flag")["match"]} == {"active", "inactive"}


def test_the_last_accesses_come_with_their_number_and_frequency(asking: Asking) -> None:
    asking.found("Flag")
    first = Access.objects.get()
    # By the clock on the wall: a day may have 23 or 25 hours, and each access is to have a day of its own.
    last = timezone.localtime(first.at)
    for day in range(1, 30):
        Access.objects.create(
            plan=first.plan, record=first.record, alert=first.alert, setting=first.setting, agency=first.agency,
            how="came", unscheduled=True, at=last - timedelta(days=day),
        )  # fmt: skip
    found = asking.found("AuditEvent", KNOWN | {"_include": "AuditEvent:agent:PractitionerRole"})
    assert len(found["match"]) == 25
    newest = found["match"][0]
    assert newest["recorded"].endswith("Z") and newest["source"]["observer"]["identifier"]["value"] == ODS
    [role] = found["include"]
    assert newest["agent"][0]["who"]["reference"] == f"PractitionerRole/{role['id']}"
    assert role["code"][0]["text"] == first.role
    [told] = found["outcome"]
    counts = {one["url"]: one["valueUnsignedInt"] for one in told["extension"][0]["extension"]}
    assert counts == {"days": 30, "settings": 1, "days-of-the-last-30": 30}
    assert "on 30 days, at 1 setting" in words([told])
    assert asking.found("AuditEvent")["include"] == []


def test_what_a_look_showed_is_read_again_until_it_is_gone(asking: Asking) -> None:
    plan = asking.care.plan.pk
    absent = asking.get(f"CareTeam/{plan}")
    assert issue(absent) == (404, "not-found", "RESOURCE_NOT_FOUND"), "nobody looked yet"
    assert absent.json() == asking.get(f"CareTeam/{uuid4()}").json()
    asking.found("Flag")
    assert asking.get(f"CareTeam/{plan}").json()["name"] == "Sharetown"
    colleague = Practice(asking.care.town, NOW).someone(
        "Cy Lee", asking.care.town.health, "emergency_clinician"
    )
    assert asking.get(f"CareTeam/{plan}", On_Behalf_Of=address(colleague)).json() == absent.json()
    operations.withdraw(actor=asking.care.town.grace, plan=plan, reason="Wrong child.", now=NOW)
    assert issue(asking.get(f"CareTeam/{plan}")) == (410, "deleted", "RESOURCE_GONE")
    assert asking.get(f"AuditEvent/{plan}").status_code == 404


def test_several_with_a_plan_under_one_number_are_for_a_person_to_tell_apart(asking: Asking) -> None:
    other = Practice(asking.care.town, NOW).hold(asking.care.town.hannah, replace(KATIE, given="Joan"))
    assert other.person_id != asking.care.katie.person_id
    begin(asking.care.town, other, now=NOW)
    assert issue(asking.get("Flag", KNOWN)) == (409, "multiple-matches", "MULTIPLE_MATCHES")
    assert not Access.objects.exists()
    assert AuditEntry.objects.filter(action="care.looked").exists()


# --- who may ask --------------------------------------------------------------------------------------------


def test_nobody_asks_without_the_secret_of_a_setting_that_may_look(asking: Asking) -> None:
    for wrong in (None, "Bearer guess", f"Basic {asking.care.secret}", "Bearer "):
        answer = asking.get("Flag", KNOWN, Authorization=wrong)
        assert (issue(answer), answer["WWW-Authenticate"]) == ((401, "login", "ACCESS_DENIED"), "Bearer")
    assert issue(asking.get("Flag", KNOWN, On_Behalf_Of=None))[0::2] == (400, "PRECONDITION_FAILED")
    asking.care.setting.may_look = False
    asking.care.setting.save()
    assert issue(asking.get("Flag", KNOWN)) == (403, "forbidden", "ACCESS_DENIED")
    asking.care.setting.active = False
    asking.care.setting.save()
    assert asking.get("Flag", KNOWN).status_code == 401
    assert not Access.objects.exists()


def test_another_agencys_and_nobody_look_alike_and_a_role_that_may_not_look_is_refused(
    asking: Asking,
) -> None:
    elsewhere = asking.get("Flag", KNOWN, On_Behalf_Of=address(asking.care.town.grace))
    assert elsewhere.json() == asking.get("Flag", KNOWN, On_Behalf_Of="nobody@sharetown.example").json()
    assert issue(elsewhere) == (403, "forbidden", "ACCESS_DENIED")
    mine = asking.get("Flag", KNOWN, On_Behalf_Of=address(asking.care.fay))
    assert issue(mine) == (403, "forbidden", "ACCESS_DENIED")
    assert "role" in words([mine.json()])
    assert not Access.objects.exists()


def test_nobody_too_close_is_shown_anything_and_that_they_asked_is_written_down(asking: Asking) -> None:
    ada, katie = asking.care.ada.practitioner_id, asking.care.katie.person_id
    assert ada
    people.declare_conflict(actor=SYSTEM, practitioner=ada, person=katie, why="Aunt", now=NOW)
    assert issue(asking.get("Flag", KNOWN)) == (403, "forbidden", "ACCESS_DENIED")
    assert not Access.objects.exists()
    assert AuditEntry.objects.filter(action="person.refused", people=[katie]).exists()


def test_a_stolen_secret_cannot_try_one_number_after_another(asking: Asking) -> None:
    agreements.put_in_force(
        actor=SYSTEM, kind="unscheduled_care", content={"looks_an_hour": 2}, source="Board",
        effective_from=NOW.date(), now=NOW,
    )  # fmt: skip
    for _again in range(2):
        asking.found("Flag", OTHER)
    answer = asking.get("Flag", KNOWN)
    assert (issue(answer), answer["Retry-After"]) == ((429, "throttled", "TOO_MANY_REQUESTS"), "600")
    assert not Access.objects.exists()


def test_the_database_shows_it_to_the_practitioner_alone(asking: Asking) -> None:
    """The door answers for the practitioner's agency: without the step that writes down the look no plan is read."""
    with context.acting(asking.care.ada, door="fhir", now=NOW), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM unscheduled_care_plan")
        assert cursor.fetchone() == (0,)


# --- how one asks -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"patient": ""},
        {"patient": "9990000017"},
        {"patient:identifier": NUMBER},
        {"patient:identifier": f"https://elsewhere.example|{NUMBER}"},
        {"patient": f"{NUMBER},9990000026"},
        {"patient": [NUMBER, "9990000026"]},
        {"patient": "\x00"},
        {"patient:exact": NUMBER, **KNOWN},
        {**KNOWN, "code": "female-genital-mutilation-flag"},
    ],
)
def test_a_search_that_says_nothing_or_two_things_is_refused(asking: Asking, told: Any) -> None:
    assert issue(asking.get("Flag", told)) == (400, "value", "INVALID_SEARCH_DATA")
    assert not AuditEntry.objects.filter(action="care.looked").exists()


def test_what_is_not_known_is_passed_over_and_said_unless_it_is_to_be_strict(asking: Asking) -> None:
    told = KNOWN | {"status": "active", "_count": "1", "<b>": "x", "_include": "CareTeam:participant"}
    answer = asking.get("CareTeam", told)
    assert "<b>" not in answer.content.decode()
    assert "not used: status, _count, _include" in words([answer.json()["entry"][-1]["resource"]])
    [link] = answer.json()["link"]
    assert link["url"] == f"http://testserver{BASE}/CareTeam?patient:identifier={KNOWN['patient:identifier']}"
    strict = asking.get("CareTeam", told, Prefer="handling=strict")
    assert issue(strict) == (400, "not-supported", "INVALID_SEARCH_DATA")


def test_a_search_is_posted_so_that_the_number_stands_in_no_address(asking: Asking) -> None:
    sent = asking.client.post(f"{BASE}/CareTeam/_search", "patient=" + NUMBER, headers=asking.heading({}),
                              content_type="application/x-www-form-urlencoded")  # fmt: skip
    assert asking.hear(sent).json()["total"] == 1
    other = asking.client.post(f"{BASE}/CareTeam/_search", "{}", content_type="application/json")
    assert issue(asking.hear(other))[0] == 415


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/fhir+json", 200),
        ("application/fhir+json; fhirVersion=4.0", 200),
        ("text/html, application/json;q=0.9", 200),
        ("application/fhir+xml", 406),
        ("application/fhir+json; fhirVersion=3.0", 406),
        ("text/html", 406),
    ],
)
def test_answers_are_json_of_fhir_4(asking: Asking, accept: str, status: int) -> None:
    assert asking.get("CareTeam", KNOWN, Accept=accept).status_code == status
    assert asking.get("metadata", {"_format": "json"}, Accept=accept).status_code == 200
    assert issue(asking.get("metadata", {"_format": "xml"})) == (406, "not-supported", "NOT_ACCEPTABLE")


def test_what_is_not_here_says_so_in_fhir(asking: Asking) -> None:
    for path in (
        "Patient",
        "Flag/1",
        "Observation/_search",
        f"Patient/{uuid4()}",
        "",
        "metadata/x",
        "Flag/a%0Ab",
    ):
        answer = asking.get(path)
        assert answer.status_code in (404, 405), path
    removed = asking.client.delete(f"{BASE}/Flag", headers=asking.heading({}))
    assert (issue(asking.hear(removed))[0], removed["Allow"]) == (405, "GET, HEAD")


def test_the_trace_comes_back_and_nothing_of_the_patient_is_repeated_or_logged(
    asking: Asking, caplog: pytest.LogCaptureFixture
) -> None:
    trace = str(uuid4())
    answer = asking.get("Flag", {"patient": "9990000017"}, TraceID=trace)
    assert answer["TraceID"] == trace and "9990000017" not in answer.content.decode()
    assert "TraceID" not in asking.get("Flag", KNOWN, TraceID="a b").headers
    assert not re.search(r"99900000\d\d", caplog.text)


def test_a_fault_of_ours_is_said_in_fhir(asking: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jigsaw.hub.fhir.views.by_system.look", lambda *_, **__: 1 / 0)
    assert issue(asking.get("Flag", KNOWN)) == (500, "exception", "SERVICE_ERROR")


def test_the_capability_statement_is_true(asking: Asking) -> None:
    statement = asking.client.get(f"{BASE}/metadata")
    told = asking.hear(statement).json()
    assert told["fhirVersion"] == "4.0.1"
    [rest] = told["rest"]
    assert {one["type"] for one in rest["resource"]} == set(KINDS)
    asking.found("Flag")
    for one in rest["resource"]:
        kind, codes = one["type"], {each["code"] for each in one["interaction"]}
        assert asking.get(kind, KNOWN).status_code == 200
        assert ("read" in codes) == (asking.get(f"{kind}/{asking.care.plan.pk}").status_code == 200)
        for include in one.get("searchInclude", ()):
            assert "not used" not in words(asking.found(kind, KNOWN | {"_include": include})["outcome"])
        names = {each["name"] for each in one["searchParam"]}
        assert names == ({"patient", "code"} if kind == "Flag" else {"patient"})
