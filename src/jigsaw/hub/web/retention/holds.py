"""Legal holds: the list, placing one, and releasing one that a colleague placed."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from jigsaw.hub.kit.errors import Invalid, NotHere
from jigsaw.hub.people import cards
from jigsaw.hub.people import queries as people
from jigsaw.hub.retention import access, holding
from jigsaw.hub.retention.holding import Placing
from jigsaw.hub.web import door
from jigsaw.hub.web.door import Visit, practitioner_page
from jigsaw.hub.web.retention.forms import PlaceHold, ReleaseHold
from jigsaw.hub.web.retention.places import places
from jigsaw.hub.web.retention.views import say_wrong


@practitioner_page
def listed(visit: Visit) -> HttpResponse:
    """For those who decide on disposals: what their agency holds back from it."""
    held = holding.listed(visit.actor, now=visit.now)
    return render(visit.request, "retention/holds.html", {"held": held, "places": places("retention-holds")})


@practitioner_page
def new(visit: Visit) -> HttpResponse:
    """For those who decide on disposals: hold back all about somebody whom they may open, an enquiry, or all they hold."""
    access.check_can_decide(visit.actor)
    person = _person(visit)
    form = PlaceHold(visit.request.POST or None)
    if person:
        del form.fields["enquiry"]
    if visit.request.method == "POST" and form.is_valid():
        try:
            return door.once(visit, lambda: _placed(visit, person, form))
        except Invalid as problem:
            say_wrong(form, problem)
    seen = cards.cards_seen(visit.actor, [person], now=visit.now) if person else {}
    context = {
        "form": form,
        "token": door.new_token(),
        "card": next(iter(seen.values()), None),
        "person": person,
    }
    return render(visit.request, "retention/hold_new.html", context, status=400 if form.errors else 200)


def _person(visit: Visit) -> UUID | None:
    """Whom the address names; raises NotHere or Refused unless their page opens."""
    said = visit.request.GET.get("person", "")
    if not said:
        return None
    try:
        person = people.current(UUID(said)).pk
    except ValueError as error:
        raise NotHere(_("There is no such person here."), _("Go back to the child’s page.")) from error
    people.check_may_open(visit.actor, person, visit.now)
    return person


def _placed(visit: Visit, person: UUID | None, form: PlaceHold) -> str:
    given = form.cleaned_data
    placing = Placing(
        why=given["why"], because=given["because"], person=person, enquiry=given.get("enquiry", "").strip()
    )
    made = holding.place(actor=visit.actor, placing=placing, now=visit.now)
    messages.success(visit.request, _("Legal hold %(reference)s is placed.") % {"reference": made.reference})
    return reverse("retention-holds")


@practitioner_page
def one(visit: Visit, reference: str) -> HttpResponse:
    """For those who decide on disposals, of the agency that placed it; somebody else than who placed it releases it."""
    held = holding.read(visit.actor, reference, now=visit.now)
    form = ReleaseHold(visit.request.POST or None)
    if visit.request.method == "POST" and form.is_valid():
        try:
            return door.once(visit, lambda: _released(visit, reference, form.cleaned_data["because"]))
        except Invalid as problem:
            say_wrong(form, problem)
    context = {
        "held": held,
        "form": form,
        "token": door.new_token(),
        "may_release": held.hold.released_at is None
        and held.hold.placed_by_id != visit.actor.practitioner_id,
    }
    return render(visit.request, "retention/hold.html", context, status=400 if form.errors else 200)


def _released(visit: Visit, reference: str, because: str) -> str:
    holding.release(actor=visit.actor, reference=reference, because=because, now=visit.now)
    messages.success(visit.request, _("Legal hold %(reference)s is released.") % {"reference": reference})
    return reverse("retention-holds")
