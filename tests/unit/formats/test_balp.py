"""Each entry of the log becomes an AuditEvent that FHIR R4 accepts, with what the patterns ask for and no more."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from fhir.resources.R4B.auditevent import AuditEvent

from jigsaw.formats import balp

ENTRY = {
    "entry": "01932f6e-0000-7000-8000-000000000001",
    "at": "2026-11-16T10:00:00.000000+00:00",
    "practitioner": "01932f6e-0000-7000-8000-000000000002",
    "agency": "01932f6e-0000-7000-8000-000000000003",
    "roles": ["lead"],
    "action": "person.viewed",
    "purpose": "enquiry E-7K3M-2QXA",
    "people": ["01932f6e-0000-7000-8000-000000000004"],
    "thing": "person",
    "detail": {"found": 3},
    "commitment": "ab" * 32,
}


def event(**changes: Any) -> dict[str, Any]:
    made = balp.audit_event({**ENTRY, **changes}, origin="hub")
    AuditEvent.model_validate(made)
    return made


@pytest.mark.parametrize(
    ("action", "profile", "subtype", "code"),
    [
        ("person.viewed", "PatientRead", "read", "R"),
        ("person.searched", "PatientQuery", "search", "E"),
        ("entry.added", "PatientCreate", "create", "C"),
        ("entry.withdrawn", "PatientUpdate", "update", "U"),
        ("item.shared", "PrivacyDisclosure.Source", "disclose", "R"),
    ],
)
def test_each_sort_of_act_has_its_pattern(action: str, profile: str, subtype: str, code: str) -> None:
    made = event(action=action)
    assert made["meta"]["profile"] == [balp.PROFILES + profile]
    assert (made["subtype"][0]["code"], made["action"], made["outcome"]) == (subtype, code, "0")
    [patient] = [entity for entity in made["entity"] if entity["role"]["code"] == "1"]
    assert patient["what"]["identifier"]["value"] == ENTRY["people"][0]
    agents = {agent["type"]["coding"][0]["code"]: agent for agent in made["agent"]}
    assert agents["IRCP"]["who"]["identifier"]["value"] == ENTRY["practitioner"]
    assert agents["IRCP"]["purposeOfUse"] == [{"text": ENTRY["purpose"]}] and {"110152", "110153"} <= set(
        agents
    )
    assert ("CST" in agents) == (action == "item.shared")


def test_a_query_says_how_it_was_asked_and_not_the_words() -> None:
    [query] = [entity for entity in event(action="person.searched")["entity"] if "query" in entity]
    assert json.loads(base64.b64decode(query["query"])) == {"commitment": "ab" * 32, "detail": {"found": 3}}


def test_what_the_hub_did_by_itself_about_nobody_validates_as_well() -> None:
    made = event(
        practitioner="", agency="", roles=[], people=[], purpose="", thing="", action="sign_in.refused"
    )
    assert made["meta"]["profile"] == [balp.PROFILES + "Update"] and made["outcome"] == "4"
