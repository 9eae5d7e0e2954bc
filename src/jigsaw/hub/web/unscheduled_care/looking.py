"""The look of a setting of unscheduled care, what it shows, and who came by hand."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.unscheduled_care import access as access_rules
from jigsaw.hub.unscheduled_care import looking, walking_in
from jigsaw.hub.web import door
from jigsaw.hub.web.door import Visit, practitioner_page
from jigsaw.hub.web.people import words
from jigsaw.hub.web.unscheduled_care.forms import CameForm, LookForm

KINDS = {"unscheduled": True, "scheduled": False}


@practitioner_page
def look(visit: Visit) -> HttpResponse:
    """For clinicians of a setting of unscheduled care: is there a plan of whoever stands before them?

    The button that is pressed says whether the care is planned: nothing is assumed.
    """
    form = LookForm(visit.request.POST if "told" in visit.request.POST else None)
    kind = visit.request.POST.get("care", "")
    context: dict[str, Any] = {"form": form, "token": door.new_token(), "care": kind}
    if visit.request.method == "POST" and kind not in KINDS:
        form.add_error(None, _("Say whether the care is planned: press one of the two buttons."))
    elif chosen := _uuid(visit.request.POST.get("person", "")):
        return door.once(visit, lambda: _chosen(visit, chosen, KINDS[kind]))
    elif visit.request.method == "POST" and form.is_valid():
        try:
            found = looking.look(
                visit.actor, form.cleaned_data["told"], unscheduled=KINDS[kind], now=visit.now
            )
        except Invalid as problem:
            form.take(problem)
        else:
            if found.access:
                return redirect("care-seen", access=found.access)
            today = agreements.local_day(visit.now)
            context |= {"looked": True, "candidates": [_candidate(one, today) for one in found.candidates]}
            context["setting"] = found.setting
            return render(visit.request, "unscheduled_care/look.html", context)
    context["setting"] = access_rules.setting_for(visit.actor)
    context["recent"] = looking.recent(visit.actor, now=visit.now)
    return render(visit.request, "unscheduled_care/look.html", context, status=400 if form.errors else 200)


def _chosen(visit: Visit, person: UUID, unscheduled: bool) -> str:
    found = looking.choose(visit.actor, person, unscheduled=unscheduled, now=visit.now)
    return reverse("care-seen", args=[found])


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _candidate(one: looking.Candidate, today: Any) -> dict[str, Any]:
    return {
        "person": one.card.person,
        "name": words.name(one.card),
        "born": words.born(one.card, today),
        "grade": words.GRADES[one.comparison.grade],
        "evidence": words.evidence_rows(one.comparison.evidence),
    }


@practitioner_page
def seen(visit: Visit, access: UUID) -> HttpResponse:
    """For the clinician who looked, for twelve hours: the plan, whom to ring, and how often they came elsewhere."""
    found = looking.seen(visit.actor, access, now=visit.now)
    today = agreements.local_day(visit.now)
    context = {
        "found": found,
        "name": words.name(found.card),
        "born": words.born(found.card, today),
        "today": today,
    }
    return render(visit.request, "unscheduled_care/seen.html", context)


@practitioner_page
def came(visit: Visit) -> HttpResponse:
    """For clinicians of a setting whose system sends no messages: write down who came."""
    setting = access_rules.setting_for(visit.actor)
    form = CameForm(visit.request.POST or None)
    if visit.request.method == "POST" and form.is_valid():
        try:
            return door.once(visit, lambda: _came(visit, form))
        except Invalid as problem:
            form.take(problem)
    context = {"form": form, "setting": setting, "token": door.new_token()}
    return render(visit.request, "unscheduled_care/came.html", context, status=400 if form.errors else 200)


def _came(visit: Visit, form: CameForm) -> str:
    walking_in.came(actor=visit.actor, who=form.came(visit.now), now=visit.now)
    messages.success(visit.request, _("Written down. If there is a plan, its authority has been told."))
    return reverse("care")
