"""Tables of notices of domestic abuse: what the police told, to whom, and what became of it there."""

from django.db import models
from django.db.models import Q

from jigsaw.hub.encompass.states import NoticeState, Present
from jigsaw.hub.kit import fields
from jigsaw.hub.kit.ids import uuid7


class Notice(models.Model):
    """One child, one incident, as SI 2025/1168 asks for it to be told. It is never changed."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    reference = fields.CharField(max_length=20, unique=True)
    from_agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    raised_by = models.ForeignKey("agencies.Practitioner", on_delete=models.PROTECT, related_name="+")
    authority = models.ForeignKey("agencies.Authority", on_delete=models.PROTECT, related_name="+")
    # The police's own record of the child, and the child as they were told of.
    record = models.ForeignKey("people.PersonRecord", on_delete=models.PROTECT, related_name="+")
    given = fields.CharField(max_length=120)
    family = fields.CharField(max_length=120)
    born = models.DateField()
    police_reference = fields.CharField(max_length=60)
    happened_at = models.DateTimeField()
    place = fields.CharField(max_length=200)
    present = fields.CharField(max_length=8, choices=Present.choices)
    child_words = fields.TextField(blank=True)
    circumstances = fields.TextField()
    sent_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(circumstances=""), name="a_notice_says_what_happened"),
            models.CheckConstraint(
                condition=Q(happened_at__lte=models.F("sent_at")), name="told_after_it_happened"
            ),
        ]
        indexes = [models.Index(fields=["from_agency", "-sent_at"], name="notices_of_police")]


class Delivery(models.Model):
    """A notice to one agency: the school, or the authority where the school is not known or long closed."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="deliveries")
    to_agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    # The police's agency, written here too: so the database tells who may read it by the row alone.
    from_agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    # Why it went there: school, unknown (the school is not known) or closed (it opens only after long).
    why = fields.CharField(max_length=8)
    # What the sharing rules and agreements said, with all their words.
    verdict = fields.JSONField()
    # No agreement covers it, and it went because the law leaves no choice (decision 37).
    by_duty_alone = models.BooleanField(default=False)
    # The start of the next school day; none where there is no school day within a year.
    due_at = models.DateTimeField(null=True)
    state = fields.CharField(max_length=12, choices=NoticeState.choices, default=NoticeState.SENT)
    opened_at = models.DateTimeField(null=True)
    opened_by = models.ForeignKey(
        "agencies.Practitioner", null=True, on_delete=models.PROTECT, related_name="+"
    )
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(
        "agencies.Practitioner", null=True, on_delete=models.PROTECT, related_name="+"
    )
    what_is_done = fields.TextField(blank=True)
    escalated_at = models.DateTimeField(null=True)
    escalated_to = models.ForeignKey(
        "agencies.Practitioner", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice", "to_agency"], name="an_agency_is_told_once"),
            models.CheckConstraint(
                condition=Q(why__in=["school", "unknown", "closed"]), name="why_it_went_there"
            ),
            models.CheckConstraint(
                condition=~Q(state="acknowledged")
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="somebody_acknowledged",
            ),
        ]
        indexes = [
            models.Index(fields=["to_agency"], name="notices_received"),
            models.Index(
                fields=["due_at"], condition=Q(state="sent", escalated_at=None), name="notices_to_escalate"
            ),
        ]
