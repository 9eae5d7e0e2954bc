"""Read what the partners agreed to share, sign it, end it, and see what two versions differ in."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as say

from jigsaw.hub.agreements import access, agreed, queries, signing
from jigsaw.hub.agreements.agreed import Version
from jigsaw.hub.agreements.states import SHOWN
from jigsaw.hub.kit.errors import Invalid, NotHere
from jigsaw.hub.web import door
from jigsaw.hub.web.agreements.forms import EndForm, ReviewedForm
from jigsaw.hub.web.door import Visit, practitioner_page
from jigsaw.sharing_rules import agreements as sharing_agreements
from jigsaw.sharing_rules.agreements import Agreement
from jigsaw.sharing_rules.roles import ROLE_WORDS

TONES = {
    "draft": "draft",
    "in_review": "review",
    "to_come": "waiting",
    "in_force": "done",
    "over": "closed",
    "replaced": "closed",
    "ended": "withdrawn",
}


@practitioner_page
def start(visit: Visit) -> HttpResponse:
    """For everyone signed in: the agreements that their agency is a party of, or that they look after."""
    found = agreed.readable(visit.actor, on=queries.local_day(visit.now))
    context = {
        "rows": [_row(version) for version in found],
        "may_draft": access.can_draft(visit.actor),
        "may_sign": any(version.may_sign for version in found),
    }
    return render(visit.request, "agreements/start.html", context)


def _row(version: Version) -> dict[str, Any]:
    return {"version": version, "state": SHOWN[version.state], "tone": TONES[version.state]}


@practitioner_page
def newest(visit: Visit, identifier: str) -> HttpResponse:
    """For practitioners of a party: leads on to the version in force, or else the newest."""
    found = agreed.one(visit.actor, identifier, on=queries.local_day(visit.now))
    return redirect("agreement-version", identifier, found.row.version)


@practitioner_page
def version(visit: Visit, identifier: str, number: int) -> HttpResponse:
    """For practitioners of a party: one version in plain English; those who write agreements send or take it back."""
    today = queries.local_day(visit.now)
    every = agreed.versions(visit.actor, identifier, on=today)
    found = agreed.among(every, number)
    form = ReviewedForm(visit.request.POST or None, on=today)
    status = 200
    problems = found.problems
    if visit.request.method == "POST":
        try:
            if visit.request.POST.get("do") != "reviewed" or form.is_valid():
                return door.once(visit, lambda: _act(visit, found, form))
        except Invalid as wrong:
            problems = tuple(words.problem for words in wrong.fields.values() if hasattr(words, "problem"))
            for field, words in wrong.fields.items():
                if field in form.fields:
                    form.add_error(field, str(words))
        status = 400
    elif found.row.state == "draft" and not problems:
        problems = agreed.problems_among_others(found.row)
    return render(
        visit.request, "agreements/version.html", _page(visit, found, every, problems, form), status=status
    )


def _act(visit: Visit, found: Version, form: ReviewedForm) -> str:
    """Send, take back, throw away or review, as the button says."""
    do, row = visit.request.POST.get("do"), found.row
    given: dict[str, Any] = {"actor": visit.actor, "version": row, "now": visit.now}
    if do == "throw_away":
        signing.throw_away(**given)
        messages.success(visit.request, say("The draft is gone."))
        return reverse("agreements")
    if do == "send":
        signing.send(**given)
        messages.success(visit.request, say("Sent for signing. Those who sign for a party are told."))
    elif do == "take_back":
        signing.take_back(**given)
        messages.success(visit.request, say("It is a draft again."))
    elif do == "next":
        row = signing.next_version(**given)
        return reverse("agreement-edit", args=[row.agreement.identifier, row.version])
    elif do == "reviewed":
        signing.reviewed(**given, look_again_on=form.cleaned_data["look_again_on"])
        messages.success(visit.request, say("Written down. You are reminded on the day you gave."))
    else:
        raise NotHere(say("There is no such button."), say("Go back to the agreement."))
    return reverse("agreement-version", args=[row.agreement.identifier, row.version])


def _page(
    visit: Visit, found: Version, every: list[Version], problems: tuple[Any, ...], form: Any
) -> dict[str, Any]:
    agreement = found.agreement
    return {
        **_row(found),
        "row": found.row,
        "problems": problems,
        "agreement": agreement,
        "summary": summary(agreement) if agreement else None,
        "every": [_row(each) for each in every],
        "others": [each for each in every if each.row.version != found.row.version and each.agreement],
        "may": {
            act: found.may(act) for act in ("change", "throw_away", "send", "take_back", "review", "end")
        },
        "may_begin_next": found.may_draft and not any(each.row.state in agreed.IN_HAND for each in every),
        "form": form,
        "token": door.new_token(),
    }


def summary(agreement: Agreement) -> dict[str, Any]:
    """The agreement for people who have never seen its form: the opening, each clause, and what goes along."""
    return {
        "opening": sharing_agreements.in_words(agreement)[0],
        "rules": [_clause(agreement, clause) for clause in agreement.defaults],
        "exceptions": [_clause(agreement, clause) for clause in agreement.exceptions],
        "kept": sharing_agreements.kept_in_words(agreement),
        "affected": sharing_agreements.whom_it_affects(agreement),
    }


def _clause(agreement: Agreement, clause: Any) -> dict[str, Any]:
    said = sharing_agreements.clause_in_words(agreement, clause)
    number, _dot, words = said.partition(". ")
    tones = {"permit": "permit", "review": "review", "prohibit": "deny"}
    return {
        "number": number,
        "words": words,
        "tone": tones[clause.effect.value],
        "effect": clause.effect.value,
        "role": ROLE_WORDS.get(clause.review_role, clause.review_role),
    }


@practitioner_page
def sign(visit: Visit, identifier: str, number: int) -> HttpResponse:
    """For those who sign for an agency that is a party: read it once more, and sign."""
    found = agreed.one(visit.actor, identifier, number, on=queries.local_day(visit.now))
    access.check_may_sign(visit.actor)
    if visit.request.method == "POST":
        return door.once(visit, lambda: _signed(visit, found))
    context = {
        **_row(found),
        "row": found.row,
        "agreement": found.agreement,
        "summary": summary(found.agreement) if found.agreement else None,
        "token": door.new_token(),
    }
    return render(visit.request, "agreements/sign.html", context)


def _signed(visit: Visit, found: Version) -> str:
    row = signing.sign(actor=visit.actor, version=found.row, now=visit.now)
    every_party = row.state == "signed"
    messages.success(
        visit.request,
        say("Signed for %(agency)s. Every party has signed now.") % {"agency": visit.actor.agency_name}
        if every_party
        else say("Signed for %(agency)s. It holds once every party has signed.")
        % {"agency": visit.actor.agency_name},
    )
    return reverse("agreement-version", args=[row.agreement.identifier, row.version])


@practitioner_page
def end(visit: Visit, identifier: str, number: int) -> HttpResponse:
    """For those who write agreements: end one today, with a reason that those who signed read."""
    found = agreed.one(visit.actor, identifier, number, on=queries.local_day(visit.now))
    access.check_can_draft(visit.actor)
    form = EndForm(visit.request.POST or None)
    if visit.request.method == "POST" and form.is_valid():
        return door.once(visit, lambda: _ended(visit, found, form))
    context = {**_row(found), "row": found.row, "form": form, "token": door.new_token()}
    status = 400 if visit.request.method == "POST" else 200
    return render(visit.request, "agreements/end.html", context, status=status)


def _ended(visit: Visit, found: Version, form: EndForm) -> str:
    row = signing.end(actor=visit.actor, version=found.row, why=form.cleaned_data["why"], now=visit.now)
    messages.success(visit.request, say("It has ended. From now on it covers nothing."))
    return reverse("agreement-version", args=[row.agreement.identifier, row.version])


@practitioner_page
def compare(visit: Visit, identifier: str, number: int, other: int) -> HttpResponse:
    """For practitioners of a party: what two versions say differently, and what follows from it, in words."""
    today = queries.local_day(visit.now)
    every = agreed.versions(visit.actor, identifier, on=today)
    older, newer = sorted(
        (agreed.among(every, number), agreed.among(every, other)), key=lambda v: v.row.version
    )
    if older.agreement is None or newer.agreement is None:
        raise NotHere(
            say("One of these versions cannot be read as an agreement yet."),
            say("Open the draft: its page says what is missing."),
        )
    on = max(today, older.agreement.start, newer.agreement.start)
    context = {
        "older": older,
        "newer": newer,
        "changes": sharing_agreements.changes(older.agreement, newer.agreement),
        "consequences": sharing_agreements.consequences(older.agreement, newer.agreement, on=on),
        "on": on,
    }
    return render(visit.request, "agreements/compare.html", context)


@practitioner_page
def file(visit: Visit, identifier: str, number: int, form: str) -> HttpResponse:
    """For practitioners of a party: the version as a file, as JSON (json) or as an ODRL policy (odrl)."""
    found = agreed.one(visit.actor, identifier, number, on=queries.local_day(visit.now))
    if form == "odrl" and found.agreement:
        content, kind, ending = (
            sharing_agreements.as_odrl(found.agreement),
            "application/ld+json",
            "odrl.jsonld",
        )
    elif form == "json":
        content, kind, ending = found.content, "application/json", "json"
    else:
        raise NotHere(say("There is no such file of this agreement."), say("Choose a file on its page."))
    answer = HttpResponse(
        json.dumps(content, ensure_ascii=False, indent=2) + "\n", content_type=f"{kind}; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="{identifier}-v{number}.{ending}"'
    return answer
