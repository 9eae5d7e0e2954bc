"""Why may this practitioner look at this person now? What is open, in words, and for the log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import ngettext

from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.agreements.queries import RatingScheme
from jigsaw.hub.enquiries import queries as enquiries
from jigsaw.hub.information_requests import queries as requests
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.people import queries as people
from jigsaw.hub.web import ratings
from jigsaw.hub.web.ratings import Shown

OWN_RECORD = "own record"


@dataclass(frozen=True)
class OpenNow:
    """Something open about a person that the practitioner's agency leads or was asked."""

    what: str
    reference: str
    rating: Shown | None
    headline: str
    detail: str
    url: str


@dataclass(frozen=True)
class Purposes:
    """`open_now` for the strip on the page; `for_log` is what the log keeps, at most 120 characters."""

    open_now: tuple[OpenNow, ...]
    references: tuple[str, ...]

    @property
    def for_log(self) -> str:
        named = [f"{one.what} {one.reference}" for one in self.open_now]
        return "; ".join(named or self.references or [OWN_RECORD])[:120]

    @property
    def for_page(self) -> list[str]:
        """The same for the reader: references, or none where the agency's own record is the reason."""
        return [one.reference for one in self.open_now] or list(self.references)


def live(actor: Actor, person: UUID, *, now: datetime) -> Purposes:
    """What is open about this person for the actor, the agency's own enquiries first."""
    day = agreements.local_day(now)
    scheme = agreements.rating_scheme(on=day)
    open_now = [*_enquiries(actor, person, scheme), *_requests(actor, person, scheme, now)]
    return Purposes(tuple(open_now), tuple(people.live_purposes(actor, person, now=now)))


def _enquiries(actor: Actor, person: UUID, scheme: RatingScheme) -> list[OpenNow]:
    found = enquiries.open_about(actor, [person])
    answered = requests.asked_and_answered([enquiry for enquiry, _rating in found])
    return [
        OpenNow(
            what="enquiry",
            reference=enquiry.reference,
            rating=ratings.shown(scheme, rating.code) if rating else None,
            headline=say("Enquiry %(reference)s is open, led by %(name)s.")
            % {"reference": enquiry.reference, "name": enquiry.lead.name},
            detail=_answered(*answered.get(enquiry.pk, (0, 0))),
            url=reverse("enquiry", kwargs={"reference": enquiry.reference}),
        )
        for enquiry, rating in found
    ]


def _answered(asked: int, done: int) -> str:
    if not asked:
        return say("Nobody has been asked yet.")
    words = ngettext("%(asked)d agency asked, ", "%(asked)d agencies asked, ", asked) % {"asked": asked}
    return words + ngettext("%(done)d has answered.", "%(done)d have answered.", done) % {"done": done}


def _requests(actor: Actor, person: UUID, scheme: RatingScheme, now: datetime) -> list[OpenNow]:
    return [
        OpenNow(
            what="request",
            reference=row.reference,
            rating=ratings.shown(scheme, row.request.rating),
            headline=say("%(agency)s asks for what you know.") % {"agency": row.request.from_agency.name},
            detail=say("The answer is late.") if row.due_at < now else say("Your answer is awaited."),
            url=reverse("request", kwargs={"reference": row.reference}),
        )
        for row in requests.answering_purposes(actor, [person], now=now)
    ]
