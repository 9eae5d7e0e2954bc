"""For the administrator: settings of unscheduled care, and authorities' own systems that are told of new alerts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as say

from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.unscheduled_care import hooks, settings
from jigsaw.hub.web import door
from jigsaw.hub.web.door import Visit, practitioner_page
from jigsaw.hub.web.settings.care_forms import Change, Hook

if TYPE_CHECKING:
    from jigsaw.hub.unscheduled_care.models import AlertPush, Setting


@practitioner_page
def listed(visit: Visit) -> HttpResponse:
    """For administrators: every setting of unscheduled care, and how its messages are known."""
    return render(visit.request, "settings/care.html", {"settings": settings.listed(visit.actor)})


@practitioner_page
def one(visit: Visit, setting: UUID) -> HttpResponse:
    """For administrators: change a setting of unscheduled care, or switch it off."""
    found = settings.one(visit.actor, setting)
    form = Change(found, visit.request.POST or None, initial=_as_it_is(found))
    if visit.request.method == "POST" and form.is_valid():
        try:
            return door.once(visit, lambda: _changed(visit, found, form))
        except Invalid as problem:
            form.take(problem)
    context = {
        "setting": found,
        "form": form,
        "offered": settings.new_secret(),
        "token": door.new_token(),
    }
    return render(visit.request, "settings/care_one.html", context, status=400 if form.errors else 200)


def _as_it_is(found: Setting) -> dict[str, Any]:
    same = ("name", "ods_code", "facility", "active", "may_look")
    return {field: getattr(found, field) for field in same} | {
        "worked_on_by": str(found.worked_on_by_id),
        "addresses": "\n".join(found.addresses),
        "phone": found.agency.phone,
        "out_of_hours_phone": found.agency.out_of_hours_phone,
    }


def _changed(visit: Visit, found: Setting, form: Change) -> str:
    made = settings.change(actor=visit.actor, setting=found.pk, to=form.changed(), now=visit.now)
    messages.success(visit.request, say("%(name)s is changed.") % {"name": made.name})
    return reverse("settings-care")


@practitioner_page
def alert_hooks(visit: Visit) -> HttpResponse:
    """For administrators: authorities' own systems that are told of alerts; set up, try, switch off."""
    found = hooks.all_hooks(visit.actor)
    form = Hook()
    if visit.request.method == "POST":
        act = visit.request.POST.get("do", "")
        if act in ACTS:
            return door.once(visit, lambda: _acted(visit, act))
        if act != "set-up":
            return redirect("settings-alert-hooks")
        form = Hook(visit.request.POST)
        if form.is_valid():
            try:
                return door.once(visit, lambda: _set_up(visit, form))
            except Invalid as problem:
                form.take(problem)
    context = {
        "hooks": [_shown(one) for one in found],
        "form": form,
        "token": door.new_token(),
    }
    return render(visit.request, "settings/alert_hooks.html", context, status=400 if form.errors else 200)


def _shown(one: hooks.Listed) -> dict[str, Any]:
    return {"one": one, "token": door.new_token(), "pushes": [_push(row) for row in one.latest]}


def _push(row: AlertPush) -> dict[str, Any]:
    if row.delivered_at:
        state = "done"
    elif row.given_up_at:
        state = "withdrawn"
    else:
        state = "waiting"
    return {"row": row, "state": state, "said": hooks.SAID.get(row.said, "")}


def _set_up(visit: Visit, form: Hook) -> str:
    made = hooks.set_up(actor=visit.actor, now=visit.now, **form.cleaned_data)
    messages.success(
        visit.request,
        say("%(name)s is told of each new alert from now on. Send a trial.") % {"name": made.agency.name},
    )
    return reverse("settings-alert-hooks")


ACTS = ("on", "off", "try", "again")


def _acted(visit: Visit, act: str) -> str:
    hook = _uuid(visit.request.POST.get("hook", ""))
    if act in ("on", "off"):
        hooks.switch(actor=visit.actor, hook=hook, on=act == "on", now=visit.now)
    elif act == "try":
        hooks.try_out(actor=visit.actor, hook=hook, now=visit.now)
    else:
        hooks.send_again(actor=visit.actor, hook=hook, now=visit.now)
    said = {
        "on": say("It is told of alerts from now on."),
        "off": say("Nothing is sent to it any more."),
        "try": say("A trial goes out within a minute: open this page again then."),
        "again": say("What was given up is sent again, beginning within a minute."),
    }
    messages.success(visit.request, said[act])
    return reverse("settings-alert-hooks")


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)
