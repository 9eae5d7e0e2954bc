"""A concern comes in, is screened, and those who helped hear back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.alerts import operations as alerts
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.chronology import operations as chronology
from jigsaw.hub.chronology.kinds import HowKnown
from jigsaw.hub.chronology.operations import Piece
from jigsaw.hub.decisions import operations as decisions
from jigsaw.hub.kit import outbox
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.clock import EARLIEST, add_working_days
from jigsaw.hub.kit.errors import AlreadyDone, Invalid, NotHere, Refused
from jigsaw.hub.kit.ids import reference
from jigsaw.hub.people import access as people_access
from jigsaw.hub.people import finding, involvement
from jigsaw.hub.people import operations as people
from jigsaw.hub.people import queries as people_queries
from jigsaw.hub.people.records import Facts, doubtful_dates
from jigsaw.hub.referrals import access
from jigsaw.hub.referrals.models import Feedback, Rating, Referral, ReferralPerson, Statement
from jigsaw.hub.referrals.states import MOVES, ReferralState

if TYPE_CHECKING:
    from jigsaw.hub.agencies.models import Authority
    from jigsaw.hub.people.models import PersonRecord

CHILDREN = ("child", "unborn")


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


@transaction.atomic
def make(*, actor: Actor, concern: Concern, now: datetime) -> Referral:
    """Send a concern to the authority's front door.

    Everyone named becomes a record of the sender's agency, linked at once where certain, and lent
    to the front door for as long as the concern is open. The sender hears within one working day.
    Raises Invalid naming each field; nothing is kept then but the caller's draft.
    """
    access.check_can_make(actor)
    _check(concern, now)
    authority = _authority(actor, concern.authority)
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
        owe_feedback(
            referral=referral,
            audience="referrer_public" if concern.caller == "public" else "referrer",
            agency=actor.agency_id,
            practitioner=actor.practitioner_id,
            about=referral.reference,
            due_at=referral.hear_by,
        )
    route(referral=referral, now=now)
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


def _authority(actor: Actor, wanted: UUID | None) -> Authority:
    mine = agencies.authorities_of(actor.agency_id)
    for authority in mine:
        if wanted in (None, authority.pk):
            return authority
    raise Invalid(
        _("Choose the authority where the child lives."), {"authority": _("Choose one of your authorities.")}
    )


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
    except Invalid as wrong:
        of_whom = {f"persons-{number}-{name}": words for name, words in wrong.fields.items()}
        raise Invalid(wrong.words, of_whom, wrong.next_step) from wrong
    people.link_if_certain(actor=actor, record=record, now=now)
    ReferralPerson.objects.create(
        referral=referral,
        record=record,
        part=someone.part,
        relationship=someone.relationship,
        child_words=someone.child_words,
    )
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


@transaction.atomic
def link_person(
    *, actor: Actor, referral: Referral, record: PersonRecord, person: UUID, reason: str, now: datetime
) -> None:
    """The screener decides that someone named in this referral is a known person.

    Where the record already stands with others, one more "same person" brings the two persons together:
    it never pulls the record away from those it was linked with.
    """
    access.check_can_screen(actor, referral)
    _check_names(referral, record)
    record.refresh_from_db(fields=["person"])
    person = people_queries.current(person).pk
    if people_queries.stands_alone(record):
        found = finding.matches_for(actor, record, purpose=f"referral {referral.reference}", now=now)
        match = next((m for m in found if m.card.person == person), None)
        comparison = match.comparison if match else None
        people.link(actor=actor, record=record, person=person, reason=reason, now=now, comparison=comparison)
    else:
        people.join(actor=actor, other=person, person=record.person_id, reason=reason, now=now)
    route(referral=referral, now=now)


@transaction.atomic
def keep_apart(
    *,
    actor: Actor,
    referral: Referral,
    record: PersonRecord,
    persons: Iterable[UUID],
    reason: str,
    now: datetime,
) -> None:
    """The screener decides that a record in this referral is none of these persons; not asked again."""
    access.check_can_screen(actor, referral)
    _check_names(referral, record)
    for person in persons:
        apart = people_queries.current(person).pk
        people.keep_apart(actor=actor, record=record, person=apart, reason=reason, now=now)


def _check_names(referral: Referral, record: PersonRecord) -> None:
    if not referral.persons.filter(record=record).exists():
        raise NotHere(
            _("This record is not part of this concern."), _("Go back to the concern, and choose there.")
        )


def route(*, referral: Referral, now: datetime, but: UUID | None = None) -> None:
    """A known child with an open case goes to their worker: find who that is now, if anyone.

    `but` is the worker it went to before, who is not told again.
    """
    children = referral.persons.filter(part__in=CHILDREN).select_related("record")
    workers = (involvement.open_case_worker(p.record.person_id, referral.to_agency_id) for p in children)
    worker = next((w for w in workers if w), None)
    if worker and referral.goes_to_id != worker.pk:
        referral.goes_to = worker
        referral.save(update_fields=["goes_to"])
        if worker.pk == but:
            return
        outbox.put(
            topic="referral.routed", payload={"referral": str(referral.pk), "to": str(worker.pk)}, now=now
        )


def route_again(*, actor: Actor, persons: Iterable[UUID], now: datetime) -> int:
    """Two who were taken for one are two: a concern goes to a worker of the child it names, and to no other.

    Whoever was told wrongly and has not looked yet is told no more. Returns how many concerns went elsewhere.
    """
    rows = Referral.objects.select_for_update(of=("self",)).exclude(goes_to=None)
    rows = rows.exclude(state=ReferralState.CLOSED)
    named = ReferralPerson.objects.filter(record__person__in=set(persons)).values("referral")
    moved = 0
    for referral in rows.filter(pk__in=named):
        before = referral.goes_to_id
        referral.goes_to = None
        route(referral=referral, now=now, but=before)
        if referral.goes_to_id == before:
            continue
        referral.save(update_fields=["goes_to"])
        alerts.withdraw(to=before, topic="referral.routed", reference=referral.reference)
        audit.record(
            actor=actor,
            action="referral.routed_again",
            people=persons_of(referral),
            purpose=f"referral {referral.reference}",
            thing=f"referral {referral.pk}",
            now=now,
        )
        moved += 1
    return moved


@transaction.atomic
def rate(*, actor: Actor, referral: Referral, code: str, reason: str, now: datetime) -> Rating:
    """Give or change the rating, with a reason; the clock starts at receipt, under the scheme in force."""
    access.check_can_screen(actor, referral)
    referral = Referral.objects.select_for_update().get(pk=referral.pk)
    state = MOVES.after("rate", referral.state)
    rating = add_rating(actor=actor, referral=referral, code=code, reason=reason, now=now)
    referral.state = state
    referral.save(update_fields=["state"])
    return rating


def add_rating(*, actor: Actor, referral: Referral, code: str, reason: str, now: datetime) -> Rating:
    """Write the rating down; `rate` and the enquiry's change of rating have checked who and when."""
    if not reason.strip():
        raise Invalid(_("A rating needs its reason."), {"reason": _("Say what this rating rests on.")})
    scheme = agreements.rating_scheme(on=agreements.local_day(now), authority=referral.authority_id)
    rating = Rating.objects.create(
        referral=referral,
        code=scheme.level(code).code,
        reason=reason.strip(),
        given_by_id=actor.practitioner_id,
        given_at=now,
        due_at=scheme.due(code, referral.received_at),
    )
    audit.record(
        actor=actor,
        action="referral.rated",
        purpose=f"referral {referral.reference}",
        people=persons_of(referral),
        thing=f"referral {referral.pk}",
        detail={"rating": code},
        now=now,
    )
    return rating


