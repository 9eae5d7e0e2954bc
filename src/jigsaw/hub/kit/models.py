"""Tables of the ground floor."""

from django.db import models

from jigsaw.hub.kit import fields
from jigsaw.hub.kit.ids import uuid7


class Draft(models.Model):
    """Words not yet sent: encrypted, bound to one practitioner, expiring. Never kept in the browser."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    owner = models.UUIDField()
    about = fields.CharField(max_length=120)
    sealed = models.BinaryField()
    saved_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "about"], name="one_draft_a_form")]


class Submission(models.Model):
    """One pressed button has one effect: a form's token, spent with the act it caused."""

    token = models.UUIDField(primary_key=True)
    owner = models.UUIDField()
    outcome = fields.CharField(max_length=200)
    at = models.DateTimeField()


class OutboxMessage(models.Model):
    """Something a higher floor or the outside must hear of, written with the act that caused it."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    topic = fields.CharField(max_length=60)
    payload = fields.JSONField()
    created_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True)
    # When handling it last failed: it waits behind those not tried yet.
    tried_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["topic", "created_at"], condition=models.Q(handled_at=None), name="outbox_open"
            )
        ]
