"""Ask another area whether they know a child, and read the answer with what to do next."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.partner_hubs import operations, queries
from jigsaw.hub.partner_hubs.states import Purpose
from jigsaw.hub.people import queries as people
from jigsaw.hub.web import door, drafting
from jigsaw.hub.web.another_area.forms import AskAnotherArea
from jigsaw.hub.web.door import Visit, practitioner_page
from jigsaw.hub.web.people import words


@practitioner_page
def ask(visit: Visit, person: UUID) -> HttpResponse:
    """For those who may find anyone: ask another area whether they know this child."""
    hubs = queries.askable(visit.actor)
    draft = f"another-area:{person}"
    if visit.request.method != "POST":
        data, saved = drafting.restored(visit, draft)
        return _page(visit, AskAnotherArea(data, hubs=hubs), person, draft, saved)
    form = AskAnotherArea(visit.request.POST, hubs=hubs)
    if form.is_valid():
        try:
            return door.once(visit, lambda: _asked(visit, form, person), draft=draft)
        except Invalid as problem:
            form.take(problem)
    drafting.keep(visit, draft)
    return _page(visit, form, person, draft, None, status=400)


def _asked(visit: Visit, form: AskAnotherArea, person: UUID) -> str:
    question = operations.ask(
        actor=visit.actor,
        person=person,
        hub=form.cleaned_data["hub"],
        purpose=Purpose(form.cleaned_data["purpose"]),
        why=form.cleaned_data["why"],
        now=visit.now,
    )
    return reverse("another-area-answer", kwargs={"question": question})


def _page(
    visit: Visit, form: AskAnotherArea, person: UUID, draft: str, saved: Any, *, status: int = 200
) -> HttpResponse:
    found = people.current(person)
    context = {
        "form": form,
        "draft": draft,
        "token": door.new_token(),
        "saved_at": saved.saved_at if saved else None,
        "name": words.name(queries.child_to_ask_about(visit.actor, found.pk, now=visit.now)),
        "person": found.pk,
        "earlier": queries.earlier(visit.actor, found.pk, now=visit.now),
    }
    return render(visit.request, "another_area/ask.html", context, status=status)


@practitioner_page
def answer(visit: Visit, question: UUID) -> HttpResponse:
    """For whoever asked: what the other area answered, and what to do next."""
    found = queries.question(visit.actor, question, now=visit.now)
    context = {
        "question": found,
        "name": words.name(queries.child_to_ask_about(visit.actor, found.person_id, now=visit.now)),
        "person": found.person_id,
        "hub": found.partner,
    }
    return render(visit.request, "another_area/answer.html", context)