@transaction.atomic
def close_with_advice(
    *,
    actor: Actor,
    referral: Referral,
    outcome: str,
    reasons: str,
    advice: str,
    now: datetime,
    relevant: str = "partly",
) -> Referral:
    """Close without an enquiry: the reasons are kept, and the referrer is told what to do instead.

    `relevant` (yes, partly or no) says whether the concern helped. Each referrer is told only what
    their kind of audience may be told.
    """
    access.check_can_screen(actor, referral)
    referral = Referral.objects.select_for_update().get(pk=referral.pk)
    state = MOVES.after("close", referral.state)
    _check_closing(outcome, reasons, advice)
    referral.closing = decisions.decide(
        actor=actor, kind="closing", outcome=outcome, grounds=decisions.Grounds(reasons=reasons), now=now
    )
    referral.advice = advice.strip()
    referral.state, referral.acknowledged_at = state, referral.acknowledged_at or now
    referral.save()
    audit.record(
        actor=actor,
        action="referral.closed",
        purpose=f"referral {referral.reference}",
        people=persons_of(referral),
        thing=f"referral {referral.pk}",
        detail={"outcome": outcome},
        now=now,
    )
    for owed in referral.feedback.filter(given_at=None):
        told = may_be_told(owed.audience)
        give_feedback(
            actor=actor,
            feedback=owed,
            relevant=relevant if "relevant" in told else "",
            recorded_where="",
            what_was_done=advice if "what_was_done" in told else "",
            more_needed="",
            now=now,
        )
    people.end_grants(actor=actor, reference=referral.reference, now=now)
    chronology.end_releases(reference=referral.reference, now=now)
    return referral


def _check_closing(outcome: str, reasons: str, advice: str) -> None:
    wrong: dict[str, object] = {}
    if not outcome.strip():
        wrong["outcome"] = _("Choose what happens with this concern.")
    if not reasons.strip():
        wrong["reasons"] = _("Say why no enquiry is needed.")
    if not advice.strip():
        wrong["advice"] = _("Say what the referrer can do now.")
    if wrong:
        raise Invalid(_("Closing needs an outcome, its reasons and advice."), wrong)


def enquiry_opened(*, actor: Actor, referral: Referral, now: datetime) -> Referral:
    """Move the referral on because an enquiry was opened; called by `enquiries` in its transaction."""
    access.check_can_screen(actor, referral)
    referral = Referral.objects.select_for_update().get(pk=referral.pk)
    referral.state = MOVES.after("open_enquiry", referral.state)
    referral.acknowledged_at = referral.acknowledged_at or now
    referral.save()
    return referral


