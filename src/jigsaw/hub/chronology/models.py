"""Tables of what happened: one entry, however many children it is about."""

from uuid import UUID

from django.db import models
from django.db.models import Q

from jigsaw.hub.chronology.kinds import FamilySays, HowKnown, TakenOffBecause
from jigsaw.hub.kit import fields
from jigsaw.hub.kit.ids import uuid7
from jigsaw.hub.kit.sealed_words import STANDS_FOR_IT, SealedWords, none_in_plain
from jigsaw.papers.outcome import MEDIA_TYPES


class Entry(SealedWords):
    """A piece one agency holds. Nobody else sees it until that agency releases it.

    Never changed: a correction is a newer version that takes its place and says why. An entry that should not
    be there is withdrawn: its newest version says so and nothing else. All versions stay. The words of what is
    `sealed` are kept sealed.
    """

    WORDS = ("title", "text", "child_words", "source", "protect", "corrected_because")

    id = models.UUIDField(primary_key=True, default=uuid7)
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    kind = fields.CharField(max_length=40)
    title = fields.CharField(max_length=200)
    text = fields.TextField(blank=True)
    # What the child said, word for word, apart from what others made of it.
    child_words = fields.TextField(blank=True)
    happened_on = models.DateField()
    happened_at = models.TimeField(null=True)
    how_known = fields.CharField(max_length=10, choices=HowKnown.choices)
    source = fields.CharField(max_length=200)
    key_event = models.BooleanField(default=False)
    # Names that must not leave with the entry: informants, protected addresses.
    protect = fields.ArrayField(fields.CharField(max_length=120), default=list)
    about_adult = models.BooleanField(default=False)
    special_category = models.BooleanField(default=False)
    police_grading = fields.CharField(max_length=3, blank=True)
    sealed = fields.CharField(max_length=20, blank=True)
    recorded_by = models.ForeignKey(
        "agencies.Practitioner", null=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField()
    supersedes = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="superseded_by"
    )
    # The version that it all began with; none for that version itself.
    first = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="later_versions", db_index=False
    )
    version = models.PositiveSmallIntegerField(default=1)
    # Why it took the place of the version before. Stays with the agency: it may say what must not leave.
    corrected_because = fields.TextField(blank=True)
    withdrawn = models.BooleanField(default=False)
    # Its words are gone, by the disposal of this reference; the row stays for what points at it.
    disposed_in = fields.CharField(max_length=20, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "version"], name="one_version_of_a_number"),
            models.CheckConstraint(
                condition=(
                    Q(version=1, supersedes=None, first=None, corrected_because="", withdrawn=False)
                    | (
                        Q(version__gt=1, supersedes__isnull=False, first__isnull=False)
                        & ~Q(corrected_because="")
                    )
                ),
                name="a_correction_says_why",
            ),
            models.CheckConstraint(condition=~Q(source=""), name="an_entry_has_a_source"),
            models.CheckConstraint(condition=Q(how_known__in=HowKnown.values), name="how_it_is_known"),
            models.CheckConstraint(
                condition=Q(police_grading="") | Q(police_grading__regex=r"^[1-3][A-E][PC]$"),
                name="graded_3x5x2",
            ),
            models.CheckConstraint(
                condition=none_in_plain(
                    "title", "text", "child_words", "source", "corrected_because", when=~Q(sealed="")
                )
                & (Q(sealed="") | Q(protect=[])),
                name="what_is_sealed_is_kept_sealed",
            ),
        ]
        indexes = [
            models.Index(fields=["agency", "-happened_on"], name="entry_by_agency"),
            models.Index(
                fields=["agency"], condition=Q(supersedes__isnull=False), name="corrections_by_agency"
            ),
            models.Index(fields=["first"], condition=Q(withdrawn=True), name="entries_withdrawn"),
        ]

    def is_to_be_sealed(self) -> bool:
        return bool(self.sealed)

    @property
    def began_with(self) -> UUID:
        """The id of the first version: what all versions of one entry share."""
        return self.first_id or self.pk


class EntrySubject(models.Model):
    """Whom an entry is about: as many records as it concerns, so that siblings share one entry."""

    pk = models.CompositePrimaryKey("record_id", "entry_id")
    record = models.ForeignKey("people.PersonRecord", on_delete=models.CASCADE, related_name="+")
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="subjects")


