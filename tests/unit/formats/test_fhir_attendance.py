"""FHIR Encounters and Patients become the same messages as HL7 v2 does, and what is wrong has its place."""

import json
import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from fhir.resources.operationoutcome import OperationOutcome

from jigsaw.formats import fhir_attendance
from jigsaw.formats.attendances import History, attendances, step
from jigsaw.formats.fhir_attendance import NHS_NUMBER, ODS_CODE, operation_outcome

PDS = Path(__file__).parents[2] / "data" / "pds"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PATIENT = {
    "resourceType": "Patient",
    "id": "p1",
    "identifier": [{"system": NHS_NUMBER, "value": "9990000018"}, {"system": "urn:h", "value": "H1"}],
    "name": [{"use": "official", "family": "Stone", "given": ["Rowan", "J"]}],
    "birthDate": "2015-04-25",
    "gender": "male",
}
ENCOUNTER = {
    "resourceType": "Encounter",
    "identifier": [{"system": "urn:visits", "value": "V1"}],
    "status": "in-progress",
    "class": {"code": "EMER"},
    "subject": {"reference": "Patient/p1"},
    "period": {"start": "2026-03-01T14:25:00Z"},
    "serviceProvider": {"identifier": {"system": ODS_CODE, "value": "RXX"}},
}


def read(*resources, **known):
    entries = [{"resource": one} for one in resources or (ENCOUNTER, PATIENT)]
    bundle = {
        "resourceType": "Bundle",
        "type": "message",
        "timestamp": "2026-03-01T14:26:00Z",
        "entry": entries,
    }
    return fhir_attendance.read(json.dumps(bundle), **{"received": NOW, **known})


def codes(told, severity=""):
    return {problem.code for problem in told.problems if problem.severity.startswith(severity)}


def test_an_emergency_department_arrival_in_xml_is_read_whole(data):
    [told] = fhir_attendance.read((data / "fhir" / "UEC-Arrival.xml").read_bytes())
    assert told.usable and told.event == "arrived" and told.visit.unscheduled is True
    assert told.visit_key == (
        "7A4",
        "https://fhir.cavuhb.nhs.wales/Id/example-uec-encounter-identifier",
        "123456789",
    )
    assert told.visit.place.point_of_care == "UHW Emergency Unit Minor Injuries"
    assert told.visit.arrived.at == datetime(2025, 12, 2, 12, 0, 23, tzinfo=UTC)
    assert (told.patient.names[0].family, told.patient.born) == ("Marjorie", date(1961, 12, 16))
    assert told.patient.practice.ods_code == "W97015" and told.patient.addresses[0].postcode == "CF64 3JH"


@pytest.mark.parametrize("path", sorted(PDS.glob("*.json")), ids=lambda path: path.name)
def test_a_patient_alone_is_news_of_the_person(path):
    [told] = fhir_attendance.read(path.read_bytes())
    assert told.usable and told.event == "person_updated" and told.visit is None
    assert told.patient.nhs_numbers and told.patient.identifiers[0].status in ("01", "")


def test_a_bundle_of_an_encounter_and_its_patient_is_read_whole():
    [told] = read()
    assert (told.event, told.visit.unscheduled, told.whole) == ("arrived", True, True)
    assert told.patient.nhs_numbers == ("9990000018",) and told.patient.names[0].given == "Rowan J"
    assert (told.visit_key, told.visit.place.ods_code) == (("RXX", "urn:visits", "V1"), "RXX")
    assert told.person_keys() == {("RXX|urn:h", "H1")}


def test_a_contained_patient_and_one_known_only_by_number_are_found():
    inside = {**ENCOUNTER, "contained": [PATIENT], "subject": {"reference": "#p1"}}
    by_number = {**ENCOUNTER, "subject": {"identifier": PATIENT["identifier"][0], "display": "Rowan Stone"}}
    for resource in (inside, by_number):
        [told] = fhir_attendance.read(json.dumps(resource))
        assert told.patient.nhs_numbers == ("9990000018",) and told.patient.names[0].family in ("Stone",)


