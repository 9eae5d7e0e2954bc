"""Tables of wrong links undone: what was taken back, who saw it, and what was written meanwhile."""

from django.db import models

from jigsaw.hub.kit import fields
from jigsaw.hub.kit.ids import uuid7


class Correction(models.Model):
    """Two persons who stood as one from `since` until `made_at`, and what was taken back when they parted."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    reference = fields.CharField(max_length=20, unique=True)
    stayed = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    came = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    # None: from before Jigsaw noted whom a record left.
    since = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        "agencies.Practitioner", null=True, on_delete=models.PROTECT, related_name="+"
    )
    releases_ended = models.IntegerField(default=0)
    grants_ended = models.IntegerField(default=0)
    concerns_routed = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(stayed=models.F("came")), name="two_persons_parted"),
            models.CheckConstraint(
                condition=models.Q(since=None) | models.Q(since__lte=models.F("made_at")),
                name="joined_then_parted",
            ),
        ]


class Told(models.Model):
    """A practitioner who saw the two as one, or whose work rested on it, and is told."""

    id = models.BigAutoField(primary_key=True)
    correction = models.ForeignKey(Correction, on_delete=models.CASCADE, related_name="told")
    practitioner = models.ForeignKey("agencies.Practitioner", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["correction", "practitioner"], name="told_of_it_once")]


class WrittenMeanwhile(models.Model):
    """An entry that an agency wrote while it saw the two as one: of which of them, only the agency can say."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    correction = models.ForeignKey(Correction, on_delete=models.CASCADE, related_name="written")
    entry = models.ForeignKey("chronology.Entry", on_delete=models.CASCADE, related_name="+")
    # The record it hangs on; it stays there until somebody says otherwise.
    record = models.ForeignKey("people.PersonRecord", on_delete=models.PROTECT, related_name="+")
    said_by = models.ForeignKey(
        "agencies.Practitioner", null=True, on_delete=models.PROTECT, related_name="+"
    )
    said_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["correction", "entry", "record"], name="asked_of_an_entry_once")
        ]
