"""Who came to which unscheduled-care setting, and when, by a FHIR R4 Encounter and its Patient?

Reads a Bundle of any type or a single resource, JSON or XML, into what `adt.py` yields too. Read as plain JSON
and not through `fhir.resources`: that holds R4B and R5 but no R4, and refuses a whole message over one element
that is not needed here, as published examples have them. What cannot be used is a problem with its place.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from lxml import etree

from jigsaw.formats import text
from jigsaw.formats.attendance_messages import (
    AttendanceMessage,
    Clinician,
    Event,
    Moment,
    Patient,
    PatientAddress,
    PatientIdentifier,
    PatientName,
    Place,
    Practice,
    Visit,
)
from jigsaw.formats.hl7_text import LARGEST_MESSAGE, LONDON
from jigsaw.formats.records import Findings, Problem, Sex

NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number"
ODS_CODE = "https://fhir.nhs.uk/Id/ods-organization-code"

_EVENTS: Mapping[str, Event] = {
    "arrived": "arrived",
    "triaged": "arrived",
    "in-progress": "arrived",
    "onleave": "arrived",
    "finished": "left",
    "cancelled": "arrival_cancelled",
    "entered-in-error": "arrival_cancelled",
    "unknown": "updated",
}
_SEX: Mapping[str, Sex] = {"male": "M", "female": "F", "other": "U", "unknown": "U"}
_NAME_USES = {"usual": "usual", "nickname": "nickname", "old": "old", "maiden": "old"}
_ADDRESS_USES = {"temp": "temporary", "old": "other", "work": "other", "billing": "other"}
_AHEAD = timedelta(minutes=15)
_DEEPEST = 60
_ISSUES = {  # codes of FHIR's issue types
    "not_fhir": "structure",
    "too_long": "too-long",
    "no_encounter": "required",
    "no_patient": "required",
    "nobody": "required",
    "no_visit_number": "required",
    "not_an_attendance": "not-supported",
    "two_nhs_numbers": "multiple-matches",
}

Node = dict[str, Any]


def read(data: bytes | str, *, received: datetime | None = None) -> tuple[AttendanceMessage, ...]:
    """One message for each Encounter; where there is none, one for each Patient (`person_updated`).

    Never raises for what the data says: what is no FHIR, or names nobody, is one message with an error.
    """
    content = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    raw = text.storable(content[:LARGEST_MESSAGE].decode("utf-8-sig", "replace"))
    digest = hashlib.sha256(content).hexdigest()
    findings = Findings(1)
    root = _root(content, findings)
    if root is None:
        return (AttendanceMessage("unused", digest=digest, raw=raw, problems=findings.all()),)
    found = _Found(root)
    encounters = list(found.of("Encounter"))
    patients = [] if encounters else list(found.of("Patient"))
    if not encounters and not patients:
        findings.refuse("Bundle.entry", "no_encounter", "There is neither an Encounter nor a Patient. Send the "
                        "Encounter together with its Patient.")  # fmt: skip
        return (AttendanceMessage("unused", digest=digest, raw=raw, problems=findings.all()),)
    readers = (_Reader(found, number, received) for number in range(1, len(encounters or patients) + 1))
    return tuple(
        reader.message(encounter if encounters else None, None if encounters else encounter, digest, raw)
        for reader, encounter in zip(readers, encounters or patients, strict=True)
    )


def operation_outcome(messages: tuple[AttendanceMessage, ...]) -> dict[str, object]:
    """An OperationOutcome of everything that was found, or of success; its words repeat nothing told of a patient
    beyond what a warning quotes of a code or a time."""
    issues = [_issue(problem) for message in messages for problem in message.problems]
    done = {"severity": "information", "code": "informational", "details": {"text": "Taken."}}
    return {"resourceType": "OperationOutcome", "issue": issues or [done]}


def _issue(problem: Problem) -> dict[str, object]:
    return {
        "severity": problem.severity,
        "code": _ISSUES.get(problem.code, "value"),
        "details": {"text": problem.message},
        "expression": [problem.field],
    }


# --- JSON or XML ------------------------------------------------------------------------------------------


def _root(content: bytes, findings: Findings) -> Node | None:
    if len(content) > LARGEST_MESSAGE:
        findings.refuse("Bundle", "too_long", f"This is longer than {LARGEST_MESSAGE // 1024} kB, so it was not "
                        "read. Leave out documents and pictures.")  # fmt: skip
        return None
    try:
        if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
            return _from_xml(content)
        found = json.loads(content.decode("utf-8-sig"))
    except (ValueError, etree.XMLSyntaxError, RecursionError):
        found = None
    if isinstance(found, dict) and isinstance(found.get("resourceType"), str):
        return found
    findings.refuse("Bundle", "not_fhir", "This is no FHIR resource that can be read. Send JSON or XML in UTF-8, "
                    "with its resourceType.")  # fmt: skip
    return None


def _from_xml(content: bytes) -> Node:
    """The resource as its JSON would have it, but with every element in a list. No entity is replaced."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
                             remove_comments=True, remove_pis=True)  # fmt: skip
    element = etree.fromstring(content.lstrip(), parser)
    if element.getroottree().docinfo.doctype:
        raise ValueError("a document type")
    return {"resourceType": _tag(element), **_children(element, 0)}


