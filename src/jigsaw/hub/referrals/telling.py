"""Whoever helped hears back: what they are owed, what they may be told, and that they have read it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit import context, outbox
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import AlreadyDone, Invalid, Refused
from jigsaw.hub.people import access as people_access
from jigsaw.hub.referrals import access
from jigsaw.hub.referrals.models import Feedback, Referral
from jigsaw.hub.referrals.queries import persons_of


@context.hub("telling")
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


def anyone_hears_whether_relevant(referral: Referral) -> bool:
    """Does anybody wait to hear who may be told whether the concern was relevant?"""
    waiting = referral.feedback.filter(given_at=None).values_list("audience", flat=True)
    return any("relevant" in may_be_told(audience) for audience in waiting)


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
