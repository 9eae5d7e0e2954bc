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
