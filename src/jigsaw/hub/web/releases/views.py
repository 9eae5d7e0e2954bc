"""What is left out of everything unless a named role lets it out: what waits, and deciding on it."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.disclosures import letting_out, proposals
from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.web import door
from jigsaw.hub.web import forms as look
from jigsaw.hub.web.accounts.fresh import Again
from jigsaw.hub.web.door import Visit, practitioner_page
from jigsaw.hub.web.purposes import purpose_words

LONGEST = 5000


class DecideForm(Again):
    """Let it out, or do not; either way with a reason, and after proving once more who one is."""

    release = forms.ChoiceField(
        label=_("Do you release it for this request?"),
        choices=[("yes", look.Choice(_("Yes, release it"))), ("no", look.Choice(_("No, it stays left out")))],
        widget=look.Radios,
        error_messages={"required": _("Choose yes or no")},
    )
    why = forms.CharField(
        label=_("Why?"),
        help_text=_("Whoever proposed it reads this; whoever asked does not."),
        max_length=LONGEST,
        widget=look.Textarea(rows=3),
    )


@practitioner_page
def start(visit: Visit) -> HttpResponse:
    """For those whose role lets out what is sealed or protected: what colleagues propose to release."""
    rows = [
        {"waiting": row, "purpose": purpose_words(row.proposal.recipient.request.purpose)}
        for row in proposals.waiting(visit.actor, now=visit.now)
    ]
    return render(visit.request, "releases/start.html", {"rows": rows})


@practitioner_page
def one(visit: Visit, proposal: UUID) -> HttpResponse:
    """For holders of the role that decides on this proposal, other than whoever made it: release it, or do not."""
    found = proposals.one(visit.actor, proposal, now=visit.now)
    form = DecideForm(visit, visit.request.POST or None)
    if visit.request.method == "POST" and form.is_valid() and form.proved():
        try:
            return door.once(visit, lambda: _decided(visit, proposal, form))
        except Invalid as wrong:
            for field, words in wrong.fields.items():
                form.add_error(field, str(words))
    context = {
        "waiting": found,
        "proposal": found.proposal,
        "purpose": purpose_words(found.proposal.recipient.request.purpose),
        "form": form,
        "token": door.new_token(),
        **form.asks(),
    }
    status = 400 if visit.request.method == "POST" else 200
    return render(visit.request, "releases/one.html", context, status=status)


def _decided(visit: Visit, proposal: UUID, form: DecideForm) -> str:
    released = form.cleaned_data["release"] == "yes"
    letting_out.decide(
        actor=visit.actor, proposal=proposal, release=released, why=form.cleaned_data["why"], now=visit.now
    )
    said = say("Released for this request. Whoever proposed it is told.")
    kept = say("It stays left out. Whoever proposed it is told.")
    messages.success(visit.request, said if released else kept)
    return reverse("releases")
