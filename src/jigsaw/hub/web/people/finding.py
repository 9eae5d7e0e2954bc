"""Finding somebody by anything known of them: the page, its answers while one types, and "none of these"."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.partner_hubs import queries as partner_hubs
from jigsaw.hub.people import access as people_access
from jigsaw.hub.people import finding
from jigsaw.hub.web import asked, door
from jigsaw.hub.web.door import Visit, practitioner_page
from jigsaw.hub.web.people import words
from jigsaw.hub.web.referrals import carrying

# Before so many letters everybody would come up.
LEAST = 3


@practitioner_page
def find(visit: Visit) -> HttpResponse:
    """For everyone who may find people: anything known, in any order, also from the box on every page."""
    people_access.check_can_find(visit.actor)
    return asked.leads_on(visit) or render(
        visit.request, "people/find.html", _answers(visit, asked.text(visit))
    )


@require_POST
@practitioner_page
def answers(visit: Visit) -> HttpResponse:
    """For everyone who may find people: the answers alone, for the page that asks while one types."""
    people_access.check_can_find(visit.actor)
    text = visit.request.POST.get("q", "").strip()
    told = _answers(visit, text)
    told["address"] = asked.address(visit, text) if text else ""
    return render(visit.request, "people/answers.html", told)


@require_POST
@practitioner_page
def none_of_these(visit: Visit) -> HttpResponse:
    """For everyone who may find people: says that whoever was meant was not found, and leads to raising a concern.

    The concern begins with what was typed: nothing is typed twice.
    """
    text, reason = visit.request.POST.get("q", ""), visit.request.POST.get("reason", "")

    def act() -> str:
        finding.none_of_these(visit.actor, text, reason=reason, now=visit.now)
        messages.success(visit.request, _("Written down: whom you looked for was not among those found."))
        return carrying.begun(visit, text) if visit.actor.may("referral.make") else reverse("find")

    return door.once(visit, act)


def _answers(visit: Visit, text: str) -> dict[str, Any]:
    found = finding.find(visit.actor, text[: finding.LONGEST_KEPT], now=visit.now) if text else []
    today = agreements.local_day(visit.now)
    return {
        "find_text": text[: finding.READ_UP_TO],
        "hits": [_hit(match, today) for match in found],
        "note": finding.note_on(text, now=visit.now) if text else "",
        "said": _said(len(found)) if text else "",
        "may_raise": visit.actor.may("referral.make"),
        "may_ask_another_area": bool(found) and partner_hubs.any_askable(visit.actor),
        "least": LEAST,
        "longest": finding.READ_UP_TO,
        "token": door.new_token(),
    }


def _said(count: int) -> str:
    if not count:
        return _("Nobody like this that you may see")
    return ngettext("%(count)d person found", "%(count)d people found", count) % {"count": count}


def _hit(match: finding.Match, today: Any) -> dict[str, Any]:
    grade = match.comparison.grade
    return {
        "person": match.card.person,
        "name": words.name(match.card),
        "born": words.born(match.card, today),
        "address": match.address,
        "may_open": match.may_open,
        "by_number": match.by_number,
        "grade": grade,
        "grade_words": words.GRADES[grade],
        "evidence": words.evidence_rows(match.comparison.evidence),
    }