class Release(SealedWords):
    """An entry, whole or in part, as another agency may see it, for a purpose. Of a sealed entry, sealed as well."""

    WORDS = ("title", "text", "child_words", "source", "handling")

    id = models.UUIDField(primary_key=True, default=uuid7)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="releases")
    to_agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    # The agency that holds the entry, written here too: so the database tells whose release it is by the row alone.
    of_agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    reference = fields.CharField(max_length=20)
    in_part = models.BooleanField(default=False)
    title = fields.CharField(max_length=200)
    text = fields.TextField(blank=True)
    child_words = fields.TextField(blank=True)
    # As the recipient reads it: whoever must not be named is not named here either.
    source = fields.CharField(max_length=200, blank=True)
    handling = fields.TextField(blank=True)
    released_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "to_agency", "reference"], condition=Q(ends_at=None), name="one_live_release"
            )
        ]
        indexes = [models.Index(fields=["to_agency", "entry"], name="release_by_agency")]

    def is_to_be_sealed(self) -> bool:
        return bool(self.entry.sealed)


class FamilyWords(SealedWords):
    """What a family says of an entry in its own words: it stands beside every version, wherever that is read.

    Hangs on the version that it all began with. Of a sealed entry, sealed as well.
    """

    WORDS = ("words",)

    id = models.UUIDField(primary_key=True, default=uuid7)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="family_words")
    # The agency that holds the entry, which decides on what is said.
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    # Under which that agency was asked.
    reference = fields.CharField(max_length=20)
    kind = fields.CharField(max_length=12)
    said_as = fields.CharField(max_length=10)
    words = fields.TextField()
    said_on = models.DateField()
    # The newest version when it was said: whether it was put right since is told by it.
    version = models.PositiveSmallIntegerField()
    state = fields.CharField(max_length=10, choices=FamilySays.choices, default=FamilySays.OPEN)
    decided_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "reference"], name="said_once_of_an_entry"),
            models.CheckConstraint(condition=~Q(words=""), name="a_family_says_something"),
            models.CheckConstraint(
                condition=Q(state="open", decided_on=None) | (~Q(state="open") & Q(decided_on__isnull=False)),
                name="what_a_family_says_is_decided_on_a_day",
            ),
        ]
        indexes = [models.Index(fields=["agency", "reference"], name="family_words_by_reference")]

    def is_to_be_sealed(self) -> bool:
        return bool(self.entry.sealed)


class WithoutContent(models.Manager["Document"]):
    """Rows without their bytes, which are read from the table only where somebody opens one."""

    def get_queryset(self) -> models.QuerySet["Document"]:
        return super().get_queryset().defer("content")


class Document(SealedWords):
    """A letter or a picture that belongs to an entry, whatever version of it counts: it hangs on the first.

    A clean copy alone (`jigsaw.papers`), under a key of its own with its title and fingerprints: set `words_key` to nothing,
    and all of it is erased; `content` may then be emptied as well. Written once. One that should not be there is taken
    off: it stays, for its own agency, and is seen by nobody else any more.
    """

    WORDS = ("title", "sha256", "original_sha256")
    BYTES = ("content",)

    id = models.UUIDField(primary_key=True, default=uuid7)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="documents")
    # The agency that holds the entry, written here too: so the database tells whose document it is by the row alone.
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    kind = fields.CharField(max_length=10, choices=[(kind, kind) for kind in MEDIA_TYPES])
    title = fields.CharField(max_length=120)
    content = models.BinaryField()
    size = models.PositiveIntegerField()
    pages = models.PositiveSmallIntegerField()
    sha256 = fields.CharField(max_length=64)
    original_sha256 = fields.CharField(max_length=64)
    # Codes of what the file had and this copy has not.
    taken_out = fields.ArrayField(fields.CharField(max_length=20), default=list)
    # Was a virus scanner asked? Where none is set up, none was.
    scanned = models.BooleanField()
    added_by = models.ForeignKey(
        "agencies.Practitioner", null=True, on_delete=models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField()
    taken_off_at = models.DateTimeField(null=True)
    taken_off_by = models.ForeignKey(
        "agencies.Practitioner", null=True, on_delete=models.PROTECT, related_name="+"
    )
    # A code and no words: the row is not written again, so nothing could seal them.
    taken_off_because = fields.CharField(max_length=20, blank=True, choices=TakenOffBecause.choices)

    objects = WithoutContent()

    class Meta:
        base_manager_name = "objects"
        constraints = [
            models.CheckConstraint(
                condition=Q(title=STANDS_FOR_IT, sha256=STANDS_FOR_IT, sealed_words__isnull=False),
                name="a_document_is_sealed",
            ),
            models.CheckConstraint(condition=Q(kind__in=list(MEDIA_TYPES)), name="a_kind_that_is_handed_out"),
            models.CheckConstraint(
                condition=Q(taken_off_at=None, taken_off_because="")
                | (Q(taken_off_at__isnull=False) & Q(taken_off_because__in=TakenOffBecause.values)),
                name="taken_off_for_a_reason",
            ),
        ]


class ReleasedDocument(models.Model):
    """A document that leaves with a release of its entry: seen as long as that is, and not ended by itself before."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="documents")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="releases")
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["release", "document"], name="leaves_once_with_a_release")
        ]
