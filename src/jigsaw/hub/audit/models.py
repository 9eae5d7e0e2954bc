"""The audit log: one row an act or a read, never changed; and the tree over it.

A row holds ids and codes only. Words that could name a person (a search text, a reason) stand in
a side table under a salted commitment, so that they can be erased and the log still verifies.

Two columns of `audit_entry` are the database's own and no field here: `xid`, the transaction that wrote the row, and
`epoch`, which a restore raises (migration 0003). By them the sequencer finds what is to be placed next.
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


class Leaf(models.Model):
    """An entry's place in the tree (from 0), given once it is certain that nothing comes before it any more."""

    place = models.BigIntegerField(primary_key=True)
    entry_id = models.BigIntegerField(unique=True)
    hash = models.BinaryField()

    class Meta:
        db_table = "audit_leaf"


class Subtree(models.Model):
    """The hash of a whole subtree, of every eighth height: 256 leaves, 256 of those, and so on."""

    pk = models.CompositePrimaryKey("height", "index")
    height = models.SmallIntegerField()
    index = models.BigIntegerField()
    hash = models.BinaryField()

    class Meta:
        db_table = "audit_subtree"


class Tree(models.Model):
    """How far the tree has grown: one row, held by whoever places leaves. `origin` names this log for ever."""

    id = models.SmallIntegerField(primary_key=True)
    origin = fields.CharField(max_length=80)
    size = models.BigIntegerField()
    epoch = models.IntegerField()
    after_xid = models.BigIntegerField()
    after_id = models.BigIntegerField()

    class Meta:
        db_table = "audit_tree"
