"""In which states can an alert to an authority be, and what leads from one to another?"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.kit.states import Moves


class AlertState(TextChoices):
    SENT = "sent", _("Sent")
    RECEIVED = "received", _("Received")
    OPENED = "opened", _("Opened")
    ACTED_ON = "acted_on", _("Acted on")
    CANCELLED = "cancelled", _("Taken back by the setting")


S = AlertState
_TAKEN_BACK = _("The setting has taken this back: the child was not there. Nothing needs to be done.")
_DONE = _("Somebody has acted on this already. What was done stands on its page.")
MOVES = Moves(
    {
        # It stood in somebody's list; a page was opened; something was done.
        "receive": ({S.SENT, S.RECEIVED}, S.RECEIVED),
        "open": ({S.SENT, S.RECEIVED, S.OPENED}, S.OPENED),
        "act": ({S.SENT, S.RECEIVED, S.OPENED}, S.ACTED_ON),
        "cancel": ({S.SENT, S.RECEIVED, S.OPENED, S.ACTED_ON}, S.CANCELLED),
    },
    refused={
        ("receive", S.OPENED): _("Somebody has opened this already."),
        ("receive", S.ACTED_ON): _DONE,
        ("receive", S.CANCELLED): _TAKEN_BACK,
        ("open", S.ACTED_ON): _DONE,
        ("open", S.CANCELLED): _TAKEN_BACK,
        ("act", S.ACTED_ON): _DONE,
        ("act", S.CANCELLED): _TAKEN_BACK,
        ("cancel", S.CANCELLED): _TAKEN_BACK,
    },
)
