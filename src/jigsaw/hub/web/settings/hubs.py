"""Other hubs that may ask and be asked: which there are, what was agreed with each, keys, and a pause."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as say

from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.partner_hubs import operations, queries
from jigsaw.hub.web import door
from jigsaw.hub.web.door import Visit, practitioner_page
from jigsaw.hub.web.settings.hub_forms import AGREED, Agreed, NewKeys, OurCard, TheirCard

Acted = tuple[Any, HttpResponse | None]


@practitioner_page
def hubs(visit: Visit) -> HttpResponse:
    """For administrators: other hubs, our own card for them, and adding one from its card."""
    partners = queries.all_partners(visit.actor, now=visit.now)
    forms: dict[str, Any] = {"ours": _our_card(), "theirs": TheirCard()}
    status = 200
    if visit.request.method == "POST":
        acts = {"ours": (OurCard, _set_ours), "theirs": (TheirCard, _add)}
        name = visit.request.POST.get("do", "")
        if name not in acts:
            return redirect("settings-partner-hubs")
        forms[name], answer = _done(visit, *acts[name])
        if answer is not None:
            return answer
        status = 400
    us = queries.us()
    card = operations.our_card(actor=visit.actor, now=visit.now) if us else None
    context = {
        "partners": partners,
        **forms,
        "card": card,
        "card_text": json.dumps(asdict(card), ensure_ascii=False, indent=2) if card else "",
        "problems": [form for form in forms.values() if form.is_bound],
        "page_errors": status == 400,
        "token": door.new_token(),
    }
    return render(visit.request, "settings/hubs.html", context, status=status)


def _our_card() -> OurCard:
    us = queries.us()
    return OurCard(initial={"our_code": us.code, "our_address": us.address} if us else {})


def _done(visit: Visit, form_of: Callable[[Any], Any], act: Callable[[Visit, Any], str]) -> Acted:
    """The form as sent, and where it led; no answer if something was wrong with it."""
    form = form_of(visit.request.POST)
    if form.is_valid():
        try:
            return form, door.once(visit, lambda: act(visit, form))
        except Invalid as problem:
            form.take(problem)
    return form, None


def _set_ours(visit: Visit, form: OurCard) -> str:
    operations.our_card(
        actor=visit.actor,
        code=form.cleaned_data["our_code"],
        address=form.cleaned_data["our_address"],
        now=visit.now,
    )
    messages.success(visit.request, say("This is the card to give to other hubs from now on."))
    return reverse("settings-partner-hubs")


def _add(visit: Visit, form: TheirCard) -> str:
    added = operations.add(
        actor=visit.actor,
        card=form.cleaned_data["card"],
        replace_key=form.cleaned_data["replace_key"],
        now=visit.now,
    )
    messages.success(
        visit.request,
        say("%(name)s is added. Ring them, on a number that you had before, and compare the letters.")
        % {"name": added.name},
    )
    return _page_of(added.code)


def _page_of(code: str) -> str:
    return reverse("settings-partner-hub", kwargs={"hub": code})


@practitioner_page
def hub(visit: Visit, hub: str) -> HttpResponse:
    """For administrators: one other hub; what was agreed, a pause, and new keys."""
    found = queries.partner(visit.actor, hub, now=visit.now)
    forms: dict[str, Any] = {
        "agreed": Agreed(initial={name: getattr(found, name) for name in AGREED}),
        "keys": NewKeys(),
    }
    status = 200
    if visit.request.method == "POST":
        acts: dict[str, tuple[Any, Callable[[Visit, str, Any], str]]] = {
            "agreed": (Agreed, _agree),
            "keys": (NewKeys, _rotate),
        }
        name = visit.request.POST.get("do", "")
        if name in ("on", "off"):
            return door.once(visit, lambda: _switch(visit, found.code, on=name == "on"))
        if name not in acts:
            return redirect(_page_of(found.code))
        form_of, act = acts[name]
        forms[name], answer = _done(visit, form_of, lambda at, form: act(at, found.code, form))
        if answer is not None:
            return answer
        status = 400
    context = {
        "hub": found,
        **forms,
        "problems": [form for form in forms.values() if form.is_bound],
        "page_errors": status == 400,
        "token": door.new_token(),
    }
    return render(visit.request, "settings/hub.html", context, status=status)


def _agree(visit: Visit, code: str, form: Agreed) -> str:
    operations.agree(actor=visit.actor, code=code, now=visit.now, **form.cleaned_data)
    messages.success(
        visit.request, say("What was agreed is written down, and holds from the next question on.")
    )
    return _page_of(code)


def _rotate(visit: Visit, code: str, form: NewKeys) -> str:
    epoch = operations.rotate(
        actor=visit.actor, code=code, at_once=form.cleaned_data["at_once"], now=visit.now
    )
    messages.success(
        visit.request, say("Our key with them is number %(epoch)d from now on.") % {"epoch": epoch}
    )
    return _page_of(code)


def _switch(visit: Visit, code: str, *, on: bool) -> str:
    changed = operations.switch(actor=visit.actor, code=code, on=on, now=visit.now)
    said = (
        say("%(name)s may ask and be asked again.")
        if on
        else say("Nothing of %(name)s is accepted, and nothing is sent to them.")
    )
    messages.success(visit.request, said % {"name": changed.name})
    return _page_of(code)
