"""Tables of enquiries: what is being looked into, for whom, and what was decided."""

from django.db import models

from jigsaw.hub.enquiries.states import EnquiryState
from jigsaw.hub.kit import fields
from jigsaw.hub.kit.ids import uuid7


class Enquiry(models.Model):
    """A concern being looked into by one lead agency, under a stated legal purpose."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    reference = fields.CharField(max_length=20, unique=True)
    referral = models.OneToOneField("referrals.Referral", on_delete=models.PROTECT, related_name="enquiry")
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    lead = models.ForeignKey("agencies.Practitioner", on_delete=models.PROTECT, related_name="+")
    purpose = fields.CharField(max_length=60)
    state = fields.CharField(max_length=12, choices=EnquiryState.choices)
    opened_by = models.ForeignKey("agencies.Practitioner", on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["agency", "state"], name="enquiry_by_agency")]


class EnquirySubject(models.Model):
    """A child the enquiry is about, or someone who matters to them."""

    id = models.BigAutoField(primary_key=True)
    enquiry = models.ForeignKey(Enquiry, on_delete=models.CASCADE, related_name="subjects")
    record = models.ForeignKey("people.PersonRecord", on_delete=models.PROTECT, related_name="+")
    child = models.BooleanField()

    class Meta:
        ordering = ["-child", "id"]
        constraints = [models.UniqueConstraint(fields=["enquiry", "record"], name="subject_once")]


class ThresholdDecision(models.Model):
    """Level of need and outcome; the grounds, who took part and who disagreed are in `decision`."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    enquiry = models.ForeignKey(Enquiry, on_delete=models.PROTECT, related_name="thresholds")
    level = fields.CharField(max_length=20)
    outcome = fields.CharField(max_length=40)
    decision = models.OneToOneField("decisions.Decision", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["decision__decided_at"]
