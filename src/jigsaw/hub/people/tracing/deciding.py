"""Is the number that a register found the child's, or a number on a record in doubt? A person says so, and why."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jigsaw.formats.text import nhs_number
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit import context
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import AlreadyDone, Invalid, NotHere
from jigsaw.hub.people import access, filing, numbers
from jigsaw.hub.people.errors import no_such_record
from jigsaw.hub.people.models import Identifier, NumberReport, NumberStanding, PersonRecord, Trace
from jigsaw.hub.people.tracing import answers

THEIRS, SUPERSEDED, ANOTHERS = "theirs", "superseded", "anothers"
VERDICTS = {
    THEIRS: NumberStanding.UNVERIFIED,
    SUPERSEDED: NumberStanding.SUPERSEDED,
    ANOTHERS: NumberStanding.INVALID,
}


@context.hub("index")
@transaction.atomic
def accept(*, actor: Actor, trace: UUID, reason: str, now: datetime) -> None:
    """Decide that the number is the child's, and link by rule what is certain with it. Raises NotHere, Refused, Invalid without a reason, AlreadyDone."""
    found = _to_decide(actor, trace, reason)
    _decided(actor, found, Trace.ACCEPTED, reason, now)
    by_source = Identifier.objects.filter(
        record=found.record_id, kind=numbers.NHS, value=found.number
    ).exists()
    new_numbers, standings = answers.use(found, by_source, now)
    answers.link(actor, answers.write(new_numbers, standings), now=now)


@context.hub("index")
@transaction.atomic
def reject(*, actor: Actor, trace: UUID, reason: str, now: datetime) -> None:
    """Decide that the number is not the child's: it is never taken by rule again. Raises as `accept` does."""
    found = _to_decide(actor, trace, reason)
    _decided(actor, found, Trace.REJECTED, reason, now)


def _to_decide(actor: Actor, trace: UUID, reason: str) -> Trace:
    access.check_can_trace(actor)
    found = answers.questions_put(actor, [trace]).get(trace)
    if found is None:
        raise NotHere(_("There is no such answer for your agency."), _("Go back to the numbers to trace."))
    if not reason.strip():
        raise Invalid(
            _("Say why, so that the next person can follow."), {"reason": _("Say what made you decide")}
        )
    if found.outcome != Trace.WAITING:
        raise AlreadyDone(
            _("Somebody has decided on this answer already."), _("Go back to see what is left to decide.")
        )
    return found


def _decided(actor: Actor, trace: Trace, outcome: str, reason: str, now: datetime) -> None:
    trace.outcome, trace.reason = outcome, reason.strip()
    trace.decided_by_id, trace.decided_at = actor.practitioner_id, now
    trace.save(update_fields=["outcome", "reason", "decided_by", "decided_at"])
    audit.record(
        actor=actor,
        action="number.decided",
        people=[trace.record.person_id],
        thing=f"record {trace.record_id}",
        detail={"outcome": outcome, "doubts": trace.doubts},
        now=now,
        words=reason,
    )


@context.hub("index")
@transaction.atomic
def question(*, actor: Actor, record: UUID, value: str, disputed: bool, reason: str, now: datetime) -> None:
    """Say that a number on a record is in doubt, or, with `disputed` false, that it is not any more.

    The number stays, and stays in the record's history; it is not used while it is disputed. For those who trace
    the record's numbers or decide on links. Raises NotHere, Refused, Invalid.
    """
    held = _record_to_question(actor, record)
    if not Identifier.objects.filter(record=held, kind=numbers.NHS, value=value).exists():
        raise NotHere(_("There is no such number on this record."), _("Go back to see how it is now."))
    if not reason.strip():
        raise Invalid(_("Say why, so that the next person can follow."), {"reason": _("Say how you know")})
    NumberStanding.objects.create(
        record=held,
        value=value,
        standing=NumberStanding.DISPUTED if disputed else NumberStanding.UNVERIFIED,
        said_by_id=actor.practitioner_id,
        reason=reason.strip(),
        at=now,
    )
    filing.file_these_again([held.pk])
    audit.record(
        actor=actor,
        action="number.questioned",
        people=[held.person_id],
        thing=f"record {held.pk}",
        detail={"disputed": disputed},
        now=now,
        words=reason,
    )


@context.hub("index")
@transaction.atomic
def settle(
    *, actor: Actor, record: UUID, value: str, verdict: str, instead: str = "", reason: str, now: datetime
) -> None:
    """Decide about a number that somebody says is no longer the one to use: `verdict` is one of VERDICTS.

    THEIRS brings it back into use, unverified: only a register verifies. SUPERSEDED takes it out of use, with the number
    that took its place (`instead`); ANOTHERS too: where the record speaks of two people, it is taken apart on its own
    page. What was said before stays in its history. For those who may `question` it. Raises NotHere, Refused, Invalid.
    """
    held = _record_to_question(actor, record)
    number = Identifier.objects.filter(record=held, kind=numbers.NHS, value=value).first()
    if number is None:
        raise NotHere(_("There is no such number on this record."), _("Go back to see how it is now."))
    _check_verdict(number, verdict, instead, reason)
    NumberStanding.objects.create(
        record=held,
        value=value,
        standing=VERDICTS[verdict],
        superseded_by=nhs_number(instead) or "" if verdict == SUPERSEDED else "",
        said_by_id=actor.practitioner_id,
        reason=reason.strip(),
        at=now,
    )
    reports = NumberReport.objects.filter(record=held, value=value, settled_at=None)
    settled = reports.update(settled_at=now, settled_by=actor.practitioner_id)
    filing.file_these_again([held.pk])
    audit.record(
        actor=actor,
        action="number.settled",
        people=[held.person_id],
        thing=f"record {held.pk}",
        detail={"verdict": verdict, "reports": settled},
        now=now,
        words=reason,
    )


def _check_verdict(number: Identifier, verdict: str, instead: str, reason: str) -> None:
    wrong: dict[str, object] = {}
    if verdict not in VERDICTS:
        wrong["verdict"] = _("Choose whose number it is.")
    if verdict == THEIRS and not number.valid:
        wrong["verdict"] = _("Its last digit does not fit, so it is nobody’s number. Choose another answer.")
    if verdict == SUPERSEDED and nhs_number(instead) in (None, number.value):
        wrong["instead"] = _("Enter the ten digits of the number that took its place.")
    if not reason.strip():
        wrong["reason"] = _("Say how you know")
    if wrong:
        raise Invalid(_("Say whose number it is, and how you know."), wrong)


def _record_to_question(actor: Actor, record: UUID) -> PersonRecord:
    if access.can_link(actor):
        found = PersonRecord.objects.filter(pk=record).first()
        if found is not None:
            access.check_not_too_close(actor, [found.person_id])
    else:
        access.check_can_trace(actor)
        found = access.traceable_records(actor).filter(pk=record).first()
    if found is None:
        raise no_such_record()
    return found
