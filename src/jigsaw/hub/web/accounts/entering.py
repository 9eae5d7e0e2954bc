"""Where does a session begin? Here and nowhere else: after the second factor, or without one where there is none.

Between the two steps a browser holds no session of anybody: only, for five minutes, whose password was right.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.agencies import second_factors
from jigsaw.hub.agencies.passkeys import Question, Site
from jigsaw.hub.agencies.second_factors import PasskeyAnswer
from jigsaw.hub.web.accounts.providers import Provider

if TYPE_CHECKING:
    from jigsaw.hub.agencies.models import Practitioner

HALF_SECONDS = 300
QUESTION_SECONDS = 300


def let_in(
    request: HttpRequest,
    practitioner: Practitioner,
    *,
    by: str,
    vouched: str = "",
    fresh: float | None = None,
) -> None:
    """Begin a session of theirs.

    `by` is what they proved it with last ("password" if with nothing else), `vouched` the code of the place that
    vouches for them, if one does, and `fresh` when they proved it, in seconds: now, unless that was elsewhere.
    """
    login(request, practitioner)
    request.session["began"] = request.session["seen"] = request.now.timestamp()
    request.session["proof"] = by
    request.session["browser"] = browser_words(request.headers.get("User-Agent", ""))
    request.session["vouched"] = vouched
    now = request.now.timestamp()
    request.session["fresh"] = now if fresh is None else min(fresh, now)
    request.session.pop("half", None)


BROWSERS = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


def browser_words(agent: str) -> str:
    """As much of what a browser says of itself as its owner needs to know it again; empty if it says nothing known."""
    browser = next((words for mark, words in BROWSERS if mark in agent), "")
    system = next((words for mark, words in SYSTEMS if mark in agent), "")
    return ", ".join(filter(None, (browser, system)))


def half_in(request: HttpRequest, practitioner: Practitioner) -> None:
    """The password was right. Whatever session there was ends; this one is nobody's yet."""
    request.session.flush()
    request.session["half"] = {"whose": str(practitioner.pk), "at": request.now.timestamp()}


def whose_half(request: HttpRequest) -> UUID | None:
    """Whose password was typed in this browser less than five minutes ago, while their account is on."""
    half = request.session.get("half") or {}
    if not half or request.now.timestamp() - half["at"] > HALF_SECONDS:
        return None
    found = agencies.active_practitioner(UUID(half["whose"]))
    return found.pk if found else None


def must_add_a_second_factor(request: HttpRequest) -> bool:
    """Did they sign in with a password alone, where that is not enough?"""
    return request.session.get("proof", "password") == "password" and second_factors.required()


def must_change_password(request: HttpRequest) -> bool:
    """Did they sign in with a password that somebody else gave them?"""
    return bool(request.user.password_is_first) and not request.session.get("vouched")


def vouched_for_by(request: HttpRequest) -> Provider | None:
    """The place that vouches for whoever has this session; None if they signed in with a password."""
    found: Provider | None = settings.SIGN_IN_WITH.get(request.session.get("vouched", ""))
    return found


def where_to(request: HttpRequest) -> str:
    """Where they were going, if that is on this site; else the first page of their role."""
    wanted = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else reverse("home")


def going_to(request: HttpRequest) -> str:
    """Where to come back to from this page: what it leads on to, or else itself."""
    return where_to(request) if "next" in request.GET else request.path


# --- passkeys -----------------------------------------------------------------------------------------


def site(request: HttpRequest) -> Site:
    """This hub as passkeys know it: by the name in the address."""
    whole = request.get_host()
    scheme = "https" if settings.HTTPS else request.scheme
    name = whole if whole.startswith("[") else whole.partition(":")[0]
    return Site(host=name, origin=f"{scheme}://{whole}", name="Jigsaw")


def passkeys_work_here(request: HttpRequest) -> bool:
    """Browsers make passkeys for names, not for numbers such as 127.0.0.1."""
    try:
        ipaddress.ip_address(site(request).host.strip("[]"))
    except ValueError:
        return True
    return False


def remember(request: HttpRequest, question: Question | None) -> dict[str, Any] | None:
    """What the page puts to the browser; what its answer must fit is kept in the session, for five minutes."""
    if question is None:
        return None
    request.session["question"] = {"state": question.state, "at": request.now.timestamp()}
    return question.options


def answer(request: HttpRequest) -> PasskeyAnswer:
    """What the browser answered, with the question it was asked: which is gone with this."""
    kept = request.session.pop("question", None) or {}
    live = kept and request.now.timestamp() - kept["at"] <= QUESTION_SECONDS
    state = kept["state"] if live else None
    return PasskeyAnswer(site(request), state, request.POST.get("passkey", "")[:20_000])
