"""What every page does the same way: who is acting, what time is it, and which form is this?

A view makes one domain call. `practitioner_page` reads the clock and the actor once, and passes both in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import UUID

from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.kit import context, drafts, submissions
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.ids import uuid7
from jigsaw.hub.web.accounts import entering


@dataclass(frozen=True)
class Visit:
    """One request by a signed-in practitioner: who, and when."""

    request: HttpRequest
    actor: Actor
    now: datetime


def practitioner_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Only for someone signed in: the view gets a `Visit`. Others are led to sign in and back.

    Whoever was given their password is led to choose another before anything else opens; and, where a second factor
    is required, whoever has none yet to add one.
    """

    @wraps(view)
    def page(request: HttpRequest, **parts: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return to_sign_in(request)
        if entering.must_change_password(request):
            if not getattr(page, "with_first_password", False):
                return redirect("ways-in-password")
        elif not getattr(page, "without_second_factor", False) and entering.must_add_a_second_factor(request):
            return redirect("ways-in")
        return view(Visit(request, request.actor, request.now), **parts)

    page.needs_practitioner = True  # read by the test that every page says who may use it
    return page


def before_second_factor(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page that opens also to whoever must add a second factor first: they do so on it."""
    view.without_second_factor = True  # read by `practitioner_page`, which is put around it
    return view


def before_own_password(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page that opens also to whoever must choose a password of their own first."""
    view.with_first_password = True  # read by `practitioner_page`, which is put around it
    return view


def to_sign_in(request: HttpRequest, *, kept: bool = False) -> HttpResponse:
    """To the sign-in page, and back here afterwards."""
    words = "&kept=1" if kept else ""
    return redirect(f"{reverse('sign-in')}?next={request.get_full_path()}{words}")


class Acting:
    """Middleware: puts the actor and the time on the request, once."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.now = timezone.now()
        request.actor = agencies.actor_for(request.user) if request.user.is_authenticated else None
        with context.acting(request.actor, door="web", now=request.now):
            return self.get_response(request)


# --- forms that are sent once and never lose a word -------------------------------------------------


def new_token() -> str:
    """A token for a form about to be shown: pressed twice, it has one effect."""
    return str(uuid7())


def token_of(request: HttpRequest) -> UUID | None:
    """The token of the form that was sent, if it carries one."""
    try:
        return UUID(request.POST.get("token", ""))
    except ValueError:
        return None


def once(visit: Visit, act: Callable[[], str], *, draft: str = "") -> HttpResponse:
    """Do what the form asks, once however often the button is pressed, and go where `act` says.

    `act` makes the one domain call and returns the address to go to. What it raises passes through
    with nothing done: the token is not spent, and the draft stays.
    """
    owner = visit.actor.practitioner_id
    assert owner is not None
    token = token_of(visit.request)
    with transaction.atomic():
        earlier = submissions.spend(token=token, owner=owner, now=visit.now)
        if earlier is not None:
            return redirect(earlier or "/")
        to = act()
        submissions.outcome_is(token=token, outcome=to)
        if draft:
            drafts.discard(owner=owner, about=draft)
    return redirect(to)


def typed(request: HttpRequest) -> dict[str, list[str]]:
    """Everything in a form as it was sent, without what belongs to the page itself."""
    return {
        name: values
        for name, values in request.POST.lists()
        if name not in ("csrfmiddlewaretoken", "token", "timer")
    }


def owner_mark(actor: Actor) -> str:
    """Who a form was made for, signed: put in the form, read when it comes back after the session ended."""
    return signing.dumps(str(actor.practitioner_id), salt="form-owner")


def owner_of_form(request: HttpRequest) -> UUID | None:
    """The practitioner a form was made for, if the mark is ours and less than a working day old."""
    try:
        return UUID(signing.loads(request.POST.get("owner", ""), salt="form-owner", max_age=12 * 3600))
    except (signing.BadSignature, ValueError):
        return None
