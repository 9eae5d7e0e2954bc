"""Two were taken for one and are two again: what that means for somebody who looked meanwhile."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.corrections import operations, queries
from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.people import access
from jigsaw.hub.web import door
from jigsaw.hub.web.door import Visit, practitioner_page
from jigsaw.hub.web.people import words
from jigsaw.hub.web.people.forms import OfWhom


@practitioner_page
def one(visit: Visit, reference: str) -> HttpResponse:
    """For those who were told, and those who decide on links: what was undone, and of whom their own entries are."""
    shown = queries.read(visit.actor, reference, now=visit.now)
    if visit.request.method == "POST":
        form = OfWhom(visit.request.POST, persons=_persons(visit, shown))
        if form.is_valid():
            try:
                return door.once(visit, lambda: _say(visit, reference, form))
            except Invalid as problem:
                form.add_error("person", str(problem.words))
        return _page(visit, shown, wrong=form)
    return _page(visit, shown)


def _say(visit: Visit, reference: str, form: OfWhom) -> str:
    given = form.cleaned_data
    operations.say_of_whom(
        actor=visit.actor, written=given["written"], person=UUID(given["person"]), now=visit.now
    )
    messages.success(visit.request, _("Noted. The entry stands under the right person."))
    return reverse("correction", args=[reference])


def _persons(visit: Visit, shown: queries.Shown) -> list[tuple[str, str]]:
    """The two, as far as the reader may see who they are."""
    today = agreements.local_day(visit.now)
    both = ((shown.correction.stayed_id, shown.stayed), (shown.correction.came_id, shown.came))
    return [
        (str(pk), f"{words.name(card)}, {words.born(card, today)}" if card else _("The other of the two"))
        for pk, card in both
    ]


def _page(visit: Visit, shown: queries.Shown, *, wrong: OfWhom | None = None) -> HttpResponse:
    persons = _persons(visit, shown)
    chosen = wrong.data.get("written", "") if wrong else ""
    context = {
        "correction": shown.correction,
        "persons": [
            {"words": said, "person": pk if card else None}
            for (pk, said), card in zip(persons, (shown.stayed, shown.came), strict=True)
        ],
        "questions": [
            _question(each, persons, wrong if str(each.written.pk) == chosen else None)
            for each in shown.questions
        ],
        "links": access.can_link(visit.actor),
        "wrong": wrong,
        "page_errors": wrong is not None,
    }
    return render(visit.request, "people/correction.html", context, status=400 if wrong else 200)


def _question(each: queries.Question, persons: list[tuple[str, str]], wrong: OfWhom | None) -> dict[str, Any]:
    initial = {"written": each.written.pk, "person": str(each.person)}
    return {
        "entry": each.entry,
        "form": wrong or OfWhom(persons=persons, initial=initial, auto_id=f"{each.written.pk}-%s"),
        "token": door.new_token(),
    }
