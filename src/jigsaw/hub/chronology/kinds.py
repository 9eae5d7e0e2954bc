"""How is something known? Fact, opinion, hearsay and the child's own words are never mixed."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class HowKnown(models.TextChoices):
    FACT = "fact", _("Fact")
    OPINION = "opinion", _("Professional opinion")
    REPORTED = "reported", _("Reported by others")
    CHILD = "child", _("Child’s own words")


class FamilySays(models.TextChoices):
    """What became of a family's words about an entry: its agency decides, within a month."""

    OPEN = "open", _("To be decided")
    STANDS = "stands", _("The agency stands by what it wrote")
    STOPPED = "stopped", _("The agency has stopped sharing it")
    CORRECTED = "corrected", _("Put right")


class TakenOffBecause(models.TextChoices):
    """Why a document should not be there."""

    WRONG_CHILD = "wrong_child", _("It is about somebody else")
    WRONG_FILE = "wrong_file", _("It is the wrong file, or a newer one takes its place")
    NOT_TO_BE_KEPT = "not_to_be_kept", _("We should not keep it here")
