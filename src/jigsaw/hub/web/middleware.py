"""What holds for every page: security headers, session clocks, kept words, and errors in words."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from jigsaw.hub.agencies import operations as agencies
from jigsaw.hub.agencies import queries as agency_queries
from jigsaw.hub.kit import drafts
from jigsaw.hub.kit.errors import AlreadyDone, Invalid, JigsawError, NotHere, Refused, TooMany, WrongState
from jigsaw.hub.people import emergencies, pace
from jigsaw.hub.people import queries as people
from jigsaw.hub.web import door

log = logging.getLogger("jigsaw.web")
GetResponse = Callable[[HttpRequest], HttpResponse]

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
PERMISSIONS = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"


WITHOUT_USE = ("TRACE", "TRACK", "CONNECT")


class SecurityHeaders:
    """The strict content security policy on every answer, or the stricter one of its own; pages are never cached."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Content-Security-Policy", CSP)
        response["Permissions-Policy"] = PERMISSIONS
        if not request.path.startswith(settings.STATIC_URL):
            response["Cache-Control"] = "no-store"
        return response


class NothingInPlainText:
    """Behind TLS, only a page that is asked for in plain text leads on to where it is not; all else is refused.

    A program that sends in plain text what is not to be read, or a form, is told so: led on, it would go on doing so.
    """

    FOR_PROGRAMS = ("/fhir/", "/hub-to-hub/", "/attendances/", "/scim/", "/openapi")

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.HTTPS and not request.is_secure() and not self._may_be_led_on(request):
            log.warning("refused what came in plain text", extra={"method": request.method})
            return HttpResponse(status=403)
        return self.get_response(request)

    def _may_be_led_on(self, request: HttpRequest) -> bool:
        return request.method in ("GET", "HEAD") and not request.path.startswith(self.FOR_PROGRAMS)


FROM_ELSEWHERE = ("cross-site", "same-site")


class AskedFromHere:
    """What the page of another site sends, or would embed, is refused, whatever cookies came along with it.

    Browsers say of each request which site's page made it, and no page can change that (Fetch Metadata, Sec-Fetch-Site).
    A link from elsewhere leads here; an act, or one of our pages inside another, does not. What sends no such header is
    no browser of today: it is held to form tokens and cookies of this site alone, as everybody is.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.headers.get("Sec-Fetch-Site") in FROM_ELSEWHERE and not self._is_a_link(request):
            log.warning("refused what another site's page asked", extra={"method": request.method})
            return HttpResponse(status=403)
        return self.get_response(request)

    def _is_a_link(self, request: HttpRequest) -> bool:
        whole_page = request.headers.get("Sec-Fetch-Dest", "document") == "document"
        by_a_link = request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
        return request.method in ("GET", "HEAD") and whole_page and by_a_link


class KnownMethods:
    """No door opens to a method for which none has a use; of the others each door says itself what it takes."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in WITHOUT_USE:
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        return self.get_response(request)


SEEN_AGAIN_AFTER = 10
"""Seconds within which being there is not written down once more: ten idle minutes may be so much shorter."""


class SessionClock:
    """Signs out after ten idle minutes, and after eight hours in all; either is written down.

    What a browser sends by itself does not count as being there (`request.by_itself`). Words saved while they
    are typed do, as often as they change: whoever is typing is there. Nothing goes past the eight hours.

    Whoever proved once more who they are (`request.proved_again`) goes on under another cookie; here, because what the
    page itself did may be undone.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and (why := self._over(request)):
            agencies.signed_out(actor=agency_queries.actor_for(request.user), now=timezone.now(), why=why)
            logout(request)
        response = self.get_response(request)
        if request.user.is_authenticated and getattr(request, "proved_again", False):
            request.session.cycle_key()
        if request.user.is_authenticated and not getattr(request, "by_itself", False):
            self._note_seen(request)
        return response

    def _note_seen(self, request: HttpRequest) -> None:
        now = timezone.now().timestamp()
        if now - request.session.get("seen", 0) >= SEEN_AGAIN_AFTER:
            request.session["seen"] = now

    def _over(self, request: HttpRequest) -> str:
        """Why the session is over: idle or whole; empty while it is not."""
        now = timezone.now().timestamp()
        if now - request.session.get("began", now) > settings.SESSION_ABSOLUTE_SECONDS:
            return "whole"
        return "idle" if now - request.session.get("seen", now) > settings.SESSION_IDLE_SECONDS else ""


class KeepUnsentWords:
    """A form that arrives after the session ended is kept, and comes back after signing in.

    Kept under the practitioner who was signed in when the page was made (the form says who, signed),
    so that nobody else who signs in on the same PC is shown it.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], parts: dict[str, Any]
    ) -> HttpResponse | None:
        if request.method != "POST" or not getattr(view, "needs_practitioner", False):
            return None
        if request.session.get("_auth_user_id") and not self._expired(request):
            return None
        owner = door.owner_of_form(request)
        about = request.POST.get("draft", "")
        if owner and about:
            drafts.save(owner=owner, about=about, fields=door.typed(request), now=timezone.now())
        return door.to_sign_in(request, kept=bool(owner and about))

    def _expired(self, request: HttpRequest) -> bool:
        now = timezone.now().timestamp()
        return (
            now - request.session.get("seen", now) > settings.SESSION_IDLE_SECONDS
            or now - request.session.get("began", now) > settings.SESSION_ABSOLUTE_SECONDS
        )


