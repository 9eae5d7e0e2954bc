"""Tables of what families ask of an agency, and what it answered."""

from django.db import models
from django.db.models import F, Q

from jigsaw.hub.kit import fields
from jigsaw.hub.kit.ids import uuid7
from jigsaw.hub.rights.kinds import ASKED_AS


class RightsRequest(models.Model):
    """Somebody asks one agency about the information on a person: who, what, by when, and what was decided.

    The answer is kept as it was given; what it was made of stays where it was, unchanged.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    reference = fields.CharField(max_length=20, unique=True)
    kind = fields.CharField(max_length=12)
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    asked_by = fields.CharField(max_length=200)
    asked_as = fields.CharField(max_length=10)
    # How the agency knows that it is they, and that they may ask.
    identity = fields.TextField()
    words = fields.TextField(blank=True)
    # An objection to the sharing itself, not to an entry. What is said of entries stands beside them alone.
    as_such = models.BooleanField(default=False)
    received_on = models.DateField()
    # The day on which it was clear who asks, if later: the month begins with it.
    begins_on = models.DateField()
    due_on = models.DateField()
    extended_at = models.DateTimeField(null=True)
    extended_because = fields.TextField(blank=True)
    noted_by = models.ForeignKey("agencies.Practitioner", on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        "agencies.Practitioner", null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    decided_because = fields.TextField(blank=True)
    # What was told, and for the agency alone what was not.
    given = fields.JSONField(null=True)
    held_back = fields.JSONField(default=list)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(asked_by="") & ~Q(identity=""), name="somebody_known_asks"),
            models.CheckConstraint(condition=Q(asked_as__in=list(ASKED_AS)), name="asked_as_somebody"),
            models.CheckConstraint(
                condition=Q(begins_on__gte=F("received_on"), due_on__gt=F("begins_on")),
                name="a_right_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(extended_at=None, extended_because="")
                | (Q(extended_at__isnull=False) & ~Q(extended_because="")),
                name="more_time_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None, given=None)
                | Q(decided_at__isnull=False, decided_by__isnull=False, given__isnull=False),
                name="nothing_is_given_undecided",
            ),
        ]
        indexes = [models.Index(fields=["agency", "due_on"], name="rights_by_agency")]


class Redaction(models.Model):
    """What somebody decided about leaving something out of a copy: the words proposed, why, and who said yes or no.

    `key` tells the same proposal again; the item stays as it is where it is.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    request = models.ForeignKey(RightsRequest, on_delete=models.CASCADE, related_name="redactions")
    key = fields.CharField(max_length=20)
    item = fields.CharField(max_length=80)
    part = fields.CharField(max_length=40, blank=True)
    words = fields.TextField(blank=True)
    exemption = fields.CharField(max_length=20)
    because = fields.TextField()
    # None: proposed by rule.
    proposed_by = models.ForeignKey(
        "agencies.Practitioner", null=True, on_delete=models.PROTECT, related_name="+"
    )
    take_out = models.BooleanField()
    decided_by = models.ForeignKey("agencies.Practitioner", on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    decided_because = fields.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "key"], name="one_word_on_a_proposal"),
            models.CheckConstraint(condition=~Q(because=""), name="a_redaction_has_a_reason"),
        ]
