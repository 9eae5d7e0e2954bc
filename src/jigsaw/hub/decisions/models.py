"""Tables of decisions: the outcome, the grounds, who took part and who saw it otherwise."""

from django.db import models
from django.db.models import Q

from jigsaw.hub.kit import fields
from jigsaw.hub.kit.ids import uuid7


class Decision(models.Model):
    """Who decided what, when and why. Never changed: a later decision supersedes an earlier one.

    The lawful basis stands apart from consent to a service, consent to sharing, whether the family was told, and an
    objection, which is considered and may be overridden (information-sharing advice 2024; golden-rules B4, B6).
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    kind = fields.CharField(max_length=20)
    outcome = fields.CharField(max_length=40)
    reasons = fields.TextField()
    # Golden rules considered, as "edition:number"; prompts, never a claim of having complied.
    rules = fields.ArrayField(fields.CharField(max_length=20), default=list)
    edition = fields.CharField(max_length=20, blank=True)
    lawful_basis = fields.CharField(max_length=20, blank=True)
    condition = fields.CharField(max_length=40, blank=True)
    condition_reason = fields.CharField(max_length=40, blank=True)
    gateway = fields.CharField(max_length=60, blank=True)
    # To sharing; and apart from it, to the service that the family gets.
    consent = fields.CharField(max_length=20, blank=True)
    service_consent = fields.CharField(max_length=20, blank=True)
    # Who objected, and why it is shared all the same.
    objection_by = fields.CharField(max_length=200, blank=True)
    objection_answer = fields.TextField(blank=True)
    # How the public interest was weighed against confidence.
    public_interest = fields.TextField(blank=True)
    family_told = fields.CharField(max_length=20, blank=True)
    family_told_why = fields.TextField(blank=True)
    advice_from = fields.CharField(max_length=200, blank=True)
    decided_by = models.ForeignKey("agencies.Practitioner", on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    supersedes = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="superseded_by"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reasons=""), name="a_decision_has_reasons"),
            models.CheckConstraint(
                condition=Q(objection_answer="") | ~Q(objection_by=""), name="an_objection_is_somebody_s"
            ),
        ]


class Participant(models.Model):
    """Someone who took part in a decision, and what they said if they saw it otherwise."""

    id = models.BigAutoField(primary_key=True)
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="participants")
    name = fields.CharField(max_length=120)
    job_title = fields.CharField(max_length=120, blank=True)
    agency = fields.CharField(max_length=160, blank=True)
    disagreed = models.BooleanField(default=False)
    disagreed_why = fields.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(disagreed=False) | ~Q(disagreed_why=""), name="who_disagrees_says_why"
            )
        ]