def _children(element: Any, depth: int) -> Node:
    if depth > _DEEPEST:
        raise ValueError("too deep")
    node: Node = {"url": element.get("url")} if element.get("url") else {}
    for child in element:
        name = _tag(child)
        if name in ("resource", "contained") and len(child):
            value: Any = {"resourceType": _tag(child[0]), **_children(child[0], depth + 1)}
        elif child.get("value") is not None and not len(child):
            value = child.get("value")
        else:
            value = _children(child, depth + 1)
        node.setdefault(name, []).append(value)
    return node


def _tag(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _all(node: Any, *path: str) -> list[Any]:
    """What is at the path, whether each step is one or many; [] where there is nothing."""
    found = [node]
    for name in path:
        held = [one[name] for one in found if isinstance(one, dict) and name in one]
        found = [part for one in held for part in (one if isinstance(one, list) else [one])]
    return found


def _nodes(node: Any, *path: str) -> list[Node]:
    return [one for one in _all(node, *path) if isinstance(one, dict)]


def _text(node: Any, *path: str) -> str:
    told = next((one for one in _all(node, *path) if isinstance(one, str)), "")
    return text.storable(text.clean(told))


class _Found:
    """The resources there are, by type and by every way they can be referred to."""

    def __init__(self, root: Node) -> None:
        self.root = root
        self._resources: list[tuple[str, Node]] = [("", root)]
        for entry in _nodes(root, "entry"):
            self._resources += [(_text(entry, "fullUrl"), one) for one in _nodes(entry, "resource")]
        self._resources += [
            ("", one) for _, held in list(self._resources) for one in _nodes(held, "contained")
        ]
        self._by_reference: dict[str, Node] = {}
        for url, one in self._resources:
            held = _text(one, "id")
            for name in (
                url,
                f"{one.get('resourceType')}/{held}" if held else "",
                f"#{held}" if held else "",
            ):
                if name:
                    self._by_reference.setdefault(name, one)

    def of(self, kind: str) -> Iterator[Node]:
        return (one for _, one in self._resources if one.get("resourceType") == kind)

    def referred(self, reference: Node | None) -> Node | None:
        """The resource; or the reference itself, which may carry an identifier and a display."""
        if reference is None:
            return None
        told = _text(reference, "reference")
        return (
            self._by_reference.get(told)
            or self._by_reference.get("/".join(told.split("/")[-2:]))
            or reference
        )


# --- one Encounter ----------------------------------------------------------------------------------------


class _Reader:
    def __init__(self, found: _Found, number: int, received: datetime | None) -> None:
        self.found = found
        self.findings = Findings(number)
        self.received = received

    def message(
        self, encounter: Node | None, patient: Node | None, digest: str, raw: str
    ) -> AttendanceMessage:
        organisation = self.found.referred(next(iter(_nodes(encounter, "serviceProvider")), None))
        visit = self._visit(encounter, organisation) if encounter else None
        about = patient if encounter is None else self._subject(encounter)
        when = self._moment(encounter or patient or {}, "Encounter.meta.lastUpdated", "meta", "lastUpdated")
        sent = self._moment(self.found.root, "Bundle.timestamp", "timestamp")
        root = self.found.root
        control = _text(root, "identifier", "value") if root.get("resourceType") == "Bundle" else ""
        return AttendanceMessage(
            event=self._event(encounter) if encounter else "person_updated",
            trigger=_text(encounter, "status"),
            control_id=control or _text(root, "id"),
            version="FHIR R4",
            application=_text(next(self.found.of("MessageHeader"), None), "source", "name"),
            facility=_identified(organisation, ODS_CODE) or _text(encounter, "identifier", "system"),
            sent=sent,
            recorded=when or sent or self._latest(visit),
            occurred=visit.arrived if visit else None,
            patient=self._patient(about),
            visit=visit,
            whole=encounter is not None,
            digest=f"{digest}:{self.findings.record}",
            raw=raw,
            problems=self.findings.all(),
        )

    def _event(self, encounter: Node) -> Event:
        status = _text(encounter, "status")
        if status not in _EVENTS:
            self.findings.refuse("Encounter.status", "not_an_attendance", f"“{status[:20]}” is not the status of "
                                 "somebody who came. Send it once the patient has arrived.")  # fmt: skip
        return _EVENTS.get(status, "unused")

    @staticmethod
    def _latest(visit: Visit | None) -> Moment | None:
        return (visit.left or visit.arrived) if visit else None

    def _subject(self, encounter: Node) -> Node | None:
        """The Patient that the Encounter names; where the name leads nowhere, the only Patient there is."""
        named = self.found.referred(next(iter(_nodes(encounter, "subject")), None))
        if named is not None and (named.get("resourceType") == "Patient" or _nodes(named, "identifier")):
            return named
        patients = list(self.found.of("Patient"))
        return patients[0] if len(patients) == 1 else None

    def _visit(self, encounter: Node, organisation: Node | None) -> Visit:
        told_class = _text(encounter, "class", "code").upper()
        identifier = next(iter(_nodes(encounter, "identifier")), None)
        visit = Visit(
            number=_text(identifier, "value") or _text(encounter, "id"),
            authority=_text(identifier, "system"),
            patient_class=told_class,
            unscheduled=told_class == "EMER" if told_class else None,
            place=self._place(encounter, organisation),
            attending=self._attending(encounter),
            arrived=self._moment(encounter, "Encounter.period.start", "period", "start"),
            left=self._moment(encounter, "Encounter.period.end", "period", "end"),
        )
        self._check(visit)
        return visit

    def _check(self, visit: Visit) -> None:
        if not visit.patient_class:
            self.findings.warn("Encounter.class", "no_class", "Nothing says whether this is emergency care. Fill in "
                               "Encounter.class.")  # fmt: skip
        if not visit.number and not visit.arrived:
            self.findings.refuse("Encounter.identifier", "no_visit_number", "There is neither an identifier nor a "
                                 "start, so nobody can tell which visit is meant.")  # fmt: skip
        if self.received and visit.arrived and visit.arrived.at > self.received + _AHEAD:
            self.findings.refuse("Encounter.period.start", "in_future", "The attendance lies in the future. Check the "
                                 "sender's clock and the start.")  # fmt: skip
        if not visit.place.ods_code:
            self.findings.warn("Encounter.serviceProvider", "no_ods_code", "Neither the location nor the organisation "
                               "has an ODS code. Enter the setting's code for this sender.")  # fmt: skip

    def _place(self, encounter: Node, organisation: Node | None) -> Place:
        location = self.found.referred(next(iter(_nodes(encounter, "location", "location")), None))
        owner = self.found.referred(next(iter(_nodes(location, "managingOrganization")), None))
        codes = (_identified(one, ODS_CODE) for one in (location, owner, organisation))
        return Place(
            point_of_care=_text(location, "name") or _text(location, "display"),
            facility=_text(organisation, "name") or _text(organisation, "display"),
            ods_code=next((code for code in codes if code), ""),
        )

    def _attending(self, encounter: Node) -> Clinician:
        reference = next(iter(_nodes(encounter, "participant", "individual")), None)
        named = self.found.referred(reference)
        name = next(iter(_nodes(named, "name")), None)
        whole = " ".join(filter(None, (_text(name, "prefix"), _text(name, "given"), _text(name, "family"))))
        identifier = next(iter(_nodes(named, "identifier")), None)
        return Clinician(
            whole or _text(reference, "display"), _text(identifier, "value"), _text(identifier, "system")
        )

    # --- the Patient ----------------------------------------------------------------------------------------

    def _patient(self, patient: Node | None) -> Patient:
        if patient is None:
            self.findings.refuse("Encounter.subject", "no_patient", "The Patient that the Encounter names is not "
                                 "there. Send it in the same Bundle.")  # fmt: skip
            return Patient()
        if patient.get("resourceType") != "Patient":
            patient = {
                "identifier": _nodes(patient, "identifier"),
                "name": [{"text": _text(patient, "display")}],
            }
        identifiers = tuple(one for node in _nodes(patient, "identifier") if (one := _identifier(node)))
        names = tuple(name for node in _nodes(patient, "name") if (name := _name(node)))
        self._check_patient(identifiers, names)
        born, died = (
            self._born(patient),
            self._moment(patient, "Patient.deceasedDateTime", "deceasedDateTime"),
        )
        said = next(iter(_all(patient, "deceasedBoolean")), None)
        return Patient(
            identifiers=identifiers,
            names=names,
            born=born,
            born_accuracy="AAA" if born else "UUU",
            died=died,
            dead=True if died else {"true": True, "false": False}.get(str(said).lower()),
            sex=_SEX.get(_text(patient, "gender"), ""),
            addresses=tuple(where for node in _nodes(patient, "address") if (where := _address(node))),
            phones=tuple(
                _text(one, "value")
                for one in _nodes(patient, "telecom")
                if _text(one, "system") in ("phone", "sms")
            ),
            practice=self._practice(patient),
        )

    def _check_patient(
        self, identifiers: tuple[PatientIdentifier, ...], names: tuple[PatientName, ...]
    ) -> None:
        claimed = [one for one in identifiers if one.scheme == "nhs_number"]
        valid = {one.value for one in claimed if one.valid}
        place = "Patient.identifier"
        if not identifiers and not names:
            self.findings.refuse(
                place, "nobody", "The Patient has neither an identifier nor a name. Say who this is."
            )
        if any(not one.valid for one in claimed):
            self.findings.warn(place, "nhs_number_check", "What is given as an NHS number fails its check digit, so it "
                               "is not used. Trace the number.")  # fmt: skip
        if len(valid) > 1:
            self.findings.refuse(place, "two_nhs_numbers", "There are two different NHS numbers. Find out whose they "
                                 "are before anything is done with either.")  # fmt: skip
        if any(value.startswith("999") for value in valid):
            self.findings.warn(place, "test_number", "NHS numbers that begin with 999 are for tests.")
        if not claimed:
            self.findings.warn(place, "no_nhs_number", "No NHS number is given. Trace it, or match by name, date of "
                               "birth and address.")  # fmt: skip

    def _born(self, patient: Node) -> date | None:
        found = self._moment(patient, "Patient.birthDate", "birthDate")
        if found is None or found.precision in ("year", "month"):
            return None
        if self.received and found.at > self.received:
            self.findings.warn("Patient.birthDate", "implausible_date", "The date of birth lies ahead, so it is not "
                               "used. Check it.")  # fmt: skip
            return None
        return found.at.date()

    def _practice(self, patient: Node) -> Practice:
        for reference in _nodes(patient, "generalPractitioner"):
            practice = self.found.referred(reference)
            code, name = (
                _identified(practice, ODS_CODE),
                _text(practice, "name") or _text(reference, "display"),
            )
            if code or name:
                return Practice(code, name)
        return Practice()

    def _moment(self, node: Node, field: str, *path: str) -> Moment | None:
        told = _text(node, *path)
        found = moment(told)
        if told and found is None:
            self.findings.warn(field, "not_a_date", f"“{told[:40]}” is not a time, so it is not used. Write it like "
                               "2026-03-01T14:25:00Z.")  # fmt: skip
        return found


def moment(told: str) -> Moment | None:
    """The time of 2026, 2026-03, 2026-03-01 or 2026-03-01T14:25:00Z; without an offset it is British local time."""
    parts = told.count("-") if "T" not in told else -1
    try:
        if 0 <= parts <= 2 and len(told) == (4, 7, 10)[parts]:
            whole = told + "-01-01"[: 6 - 3 * parts] if parts < 2 else told
            at = datetime.fromisoformat(whole).replace(tzinfo=LONDON)
            return Moment(at, ("year", "month", "day")[parts])
        at = datetime.fromisoformat(told)
        if "T" not in told:
            return None
        aware = at if at.tzinfo else at.replace(tzinfo=LONDON)
        aware.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return Moment(aware, "second")


def _identified(resource: Node | None, system: str) -> str:
    held = (one for one in _nodes(resource, "identifier") if _text(one, "system") == system)
    return next((value for one in held if (value := _text(one, "value"))), "")


def _identifier(node: Node) -> PatientIdentifier | None:
    told, system = _text(node, "value"), _text(node, "system")
    kind = _text(node, "type", "coding", "code")
    if not told:
        return None
    if system != NHS_NUMBER:
        return PatientIdentifier(told, system, kind)
    statuses = (_text(one, "valueCodeableConcept", "coding", "code") for one in _nodes(node, "extension")
                if "NHSNumberVerificationStatus" in _text(one, "url"))  # fmt: skip
    number = text.nhs_number(told)
    return PatientIdentifier(
        number or told, system, kind, "nhs_number", next(statuses, ""), number is not None
    )


def _name(node: Node) -> PatientName | None:
    family = _text(node, "family")
    given = " ".join(text.storable(text.clean(one)) for one in _all(node, "given") if isinstance(one, str))
    if not family and not given:
        family, given = text.split_name(_text(node, "text"))
    use = _text(node, "use")
    if not family and not given:
        return None
    return PatientName(family, given, _text(node, "prefix"), _NAME_USES.get(use, "official"), use)


def _address(node: Node) -> PatientAddress | None:
    parts = [one for name in ("line", "city", "district") for one in _all(node, name) if isinstance(one, str)]
    lines = tuple(part for one in parts if (part := text.storable(text.clean(one))))
    told, kind = _text(node, "postalCode"), _text(node, "use")
    full = text.postcode(told) or ""
    use = text.address_use(full) if full else "home"
    if use != "home":
        full = ""
    elif told and not full:
        lines = (*lines, told)
    lines = lines or tuple(filter(None, (_text(node, "text"),)))
    if not lines and not full and use == "home":
        return None
    return PatientAddress(lines, full, _ADDRESS_USES.get(kind, "home") if use == "home" else use, kind)
