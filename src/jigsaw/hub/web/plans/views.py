"""Plans of an authority, as those who keep them see them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.people import finding
from jigsaw.hub.unscheduled_care import access, operations, queries
from jigsaw.hub.unscheduled_care.kinds import PlanKind
from jigsaw.hub.web import asked, door
from jigsaw.hub.web.door import Visit, practitioner_page
from jigsaw.hub.web.people import words
from jigsaw.hub.web.plans.forms import BabyForm, CorrectForm, EndForm, PlanForm, WithdrawForm


@practitioner_page
def listed(visit: Visit) -> HttpResponse:
    """For those who keep their authority’s plans: all of them, the latest first, and whom to begin one for."""
    access.check_can_keep_plans(visit.actor)
    if way := asked.leads_on(visit):
        return way
    page = _page(visit)
    rows, more = queries.kept(visit.actor, now=visit.now, page=page)
    text = asked.text(visit)[: finding.READ_UP_TO]
    found = finding.find(visit.actor, text, now=visit.now) if text else []
    today = agreements.local_day(visit.now)
    context = {
        "rows": [_row(row, today) for row in rows],
        "previous": page - 1,
        "next": page + 1 if more else 0,
        "who": text,
        "hits": [
            {"person": one.card.person, "name": words.name(one.card), "born": words.born(one.card, today)}
            for one in found
        ],
    }
    return render(visit.request, "plans/listed.html", context)


def _row(kept: queries.Kept, today: Any) -> dict[str, Any]:
    return {
        "kept": kept,
        "plan": kept.plan,
        "name": words.name(kept.card),
        "born": words.born(kept.card, today),
    }


@practitioner_page
def new(visit: Visit, person: UUID) -> HttpResponse:
    """For those who keep their authority’s plans: begin one for this child, or on this mother’s record."""
    access.check_can_keep_plans(visit.actor)
    card = queries.whose(visit.actor, person, now=visit.now)

    def act(form: PlanForm) -> str:
        made = operations.keep(actor=visit.actor, person=person, said=form.said(), now=visit.now)
        messages.success(visit.request, _("Settings of unscheduled care see it from now on."))
        return reverse("plan", args=[made.pk])

    context = {"name": words.name(card), "back": reverse("plans"), "heading": _("Begin a plan")}
    return _filled_in(visit, PlanForm, act, context)


@practitioner_page
def correct(visit: Visit, plan: UUID) -> HttpResponse:
    """For those who keep the plan: say it anew where it was wrong."""
    kept = queries.plan(visit.actor, plan, now=visit.now)

    def act(form: CorrectForm) -> str:
        made = operations.correct(
            actor=visit.actor, plan=plan, said=form.said(), reason=form.cleaned_data["reason"], now=visit.now
        )
        return reverse("plan", args=[made.pk])

    told = {name: getattr(kept.plan, name) for name in ("kind", "starts_on", "ends_on", "expected_on")}
    context = {
        "name": words.name(kept.card),
        "back": reverse("plan", args=[plan]),
        "heading": _("Correct the plan"),
    }
    return _filled_in(visit, CorrectForm, act, context, initial=told)


@practitioner_page
def born(visit: Visit, plan: UUID) -> HttpResponse:
    """For those who keep the plan of an unborn child: move it to the baby once born."""
    kept = queries.plan(visit.actor, plan, now=visit.now)

    def act(form: BabyForm) -> str:
        made = operations.born(actor=visit.actor, plan=plan, baby=form.facts(), now=visit.now)
        messages.success(
            visit.request, _("The plan is the baby’s now. On the mother’s record it shows no more.")
        )
        return reverse("plan", args=[made.pk])

    context = {
        "name": words.name(kept.card),
        "back": reverse("plan", args=[plan]),
        "heading": _("The baby is born"),
        "lead": _(
            "From the day of birth on the plan stands on the baby’s own record, and no more on the mother’s."
        ),
    }
    return _filled_in(visit, BabyForm, act, context)


def _filled_in(
    visit: Visit, kind: type[Any], act: Callable[[Any], str], context: dict[str, Any], initial: Any = None
) -> HttpResponse:
    form = kind(visit.request.POST or None, initial=initial)
    if visit.request.method == "POST" and form.is_valid():
        try:
            return door.once(visit, lambda: act(form))
        except Invalid as problem:
            form.take(problem)
    told = {**context, "form": form, "token": door.new_token()}
    return render(visit.request, "plans/form.html", told, status=400 if form.errors else 200)


@practitioner_page
def one(visit: Visit, plan: UUID) -> HttpResponse:
    """For those who keep the plan: what settings see of it; end it, correct it, or say that it never was."""
    posted = visit.request.POST.get("do", "")
    end = EndForm(visit.request.POST if posted == "end" else None)
    withdraw = WithdrawForm(visit.request.POST if posted == "withdraw" else None)
    form = {"end": end, "withdraw": withdraw}.get(posted)
    if visit.request.method == "POST" and form is not None and form.is_valid():
        try:
            return door.once(visit, lambda: _done(visit, plan, posted, form.cleaned_data))
        except Invalid as problem:
            form.take(problem)
    kept = queries.plan(visit.actor, plan, now=visit.now)
    context = {
        **_row(kept, agreements.local_day(visit.now)),
        "unborn": kept.plan.kind == PlanKind.UNBORN,
        "end": end,
        "withdraw": withdraw,
        "wrong": form,
        "page_errors": bool(form and form.errors),
        "token": door.new_token(),
    }
    return render(visit.request, "plans/one.html", context, status=400 if form and form.errors else 200)


def _done(visit: Visit, plan: UUID, what: str, given: dict[str, Any]) -> str:
    if what == "end":
        operations.end(actor=visit.actor, plan=plan, ends_on=given["ends_on"], now=visit.now)
        return reverse("plan", args=[plan])
    operations.withdraw(actor=visit.actor, plan=plan, reason=given["reason"], now=visit.now)
    messages.success(visit.request, _("Withdrawn: no setting sees it any more."))
    return reverse("plans")


def _page(visit: Visit) -> int:
    told = visit.request.GET.get("page", "")
    return min(int(told), 10_000) if told.isascii() and told.isdigit() and int(told) > 0 else 1
