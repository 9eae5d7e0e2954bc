"""Tables of the person index.

Linking never merges: each agency's record of someone stays whole, and a person is the set of
records linked to them. Everything known is attached to a record, so that unlinking a record takes
all it brought with it.
"""

from datetime import timedelta

from django.db import models
from django.db.models import Q

from jigsaw.hub.kit import fields
from jigsaw.hub.kit.ids import uuid7


class Person(models.Model):
    """Someone, as far as the linked records agree. The facts here are a summary of the records."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    name = fields.CharField(max_length=200, blank=True)
    born = models.DateField(null=True)
    expected_on = models.DateField(null=True)
    died_on = models.DateField(null=True)
    sex = fields.CharField(max_length=1, blank=True)
    # Set when the last record moved to another person: old addresses lead there.
    replaced_by = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")


class ImportBatch(models.Model):
    """One file, loaded once: who, what, and what became of each of its records."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT)
    format = fields.CharField(max_length=40)
    filename = fields.CharField(max_length=255)
    loaded_by = models.ForeignKey("agencies.Practitioner", null=True, on_delete=models.PROTECT)
    loaded_at = models.DateTimeField()
    read = models.IntegerField(default=0)
    created = models.IntegerField(default=0)
    updated = models.IntegerField(default=0)
    unchanged = models.IntegerField(default=0)
    rejected = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    read=models.F("created")
                    + models.F("updated")
                    + models.F("unchanged")
                    + models.F("rejected")
                ),
                name="every_record_accounted_for",
            )
        ]


class ImportProblem(models.Model):
    """Something a file's record had wrong with it; a rejected record's raw text is kept here."""

    id = models.BigAutoField(primary_key=True)
    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="problems")
    record = models.IntegerField()
    field = fields.CharField(max_length=80)
    code = fields.CharField(max_length=60)
    message = fields.TextField()
    rejected = models.BooleanField(default=False)
    raw = fields.JSONField(null=True)


class PersonRecord(models.Model):
    """What one agency holds on someone: whole, as it came, linked to a person."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="records")
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    system = fields.CharField(max_length=40)
    source_key = fields.CharField(max_length=200)
    # As the source says it; the standardised form exists only in keys and comparisons.
    given = fields.CharField(max_length=120, blank=True)
    family = fields.CharField(max_length=120, blank=True)
    other_names = fields.JSONField(default=list)
    born = models.DateField(null=True)
    born_accuracy = fields.CharField(max_length=3, default="AAA")
    expected_on = models.DateField(null=True)
    died_on = models.DateField(null=True)
    sex = fields.CharField(max_length=1, blank=True)
    ethnicity = fields.CharField(max_length=40, blank=True)
    language = fields.CharField(max_length=80, blank=True)
    interpreter = models.BooleanField(null=True)
    religion = fields.CharField(max_length=80, blank=True)
    disability = fields.CharField(max_length=200, blank=True)
    school = fields.CharField(max_length=160, blank=True)
    gp = fields.CharField(max_length=160, blank=True)
    raw = fields.JSONField(default=dict)
    content_hash = fields.CharField(max_length=64)
    batch = models.ForeignKey(ImportBatch, null=True, on_delete=models.PROTECT)
    recorded_by = models.ForeignKey(
        "agencies.Practitioner", null=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "system", "source_key"], name="one_record_a_source_key")
        ]
        indexes = [models.Index(fields=["agency", "person"], name="record_by_agency")]


class Identifier(models.Model):
    """A number that names someone: NHS number, UPN, local id … with whether its check digit holds.

    What is known of an NHS number beyond that (verified, superseded …) is in `NumberStanding`.
    """

    id = models.BigAutoField(primary_key=True)
    record = models.ForeignKey(PersonRecord, on_delete=models.CASCADE, related_name="identifiers")
    kind = fields.CharField(max_length=30)
    value = fields.CharField(max_length=80)
    valid = models.BooleanField(default=True)
    # The answer that brought the number; None: the source said it. Loading the source again keeps it.
    trace = models.ForeignKey("people.Trace", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["kind", "value"], name="identifier_by_value")]


class Address(models.Model):
    id = models.BigAutoField(primary_key=True)
    record = models.ForeignKey(PersonRecord, on_delete=models.CASCADE, related_name="addresses")
    line = fields.CharField(max_length=255, blank=True)
    town = fields.CharField(max_length=80, blank=True)
    postcode = fields.CharField(max_length=10, blank=True, db_index=True)
    uprn = fields.CharField(max_length=12, blank=True)
    use = fields.CharField(max_length=10, default="home")
    from_date = models.DateField(null=True)
    until_date = models.DateField(null=True)
    # A protected address is shown to nobody but the agency that recorded it.
    protected = models.BooleanField(default=False)


class Contact(models.Model):
    id = models.BigAutoField(primary_key=True)
    record = models.ForeignKey(PersonRecord, on_delete=models.CASCADE, related_name="contacts")
    kind = fields.CharField(max_length=10)
    value = fields.CharField(max_length=160)


class Relationship(models.Model):
    """One agency's word that one person is something to another: `record` is the `kind` of `to`."""

    id = models.BigAutoField(primary_key=True)
    record = models.ForeignKey(PersonRecord, on_delete=models.CASCADE, related_name="relations_from")
    to = models.ForeignKey(PersonRecord, on_delete=models.CASCADE, related_name="relations_to")
    kind = fields.CharField(max_length=12)
    parental_responsibility = models.BooleanField(null=True)
    from_date = models.DateField(null=True)
    until_date = models.DateField(null=True)
    source = fields.CharField(max_length=160, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record", "to", "kind"], name="one_relationship_a_kind"),
            models.CheckConstraint(
                condition=~Q(record=models.F("to")), name="nobody_is_related_to_themselves"
            ),
        ]


