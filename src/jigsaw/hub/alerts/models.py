"""Tables of what someone must know now."""

from django.db import models
from django.utils.translation import gettext_lazy as _

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


class ReminderWish(models.Model):
    """How somebody wishes to be told by e-mail that something waits. Whoever never said is told each morning."""

    class How(models.TextChoices):
        MORNING = "morning", _("Each morning, if there is anything new")
        AT_ONCE = "at_once", _("Each morning, and at once where something cannot wait")
        NEVER = "never", _("Not by e-mail")

    practitioner = models.OneToOneField(
        "agencies.Practitioner", primary_key=True, on_delete=models.PROTECT, related_name="+"
    )
    how = fields.CharField(max_length=10, choices=How.choices)


class Reminder(models.Model):
    """One e-mail that says that something waits: to whom, and what became of it. Never what, or about whom."""

    class Kind(models.TextChoices):
        MORNING = "morning", _("In the morning")
        AT_ONCE = "at_once", _("At once")

    class Dropped(models.TextChoices):
        READ = "read", _("They have read it all meanwhile")
        LEFT = "left", _("They have left")
        NOT_TAKEN = "not_taken", _("No server took it for a day")

    id = models.UUIDField(primary_key=True, default=uuid7)
    to_practitioner = models.ForeignKey("agencies.Practitioner", on_delete=models.PROTECT, related_name="+")
    kind = fields.CharField(max_length=10, choices=Kind.choices)
    # The day in England, and the newest notice it tells of: of what came before it nobody is reminded again.
    day = models.DateField()
    up_to = models.DateTimeField()
    at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    dropped_as = fields.CharField(max_length=10, choices=Dropped.choices, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["to_practitioner", "up_to"], name="reminded_once_of_a_notice"),
            models.UniqueConstraint(
                fields=["to_practitioner", "day"],
                condition=models.Q(kind="morning"),
                name="one_reminder_a_morning",
            ),
            models.CheckConstraint(
                condition=models.Q(sent_at=None) | models.Q(dropped_as=""), name="reminded_or_dropped"
            ),
        ]
        indexes = [
            models.Index(
                fields=["at"], condition=models.Q(sent_at=None, dropped_as=""), name="reminders_to_send"
            )
        ]
