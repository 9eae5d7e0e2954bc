"""How is something known? Fact, opinion, hearsay and the child's own words are never mixed."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class HowKnown(models.TextChoices):
    FACT = "fact", _("Fact")
    OPINION = "opinion", _("Professional opinion")
    REPORTED = "reported", _("Reported by others")
    CHILD = "child", _("Child’s own words")
