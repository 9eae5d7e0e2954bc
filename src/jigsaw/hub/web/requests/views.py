"""Answer another agency’s request, item by item."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.disclosures import letting_out, proposals, waiting
from jigsaw.hub.disclosures import operations as disclosures
from jigsaw.hub.disclosures import queries as disclosure_queries
from jigsaw.hub.information_requests import operations as requests
from jigsaw.hub.information_requests import queries as request_queries
from jigsaw.hub.information_requests.queries import Asked, Counts
from jigsaw.hub.kit.errors import AlreadyDone, Invalid, NotHere
from jigsaw.hub.web import door, drafting, ratings
from jigsaw.hub.web.door import Visit, practitioner_page
from jigsaw.hub.web.purposes import purpose_words
from jigsaw.hub.web.requests import page, papers
from jigsaw.hub.web.requests.forms import SERVICE_CONSENT, HandOverForm, MoreTimeForm, ProposeForm
from jigsaw.hub.web.requests.papers import Papers

A_PAGE = 25


@practitioner_page
def inbox(visit: Visit) -> HttpResponse:
    """For practitioners who answer for their agency: what it has been asked, the most pressing first."""
    show = visit.request.GET.get("show", "all")
    number = visit.request.GET.get("page", "1")
    start = (
        (int(number) - 1) * A_PAGE if number.isascii() and number.isdigit() and 0 < int(number) < 9999 else 0
    )
    found = request_queries.inbox(visit.actor, now=visit.now, show=show, offset=start, limit=A_PAGE)
    counts = found.counts
    everyone = counts.late + counts.soon + counts.later
    total = {"mine": counts.mine, "unclaimed": counts.unclaimed}.get(show, everyone)
    if start and start >= total:
        return redirect(f"{reverse('inbox')}?show={show}")
    scheme = agreements.rating_scheme(on=agreements.local_day(visit.now))
    return render(
        visit.request,
        "requests/inbox.html",
        {
            "rows": [_row(visit, asked, scheme) for asked in found.rows],
            "tiles": _tiles(counts),
            "segments": _segments(show, everyone, counts),
            "again": [_again_row(row) for row in waiting.to_look_at_again(visit.actor, now=visit.now)],
            "anew": [
                {"anew": row, "about": page.names(row.about)}
                for row in waiting.to_share_anew(visit.actor, now=visit.now)
            ],
            "show": show,
            "page": Paginator(range(total), A_PAGE).get_page(start // A_PAGE + 1),
            "legend": ratings.legend(scheme),
            "scheme": scheme,
        },
    )


def _row(visit: Visit, asked: Asked, scheme: Any) -> dict[str, Any]:
    recipient = asked.recipient
    return {
        "asked": asked,
        "recipient": recipient,
        "question": recipient.request,
        "about": page.about_words(asked),
        "first": asked.about[0] if asked.about else None,
        "rating": ratings.shown(scheme, recipient.request.rating),
        "purpose": purpose_words(recipient.request.purpose),
        "mine": recipient.holder_id == visit.actor.practitioner_id,
    }


def _again_row(row: waiting.LookAgain) -> dict[str, Any]:
    return {"again": row, "about": page.names(row.about)}


def _tiles(counts: Counts) -> list[dict[str, object]]:
    tiles = [
        {"figure": counts.late, "text": _("late"), "tone": "late" if counts.late else ""},
        {"figure": counts.soon, "text": _("due in 2 hours"), "tone": "soon" if counts.soon else ""},
        {"figure": counts.later, "text": _("due later"), "tone": ""},
    ]
    if counts.answered:
        share = f"{round(100 * counts.on_time / counts.answered)}%"
        words = _("of %(number)d answered on time in 30 days") % {"number": counts.answered}
        return [*tiles, {"figure": share, "text": words, "tone": "good"}]
    return [*tiles, {"figure": 0, "text": _("answered in 30 days"), "tone": ""}]


def _segments(show: str, everyone: int, counts: Counts) -> list[dict[str, object]]:
    parts = [
        ("all", _("Whole team"), everyone),
        ("mine", _("Mine"), counts.mine),
        ("unclaimed", _("No one yet"), counts.unclaimed),
    ]
    return [
        {"url": f"?show={code}", "text": text, "count": count, "current": code == show}
        for code, text, count in parts
    ]


@transaction.non_atomic_requests
@practitioner_page
def answer(visit: Visit, reference: str) -> HttpResponse:
    """For practitioners of the agency asked: decide on each item and send. Whoever asked goes to its page."""
    files = papers.received(visit, reference)
    with transaction.atomic():
        return _answer(visit, reference, files)


def _answer(visit: Visit, reference: str, files: Papers) -> HttpResponse:
    asked, events = request_queries.read(visit.actor, reference, now=visit.now)
    recipient = asked.recipient
    if recipient.agency_id != visit.actor.agency_id:
        return redirect("enquiry-answer", recipient.request.enquiry.reference, reference)
    if visit.request.method == "POST":
        return _pressed(visit, asked, events, files)
    if recipient.state == "answered":
        return _answered(visit, asked, events)
    requests.opened(actor=visit.actor, recipient=recipient, now=visit.now)
    data, saved = drafting.restored(visit, page.draft_name(asked))
    answering = page.answering(visit, asked, events, data)
    if data is not None:
        drafting.as_typed(answering.form, answering.blocks)
    return _show(visit, answering, saved_at=saved and saved.saved_at)


def _show(
    visit: Visit, answering: page.Answering, *, saved_at: object = None, status: int = 200
) -> HttpResponse:
    context = {**answering.context(), "saved_at": saved_at, "token": door.new_token()}
    return render(visit.request, "requests/decide.html", context, status=status)


def _pressed(visit: Visit, asked: Asked, events: list[Any], files: Papers) -> HttpResponse:
    """Send; or one of the buttons that keep what was typed: add a block, take it on, go elsewhere."""
    post, draft = visit.request.POST, page.draft_name(asked)
    here = redirect("request", asked.recipient.reference)
    if "add" in post:
        total = post.get("added-TOTAL_FORMS", "0")
        number = int(total) + 1 if total.isascii() and total.isdigit() else 1
        drafting.keep_with(visit, draft, **{"added-TOTAL_FORMS": str(min(number, 30))})
        return redirect(reverse("request", args=[asked.recipient.reference]) + "#added")
    do = post.get("do", "send")
    if do == "discard":
        drafting.throw_away(visit, draft)
        return here
    if do == "send":
        return _send(visit, asked, events, files)
    if do == "look-again":
        requests.look_again(actor=visit.actor, recipient=asked.recipient, now=visit.now)
        return here
    drafting.keep(visit, draft)
    if do == "claim":
        requests.claim(actor=visit.actor, recipient=asked.recipient, now=visit.now)
    if do.startswith("propose-"):
        return redirect("request-propose", asked.recipient.reference, do.removeprefix("propose-"))
    elsewhere = {"hand-over": "request-hand-over", "more-time": "request-more-time"}.get(do)
    return redirect(elsewhere, asked.recipient.reference) if elsewhere else here


def _send(visit: Visit, asked: Asked, events: list[Any], files: Papers) -> HttpResponse:
    answering = page.answering(visit, asked, events, visit.request.POST, files)

    def act() -> str:
        disclosures.answer(
            actor=visit.actor, recipient=asked.recipient, draft=answering.as_draft(), now=visit.now
        )
        return reverse("request-done", args=[asked.recipient.reference])

    if answering.is_valid():
        try:
            return door.once(visit, act, draft=answering.draft)
        except Invalid as error:
            answering.take(error.fields)
        except AlreadyDone as error:
            drafting.keep(visit, answering.draft)
            return _answered(visit, *_again(visit, asked), first=error)
    papers.choose_again(answering.blocks)
    drafting.keep(visit, answering.draft)
    return _show(visit, answering, status=400)


def _again(visit: Visit, asked: Asked) -> tuple[Asked, list[Any]]:
    return request_queries.read(visit.actor, asked.recipient.reference, now=visit.now)


def _answered(
    visit: Visit, asked: Asked, events: list[Any], *, first: AlreadyDone | None = None
) -> HttpResponse:
    """A colleague's answer, or one's own, with what was decided and why; words not sent are kept for copying."""
    data, saved = drafting.restored(visit, page.draft_name(asked))
    rounds = disclosure_queries.answers(visit.actor, asked.recipient, now=visit.now)
    return render(
        visit.request,
        "requests/answered.html",
        {
            **page.head(visit, asked),
            "rounds": rounds,
            "steps": page.steps(events),
            "kinds": _withholding_labels(),
            "look_again": page.may_look_again(rounds, asked),
            "first": first,
            "kept": page.kept_words(data) if data is not None else [],
            "saved_at": saved and saved.saved_at,
            "token": door.new_token(),
            "draft": page.draft_name(asked),
        },
        status=409 if first else 200,
    )


def _withholding_labels() -> dict[str, str]:
    return {row["code"]: row["label"] for row in agreements.words("withholding_kinds")["entries"]}


@practitioner_page
def done(visit: Visit, reference: str) -> HttpResponse:
    """For practitioners of the agency asked: what was sent, and what happens next."""
    asked, events = request_queries.read(visit.actor, reference, now=visit.now)
    if asked.recipient.state != "answered" or asked.recipient.agency_id != visit.actor.agency_id:
        return redirect("request", reference)
    latest = disclosure_queries.answers(visit.actor, asked.recipient, now=visit.now)[-1]
    made = [item.item.choice for item in latest.items]
    return render(
        visit.request,
        "requests/done.html",
        {
            **page.head(visit, asked),
            "latest": latest,
            "counts": _counted(latest.answer.holds_nothing, made),
            "kinds": _withholding_labels(),
            "told": latest.answer.decision.family_told,
            "steps": page.steps(events),
        },
    )


def _counted(holds_nothing: bool, made: list[str]) -> str:
    if holds_nothing:
        return _("You hold nothing about them")
    words = [
        ("share", _("%(number)d shared")),
        ("part", _("%(number)d shared in part")),
        ("withhold", _("%(number)d withheld")),
    ]
    return ", ".join(text % {"number": made.count(code)} for code, text in words if made.count(code))


@practitioner_page
def hand_over(visit: Visit, reference: str) -> HttpResponse:
    """For practitioners of the agency asked: give a request to a colleague who may answer it."""
    asked, _events = request_queries.read(visit.actor, reference, now=visit.now)
    people = page.colleagues(visit, "request.answer")

    def act(form: HandOverForm) -> str:
        requests.hand_over(
            actor=visit.actor,
            recipient=asked.recipient,
            to=UUID(form.cleaned_data["to"]),
            words=form.cleaned_data["words"],
            now=visit.now,
        )
        messages.success(visit.request, _("Handed over. They see it under “Mine”."))
        return reverse("inbox")

    return _small_form(visit, asked, lambda data: HandOverForm(data, colleagues=people), act, "hand_over")


@practitioner_page
def propose(visit: Visit, reference: str, entry: UUID) -> HttpResponse:
    """For practitioners of the agency asked: propose to release what is left out of everything."""
    asked, _events = request_queries.read(visit.actor, reference, now=visit.now)
    items = disclosure_queries.to_decide(visit.actor, asked.recipient, now=visit.now)
    found = next((item.entry for item in items if item.entry.pk == entry and item.entry.sealed), None)
    if asked.recipient.agency_id != visit.actor.agency_id or found is None:
        raise NotHere(_("There is no such item to propose."), _("Go back to the request."))
    form = ProposeForm(visit.request.POST or None)
    if visit.request.method == "POST" and form.is_valid():
        try:
            return door.once(visit, lambda: _proposed(visit, asked, entry, form))
        except Invalid as error:
            for field, words in error.fields.items():
                form.add_error(field, str(words))
    context = {
        **page.head(visit, asked),
        "entry": found,
        "what": proposals.KINDS.get(found.sealed, ""),
        "form": form,
        "token": door.new_token(),
    }
    status = 400 if visit.request.method == "POST" else 200
    return render(visit.request, "requests/propose.html", context, status=status)


def _proposed(visit: Visit, asked: Asked, entry: UUID, form: ProposeForm) -> str:
    letting_out.propose(
        actor=visit.actor,
        recipient=asked.recipient,
        entry=entry,
        reason=form.cleaned_data["reason"],
        now=visit.now,
    )
    messages.success(
        visit.request, _("Proposed. Those whose role it is are told, and you hear what they decide.")
    )
    return reverse("request", args=[asked.recipient.reference])


@practitioner_page
def more_time(visit: Visit, reference: str) -> HttpResponse:
    """For practitioners of the agency asked: move the due time, with a reason the sender sees."""
    asked, _events = request_queries.read(visit.actor, reference, now=visit.now)
    due, today = asked.recipient.due_at, agreements.local_day(visit.now)

    def act(form: MoreTimeForm) -> str:
        requests.extend(
            actor=visit.actor,
            recipient=asked.recipient,
            until=form.until(),
            words=form.cleaned_data["words"],
            now=visit.now,
        )
        messages.success(visit.request, _("The time was changed, and the sender sees why."))
        return reverse("request", args=[reference])

    return _small_form(visit, asked, lambda data: MoreTimeForm(data, due=due, on=today), act, "more_time")


def _small_form(
    visit: Visit, asked: Asked, make: Callable[[Any], Any], act: Callable[[Any], str], name: str
) -> HttpResponse:
    """Show a form of one act on a request; do the act once it is complete."""
    if asked.recipient.agency_id != visit.actor.agency_id:
        return redirect("request", asked.recipient.reference)
    draft = f"requests:{name}:{asked.recipient.reference}"
    posted = visit.request.method == "POST"
    data, saved = (visit.request.POST, None) if posted else drafting.restored(visit, draft)
    form = make(data)
    if posted and form.is_valid():
        try:
            return door.once(visit, lambda: act(form), draft=draft)
        except Invalid as error:
            for field, words in error.fields.items():
                form.add_error({"until": "day"}.get(field, field), str(words))
    if posted:
        drafting.keep(visit, draft)
    elif data is not None:
        drafting.as_typed(form)
    context = {
        **page.head(visit, asked),
        "form": form,
        "token": door.new_token(),
        "draft": draft,
        "saved_at": saved and saved.saved_at,
    }
    return render(visit.request, f"requests/{name}.html", context, status=400 if posted else 200)


@practitioner_page
def why(visit: Visit, item: UUID) -> HttpResponse:
    """For the agency that decided and the one that asked: every check on one item, in words."""
    found = disclosure_queries.why(visit.actor, item, now=visit.now)
    recipient = found.answer.recipient
    own = recipient.agency_id == visit.actor.agency_id
    order = ["DENY", "REVIEW", "PERMIT"]
    return render(
        visit.request,
        "requests/why.html",
        {
            "found": found,
            "own": own,
            "recipient": recipient,
            "kind": _withholding_labels().get(found.withheld_kind, ""),
            "findings": [
                {**finding, "dated": date.fromisoformat(finding["source_date"])}
                for finding in sorted(found.verdict["findings"], key=lambda f: order.index(f["answer"]))
            ],
            "apart": _facts_apart(found.answer.decision, own=own),
            "under": _made_under(found.verdict),
            "terms": found.verdict.get("terms"),
            "back": reverse("request", args=[recipient.reference]),
        },
    )


def _made_under(verdict: dict[str, Any]) -> dict[str, Any] | None:
    """The agreement, the law and the guidance that a stored verdict was made under; None before these were kept."""
    under = verdict.get("made_under")
    if not under:
        return None
    identifier, _v, rest = under["relied_on"].rpartition(" v")
    number, _space, clause = rest.partition(" clause ")
    return {**under, "identifier": identifier, "number": number, "clause": clause}


def _facts_apart(decision: Any, *, own: bool) -> list[tuple[str, str]]:
    """Transparency, consent to sharing, consent to the service, and an objection: each by itself, in words.

    Who objected and how that was answered is for the agency that decided.
    """
    lists = agreements.words("lawful_bases")
    labels = {
        row["code"]: row["label"]
        for name in ("consent", "consent_results", "family_told")
        for row in lists[name]
    }
    service = {code: str(words) for code, words in SERVICE_CONSENT}
    unknown = _("Not recorded")
    told = labels.get(decision.family_told, unknown)
    rows = [
        (_("Was the family told?"), f"{told}. {decision.family_told_why}".strip()),
        (_("Did the family agree to sharing?"), labels.get(decision.consent, unknown)),
        (_("Does the family agree to the service?"), service.get(decision.service_consent, unknown)),
    ]
    if own and decision.objection_by:
        said = _("%(who)s. Shared all the same, because: %(why)s")
        words = said % {"who": decision.objection_by, "why": decision.objection_answer}
        rows.append((_("Has anybody objected?"), words))
    if own and decision.public_interest:
        rows.append((_("What goes before confidence?"), decision.public_interest))
    return rows