class Involvement(models.Model):
    """A service that works or worked with someone: who, from when until when, whom to ring."""

    id = models.BigAutoField(primary_key=True)
    record = models.ForeignKey(PersonRecord, on_delete=models.CASCADE, related_name="involvements")
    service = fields.CharField(max_length=160)
    worker = fields.CharField(max_length=120, blank=True)
    worker_phone = fields.CharField(max_length=40, blank=True)
    practitioner = models.ForeignKey(
        "agencies.Practitioner", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    from_date = models.DateField(null=True)
    until_date = models.DateField(null=True)
    detail = fields.CharField(max_length=255, blank=True)


class RecordKey(models.Model):
    """The blocking index: records that share a key may be one person (see `record_linkage.keys`)."""

    pk = models.CompositePrimaryKey("key", "record_id")
    key = models.BigIntegerField()
    record = models.ForeignKey(PersonRecord, on_delete=models.CASCADE, related_name="keys")


class MatchRow(models.Model):
    """What comparing looks at of a record, worked out beforehand, so that a search reads one row a record.

    Made together with the record's keys (see `filing`).
    """

    record = models.OneToOneField(
        PersonRecord, primary_key=True, on_delete=models.CASCADE, related_name="match_row"
    )
    # JSON as text: it is read whole, by the hundred, and never asked into.
    columns = fields.TextField()
    # An address among them is protected: compared only for those who hold the record.
    protected = models.BooleanField(default=False)
    # By which edition of keys and columns: any other is filed again (see `filing.EDITION`).
    filed_as = fields.CharField(max_length=20)

    class Meta:
        indexes = [models.Index(fields=["filed_as"], name="filed_as_of_old")]


class JoinedRow(models.Model):
    """The match rows of somebody with several records as one, so that a search need not join them.

    Only a copy: forgotten whenever one of the records or whose they are changes, and a search that finds none
    joins the records' own rows.
    """

    person = models.OneToOneField(
        Person, primary_key=True, on_delete=models.CASCADE, related_name="joined_row"
    )
    columns = fields.TextField()
    protected = models.BooleanField(default=False)
    filed_as = fields.CharField(max_length=20)


class LinkDecision(models.Model):
    """Linked, kept apart or unlinked: by whom or by rule, why, and on what evidence. Never changed."""

    LINKED, NOT_SAME, UNLINKED = "linked", "not_same", "unlinked"

    id = models.UUIDField(primary_key=True, default=uuid7)
    record = models.ForeignKey(PersonRecord, on_delete=models.PROTECT, related_name="link_decisions")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    # Whom the record spoke of until then, so that a wrong link can be undone under the old name.
    before = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    verdict = fields.CharField(max_length=10)
    reason = fields.TextField()
    probability = models.FloatField(null=True)
    evidence = fields.JSONField(default=list)
    model = fields.CharField(max_length=60, blank=True)
    decided_by = models.ForeignKey(
        "agencies.Practitioner", null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="a_link_has_a_reason")]


