"""An agency's directory of staff asks and tells: SCIM 2.0 (RFC 7644) for users of that agency, known by its secret.

No session and no form, so nothing that a forged page could use. Whatever goes wrong is answered as SCIM says.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from jigsaw.formats import scim
from jigsaw.formats.scim import NotScim
from jigsaw.hub.agencies import directories
from jigsaw.hub.agencies.directories import Known
from jigsaw.hub.kit import context
from jigsaw.hub.kit.errors import Invalid, JigsawError, NotHere

if TYPE_CHECKING:
    from jigsaw.hub.agencies.models import StaffDirectory

SCIM_JSON = "application/scim+json"
LARGEST = 100_000
A_PAGE = 100
BY = {"userName": "email", "externalId": "external", "id": "id"}
Answer = tuple[int, dict[str, Any] | None]


def _asked(*methods: str) -> Callable[[Callable[..., Answer]], Callable[..., HttpResponse]]:
    """For a connected directory: the view gets the request, the directory and the time."""

    def around(view: Callable[..., Answer]) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @transaction.non_atomic_requests
        @wraps(view)
        def answered(request: HttpRequest, **parts: Any) -> HttpResponse:
            if request.method not in methods:
                return HttpResponse(status=405, headers={"Allow": ", ".join(methods)})
            now = timezone.now()
            with context.working("feeds", now=now):
                directory = _directory(request)
                if directory is None:
                    return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
                return _said(*_or_error(lambda: view(request, directory, now, **parts)))

        return answered

    return around


def _directory(request: HttpRequest) -> StaffDirectory | None:
    kind, _space, secret = request.headers.get("Authorization", "").partition(" ")
    return directories.of_secret(secret) if kind.lower() == "bearer" and secret else None


def _or_error(act: Callable[[], Answer]) -> Answer:
    try:
        with transaction.atomic():
            return act()
    except NotScim as error:
        return _error(400, str(error), error.kind)
    except NotHere as error:
        return _error(404, str(error.words))
    except Invalid as error:
        taken = "userName" in error.fields
        words = " ".join(map(str, (error.words, *error.fields.values())))
        return _error(409, words, "uniqueness") if taken else _error(400, words, "invalidValue")
    except JigsawError as error:
        return _error(403, str(error.words))


def _error(status: int, words: str, kind: str = "") -> Answer:
    about = {"scimType": kind} if kind else {}
    return status, {"schemas": [scim.ERROR], "status": str(status), "detail": words, **about}


def _said(status: int, body: dict[str, Any] | None) -> HttpResponse:
    if body is None:
        return HttpResponse(status=status)
    answer = HttpResponse(json.dumps(body, ensure_ascii=False), content_type=SCIM_JSON, status=status)
    if status == 201:
        answer["Location"] = body["meta"]["location"]
    return answer


@_asked("GET", "POST")
def users(request: HttpRequest, directory: StaffDirectory, now: datetime) -> Answer:
    """For an agency’s directory of staff, by its secret: who is there, and who joins."""
    if request.method == "POST":
        told = scim.read_user(_document(request), provider=directory.provider)
        if directories.known(directory, email=told.email)[0]:
            return _error(409, "There is an account with this userName already.", "uniqueness")
        return 201, _shown(request, directories.tell(directory, told, now=now))
    wanted = scim.read_filter(request.GET.get("filter", ""))
    by = {BY[wanted.attribute]: wanted.value} if wanted else {}
    start, count = (
        max(_number(request, "startIndex", 1), 1),
        min(max(_number(request, "count", A_PAGE), 0), A_PAGE),
    )
    if "id" in by and not _is_uuid(by["id"]):
        total, found = 0, list[Known]()
    else:
        total, found = directories.known(directory, start=start - 1, count=count, **by)
    return 200, {
        "schemas": [scim.LIST],
        "totalResults": total,
        "startIndex": start,
        "itemsPerPage": len(found),
        "Resources": [_shown(request, each) for each in found],
    }


@_asked("GET", "PUT", "PATCH", "DELETE")
def user(request: HttpRequest, directory: StaffDirectory, now: datetime, pk: UUID) -> Answer:
    """For an agency’s directory of staff, by its secret: one of its people; DELETE switches the account off."""
    there = directories.one(directory, pk)
    if request.method == "GET":
        return 200, _shown(request, there)
    email, active = there.practitioner.email, there.practitioner.is_active
    if request.method == "DELETE":
        directories.tell(directory, scim.listed({"email": email, "active": False}, provider=""), now=now)
        return 204, None
    if request.method == "PATCH":
        told = scim.read_patch(_document(request), provider=directory.provider, email=email, active=active)
    else:
        told = scim.read_user(_document(request), provider=directory.provider)
        if told.email.lower() != email.lower():
            raise NotScim("An account keeps its address. Switch it off, and add another.", "mutability")
    return 200, _shown(request, directories.tell(directory, told, now=now))


@_asked("GET")
def configuration(request: HttpRequest, directory: StaffDirectory, now: datetime) -> Answer:
    """For an agency’s directory of staff, by its secret: what of SCIM there is."""
    no = {"supported": False}
    return 200, {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        "patch": {"supported": True},
        "filter": {"supported": True, "maxResults": A_PAGE},
        "bulk": no | {"maxOperations": 0, "maxPayloadSize": 0},
        "changePassword": no,
        "sort": no,
        "etag": no,
        "authenticationSchemes": [
            {"type": "oauthbearertoken", "name": "Bearer", "description": "The secret of the directory."}
        ],
    }


@_asked("GET")
def resource_types(request: HttpRequest, directory: StaffDirectory, now: datetime) -> Answer:
    """For an agency’s directory of staff, by its secret: users, and nothing else."""
    kind = {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
        "id": "User",
        "name": "User",
        "endpoint": "/Users",
        "schema": scim.USER,
    }
    return 200, {
        "schemas": [scim.LIST],
        "totalResults": 1,
        "startIndex": 1,
        "itemsPerPage": 1,
        "Resources": [kind],
    }


def _shown(request: HttpRequest, known: Known) -> dict[str, Any]:
    row = known.practitioner
    where = request.build_absolute_uri(reverse("scim-user", args=[row.pk]))
    phone = [{"type": "work", "value": row.phone}] if row.phone else []
    shown = {
        "schemas": [scim.USER],
        "id": str(row.pk),
        "userName": row.email,
        "name": {"formatted": row.name},
        "displayName": row.name,
        "title": row.job_title,
        "active": row.is_active,
        "emails": [{"value": row.email, "type": "work", "primary": True}],
        "phoneNumbers": phone,
        "roles": [{"value": code} for code in known.roles],
        "meta": {"resourceType": "User", "location": where},
    }
    return shown | ({"externalId": known.external} if known.external else {})


def _document(request: HttpRequest) -> object:
    raw = request.read(LARGEST + 1)
    if len(raw) > LARGEST:
        raise NotScim("This is longer than any user is.", "tooMany")
    try:
        return json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise NotScim("This is no JSON.", "invalidSyntax") from error


def _number(request: HttpRequest, name: str, otherwise: int) -> int:
    said = request.GET.get(name, "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 9 else otherwise


def _is_uuid(value: str) -> bool:
    try:
        UUID(value)
    except ValueError:
        return False
    return True
