"""Who sends notices of domestic abuse to schools, and who reads them there?"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import NotHere, Refused

ASK = _("Ask your safeguarding lead or administrator if you think your role should allow it.")


def can_send(actor: Actor) -> bool:
    """The police, who must (Domestic Abuse Act 2021 s49A), by whoever of them raises concerns."""
    return actor.sector == "PO" and actor.may("referral.make")


def can_receive(actor: Actor) -> bool:
    """Safeguarding leads of what was sent to their agency, and those who screen at an authority's front door."""
    return actor.may("request.assign") or actor.may("referral.screen")


RECEIVES = {"ED": "request.assign", "SC": "referral.screen"}
"""By sector, the permission of those who are told that a notice came."""


def has_some(actor: Actor) -> bool:
    """Is there something for them in the menu: do they send, or are they told?"""
    return can_send(actor) or actor.may(RECEIVES.get(actor.sector, "nothing"))


def check_can_send(actor: Actor) -> None:
    if not actor.may("referral.make"):
        raise Refused(_("Your role does not include sending notices of domestic abuse."), ASK)
    if not can_send(actor):
        raise NotHere(
            _("The police tell schools of domestic abuse, and your agency is not the police."),
            _("Raise a concern instead, if you are worried about a child."),
        )


def check_can_use(actor: Actor) -> None:
    if not (actor.may("referral.make") or can_receive(actor)):
        raise Refused(_("Your role does not include notices of domestic abuse."), ASK)
