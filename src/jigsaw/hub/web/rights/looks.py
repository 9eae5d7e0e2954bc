"""Going through who has looked, line by line, before a family is told."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.rights import looks
from jigsaw.hub.rights.looks import Line
from jigsaw.hub.web import door
from jigsaw.hub.web.door import Visit
from jigsaw.hub.web.people import words as people_words
from jigsaw.hub.web.rights import words
from jigsaw.hub.web.rights.forms import LINE, TellLooks


def decide(visit: Visit, reference: str) -> HttpResponse:
    """The page with every line and whether it is told; sent, it is decided and can be handed over."""
    found = looks.to_decide(visit.actor, reference, now=visit.now)
    form = TellLooks(
        visit, visit.request.POST or None, lines=[(line.key, _label(line)) for line in found.lines]
    )
    if visit.request.method == "POST" and form.is_valid() and form.proved():
        try:
            return door.once(visit, lambda: _decided(visit, reference, form))
        except Invalid as problem:
            for name, said in problem.fields.items():
                form.add_error(name if name in form.fields else None, str(said))
    context = words.about(visit, found.detail) | {
        "form": form,
        "lines": [_row(line, form) for line in found.lines],
        "since": found.since,
        "token": door.new_token(),
        **form.asks(),
    }
    return render(visit.request, "rights/looks.html", context, status=400 if form.errors else 200)


def _decided(visit: Visit, reference: str, form: TellLooks) -> str:
    looks.decide(
        actor=visit.actor,
        reference=reference,
        named=form.cleaned_data["named"] == "yes",
        left_out=form.left_out(),
        because=form.cleaned_data["because"],
        now=visit.now,
    )
    messages.success(visit.request, _("Decided. The answer can be handed over."))
    return reverse("rights-one", args=[reference])


def _label(line: Line) -> str:
    return _("Tell of %(day)s, %(who)s?") % {
        "day": people_words.day(line.day),
        "who": line.job_title or line.name,
    }


def _row(line: Line, form: TellLooks) -> dict[str, Any]:
    return {
        "line": line,
        "did": [people_words.did(action) for action in line.actions],
        "why": words.purpose(line.purpose),
        "for": people_words.purpose(line.purpose),
        "field": form[LINE + line.key],
    }