@pytest.mark.parametrize(
    ("status", "event"),
    [("arrived", "arrived"), ("finished", "left"), ("cancelled", "arrival_cancelled"), ("planned", "unused")],
)
def test_the_status_says_what_happened(status, event):
    [told] = read({**ENCOUNTER, "status": status}, PATIENT)
    assert told.event == event and told.usable == (event != "unused")


def test_a_later_state_replaces_the_whole_of_an_earlier_one():
    def state(status, minute):
        stamped = {**ENCOUNTER, "status": status, "meta": {"lastUpdated": f"2026-03-01T15:{minute}:00Z"}}
        return read(stamped, PATIENT)[0]

    history = History()
    for message in (state("finished", 30), state("in-progress", 10), state("in-progress", 45)):
        history = step(history, message).history
    assert [one.status for one in attendances(history)] == ["present"]


@pytest.mark.parametrize(
    ("resources", "code", "field"),
    [
        (({**ENCOUNTER, "subject": {"reference": "Patient/none"}},), "no_patient", "Encounter.subject"),
        ((ENCOUNTER, {"resourceType": "Patient", "id": "p1"}), "nobody", "Patient.identifier"),
        (({**ENCOUNTER, "period": {"start": "2027-01-01T00:00:00Z"}}, PATIENT), "in_future", "Encounter.period.start"),
        (({**ENCOUNTER, "identifier": [], "period": {}}, PATIENT), "no_visit_number", "Encounter.identifier"),
        (({"resourceType": "Observation"},), "no_encounter", "Bundle.entry"),
        ((ENCOUNTER, {**PATIENT, "identifier": [{"system": NHS_NUMBER, "value": v} for v in
          ("9990000018", "9990000026")]}), "two_nhs_numbers", "Patient.identifier"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_has_its_place_and_a_valid_outcome(resources, code, field):
    [told] = read(*resources)
    assert [(one.code, one.field) for one in told.problems if one.severity == "error"] == [(code, field)]
    outcome = OperationOutcome.model_validate(operation_outcome((told,)))
    assert any(issue.severity == "error" and issue.expression == [field] for issue in outcome.issue)


def test_success_is_an_outcome_too():
    real = {**PATIENT, "identifier": [{"system": NHS_NUMBER, "value": "9434765919"}]}
    outcome = OperationOutcome.model_validate(operation_outcome(read(ENCOUNTER, real)))
    assert [issue.severity for issue in outcome.issue] == ["information"]


@pytest.mark.parametrize(
    "data",
    [
        b"", b"{", b"[]", b"null", b'{"resourceType": 3}', b"<a", b"\xff\xfe\x00", b"[" * 100_000, b"<!DOCTYPE a><a/>",
        b'<!DOCTYPE a [<!ENTITY x "y">]><Bundle xmlns="http://hl7.org/fhir"><id value="&x;"/></Bundle>',
        b"<Patient>" + b"<a>" * 200 + b"</a>" * 200 + b"</Patient>",
    ],
)  # fmt: skip
def test_what_is_no_fhir_is_told_and_kept(data):
    [told] = fhir_attendance.read(data)
    assert not told.usable and codes(told) == {"not_fhir"}
    assert len(told.raw) >= min(1, len(data))


def test_shapes_that_are_wrong_everywhere_do_not_fail():
    odd = {key: [["x"], 3, None, {"value": 7}] for key in (*ENCOUNTER, *PATIENT, "contained", "participant")}
    for kind in ("Encounter", "Patient"):
        [told] = fhir_attendance.read(json.dumps({**odd, "resourceType": kind}))
        assert not told.usable


def test_fifty_megabytes_are_refused_at_once_and_script_stays_words():
    began = time.perf_counter()
    [told] = fhir_attendance.read(b" " * 50_000_000)
    assert codes(told) == {"too_long"} and time.perf_counter() - began < 5
    [told] = read(ENCOUNTER, {**PATIENT, "name": [{"family": "<script>x</script>\u202e"}]})
    assert told.patient.names[0].family == "<script>x</script>"
