"""What does the page of one enquiry show?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.enquiries import queries as enquiries
from jigsaw.hub.enquiries.queries import Read, Subject, WhoKnows
from jigsaw.hub.information_requests import queries as requests
from jigsaw.hub.information_requests.queries import Progress
from jigsaw.hub.web import ratings
from jigsaw.hub.web.door import Visit
from jigsaw.hub.web.purposes import purpose_words
from jigsaw.hub.web.requests.page import steps

if TYPE_CHECKING:
    from jigsaw.hub.enquiries.models import Enquiry


@dataclass(frozen=True)
class Knows:
    """An agency in the list of who knows, with how far a request to it is."""

    who: WhoKnows
    group: str
    """now, before, record or unknown."""
    names: tuple[tuple[Any, str], ...]
    """Each involvement with whom it is about."""
    ring: tuple[tuple[str, str], ...]
    """Whom to ring: each worker involved now with their number, once; else the agency's own number."""
    asked: Progress | None


def head(visit: Visit, enquiry: Enquiry) -> dict[str, Any]:
    """What every page of an enquiry says of it."""
    return {
        "enquiry": enquiry,
        "reference": enquiry.reference,
        "purpose": purpose_words(enquiry.purpose),
        "mine": enquiry.lead_id == visit.actor.practitioner_id,
        "open": enquiry.closed_at is None,
    }


def names(subjects: tuple[Subject, ...]) -> str:
    """The children in a heading: one or two names, or the first and how many more."""
    known = [subject.card.name or _("a child not yet named") for subject in subjects]
    if len(known) > 2:
        return _("%(name)s and %(more)d more") % {"name": known[0], "more": len(known) - 1}
    return _(" and ").join(known) or _("a family")


def scheme_of(enquiry: Enquiry, now: datetime) -> Any:
    """The rating scheme in force for the enquiry's authority."""
    return agreements.rating_scheme(on=agreements.local_day(now), authority=enquiry.referral.authority_id)


def whole(visit: Visit, reference: str) -> dict[str, Any]:
    """Everything the page of an enquiry shows."""
    read = enquiries.read(visit.actor, reference, now=visit.now)
    enquiry = read.enquiry
    scheme = scheme_of(enquiry, visit.now)
    progress = requests.progress(visit.actor, enquiry, now=visit.now)
    return {
        **head(visit, enquiry),
        "read": read,
        "names": names(read.children or read.subjects),
        "subjects": read.subjects,
        "scheme": scheme,
        "rating": ratings.shown(scheme, read.rating.code) if read.rating else None,
        "ratings": [(r, ratings.shown(scheme, r.code)) for r in reversed(read.ratings)],
        "knows": who_knows(read, progress),
        "progress": [
            {"question": p.recipient.request, "progress": p, "steps": steps(p.events)} for p in progress
        ],
        "thresholds": _thresholds(read, visit.now),
        "feedback": read.feedback,
        "may_decide": visit.actor.may("threshold.decide"),
        "owed": sum(f.given_at is None for f in read.feedback),
    }


def _thresholds(read: Read, now: datetime) -> list[dict[str, Any]]:
    """Decisions newest first, their level and outcome in words."""
    ladder = agreements.need_ladder(
        on=agreements.local_day(now), authority=read.enquiry.referral.authority_id
    )
    levels = {step["code"]: f"{step['number']}. {step['name']}" for step in ladder["levels"]}
    outcomes = {step["code"]: step["name"] for step in ladder["outcomes"]}
    return [
        {
            "made": made,
            "level": levels.get(made.level, made.level),
            "outcome": outcomes.get(made.outcome, made.outcome),
        }
        for made in reversed(read.thresholds)
    ]


def who_knows(read: Read, progress: list[Progress]) -> list[Knows]:
    """Every agency that can be asked: involved now, once involved, holding a record, and the rest."""
    latest = {p.recipient.agency_id: p for p in progress}
    called = {subject.card.person: subject.card.name for subject in read.subjects}
    return [
        Knows(
            who=who,
            group=_group(who),
            names=tuple((i, called.get(i.person, "")) for i in who.involved),
            ring=_whom_to_ring(who),
            asked=latest.get(who.agency.pk),
        )
        for who in read.who_knows
    ]


def _whom_to_ring(who: WhoKnows) -> tuple[tuple[str, str], ...]:
    workers = [(i.worker, i.worker_phone or i.agency_phone) for i in who.involved if i.now and i.worker]
    return tuple(dict.fromkeys(workers)) or (("", who.agency.phone),)


def _group(who: WhoKnows) -> str:
    if any(involved.now for involved in who.involved):
        return "now"
    if who.involved:
        return "before"
    return "record" if who.holds_record else "unknown"


def clock_words(read: Read, now: datetime) -> str:
    """When an answer is due if one asks now, by the rating's clock."""
    rating = read.rating
    assert rating is not None
    due = localtime(scheme_of(read.enquiry, now).due(rating.code, now))
    return date_format(due, "l j F, H:i")


def colleagues(visit: Visit, enquiry: Enquiry) -> list[tuple[str, str]]:
    """Colleagues who lead enquiries, the present lead left out."""
    return [
        (str(colleague.pk), f"{colleague.name}, {colleague.job_title}")
        for colleague in agencies.colleagues(visit.actor, "enquiry.lead")
        if colleague.pk != enquiry.lead_id
    ]
