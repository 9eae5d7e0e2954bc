"""The audit log: one row an act or a read, never changed.

A row holds ids and codes only. Words that could name a person (a search text, a reason) stand in
a side table under a salted commitment, so that they can be erased and the log still verifies.
"""

from django.contrib.postgres.indexes import GinIndex
from django.db import models

from jigsaw.hub.kit import fields


class Entry(models.Model):
    """One act or read. `leaf` is the RFC 9162 leaf hash of the row's canonical JSON (RFC 8785)."""

    id = models.BigAutoField(primary_key=True)
    entry = models.UUIDField(unique=True)
    at = models.DateTimeField()
    practitioner = models.UUIDField(null=True)
    agency = models.UUIDField(null=True)
    roles = fields.ArrayField(fields.CharField(max_length=40))
    action = fields.CharField(max_length=60)
    purpose = fields.CharField(max_length=120)
    people = fields.ArrayField(models.UUIDField())
    thing = fields.CharField(max_length=120)
    detail = fields.JSONField()
    commitment = fields.CharField(max_length=64)
    leaf = models.BinaryField()

    class Meta:
        db_table = "audit_entry"
        indexes = [
            GinIndex(fields=["people"], name="audit_by_person", fastupdate=False),
            models.Index(fields=["thing"], name="audit_by_thing"),
            models.Index(fields=["practitioner", "at"], name="audit_by_practitioner"),
        ]


class Words(models.Model):
    """The words behind an entry's commitment: sha256(salt + words)."""

    entry = models.UUIDField(primary_key=True)
    salt = models.BinaryField()
    words = fields.TextField()

    class Meta:
        db_table = "audit_words"
