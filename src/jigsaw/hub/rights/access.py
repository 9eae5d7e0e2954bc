"""Who may note and answer what families ask of their agency?"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import NotHere, Refused
from jigsaw.hub.people import access as people_access
from jigsaw.hub.people import queries as people
from jigsaw.hub.rights.models import RightsRequest


def can_answer(actor: Actor) -> bool:
    return actor.may("rights.answer")


def check_can_answer(actor: Actor) -> None:
    if not can_answer(actor):
        raise Refused(
            _("Your role does not include answering what families ask about their information."),
            _("Pass it on the same day to your safeguarding lead or data protection officer: a clock runs."),
        )


def can_take_down(actor: Actor) -> bool:
    """What a family says otherwise is heard by whoever works with them, not by those alone who decide on it."""
    return can_answer(actor) or actor.may("chronology.add")


def check_can_take_down(actor: Actor) -> None:
    if not can_take_down(actor):
        raise Refused(
            _("Your role does not include writing down what a family says otherwise."),
            _("Pass it on the same day to your safeguarding lead or data protection officer: a clock runs."),
        )


def check_holds(actor: Actor, person: UUID, now: datetime) -> None:
    """Raises NotHere or Refused unless the page opens, and Refused where the agency itself holds nothing."""
    records = people.check_may_open(actor, person, now)
    if not any(record.agency_id == actor.agency_id for record in records):
        raise Refused(
            _("Your agency holds no record of this person itself."),
            _("Each agency answers for what it holds. Tell whoever asks which agency to turn to."),
        )


def own(actor: Actor, reference: str) -> RightsRequest:
    """The agency's request; NotHere with the same words whether there is none or it is another's."""
    check_can_answer(actor)
    found = RightsRequest.objects.select_related("noted_by", "decided_by", "agency")
    row = found.filter(reference=reference, agency=actor.agency_id).first()
    if row is None:
        raise NotHere(_("There is no such request of your agency."), _("Go back to what families ask."))
    people_access.check_not_too_close(actor, [people.current(row.person_id).pk])
    return row