class Trace(models.Model):
    """One question to a national register about one record, and what it answered. The id is the reference sent.

    `state` is asked, or as the register names its answer; `outcome` what became of it: waiting for somebody to
    decide, taken by rule, accepted or rejected by somebody, or nothing.
    """

    ASKED = "asked"
    WAITING, TAKEN, ACCEPTED, REJECTED, NOTHING = "waiting", "taken", "accepted", "rejected", "nothing"

    id = models.UUIDField(primary_key=True, default=uuid7)
    record = models.ForeignKey(PersonRecord, on_delete=models.CASCADE, related_name="traces")
    service = fields.CharField(max_length=20)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        "agencies.Practitioner", null=True, on_delete=models.PROTECT, related_name="+"
    )
    # The number that was sent to be checked, and a digest of all that was sent: never the details themselves.
    sent = fields.CharField(max_length=10, blank=True)
    details = fields.CharField(max_length=64)
    answered_at = models.DateTimeField(null=True)
    state = fields.CharField(max_length=24, default=ASKED)
    number = fields.CharField(max_length=10, blank=True)
    score = models.FloatField(null=True)
    # What it says of the number that was sent: same, superseded, invalid, not_found, differs.
    standing = fields.CharField(max_length=12, blank=True)
    search = fields.CharField(max_length=80, blank=True)
    # The register keeps this person's whereabouts secret.
    restricted = models.BooleanField(default=False)
    outcome = fields.CharField(max_length=10, blank=True)
    # Codes of why a person must decide, or what went wrong.
    doubts = fields.JSONField(default=list)
    # Not to be asked again before this day, unless the record changes.
    try_again_on = models.DateField(null=True)
    decided_by = models.ForeignKey(
        "agencies.Practitioner", null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    reason = fields.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="asked", answered_at=None)
                | (~Q(state="asked") & Q(answered_at__isnull=False)),
                name="answered_when_it_has_an_answer",
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=["taken", "accepted"]) | ~Q(number=""),
                name="a_number_taken_is_there",
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=["accepted", "rejected"])
                | (~Q(reason="") & Q(decided_at__isnull=False)),
                name="a_traced_number_is_decided_for_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["record", "-asked_at"], name="trace_by_record"),
            models.Index(fields=["asked_at"], condition=Q(outcome="waiting"), name="traces_waiting"),
        ]


class NumberStanding(models.Model):
    """What is known of an NHS number on a record, who says so, and since when. Never changed: the newest counts."""

    VERIFIED, SUPERSEDED, INVALID, DISPUTED, UNVERIFIED = (
        "verified",
        "superseded",
        "invalid",
        "disputed",
        "unverified",
    )

    id = models.UUIDField(primary_key=True, default=uuid7)
    record = models.ForeignKey(PersonRecord, on_delete=models.CASCADE, related_name="standings")
    value = fields.CharField(max_length=80)
    standing = fields.CharField(max_length=12)
    superseded_by = fields.CharField(max_length=10, blank=True)
    # The register's answer, or the practitioner, that says so.
    trace = models.ForeignKey(Trace, null=True, on_delete=models.PROTECT, related_name="+")
    said_by = models.ForeignKey(
        "agencies.Practitioner", null=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = fields.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(standing__in=["verified", "superseded", "invalid", "disputed", "unverified"]),
                name="a_number_stands_somehow",
            ),
            models.CheckConstraint(
                condition=Q(trace__isnull=False) | ~Q(reason=""), name="a_standing_has_a_source"
            ),
            models.CheckConstraint(
                condition=~Q(standing="verified") | Q(trace__isnull=False), name="only_a_register_verifies"
            ),
        ]
        indexes = [models.Index(fields=["record", "value", "-at", "-id"], name="standing_newest_first")]


