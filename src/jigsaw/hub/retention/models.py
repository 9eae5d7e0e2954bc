"""Tables of what is due to be disposed of, what is held back from it, and what was disposed of."""

from django.db import models
from django.db.models import F, Q

from jigsaw.hub.agreements.retention import WHAT
from jigsaw.hub.kit import fields
from jigsaw.hub.kit.ids import uuid7
from jigsaw.hub.retention.kinds import HOLD_REASONS


class DueItem(models.Model):
    """One thing that an agency holds whose time is over: proposed to the agency, which decides."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    what = fields.CharField(max_length=10)
    thing = models.UUIDField()
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    # Whom it is about, so that nobody too close sees it.
    people = fields.ArrayField(models.UUIDField())
    rule = fields.CharField(max_length=60)
    rule_name = fields.CharField(max_length=200)
    source = fields.TextField()
    # Identifier and version, where the rule comes from an agreement.
    agreement = fields.CharField(max_length=120, blank=True)
    due_on = models.DateField()
    found_at = models.DateTimeField()
    # What the proof of a disposal is salted with: it goes with the words.
    salt = models.BinaryField()
    kept_until = models.DateField(null=True)
    kept_because = fields.TextField(blank=True)
    kept_by = models.ForeignKey(
        "agencies.Practitioner", null=True, on_delete=models.PROTECT, related_name="+"
    )
    kept_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["what", "thing"], name="proposed_once_to_be_disposed_of"),
            models.CheckConstraint(condition=Q(what__in=WHAT), name="something_that_is_kept"),
            models.CheckConstraint(
                condition=Q(kept_until=None, kept_because="", kept_by=None, kept_at=None)
                | (
                    Q(kept_until__isnull=False, kept_by__isnull=False, kept_at__isnull=False)
                    & ~Q(kept_because="")
                ),
                name="kept_longer_for_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["agency", "due_on"], name="due_by_agency")]


class Hold(models.Model):
    """Nothing about this person, of this enquiry or of this agency is disposed of until somebody else releases it."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    reference = fields.CharField(max_length=20, unique=True)
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    enquiry = models.ForeignKey("enquiries.Enquiry", null=True, on_delete=models.PROTECT, related_name="+")
    why = fields.CharField(max_length=20)
    because = fields.TextField()
    placed_by = models.ForeignKey("agencies.Practitioner", on_delete=models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    released_by = models.ForeignKey(
        "agencies.Practitioner", null=True, on_delete=models.PROTECT, related_name="+"
    )
    released_at = models.DateTimeField(null=True)
    released_because = fields.TextField(blank=True)

    @property
    def why_words(self) -> str:
        return str(HOLD_REASONS[self.why])

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(because=""), name="a_hold_has_a_reason"),
            models.CheckConstraint(condition=Q(why__in=list(HOLD_REASONS)), name="a_hold_is_for_something"),
            models.CheckConstraint(condition=Q(person=None) | Q(enquiry=None), name="a_hold_is_on_one_thing"),
            models.CheckConstraint(
                condition=Q(released_at=None, released_by=None, released_because="")
                | (Q(released_at__isnull=False, released_by__isnull=False) & ~Q(released_because="")),
                name="a_release_of_a_hold_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(released_by=None) | ~Q(released_by=F("placed_by")),
                name="somebody_else_releases_a_hold",
            ),
        ]
        indexes = [
            models.Index(fields=["person"], condition=Q(released_at=None), name="holds_on_a_person"),
        ]


class Disposal(models.Model):
    """Something was disposed of: what kind of thing, how many rows, under which rule, by whom, and the proof.

    Ids, codes and counts only. `proof` is the SHA-256 of the canonical JSON of what it was, with a salt that went with it;
    `entry` is the log's line of it, which says the same. Never changed.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    reference = fields.CharField(max_length=20, unique=True)
    what = fields.CharField(max_length=10)
    thing = models.UUIDField()
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    rule = fields.CharField(max_length=60)
    rule_name = fields.CharField(max_length=200)
    source = fields.TextField()
    agreement = fields.CharField(max_length=120, blank=True)
    due_on = models.DateField()
    # Nobody: the schedule says that nobody is asked.
    decided_by = models.ForeignKey(
        "agencies.Practitioner", null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField()
    rows = fields.JSONField()
    proof = fields.CharField(max_length=64)
    entry = models.UUIDField()
    # After a restore from an older backup it was done again.
    again_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["what", "thing"], name="disposed_of_once"),
            models.CheckConstraint(
                condition=Q(proof__regex="^[0-9a-f]{64}$"), name="a_disposal_has_its_proof"
            ),
        ]
        indexes = [models.Index(fields=["agency", "-decided_at"], name="disposals_by_agency")]


class LookedForDue(models.Model):
    """On which day it was last looked for what is due, and how much there was: once a day is enough."""

    day = models.DateField(primary_key=True)
    found = models.IntegerField()
