"""Screen what has come in: who is it about, how urgent is it, what happens next?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.chronology import versions
from jigsaw.hub.enquiries import operations as enquiries
from jigsaw.hub.kit.errors import Invalid, WrongState
from jigsaw.hub.people import access as people_access
from jigsaw.hub.people import cards as people_cards
from jigsaw.hub.people import finding, linked
from jigsaw.hub.referrals import access, operations, queries
from jigsaw.hub.web import door, drafting, ratings
from jigsaw.hub.web.door import Visit, practitioner_page
from jigsaw.hub.web.referrals import choices, shown
from jigsaw.hub.web.screening import evidence
from jigsaw.hub.web.screening.forms import ClosingForm, EnquiryForm, RatingForm, ReasonForm

SOON_SECONDS = 2 * 3600


@practitioner_page
def queue(visit: Visit) -> HttpResponse:
    """For screeners, and for workers whose open cases were rung about: what is still to screen."""
    scheme = agreements.rating_scheme(on=agreements.local_day(visit.now))
    every = [_queued(visit, row, scheme) for row in queries.queue(visit.actor, now=visit.now)]
    which = visit.request.GET.get("show", "")
    kinds = {
        "unrated": lambda row: row["rating"] is None,
        "open": lambda row: bool(row["referral"].goes_to_id),
    }
    rows = [row for row in every if kinds.get(which, bool)(row)]
    return render(
        visit.request,
        "screening/queue.html",
        {
            "rows": rows,
            "tiles": _tiles(every),
            "segments": _segments(every, kinds, which),
            "legend": ratings.legend(scheme),
            "writes": visit.actor.may("referral.make"),
        },
    )


def _queued(visit: Visit, row: queries.Row, scheme: Any) -> dict[str, Any]:
    referral, today = row.referral, shown.today_in_england(visit.now)
    due = row.rating.due_at if row.rating else referral.hear_by
    whole, gone = due - referral.received_at, visit.now - referral.received_at
    return {
        "referral": referral,
        "names": [(shown.named(card), shown.born_words(card, today)) for card in row.names],
        "want": dict(choices.WANTS)[referral.wants],
        "caller": choices.CALLER_READ[referral.caller] if referral.caller != "professional" else "",
        "rating": ratings.shown(scheme, row.rating.code) if row.rating else None,
        "due": due,
        "late": visit.now > due,
        "soon": 0 <= (due - visit.now).total_seconds() <= SOON_SECONDS,
        "used": gone / whole if whole else 1.0,
    }


def _tiles(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    late, soon = sum(row["late"] for row in rows), sum(row["soon"] for row in rows)
    return [
        {"figure": late, "text": _("late"), "tone": "late" if late else ""},
        {"figure": soon, "text": _("due in 2 hours"), "tone": "soon" if soon else ""},
        {"figure": len(rows) - late - soon, "text": _("due later"), "tone": ""},
        {"figure": sum(row["rating"] is None for row in rows), "text": _("not yet rated"), "tone": ""},
    ]


def _segments(
    rows: list[dict[str, Any]], kinds: dict[str, Callable[[Any], bool]], which: str
) -> list[dict[str, Any]]:
    words = {"": _("All"), "unrated": _("Not yet rated"), "open": _("On open cases")}
    return [
        {
            "url": f"?show={code}" if code else "?",
            "text": text,
            "current": which == code,
            "count": sum(kinds[code](row) for row in rows) if code else len(rows),
        }
        for code, text in words.items()
    ]


@practitioner_page
def concern(visit: Visit, reference: str) -> HttpResponse:
    """For those who work on concerns: all that was said. For its screener: rate it, and decide."""
    if visit.request.method == "POST":
        return _decide(visit, reference)
    found = queries.read(visit.actor, reference, now=visit.now)
    acts = access.can_screen(visit.actor, found.referral)
    if acts and found.referral.acknowledged_at is None:
        operations.acknowledge(actor=visit.actor, referrals=[found.referral], now=visit.now)
    return _show(visit, found, _forms(visit, found.referral) if acts else {})


def _forms(visit: Visit, referral: Any) -> dict[str, Form]:
    """The forms that fit the state, each as typed so far."""
    return {
        name: _restored(visit, make, _draft(name, referral.reference))
        for name, make in _makers(visit, referral).items()
    }


def _makers(visit: Visit, referral: Any) -> dict[str, Callable[[Any], Form]]:
    day = agreements.local_day(visit.now)
    scheme = agreements.rating_scheme(on=day, authority=referral.authority_id)
    makers: dict[str, Callable[[Any], Form]] = {
        "rate": lambda data: RatingForm(data, prefix="rate", scheme=scheme, received_at=referral.received_at),
        "open": lambda data: EnquiryForm(
            data,
            prefix="open",
            colleagues=agencies.colleagues(visit.actor, "enquiry.lead"),
            initial={"lead": str(visit.actor.practitioner_id)},
        ),
        "close": lambda data: ClosingForm(
            data,
            prefix="close",
            outcomes=_closings(agreements.need_ladder(on=day, authority=referral.authority_id)),
            tells=operations.anyone_hears_whether_relevant(referral),
        ),
    }
    fits = {"received": ("rate",), "screening": ("rate", "open", "close")}
    return {name: makers[name] for name in fits.get(referral.state, ())}


def _closings(ladder: dict[str, Any]) -> list[dict[str, Any]]:
    """What may follow without an enquiry: every outcome that does not reach the top of the ladder."""
    top = max(ladder["levels"], key=lambda level: level["number"])["code"]
    return [outcome for outcome in ladder["outcomes"] if top not in outcome["levels"]]


def _draft(name: str, about: object) -> str:
    return f"screening:{name}:{about}"


def _restored(visit: Visit, make: Callable[[Any], Form], draft: str) -> Form:
    data, saved = drafting.restored(visit, draft)
    form = make(data)
    if saved:
        drafting.as_typed(form)
    return form


def _decide(visit: Visit, reference: str) -> HttpResponse:
    """Rate, open an enquiry, or close; whatever cannot be accepted is shown again with every word."""
    do = visit.request.POST.get("do", "")
    referral = queries.get(visit.actor, reference)
    access.check_can_screen(visit.actor, referral)
    makers = _makers(visit, referral)
    if do not in ACTS:
        raise Invalid(_("Choose what to do with this concern."))
    if do not in makers:
        raise WrongState(
            _("Somebody has taken this concern further since you opened it."),
            _("Open it again to see where it stands."),
        )
    form = makers[do](visit.request.POST)
    if form.is_valid():
        try:
            return door.once(visit, lambda: ACTS[do](visit, referral, form), draft=_draft(do, reference))
        except Invalid as refused:
            _beside(form, refused)
    drafting.keep(visit, _draft(do, reference))
    found = queries.read(visit.actor, reference, now=visit.now)
    return _show(visit, found, {**_forms(visit, referral), do: form}, wrong=form)


def _beside(form: Form, refused: Invalid) -> None:
    for name, words in refused.fields.items():
        form.add_error(name if name in form.fields else None, words)  # type: ignore[arg-type]
    if not refused.fields:
        form.add_error(None, refused.words)  # type: ignore[arg-type]


def _rate(visit: Visit, referral: Any, form: Any) -> str:
    typed = form.cleaned_data
    operations.rate(
        actor=visit.actor, referral=referral, code=typed["rating"], reason=typed["reason"], now=visit.now
    )
    messages.success(visit.request, _("Rating recorded."))
    return reverse("concern", args=[referral.reference]) + "#next"


def _open(visit: Visit, referral: Any, form: Any) -> str:
    enquiry = enquiries.open_enquiry(
        actor=visit.actor,
        referral=referral,
        purpose=form.cleaned_data["purpose"],
        lead=form.lead_id(),
        now=visit.now,
    )
    messages.success(visit.request, _("Enquiry opened."))
    return reverse("enquiry", args=[enquiry.reference])


def _close(visit: Visit, referral: Any, form: Any) -> str:
    said = {"relevant": "", **form.cleaned_data}
    operations.close_with_advice(actor=visit.actor, referral=referral, now=visit.now, **said)
    messages.success(visit.request, _("Closed with advice."))
    return reverse("concern", args=[referral.reference])


ACTS = {"rate": _rate, "open": _open, "close": _close}


def _show(
    visit: Visit, found: queries.Read, forms: dict[str, Form], *, wrong: Form | None = None
) -> HttpResponse:
    referral, today = found.referral, shown.today_in_england(visit.now)
    scheme = agreements.rating_scheme(on=agreements.local_day(visit.now), authority=referral.authority_id)
    due = found.rating.due_at if found.rating else referral.hear_by
    whole = due - referral.received_at
    return render(
        visit.request,
        "screening/concern.html",
        {
            "referral": referral,
            "corrected": versions.told_corrected(visit.actor, referral.reference, now=visit.now),
            "title": shown.all_named(n.card for n in found.persons if n.person.is_child),
            "persons": _persons(visit, found, today),
            "statements": referral.statements.all(),
            "told": shown.told_rows(referral),
            "want": dict(choices.WANTS)[referral.wants],
            "caller": choices.CALLER_READ[referral.caller],
            "rating": ratings.shown(scheme, found.rating.code) if found.rating else None,
            "ratings": [(ratings.shown(scheme, r.code), r) for r in reversed(found.ratings)],
            "due": due,
            "used": (visit.now - referral.received_at) / whole if whole else 1.0,
            "open": referral.state in ("received", "screening"),
            "forms": forms,
            "tokens": {name: door.new_token() for name in forms},
            "drafts": {name: _draft(name, referral.reference) for name in forms},
            "feedback": found.feedback,
            "closed_outcome": _outcome_words(referral, visit),
            "wrong": wrong,
            "page_errors": wrong is not None,
        },
        status=400 if wrong else 200,
    )


def _outcome_words(referral: Any, visit: Visit) -> str:
    if referral.closing is None:
        return ""
    day = agreements.local_day(referral.closing.decided_at)
    ladder = agreements.need_ladder(on=day, authority=referral.authority_id)
    names = {outcome["code"]: outcome["name"] for outcome in ladder["outcomes"]}
    return _(names.get(referral.closing.outcome, referral.closing.outcome))


def _persons(visit: Visit, found: queries.Read, today: Any) -> list[dict[str, Any]]:
    """Everyone named, with how far it is known who they are."""
    loose = [named.person.record for named in found.persons if not named.linked_to_others]
    matches = finding.how_many_match(visit.actor, loose)
    ours = found.referral.from_agency_id == visit.actor.agency_id
    return [
        {
            "shown": shown.show(named.person, named.card, today, ours=ours),
            "linked": named.linked_to_others,
            "person": named.card.person,
            "record": named.person.record_id,
            "may_be": matches.get(named.person.record_id),
        }
        for named in found.persons
    ]


@practitioner_page
def who(visit: Visit, reference: str, record: UUID) -> HttpResponse:
    """For screeners: is someone named in a concern a person already known? Evidence, and a decision."""
    people_access.check_can_link(visit.actor)
    if visit.request.method == "POST":
        return _decide_who(visit, reference, record)
    return _show_who(visit, reference, record)


def _decide_who(visit: Visit, reference: str, record: UUID) -> HttpResponse:
    referral = queries.get(visit.actor, reference)
    named = linked.record_for_linking(visit.actor, record)
    person, form = (
        visit.request.POST.get("about", ""),
        _reason(visit.request.POST, visit.request.POST.get("about", "")),
    )
    draft = _draft("who", f"{record}:{person}")
    if form.is_valid():
        try:
            return door.once(visit, lambda: _same_or_not(visit, referral, named, form), draft=draft)
        except Invalid as refused:
            _beside(form, refused)
    drafting.keep(visit, draft)
    return _show_who(visit, reference, record, wrong=form)


def _reason(data: Any, about: str) -> ReasonForm:
    return ReasonForm(data, prefix=f"r-{about}")


def _same_or_not(visit: Visit, referral: Any, record: Any, form: ReasonForm) -> str:
    chosen = _chosen(visit)
    given = {"actor": visit.actor, "referral": referral, "record": record, "now": visit.now}
    reason = form.cleaned_data["reason"]
    if visit.request.POST.get("verdict") == "same" and len(chosen) == 1:
        operations.link_person(person=chosen[0], reason=reason, **given)
        messages.success(visit.request, _("Linked: what others hold on this person now belongs together."))
    elif visit.request.POST.get("verdict") == "different" and chosen:
        operations.keep_apart(persons=chosen, reason=reason, **given)
        messages.success(visit.request, _("Recorded as not the same. They are not suggested again."))
    else:
        raise Invalid(_("Choose whether this is the same person."))
    return reverse("concern", args=[referral.reference]) + "#people"


def _chosen(visit: Visit) -> list[UUID]:
    try:
        return [UUID(text) for text in visit.request.POST.getlist("person")]
    except ValueError:
        raise Invalid(_("Choose whether this is the same person.")) from None


def _show_who(visit: Visit, reference: str, record: UUID, *, wrong: ReasonForm | None = None) -> HttpResponse:
    found = queries.read(visit.actor, reference, now=visit.now)
    matches = queries.matches(visit.actor, found.referral, record, now=visit.now)
    named = next(n for n in found.persons if n.person.record_id == record)
    ours = found.referral.from_agency_id == visit.actor.agency_id
    today = shown.today_in_england(visit.now)
    homes = [
        people_cards.address_words(at)
        for at in named.person.record.addresses.all()
        if ours or not at.protected
    ]
    said = (named.person.record.given, "; ".join(homes))
    decided = [d for d in linked.link_history(visit.actor, named.card.person) if d.record_id == record]
    return render(
        visit.request,
        "screening/who.html",
        {
            "referral": found.referral,
            "someone": shown.show(named.person, named.card, today, ours=ours),
            "linked": named.linked_to_others,
            "person": named.card.person,
            "matches": [_match(visit, m, record, today, wrong, said) for m in matches],
            "none": _decision_form(visit, record, "none", wrong),
            "decided": decided,
            "address": reverse("concern-match", args=[reference, record]),
            "wrong": wrong,
            "page_errors": wrong is not None,
        },
        status=400 if wrong else 200,
    )


def _match(
    visit: Visit, match: Any, record: UUID, today: Any, wrong: ReasonForm | None, said: tuple[str, str]
) -> dict[str, Any]:
    return {
        "match": match,
        "name": shown.named(match.card),
        "born": shown.born_words(match.card, today),
        "grade": evidence.GRADES[match.comparison.grade],
        "rows": evidence.rows(match.comparison, said, (match.card.name, match.address)),
        "notes": evidence.notes(match.comparison),
        "guard": [_(words) for words in match.comparison.guard],
        **_decision_form(visit, record, str(match.card.person), wrong),
    }


def _decision_form(visit: Visit, record: UUID, about: str, wrong: ReasonForm | None) -> dict[str, Any]:
    draft = _draft("who", f"{record}:{about}")
    if wrong is not None and wrong.prefix == f"r-{about}":
        form: Form = wrong
    else:
        form = _restored(visit, lambda data: _reason(data, about), draft)
    return {"form": form, "token": door.new_token(), "draft": draft, "about": about}
