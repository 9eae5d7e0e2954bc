"""In which states can an enquiry be, and what leads from one to another?"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.kit.states import Moves


class EnquiryState(models.TextChoices):
    OPEN = "open", _("Open")
    DECIDED = "decided", _("Decided")
    CLOSED = "closed", _("Closed")


S = EnquiryState
MOVES = Moves(
    {
        "ask": ({S.OPEN, S.DECIDED}, None),
        # Answering, chasing and all else that follows once something was asked.
        "follow": ({S.OPEN, S.DECIDED}, None),
        "rate": ({S.OPEN, S.DECIDED}, None),
        "hand_over": ({S.OPEN, S.DECIDED}, None),
        # New information can lead to a new decision until the enquiry is closed.
        "decide": ({S.OPEN, S.DECIDED}, S.DECIDED),
        "close": ({S.DECIDED}, S.CLOSED),
    },
    refused={
        ("close", S.OPEN): _(
            "Record the threshold decision first, so that everyone can hear what was decided."
        ),
        ("ask", S.CLOSED): _("This enquiry is closed. A new concern is a new referral."),
        ("follow", S.CLOSED): _(
            "The enquiry behind this request is closed, so it needs no answer. If you are worried about the "
            "child, raise a concern."
        ),
        ("rate", S.CLOSED): _("This enquiry is closed. A new concern is a new referral."),
        ("hand_over", S.CLOSED): _("This enquiry is closed. A new concern is a new referral."),
        ("decide", S.CLOSED): _("This enquiry is closed. A new concern is a new referral."),
        ("close", S.CLOSED): _("This enquiry is already closed."),
    },
)
