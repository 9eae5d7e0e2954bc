"""In which states can a referral be, and what leads from one to another?"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.kit.states import Moves


class ReferralState(models.TextChoices):
    RECEIVED = "received", _("Received")
    SCREENING = "screening", _("Being screened")
    ENQUIRY = "enquiry", _("Enquiry opened")
    CLOSED = "closed", _("Closed with advice")


S = ReferralState
MOVES = Moves(
    {
        "rate": ({S.RECEIVED, S.SCREENING}, S.SCREENING),
        "open_enquiry": ({S.SCREENING}, S.ENQUIRY),
        "close": ({S.SCREENING}, S.CLOSED),
    },
    refused={
        ("open_enquiry", S.RECEIVED): _("Give the referral a rating first, so that its clock is set."),
        ("close", S.RECEIVED): _("Give the referral a rating first, so that its clock is set."),
        ("rate", S.CLOSED): _("This referral is closed. A new concern is a new referral."),
        ("open_enquiry", S.CLOSED): _("This referral is closed. A new concern is a new referral."),
        ("close", S.CLOSED): _("This referral is already closed."),
        ("rate", S.ENQUIRY): _("The enquiry is open: change the rating there."),
        ("open_enquiry", S.ENQUIRY): _("An enquiry is already open for this referral."),
        ("close", S.ENQUIRY): _("An enquiry is open: decide it before you close."),
    },
)
