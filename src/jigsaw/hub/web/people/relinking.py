"""What would change if all links were made anew? In numbers and examples, and carried out from here."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.corrections import operations as corrections
from jigsaw.hub.kit.errors import Invalid, NotHere
from jigsaw.hub.oversight import record_quality
from jigsaw.hub.people import relinking
from jigsaw.hub.web import door
from jigsaw.hub.web.door import Visit, practitioner_page
from jigsaw.hub.web.people import words

KINDS = {
    "join": _("To be joined"),
    "part": _("To be parted"),
    "ask": _("To be decided by somebody"),
}
MEANS = {
    "join": _("Everything known makes them certain to be one person, and nothing speaks against it."),
    "part": _(
        "A rule linked them once, and by all that is known today they are not certain to be one person."
    ),
    "ask": _("They may be one person, but no rule may link them. They will wait among the pairs."),
}


@practitioner_page
def start(visit: Visit) -> HttpResponse:
    """For those who decide on links: what the last full run proposes; the next part of it is carried out from here."""
    try:
        made = relinking.newest(visit.actor)
    except NotHere:
        return render(visit.request, "people/relinking.html", {"summary": None, **_quality(visit)})
    if visit.request.method == "POST":
        return door.once(visit, lambda: _carry_out(visit, made))
    return render(visit.request, "people/relinking.html", _context(visit, made))


def _carry_out(visit: Visit, made: relinking.Relinking) -> str:
    if visit.request.POST.get("run") != str(made.pk):
        raise Invalid(
            say(
                "Everything has been compared anew since this page was opened. Look at what is proposed now."
            ),
            {},
        )
    kinds = [kind for kind in visit.request.POST.getlist("kinds") if kind in KINDS]
    step = corrections.relink_some(actor=visit.actor, made=made, kinds=kinds, now=visit.now)
    done = sum(step.done.values())
    messages.success(
        visit.request,
        ngettext("%(n)d carried out.", "%(n)d carried out.", done) % {"n": done}
        + (
            " " + say("%(n)d had changed since, and were left.") % {"n": step.changed} if step.changed else ""
        ),
    )
    return reverse("relinking")


def _context(visit: Visit, made: relinking.Relinking) -> dict[str, Any]:
    told = relinking.summary(visit.actor, made)
    today = agreements.local_day(visit.now)
    return {
        "summary": told,
        "most": relinking.AT_ONCE,
        "kinds": [
            {
                "code": kind,
                "title": KINDS[kind],
                "means": MEANS[kind],
                "counts": counts,
                "samples": [
                    _sample(each, today) for each in relinking.samples(visit.actor, made, kind, now=visit.now)
                ]
                if counts.waiting
                else [],
            }
            for kind, counts in told.kinds.items()
        ],
        "sources": [
            (agency, system, [kinds.get(kind, 0) for kind in KINDS])
            for (agency, system), kinds in told.sources.items()
        ],
        "token": door.new_token(),
        **_quality(visit),
    }


def _quality(visit: Visit) -> dict[str, bool]:
    """Is the way to the figures of records open to them?"""
    return {"sees_quality": record_quality.may_see(visit.actor)}


def _sample(each: relinking.Sample, today: dt.date) -> dict[str, Any]:
    left, right = each.sides
    return {
        "left": words.name(left),
        "left_born": words.born(left, today),
        "right": words.name(right),
        "right_born": words.born(right, today),
        "evidence": [found for _field, _level, found in each.proposal.evidence],
    }
