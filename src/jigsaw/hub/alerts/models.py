"""Tables of what someone must know now."""

from django.db import models

from jigsaw.hub.kit import fields
from jigsaw.hub.kit.ids import uuid7


class Notice(models.Model):
    """One practitioner is told of one thing. References and addresses only: never whom it is about."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    to_practitioner = models.ForeignKey("agencies.Practitioner", on_delete=models.PROTECT, related_name="+")
    topic = fields.CharField(max_length=40)
    # By which people name it aloud, such as Q-7K3M-2QXA.
    reference = fields.CharField(max_length=20)
    # The page to open: the name of its address, and the references or ids in it.
    page = fields.CharField(max_length=40)
    parts = fields.JSONField()
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    # What caused it: the same cause tells the same practitioner once, however often it is delivered.
    key = fields.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["to_practitioner", "key"], name="told_once"),
            models.CheckConstraint(
                condition=models.Q(read_at=None) | models.Q(read_at__gte=models.F("at")),
                name="told_then_read",
            ),
        ]
        indexes = [
            models.Index(
                fields=["to_practitioner", "at"], condition=models.Q(read_at=None), name="notices_unread"
            ),
            models.Index(fields=["to_practitioner", "-at"], name="notices_by_reader"),
        ]
