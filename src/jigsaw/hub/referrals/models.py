"""Tables of concerns that come in, their screening, and the feedback that goes back."""

from django.db import models
from django.db.models import Q

from jigsaw.hub.chronology.kinds import HowKnown
from jigsaw.hub.kit import fields
from jigsaw.hub.kit.ids import uuid7
from jigsaw.hub.referrals.states import ReferralState

CHILDREN = ("child", "unborn")
"""The parts of those a concern is for."""


class Referral(models.Model):
    """A concern about a child, with the minimum data of Working Together practice (E5)."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    reference = fields.CharField(max_length=20, unique=True)
    authority = models.ForeignKey("agencies.Authority", on_delete=models.PROTECT)
    to_agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    from_agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey("agencies.Practitioner", on_delete=models.PROTECT, related_name="+")
    # A member of the public speaks through a call-taker; a professional for themselves.
    caller = fields.CharField(max_length=20)
    caller_name = fields.CharField(max_length=120, blank=True)
    caller_contact = fields.CharField(max_length=160, blank=True)
    anonymity_asked = models.BooleanField(default=False)
    wants = fields.CharField(max_length=10)
    concern = fields.TextField()
    arose = fields.TextField(blank=True)
    arose_on = models.DateField(null=True)
    child_now = fields.TextField(blank=True)
    immediate_action = fields.TextField(blank=True)
    past_events = fields.TextField(blank=True)
    alleged_harm_by = fields.TextField(blank=True)
    agencies_involved = fields.TextField(blank=True)
    strengths = fields.TextField(blank=True)
    parents_know = fields.CharField(max_length=12)
    parents_know_why = fields.TextField(blank=True)
    received_at = models.DateTimeField()
    hear_by = models.DateTimeField()
    state = fields.CharField(max_length=12, choices=ReferralState.choices)
    # A known child with an open case: the contact goes to their worker, and says so.
    goes_to = models.ForeignKey(
        "agencies.Practitioner", null=True, on_delete=models.PROTECT, related_name="+"
    )
    closing = models.OneToOneField(
        "decisions.Decision", null=True, on_delete=models.PROTECT, related_name="+"
    )
    acknowledged_at = models.DateTimeField(null=True)
    # What was advised when it was closed without an enquiry, whoever may be told it.
    advice = fields.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(wants__in=["act", "tell", "record"]), name="what_the_sender_wants"
            ),
            models.CheckConstraint(
                condition=~Q(parents_know="not_told") | ~Q(parents_know_why=""), name="not_told_says_why"
            ),
        ]
        indexes = [models.Index(fields=["to_agency", "state", "received_at"], name="screening_queue")]


class ReferralPerson(models.Model):
    """Someone named in the referral: the child or unborn child, parents, household, others."""

    id = models.BigAutoField(primary_key=True)
    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="persons")
    record = models.OneToOneField("people.PersonRecord", on_delete=models.PROTECT, related_name="+")
    part = fields.CharField(max_length=12)
    relationship = fields.CharField(max_length=80, blank=True)
    # The child's own words, in a field of their own.
    child_words = fields.TextField(blank=True)

    class Meta:
        ordering = ["id"]

    @property
    def is_child(self) -> bool:
        """Is it a child, or an unborn one, whom the concern is for?"""
        return self.part in CHILDREN


class Statement(models.Model):
    """One thing said in a referral, marked fact, opinion or reported by others."""

    id = models.BigAutoField(primary_key=True)
    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="statements")
    how_known = fields.CharField(max_length=10, choices=HowKnown.choices)
    text = fields.TextField()
    source = fields.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["id"]


class Rating(models.Model):
    """A rating given or changed, always with a reason; the newest one counts."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="ratings")
    code = fields.CharField(max_length=10)
    reason = fields.TextField()
    given_by = models.ForeignKey("agencies.Practitioner", on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    due_at = models.DateTimeField()

    class Meta:
        ordering = ["given_at", "id"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="a_rating_has_a_reason")]


class Feedback(models.Model):
    """What someone who helped is owed, and in time was told."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="feedback")
    audience = fields.CharField(max_length=20)
    to_agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    to_practitioner = models.ForeignKey(
        "agencies.Practitioner", null=True, on_delete=models.PROTECT, related_name="+"
    )
    about = fields.CharField(max_length=20)
    due_at = models.DateTimeField()
    given_at = models.DateTimeField(null=True)
    given_by = models.ForeignKey(
        "agencies.Practitioner", null=True, on_delete=models.PROTECT, related_name="+"
    )
    relevant = fields.CharField(max_length=10, blank=True)
    recorded_where = fields.CharField(max_length=200, blank=True)
    what_was_done = fields.TextField(blank=True)
    more_needed = fields.TextField(blank=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["referral", "to_agency", "audience", "about"], name="owed_once")
        ]
        indexes = [models.Index(fields=["to_agency", "given_at"], name="feedback_by_agency")]
