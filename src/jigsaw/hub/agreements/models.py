"""Tables of what the partnership agreed."""

from django.db import models

from jigsaw.hub.agreements.states import VersionState
from jigsaw.hub.kit import fields
from jigsaw.hub.kit.ids import uuid7


class LocalSetting(models.Model):
    """One agreed setting (ratings and clocks, a ladder of need, …) from a date on, with its source.

    Settings are never changed: a new row with a later date takes over, so that what was due, and
    under which rule, can always be told. A row for an authority goes before one for all.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    kind = fields.CharField(max_length=40)
    authority = models.ForeignKey("agencies.Authority", null=True, blank=True, on_delete=models.PROTECT)
    effective_from = models.DateField()
    source = fields.TextField()
    content = fields.JSONField()
    # Who put it in force, and when; nobody where Jigsaw came with it.
    put_by = models.ForeignKey("agencies.Practitioner", null=True, on_delete=models.PROTECT, related_name="+")
    put_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "authority", "effective_from"], nulls_distinct=False, name="one_setting_a_day"
            )
        ]


class InstrumentCheck(models.Model):
    """What the partnership's administrator found about a law, from a day on. Never changed: a later row takes over."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    code = fields.CharField(max_length=60)
    # The register says this from this day on; what was decided before was decided under what it said then.
    holds_from = models.DateField()
    commenced_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    verified_on = models.DateField()
    source = fields.TextField()
    note = fields.TextField(blank=True)
    checked_by = models.ForeignKey(
        "agencies.Practitioner", null=True, on_delete=models.PROTECT, related_name="+"
    )
    checked_at = models.DateTimeField()

    class Meta:
        ordering = ["-holds_from", "-checked_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(source=""), name="a_law_is_checked_against_something"),
            models.CheckConstraint(
                condition=models.Q(ended_on=None) | models.Q(ended_on__gt=models.F("commenced_on")),
                name="a_law_ends_after_it_begins",
            ),
        ]
        indexes = [models.Index(fields=["code", "-holds_from", "-checked_at"], name="law_as_checked")]

    @property
    def checker(self) -> str:
        """Who checked it, by name; the hub itself on the command line."""
        return self.checked_by.name if self.checked_by else "Jigsaw"


class SharingAgreement(models.Model):
    """What several partners agreed to share, under one identifier, in as many versions as it takes."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    # The value of the document's identifier, and the name in the address of its page.
    identifier = fields.CharField(max_length=60, unique=True)
    made_by = models.ForeignKey(
        "agencies.Practitioner", null=True, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["identifier"]


class AgreementVersion(models.Model):
    """One version, as a document of the sharing rules (`sharing_rules.agreements`). A draft may be unfinished.

    Once it is sent for signing its words never change; a trigger sees to it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    agreement = models.ForeignKey(SharingAgreement, on_delete=models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField()
    state = fields.CharField(max_length=10, choices=VersionState.choices)
    content = fields.JSONField()
    # From the document, so that a list needs not read it; both inclusive, empty in an unfinished draft.
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    review_on = models.DateField(null=True)
    reminded_at = models.DateTimeField(null=True)
    written_by = models.ForeignKey(
        "agencies.Practitioner", null=True, on_delete=models.PROTECT, related_name="+"
    )
    written_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    # The first day on which it holds no more, though its own last day may lie later.
    ended_from = models.DateField(null=True)
    ended_by = models.ForeignKey(
        "agencies.Practitioner", null=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_why = fields.TextField(blank=True)

    class Meta:
        ordering = ["agreement", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "version"], name="one_version_a_number"),
            models.UniqueConstraint(
                fields=["agreement"],
                condition=models.Q(state__in=["draft", "in_review"]),
                name="one_version_in_hand",
            ),
            models.CheckConstraint(
                condition=models.Q(state="draft") | models.Q(starts_on__isnull=False, ends_on__isnull=False),
                name="only_a_draft_lacks_its_days",
            ),
            models.CheckConstraint(
                condition=models.Q(state="ended", ended_from__isnull=False) & ~models.Q(ended_why="")
                | ~models.Q(state="ended") & models.Q(ended_from=None),
                name="an_end_has_its_day_and_reason",
            ),
        ]


class AgreementSignature(models.Model):
    """Who signed a version for which agency, and when. Never changed."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    version = models.ForeignKey(AgreementVersion, on_delete=models.PROTECT, related_name="signatures")
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    signed_by = models.ForeignKey("agencies.Practitioner", on_delete=models.PROTECT, related_name="+")
    # As they were when they signed: the agency's code, and the parties of the document that it is one of.
    agency_code = fields.CharField(max_length=30)
    parties = fields.ArrayField(fields.CharField(max_length=60))
    name = fields.CharField(max_length=120)
    job_title = fields.CharField(max_length=120)
    signed_at = models.DateTimeField()

    class Meta:
        ordering = ["signed_at", "id"]
        constraints = [models.UniqueConstraint(fields=["version", "agency"], name="an_agency_signs_once")]
