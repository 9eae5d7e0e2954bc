"""Tables of partner hubs: who they are, our keys with them, what we asked, and what we were asked.

A key that is no longer used is deleted, and with it everything filed under it.
"""

from django.db import models
from django.db.models import F, Q

from jigsaw.hub.kit import fields
from jigsaw.hub.kit.ids import uuid7
from jigsaw.hub.partner_hubs.states import Answer, Purpose, Why


class OurHub(models.Model):
    """What other hubs know us by; one row. Name and telephone are the partnership's."""

    only = models.BooleanField(primary_key=True, default=True)
    code = fields.CharField(max_length=30)
    address = fields.CharField(max_length=200)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(only=True), name="only_one_of_our_own")]


class PartnerHub(models.Model):
    """Another hub with which it is agreed that each may ask the other whether it knows a child."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    code = fields.CharField(max_length=30, unique=True)
    name = fields.CharField(max_length=160)
    address = fields.CharField(max_length=200)
    front_door_phone = fields.CharField(max_length=40)
    public_key = models.BinaryField(max_length=32)
    # Off: nothing of theirs is accepted, and nothing is sent to them.
    on = models.BooleanField(default=True)
    yes_at = models.PositiveSmallIntegerField(default=3)
    ask_at = models.PositiveSmallIntegerField(default=2)
    questions_a_day = models.PositiveIntegerField(default=200)
    practitioner_a_day = models.PositiveIntegerField(default=20)
    # How many points of theirs one key of ours masks: what they could try out against our questions.
    masks_a_key = models.PositiveIntegerField(default=3_000_000)
    added_at = models.DateTimeField()
    # When they last did not play their part in filing: nothing is tried again for a while.
    tried_at = models.DateTimeField(null=True)
    # When they last signed a head of our audit log (none: never, and nobody asks them by clock), when they were last
    # asked by clock, and whether they said then that our log does not go on.
    witnessed_at = models.DateTimeField(null=True)
    witness_tried_at = models.DateTimeField(null=True)
    witness_refused = models.BooleanField(default=False)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ask_at__gte=2, yes_at__gte=F("ask_at")), name="no_answer_about_a_single_fact"
            )
        ]


class AskingKey(models.Model):
    """Our secret for asking a partner in one epoch. Ready once they have filed whom they know under it."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    partner = models.ForeignKey(PartnerHub, on_delete=models.CASCADE, related_name="asking_keys")
    epoch = models.PositiveIntegerField()
    sealed = models.BinaryField()
    made_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True)
    masked = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["partner", "epoch"], name="one_asking_key_an_epoch")]


class AnsweringKey(models.Model):
    """Our secret for answering a partner in one epoch of theirs, and how far filing under it has come."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    partner = models.ForeignKey(PartnerHub, on_delete=models.CASCADE, related_name="answering_keys")
    epoch = models.PositiveIntegerField()
    sealed = models.BinaryField()
    made_at = models.DateTimeField()
    # The last person of this round who was looked at; none between rounds.
    cursor = models.UUIDField(null=True)
    round = models.PositiveIntegerField(default=1)
    complete_at = models.DateTimeField(null=True)


class FiledPerson(models.Model):
    """A child who is filed under a key, and from what: nothing is made again while that stays the same."""

    id = models.BigAutoField(primary_key=True)
    key = models.ForeignKey(AnsweringKey, on_delete=models.CASCADE, related_name="filed")
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    made_from = fields.CharField(max_length=64)
    round = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "person"], name="filed_once_a_key")]


class FiledToken(models.Model):
    """A combination of a filed child under the keys of both hubs."""

    id = models.BigAutoField(primary_key=True)
    filed = models.ForeignKey(FiledPerson, on_delete=models.CASCADE, related_name="tokens")
    key = models.ForeignKey(AnsweringKey, on_delete=models.CASCADE, related_name="+", db_index=False)
    token = models.UUIDField()
    kind = fields.CharField(max_length=30)

    class Meta:
        indexes = [models.Index(fields=["key", "token"], name="filed_by_token")]


class Question(models.Model):
    """What one of our practitioners asked another hub, about whom and why, and what it answered."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    partner = models.ForeignKey(PartnerHub, on_delete=models.PROTECT, related_name="questions")
    practitioner = models.ForeignKey("agencies.Practitioner", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    purpose = fields.CharField(max_length=20, choices=Purpose.choices)
    asked_at = models.DateTimeField()
    answer = fields.CharField(max_length=3, choices=Answer.choices, blank=True)
    why_none = fields.CharField(max_length=20, choices=Why.choices, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["partner", "practitioner", "asked_at"], name="question_by_asker"),
            models.Index(fields=["person", "asked_at"], name="question_by_person"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="") | Q(why_none=""), name="an_answer_or_why_there_is_none"
            )
        ]


class AskedOfUs(models.Model):
    """A question of another hub: who, when, why and what we answered. Never about whom they did not find."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    partner = models.ForeignKey(PartnerHub, on_delete=models.PROTECT, related_name="asked_of_us")
    # Their name for the question, so that both logs can be laid side by side.
    letter = models.UUIDField()
    # A name that only their hub can resolve, the same for one practitioner of theirs every time.
    practitioner = fields.CharField(max_length=64)
    job_title = fields.CharField(max_length=120)
    agency = fields.CharField(max_length=160)
    purpose = fields.CharField(max_length=20, choices=Purpose.choices)
    at = models.DateTimeField()
    answer = fields.CharField(max_length=3, choices=Answer.choices, blank=True)
    refused = fields.CharField(max_length=20, choices=Why.choices, blank=True)

    class Meta:
        indexes = [models.Index(fields=["partner", "at"], name="asked_of_us_by_day")]


class NeverAnswer(models.Model):
    """A child about whom no other hub is ever answered, why, and by whom. In force until somebody takes it off.

    `records` are those of the child when it was put on: whoever they speak of one day is meant as well, so that
    linking and unlinking never open what was closed.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    records = models.ManyToManyField("people.PersonRecord", related_name="+")
    reason = fields.TextField()
    put_on_at = models.DateTimeField()
    put_on_by = models.ForeignKey(
        "agencies.Practitioner", null=True, on_delete=models.PROTECT, related_name="+"
    )
    # The day by which somebody looks whether it still holds. It holds until then, and after it.
    look_again_on = models.DateField()
    taken_off_at = models.DateTimeField(null=True)
    taken_off_by = models.ForeignKey(
        "agencies.Practitioner", null=True, on_delete=models.PROTECT, related_name="+"
    )
    taken_off_reason = fields.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(taken_off_at=None), name="never_answered_once"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="never_answered_for_a_reason"),
            models.CheckConstraint(
                condition=Q(taken_off_at=None) | ~Q(taken_off_reason=""), name="answered_again_for_a_reason"
            ),
        ]


class LetterSeen(models.Model):
    """A letter of a partner that was accepted once: it is not accepted again."""

    pk = models.CompositePrimaryKey("partner_id", "letter")
    partner = models.ForeignKey(PartnerHub, on_delete=models.CASCADE, related_name="+")
    letter = models.UUIDField()
    at = models.DateTimeField(db_index=True)
