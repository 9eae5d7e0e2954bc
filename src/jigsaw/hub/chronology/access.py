"""Who may see, add and correct entries?

An agency sees its own entries, and what others released to it for a purpose that is still live.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, When
from django.db.models.lookups import IsNull
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.chronology.models import Entry, EntrySubject, Release
from jigsaw.hub.kit import context
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import NotHere, Refused
from jigsaw.hub.people import access as people_access


def seen_by(actor: Actor, now: datetime) -> Q:
    """Which entries the actor's agency may see now, as a condition on `Entry`."""
    return Q(agency=actor.agency_id) | Q(Exists(live_releases(actor, now).filter(entry=OuterRef("pk"))))


def live_releases(actor: Actor, now: datetime) -> QuerySet[Release]:
    """Releases to the actor's agency that have begun and not ended (end exclusive)."""
    live = Release.objects.filter(to_agency=actor.agency_id, released_at__lte=now)
    return live.filter(Q(ends_at=None) | Q(ends_at__gt=now))


def versions_after(actor: Actor, now: datetime) -> QuerySet[Entry]:
    """What has taken the place of the entry of the query around it, as far as the actor may see it.

    Whoever was told the first keeps it until they are told the correction. See also `withdrawn`.
    """
    begun = began_with(OuterRef("first_id"), OuterRef("pk"))
    later = Entry.objects.filter(first=begun, version__gt=OuterRef("version"))
    return later.filter(seen_by(actor, now))


def began_with(first: F | OuterRef, entry: F | OuterRef) -> Case:
    """The entry of which it is a version: `first`, or itself.

    A CASE and not COALESCE, which PostgreSQL takes for a function that might tell what it is given: it would let
    row-level security decide on every version there is before it looks for this one.
    """
    return Case(When(IsNull(first, True), then=entry), default=first)


def newest_seen(actor: Actor, begun: Iterable[UUID], now: datetime) -> dict[UUID, int]:
    """By the entry it all began with, the number of the newest later version that the actor may see; few have one."""
    later = Entry.objects.filter(seen_by(actor, now), first__in=begun)
    found: dict[UUID, int] = {}
    for first, version in later.values_list("first", "version"):
        found[first] = max(version, found.get(first, 0))
    return found


@context.hub("case")
def withdrawn(records: Iterable[UUID]) -> set[UUID]:
    """What those of the entries about these records began with that were withdrawn: it counts for everybody,
    whoever may see the version that says so."""
    about = EntrySubject.objects.filter(record__in=list(records))
    begun = about.values_list(began_with(F("entry__first_id"), F("entry_id")))
    return set(Entry.objects.filter(withdrawn=True, first__in=begun).values_list("first", flat=True))


def check_can_add(actor: Actor) -> None:
    if not actor.may("chronology.add"):
        raise Refused(
            _("Your role does not include adding entries to your agency’s records."),
            _("Ask your safeguarding lead to add it, or to change your role."),
        )


def check_can_correct(actor: Actor, entry: Entry | None, now: datetime) -> Entry:
    """The entry, for practitioners of its agency who may add entries and are not too close to anyone it is about.

    Raises NotHere with the same words whether there is none or it is not theirs to see; Refused otherwise.
    """
    if entry is None or not Entry.objects.filter(seen_by(actor, now), pk=entry.pk).exists():
        raise no_such_entry()
    if entry.agency_id != actor.agency_id:
        raise Refused(
            _("This entry belongs to another agency."),
            _("Tell them what is wrong with it: they can correct it."),
        )
    check_can_add(actor)
    people_access.check_not_too_close(actor, _about(entry))
    return entry


def _about(entry: Entry) -> QuerySet[EntrySubject, UUID]:
    return EntrySubject.objects.filter(entry=entry).values_list("record__person", flat=True)


def disposed_of(rows: Iterable[Entry]) -> NotHere | None:
    """In the words that were left of it, for whoever may see these versions; None if none of them was disposed of."""
    gone = next((row for row in rows if row.disposed_in), None)
    if gone is None:
        return None
    return NotHere(
        _("%(what)s.") % {"what": gone.title},
        _("Whoever decides on disposals in its agency sees under which rule, in the register."),
    )


def no_such_entry() -> NotHere:
    """The same words whether there is no such entry or it is not the actor's to see."""
    return NotHere(
        _("There is no such entry that you can see."), _("Go back to the child’s page, and open it there.")
    )
