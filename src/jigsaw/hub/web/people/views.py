"""A child's page on screen and on paper, who has looked, and adding an entry."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.chronology import access as chronology_access
from jigsaw.hub.chronology import operations as chronology
from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.people import household as households
from jigsaw.hub.people import queries as people
from jigsaw.hub.web import door, drafting, printing
from jigsaw.hub.web.door import Visit, practitioner_page
from jigsaw.hub.web.people import page, purposes, words
from jigsaw.hub.web.people.forms import AddEntry

# The newest entries on paper; the document says so when there are more.
PRINTED = 500

PersonView = Callable[..., HttpResponse]


def of_today(view: PersonView) -> PersonView:
    """A person's id that a link has replaced leads to the same page of the person it leads to today."""

    @wraps(view)
    def led(visit: Visit, person: UUID) -> HttpResponse:
        today = people.current(person).pk
        if today != person:
            name = visit.request.resolver_match.url_name
            return redirect(name, person=today)
        return view(visit, person)

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
    context = _header(gathered) | {
        "filters": filters,
        "choices": page.choices(filters),
        "flags": page.flags(gathered, on_page),
        "overview": page.overview(gathered),
        "year_left_out": gathered.picture.year_total - len(gathered.picture.year),
        "family": page.family_of(gathered),
        "rows": page.rows(gathered, filters),
        "shown": shown,
        "actions": page.actions(visit, gathered),
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
    context = {"person": person, "name": words.name(profile.card), "lines": lines, "most": people.LOOKS}
    return render(visit.request, "people/looked.html", context)


# --- Adding an entry -------------------------------------------------------------------------------


@practitioner_page
@of_today
def add(visit: Visit, person: UUID) -> HttpResponse:
    """For those who may add to their agency's records: one entry about as many of the family as it concerns."""
    chronology_access.check_can_add(visit.actor)
    draft = f"people:add:{person}"
    family = _family(visit, person)
    if visit.request.method != "POST":
        data, saved = drafting.restored(visit, draft)
        form = AddEntry(data, actor=visit.actor, family=family, now=visit.now)
        # A draft comes back as it was typed, without being told off for what is still missing.
        form.only_restored = data is not None
        return _add_page(visit, form, draft, saved)
    form = AddEntry(visit.request.POST, actor=visit.actor, family=family, now=visit.now)
    if form.is_valid():
        try:
            return door.once(visit, lambda: _added(visit, form, person), draft=draft)
        except Invalid as problem:
            form.take(problem)
    drafting.keep(visit, draft)
    return _add_page(visit, form, draft, None, status=400)


def _family(visit: Visit, person: UUID) -> dict[str, str]:
    """Whom an entry can be about, by id: this person first, then everyone of the family in view."""
    purpose = purposes.live(visit.actor, person, now=visit.now).for_log
    card = people.profile(visit.actor, person, purpose=purpose, now=visit.now).card
    household = households.household(visit.actor, person, now=visit.now)
    today = agreements.local_day(visit.now)
    others = [one for one in household.members if one.person != card.person]
    return {str(one.person): f"{words.name(one)}, {words.born(one, today)}" for one in (card, *others)}


def _added(visit: Visit, form: AddEntry, person: UUID) -> str:
    entry = chronology.add_about(actor=visit.actor, piece=form.piece(), persons=form.persons(), now=visit.now)
    messages.success(visit.request, _("Added to your agency’s records."))
    return f"{reverse('child', kwargs={'person': person})}#e-{entry.pk}"


def _add_page(visit: Visit, form: AddEntry, draft: str, saved: Any, *, status: int = 200) -> HttpResponse:
    person, name = next(iter(form.family.items()))
    context = {
        "form": form,
        "draft": draft,
        "token": door.new_token(),
        "saved_at": saved.saved_at if saved else None,
        "person": person,
        "name": name.split(",")[0],
        "sign_in_url": f"{reverse('sign-in')}?next={visit.request.path}",
    }
    return render(visit.request, "people/add.html", context, status=status)
