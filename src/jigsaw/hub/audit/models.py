"""The audit log: one row an act or a read, never changed.

A row holds ids and codes only. Words that could name a person (a search text, a reason) stand in
a side table under a salted commitment, so that they can be erased and the log still verifies.
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models


class Entry(models.Model):
    """One act or read. `leaf` is the RFC 9162 leaf hash of the row's canonical JSON (RFC 8785)."""

    id = models.BigAutoField(primary_key=True)
    entry = models.UUIDField(unique=True)
    at = models.DateTimeField()
    practitioner = models.UUIDField(null=True)
    agency = models.UUIDField(null=True)
    roles = ArrayField(models.CharField(max_length=40))
    action = models.CharField(max_length=60)
    purpose = models.CharField(max_length=120)
    people = ArrayField(models.UUIDField())
    thing = models.CharField(max_length=120)
    detail = models.JSONField()
    commitment = models.CharField(max_length=64)
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
    words = models.TextField()

    class Meta:
        db_table = "audit_words"
