"""Who may change accounts, roles and local settings?"""

from django.utils.translation import gettext_lazy as _

from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import Refused


def can_manage(actor: Actor) -> bool:
    """Those whose role includes it, and the hub itself when it is set up."""
    return actor.practitioner_id is None or actor.may("settings.manage")


def check_can_manage(actor: Actor) -> None:
    if not can_manage(actor):
        raise Refused(
            _("Your role does not include changing accounts and settings."),
            _("Ask your administrator."),
        )
