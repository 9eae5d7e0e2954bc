"""What can be asked for, what can be answered, and why was there no answer? In words, with the next step."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Purpose(models.TextChoices):
    """Why another hub is asked. It travels with the question and is written down in both hubs."""

    SCREENING = "screening", _("To decide what to do about a concern")
    ENQUIRY = "enquiry", _("An enquiry under section 47 or section 17 of the Children Act 1989")
    MISSING = "missing", _("The child is missing, or missing from education")
    MOVED = "moved", _("The child has moved here, or is thought to have moved there")


class Answer(models.TextChoices):
    """The answer as whoever asked reads it. What to do next stands beside it, with the telephone to ring."""

    YES = "yes", _("They may know this child")
    ASK = "ask", _("They cannot tell: somebody there must look")
    NO = "no", _("Nothing they can tell")


class Why(models.TextChoices):
    """Why a question has no answer."""

    NOT_REACHED = "not_reached", _("Their hub could not be reached.")
    NOT_ACCEPTED = "not_accepted", _("Their hub did not accept our letter.")
    NOT_UNDERSTOOD = "not_understood", _("The two hubs did not understand each other.")
    CLOCK = "clock", _("The clocks of the two hubs are too far apart.")
    REPLAYED = "replayed", _("Their hub had this letter before.")
    EPOCH = "epoch", _("The keys of the two hubs are being changed.")
    HUB_LIMIT = "hub_limit", _("Our hub has asked theirs as often as was agreed for one day.")
    PRACTITIONER_LIMIT = "practitioner_limit", _("You have asked them as often as was agreed for one day.")
    MASK_LIMIT = "mask_limit", _("Their hub was sent more than was agreed for one key.")
    LOST = "lost", _("No answer came.")
