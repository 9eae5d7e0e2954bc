"""A concern is raised: everyone named becomes a record, and the front door may read it at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.chronology import operations as chronology
from jigsaw.hub.chronology.kinds import HowKnown
from jigsaw.hub.chronology.operations import Piece
from jigsaw.hub.kit import context, outbox
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.clock import EARLIEST, add_working_days
from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.kit.ids import reference
from jigsaw.hub.people import operations as people
from jigsaw.hub.people.records import Facts, doubtful_dates
from jigsaw.hub.referrals import access, screening, telling
from jigsaw.hub.referrals.models import CHILDREN, Referral, ReferralPerson, Statement
from jigsaw.hub.referrals.states import ReferralState

if TYPE_CHECKING:
    from jigsaw.hub.agencies.models import Authority
    from jigsaw.hub.people.models import PersonRecord


@dataclass(frozen=True, kw_only=True)
class Someone:
    """A person named in a referral: their part in it, what is known of them, and the child's words."""

    part: str
    """child, unborn, parent, household, family, alleged or other."""
    facts: Facts
    relationship: str = ""
    """What they are to the first child, as a MAIS code such as MTH; empty for the first child."""
    parental_responsibility: bool | None = None
    child_words: str = ""


@dataclass(frozen=True, kw_only=True)
class Said:
    """One statement, with how it is known."""

    how_known: str
    text: str
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class Concern:
    """Everything a referral says: the minimum data of Working Together practice (E5)."""

    concern: str
    wants: str
    """act, tell or record."""
    persons: tuple[Someone, ...]
    statements: tuple[Said, ...] = ()
    caller: str = "professional"
    """professional, public or anonymous."""
    caller_name: str = ""
    caller_contact: str = ""
    anonymity_asked: bool = False
    arose: str = ""
    arose_on: date | None = None
    child_now: str = ""
    immediate_action: str = ""
    past_events: str = ""
    alleged_harm_by: str = ""
    agencies_involved: str = ""
    strengths: str = ""
    parents_know: str = ""
    """told, will_tell or not_told."""
    parents_know_why: str = ""
    authority: UUID | None = None
    """Where the child lives, if the sender says so; found by the child's postcode otherwise."""


@context.hub("raising")
@transaction.atomic
def make(*, actor: Actor, concern: Concern, now: datetime) -> Referral:
    """Send a concern to the authority's front door.

    Everyone named becomes a record of the sender's agency, linked at once where certain, and lent
    to the front door for as long as the concern is open. The sender hears within one working day.
    Raises Invalid naming each field; nothing is kept then but the caller's draft.
    """
    access.check_can_make(actor)
    _check(concern, now)
    authority = _authority(actor, concern)
    door = agencies.front_door(authority)
    referral = Referral.objects.create(
        reference=reference("R"),
        authority=authority,
        to_agency=door,
        from_agency_id=actor.agency_id,
        recorded_by_id=actor.practitioner_id,
        received_at=now,
        hear_by=add_working_days(now, 1),
        state=ReferralState.RECEIVED,
        **{name: getattr(concern, name) for name in _WORDS},
    )
    records = [_name(actor, referral, someone, number, now) for number, someone in enumerate(concern.persons)]
    _relate(actor, referral, concern.persons, records, now)
    Statement.objects.bulk_create(
        Statement(referral=referral, how_known=said.how_known, text=said.text, source=said.source)
        for said in concern.statements
    )
    people.grant(
        actor=actor,
        records=records,
        agency=door.pk,
        purpose="referral",
        reference=referral.reference,
        now=now,
    )
    _write_down(actor, referral, concern, records, now)
    if concern.caller != "anonymous":
        telling.owe_feedback(
            referral=referral,
            audience="referrer_public" if concern.caller == "public" else "referrer",
            agency=actor.agency_id,
            practitioner=actor.practitioner_id,
            about=referral.reference,
            due_at=referral.hear_by,
        )
    screening.route(referral=referral, now=now)
    audit.record(
        actor=actor,
        action="referral.made",
        people=[record.person_id for record in records],
        purpose=f"referral {referral.reference}",
        thing=f"referral {referral.pk}",
        now=now,
    )
    outbox.put(topic="referral.received", payload={"referral": str(referral.pk)}, now=now)
    return referral


_WORDS = [
    "caller",
    "caller_name",
    "caller_contact",
    "anonymity_asked",
    "wants",
    "concern",
    "arose",
    "arose_on",
    "child_now",
    "immediate_action",
    "past_events",
    "alleged_harm_by",
    "agencies_involved",
    "strengths",
    "parents_know",
    "parents_know_why",
]


