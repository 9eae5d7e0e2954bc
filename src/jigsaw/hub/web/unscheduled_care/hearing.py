"""What an authority hears of unscheduled care."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.unscheduled_care import hearing
from jigsaw.hub.unscheduled_care.states import AlertState
from jigsaw.hub.web import door
from jigsaw.hub.web.door import Visit, practitioner_page
from jigsaw.hub.web.people import words
from jigsaw.hub.web.unscheduled_care.forms import ActForm

TONES = {
    AlertState.SENT: "sent",
    AlertState.RECEIVED: "sent",
    AlertState.OPENED: "opened",
    AlertState.ACTED_ON: "done",
    AlertState.CANCELLED: "withdrawn",
}


@practitioner_page
def listed(visit: Visit) -> HttpResponse:
    """For those of an authority who hear of unscheduled care: what waits, and what was done."""
    rows = [_row(visit, one) for one in hearing.heard(visit.actor, now=visit.now)]
    over = (AlertState.ACTED_ON, AlertState.CANCELLED)
    context = {
        "waiting": [row for row in rows if row["alert"].state not in over],
        "over": [row for row in rows if row["alert"].state in over],
    }
    return render(visit.request, "unscheduled_care/alerts.html", context)


def _row(visit: Visit, one: hearing.Heard) -> dict[str, Any]:
    today = agreements.local_day(visit.now)
    return {
        "alert": one.alert,
        "name": words.name(one.card),
        "born": words.born(one.card, today),
        "tone": TONES[AlertState(one.alert.state)],
        "accesses": one.accesses,
        "first": one.accesses[0] if one.accesses else None,
    }


@practitioner_page
def one(visit: Visit, reference: str) -> HttpResponse:
    """For those of the authority who hear of it: who, when, where, seen by whom; and what was done about it."""
    form = ActForm(visit.request.POST or None)
    if visit.request.method == "POST" and form.is_valid():
        try:
            return door.once(visit, lambda: _acted(visit, reference, form.cleaned_data["what_was_done"]))
        except Invalid as problem:
            form.take(problem)
    found = hearing.open_alert(visit.actor, reference, now=visit.now)
    may_act = found.alert.state not in (AlertState.ACTED_ON, AlertState.CANCELLED)
    context = {**_row(visit, found), "form": form, "may_act": may_act, "token": door.new_token()}
    return render(visit.request, "unscheduled_care/alert.html", context, status=400 if form.errors else 200)


def _acted(visit: Visit, reference: str, what_was_done: str) -> str:
    hearing.act(actor=visit.actor, reference=reference, what_was_done=what_was_done, now=visit.now)
    messages.success(visit.request, _("Noted. The alert is done."))
    return reverse("alerts")
