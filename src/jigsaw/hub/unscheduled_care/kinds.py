"""Which kinds of plan are there? The codes are those of `jigsaw.formats.plan_episodes`."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class PlanKind(TextChoices):
    """Source: DCB1609 (child protection information sharing), v2.0.0: the three kinds that a setting may see."""

    CHILD_PROTECTION = "child_protection", _("Child protection plan")
    LOOKED_AFTER = "looked_after", _("Looked after child")
    UNBORN = "unborn", _("Unborn child with a child protection plan")


class Closed(TextChoices):
    """Why a row no longer stands. What it said stays readable for the authority."""

    CORRECTED = "corrected", _("Corrected")
    BORN = "born", _("Moved to the baby at birth")
    WITHDRAWN = "withdrawn", _("Withdrawn: it was never so")
