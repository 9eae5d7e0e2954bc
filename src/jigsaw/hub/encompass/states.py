"""In which states can a notice to a school be, and what leads from one to another?"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.kit.states import Moves


class NoticeState(models.TextChoices):
    SENT = "sent", _("Sent")
    OPENED = "opened", _("Opened")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")


class Present(models.TextChoices):
    SAW = "saw", _("Yes: saw or heard it")
    THERE = "there", _("Yes: in the house")
    NO = "no", _("No")
    UNKNOWN = "unknown", _("Not known")


S = NoticeState
MOVES = Moves(
    {"open": ({S.SENT, S.OPENED}, S.OPENED), "acknowledge": ({S.SENT, S.OPENED}, S.ACKNOWLEDGED)},
    refused={
        ("open", S.ACKNOWLEDGED): _("This notice has been acknowledged. Read it as often as you need."),
        ("acknowledge", S.ACKNOWLEDGED): _("This notice has already been acknowledged."),
    },
)
