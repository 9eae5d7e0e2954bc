"""Who may raise, screen and read a referral?"""

from django.utils.translation import gettext_lazy as _

from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import NotHere, Refused
from jigsaw.hub.referrals.models import Referral

ASK_YOUR_LEAD = _("Ask your safeguarding lead or administrator if you think your role should allow it.")


def check_can_make(actor: Actor) -> None:
    if not actor.may("referral.make"):
        raise Refused(
            _("Your role does not include raising concerns in Jigsaw."),
            _("Ring the front door: the number is at the foot of every page."),
        )


def can_screen(actor: Actor, referral: Referral) -> bool:
    """A qualified screener of the agency that received it."""
    return actor.may("referral.screen") and actor.agency_id == referral.to_agency_id


def check_can_screen(actor: Actor, referral: Referral) -> None:
    check_can_read(actor, referral)
    if not can_screen(actor, referral):
        raise Refused(_("Only a qualified screener of the receiving front door can do this."), ASK_YOUR_LEAD)


def can_read(actor: Actor, referral: Referral) -> bool:
    """The agency that sent it, and those at the front door who screen or lead enquiries."""
    if actor.agency_id == referral.from_agency_id:
        return actor.may("referral.make")
    receives = actor.agency_id == referral.to_agency_id
    return receives and (actor.may("referral.screen") or actor.may("enquiry.lead"))


def check_can_read(actor: Actor, referral: Referral | None) -> None:
    """Raises NotHere with the same words whether there is none or it is not theirs."""
    if referral is None or not can_read(actor, referral):
        raise NotHere(
            _("There is no such referral for your agency."),
            _("Check the reference. If you have a concern about a child, raise it now."),
        )
