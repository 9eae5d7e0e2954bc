"""A setting's system posts what happened: HL7 v2 or FHIR in, an acknowledgement or an OperationOutcome out.

No session and no form: whoever posts is known by the secret alone, so there is nothing that a forged page could use.
"""

from __future__ import annotations

import json
import logging

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from jigsaw.formats import adt, fhir_attendance
from jigsaw.formats.adt_answer import wants_answer
from jigsaw.formats.hl7_text import LARGEST_MESSAGE
from jigsaw.hub.kit import context
from jigsaw.hub.kit.ids import uuid7
from jigsaw.hub.unscheduled_care import keeping, settings

log = logging.getLogger("jigsaw.unscheduled_care")
HL7, FHIR = "application/hl7-v2", "application/fhir+json"
STATUS = {"AA": 200, "AE": 422, "AR": 400}


@csrf_exempt
@transaction.non_atomic_requests
def post(request: HttpRequest) -> HttpResponse:
    """For systems of settings of unscheduled care, by their secret: attendances as HL7 v2 or FHIR."""
    if request.method != "POST":
        return HttpResponse(status=405, headers={"Allow": "POST"})
    kind, _space, secret = request.headers.get("Authorization", "").partition(" ")
    now = timezone.now()
    with context.working("feeds", now=now):
        setting = settings.of_secret(secret) if kind.lower() == "bearer" and secret else None
        if setting is None:
            return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
        # One byte more than is read tells that it is too long; the rest is not taken in.
        content = request.read(LARGEST_MESSAGE + 1)
        came = keeping.received(setting=setting, content=content, way="http", now=now)
        [answer] = keeping.keep([came], now=now)
    first = answer.messages[0]
    if first.version == "FHIR R4" or content.lstrip()[:1] in (b"{", b"<"):
        outcome = json.dumps(fhir_attendance.operation_outcome(answer.messages), ensure_ascii=False)
        return HttpResponse(outcome, content_type=FHIR, status=STATUS[answer.code])
    if not wants_answer(first, answer.code):
        return HttpResponse(status=204)
    told = adt.acknowledge(first, now=now, control_id=uuid7().hex[:20], code=answer.code)
    return HttpResponse(told, content_type=HL7, status=STATUS[answer.code])
