"""Who may write, sign and read a sharing agreement?"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import NotHere, Refused

# Those who look after the partnership read every agreement, whichever agency they come from.
LOOK_AFTER = ("agreement.draft", "settings.manage", "oversight.view")


def can_draft(actor: Actor) -> bool:
    """Those whose role includes writing agreements, and the hub itself when it is set up."""
    return actor.practitioner_id is None or actor.may("agreement.draft")


def check_can_draft(actor: Actor) -> None:
    if not can_draft(actor):
        raise Refused(
            _("Your role does not include writing sharing agreements."),
            _("Ask whoever manages agreements for your partnership."),
        )


def check_may_sign(actor: Actor) -> None:
    if actor.practitioner_id is None or not actor.may("agreement.sign"):
        raise Refused(
            _("Your role does not include signing for your agency."),
            _("Ask whoever signs sharing agreements for your agency."),
        )


def can_read(actor: Actor, *, party: bool, draft: bool) -> bool:
    """Drafts are for those who write them; all else for every practitioner of a party as well."""
    if can_draft(actor):
        return True
    return not draft and (party or any(map(actor.may, LOOK_AFTER)))


def not_here() -> NotHere:
    """The same words whether there is no such agreement or it is not theirs to read."""
    return NotHere(
        _("There is no such agreement for your agency."), _("Go to the list of sharing agreements.")
    )
