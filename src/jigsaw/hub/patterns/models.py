"""Tables of patterns that were found, and of the records that each points at."""

from django.db import models
from django.db.models import Q

from jigsaw.hub.kit import fields
from jigsaw.hub.kit.ids import uuid7
from jigsaw.hub.patterns.kinds import Outcome


class Pattern(models.Model):
    """What one agency was told of a child: the rule in the words that held that day, and since when."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    reference = fields.CharField(max_length=20, unique=True)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    rule = fields.CharField(max_length=40)
    name = fields.CharField(max_length=120)
    words = fields.TextField()
    source = fields.TextField()
    since = models.DateField()
    until = models.DateField()
    # Every record that was ever told of with it, by key: of the same ones nobody is told again.
    points_at = fields.ArrayField(fields.CharField(max_length=60))
    found_at = models.DateTimeField()
    # Who was told, and as what: the one who works with the child, or the agency's named person.
    told = models.ForeignKey("agencies.Practitioner", on_delete=models.PROTECT, related_name="+")
    works_with_child = models.BooleanField()
    # There no more, or a larger one took its place.
    ended_at = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(null=True)
    looked_by = models.ForeignKey(
        "agencies.Practitioner", null=True, on_delete=models.PROTECT, related_name="+"
    )
    outcome = fields.CharField(max_length=8, choices=Outcome.choices, blank=True)
    what_was_done = fields.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "agency", "rule"], condition=Q(ended_at=None), name="one_standing_pattern"
            ),
            models.CheckConstraint(
                condition=Q(looked_at=None, outcome="", what_was_done="")
                | (Q(looked_at__isnull=False) & ~Q(outcome="") & ~Q(what_was_done="")),
                name="whoever_looked_says_what_came_of_it",
            ),
        ]
        indexes = [
            models.Index(fields=["agency", "person"], condition=Q(ended_at=None), name="patterns_that_stand"),
            models.Index(fields=["found_at"], name="patterns_by_day"),
        ]


class Pointed(models.Model):
    """One record that a pattern points at now: an entry, a concern or an alert; or that the case is open."""

    id = models.BigAutoField(primary_key=True)
    pattern = models.ForeignKey(Pattern, on_delete=models.CASCADE, related_name="pointed")
    kind = fields.CharField(max_length=40)
    on = models.DateField()
    # By which its page is opened, if it has one.
    reference = fields.CharField(max_length=20, blank=True)
    entry = models.ForeignKey("chronology.Entry", null=True, on_delete=models.PROTECT, related_name="+")
    referral = models.ForeignKey("referrals.Referral", null=True, on_delete=models.PROTECT, related_name="+")
    alert = models.ForeignKey("unscheduled_care.Alert", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(entry__isnull=False, referral=None, alert=None)
                | Q(entry=None, referral__isnull=False, alert=None)
                | Q(entry=None, referral=None, alert__isnull=False)
                | Q(entry=None, referral=None, alert=None, kind="open_case"),
                name="a_pattern_points_at_one_thing_each",
            ),
        ]


class Look(models.Model):
    """On which day a child with an open case was last looked at for what time alone completes."""

    person = models.OneToOneField(
        "people.Person", primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    on = models.DateField()