class NumberReport(models.Model):
    """Another system says that an NHS number on a record is no longer the one to use. It changes nothing by itself."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    record = models.ForeignKey(PersonRecord, on_delete=models.CASCADE, related_name="+")
    value = fields.CharField(max_length=80)
    instead = fields.CharField(max_length=10)
    # Whose system says so.
    by = fields.CharField(max_length=160)
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(
        "agencies.Practitioner", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record", "value", "instead"], name="a_number_is_reported_once"),
            models.CheckConstraint(
                condition=Q(settled_at=None, settled_by=None) | Q(settled_at__isnull=False),
                name="a_report_is_settled_at_some_time",
            ),
        ]
        indexes = [
            models.Index(fields=["record"], condition=Q(settled_at=None), name="number_reports_open"),
        ]


class PairToReview(models.Model):
    """A record that may speak of a person, found by rule and waiting for somebody to decide.

    Evidence is as it was found; the page compares anew. `signs` are codes of what cannot both be right.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    record = models.ForeignKey(PersonRecord, on_delete=models.CASCADE, related_name="pairs")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    probability = models.FloatField()
    grade = fields.CharField(max_length=10)
    evidence = fields.JSONField(default=list)
    signs = fields.JSONField(default=list)
    model = fields.CharField(max_length=60, blank=True)
    found_at = models.DateTimeField()
    # Whoever has it open, so that two people do not read the same pair.
    claimed_by = models.ForeignKey(
        "agencies.Practitioner", null=True, on_delete=models.PROTECT, related_name="+"
    )
    claimed_at = models.DateTimeField(null=True)
    # Decided, or no longer true: the record moved, or speaks otherwise now.
    closed_at = models.DateTimeField(null=True)
    # The first decision that made one or two of them. Its sides are the records as they stood before it.
    decided = models.ForeignKey("people.PairReview", null=True, on_delete=models.PROTECT, related_name="+")
    sides = fields.JSONField(default=list)
    # "asked" or "sampled" while a colleague is to look as well, without seeing what was decided.
    second_look = fields.CharField(max_length=10, blank=True)
    disagreed_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["record", "person"], condition=Q(closed_at=None), name="a_pair_waits_once"
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None) | Q(disagreed_at__isnull=False), name="settled_after_disagreeing"
            ),
        ]
        indexes = [
            models.Index(
                fields=["-probability", "found_at"], condition=Q(closed_at=None), name="pairs_waiting"
            ),
            models.Index(fields=["decided"], condition=~Q(second_look=""), name="pairs_second_look"),
        ]


class PairReview(models.Model):
    """What one reviewer made of a pair, and why. Never changed; the third, who settles, says so."""

    SAME, NOT_SAME, CANNOT_TELL = "same", "not_same", "cannot_tell"

    id = models.UUIDField(primary_key=True, default=uuid7)
    pair = models.ForeignKey(PairToReview, on_delete=models.CASCADE, related_name="reviews")
    by = models.ForeignKey("agencies.Practitioner", on_delete=models.PROTECT, related_name="+")
    verdict = fields.CharField(max_length=12)
    reason = fields.TextField()
    # What would have to be known, where it cannot be told yet.
    missing = fields.TextField(blank=True)
    settles = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="a_review_has_a_reason"),
            models.CheckConstraint(
                condition=Q(verdict__in=["same", "not_same", "cannot_tell"]), name="a_review_says_what"
            ),
            models.CheckConstraint(
                condition=~Q(verdict="cannot_tell") | ~Q(missing=""), name="cannot_tell_says_what_is_missing"
            ),
        ]


