"""Our audit log as others’ tools read it: FHIR R4 AuditEvents after IHE’s Basic Audit Log Patterns.

Source: IHE ITI Basic Audit 1.1.5 (CC-BY-4.0): Read, Query, Create, Update and Delete with their Patient… forms, and
Privacy Disclosure at the source. An entry holds ids and codes and no name, and so does its AuditEvent.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

DCM = "http://dicom.nema.org/resources/ontology/DCM"
TYPES = "http://terminology.hl7.org/CodeSystem/audit-event-type"
SOURCES = "http://terminology.hl7.org/CodeSystem/security-source-type"
INTERACTIONS = "http://hl7.org/fhir/restful-interaction"
LIFECYCLE = "http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle"
PARTICIPATION = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
ENTITIES = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
ROLES = "http://terminology.hl7.org/CodeSystem/object-role"
PROFILES = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit."

SEARCHES = {"person.searched", "partner_hub.asked", "partner_hub.asked_us", "numbers.asked", "number.asked"}
DISCLOSURES = {"item.shared", "item.shared_in_part", "records.lent", "partner_hub.answered"}
"""What leaves an agency, or lets another look."""
LOOKS = ("viewed", "read", "listed", "printed", "opened_in_emergency", "list_viewed")
BEGINNINGS = ("added", "made", "opened", "set_up", "held", "noted", "given")


def audit_event(entry: Mapping[str, Any], *, origin: str) -> dict[str, Any]:
    """The AuditEvent of one entry as `jigsaw audit export` prints it; `origin`: what the log is called.

    Refused acts (“….refused”) have outcome 4 (minor failure), all others 0.
    """
    kind, subtype, action, profile = _sort(str(entry["action"]))
    people = [str(person) for person in entry["people"]]
    event: dict[str, Any] = {
        "resourceType": "AuditEvent",
        "id": entry["entry"],
        "meta": {"profile": [PROFILES + _profile(profile, people)]},
        "type": kind,
        "subtype": [subtype],
        "action": action,
        "recorded": entry["at"],
        "outcome": "4" if str(entry["action"]).endswith(".refused") else "0",
        "agent": _agents(entry, origin, disclosure=profile == "PrivacyDisclosure.Source"),
        "source": {"observer": {"identifier": {"value": origin}}, "type": [_coding(SOURCES, "4")]},
        "entity": _entities(entry, people, query=profile == "Query"),
    }
    if entry["purpose"]:
        event["purposeOfEvent"] = [{"text": entry["purpose"]}]
    return event


def _sort(code: str) -> tuple[dict[str, str], dict[str, str], str, str]:
    """Type, subtype, action and profile."""
    rest = _coding(TYPES, "rest")
    last = code.rpartition(".")[2]
    if code in DISCLOSURES:
        return (
            _coding(DCM, "110106", "Export"),
            _coding(LIFECYCLE, "disclose"),
            "R",
            "PrivacyDisclosure.Source",
        )
    if code in SEARCHES:
        return rest, _coding(INTERACTIONS, "search"), "E", "Query"
    if last in LOOKS or last.endswith("_viewed"):
        return rest, _coding(INTERACTIONS, "read"), "R", "Read"
    if last in BEGINNINGS:
        return rest, _coding(INTERACTIONS, "create"), "C", "Create"
    return rest, _coding(INTERACTIONS, "update"), "U", "Update"


def _profile(profile: str, people: list[str]) -> str:
    return f"Patient{profile}" if people and not profile.startswith("Privacy") else profile


def _agents(entry: Mapping[str, Any], origin: str, *, disclosure: bool) -> list[dict[str, Any]]:
    """Who acted, and the hub; in a disclosure the agency that let it out is its custodian."""
    user: dict[str, Any] = {
        "type": {"coding": [_coding(PARTICIPATION, "IRCP", "information recipient")]},
        "who": {"identifier": {"value": entry["practitioner"] or origin}},
        "requestor": True,
        "role": [{"text": role} for role in entry["roles"]],
    }
    if not user["role"]:
        del user["role"]
    if entry["purpose"]:
        user["purposeOfUse"] = [{"text": entry["purpose"]}]
    server = {
        "type": {"coding": [_coding(DCM, "110152", "Destination Role ID")]},
        "who": {"identifier": {"value": origin}},
        "requestor": False,
    }
    client = {
        "type": {"coding": [_coding(DCM, "110153", "Source Role ID")]},
        "who": {"identifier": {"value": entry["agency"] or origin}},
        "requestor": False,
    }
    custodian = {
        "type": {"coding": [_coding(PARTICIPATION, "CST", "custodian")]},
        "who": {"identifier": {"value": entry["agency"] or origin}},
        "requestor": False,
    }
    return [client, server, user, *([custodian] if disclosure else [])]


def _entities(entry: Mapping[str, Any], people: list[str], *, query: bool) -> list[dict[str, Any]]:
    found = [
        {
            "what": {"identifier": {"value": person}},
            "type": _coding(ENTITIES, "1", "Person"),
            "role": _coding(ROLES, "1", "Patient"),
        }
        for person in people
    ]
    if query:
        # What was typed is not in the log: how it was asked is, and the commitment to the words.
        asked = json.dumps({"detail": entry["detail"], "commitment": entry["commitment"]}, sort_keys=True)
        found.append(
            {
                "what": {"identifier": {"value": entry["entry"]}},
                "type": _coding(ENTITIES, "2", "System Object"),
                "role": _coding(ROLES, "24", "Query"),
                "query": base64.b64encode(asked.encode()).decode(),
            }
        )
    elif entry["thing"]:
        found.append(
            {
                "what": {"identifier": {"value": entry["thing"]}},
                "type": _coding(ENTITIES, "2", "System Object"),
                "role": _coding(ROLES, "4", "Domain Resource"),
            }
        )
    return found


def _coding(system: str, code: str, display: str = "") -> dict[str, str]:
    return {"system": system, "code": code, **({"display": display} if display else {})}
