"""Messages that could not be used, and attendances of which it is not certain whose they are."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.unscheduled_care import sorting_out
from jigsaw.hub.web import door
from jigsaw.hub.web.door import Visit, practitioner_page
from jigsaw.hub.web.people import words
from jigsaw.hub.web.unscheduled_care.forms import HandledForm


@practitioner_page
def waiting(visit: Visit) -> HttpResponse:
    """For those who work on messages of their agency's systems: what could not be used, and who may be meant."""
    sorting_out.access.check_can_work_on_messages(visit.actor)
    posted = visit.request.POST
    wrong: HandledForm | None = None
    if visit.request.method == "POST" and "attendance" in posted:
        return door.once(visit, lambda: _decided(visit))
    if visit.request.method == "POST":
        wrong = HandledForm(posted)
        if wrong.is_valid():
            try:
                return door.once(visit, lambda: _handled(visit, wrong.cleaned_data["what_was_done"]))
            except Invalid as problem:
                wrong.take(problem)
    shown = sorting_out.waiting(visit.actor, now=visit.now)
    today = agreements.local_day(visit.now)
    context = {
        "unusable": [_unusable(one, wrong, posted) for one in shown.unusable],
        "unsure": [_unsure(one, today) for one in shown.unsure],
        "wrong": wrong,
        "page_errors": wrong is not None,
    }
    return render(visit.request, "unscheduled_care/messages.html", context, status=400 if wrong else 200)


def _unusable(one: sorting_out.Unusable, wrong: HandledForm | None, posted: Any) -> dict[str, Any]:
    mine = wrong is not None and posted.get("reason") == one.reason
    form = wrong if mine else HandledForm(auto_id=f"{one.reason}-%s")
    return {"one": one, "form": form, "token": door.new_token()}


def _unsure(one: sorting_out.Unsure, today: Any) -> dict[str, Any]:
    told = one.attendance.told
    born = words.day(date.fromisoformat(told["born"])) if told["born"] else ""
    return {
        "attendance": one.attendance,
        "name": " ".join(filter(None, (told["given"], told["family"]))) or _("No name"),
        "told": [value for value in (born, *map(words.nhs, told["numbers"]), told["postcode"]) if value],
        "token": door.new_token(),
        "candidates": [
            {
                "person": each.card.person,
                "name": words.name(each.card),
                "born": words.born(each.card, today),
                "evidence": words.evidence_rows(each.comparison.evidence),
                "token": door.new_token(),
            }
            for each in one.candidates
        ],
    }


def _decided(visit: Visit) -> str:
    posted = visit.request.POST
    attendance, person = _uuid(posted["attendance"]), _uuid(posted.get("person", ""))
    sorting_out.decide(actor=visit.actor, attendance=attendance or UUID(int=0), person=person, now=visit.now)
    messages.success(
        visit.request,
        _("Decided. If there is a plan, its authority has been told.")
        if person
        else _("Decided: nobody with a plan."),
    )
    return reverse("messages")


def _handled(visit: Visit, what_was_done: str) -> str:
    posted = visit.request.POST
    count = sorting_out.handled(
        actor=visit.actor,
        reason=posted.get("reason", ""),
        newest=_uuid(posted.get("newest", "")) or UUID(int=0),
        what_was_done=what_was_done,
        now=visit.now,
    )
    messages.success(visit.request, _("Noted for %(count)d.") % {"count": count})
    return reverse("messages")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
