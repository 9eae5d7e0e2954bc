"""A family says otherwise: noting it, and deciding what becomes of it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from jigsaw.hub.chronology import queries as chronology
from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.rights import saying
from jigsaw.hub.rights.access import can_answer, check_can_take_down
from jigsaw.hub.rights.kinds import SAYING
from jigsaw.hub.web import door, drafting
from jigsaw.hub.web.door import Visit, practitioner_page
from jigsaw.hub.web.people import purposes
from jigsaw.hub.web.people import words as people_words
from jigsaw.hub.web.people.views import of_today
from jigsaw.hub.web.rights import words
from jigsaw.hub.web.rights.forms import NewSaying, OnSaying

LISTED = 200
"""So many entries of a page can be chosen from, the newest."""


@practitioner_page
@of_today
def new(visit: Visit, person: UUID) -> HttpResponse:
    """For those who add to their agency's records or answer families, who may open the page: note what a family says."""
    check_can_take_down(visit.actor)
    chosen = visit.request.GET.getlist("entry")
    kind = visit.request.GET.get("kind", "")
    initial = {"entries": chosen, "kind": kind if kind in SAYING else ""}
    entries, draft = _entries(visit, person, chosen), f"rights:says:{person}"
    if visit.request.method != "POST":
        data, saved = drafting.restored(visit, draft)
        form = NewSaying(data, entries=entries, initial=initial)
        if data is not None:
            drafting.as_typed(form)
        return _new_page(visit, person, form, draft, saved.saved_at if saved else None)
    form = NewSaying(visit.request.POST, entries=entries, initial=initial)
    if form.is_valid():
        try:
            return door.once(visit, lambda: _noted(visit, person, form), draft=draft)
        except Invalid as problem:
            words.say_wrong(form, problem)
    drafting.keep(visit, draft)
    return _new_page(visit, person, form, draft, None, status=400)


def _new_page(
    visit: Visit, person: UUID, form: NewSaying, draft: str, saved_at: datetime | None, *, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "person": person,
        "draft": draft,
        "saved_at": saved_at,
        "token": door.new_token(),
        "sign_in_url": f"{reverse('sign-in')}?next={visit.request.path}",
    }
    return render(visit.request, "rights/says.html", context, status=status)


def _entries(visit: Visit, person: UUID, chosen: list[str]) -> list[tuple[str, str]]:
    """What can be chosen: the newest entries of the page, what was chosen there first."""
    purpose = purposes.live(visit.actor, person, now=visit.now).for_log
    seen = chronology.picture(visit.actor, person, purpose=purpose, now=visit.now, limit=LISTED)
    lines = sorted(seen.lines, key=lambda line: str(line.id) not in chosen)
    return [
        (str(line.id), f"{people_words.day(line.happened_on)}, {line.agency_name}: {line.title}")
        for line in lines
    ]


def _noted(visit: Visit, person: UUID, form: NewSaying) -> str:
    entries = [UUID(pk) for pk in form.cleaned_data["entries"]]
    made = saying.note(actor=visit.actor, person=person, asking=form.asking(), entries=entries, now=visit.now)
    ours = [row for row in made if row.agency_id == visit.actor.agency_id]
    if ours and can_answer(visit.actor):
        messages.success(visit.request, _("Noted. Now decide what becomes of it, within the month."))
        return reverse("rights-one", args=[ours[0].reference])
    messages.success(
        visit.request, _("Noted. Those who answer families for the agency that holds it have been told.")
    )
    return reverse("child", args=[person])


def decide(visit: Visit, reference: str) -> HttpResponse:
    """The page with the family's words beside what they are about, and what becomes of them."""
    found = saying.to_decide(visit.actor, reference, now=visit.now)
    row = found.detail.request
    form = OnSaying(visit.request.POST or None, kind=row.kind, as_such=row.as_such)
    if visit.request.method == "POST" and form.is_valid():
        try:
            return door.once(visit, lambda: _decided(visit, row.reference, form))
        except Invalid as problem:
            words.say_wrong(form, problem)
    context = words.about(visit, found.detail) | {
        "form": form,
        "found": found,
        "person": row.person_id,
        "token": door.new_token(),
    }
    return render(visit.request, "rights/saying.html", context, status=400 if form.errors else 200)


def _decided(visit: Visit, reference: str, form: OnSaying) -> str:
    saying.decide(actor=visit.actor, reference=reference, decision=form.decision(), now=visit.now)
    messages.success(
        visit.request, _("Decided. Send the family the answer; whoever was told the entries has been told.")
    )
    return reverse("rights-one", args=[reference])
