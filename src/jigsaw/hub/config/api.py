"""What does a program need to know to call the hub? The HTTP API as OpenAPI 3.1, made from what answers it.

The FHIR interface says the same of itself, for systems that read that, in its CapabilityStatement.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from django.http import HttpRequest, JsonResponse

from jigsaw.hub.fhir.door import BASE, FHIR_JSON, FOR_WHOM, UNSCHEDULED
from jigsaw.hub.fhir.kinds import KINDS, Kind
from jigsaw.hub.fhir.searching import BY_NUMBER, BY_PATIENT

Node = dict[str, Any]
HL7, FORM = "application/hl7-v2", "application/x-www-form-urlencoded"
WORDS = {
    200: "What was asked for", 204: "Taken; no answer was wanted", 400: "What was sent cannot be used",
    401: "No setting has this secret", 403: "The setting, or the practitioner, may not",
    404: "Nothing that this practitioner looked up today", 405: "Not in this way",
    406: "Answers are JSON of FHIR 4.0", 409: "Several with a plan have this number", 410: "To be seen no more", 415: "Not in this format",
    422: "Kept for a person", 429: "Too many looks within an hour", 503: "Something that is needed is not there",
}  # fmt: skip


def openapi(request: HttpRequest) -> JsonResponse:
    """For anyone: how the hub is called by programs; nothing of anybody."""
    return JsonResponse(description())


def description() -> Node:
    """The OpenAPI description."""
    paths: Node = {"/attendances/": {"post": _attendances()}, f"{BASE}/metadata": {"get": _metadata()}}
    for name, kind in KINDS.items():
        paths[f"{BASE}/{name}"] = {"get": _search(name, kind)}
        paths[f"{BASE}/{name}/_search"] = {"post": _search_by_post(name, kind)}
        if kind.can_be_read:
            paths[f"{BASE}/{name}/{{id}}"] = {"get": _read(name)}
    for path, answers in (("/healthz", (200,)), ("/readyz", (200, 503))):
        paths[path] = {"get": {"responses": _answers(*answers, kind="application/json", schema={})}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Jigsaw", "version": version("jigsaw")},
        "paths": paths,
        "components": {
            "securitySchemes": {
                "setting": {"type": "http", "scheme": "bearer", "description": "A setting’s secret"}
            },
            "schemas": {
                "OperationOutcome": _resource("OperationOutcome", "issue"),
                "Bundle": _resource("Bundle", "total", "type"),
            },
        },
    }


def _resource(name: str, *required: str) -> Node:
    return {
        "type": "object",
        "required": ["resourceType", *required],
        "properties": {"resourceType": {"const": name}},
    }


def _ref(name: str) -> Node:
    return {"$ref": f"#/components/schemas/{name}"}


def _answers(*statuses: int, kind: str = FHIR_JSON, schema: Node | None = None) -> Node:
    """Answers by status: in words, and as an OperationOutcome unless told otherwise."""
    content = {kind: {"schema": _ref("OperationOutcome") if schema is None else schema}}
    return {str(status): {"description": WORDS[status], "content": content} for status in statuses}


def _attendances() -> Node:
    """HL7 v2 is answered by an acknowledgement, FHIR by an OperationOutcome."""
    kinds = {HL7: {"schema": {"type": "string"}}, FHIR_JSON: {"schema": _ref("OperationOutcome")}}
    answers = {str(status): {"description": WORDS[status], "content": kinds} for status in (200, 400, 422)}
    for status in (204, 401, 405):
        answers[str(status)] = {"description": WORDS[status]}
    sent = {HL7: {"schema": {"type": "string"}}, FHIR_JSON: {"schema": {"type": "object"}}}
    return {
        "summary": "A setting’s system tells who came",
        "security": [{"setting": []}],
        "requestBody": {"required": True, "content": sent},
        "responses": answers,
    }


def _metadata() -> Node:
    statement = _resource("CapabilityStatement", "rest")
    return {"summary": "What can be asked", "responses": _answers(200, schema=statement) | _answers(406)}


def _text(**more: Any) -> Node:
    return {"type": "string", **more}


def _header(name: str, schema: Node) -> Node:
    return {"in": "header", "name": name, "required": True, "schema": schema}


def _who() -> list[Node]:
    return [_header(FOR_WHOM, _text(format="email"))]


def _asked(kind: Kind) -> dict[str, Node]:
    """What a search is made of. One of the two ways to name the patient is enough."""
    asked = {BY_NUMBER: _text(), BY_PATIENT: _text()}
    return asked | {name: _text(enum=sorted(values)) for name, values in kind.more.items()}


def _search(name: str, kind: Kind) -> Node:
    unscheduled = _header(UNSCHEDULED, _text(enum=["true", "false"]))
    parameters = [{"in": "query", "name": one, "schema": schema} for one, schema in _asked(kind).items()]
    return {
        "summary": f"{name} by NHS number",
        "security": [{"setting": []}],
        "parameters": [*_who(), unscheduled, *parameters],
        "responses": _answers(200, schema=_ref("Bundle")) | _answers(400, 401, 403, 406, 409, 429),
    }


def _search_by_post(name: str, kind: Kind) -> Node:
    told = _search(name, kind)
    body = {"schema": {"type": "object", "properties": _asked(kind)}}
    return told | {
        "parameters": told["parameters"][:2],
        "requestBody": {"content": {FORM: body}},
        "responses": told["responses"] | _answers(415),
    }


def _read(name: str) -> Node:
    pk = {"in": "path", "name": "id", "required": True, "schema": _text(format="uuid")}
    return {
        "summary": f"A {name} that this practitioner looked up",
        "security": [{"setting": []}],
        "parameters": [*_who(), pk],
        "responses": _answers(200, schema=_resource(name, "id")) | _answers(400, 401, 403, 404, 406, 410),
    }
