"""Tables of plans. A plan hangs on the record that its authority holds, so that unlinking takes it along."""

from django.db import models
from django.db.models import F, Q

from jigsaw.hub.kit import fields
from jigsaw.hub.kit.ids import uuid7
from jigsaw.hub.unscheduled_care.kinds import Closed, PlanKind


class Plan(models.Model):
    """That there is a plan: its kind, dates and authority, and nothing of what it says.

    Both dates are inclusive. For an unborn child the record is the mother's. A row is never changed but to end it:
    a correction is a new row, and the old one says which took its place.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    record = models.ForeignKey("people.PersonRecord", on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    authority = models.ForeignKey("agencies.Authority", on_delete=models.PROTECT, related_name="+")
    kind = fields.CharField(max_length=20, choices=PlanKind.choices)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    expected_on = models.DateField(null=True)
    # Of a file: which system says so, and under what name.
    system = fields.CharField(max_length=40, blank=True)
    source_key = fields.CharField(max_length=200, blank=True)
    recorded_by = models.ForeignKey(
        "agencies.Practitioner", null=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField()
    closed_as = fields.CharField(max_length=10, blank=True, choices=Closed.choices)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        "agencies.Practitioner", null=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = fields.TextField(blank=True)
    replaced_by = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="replaces")

    class Meta:
        ordering = ["-starts_on", "-recorded_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="a_plan_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(closed_as="", closed_at=None, replaced_by=None)
                | (~Q(closed_as="") & Q(closed_at__isnull=False)),
                name="a_plan_is_closed_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(expected_on=None) | Q(kind=PlanKind.UNBORN), name="only_the_unborn_are_expected"
            ),
            models.UniqueConstraint(
                fields=["agency", "system", "source_key"],
                condition=Q(closed_as="") & ~Q(source_key=""),
                name="one_plan_a_source_key",
            ),
        ]
        indexes = [
            models.Index(fields=["record"], condition=Q(closed_as=""), name="plans_that_stand"),
            models.Index(fields=["agency", "-starts_on"], condition=Q(closed_as=""), name="plans_of_agency"),
        ]
