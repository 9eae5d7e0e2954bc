"""About which children no other area is ever answered: the list, and one child put on it or taken off."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.partner_hubs import queries, silencing
from jigsaw.hub.people import queries as people
from jigsaw.hub.web import door, drafting
from jigsaw.hub.web.another_area.forms import AnswerAgain, NeverAnswer
from jigsaw.hub.web.door import Visit, practitioner_page
from jigsaw.hub.web.people import words


@practitioner_page
def listed(visit: Visit) -> HttpResponse:
    """For those who say about whom no other area is answered: the whole list, what is to be looked at first."""
    today = agreements.local_day(visit.now)
    rows = [
        {"silent": one, "name": words.name(one.card), "born": words.born(one.card, today)}
        for one in queries.never_answered(visit.actor, now=visit.now)
    ]
    overdue = sum(row["silent"].overdue for row in rows)
    return render(visit.request, "another_area/never_list.html", {"rows": rows, "overdue": overdue})


@practitioner_page
def child(visit: Visit, person: UUID) -> HttpResponse:
    """For those who say about whom no other area is answered: put this child on the list, or take them off."""
    draft = f"never-answer:{person}"
    if visit.request.method != "POST":
        data, saved = drafting.restored(visit, draft)
        return _page(visit, person, draft, putting=NeverAnswer(data), saved=saved)
    ends = visit.request.POST.get("do") == "end"
    form = AnswerAgain(visit.request.POST) if ends else NeverAnswer(visit.request.POST)
    if form.is_valid():
        try:
            act = _taken_off if ends else _put_on
            return door.once(visit, lambda: act(visit, person, form), draft="" if ends else draft)
        except Invalid as problem:
            form.take(problem)
    if ends:
        return _page(visit, person, draft, ending=form, status=400)
    drafting.keep(visit, draft)
    return _page(visit, person, draft, putting=form, status=400)


def _put_on(visit: Visit, person: UUID, form: NeverAnswer) -> str:
    silencing.never_answer(
        actor=visit.actor,
        person=person,
        reason=form.cleaned_data["reason"],
        look_again_on=form.cleaned_data["look_again_on"],
        now=visit.now,
    )
    messages.success(visit.request, _("From now on no other area is answered about this child."))
    return reverse("never-answered-child", kwargs={"person": person})


def _taken_off(visit: Visit, person: UUID, form: AnswerAgain) -> str:
    silencing.answer_again(
        actor=visit.actor, person=person, reason=form.cleaned_data["ending"], now=visit.now
    )
    messages.success(visit.request, _("Other areas are answered about this child again, within half a day."))
    return reverse("never-answered-child", kwargs={"person": person})


def _page(
    visit: Visit,
    person: UUID,
    draft: str,
    *,
    putting: NeverAnswer | None = None,
    ending: AnswerAgain | None = None,
    saved: object = None,
    status: int = 200,
) -> HttpResponse:
    card, silent = queries.answered_about(visit.actor, person, now=visit.now)
    if putting is None or not (putting.is_bound or silent is None):
        putting = NeverAnswer(initial={"reason": silent.reason} if silent else {})
    context = {
        "person": people.current(person).pk,
        "name": words.name(card),
        "silent": silent,
        "putting": putting,
        "ending": ending or AnswerAgain(),
        "problems": [form for form in (putting, ending) if form is not None],
        "page_errors": status == 400,
        "draft": draft,
        "token": door.new_token(),
        "saved_at": getattr(saved, "saved_at", None),
    }
    return render(visit.request, "another_area/never_child.html", context, status=status)