class PutAway:
    """Without scripts no page can clear itself, so its browser is told to leave it once the session must be over.

    Not a page on which something may have been typed: those words would be lost. With scripts, away.js does more and this
    is not read.
    """

    SECONDS = settings.SESSION_IDLE_SECONDS + SEEN_AGAIN_AFTER + 5
    TYPED_INTO = re.compile(rb"<textarea|<input(?![^>]*type=\"(?:hidden|submit|checkbox|radio)\")|<select")

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        a_page = response.status_code == 200 and response.get("Content-Type", "").startswith("text/html")
        if request.actor and a_page and not response.streaming:
            _before, _main, shown = response.content.partition(b"<main")
            if shown and not self.TYPED_INTO.search(shown):
                response.content = response.content.replace(b"</head>", self._leave(request) + b"</head>", 1)
        return response

    def _leave(self, request: HttpRequest) -> bytes:
        to = f"{reverse('session-away')}?{urlencode({'next': request.get_full_path()})}"
        return f'<noscript><meta http-equiv="refresh" content="{self.SECONDS}; url={to}"></noscript>'.encode()


def _keep_words(request: HttpRequest) -> None:
    """Keep what was typed, for the practitioner the form was made for and who sent it."""
    about, owner = request.POST.get("draft", ""), door.owner_of_form(request)
    if request.method == "POST" and about and owner and owner == request.user.pk:
        drafts.save(owner=owner, about=about, fields=door.typed(request), now=timezone.now())


class SayWhatToDo:
    """An error a practitioner can act on becomes a page in words; absent and not-yours look alike.

    Whatever went wrong, the words in a form with a draft are kept: what the view itself kept was undone
    with the rest of its transaction.
    """

    STATUS = {NotHere: 404, Refused: 403, Invalid: 400, AlreadyDone: 409, WrongState: 409, TooMany: 429}

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        _keep_words(request)
        if isinstance(error, Http404 | PermissionDenied):
            error = NotHere("There is no such page.", "Check the address, or go back to your start page.")
        if not isinstance(error, JigsawError):
            log.error("unexpected error", exc_info=error, extra={"path": request.path})
            return None
        if isinstance(error, Refused | NotHere) and request.actor:
            self._note(request, error)
        status = next((code for kind, code in self.STATUS.items() if isinstance(error, kind)), 400)
        told = {"problem": error, "status": status, "emergency": _way_in(request, error)}
        page = render(request, "problem.html", told | _why(request, error), status=status)
        if isinstance(error, TooMany):
            pace.note_exceeded(request.actor, _page(request), now=request.now)
            page["Retry-After"] = str(int(error.wait.total_seconds()))
        return page

    def _note(self, request: HttpRequest, error: Refused | NotHere) -> None:
        """That somebody signed in was not let in, and to which page; of whom they are too close to, more."""
        if isinstance(error, Refused) and error.concerning:
            people.note_refusal(request.actor, error.concerning, now=request.now)
        else:
            why = "refused" if isinstance(error, Refused) else "not_here"
            agencies.not_let_in(actor=request.actor, page=_page(request), why=why, now=request.now)


def _page(request: HttpRequest) -> str:
    """The name of the page that was asked for: never its address, which may name a case."""
    return request.resolver_match.url_name or "" if request.resolver_match else ""


def _why(request: HttpRequest, error: JigsawError) -> dict[str, object]:
    """What lies behind an answer of no: what anybody is shown, or what this practitioner's roles include."""
    if isinstance(error, NotHere):
        return {"why_not_here": True}
    if isinstance(error, Refused) and request.actor:
        return {
            "why_refused": True,
            "roles": agency_queries.roles_of(request.actor),
            "written_down": error.concerning is not None,
        }
    return {}


def _way_in(request: HttpRequest, error: JigsawError) -> bool:
    """May whoever was not let in to a child's page open it in an emergency? Asked alike whether there is a child."""
    match = request.resolver_match
    if not isinstance(error, NotHere) or match is None or match.url_name != "child" or not request.actor:
        return False
    return emergencies.can_open(request.actor)
