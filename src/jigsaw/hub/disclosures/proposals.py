"""What waits to be let out by a named role, and what was?

Sealed and adoption records, protected addresses and what would show who told are left out of everything. One
practitioner proposes to release such an item for one request; another, who holds the role, decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.audit import operations as audit
from jigsaw.hub.chronology import queries as chronology
from jigsaw.hub.disclosures.models import ReleaseProposal
from jigsaw.hub.kit import context
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import NotHere, Refused
from jigsaw.hub.people import access as people_access
from jigsaw.sharing_rules.proposed import Release
from jigsaw.sharing_rules.roles import ROLE_WORDS

if TYPE_CHECKING:
    from jigsaw.hub.information_requests.models import Recipient

# What is left out of everything, as an entry is marked, in words that follow "this is".
KINDS = {
    "sealed": _("from a sealed record"),
    "adoption": _("from an adoption record"),
    "protected_address": _("where somebody hides"),
    "informant": _("what would show who told"),
}


@dataclass(frozen=True)
class Waiting:
    """A proposal as whoever decides on it sees it."""

    proposal: ReleaseProposal

    @property
    def kind(self) -> object:
        return KINDS.get(self.proposal.kind, self.proposal.kind)

    @property
    def role(self) -> str:
        return ROLE_WORDS.get(self.proposal.role, self.proposal.role)


def check_can_decide_at_all(actor: Actor) -> None:
    """Raises Refused to those whose roles let nothing out."""
    if not actor.may("item.release"):
        raise Refused(
            _("Your role does not include letting out what is sealed or protected."),
            _("Ask your safeguarding lead, or the custodian of sealed records."),
        )


@context.hub("case")
@transaction.atomic
def waiting(actor: Actor, *, now: datetime) -> list[Waiting]:
    """Proposals that the actor's roles decide on in their agency, the oldest first; audited.

    Their own are left to another holder of the role, and so are those about somebody they are too close to.
    """
    check_can_decide_at_all(actor)
    rows = _rows().filter(recipient__agency=actor.agency_id, role__in=actor.roles, released=None)
    rows = rows.exclude(proposed_by=actor.practitioner_id)
    barred = people_access.too_close_to(actor)
    if barred:
        rows = rows.exclude(recipient__request__subjects__record__person__in=barred)
    found = list(rows)
    about = chronology.persons_about([row.entry for row in found])
    audit.record(
        actor=actor,
        action="proposals.viewed",
        people={person for persons in about.values() for person in persons},
        detail={"shown": len(found)},
        now=now,
    )
    return [Waiting(row) for row in found]


@context.hub("case")
@transaction.atomic
def one(actor: Actor, proposal: UUID, *, now: datetime) -> Waiting:
    """One proposal with its item, for whoever may decide on it; audited. Absent and not theirs look alike."""
    check_can_decide_at_all(actor)
    row = _rows().filter(pk=proposal, recipient__agency=actor.agency_id, role__in=actor.roles).first()
    if row is None or row.proposed_by_id == actor.practitioner_id:
        raise not_here()
    about = chronology.persons_about([row.entry]).get(row.entry_id, [])
    people_access.check_not_too_close(actor, about)
    audit.record(
        actor=actor,
        action="proposal.viewed",
        people=about,
        purpose=f"request {row.recipient.reference}",
        thing=f"entry {row.entry_id}",
        now=now,
    )
    return Waiting(row)


def not_here() -> NotHere:
    return NotHere(_("There is no such proposal for you to decide on."), _("Go to the list of what waits."))


def of_request(recipient: Recipient) -> dict[UUID, ReleaseProposal]:
    """The latest proposal for each item of a request, by entry. The caller has authorised the reading."""
    rows = ReleaseProposal.objects.filter(recipient=recipient).select_related("proposed_by", "decided_by")
    return {row.entry_id: row for row in rows.order_by("proposed_at", "pk")}


def as_releases(found: Mapping[UUID, ReleaseProposal], entry: UUID) -> tuple[Release, ...]:
    """The proposal of one item as the sharing rules take it; one that was refused counts as none."""
    row = found.get(entry)
    if row is None or row.released is False:
        return ()
    return (
        Release(
            kind=row.kind,
            proposed_by=str(row.proposed_by_id),
            reason=row.reason,
            released_by=str(row.decided_by_id or ""),
            released_role=row.role if row.released else "",
        ),
    )


def count_waiting(actor: Actor) -> int:
    """How many wait for the actor: the number on the menu."""
    if not actor.may("item.release"):
        return 0
    rows = ReleaseProposal.objects.filter(
        recipient__agency=actor.agency_id, role__in=actor.roles, released=None
    )
    return rows.exclude(proposed_by=actor.practitioner_id).count()


def _rows() -> Iterable[ReleaseProposal]:
    return ReleaseProposal.objects.select_related(
        "entry",
        "proposed_by",
        "decided_by",
        "recipient__request__from_agency",
        "recipient__request__asked_by",
    )


# --- for the hub itself ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Concerned:
    """Whom a proposal concerns."""

    recipient: UUID
    agency: UUID
    role: str
    proposed_by: UUID


def concerned(proposal: object) -> Concerned | None:
    """Whom a proposal concerns; None if it is gone."""
    row = ReleaseProposal.objects.select_related("recipient").filter(pk=proposal).first()
    return row and Concerned(row.recipient_id, row.recipient.agency_id, row.role, row.proposed_by_id)
