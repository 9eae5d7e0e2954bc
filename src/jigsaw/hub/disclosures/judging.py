"""How does an item read to the sharing rules?

The one place that turns stored entries and a practitioner's decision into what `sharing_rules` asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext as _

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.agencies.queries import Placed
from jigsaw.hub.agreements import agreed
from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.decisions.operations import Grounds
from jigsaw.hub.kit.actor import Actor
from jigsaw.sharing_rules import identities, instruments, may_share, may_withhold, proposed
from jigsaw.sharing_rules.agreements import Compiled
from jigsaw.sharing_rules.verdict import Verdict

if TYPE_CHECKING:
    from jigsaw.hub.chronology.beside import Said
    from jigsaw.hub.chronology.models import Entry
    from jigsaw.hub.information_requests.models import Recipient

OLD = timedelta(days=5 * 365)


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
    documents: tuple[UUID, ...] = ()
    """Of the entry's documents, those that are sent along; with the whole entry alone."""
    harm_weighed: bool = False
    """The harm of sharing was weighed against the harm of not sharing, for this child (s16LA(3))."""


@dataclass(frozen=True, kw_only=True)
class Situation:
    """What is the same for every item of one answer: who tells whom, under which law and which agreements, today."""

    holder: proposed.Party
    asker: proposed.Party
    register: instruments.Register
    agreements: Compiled
    today: date


def situation(*, actor: Actor, recipient: Recipient, today: date) -> Situation:
    """Read once for an answer, however many items it has: law, agreements and where both agencies work."""
    asker = recipient.request.from_agency
    placed = agencies.placed([recipient.agency_id, asker.pk])
    return Situation(
        holder=party(placed[recipient.agency_id], actor.roles),
        asker=party(placed[asker.pk], frozenset({"safeguarding_partner"})),
        register=law_of(today),
        agreements=agreed.in_force(),
        today=today,
    )


def party(agency: Placed, roles: frozenset[str]) -> proposed.Party:
    """An agency as the rules see it, with the roles of whoever acts there."""
    return proposed.Party(agency.name, agency.sector, roles, agency.code, agency.authorities)


def on_sharing(
    *,
    at: Situation,
    recipient: Recipient,
    entry: Entry,
    released: str,
    concerns: bool,
    grounds: Grounds,
    protect: tuple[str, ...] = (),
    releases: tuple[proposed.Release, ...] = (),
    unread_documents: int = 0,
) -> Verdict:
    """The verdict on releasing `released` of this entry to the agency that asked.

    `unread_documents`: so many leave with it that only a person can read. `protect`: names that must not leave, besides those noted on the entry itself. `releases`: the two steps by which
    a named role lets out what is otherwise left out of everything.
    """
    return may_share.may_share(
        proposed.Proposed(
            item=_item(entry, released, protect, unread_documents),
            holder=at.holder,
            recipient=at.asker,
            request=_request(recipient, concerns),
            decision=_grounds(entry, grounds),
            today=at.today,
            edition=grounds.edition,
            register=at.register,
            agreements=at.agreements,
            releases=releases,
        )
    )


# What these ask is for the form to say: nothing about an item is known from them before it is filled in.
ABOUT_THE_FORM = {
    "lawful-basis-recorded",
    "consent-is-not-the-basis",
    "special-category-condition",
    "reasons-recorded",
    "family-told",
    "objection-considered",
}


def at_first_sight(
    *,
    at: Situation,
    recipient: Recipient,
    entry: Entry,
    grounds: Grounds | None,
    releases: tuple[proposed.Release, ...] = (),
) -> Verdict:
    """What law, agreements and the item itself say of sharing the whole of it, before anybody has decided."""
    verdict = on_sharing(
        at=at,
        recipient=recipient,
        entry=entry,
        released=_whole(entry),
        concerns=True,
        grounds=grounds or Grounds(reasons=""),
        releases=releases,
    )
    said = [each for each in verdict.findings if each.check not in ABOUT_THE_FORM]
    return Verdict.of(said, made_under=verdict.made_under, terms=verdict.terms)


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


def law_of(today: date) -> instruments.Register:
    """The law as the partnership has it that day; read once for each edition."""
    stands = agreements.register(on=today)
    if (known := _read.get(stands.edition)) is None:
        shipped = {row["code"]: row for row in agreements.words("legal_instruments")["entries"]}
        rows = [{**shipped[each.code], **each.as_row()} for each in stands.instruments]
        known = _read[stands.edition] = instruments.read(rows, edition=stands.edition)
    return known


# An edition names exactly one content, so what is read is never stale.
_read: dict[str, instruments.Register] = {}


def _item(entry: Entry, released: str, protect: tuple[str, ...], unread_documents: int) -> proposed.Item:
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
        protected_address=entry.sealed == "protected_address",
        informant=entry.sealed == "informant",
        special_category=entry.special_category,
        unread_documents=unread_documents,
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
        service_consent=grounds.service_consent,
        objected=bool(grounds.objection_by.strip()),
        objection_answer=grounds.objection_answer,
        public_interest=grounds.public_interest,
        told_family=grounds.family_told,
        told_why=grounds.family_told_why,
        advice_from=grounds.advice_from,
    )


def look_twice(entry: Entry, today: date, says: tuple[Said, ...]) -> tuple[str, ...]:
    """What to look at twice before it leaves, in codes: prompts, not verdicts."""
    prompts = {
        "identity": bool(entry.protect),
        "graded": bool(entry.police_grading),
        "sealed": bool(entry.sealed),
        "adult": entry.about_adult and entry.special_category,
        "old": today - entry.happened_on > OLD,
        "family": bool(says),
    }
    return tuple(code for code, applies in prompts.items() if applies)
