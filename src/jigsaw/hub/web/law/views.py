"""The law we rely on: every instrument of the register, and who has checked it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.agencies import access
from jigsaw.hub.agreements import operations as agreements
from jigsaw.hub.agreements import queries
from jigsaw.hub.agreements.instruments import Instrument
from jigsaw.hub.kit.errors import Invalid, NotHere
from jigsaw.hub.web import door
from jigsaw.hub.web.door import Visit, practitioner_page
from jigsaw.hub.web.law.forms import CheckForm
from jigsaw.hub.web.purposes import purpose_words

KINDS = {
    "statutory_duty": _("Duties"),
    "statutory_gateway": _("Powers and gateways"),
    "common_law": _("Common law and human rights"),
    "art6": _("Lawful bases (UK GDPR Article 6)"),
    "art9": _("Conditions for sensitive information (UK GDPR Article 9)"),
    "sch1_condition": _("Conditions of the Data Protection Act 2018, Schedule 1"),
    "part3": _("Law enforcement (Data Protection Act 2018, Part 3)"),
}
SECTORS = {
    "SC": _("social care"),
    "PO": _("police"),
    "HE": _("health"),
    "ED": _("education"),
    "HO": _("housing"),
    "VC": _("charities"),
}
TAGS = {
    "safeguarding": _("safeguarding"),
    "identifier": _("identifiers"),
    "serious_incident": _("serious incidents"),
    "domestic_abuse": _("domestic abuse"),
    "mappa": _("public protection (MAPPA)"),
    "fgm": _("female genital mutilation"),
    "direct_care": _("direct care"),
}


@practitioner_page
def start(visit: Visit) -> HttpResponse:
    """For everyone signed in: the law the partnership relies on, and what nobody has checked yet."""
    register = queries.register(on=queries.local_day(visit.now))
    context = {
        "groups": [
            (kind, words, [_row(each, register.on) for each in register.instruments if each.kind == kind])
            for kind, words in KINDS.items()
        ],
        "unverified": sum(not each.verified for each in register.instruments),
        "total": len(register.instruments),
        "edition": register.edition,
        "may_confirm": access.can_manage(visit.actor),
    }
    return render(visit.request, "law/start.html", context)


def _row(instrument: Instrument, on: date) -> dict[str, Any]:
    return {"law": instrument, "state": _state(instrument, on)}


def _state(instrument: Instrument, on: date) -> str:
    """in_force, to_come, not_in_force or ended, on this day."""
    if instrument.in_force(on):
        return "in_force"
    if instrument.ended_on and instrument.ended_on <= on:
        return "ended"
    return "to_come" if instrument.commenced_on else "not_in_force"


@practitioner_page
def one(visit: Visit, code: str) -> HttpResponse:
    """For everyone signed in: one law with all that was found about it; administrators confirm or correct it."""
    today = queries.local_day(visit.now)
    instrument = queries.register(on=today).get(code)
    if instrument is None:
        raise NotHere(
            say("There is no such law in the register."), say("Look in the list of the law we rely on.")
        )
    if visit.request.method != "POST":
        return _page(visit, instrument, CheckForm(instrument=instrument, today=today))
    access.check_can_manage(visit.actor)
    form = CheckForm(visit.request.POST, instrument=instrument, today=today)
    if form.is_valid():
        try:
            return door.once(visit, lambda: _checked(visit, instrument, form))
        except Invalid as problem:
            form.take(problem)
    return _page(visit, instrument, form, status=400)


def _checked(visit: Visit, instrument: Instrument, form: CheckForm) -> str:
    agreements.check_instrument(actor=visit.actor, code=instrument.code, now=visit.now, **form.cleaned_data)
    messages.success(visit.request, say("Written down. It holds so from today, for every decision."))
    return reverse("law-one", args=[instrument.code])


def _page(visit: Visit, instrument: Instrument, form: CheckForm, *, status: int = 200) -> HttpResponse:
    today = queries.local_day(visit.now)
    context = {
        **_row(instrument, today),
        "kind": KINDS.get(instrument.kind, instrument.kind),
        "discloses": [SECTORS.get(code, code) for code in instrument.who_may_disclose],
        "receives": [SECTORS.get(code, code) for code in instrument.to_whom],
        "purposes": [TAGS.get(tag) or purpose_words(tag) for tag in instrument.purpose_tags],
        "history": queries.checks_of(instrument.code),
        "may_confirm": access.can_manage(visit.actor),
        "form": form,
        "token": door.new_token(),
    }
    return render(visit.request, "law/one.html", context, status=status)
