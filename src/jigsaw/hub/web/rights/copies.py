"""Going through a copy item by item: what is proposed to be left out, adding what was missed, and making it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.rights import copies
from jigsaw.hub.rights.copies import Going
from jigsaw.hub.rights.kinds import EXEMPTIONS
from jigsaw.hub.web import door
from jigsaw.hub.web.door import Visit, practitioner_page
from jigsaw.hub.web.rights import words
from jigsaw.hub.web.rights.forms import SAID, WHY, LeaveOut, Make, OnProposals

A_PAGE = 25


def decide(visit: Visit, reference: str) -> HttpResponse:
    """The page with everything held, and a word on each proposal; sent, the words are kept and can be changed."""
    found = copies.to_decide(visit.actor, reference, now=visit.now)
    shown = Paginator(found.items, A_PAGE).get_page(visit.request.GET.get("page"))
    form = OnProposals(visit.request.POST or None, going=shown)
    if visit.request.method == "POST" and form.is_valid():
        try:
            return door.once(visit, lambda: _settled(visit, reference, form))
        except Invalid as problem:
            for key, said in problem.fields.items():
                form.add_error(WHY + key if WHY + key in form.fields else None, str(said))
    context = words.about(visit, found.detail) | {
        "form": form,
        "rows": [_row(going, form) for going in shown],
        "shown": shown,
        "person": found.detail.request.person_id,
        "undecided": found.undecided,
        "proposed": sum(len(going.proposals) for going in found.items),
        "page_errors": bool(form.errors),
        "token": door.new_token(),
    }
    return render(visit.request, "rights/copy.html", context, status=400 if form.errors else 200)


def _settled(visit: Visit, reference: str, form: OnProposals) -> str:
    done = copies.settle(actor=visit.actor, reference=reference, said=form.said(), now=visit.now)
    messages.success(visit.request, ngettext("%(n)d decided.", "%(n)d decided.", done) % {"n": done})
    return visit.request.get_full_path()


def _row(going: Going, form: OnProposals) -> dict[str, Any]:
    item = going.item
    return {
        "item": item,
        "document": item.key.partition(":")[2] if item.kind == "document" else "",
        "heading": words.ITEMS[item.kind],
        "parts": words.parts(item.parts),
        "proposals": [
            {
                "one": one,
                "decided": decided,
                "what": words.what_of(one),
                "exemption": EXEMPTIONS[one.exemption],
                "said": form[SAID + one.key],
                "why": form[WHY + one.key],
            }
            for one, decided in going.proposals
        ],
    }


@practitioner_page
def leave_out(visit: Visit, reference: str) -> HttpResponse:
    """For those who answer families, of the agency that was asked: leave out what nobody proposed, with the reason."""
    found = copies.to_decide(visit.actor, reference, now=visit.now)
    chosen = visit.request.GET.get("item", "")
    item = next((going for going in found.items if going.item.key == chosen), None)
    if item is None:
        return redirect("rights-one", reference=reference)
    form = LeaveOut(visit.request.POST or None)
    if visit.request.method == "POST" and form.is_valid():
        try:
            return door.once(visit, lambda: _left_out(visit, reference, item.item.key, form))
        except Invalid as problem:
            for name, said in problem.fields.items():
                form.add_error(name if name in form.fields else None, str(said))
    context = words.about(visit, found.detail) | {
        "form": form,
        "heading": words.ITEMS[item.item.kind],
        "day": item.item.day,
        "parts": words.parts(item.item.parts),
        "token": door.new_token(),
    }
    return render(visit.request, "rights/leave_out.html", context, status=400 if form.errors else 200)


def _left_out(visit: Visit, reference: str, item: str, form: LeaveOut) -> str:
    copies.leave_out(actor=visit.actor, reference=reference, item=item, now=visit.now, **form.cleaned_data)
    messages.success(visit.request, _("It is left out."))
    return reverse("rights-one", args=[reference])


@practitioner_page
def make(visit: Visit, reference: str) -> HttpResponse:
    """For those who answer families, of the agency that was asked, when all is decided: make the copy."""
    found = copies.to_decide(visit.actor, reference, now=visit.now)
    form = Make(visit, visit.request.POST or None)
    if visit.request.method == "POST" and form.is_valid() and form.proved():
        return door.once(visit, lambda: _made(visit, reference, form))
    context = words.about(visit, found.detail) | {
        "form": form,
        "undecided": found.undecided,
        "out": words.taken_out(found),
        "items": len(found.items),
        "token": door.new_token(),
        **form.asks(),
    }
    return render(visit.request, "rights/make.html", context, status=400 if form.errors else 200)


def _made(visit: Visit, reference: str, form: Make) -> str:
    because = form.cleaned_data["because"]
    copies.produce(actor=visit.actor, reference=reference, because=because, now=visit.now)
    messages.success(visit.request, _("The copy is made, and can be handed over."))
    return reverse("rights-one", args=[reference])