def _check(concern: Concern, now: datetime) -> None:
    wrong: dict[str, object] = {}
    if not concern.concern.strip():
        wrong["concern"] = _("Say what worries you.")
    if concern.wants not in ("act", "tell", "record"):
        wrong["wants"] = _("Say what you want: please act, please tell me, or for your records.")
    if not any(someone.part in CHILDREN for someone in concern.persons):
        wrong["persons"] = _(
            "Name at least one child or unborn baby. A description will do if you have no name."
        )
    # A caller from the public cannot answer for the parents; a professional must.
    spoken_for = concern.caller != "professional" and not concern.parents_know
    if not spoken_for and concern.parents_know not in ("told", "will_tell", "not_told"):
        wrong["parents_know"] = _("Say whether the parents know about this referral.")
    elif concern.parents_know == "not_told" and not concern.parents_know_why.strip():
        wrong["parents_know_why"] = _("Say why the parents have not been told.")
    today = agreements.local_day(now)
    if concern.arose_on and concern.arose_on > today:
        wrong["arose_on"] = _("This date is in the future.")
    elif concern.arose_on and concern.arose_on < EARLIEST:
        wrong["arose_on"] = _("This date is too long ago. Check the year.")
    for number, someone in enumerate(concern.persons):
        for name, words in doubtful_dates(someone.facts, today=today).items():
            wrong[f"persons-{number}-{name}"] = words
    if any(said.how_known not in HowKnown.values for said in concern.statements):
        wrong["statements"] = _("Say of each statement whether it is fact, opinion or reported by others.")
    if wrong:
        raise Invalid(_("Some of this needs another look before it is sent."), wrong)


def _authority(actor: Actor, concern: Concern) -> Authority:
    """Whose front door it is for: as chosen, or where the child lives, or the only one its sender works in."""
    mine = agencies.authorities_of(actor.agency_id)
    if concern.authority is not None:
        chosen = [authority for authority in mine if authority.pk == concern.authority]
    else:
        home = _where_the_child_lives(concern)
        chosen = [home] if home else mine
    if len(chosen) == 1:
        return chosen[0]
    raise Invalid(
        _("Choose the authority where the child lives."),
        {"authority": _("Choose where the child lives: their address does not tell us.")},
    )


def _where_the_child_lives(concern: Concern) -> Authority | None:
    """By the first postcode given for a child; None if it is not known."""
    children = (someone for someone in concern.persons if someone.part in CHILDREN)
    postcodes = (at.postcode for child in children for at in child.facts.addresses if at.postcode)
    return agencies.authority_at(next(postcodes, ""))


def _name(actor: Actor, referral: Referral, someone: Someone, number: int, now: datetime) -> PersonRecord:
    facts = replace(someone.facts, raw={**someone.facts.raw, "referral": referral.reference})
    try:
        record, _outcome = people.hold(
            actor=actor,
            agency=actor.agency_id,
            system="referral",
            source_key=f"{referral.reference}/{number}",
            facts=facts,
            now=now,
        )
        ReferralPerson.objects.create(
            referral=referral,
            record=record,
            part=someone.part,
            relationship=someone.relationship,
            child_words=someone.child_words,
        )
    except Invalid as wrong:
        of_whom = {f"persons-{number}-{name}": words for name, words in wrong.fields.items()}
        raise Invalid(wrong.words, of_whom, wrong.next_step) from wrong
    people.link_if_certain(actor=actor, record=record, now=now)
    record.refresh_from_db()
    return record


def _relate(
    actor: Actor,
    referral: Referral,
    persons: tuple[Someone, ...],
    records: list[PersonRecord],
    now: datetime,
) -> None:
    """Each person's relationship is to the first child; a parent is one to brothers and sisters too."""
    first = next(i for i, someone in enumerate(persons) if someone.part in CHILDREN)
    for someone, record in zip(persons, records, strict=True):
        if someone.relationship and record.pk != records[first].pk:
            people.relate(
                actor=actor,
                now=now,
                record=record,
                to=records[first],
                kind=someone.relationship,
                source=f"{referral.reference}",
                parental_responsibility=someone.parental_responsibility,
            )


def _write_down(
    actor: Actor, referral: Referral, concern: Concern, records: list[PersonRecord], now: datetime
) -> None:
    """The concern and each child's words become entries of the sender's, shown to the front door at once."""
    told_by = f"{actor.name}, {actor.job_title}" if concern.caller == "professional" else str(_("A caller"))
    day = min(concern.arose_on or agreements.local_day(now), agreements.local_day(now))
    children = [r for r, someone in zip(records, concern.persons, strict=True) if someone.part in CHILDREN]
    pieces = [
        (
            Piece(
                kind="referral",
                title=str(_("Concern raised with the front door")),
                text=concern.concern,
                happened_on=agreements.local_day(now),
                how_known="reported" if concern.caller != "professional" else "opinion",
                source=told_by,
                key_event=True,
            ),
            children,
        )
    ]
    for someone, record in zip(concern.persons, records, strict=True):
        if someone.child_words.strip():
            said = Piece(
                kind="child_account",
                title=str(_("What the child said")),
                child_words=someone.child_words.strip(),
                happened_on=day,
                how_known="child",
                source=told_by,
            )
            pieces.append((said, [record]))
    for piece, about in pieces:
        entry = chronology.write(actor=actor, piece=piece, about=about, now=now)
        if actor.agency_id != referral.to_agency_id:
            chronology.release(
                entry=entry,
                to_agency=referral.to_agency_id,
                reference=referral.reference,
                title=entry.title,
                text=entry.text,
                child_words=entry.child_words,
                source=entry.source,
                in_part=False,
                now=now,
            )
