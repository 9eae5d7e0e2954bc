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


class Epoch(models.Model):
    """Since when the log is that of a restored database. The first has no row: it was not restored."""

    number = models.IntegerField(primary_key=True)
    at = models.DateTimeField()
    size = models.BigIntegerField()
    """How many entries had a place when it was restored."""

    class Meta:
        db_table = "audit_epoch"


class Key(models.Model):
    """A public key that heads are signed with. The latest is in use; earlier ones stay for what they signed.

    `handover` is a note by the key before, naming this one; empty for the first, and where the one before was lost.
    """

    public = models.BinaryField()
    at = models.DateTimeField()
    handover = fields.TextField()

    class Meta:
        db_table = "audit_key"


class Head(models.Model):
    """A signed head: see `notes`. Never changed."""

    epoch = models.IntegerField()
    size = models.BigIntegerField(db_index=True)
    root = models.BinaryField()
    at = models.DateTimeField()
    note = fields.TextField()

    class Meta:
        db_table = "audit_head"


class Alarm(models.Model):
    """Something about the log that a person must look at. Open until it is right again; one of a kind at a time."""

    kind = fields.CharField(max_length=30)
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "audit_alarm"
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], condition=models.Q(ended_at=None), name="one_open_audit_alarm_a_kind"
            )
        ]


class Witnessed(models.Model):
    """One of our heads as another hub returned it, with its signature under it."""

    witness = fields.CharField(max_length=80)
    public = models.BinaryField()
    size = models.BigIntegerField()
    note = fields.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "audit_witnessed"


class Seen(models.Model):
    """A head of another hub's log that we saw, and that fits what we saw of it before."""

    origin = fields.CharField(max_length=80)
    public = models.BinaryField()
    epoch = models.IntegerField()
    size = models.BigIntegerField()
    root = models.BinaryField()
    note = fields.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "audit_seen"
        indexes = [models.Index(fields=["origin", "id"], name="audit_seen_of")]
