"""What came of looking at a pattern?"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Outcome(models.TextChoices):
    ACTED = "acted", _("Something was done")
    NOTHING = "nothing", _("Nothing needs to be done")
