"""Let out what is left out of everything: one proposes, another, who holds the role, releases."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.chronology import queries as chronology
from jigsaw.hub.decisions.operations import Grounds
from jigsaw.hub.disclosures import judging, proposals, queries
from jigsaw.hub.disclosures.models import ReleaseProposal
from jigsaw.hub.information_requests import access as request_access
from jigsaw.hub.kit import outbox
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import AlreadyDone, Invalid, NotHere
from jigsaw.sharing_rules.finding import Answer
from jigsaw.sharing_rules.left_out import FEWEST_WORDS
from jigsaw.sharing_rules.proposed import Release

if TYPE_CHECKING:
    from jigsaw.hub.chronology.models import Entry
    from jigsaw.hub.information_requests.models import Recipient


@transaction.atomic
def propose(
    *, actor: Actor, recipient: Recipient, entry: UUID, reason: str, now: datetime
) -> ReleaseProposal:
    """Propose to release one item of a request that is left out of everything; those who decide are told.

    Raises NotHere for what the agency does not hold or what needs no such release, Invalid without a reason of a few
    words, AlreadyDone while a proposal waits or was granted.
    """
    request_access.check_can_answer(actor, recipient)
    held = {each.pk: each for each in queries.held_items(actor, recipient)}
    found = held.get(entry)
    if found is None or found.sealed not in proposals.KINDS:
        raise NotHere(_("There is no such item to propose."), _("Go back to the request."))
    if len(reason.split()) < FEWEST_WORDS:
        raise Invalid(
            _("Say why it should be released."),
            {"reason": _("Say in a sentence why the child’s safety needs it.")},
        )
    before = proposals.of_request(recipient).get(entry)
    if before and before.released is not False:
        raise AlreadyDone(
            _("Its release has been proposed already."), _("You see on the request what became of it.")
        )
    row = ReleaseProposal.objects.create(
        recipient=recipient,
        entry=found,
        kind=found.sealed,
        role=_who_decides(actor, recipient, found, reason, now),
        reason=reason.strip(),
        proposed_by_id=actor.practitioner_id,
        proposed_at=now,
    )
    _written_down(actor, row, "release.proposed", now)
    outbox.put(topic="release.proposed", payload={"proposal": str(row.pk)}, now=now)
    return row


def _who_decides(actor: Actor, recipient: Recipient, entry: Entry, reason: str, now: datetime) -> str:
    """The role that the rules name once it is proposed; they alone know which."""
    verdict = judging.on_sharing(
        at=judging.situation(actor=actor, recipient=recipient, today=agreements.local_day(now)),
        recipient=recipient,
        entry=entry,
        released=entry.text,
        concerns=True,
        grounds=Grounds(reasons=reason),
        releases=(Release(kind=entry.sealed, proposed_by=str(actor.practitioner_id), reason=reason),),
    )
    check = {
        "sealed": "sealed-record",
        "adoption": "adoption-record",
        "protected_address": "protected-address",
        "informant": "informant-protected",
    }[entry.sealed]
    finding = next(each for each in verdict.findings if each.check == check)
    assert finding.answer is Answer.REVIEW, "what is proposed goes to a role"
    return finding.review_role


@transaction.atomic
def decide(*, actor: Actor, proposal: UUID, release: bool, why: str, now: datetime) -> ReleaseProposal:
    """Release an item that somebody else proposed, or do not; whoever proposed it is told.

    Raises NotHere to those who do not hold the role in that agency, or proposed it themselves; Invalid without a reason;
    AlreadyDone if it was decided.
    """
    proposals.one(actor, proposal, now=now)
    row = ReleaseProposal.objects.select_for_update().get(pk=proposal)
    if row.released is not None:
        raise AlreadyDone(_("This was decided already."), _("Go back to the list of what waits."))
    if len(why.split()) < FEWEST_WORDS:
        raise Invalid(_("Say why."), {"why": _("Say in a sentence why: whoever proposed it will read this.")})
    row.released, row.decided_by_id, row.decided_at, row.decided_why = (
        release,
        actor.practitioner_id,
        now,
        why.strip(),
    )
    row.save()
    _written_down(actor, row, "release.granted" if release else "release.refused", now)
    outbox.put(topic="release.decided", payload={"proposal": str(row.pk)}, now=now)
    return row


def _written_down(actor: Actor, row: ReleaseProposal, action: str, now: datetime) -> None:
    audit.record(
        actor=actor,
        action=action,
        people=chronology.persons_about([row.entry]).get(row.entry_id, []),
        purpose=f"request {row.recipient.reference}",
        thing=f"entry {row.entry_id}",
        detail={"kind": row.kind, "role": row.role},
        now=now,
    )
