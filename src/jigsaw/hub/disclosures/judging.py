"""How does an item read to the sharing rules?

The one place that turns stored entries and a practitioner's decision into what `sharing_rules` asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext as _

from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.decisions.operations import Grounds
from jigsaw.hub.kit.actor import Actor
from jigsaw.sharing_rules import identities, instruments, may_share, may_withhold, proposed
from jigsaw.sharing_rules.verdict import Verdict

if TYPE_CHECKING:
    from jigsaw.hub.chronology.models import Entry
    from jigsaw.hub.information_requests.models import Recipient


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What a practitioner decided about one item."""

    entry: UUID
    choice: str
    """share, part or withhold."""
    text: str = ""
    """What will be sent if part; the whole entry is sent otherwise."""
    withheld_kind: str = ""
    withheld_reason: str = ""
    review_when: str = ""
    review_on: date | None = None
    """The day by which they will look again; compulsory while advice is awaited."""
    harm_weighed: bool = False
    """The harm of sharing was weighed against the harm of not sharing, for this child (s16LA(3))."""


def on_sharing(
    *,
    actor: Actor,
    recipient: Recipient,
    entry: Entry,
    released: str,
    concerns: bool,
    grounds: Grounds,
    today: date,
    protect: tuple[str, ...] = (),
) -> Verdict:
    """The verdict on releasing `released` of this entry to the agency that asked.

    `protect`: names that must not leave, besides those noted on the entry itself.
    """
    return may_share.may_share(
        proposed.Proposed(
            item=_item(entry, released, protect),
            holder=proposed.Party(actor.agency_name, actor.sector, actor.roles),
            recipient=proposed.Party(
                recipient.request.from_agency.name,
                recipient.request.from_agency.sector,
                frozenset({"safeguarding_partner"}),
            ),
            request=_request(recipient, concerns),
            decision=_grounds(entry, grounds),
            today=today,
            edition=grounds.edition,
            register=_law(today),
            agreements=None,
        )
    )


def on_withholding(
    *,
    actor: Actor,
    recipient: Recipient,
    entry: Entry,
    choice: Choice,
    grounds: Grounds,
    today: date,
    protect: tuple[str, ...] = (),
) -> Verdict:
    """The verdict on whether a decision to withhold is complete and well founded."""
    return may_withhold.may_withhold(
        proposed.Withholding(
            kind=choice.withheld_kind,
            reasons=choice.withheld_reason,
            review_trigger=choice.review_when,
            review_on=choice.review_on,
            today=today,
            words_for_requester=choice.withheld_reason,
            identities_to_protect=(*entry.protect, *protect),
            request=_request(recipient, concerns=True),
            gateway=grounds.gateway,
            detriment_considered=choice.harm_weighed or choice.withheld_kind == "detriment_to_child",
            advice_from=grounds.advice_from,
            decider_roles=actor.roles,
        )
    )


def source_to_tell(entry: Entry, protect: tuple[str, ...]) -> str:
    """Who knows it, as the recipient may read it: nobody who must not be named is named as the source.

    The source of graded intelligence is never told (3x5x2 grading; mash-practice F6).
    """
    if entry.police_grading:
        return str(_("Police intelligence"))
    names = (*entry.protect, *protect)
    if identities.identities_in(entry.source, names) or identities.partly_in(entry.source, names):
        return str(_("Not named, to protect them"))
    return entry.source


def _law(today: date) -> instruments.Register:
    """The law as the partnership has it that day; read once for each edition."""
    stands = agreements.register(on=today)
    if (known := _read.get(stands.edition)) is None:
        shipped = {row["code"]: row for row in agreements.words("legal_instruments")["entries"]}
        rows = [{**shipped[each.code], **each.as_row()} for each in stands.instruments]
        known = _read[stands.edition] = instruments.read(rows, edition=stands.edition)
    return known


# An edition names exactly one content, so what is read is never stale.
_read: dict[str, instruments.Register] = {}


def _item(entry: Entry, released: str, protect: tuple[str, ...]) -> proposed.Item:
    return proposed.Item(
        kind=entry.kind,
        how_known=entry.how_known,
        source=entry.source,
        text=_whole(entry),
        released_text=released,
        happened_on=entry.happened_on,
        about_child=not entry.about_adult,
        about_adult_only=entry.about_adult,
        identities_to_protect=(*entry.protect, *protect),
        police_grading=entry.police_grading or None,
        handling="C" if entry.police_grading.endswith("C") else "P",
        sealed=entry.sealed == "sealed",
        adoption=entry.sealed == "adoption",
        special_category=entry.special_category,
    )


def _whole(entry: Entry) -> str:
    return "\n".join(part for part in (entry.title, entry.text, entry.child_words) if part)


def _request(recipient: Recipient, concerns: bool) -> proposed.Request:
    return proposed.Request(
        reference=recipient.reference,
        purpose_code=recipient.request.purpose,
        asked_of_holder=True,
        live=recipient.request.enquiry.closed_at is None,
        subjects_match=concerns,
    )


def _grounds(entry: Entry, grounds: Grounds) -> proposed.Grounds:
    return proposed.Grounds(
        lawful_basis=grounds.lawful_basis,
        reasons=grounds.reasons,
        gateway=grounds.gateway,
        condition=grounds.condition,
        sch1_18_reason=grounds.condition_reason,
        # Graded intelligence is held under Part 3 until it is disclosed (lawful-bases D4).
        part3=bool(entry.police_grading),
        consent_sought="not_sought" if grounds.consent in ("", "not_sought") else "sought",
        consent_result=grounds.consent if grounds.consent in ("given", "refused", "no_answer") else "",
        told_family=grounds.family_told,
        told_why=grounds.family_told_why,
        advice_from=grounds.advice_from,
    )
