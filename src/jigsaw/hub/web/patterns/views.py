"""Patterns that somebody was told of, each with its records, its rule, and what came of looking."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.kit.drafts import SavedDraft
from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.patterns import operations, queries
from jigsaw.hub.web import door, drafting
from jigsaw.hub.web.door import Visit, practitioner_page
from jigsaw.hub.web.patterns import words
from jigsaw.hub.web.patterns.forms import LookedForm
from jigsaw.hub.web.people import words as people_words


@practitioner_page
def listed(visit: Visit) -> HttpResponse:
    """For whoever works with children: the patterns they were told of and nobody has looked at."""
    today = agreements.local_day(visit.now)
    rows = [
        {
            **words.row(one, visit.actor),
            "name": people_words.name(one.card),
            "born": people_words.born(one.card, today),
        }
        for one in queries.waiting(visit.actor, now=visit.now)
        if one.card
    ]
    return render(visit.request, "patterns/list.html", {"rows": rows})


@practitioner_page
def one(visit: Visit, reference: str) -> HttpResponse:
    """For those of the agency that was told who may open every record it points at; they say what came of it."""
    draft = f"patterns:looked:{reference}"
    if visit.request.method != "POST":
        data, saved = drafting.restored(visit, draft)
        return _page(visit, reference, LookedForm(data), draft, saved)
    form = LookedForm(visit.request.POST)
    if form.is_valid():
        try:
            return door.once(visit, lambda: _looked(visit, reference, form), draft=draft)
        except Invalid as problem:
            form.take(problem)
    drafting.keep(visit, draft)
    return _page(visit, reference, form, draft, None, status=400)


def _page(
    visit: Visit, reference: str, form: LookedForm, draft: str, saved: SavedDraft | None, *, status: int = 200
) -> HttpResponse:
    if saved:
        drafting.as_typed(form)
    found = queries.read(visit.actor, reference, now=visit.now)
    assert found.card
    context = {
        **words.row(found, visit.actor),
        "name": people_words.name(found.card),
        "form": form,
        "draft": draft,
        "saved_at": saved and saved.saved_at,
        "token": door.new_token(),
    }
    return render(visit.request, "patterns/one.html", context, status=status)


def _looked(visit: Visit, reference: str, form: LookedForm) -> str:
    row = operations.looked(actor=visit.actor, reference=reference, now=visit.now, **form.cleaned_data)
    messages.success(visit.request, _("Noted what came of it."))
    return reverse("child", args=[row.person_id])
