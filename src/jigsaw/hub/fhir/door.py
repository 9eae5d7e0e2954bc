"""Who asks, for whom, in which format, and is this care unplanned? What every interaction does the same way.

A system is known by the secret of its setting, as on the address where it sends who came; it says for which practitioner
it asks, and everything from there on is theirs: what they may, what is written down, and what the authority hears.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from jigsaw.hub.fhir import problems
from jigsaw.hub.fhir.bundles import Node
from jigsaw.hub.fhir.problems import Problem
from jigsaw.hub.kit import context
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import JigsawError, Refused
from jigsaw.hub.people import queries as people
from jigsaw.hub.unscheduled_care import by_system, settings

if TYPE_CHECKING:
    from jigsaw.hub.unscheduled_care.models import Setting

log = logging.getLogger("jigsaw.fhir")
BASE = "/fhir/R4"
FHIR_JSON = "application/fhir+json"
SPOKEN = ("application/fhir+json", "application/json", "application/*", "*/*")
FORMATS = ("json", "application/json", FHIR_JSON, "")
FOR_WHOM, UNSCHEDULED, TRACE = "On-Behalf-Of", "IsUnscheduledAccessEvent", "TraceID"


@dataclass(frozen=True)
class Asked:
    """One interaction: the request, for which practitioner at which setting, and when."""

    request: HttpRequest
    actor: Actor
    setting: Setting
    now: datetime

    @property
    def parameters(self) -> QueryDict:
        """Of the address and, where a search is posted, of its body."""
        told = self.request.GET.copy()
        told.update(self.request.POST)
        return told

    @property
    def strict(self) -> bool:
        return "handling=strict" in self.request.headers.get("Prefer", "").replace(" ", "").lower()

    @property
    def unscheduled(self) -> bool:
        """Whether the care is unplanned, as the header says; raises Problem where it does not: nothing is assumed."""
        said = self.request.headers.get(UNSCHEDULED, "").strip().lower()
        if said not in ("true", "false"):
            words = _(
                "Say whether the care is unplanned: header %s, true or false. If true, the authority is told."
            )
            raise Problem(400, "required", "PRECONDITION_FAILED", words % UNSCHEDULED, at=UNSCHEDULED)
        return said == "true"


def base(request: HttpRequest) -> str:
    """The address of the interface as the caller knows it."""
    return str(request.build_absolute_uri(BASE))


def interaction(*methods: str) -> Callable[[Callable[..., Node]], Callable[..., HttpResponse]]:
    """For systems of settings that may look, for a practitioner of theirs: the view gets an `Asked`."""

    def around(view: Callable[..., Node]) -> Callable[..., HttpResponse]:
        def known(request: HttpRequest, **parts: Any) -> Node:
            now = timezone.now()
            actor, setting = _who(request, now)
            asked = Asked(request, actor, setting, now)
            with context.acting(actor, door="fhir", now=now):
                try:
                    return view(asked, **parts)
                except Refused as error:
                    _note(asked, error)
                    raise

        return wraps(view)(_answering(methods, known))

    return around


def open_to_all(*methods: str) -> Callable[[Callable[..., Node]], Callable[..., HttpResponse]]:
    """For anyone: nothing of anybody is told. The view gets the request."""
    return lambda view: wraps(view)(_answering(methods, view))


def _answering(methods: tuple[str, ...], view: Callable[..., Node]) -> Callable[..., HttpResponse]:
    """Whatever happens is answered in FHIR."""

    @csrf_exempt
    @transaction.non_atomic_requests
    def answered(request: HttpRequest, **parts: Any) -> HttpResponse:
        try:
            _check_method(request, methods)
            _check_format(request)
            return _response(request, view(request, **parts))
        except Problem as problem:
            return _told(request, problem)
        except JigsawError as error:
            return _told(request, problems.of_domain(error))
        except Exception as error:  # whatever went wrong, the caller hears so in its own language
            log.error("unexpected error", exc_info=error, extra={"path": request.path})
            return _told(request, problems.our_fault())

    return answered


def _told(request: HttpRequest, problem: Problem) -> HttpResponse:
    answer = _response(request, problem.outcome(), status=problem.status)
    for name, value in problem.headers.items():
        answer[name] = value
    return answer


def _response(request: HttpRequest, body: Node, *, status: int = 200) -> HttpResponse:
    answer = HttpResponse(json.dumps(body, ensure_ascii=False), content_type=FHIR_JSON, status=status)
    trace = request.headers.get(TRACE, "")
    if re.fullmatch(r"[\w-]{1,64}", trace):
        answer[TRACE] = trace
    return answer


def _check_method(request: HttpRequest, methods: tuple[str, ...]) -> None:
    if methods and request.method not in methods:
        raise Problem(405, "not-supported", "METHOD_NOT_ALLOWED", _("This is only read here."),
                      headers={"Allow": ", ".join(methods)})  # fmt: skip
    if request.method == "POST" and request.content_type != "application/x-www-form-urlencoded":
        raise Problem(415, "not-supported", "UNSUPPORTED_MEDIA_TYPE",
                      _("Post a search as application/x-www-form-urlencoded."))  # fmt: skip


def _check_format(request: HttpRequest) -> None:
    """JSON of FHIR 4.0; `_format` goes before Accept."""
    asked = request.GET.get("_format")
    wanted = [asked] if asked else request.headers.get("Accept", "*/*").split(",")
    for one in wanted:
        kind, *parameters = (part.strip().lower() for part in one.split(";"))
        other = any(part.startswith("fhirversion=") and part != "fhirversion=4.0" for part in parameters)
        if kind in (FORMATS if asked else SPOKEN) and not other and "q=0" not in parameters:
            return
    raise Problem(406, "not-supported", "NOT_ACCEPTABLE", _("Answers are %s, of FHIR 4.0.") % FHIR_JSON)


def _who(request: HttpRequest, now: datetime) -> tuple[Actor, Setting]:
    """The practitioner and the setting; raises Problem or Refused."""
    kind, _space, secret = request.headers.get("Authorization", "").partition(" ")
    address = request.headers.get(FOR_WHOM, "").strip()
    with context.working("feeds", now=now):
        setting = settings.of_secret(secret) if kind.lower() == "bearer" and secret else None
        if setting is None:
            raise Problem(401, "login", "ACCESS_DENIED", _("Send the secret of a setting: Authorization: Bearer."),
                          headers={"WWW-Authenticate": "Bearer"})  # fmt: skip
        if not address:
            words = _("Say who is looking: header %s, the address with which they sign in here.")
            raise Problem(400, "required", "PRECONDITION_FAILED", words % FOR_WHOM, at=FOR_WHOM)
        return by_system.practitioner_of(setting, address), setting


def _note(asked: Asked, error: Refused) -> None:
    """As in the browser: that somebody asked for whom they may not see is written down, after what failed was undone."""
    if error.concerning:
        with transaction.atomic():
            people.note_refusal(asked.actor, error.concerning, now=asked.now)
