"""Who may ask, read and answer an information request?"""

from uuid import UUID

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.information_requests.models import Recipient
from jigsaw.hub.kit import context
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import NotHere, Refused
from jigsaw.hub.people import access as people_access

ASK_YOUR_LEAD = _("Ask your safeguarding lead or administrator if you think your role should allow it.")


def can_answer(actor: Actor, recipient: Recipient) -> bool:
    """Practitioners of the agency asked, whose role includes answering."""
    return actor.agency_id == recipient.agency_id and actor.may("request.answer")


def can_follow(actor: Actor, recipient: Recipient) -> bool:
    """Those at the asking agency who lead enquiries."""
    return actor.agency_id == recipient.request.from_agency_id and actor.may("enquiry.lead")


def check_can_read(actor: Actor, recipient: Recipient | None) -> None:
    """Raises NotHere with the same words whether there is none or it is not theirs; Refused to someone too
    close to any of those asked about."""
    if recipient is None or not (can_answer(actor, recipient) or can_follow(actor, recipient)):
        raise NotHere(
            _("There is no such request for your agency."),
            _("Check the reference, or go to your inbox."),
        )
    people_access.check_not_too_close(actor, persons_asked_about(recipient))


@context.hub("case")
def persons_asked_about(recipient: Recipient) -> list[UUID]:
    """Everyone a request is about, through their records as linked when this was first asked of `recipient`, which
    lives no longer than a page does. The caller authorises."""
    prefetch_related_objects([recipient], "request__subjects__record")
    return [subject.record.person_id for subject in recipient.request.subjects.all()]


def check_can_answer_at_all(actor: Actor) -> None:
    """Raises Refused if no role of theirs includes answering other agencies' requests."""
    if not actor.may("request.answer"):
        raise Refused(_("Your role does not include answering requests."), ASK_YOUR_LEAD)


def check_can_answer(actor: Actor, recipient: Recipient | None) -> None:
    check_can_read(actor, recipient)
    if recipient is None or not can_answer(actor, recipient):
        raise Refused(_("Only the agency that was asked can do this."), ASK_YOUR_LEAD)


def can_move(actor: Actor, recipient: Recipient) -> bool:
    """What nobody or they themselves have taken on; those who assign for the agency, any of its requests."""
    theirs = recipient.holder_id in (None, actor.practitioner_id)
    return can_answer(actor, recipient) and (theirs or actor.may("request.assign"))


def check_can_move(actor: Actor, recipient: Recipient) -> None:
    """Handing over, and asking for more time."""
    check_can_answer(actor, recipient)
    if not can_move(actor, recipient):
        raise Refused(
            _("A colleague has taken this request on."),
            _("Ask them, or your safeguarding lead, to hand it over or to change its time."),
        )


def check_can_follow(actor: Actor, recipient: Recipient | None) -> None:
    check_can_read(actor, recipient)
    if recipient is None or not can_follow(actor, recipient):
        raise Refused(_("Only the agency that asked can do this."), ASK_YOUR_LEAD)
