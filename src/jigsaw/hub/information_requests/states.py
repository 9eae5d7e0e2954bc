"""In which states can an asked agency be, and what leads from one to another?"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.kit.states import Moves


class RecipientState(models.TextChoices):
    SENT = "sent", _("Sent")
    OPENED = "opened", _("Opened")
    CLAIMED = "claimed", _("Claimed")
    ANSWERED = "answered", _("Answered")


S = RecipientState
WAITING = {S.SENT, S.OPENED, S.CLAIMED}
MOVES = Moves(
    {
        "open": ({S.SENT}, S.OPENED),
        "claim": ({S.SENT, S.OPENED, S.CLAIMED}, S.CLAIMED),
        "hand_over": ({S.SENT, S.OPENED, S.CLAIMED}, S.CLAIMED),
        "extend": (WAITING, None),
        "chase": (WAITING, None),
        "escalate": (WAITING, None),
        "answer": (WAITING, S.ANSWERED),
        "ask_again": ({S.ANSWERED}, S.SENT),
        "look_again": ({S.ANSWERED}, S.CLAIMED),
    },
    refused={
        ("open", S.OPENED): _("This request has been opened already."),
        ("open", S.CLAIMED): _("This request has been opened already."),
        ("open", S.ANSWERED): _("This request has been answered."),
        ("claim", S.ANSWERED): _("This request has been answered."),
        ("hand_over", S.ANSWERED): _("This request has been answered."),
        ("extend", S.ANSWERED): _("This request has been answered."),
        ("chase", S.ANSWERED): _("This request has been answered."),
        ("escalate", S.ANSWERED): _("This request has been answered."),
        ("answer", S.ANSWERED): _("This request has been answered."),
        ("look_again", S.SENT): _("This request waits for your answer: decide there."),
        ("look_again", S.OPENED): _("This request waits for your answer: decide there."),
        ("look_again", S.CLAIMED): _("This request waits for your answer: decide there."),
        ("ask_again", S.SENT): _("Wait for the answer before you ask again, or chase it."),
        ("ask_again", S.OPENED): _("Wait for the answer before you ask again, or chase it."),
        ("ask_again", S.CLAIMED): _("Wait for the answer before you ask again, or chase it."),
    },
)
