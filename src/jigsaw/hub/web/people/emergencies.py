"""Opening a child's page in an emergency, and looking at it afterwards."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from jigsaw.hub.kit.clock import ENGLAND
from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.people import emergencies
from jigsaw.hub.people.unusual import Unusual
from jigsaw.hub.web import door
from jigsaw.hub.web.door import Visit, practitioner_page
from jigsaw.hub.web.people import words
from jigsaw.hub.web.people.forms import EmergencyReason, EmergencyReview, UnusualNote


@practitioner_page
def open_page(visit: Visit, person: UUID) -> HttpResponse:
    """For those whose role allows it: any child they are not too close to, with a reason and after signing in again."""
    emergencies.check_can_open(visit.actor)
    form = EmergencyReason(visit, visit.request.POST or None)
    if visit.request.method == "POST" and form.is_valid() and form.proved():
        try:
            return door.once(visit, lambda: _opened(visit, person, form.cleaned_data["reason"]))
        except Invalid as problem:
            form.add_error("reason", str(problem.fields.get("reason", problem.words)))
    context = {"form": form, "person": person, "token": door.new_token(), "hours": _hours(), **form.asks()}
    return render(visit.request, "people/emergency.html", context, status=400 if form.errors else 200)


def _hours() -> int:
    return int(emergencies.AT_MOST.total_seconds()) // 3600


def _opened(visit: Visit, person: UUID, reason: str) -> str:
    made = emergencies.open_page(actor=visit.actor, person=person, reason=reason, now=visit.now)
    told = _(
        "You see this page until %(time)s. Somebody else of your agency will look at why (%(reference)s)."
    )
    until = made.ends_at.astimezone(ENGLAND)
    messages.warning(visit.request, told % {"time": f"{until:%H:%M}", "reference": made.reference})
    return reverse("child", args=[made.person_id])


@practitioner_page
def listed(visit: Visit) -> HttpResponse:
    """For those who look at their agency's emergencies afterwards, except their own."""
    wrong: EmergencyReview | UnusualNote | None = None
    if visit.request.method == "POST":
        unusual = "practitioner" in visit.request.POST
        wrong = (UnusualNote if unusual else EmergencyReview)(visit.request.POST)
        if wrong.is_valid():
            given, act = wrong.cleaned_data, _noted if unusual else _reviewed
            return door.once(visit, lambda: act(visit, given))
    shown = emergencies.to_review(visit.actor, now=visit.now)
    context = {
        "waiting": [_waiting(each, wrong) for each in shown.waiting],
        "reviewed": shown.reviewed,
        "refusals": shown.refusals,
        "too_fast": shown.too_fast,
        "looks": [_look(look, wrong) for look in shown.looks if not look.noted],
        "looked_at": [{"look": look, "name": words.name(look.card)} for look in shown.looks if look.noted],
        "verdicts": dict(EmergencyReview.VERDICTS),
        "wrong": wrong,
        "page_errors": wrong is not None,
    }
    return render(visit.request, "people/emergencies.html", context, status=400 if wrong else 200)


def _reviewed(visit: Visit, given: dict[str, Any]) -> str:
    emergencies.review(
        actor=visit.actor,
        reference=given["reference"],
        verdict=given["verdict"],
        words=given["words"],
        now=visit.now,
    )
    messages.success(visit.request, _("Noted."))
    return reverse("emergencies")


def _noted(visit: Visit, given: dict[str, Any]) -> str:
    emergencies.note_unusual(actor=visit.actor, now=visit.now, **given)
    messages.success(visit.request, _("Noted."))
    return reverse("emergencies")


def _look(look: Unusual, wrong: EmergencyReview | UnusualNote | None) -> dict[str, Any]:
    initial = {"practitioner": str(look.practitioner.pk), "person": str(look.card.person)}
    mine = wrong is not None and all(wrong.data.get(name) == value for name, value in initial.items())
    form = UnusualNote(initial=initial, auto_id=f"{look.practitioner.pk}-{look.card.person}-%s")
    return {
        "look": look,
        "name": words.name(look.card),
        "form": wrong if mine else form,
        "token": door.new_token(),
    }


def _waiting(each: emergencies.Detail, wrong: EmergencyReview | UnusualNote | None) -> dict[str, Any]:
    mine = wrong is not None and wrong.data.get("reference") == each.opening.reference
    form = EmergencyReview(
        initial={"reference": each.opening.reference}, auto_id=f"{each.opening.reference}-%s"
    )
    return {
        "opening": each.opening,
        "name": words.name(each.card),
        "form": wrong if mine else form,
        "token": door.new_token(),
    }
