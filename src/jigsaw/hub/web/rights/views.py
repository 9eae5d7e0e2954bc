"""What families ask: the list, noting one, deciding on it, more time, and the answer as a document."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from jigsaw.hub.kit.clock import ENGLAND
from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.people import queries as people
from jigsaw.hub.rights import asked
from jigsaw.hub.rights.access import check_can_answer, own
from jigsaw.hub.rights.kinds import COPY, DISAGREE, ERASURE, KINDS, LOOKS, OBJECTION
from jigsaw.hub.web import door
from jigsaw.hub.web.accounts import fresh
from jigsaw.hub.web.door import Visit, practitioner_page
from jigsaw.hub.web.people.views import of_today
from jigsaw.hub.web.rights import copies, erasure, looks, saying, words
from jigsaw.hub.web.rights.forms import MoreTime, NewRequest


@practitioner_page
def listed(visit: Visit) -> HttpResponse:
    """For those who answer families: what was asked of their agency, by when each is due."""
    today = visit.now.astimezone(ENGLAND).date()
    rows = [
        {
            "request": one.request,
            "name": words.name(one),
            "kind": KINDS[one.request.kind],
            "state": words.state(one.request, today),
        }
        for one in asked.listed(visit.actor, now=visit.now)
    ]
    return render(visit.request, "rights/listed.html", {"rows": rows})


@practitioner_page
@of_today
def new(visit: Visit, person: UUID) -> HttpResponse:
    """For those who answer families, of an agency that holds a record of this person: write down what is asked."""
    check_can_answer(visit.actor)
    people.check_may_open(visit.actor, person, visit.now)
    kind = visit.request.GET.get("kind", "")
    form = NewRequest(visit.request.POST or None, initial={"kind": kind if kind in KINDS else ""})
    if visit.request.method == "POST" and form.is_valid():
        try:
            return door.once(visit, lambda: _noted(visit, person, form))
        except Invalid as problem:
            words.say_wrong(form, problem)
    context = {"form": form, "person": person, "token": door.new_token()}
    return render(visit.request, "rights/new.html", context, status=400 if form.errors else 200)


def _noted(visit: Visit, person: UUID, form: NewRequest) -> str:
    made = asked.note(actor=visit.actor, person=person, asking=form.asking(), now=visit.now)
    messages.success(visit.request, _("Noted. Now go through what could be told."))
    return reverse("rights-one", args=[made.reference])


@practitioner_page
def one(visit: Visit, reference: str) -> HttpResponse:
    """For those who answer families, of the agency that was asked: decide what is told, or see what was."""
    row = own(visit.actor, reference)
    if row.decided_at is None or visit.request.method == "POST":
        return DECIDING[row.kind](visit, reference)
    detail = asked.read(visit.actor, reference, now=visit.now)
    return render(visit.request, "rights/done.html", words.about(visit, detail) | words.told(detail))


DECIDING: dict[str, Callable[[Visit, str], HttpResponse]] = {
    COPY: copies.decide,
    LOOKS: looks.decide,
    OBJECTION: saying.decide,
    DISAGREE: saying.decide,
    ERASURE: erasure.decide,
}
PRINTED = {COPY: "copy", LOOKS: "looks", OBJECTION: "saying", DISAGREE: "saying", ERASURE: "erasure"}
"""The template of an answer to each kind."""


@practitioner_page
def more_time(visit: Visit, reference: str) -> HttpResponse:
    """For those who answer families, of the agency that was asked, within the first month: two months more."""
    detail = asked.read(visit.actor, reference, now=visit.now)
    form = MoreTime(visit.request.POST or None)
    if visit.request.method == "POST" and form.is_valid():
        try:
            return door.once(visit, lambda: _extended(visit, reference, form.cleaned_data["because"]))
        except Invalid as problem:
            words.say_wrong(form, problem)
    context = words.about(visit, detail) | {"form": form, "token": door.new_token()}
    return render(visit.request, "rights/more_time.html", context, status=400 if form.errors else 200)


def _extended(visit: Visit, reference: str, because: str) -> str:
    asked.extend(actor=visit.actor, reference=reference, because=because, now=visit.now)
    messages.success(visit.request, _("It has two months more. Tell whoever asks now, and why."))
    return reverse("rights-one", args=[reference])


@practitioner_page
def answer_pdf(visit: Visit, reference: str) -> HttpResponse:
    """For those who answer families, of the agency that was asked, after proving lately who they are: to print."""
    own(visit.actor, reference)
    if away := fresh.recently(visit):
        return away
    detail = asked.take_out(visit.actor, reference, form="pdf", now=visit.now)
    # Reading WeasyPrint takes as long as all the rest of the service: nobody but who prints may wait for it.
    from jigsaw.hub.web import printing

    context = words.about(visit, detail) | words.told(detail) | {"agency": detail.request.agency}
    return printing.pdf(
        visit, f"rights/{PRINTED[detail.request.kind]}_print.html", context, filename=f"{reference}.pdf"
    )


@practitioner_page
def answer_json(visit: Visit, reference: str) -> HttpResponse:
    """For those who answer families, of the agency that was asked, after proving lately who they are: for machines."""
    own(visit.actor, reference)
    if away := fresh.recently(visit):
        return away
    detail = asked.take_out(visit.actor, reference, form="json", now=visit.now)
    row = detail.request
    body = {
        "reference": reference,
        "agency": row.agency.name,
        "decided_at": row.decided_at,
        "answer": row.given,
    }
    answer = JsonResponse(body, json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = f'attachment; filename="{reference}.json"'
    return answer
