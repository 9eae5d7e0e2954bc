"""Tables of answers: what an agency shared, shared in part or withheld, and on what ground."""

from django.db import models
from django.db.models import Q

from jigsaw.hub.kit import fields
from jigsaw.hub.kit.ids import uuid7


class Answer(models.Model):
    """One agency's answer to one round of a request. Never changed; a new round makes a new one."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    recipient = models.ForeignKey(
        "information_requests.Recipient", on_delete=models.PROTECT, related_name="answers"
    )
    round = models.PositiveSmallIntegerField()
    holds_nothing = models.BooleanField(default=False)
    shares_family = models.BooleanField(default=False)
    context = fields.TextField(blank=True)
    decision = models.OneToOneField("decisions.Decision", on_delete=models.PROTECT, related_name="+")
    answered_by = models.ForeignKey("agencies.Practitioner", on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["round"]
        # Two people answering at once: the second is refused here, whatever the door did.
        constraints = [models.UniqueConstraint(fields=["recipient", "round"], name="one_answer_a_round")]


class AnsweredItem(models.Model):
    """One piece and what was decided about it. The original stays in its entry."""

    SHARE, PART, WITHHOLD = "share", "part", "withhold"

    id = models.UUIDField(primary_key=True, default=uuid7)
    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="items")
    entry = models.ForeignKey("chronology.Entry", on_delete=models.PROTECT, related_name="+")
    choice = fields.CharField(max_length=10)
    release = models.OneToOneField(
        "chronology.Release", null=True, on_delete=models.PROTECT, related_name="+"
    )
    withheld_kind = fields.CharField(max_length=40, blank=True)
    withheld_reason = fields.TextField(blank=True)
    review_when = fields.CharField(max_length=200, blank=True)
    # The day by which whoever withheld it looks at it again, and when they were reminded of it.
    review_on = models.DateField(null=True)
    reminded_at = models.DateTimeField(null=True)
    # When something new put it back to its decider, and what, in words that give nobody away.
    reopened_at = models.DateTimeField(null=True)
    reopened_why = fields.TextField(blank=True)
    # The verdict of the sharing rules with every check's words, as given at the time.
    verdict = fields.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["answer", "entry"], name="decided_once"),
            models.CheckConstraint(
                condition=(
                    Q(choice__in=["share", "part"], release__isnull=False, withheld_kind="")
                    | (Q(choice="withhold", release=None) & ~Q(withheld_kind="") & ~Q(withheld_reason=""))
                ),
                name="released_or_withheld_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(review_on=None) | Q(choice="withhold"), name="looked_at_again_if_withheld"
            ),
            models.CheckConstraint(
                condition=Q(reopened_at=None) | Q(choice="withhold"), name="reopened_if_withheld"
            ),
        ]
        indexes = [
            models.Index(
                fields=["review_on"], condition=Q(review_on__isnull=False), name="to_be_looked_at_again"
            ),
            models.Index(
                fields=["answer"],
                condition=Q(choice="withhold", reopened_at=None),
                name="withheld_and_not_reopened",
            ),
        ]


class ReleaseProposal(models.Model):
    """What is left out of everything unless a named role lets it out, in two steps by two people.

    Sealed and adoption records, protected addresses, what would show who told. One practitioner proposes with a
    reason; another, who holds `role`, releases it or does not. Never changed once decided.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    recipient = models.ForeignKey(
        "information_requests.Recipient", on_delete=models.PROTECT, related_name="proposals"
    )
    entry = models.ForeignKey("chronology.Entry", on_delete=models.PROTECT, related_name="+")
    kind = fields.CharField(max_length=20)
    role = fields.CharField(max_length=40)
    reason = fields.TextField()
    proposed_by = models.ForeignKey("agencies.Practitioner", on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    released = models.BooleanField(null=True)
    decided_by = models.ForeignKey(
        "agencies.Practitioner", null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    decided_why = fields.TextField(blank=True)

    class Meta:
        ordering = ["proposed_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "entry"],
                condition=Q(released=None) | Q(released=True),
                name="proposed_once",
            ),
            models.CheckConstraint(
                condition=(
                    Q(released=None, decided_by=None, decided_at=None)
                    | Q(released__isnull=False, decided_by__isnull=False, decided_at__isnull=False)
                ),
                name="released_by_somebody_or_nobody",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=models.F("proposed_by")),
                name="two_people_let_it_out",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="a_release_has_a_reason"),
        ]
