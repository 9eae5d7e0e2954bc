"""A concern is looked into, and people decide what happens."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.chronology import operations as chronology
from jigsaw.hub.decisions import operations as decisions
from jigsaw.hub.enquiries import access, queries
from jigsaw.hub.enquiries.models import Enquiry, EnquirySubject, ThresholdDecision
from jigsaw.hub.enquiries.states import MOVES, EnquiryState
from jigsaw.hub.kit import context, outbox
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.kit.ids import reference
from jigsaw.hub.people import access as people_access
from jigsaw.hub.people import operations as people
from jigsaw.hub.referrals import operations as referrals
from jigsaw.hub.referrals import queries as referral_queries

if TYPE_CHECKING:
    from jigsaw.hub.people.models import PersonRecord
    from jigsaw.hub.referrals.models import Rating, Referral


@transaction.atomic
def open_enquiry(
    *, actor: Actor, referral: Referral, purpose: str, now: datetime, lead: UUID | None = None
) -> Enquiry:
    """Open an enquiry on a rated referral, under a legal purpose; everyone named becomes a subject."""
    referral = referrals.enquiry_opened(actor=actor, referral=referral, now=now)
    if not purpose.strip():
        raise Invalid(_("Say under which power you are enquiring."), {"purpose": _("Choose the purpose.")})
    if lead:
        _check_leads(actor, lead, referral_queries.persons_of(referral), "lead")
    enquiry = Enquiry.objects.create(
        reference=reference("E"),
        referral=referral,
        agency_id=actor.agency_id,
        lead_id=lead or actor.practitioner_id,
        purpose=purpose,
        state=EnquiryState.OPEN,
        opened_by_id=actor.practitioner_id,
        opened_at=now,
    )
    named = list(referral.persons.select_related("record"))
    EnquirySubject.objects.bulk_create(
        EnquirySubject(enquiry=enquiry, record=p.record, child=p.is_child) for p in named
    )
    people.grant(
        actor=actor,
        records=[p.record for p in named],
        agency=enquiry.agency_id,
        purpose="enquiry",
        reference=enquiry.reference,
        now=now,
    )
    _audit(actor, enquiry, "enquiry.opened", now, purpose=purpose)
    return enquiry


@transaction.atomic
def change_rating(*, actor: Actor, enquiry: Enquiry, code: str, reason: str, now: datetime) -> Rating:
    """Change the rating as information arrives, with a reason; requests asked later take the new clock."""
    access.check_can_read(actor, enquiry)
    enquiry = queries.locked(enquiry.pk)
    MOVES.after("rate", enquiry.state)
    return referrals.add_rating(actor=actor, referral=enquiry.referral, code=code, reason=reason, now=now)


@transaction.atomic
def decide_threshold(
    *,
    actor: Actor,
    enquiry: Enquiry,
    level: str,
    outcome: str,
    grounds: decisions.Grounds,
    took_part: Iterable[decisions.TookPart],
    now: datetime,
) -> ThresholdDecision:
    """Record level of need, outcome and rationale, who took part, and who disagreed and why.

    A later decision supersedes the earlier one; both stay.
    """
    access.check_can_decide(actor, enquiry)
    enquiry = Enquiry.objects.select_for_update().get(pk=enquiry.pk)
    state = MOVES.after("decide", enquiry.state)
    _check_on_ladder(enquiry, level, outcome, now)
    earlier = enquiry.thresholds.select_related("decision").last()
    decision = decisions.decide(
        actor=actor,
        kind="threshold",
        outcome=outcome,
        grounds=grounds,
        now=now,
        took_part=took_part,
        supersedes=earlier.decision if earlier else None,
    )
    made = ThresholdDecision.objects.create(enquiry=enquiry, level=level, outcome=outcome, decision=decision)
    enquiry.state = state
    enquiry.save(update_fields=["state"])
    _audit(actor, enquiry, "threshold.decided", now, level=level, outcome=outcome)
    outbox.put(topic="threshold.decided", payload={"enquiry": str(enquiry.pk)}, now=now)
    return made


def _check_on_ladder(enquiry: Enquiry, level: str, outcome: str, now: datetime) -> None:
    ladder = agreements.need_ladder(on=agreements.local_day(now), authority=enquiry.referral.authority_id)
    wrong: dict[str, object] = {}
    if level not in {step["code"] for step in ladder["levels"]}:
        wrong["level"] = _("Choose the level of need.")
    if outcome not in {step["code"] for step in ladder["outcomes"]}:
        wrong["outcome"] = _("Choose what happens next.")
    if wrong:
        raise Invalid(_("Choose the level of need and what happens next."), wrong)


@transaction.atomic
def hand_over(*, actor: Actor, enquiry: Enquiry, to: UUID, now: datetime) -> Enquiry:
    """Give the lead to a colleague who may lead enquiries."""
    access.check_can_read(actor, enquiry)
    enquiry = queries.locked(enquiry.pk)
    MOVES.after("hand_over", enquiry.state)
    _check_leads(actor, to, subjects_of(enquiry), "to")
    enquiry.lead_id = to
    enquiry.save(update_fields=["lead"])
    _audit(actor, enquiry, "enquiry.handed_over", now, to=str(to))
    return enquiry


def _check_leads(actor: Actor, practitioner: UUID, subjects: list[UUID], field: str) -> None:
    """A colleague who leads enquiries; that one is too close to the family is between them and their manager."""
    leads = {colleague.pk for colleague in agencies.colleagues(actor, "enquiry.lead")}
    if practitioner not in leads or people_access.anyone_too_close(practitioner, subjects):
        raise Invalid(_("Choose a colleague who leads enquiries."), {field: _("Choose a colleague.")})


@transaction.atomic
def close(*, actor: Actor, enquiry: Enquiry, now: datetime) -> Enquiry:
    """Close a decided enquiry: its purpose is over, so what was lent and released for it is no longer seen."""
    access.check_can_decide(actor, enquiry)
    enquiry = Enquiry.objects.select_for_update().get(pk=enquiry.pk)
    enquiry.state = MOVES.after("close", enquiry.state)
    owed = enquiry.referral.feedback.filter(given_at=None).count()
    if owed:
        raise Invalid(
            _("Some of those who helped have not heard back yet. Give them feedback first."),
            next_step=_("Their names are on the enquiry’s page, under “Who should hear back”."),
        )
    enquiry.closed_at = now
    enquiry.save(update_fields=["state", "closed_at"])
    for ref in (enquiry.reference, enquiry.referral.reference):
        people.end_grants(actor=actor, reference=ref, now=now)
        chronology.end_releases(reference=ref, now=now)
    _audit(actor, enquiry, "enquiry.closed", now)
    return enquiry


def _audit(actor: Actor, enquiry: Enquiry, action: str, now: datetime, **detail: str) -> None:
    audit.record(
        actor=actor,
        action=action,
        people=subjects_of(enquiry),
        purpose=f"enquiry {enquiry.reference}",
        thing=f"enquiry {enquiry.pk}",
        detail=detail,
        now=now,
    )


@context.hub("case")
def subjects_of(enquiry: Enquiry) -> list[UUID]:
    """The persons an enquiry is about, through their records as linked today."""
    return list(enquiry.subjects.values_list("record__person_id", flat=True))


@context.hub("case")
def subject_records(enquiry: Enquiry) -> list[PersonRecord]:
    """The records by which an enquiry knows its subjects, children first."""
    return [subject.record for subject in enquiry.subjects.select_related("record")]
