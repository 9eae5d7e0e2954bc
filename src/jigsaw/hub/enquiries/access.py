"""Who may lead, read and decide an enquiry?"""

from django.utils.translation import gettext_lazy as _

from jigsaw.hub.enquiries.models import Enquiry
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import NotHere, Refused
from jigsaw.hub.people import access as people_access

ASK_YOUR_LEAD = _("Ask the lead of the enquiry, or your manager.")


def can_lead(actor: Actor, enquiry: Enquiry) -> bool:
    """Practitioners of the lead agency whose role includes leading enquiries."""
    return actor.agency_id == enquiry.agency_id and actor.may("enquiry.lead")


def check_can_read(actor: Actor, enquiry: Enquiry | None) -> None:
    """Raises NotHere with the same words whether there is none or it is not theirs; Refused to someone too
    close to any of its subjects."""
    if enquiry is None or not can_lead(actor, enquiry):
        raise NotHere(
            _("There is no such enquiry for your agency."),
            _("If you were asked for information, open the request in your inbox."),
        )
    people_access.check_not_too_close(actor, enquiry.subjects.values_list("record__person", flat=True))


def check_can_lead_at_all(actor: Actor) -> None:
    """Raises Refused if no role of theirs includes leading enquiries."""
    if not actor.may("enquiry.lead"):
        raise Refused(_("Your role does not include leading enquiries."), ASK_YOUR_LEAD)


def can_decide(actor: Actor, enquiry: Enquiry) -> bool:
    return can_lead(actor, enquiry) and actor.may("threshold.decide")


def check_can_decide(actor: Actor, enquiry: Enquiry) -> None:
    check_can_read(actor, enquiry)
    if not can_decide(actor, enquiry):
        raise Refused(_("Your role does not include deciding what happens next."), ASK_YOUR_LEAD)
