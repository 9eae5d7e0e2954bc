"""What is due: the list, one thing, disposing of it, keeping it longer, and taking it out before."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from jigsaw.hub.agreements.queries import local_day
from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.retention import access, disposing
from jigsaw.hub.retention.disposing import Item
from jigsaw.hub.retention.kinds import WHAT_WORDS
from jigsaw.hub.web import door
from jigsaw.hub.web.accounts import fresh
from jigsaw.hub.web.door import Visit, practitioner_page
from jigsaw.hub.web.retention.forms import Dispose, KeepLonger
from jigsaw.hub.web.retention.places import places


@practitioner_page
def listed(visit: Visit) -> HttpResponse:
    """For those who decide on disposals: what of their agency is past its time."""
    today = local_day(visit.now)
    rows = [about(one) | {"waits": one.waits(today)} for one in disposing.listed(visit.actor, now=visit.now)]
    rows.sort(key=lambda row: not row["waits"])
    return render(visit.request, "retention/listed.html", {"rows": rows, "places": places("retention")})


@practitioner_page
def one(visit: Visit, due: UUID) -> HttpResponse:
    """For those who decide on disposals, of the agency that holds it: what it is, what stands in the way; dispose of it."""
    item = disposing.read(visit.actor, due, now=visit.now)
    form = Dispose(visit, visit.request.POST or None)
    if visit.request.method == "POST" and form.is_valid() and form.proved():
        return door.once(visit, lambda: _disposed(visit, due))
    context = about(item) | {"form": form, "token": door.new_token(), **form.asks()}
    return render(visit.request, "retention/one.html", context, status=400 if form.errors else 200)


def _disposed(visit: Visit, due: UUID) -> str:
    done = disposing.dispose(actor=visit.actor, pk=due, now=visit.now)
    messages.success(
        visit.request, _("Disposed of: %(reference)s in the register.") % {"reference": done.reference}
    )
    return reverse("retention-register")


@practitioner_page
def keep(visit: Visit, due: UUID) -> HttpResponse:
    """For those who decide on disposals, of the agency that holds it: keep it longer, and say why."""
    item = disposing.read(visit.actor, due, now=visit.now)
    form = KeepLonger(visit.request.POST or None)
    if visit.request.method == "POST" and form.is_valid():
        try:
            return door.once(visit, lambda: _kept(visit, due, form))
        except Invalid as problem:
            say_wrong(form, problem)
    context = about(item) | {"form": form, "token": door.new_token()}
    return render(visit.request, "retention/keep.html", context, status=400 if form.errors else 200)


def _kept(visit: Visit, due: UUID, form: KeepLonger) -> str:
    disposing.keep_longer(actor=visit.actor, pk=due, now=visit.now, **form.cleaned_data)
    messages.success(visit.request, _("It is kept, and comes back to this list on the day you gave."))
    return reverse("retention")


@practitioner_page
def original(visit: Visit, due: UUID) -> HttpResponse:
    """For those who decide on disposals, of the agency that holds it, after proving lately who they are: all of it."""
    access.own_due(visit.actor, due)
    if away := fresh.recently(visit):
        return away
    answer = JsonResponse(
        disposing.copy(visit.actor, due, now=visit.now), json_dumps_params={"ensure_ascii": False}
    )
    answer["Content-Disposition"] = f'attachment; filename="original-{due}.json"'
    return answer


def about(item: Item) -> dict[str, Any]:
    """What every page about something due says of it."""
    row = item.row
    names = ", ".join(card.name for card in item.cards) or _("Somebody")
    return {
        "row": row,
        "what": WHAT_WORDS[row.what],
        "called": "" if item.called == names else item.called,
        "names": names,
        "card": item.cards[0] if item.cards else None,
        "in_the_way": item.in_the_way,
    }


def say_wrong(form: Any, problem: Invalid) -> None:
    for name, said in problem.fields.items():
        form.add_error(name if name in form.fields else None, str(said))
