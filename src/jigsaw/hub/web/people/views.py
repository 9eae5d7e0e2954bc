"""A child's page on screen and on paper, and who has looked."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render

from jigsaw.hub.patterns import queries as patterns
from jigsaw.hub.people import queries as people
from jigsaw.hub.retention import access as retention_access
from jigsaw.hub.rights import access as rights_access
from jigsaw.hub.web.door import Visit, practitioner_page
from jigsaw.hub.web.patterns import words as pattern_words
from jigsaw.hub.web.people import page, purposes, words

# The newest entries on paper; the document says so when there are more.
PRINTED = 500

PersonView = Callable[..., HttpResponse]


def of_today(view: PersonView) -> PersonView:
    """A person's id that a link has replaced leads to the same page of the person it leads to today."""

    @wraps(view)
    def led(visit: Visit, person: UUID, **parts: UUID) -> HttpResponse:
        today = people.current(person).pk
        if today != person:
            name = visit.request.resolver_match.url_name
            return redirect(name, person=today, **parts)
        return view(visit, person, **parts)

    return led


@practitioner_page
@of_today
def child(visit: Visit, person: UUID) -> HttpResponse:
    """For practitioners whose agency holds a record of this person or was let in for a purpose."""
    filters = page.filters_of(visit.request.GET)
    gathered = page.gather(visit, person, filters)
    if filters.number > 1 and not gathered.picture.lines:
        return redirect("child", person=person)
    on_page = {line.id for line in gathered.picture.lines}
    shown = Paginator(range(gathered.picture.chosen), page.A_PAGE).get_page(filters.number)
    found = patterns.on_page(visit.actor, person, now=visit.now)
    context = _header(gathered) | {
        "filters": filters,
        "found": [pattern_words.row(one, visit.actor, on_page=on_page) for one in found],
        "choices": page.choices(filters),
        "flags": page.flags(gathered, on_page),
        "overview": page.overview(gathered),
        "year_left_out": gathered.picture.year_total - len(gathered.picture.year),
        "family": page.family_of(gathered),
        "rows": page.rows(gathered, filters),
        "shown": shown,
        "actions": page.actions(visit, gathered),
        "may_correct": visit.actor.may("chronology.add"),
        "may_take_down": rights_access.can_take_down(visit.actor),
    }
    return render(visit.request, "people/child.html", context)


def _header(gathered: page.Gathered) -> dict[str, Any]:
    card = gathered.profile.card
    return {
        "person": card.person,
        "name": words.name(card),
        "born": words.born(card, gathered.today),
        "focus_id": str(card.person),
        "today": gathered.today,
        "facts": page.facts(gathered),
        "to_ring": gathered.profile.people_to_ring,
        "open_now": gathered.purposes.open_now,
        "purposes": gathered.purposes.for_page,
        "picture": gathered.picture,
    }


@practitioner_page
@of_today
def child_pdf(visit: Visit, person: UUID) -> HttpResponse:
    """For whoever may open the page: the same on paper, marked with who it was made for and when."""
    filters = page.filters_of(visit.request.GET)
    gathered = page.gather(visit, person, filters, printed=True, limit=PRINTED)
    context = _header(gathered) | {
        "reference": gathered.purposes.for_page[0] if gathered.purposes.for_page else "",
        "purpose": words.purpose(gathered.purposes.for_log),
        "flags": page.flags(gathered, set()),
        "groups": page.family_groups(gathered),
        "rows": page.rows(gathered, filters),
        "printed": len(gathered.picture.lines),
    }
    # Reading WeasyPrint takes as long as all the rest of the service: nobody but who prints may wait for it.
    from jigsaw.hub.web import printing

    return printing.pdf(visit, "people/child_print.html", context, filename="record.pdf")


@practitioner_page
@of_today
def looked(visit: Visit, person: UUID) -> HttpResponse:
    """For those who may see the log: who looked at this person, when, in what role and why."""
    seen = people.who_looked(visit.actor, person, now=visit.now)
    purpose = purposes.live(visit.actor, person, now=visit.now)
    profile = people.profile(visit.actor, person, purpose=purpose.for_log, now=visit.now)
    lines = [
        {"look": look, "did": words.did(look.action), "why": words.purpose(look.purpose)} for look in seen
    ]
    context = {
        "person": person,
        "name": words.name(profile.card),
        "lines": lines,
        "most": people.LOOKS,
        "any_undone": any(look.undone for look in seen),
        "may_hold": retention_access.can_decide(visit.actor),
        "may_answer": rights_access.can_answer(visit.actor) and profile.held_by_us,
    }
    return render(visit.request, "people/looked.html", context)
