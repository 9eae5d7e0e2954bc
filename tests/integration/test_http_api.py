"""The HTTP API holds to its own description, whatever is sent: no fault of ours, and no answer that was not announced."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from architecture.doors import routes
from care_in_tests import NUMBER, Care, make_care, practitioner
from jigsaw.hub.config import api
from jigsaw.hub.config.wsgi import application
from people_in_tests import Town

SCHEMA = schemathesis.openapi.from_dict(api.description())
SCHEMA.app = application
OPERATIONS = [found.ok() for found in SCHEMA.get_all_operations()]
CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
FEW = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(autouse=True)
def in_one_transaction() -> Iterator[None]:
    """As Django's own client does: a request ends without closing the connection that the test holds."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def care(town: Town) -> Care:
    made = make_care(town, now=timezone.now())
    made.setting.may_look = True
    made.setting.save()
    return made


@pytest.mark.parametrize(
    "mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=lambda mode: mode.name
)
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_whatever_is_sent_is_answered_as_was_announced(care: Care, operation: Any, mode: Any) -> None:
    who = {"Authorization": f"Bearer {care.secret}", "On-Behalf-Of": practitioner(care.ada).email}

    @FEW
    @given(case=operation.as_strategy(generation_mode=mode), known=st.booleans(), real=st.booleans())
    def sent(case: Any, known: bool, real: bool) -> None:
        if real and "patient" in (case.query or {}):
            case.query["patient"] = NUMBER
        answer = case.call(headers=who if known else None)
        case.validate_response(answer, checks=CHECKS)

    parts = (operation.query, operation.headers, operation.path_parameters, operation.body)
    if mode == GenerationMode.NEGATIVE and not any(map(len, parts)):
        # There is nothing to send to such an address that would not be right.
        with pytest.raises(Unsatisfiable):
            sent()
    else:
        sent()


def test_the_description_names_what_there_is(client: Client) -> None:
    told = client.get("/api/openapi.json").json()
    assert told == api.description()
    named = {path.replace("{id}", "<uuid:pk>") for path in told["paths"]}
    kinds = "/fhir/R4/<str:kind>"
    there = {route.path for route in routes()}
    assert {path for path in named if path not in there and not path.startswith("/fhir/R4/")} == set()
    assert {f"{kinds}/_search", f"{kinds}/<uuid:pk>"} <= there
