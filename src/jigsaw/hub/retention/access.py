"""Who may decide what becomes of what an agency holds, and who may see the register of it?"""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import NotHere, Refused
from jigsaw.hub.people import access as people_access
from jigsaw.hub.retention.models import DueItem, Hold


def can_decide(actor: Actor) -> bool:
    return actor.may("retention.decide")


def check_can_decide(actor: Actor) -> None:
    if not can_decide(actor):
        raise Refused(
            _("Your role does not include deciding on what is kept, held or disposed of."),
            _("Ask your agency’s data protection officer or records officer."),
        )


def own_due(actor: Actor, pk: UUID) -> DueItem:
    """What is due of the actor's agency; NotHere with the same words whether there is none or it is another's.

    Raises Refused to whoever is too close to anybody that it is about.
    """
    check_can_decide(actor)
    row = DueItem.objects.select_related("agency", "kept_by").filter(pk=pk, agency=actor.agency_id).first()
    if row is None:
        raise NotHere(
            _("There is no such thing to decide on in your agency."),
            _("Somebody may have decided on it already: look at the register."),
        )
    people_access.check_not_too_close(actor, row.people)
    return row


def own_hold(actor: Actor, reference: str) -> Hold:
    """A hold that the actor's agency placed; NotHere otherwise."""
    check_can_decide(actor)
    rows = Hold.objects.select_related("placed_by", "agency").filter(agency=actor.agency_id)
    row = rows.filter(reference=reference).first()
    if row is None:
        raise NotHere(_("Your agency has placed no such hold."), _("Go back to the legal holds."))
    return row
