"""Accounts, roles and what the partnership agreed, for the administrator. No child's information."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.agencies import access, first_passwords, second_factors, sessions
from jigsaw.hub.agencies import operations as agencies
from jigsaw.hub.agencies import queries as agency_queries
from jigsaw.hub.agencies.permissions import PERMISSIONS
from jigsaw.hub.agreements import operations as agreements
from jigsaw.hub.agreements import queries as agreement_queries
from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.web import door
from jigsaw.hub.web.accounts import fresh
from jigsaw.hub.web.door import Visit, practitioner_page
from jigsaw.hub.web.ratings import shown as shown_rating
from jigsaw.hub.web.settings.forms import WEEKDAYS, Ratings
from jigsaw.papers import scanning

KINDS = {
    "rating_scheme": _("Ratings and clocks"),
    "need_ladder": _("Levels of need and outcomes"),
    "matching_model": _("Model that weighs whether two records are one person"),
    "pair_reviews": _("Second looks at whether two records are one person"),
    "patterns": _("Patterns that people are told of"),
    "school_days": _("School days and holidays"),
    "unscheduled_care": _("Unscheduled care: what shows, and when somebody is told"),
}


@practitioner_page
def start(visit: Visit) -> HttpResponse:
    """For administrators: accounts by agency, roles in plain English, and the settings in force."""
    access.check_can_manage(visit.actor)
    accounts = agency_queries.all_practitioners()
    today = agreement_queries.local_day(visit.now)
    context = {
        "agencies": [(name, list(rows)) for name, rows in groupby(accounts, lambda a: a.agency.name)],
        "roles": [
            (role, [PERMISSIONS.get(code, code) for code in role.permissions])
            for role in agency_queries.roles()
        ],
        "settings": _settings(today),
        "ratings": _ratings(today),
        "ladder": agreement_queries.need_ladder(on=today),
        "second_factor_required": second_factors.required(),
        "with_second_factor": agency_queries.with_second_factor(),
        "scanner": settings.VIRUS_SCANNER,
        "scanner_answers": scanning.is_there(settings.VIRUS_SCANNER),
    }
    return render(visit.request, "settings/start.html", context)


def _settings(today: date) -> list[dict[str, Any]]:
    """Every setting with what it is now: in force, to come, or over."""
    found = []
    in_force: set[object] = set()
    for row in agreement_queries.all_settings():
        place = (row.kind, row.authority_id)
        state = "to_come" if row.effective_from > today else "over" if place in in_force else "in_force"
        if state == "in_force":
            in_force.add(place)
        found.append({"row": row, "kind": KINDS.get(row.kind, row.kind), "state": state})
    return found


def _ratings(today: date) -> dict[str, Any]:
    scheme = agreement_queries.rating_scheme(on=today)
    hours = [(name, scheme.hours.by_weekday.get(day)) for day, name in enumerate(WEEKDAYS)]
    levels = [
        (level, round(level.answer_within.total_seconds() / 3600), shown_rating(scheme, level.code))
        for level in scheme.levels
    ]
    return {"scheme": scheme, "levels": levels, "hours": hours}


@practitioner_page
def account(visit: Visit, practitioner: UUID) -> HttpResponse:
    """For administrators: switch one account off or on, after being asked once more."""
    found = agency_queries.account(visit.actor, practitioner)
    if visit.request.method == "POST" and visit.request.POST.get("do") == "first-password":
        return fresh.recently(visit) or _first_password_given(visit, found)
    if visit.request.method == "POST":
        return door.once(visit, lambda: _switched(visit, found))
    context = {
        "account": found,
        "token": door.new_token(),
        "own": found.pk == visit.actor.practitioner_id,
        "has_second_factor": agency_queries.has_second_factor(found),
        "required": second_factors.required(),
        "signed_in_places": sessions.how_many(visit.actor, found.pk, now=visit.now),
        "first_password_over": first_passwords.is_over(found, visit.now),
        "first_password_days": settings.FIRST_PASSWORD_DAYS,
    }
    return render(visit.request, "settings/account.html", context)


def _first_password_given(visit: Visit, found: Any) -> HttpResponse:
    """Shown on this one answer and kept nowhere; sent twice, the second is the one that counts and is shown."""
    given = first_passwords.give(actor=visit.actor, practitioner=found, now=visit.now)
    told = {"account": found, "given": given, "days": settings.FIRST_PASSWORD_DAYS}
    return render(visit.request, "settings/first_password.html", told)


def _switched(visit: Visit, found: Any) -> str:
    if visit.request.POST.get("do") == "take-away":
        return _second_factors_taken(visit, found)
    if visit.request.POST.get("do") == "end-sessions":
        sessions.end_all_of(actor=visit.actor, practitioner=found, now=visit.now)
        messages.success(visit.request, say("%(name)s is signed out everywhere.") % {"name": found.name})
        return reverse("settings")
    on = visit.request.POST.get("do") == "reactivate"
    change = agencies.reactivate if on else agencies.deactivate
    change(actor=visit.actor, practitioner=found, now=visit.now)
    said = say("%(name)s can sign in again.") if on else say("%(name)s can no longer sign in.")
    messages.success(visit.request, said % {"name": found.name})
    return reverse("settings")


def _second_factors_taken(visit: Visit, found: Any) -> str:
    second_factors.take_away(actor=visit.actor, practitioner=found, now=visit.now)
    messages.success(visit.request, say("%(name)s has no second factor any more.") % {"name": found.name})
    return reverse("settings")


@practitioner_page
def ratings(visit: Visit) -> HttpResponse:
    """For administrators: put a new rating scheme in force from a day on."""
    access.check_can_manage(visit.actor)
    today = agreement_queries.local_day(visit.now)
    scheme = agreement_queries.rating_scheme(on=today)
    if visit.request.method != "POST":
        return _ratings_page(visit, Ratings(None, scheme=scheme, today=today))
    form = Ratings(visit.request.POST, scheme=scheme, today=today)
    if form.is_valid():
        try:
            return door.once(visit, lambda: _put_in_force(visit, form))
        except Invalid as problem:
            form.take(problem)
    return _ratings_page(visit, form, status=400)


def _put_in_force(visit: Visit, form: Ratings) -> str:
    agreements.put_in_force(
        actor=visit.actor,
        kind="rating_scheme",
        content=form.content(),
        effective_from=form.cleaned_data["effective_from"],
        source=form.cleaned_data["source"],
        now=visit.now,
    )
    messages.success(visit.request, say("The new ratings hold from the day you gave."))
    return reverse("settings")


def _ratings_page(visit: Visit, form: Ratings, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "token": door.new_token()}
    return render(visit.request, "settings/ratings.html", context, status=status)
