"""Who may raise, screen and read a referral?"""

from django.utils.translation import gettext_lazy as _

from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import NotHere, Refused
from jigsaw.hub.people import access as people_access
from jigsaw.hub.referrals.models import Referral

ASK_YOUR_LEAD = _("Ask your safeguarding lead or administrator if you think your role should allow it.")


def check_can_make(actor: Actor) -> None:
    if not actor.may("referral.make"):
        raise Refused(
            _("Your role does not include raising concerns in Jigsaw."),
            _("Ring the front door: the number is at the foot of every page."),
        )


def can_screen(actor: Actor, referral: Referral) -> bool:
    """A qualified screener of the agency that received it, or the open case's own worker."""
    theirs = referral.goes_to_id == actor.practitioner_id and actor.may("enquiry.lead")
    return actor.agency_id == referral.to_agency_id and (actor.may("referral.screen") or theirs)


def check_can_screen(actor: Actor, referral: Referral) -> None:
    check_can_read(actor, referral)
    if not can_screen(actor, referral):
        raise Refused(_("Only a qualified screener of the receiving front door can do this."), ASK_YOUR_LEAD)
    people_access.check_not_too_close(actor, referral.persons.values_list("record__person", flat=True))


def works_on_concerns(actor: Actor) -> bool:
    """Those at a front door who screen concerns or lead enquiries."""
    return actor.may("referral.screen") or actor.may("enquiry.lead")


def can_work(actor: Actor, referral: Referral) -> bool:
    """Those of the agency that received it who screen or lead enquiries: they see all of it."""
    return actor.agency_id == referral.to_agency_id and works_on_concerns(actor)


def sent_it(actor: Actor, referral: Referral) -> bool:
    """The agency that sent it: sees what it said, and what it was told."""
    return actor.agency_id == referral.from_agency_id and actor.may("referral.make")


def can_read(actor: Actor, referral: Referral) -> bool:
    """The agency that sent it, and those at the front door who screen or lead enquiries."""
    return sent_it(actor, referral) or can_work(actor, referral)


def check_can_read(actor: Actor, referral: Referral | None) -> None:
    """Raises NotHere with the same words whether there is none or it is not theirs."""
    if referral is None or not can_read(actor, referral):
        raise _none_here()


def check_can_work(actor: Actor, referral: Referral) -> None:
    """The sender's side is not the front door's: ratings and matches are for those who work on it."""
    if not can_work(actor, referral):
        raise _none_here()


def check_sent_it(actor: Actor, referral: Referral) -> None:
    if not sent_it(actor, referral):
        raise _none_here()


def _none_here() -> NotHere:
    return NotHere(
        _("There is no such referral for your agency."),
        _("Check the reference. If you have a concern about a child, raise it now."),
    )


def check_works_on_concerns(actor: Actor) -> None:
    if not works_on_concerns(actor):
        raise Refused(_("Concerns are read by those who screen them or lead enquiries."), ASK_YOUR_LEAD)


def can_be_told(actor: Actor) -> bool:
    """Whoever may help, by raising a concern or answering a request, may read what came of it."""
    return actor.may("referral.make") or actor.may("request.answer")


def check_can_be_told(actor: Actor) -> None:
    if not (can_be_told(actor) or works_on_concerns(actor)):
        raise Refused(_("Feedback is for those who raise concerns or answer requests."), ASK_YOUR_LEAD)
