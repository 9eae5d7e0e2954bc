"""Tables of what the partnership agreed."""

from django.db import models

from jigsaw.hub.kit import fields
from jigsaw.hub.kit.ids import uuid7


class LocalSetting(models.Model):
    """One agreed setting (ratings and clocks, a ladder of need, …) from a date on, with its source.

    Settings are never changed: a new row with a later date takes over, so that what was due, and
    under which rule, can always be told. A row for an authority goes before one for all.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    kind = fields.CharField(max_length=40)
    authority = models.ForeignKey("agencies.Authority", null=True, blank=True, on_delete=models.PROTECT)
    effective_from = models.DateField()
    source = fields.TextField()
    content = fields.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "authority", "effective_from"], nulls_distinct=False, name="one_setting_a_day"
            )
        ]


class InstrumentCheck(models.Model):
    """What the partnership's administrator found about a law, from a day on. Never changed: a later row takes over."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    code = fields.CharField(max_length=60)
    # The register says this from this day on; what was decided before was decided under what it said then.
    holds_from = models.DateField()
    commenced_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    verified_on = models.DateField()
    source = fields.TextField()
    note = fields.TextField(blank=True)
    checked_by = models.ForeignKey(
        "agencies.Practitioner", null=True, on_delete=models.PROTECT, related_name="+"
    )
    checked_at = models.DateTimeField()

    class Meta:
        ordering = ["-holds_from", "-checked_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(source=""), name="a_law_is_checked_against_something"),
            models.CheckConstraint(
                condition=models.Q(ended_on=None) | models.Q(ended_on__gt=models.F("commenced_on")),
                name="a_law_ends_after_it_begins",
            ),
        ]
        indexes = [models.Index(fields=["code", "-holds_from", "-checked_at"], name="law_as_checked")]

    @property
    def checker(self) -> str:
        """Who checked it, by name; the hub itself on the command line."""
        return self.checked_by.name if self.checked_by else "Jigsaw"
