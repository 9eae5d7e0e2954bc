"""Who may keep plans?"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import Refused

ASK = _("Ask your safeguarding lead or administrator if you think your role should allow it.")


def can_keep_plans(actor: Actor) -> bool:
    """Those whose role says so; for which authority, their agency decides."""
    return actor.may("plans.keep")


def check_can_keep_plans(actor: Actor) -> None:
    if not can_keep_plans(actor):
        raise Refused(_("Your role does not include keeping children’s plans for their authority."), ASK)
