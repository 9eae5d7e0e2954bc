"""What families asked to have erased, and their agency agreed to: the list, signing for one thing, and refusing it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.retention import asked_for
from jigsaw.hub.retention.asked_for import ToSign
from jigsaw.hub.web import door
from jigsaw.hub.web.door import Visit, practitioner_page
from jigsaw.hub.web.retention.forms import SignErasure
from jigsaw.hub.web.retention.places import places
from jigsaw.hub.web.retention.views import say_wrong
from jigsaw.hub.web.rights.forms import RefuseAfterAll


@practitioner_page
def listed(visit: Visit) -> HttpResponse:
    """For those who decide on disposals: what their agency decided to erase because a family asked."""
    rows = [_about(one) for one in asked_for.listed(visit.actor, now=visit.now)]
    return render(visit.request, "retention/asked.html", {"rows": rows, "places": places("retention-asked")})


@practitioner_page
def one(visit: Visit, reference: str, entry: UUID) -> HttpResponse:
    """For those who decide on disposals, of the agency that decided it: what it is; erase it, as the second person."""
    found = asked_for.read(visit.actor, reference, entry, now=visit.now)
    form = SignErasure(visit, visit.request.POST or None)
    if visit.request.method == "POST" and form.is_valid() and form.proved():
        return door.once(visit, lambda: _signed(visit, reference, entry))
    context = _about(found) | {"form": form, "token": door.new_token(), **form.asks()}
    return render(visit.request, "retention/sign.html", context, status=400 if form.errors else 200)


def _signed(visit: Visit, reference: str, entry: UUID) -> str:
    done = asked_for.sign(actor=visit.actor, reference=reference, entry=entry, now=visit.now)
    messages.success(
        visit.request, _("Erased: %(reference)s in the register.") % {"reference": done.reference}
    )
    return reverse("retention-asked")


@practitioner_page
def refuse(visit: Visit, reference: str, entry: UUID) -> HttpResponse:
    """For those who decide on disposals, of the agency that decided it: do not sign, and say on what ground."""
    found = asked_for.read(visit.actor, reference, entry, now=visit.now)
    form = RefuseAfterAll(visit.request.POST or None)
    if visit.request.method == "POST" and form.is_valid():
        try:
            return door.once(visit, lambda: _refused(visit, reference, entry, form))
        except Invalid as problem:
            say_wrong(form, problem)
    context = _about(found) | {"form": form, "token": door.new_token()}
    return render(visit.request, "retention/refuse.html", context, status=400 if form.errors else 200)


def _refused(visit: Visit, reference: str, entry: UUID, form: RefuseAfterAll) -> str:
    asked_for.turn_down(
        actor=visit.actor, reference=reference, entry=entry, now=visit.now, **form.cleaned_data
    )
    messages.success(visit.request, _("Refused. Whoever decided it has been told, and sends the answer."))
    return reverse("retention-asked")


def _about(one: ToSign) -> dict[str, Any]:
    row = one.agreed.request
    return {
        "one": one,
        "request_": row,
        "names": ", ".join(card.name for card in one.cards) or _("Somebody"),
        "card": one.cards[0] if one.cards else None,
        "in_the_way": one.in_the_way,
    }
