"""Are two records one person? The list of pairs that wait, and the page on which one is decided."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.corrections import operations as corrections
from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.people import review, reviewing
from jigsaw.hub.web import door, drafting
from jigsaw.hub.web.door import Visit, practitioner_page
from jigsaw.hub.web.people import pair_words
from jigsaw.hub.web.people.pair_forms import VERDICTS, Decide, Settle

LISTS = ("all", "contradict", "cannot_tell", "second", "disagree")


@practitioner_page
def listed(visit: Visit) -> HttpResponse:
    """For those who decide whether two records are one person: what waits, the likeliest first."""
    show = visit.request.GET.get("show", "all")
    show = show if show in LISTS else "all"
    found = review.queue(visit.actor, now=visit.now, show=show)
    disagree = review.disagreements(visit.actor, now=visit.now) if show == "disagree" else []
    today = agreements.local_day(visit.now)
    context = {
        "segments": _segments(found.counts, show),
        "rows": [] if show == "disagree" else [pair_words.row(row, today) for row in found.rows],
        "disagree": [
            {"row": pair_words.row(each.row, today), "reviews": _said(each.reviews), "may": each.may_settle}
            for each in disagree
        ],
        "show": show,
        "most": review.A_PAGE,
        "next": review.next_pair(visit.actor, now=visit.now),
        "waiting": found.counts.waiting,
    }
    return render(visit.request, "people/pairs.html", context)


def _segments(counts: review.Counts, show: str) -> list[dict[str, Any]]:
    lists = {
        "all": (_("All that wait"), counts.waiting),
        "contradict": (_("Cannot both be right"), counts.contradict),
        "cannot_tell": (_("Could not be told"), counts.cannot_tell),
        "second": (_("Second look"), counts.second),
        "disagree": (_("Reviewers disagree"), counts.disagree),
    }
    return [
        {"url": f"?show={code}", "text": text, "count": count, "current": code == show}
        for code, (text, count) in lists.items()
    ]


def _said(reviews: Any) -> list[dict[str, Any]]:
    return [{"review": each, "verdict": VERDICTS[each.verdict]} for each in reviews]


@practitioner_page
def following(visit: Visit, pair: UUID) -> HttpResponse:
    """For those who decide on links: leads on to the pair that comes after this one."""
    return redirect(_next(visit, pair))


def _next(visit: Visit, pair: UUID) -> str:
    after = review.next_pair(visit.actor, now=visit.now, after=pair)
    return reverse("pair", args=[after]) if after else reverse("pairs")


@practitioner_page
def one(visit: Visit, pair: UUID) -> HttpResponse:
    """For those who decide on links: both records side by side, and the decision; then the next pair."""
    if visit.request.method != "POST":
        return _page(visit, pair)
    acts = {"decide": _decide, "settle": _settle, "second": _ask_second}
    return acts.get(visit.request.POST.get("do", ""), _decide)(visit, pair)


def _decide(visit: Visit, pair: UUID) -> HttpResponse:
    form, draft = Decide(visit.request.POST), _draft(pair)

    def act() -> str:
        made = reviewing.decide(actor=visit.actor, pair=pair, said=form.said(), now=visit.now)
        messages.success(
            visit.request, _("Recorded: %(verdict)s. Here is the next.") % {"verdict": VERDICTS[made.verdict]}
        )
        return _next(visit, pair)

    if form.is_valid():
        try:
            return door.once(visit, act, draft=draft)
        except Invalid as problem:
            form.take(problem)
    drafting.keep(visit, draft)
    return _page(visit, pair, deciding=form)


def _settle(visit: Visit, pair: UUID) -> HttpResponse:
    form = Settle(visit.request.POST)

    def act() -> str:
        corrections.settle_pair(actor=visit.actor, pair=pair, now=visit.now, **form.cleaned_data)
        messages.success(visit.request, _("Settled, and carried out."))
        return f"{reverse('pairs')}?show=disagree"

    if form.is_valid():
        try:
            return door.once(visit, act)
        except Invalid as problem:
            form.take(problem)
    return _page(visit, pair, settling=form)


def _ask_second(visit: Visit, pair: UUID) -> HttpResponse:
    def act() -> str:
        reviewing.ask_second_look(actor=visit.actor, pair=pair, now=visit.now)
        messages.success(
            visit.request, _("A colleague will be asked to look, without seeing what was decided.")
        )
        return reverse("pairs")

    return door.once(visit, act)


def _draft(pair: UUID) -> str:
    return f"people:pair:{pair}"


def _page(
    visit: Visit, pair: UUID, *, deciding: Decide | None = None, settling: Settle | None = None
) -> HttpResponse:
    detail = review.read(visit.actor, pair, now=visit.now)
    today = agreements.local_day(visit.now)
    may_decide = _may_decide(visit, detail)
    unsettled = detail.pair.disagreed_at is not None and detail.pair.settled_at is None
    may_settle = unsettled and review.may_settle(visit.actor, detail.reviews)
    left, right = (pair_words.side(side, today) for side in (detail.left, detail.right))
    saved = None
    if may_decide and deciding is None:
        data, saved = drafting.restored(visit, _draft(pair))
        deciding = Decide(data)
        if saved:
            drafting.as_typed(deciding)
    context = {
        "pair": detail.pair,
        "left": left,
        "right": right,
        "sides": [left, right],
        "rows": pair_words.rows(detail),
        "checks": pair_words.checks(detail),
        "grade": pair_words.grade(detail.grade, detail.signs),
        "reviews": _said(detail.reviews),
        "second": detail.second,
        "deciding": deciding if may_decide else None,
        "settling": (settling or Settle()) if may_settle else None,
        "unsettled": unsettled,
        "may_ask": detail.pair.decided_id is not None
        and not unsettled
        and not may_decide
        and not detail.pair.second_look
        and detail.pair.disagreed_at is None,
        "draft": _draft(pair),
        "saved_at": saved.saved_at if saved else None,
        "token": door.new_token(),
        "waiting": detail.left_to_do,
        "page_errors": bool(
            (deciding and deciding.is_bound and deciding.errors) or (settling and settling.errors)
        ),
        "wrong": settling or deciding,
        "today": today,
    }
    bad = visit.request.method == "POST"
    return render(visit.request, "people/pair.html", context, status=400 if bad else 200)


def _may_decide(visit: Visit, detail: review.Detail) -> bool:
    """Is there still something for this reviewer to say?"""
    said = [
        r for r in detail.reviews if r.by_id == visit.actor.practitioner_id and r.verdict != "cannot_tell"
    ]
    if detail.pair.decided_id is None:
        return detail.pair.closed_at is None
    return bool(detail.pair.second_look) and not said
