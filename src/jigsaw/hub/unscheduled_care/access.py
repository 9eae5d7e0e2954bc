"""Who may keep plans, look whether there is one, hear of it, and work on what could not be used?"""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from jigsaw.hub.kit import context, planned
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import NotHere, Refused
from jigsaw.hub.unscheduled_care.models import Setting

ASK = _("Ask your safeguarding lead or administrator if you think your role should allow it.")


def can_keep_plans(actor: Actor) -> bool:
    """Those whose role says so; for which authority, their agency decides."""
    return actor.may("plans.keep")


def check_can_keep_plans(actor: Actor) -> None:
    if not can_keep_plans(actor):
        raise Refused(_("Your role does not include keeping children’s plans for their authority."), ASK)


def can_look(actor: Actor) -> bool:
    return actor.may("care.look")


_SETTINGS = planned.Shape(
    lambda *, agency: Setting.objects.filter(agency=agency, active=True).select_related("agency")
)


@context.hub("plan")
def setting_for(actor: Actor, at: UUID | None = None) -> Setting:
    """The setting for which the actor looks (`at`: this one, of their agency); raises Refused or NotHere."""
    if not can_look(actor):
        raise Refused(_("Your role does not include looking up plans in unscheduled care."), ASK)
    rows = _SETTINGS.rows(agency=actor.agency_id) if actor.agency_id else []
    found = next((setting for setting in rows if at in (None, setting.pk)), None)
    if found is None:
        raise NotHere(
            _("Your agency has no setting of unscheduled care set up here."),
            _("Whoever looks after this hub adds it: jigsaw setting add."),
        )
    return found


def can_hear(actor: Actor) -> bool:
    return actor.may("care.alerts")


def check_can_hear(actor: Actor) -> None:
    if not can_hear(actor):
        raise Refused(_("Your role does not include alerts of unscheduled care."), ASK)


def can_work_on_messages(actor: Actor) -> bool:
    return actor.may("care.messages")


def check_can_work_on_messages(actor: Actor) -> None:
    if not can_work_on_messages(actor):
        raise Refused(_("Your role does not include messages of other systems that could not be used."), ASK)
