"""Tables of requests: one question, several agencies, each with its own clock and state."""

from django.db import models
from django.db.models import Q

from jigsaw.hub.information_requests.states import RecipientState
from jigsaw.hub.kit import fields
from jigsaw.hub.kit.ids import uuid7


class InformationRequest(models.Model):
    """What is needed and why, about whom; asked of several agencies in one action."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    enquiry = models.ForeignKey("enquiries.Enquiry", on_delete=models.PROTECT, related_name="requests")
    from_agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey("agencies.Practitioner", on_delete=models.PROTECT, related_name="+")
    purpose = fields.CharField(max_length=60)
    headline = fields.CharField(max_length=200)
    needed = fields.TextField()
    why = fields.TextField()
    rating = fields.CharField(max_length=10)
    sent_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(needed="") & ~Q(why=""), name="a_request_says_what_and_why")
        ]


class RequestSubject(models.Model):
    """About whom: the record by which the asked agency learns who is meant."""

    id = models.BigAutoField(primary_key=True)
    request = models.ForeignKey(InformationRequest, on_delete=models.CASCADE, related_name="subjects")
    record = models.ForeignKey("people.PersonRecord", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["request", "record"], name="asked_about_once")]


class Recipient(models.Model):
    """One agency asked: its clock, who holds it, and how far it is."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    reference = fields.CharField(max_length=20, unique=True)
    request = models.ForeignKey(InformationRequest, on_delete=models.CASCADE, related_name="recipients")
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    # Who asked, written here too: so the database tells by the row alone who may see how far it is.
    from_agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    state = fields.CharField(max_length=10, choices=RecipientState.choices)
    # Asked again with new information: the round goes up, and each round's answer stays.
    round = models.PositiveSmallIntegerField(default=1)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    holder = models.ForeignKey("agencies.Practitioner", null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    escalated_to = models.ForeignKey(
        "agencies.Practitioner", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "agency"], name="asked_once"),
            models.CheckConstraint(
                condition=Q(state="answered") | Q(answered_at=None), name="only_an_answer_has_a_time"
            ),
        ]
        indexes = [
            models.Index(fields=["agency", "state", "due_at"], name="inbox"),
            models.Index(
                fields=["agency", "answered_at"], name="answered_lately", condition=Q(state="answered")
            ),
        ]


class RequestEvent(models.Model):
    """What happened to a request: sent, opened, claimed, handed over, extended, chased, … Never changed."""

    id = models.BigAutoField(primary_key=True)
    recipient = models.ForeignKey(Recipient, on_delete=models.CASCADE, related_name="events")
    kind = fields.CharField(max_length=12)
    by = models.ForeignKey("agencies.Practitioner", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    note = fields.TextField(blank=True)
    due_before = models.DateTimeField(null=True)
    due_after = models.DateTimeField(null=True)

    class Meta:
        ordering = ["at", "id"]
