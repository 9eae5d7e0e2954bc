"""Raise a concern, and see what became of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.request import QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.kit import drafts
from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.kit.ids import uuid7
from jigsaw.hub.referrals import access, operations, queries
from jigsaw.hub.web import door, drafting
from jigsaw.hub.web.door import Visit, practitioner_page
from jigsaw.hub.web.referrals import blocks, choices, shown
from jigsaw.hub.web.referrals import forms as concern_forms
from jigsaw.hub.web.referrals.carrying import DRAFTS

# Long enough to tell one draft from another in a list.
BEGINNING = 90


@practitioner_page
def ours(visit: Visit) -> HttpResponse:
    """For those who raise concerns: their own drafts, and what their agency has raised."""
    rows = queries.sent(visit.actor, now=visit.now)
    return render(
        visit.request,
        "referrals/ours.html",
        {
            "rows": [_sent_row(visit, row) for row in rows],
            "drafts": _drafts(visit),
            "token": door.new_token(),
        },
    )


def _sent_row(visit: Visit, row: queries.Row) -> dict[str, Any]:
    mine = [
        f
        for f in row.feedback
        if f.to_agency_id == visit.actor.agency_id and f.audience.startswith("referrer")
    ]
    return {
        "referral": row.referral,
        "names": shown.all_named(row.names),
        "told": next((f for f in mine if f.given_at), None),
        "waits": next((f for f in mine if not f.given_at), None),
    }


def _drafts(visit: Visit) -> list[dict[str, Any]]:
    assert visit.actor.practitioner_id is not None
    found = drafts.mine(owner=visit.actor.practitioner_id, prefix=DRAFTS, now=visit.now)
    return [
        {
            "id": draft.about.removeprefix(DRAFTS),
            "name": _draft_name(draft.fields),
            "beginning": " ".join(draft.fields.get("concern", []))[:BEGINNING],
            "saved_at": draft.saved_at,
            "until": draft.saved_at + drafts.KEPT_FOR,
        }
        for draft in found
    ]


def _draft_name(fields: dict[str, list[str]]) -> str:
    parts = (" ".join(fields.get(f"children-0-{part}", [])).strip() for part in ("given", "family"))
    return " ".join(part for part in parts if part) or _("No name yet")


@require_POST
@practitioner_page
def throw_away(visit: Visit) -> HttpResponse:
    """For whoever typed it: forget a draft."""
    draft = _draft_id(visit.request.POST.get("which", ""))
    if draft:
        drafting.throw_away(visit, DRAFTS + draft)
        messages.success(visit.request, _("Draft thrown away."))
    return redirect("referrals")


@practitioner_page
def new(visit: Visit) -> HttpResponse:
    """For those who raise concerns: one form, kept as a draft under its own id until it is sent."""
    access.check_can_make(visit.actor)
    draft = _draft_id(visit.request.GET.get("draft", ""))
    if not draft:
        return redirect(f"{reverse('referral-new')}?draft={uuid7()}")
    if visit.request.method == "POST":
        return _typed(visit, draft)
    data, saved = drafting.restored(visit, DRAFTS + draft)
    form = _form(visit, blocks.tidied(data, concern_forms.BLOCKS) if data is not None else None)
    if data is not None:
        drafting.as_typed(*form.parts)
    return _show(visit, draft, form, saved_at=saved.saved_at if saved else None)


def _draft_id(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        return ""


def _typed(visit: Visit, draft: str) -> HttpResponse:
    """Add a block, or send; whatever goes wrong, everything typed is kept."""
    about = DRAFTS + draft
    add = visit.request.POST.get("add", "")
    data = blocks.tidied(visit.request.POST, concern_forms.BLOCKS, add=add)
    if add in concern_forms.BLOCKS or "keep" in visit.request.POST:
        _keep(visit, about, data)
        place = f"#{add}-{blocks.count(data, add) - 1}" if add else ""
        return redirect(f"{reverse('referral-new')}?draft={draft}{place}")
    form = _form(visit, data)
    if form.is_valid():
        try:
            return door.once(visit, lambda: _send(visit, form), draft=about)
        except Invalid as refused:
            form.show(refused.fields)
    _keep(visit, about, data)
    return _show(visit, draft, form, status=400)


def _send(visit: Visit, form: concern_forms.Whole) -> str:
    referral = operations.make(actor=visit.actor, concern=form.concern(), now=visit.now)
    return reverse("referral-sent", args=[referral.reference]) + "?sent=1"


def _keep(visit: Visit, about: str, data: QueryDict) -> None:
    assert visit.actor.practitioner_id is not None
    fields = {
        name: values
        for name, values in data.lists()
        if name not in ("csrfmiddlewaretoken", "token", "owner", "draft", "add", "keep")
    }
    drafts.save(owner=visit.actor.practitioner_id, about=about, fields=fields, now=visit.now)


def _form(visit: Visit, data: QueryDict | None) -> concern_forms.Whole:
    assert visit.actor.agency_id is not None
    return concern_forms.whole(
        data,
        authorities=agencies.authorities_of(visit.actor.agency_id),
        today=shown.today_in_england(visit.now),
        caller="public" if "call_taker" in visit.actor.roles else "professional",
    )


def _show(
    visit: Visit, draft: str, form: concern_forms.Whole, *, saved_at: Any = None, status: int = 200
) -> HttpResponse:
    return render(
        visit.request,
        "referrals/new.html",
        {
            "form": form.main,
            "whole": form,
            "page_errors": status == 400,
            "problems": form.problems() if status == 400 else [],
            "saved_at": saved_at,
            "draft": DRAFTS + draft,
            "address": f"{reverse('referral-new')}?draft={draft}",
            "token": door.new_token(),
        },
        status=status,
    )


@practitioner_page
def sent(visit: Visit, reference: str) -> HttpResponse:
    """For the agency that raised it: what we said, when we hear, and what came of it."""
    found = queries.read_sent(visit.actor, reference, now=visit.now)
    today = shown.today_in_england(visit.now)
    referral = found.referral
    return render(
        visit.request,
        "referrals/sent.html",
        {
            "referral": referral,
            "just_sent": visit.request.GET.get("sent") == "1",
            "names": shown.all_named(card for p, card in found.persons if p.is_child),
            "persons": [shown.show(person, card, today, ours=True) for person, card in found.persons],
            "statements": referral.statements.all(),
            "told": shown.told_rows(referral),
            "want": dict(choices.WANTS)[referral.wants],
            "caller": choices.CALLER_READ[referral.caller],
            "feedback": found.feedback,
            "steps": _steps(referral, found.feedback),
        },
    )


def _steps(referral: Any, feedback: Any) -> list[dict[str, Any]]:
    """What has happened, in order, and what comes next."""
    given = next((f for f in feedback if f.given_at), None)
    waits = next((f for f in feedback if not f.given_at), None)
    steps = [
        {"what": _("Sent"), "when": referral.received_at, "who": referral.recorded_by.name, "state": "done"}
    ]
    if referral.acknowledged_at:
        steps.append(
            {
                "what": _("Opened by a social worker"),
                "when": referral.acknowledged_at,
                "who": referral.to_agency.name,
                "state": "done",
            }
        )
    if given:
        steps.append(
            {
                "what": _("You were told what came of it"),
                "when": given.given_at,
                "who": given.given_by.name if given.given_by else "",
                "state": "done",
            }
        )
    elif waits:
        steps.append(
            {"what": _("You hear by"), "when": waits.due_at, "who": referral.to_agency.name, "state": "next"}
        )
    return steps