class Relinking(models.Model):
    """All links as the model would make them on a day, beside those that were there: a proposal, until applied."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    made_by = models.ForeignKey(
        "agencies.Practitioner", null=True, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()
    model = fields.CharField(max_length=60)
    records = models.IntegerField()
    persons = models.IntegerField()
    # Pairs of records that were scored and may be one person.
    pairs = models.IntegerField()
    seconds = models.FloatField()


class Proposal(models.Model):
    """One difference: persons to join, records to part from their person, or a pair for somebody to decide.

    `person` stays under its name; `records` move there, leave it, or may speak of it. It rests on what `rests_on`
    is a digest of, and is not carried out once that is otherwise.
    """

    JOIN, PART, ASK = "join", "part", "ask"
    WAITING, DONE, CHANGED = "waiting", "done", "changed"

    id = models.BigAutoField(primary_key=True)
    relinking = models.ForeignKey(Relinking, on_delete=models.CASCADE, related_name="proposals")
    kind = fields.CharField(max_length=4)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    records = fields.JSONField()
    probability = models.FloatField()
    evidence = fields.JSONField(default=list)
    # Of all the records concerned: agency and system, each once.
    sources = fields.JSONField(default=list)
    rests_on = fields.CharField(max_length=64)
    outcome = fields.CharField(max_length=8, default=WAITING)
    done_by = models.ForeignKey(
        "agencies.Practitioner", null=True, on_delete=models.PROTECT, related_name="+"
    )
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["join", "part", "ask"]), name="a_proposal_is_one_of"
            ),
            models.CheckConstraint(
                condition=Q(outcome="waiting", done_at=None)
                | (Q(outcome__in=["done", "changed"]) & Q(done_at__isnull=False)),
                name="a_proposal_waits_or_is_done",
            ),
        ]
        indexes = [models.Index(fields=["relinking", "kind", "outcome"], name="proposals_by_kind")]


class Grant(models.Model):
    """An agency may see a record, for a purpose, from and until: the need to know.

    A person's page opens for an agency that holds a record of them or a live grant to one.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    record = models.ForeignKey(PersonRecord, on_delete=models.CASCADE, related_name="grants")
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    # Only for them, not for their colleagues: somebody who opened a page without having been let in.
    practitioner = models.ForeignKey(
        "agencies.Practitioner", null=True, on_delete=models.PROTECT, related_name="+"
    )
    purpose = fields.CharField(max_length=20)
    reference = fields.CharField(max_length=20)
    given_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # Of those that are live: what a correction ended may be lent again when it turns out right after all.
            models.UniqueConstraint(
                fields=["record", "agency", "reference"], condition=Q(ends_at=None), name="one_live_grant"
            )
        ]
        indexes = [models.Index(fields=["agency", "record"], name="grant_by_agency")]


class Conflict(models.Model):
    """A practitioner must not see this person: they are related, neighbours, or otherwise too close."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    practitioner = models.ForeignKey("agencies.Practitioner", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    why = fields.CharField(max_length=160)
    declared_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practitioner", "person"], name="one_conflict_a_person")
        ]


class EmergencyOpening(models.Model):
    """Somebody who had not been let in opened a person's page in an emergency, and somebody else looks at it."""

    NEEDED, NOT_NEEDED, MISUSED = "needed", "not_needed", "misused"
    VERDICTS = (NEEDED, NOT_NEEDED, MISUSED)

    id = models.UUIDField(primary_key=True, default=uuid7)
    reference = fields.CharField(max_length=20, unique=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    practitioner = models.ForeignKey("agencies.Practitioner", on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    reason = fields.TextField()
    opened_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    # The end of the next working day: then it goes to the agency's named person.
    review_by = models.DateTimeField()
    escalated_at = models.DateTimeField(null=True)
    escalated_to = models.ForeignKey(
        "agencies.Practitioner", null=True, on_delete=models.PROTECT, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(
        "agencies.Practitioner", null=True, on_delete=models.PROTECT, related_name="+"
    )
    verdict = fields.CharField(max_length=10, blank=True)
    found = fields.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="an_emergency_has_a_reason"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=models.F("opened_at"))
                & Q(ends_at__lte=models.F("opened_at") + timedelta(hours=4)),
                name="an_emergency_is_over_in_four_hours",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_at=None, reviewed_by=None, verdict="", found="")
                | (
                    Q(reviewed_at__isnull=False, verdict__in=["needed", "not_needed", "misused"])
                    & ~Q(found="")
                    & ~Q(reviewed_by=models.F("practitioner"))
                ),
                name="an_emergency_is_reviewed_by_somebody_else",
            ),
        ]
        indexes = [
            models.Index(fields=["agency", "-opened_at"], name="emergencies_of_an_agency"),
            models.Index(
                fields=["review_by"],
                condition=Q(reviewed_at=None, escalated_at=None),
                name="emergencies_to_escalate",
            ),
        ]


class UnusualLook(models.Model):
    """Looks of a practitioner at a person that stood out, up to `until`, and what somebody else of the agency found."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    practitioner = models.ForeignKey("agencies.Practitioner", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    # The newest look that was looked at (inclusive): a later one stands out anew.
    until = models.DateTimeField()
    found = fields.TextField()
    noted_by = models.ForeignKey("agencies.Practitioner", on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practitioner", "person", "until"], name="one_note_of_a_look"),
            models.CheckConstraint(
                condition=~Q(found="") & ~Q(noted_by=models.F("practitioner")),
                name="an_unusual_look_is_looked_at_by_somebody_else",
            ),
        ]
