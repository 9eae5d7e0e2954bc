"""A family asks for something to be erased: deciding on each thing that it points at."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.retention import asked_for
from jigsaw.hub.rights import erasure
from jigsaw.hub.web import door
from jigsaw.hub.web.door import Visit
from jigsaw.hub.web.rights import words
from jigsaw.hub.web.rights.forms import OnErasure


def decide(visit: Visit, reference: str) -> HttpResponse:
    """The page with what is pointed at, and for each whether it is erased, and why."""
    found = erasure.to_decide(visit.actor, reference, now=visit.now)
    form = OnErasure(visit.request.POST or None, entries=[entry for entry, _line in found.entries])
    if visit.request.method == "POST" and form.is_valid():
        try:
            return door.once(visit, lambda: _decided(visit, reference, form))
        except Invalid as problem:
            words.say_wrong(form, problem)
    context = words.about(visit, found.detail) | {
        "form": form,
        "words": found.words,
        "person": found.detail.request.person_id,
        "rows": [
            {"line": line, "fields": [form[f"{name}-{entry}"] for name in ("outcome", "ground", "because")]}
            for entry, line in found.entries
        ],
        "token": door.new_token(),
    }
    return render(visit.request, "rights/erasure.html", context, status=400 if form.errors else 200)


def _decided(visit: Visit, reference: str, form: OnErasure) -> str:
    goes = asked_for.decide(actor=visit.actor, reference=reference, words=form.words(), now=visit.now)
    if goes:
        messages.success(
            visit.request, _("Decided. A second person signs for what is erased; then send the answer.")
        )
    else:
        messages.success(visit.request, _("Decided. Send the family the answer."))
    return reverse("rights-one", args=[reference])