def persons_of(referral: Referral) -> list[UUID]:
    """Everyone named in it, through their records as linked today."""
    return list(referral.persons.values_list("record__person_id", flat=True))


def owe_feedback(
    *,
    referral: Referral,
    audience: str,
    agency: UUID,
    practitioner: UUID | None,
    about: str,
    due_at: datetime,
) -> None:
    """Note that someone who helped must hear back, once for each thing they helped with."""
    Feedback.objects.get_or_create(
        referral=referral,
        audience=audience,
        to_agency_id=agency,
        about=about,
        defaults={"to_practitioner_id": practitioner, "due_at": due_at},
    )


@transaction.atomic
def give_feedback(
    *,
    actor: Actor,
    feedback: Feedback,
    relevant: str,
    recorded_where: str,
    what_was_done: str,
    more_needed: str,
    now: datetime,
) -> Feedback:
    """Tell someone who helped: was it relevant, where is it recorded, what was done, is more needed.

    What this kind of audience may not be told (see `may_be_told`) must be left empty: a member of the
    public hears that their concern was received, and nothing about the family.
    """
    referral = feedback.referral
    if actor.agency_id != referral.to_agency_id or not (
        actor.may("enquiry.lead") or actor.may("referral.screen")
    ):
        raise Refused(_("Only those who work on the concern give feedback on it."), access.ASK_YOUR_LEAD)
    people_access.check_not_too_close(actor, persons_of(referral))
    feedback = Feedback.objects.select_for_update(of=("self",)).select_related("referral").get(pk=feedback.pk)
    parts = {
        "relevant": relevant,
        "recorded_where": recorded_where,
        "what_was_done": what_was_done,
        "more_needed": more_needed,
    }
    _check_feedback(parts, may_be_told(feedback.audience))
    if feedback.given_at:
        raise AlreadyDone(
            _("This feedback has already been given."), _("Open it in your list of feedback to read it.")
        )
    feedback.relevant, feedback.recorded_where = relevant, recorded_where.strip()
    feedback.what_was_done, feedback.more_needed = what_was_done.strip(), more_needed.strip()
    feedback.given_at, feedback.given_by_id = now, actor.practitioner_id
    feedback.save()
    audit.record(
        actor=actor,
        action="feedback.given",
        purpose=f"referral {referral.reference}",
        people=persons_of(referral),
        thing=f"feedback {feedback.pk}",
        detail={"audience": feedback.audience},
        now=now,
    )
    outbox.put(topic="feedback.given", payload={"feedback": str(feedback.pk)}, now=now)
    return feedback


def may_be_told(audience: str) -> frozenset[str]:
    """The parts of feedback that this kind of audience may be told, as the partnership agreed."""
    entries = agreements.words("feedback_rules")["entries"]
    return frozenset(next((e["may_tell"] for e in entries if e["code"] == audience), ()))


def _check_feedback(parts: dict[str, str], told: frozenset[str]) -> None:
    wrong: dict[str, object] = {
        name: _("This reader may not be told this. Leave it out.")
        for name, value in parts.items()
        if value.strip() and name not in told
    }
    if "relevant" in told and parts["relevant"] not in ("yes", "partly", "no"):
        wrong["relevant"] = _("Say whether it was relevant.")
    if "what_was_done" in told and not parts["what_was_done"].strip():
        wrong["what_was_done"] = _("Say what was done, in words the person may know.")
    if wrong:
        raise Invalid(_("Some of this feedback needs another look."), wrong)


@transaction.atomic
def read_feedback(*, actor: Actor, feedback: Feedback, now: datetime) -> Feedback:
    """Note that the agency that was told has read it, the first time someone there opens it."""
    if feedback.to_agency_id != actor.agency_id or not access.can_be_told(actor):
        raise Refused(_("Only the agency that was told marks its feedback as read."), access.ASK_YOUR_LEAD)
    if feedback.given_at and feedback.read_at is None:
        feedback.read_at = now
        feedback.save(update_fields=["read_at"])
        audit.record(
            actor=actor,
            action="feedback.read",
            purpose=f"feedback {feedback.about}",
            people=persons_of(feedback.referral),
            thing=f"feedback {feedback.pk}",
            now=now,
        )
    return feedback


@transaction.atomic
def acknowledge(*, actor: Actor, referrals: Iterable[Referral], now: datetime) -> None:
    """Note that the screener has taken these up, so that the sender sees it was received by a person."""
    for referral in referrals:
        access.check_can_screen(actor, referral)
        if referral.acknowledged_at is None:
            referral.acknowledged_at = now
            referral.save(update_fields=["acknowledged_at"])
            audit.record(
                actor=actor,
                action="referral.acknowledged",
                people=persons_of(referral),
                purpose=f"referral {referral.reference}",
                thing=f"referral {referral.pk}",
                now=now,
            )
