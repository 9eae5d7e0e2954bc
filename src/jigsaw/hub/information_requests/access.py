"""Who may ask, read and answer an information request?"""

from django.utils.translation import gettext_lazy as _

from jigsaw.hub.information_requests.models import Recipient
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import NotHere, Refused

ASK_YOUR_LEAD = _("Ask your safeguarding lead or administrator if you think your role should allow it.")


def can_answer(actor: Actor, recipient: Recipient) -> bool:
    """Practitioners of the agency asked, whose role includes answering."""
    return actor.agency_id == recipient.agency_id and actor.may("request.answer")


def can_follow(actor: Actor, recipient: Recipient) -> bool:
    """Those at the asking agency who lead enquiries."""
    return actor.agency_id == recipient.request.from_agency_id and actor.may("enquiry.lead")


def check_can_read(actor: Actor, recipient: Recipient | None) -> None:
    """Raises NotHere with the same words whether there is none or it is not theirs."""
    if recipient is None or not (can_answer(actor, recipient) or can_follow(actor, recipient)):
        raise NotHere(
            _("There is no such request for your agency."),
            _("Check the reference, or go to your inbox."),
        )


def check_can_answer_at_all(actor: Actor) -> None:
    """Raises Refused if no role of theirs includes answering other agencies' requests."""
    if not actor.may("request.answer"):
        raise Refused(_("Your role does not include answering requests."), ASK_YOUR_LEAD)


def check_can_answer(actor: Actor, recipient: Recipient | None) -> None:
    check_can_read(actor, recipient)
    if recipient is None or not can_answer(actor, recipient):
        raise Refused(_("Only the agency that was asked can do this."), ASK_YOUR_LEAD)


def check_can_follow(actor: Actor, recipient: Recipient | None) -> None:
    check_can_read(actor, recipient)
    if recipient is None or not can_follow(actor, recipient):
        raise Refused(_("Only the agency that asked can do this."), ASK_YOUR_LEAD)
