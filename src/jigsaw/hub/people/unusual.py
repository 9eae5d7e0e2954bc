"""Which looks at somebody's page deserve a second look? One's own family or address, a colleague, nobody's case, after leaving.

Most misuse of such registers was staff looking up people they know. None of these marks says that somebody did wrong: a
common name is common, and a call may have come before anything was written down. They say where to ask.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.audit import queries as audit_log
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.people import access, cards
from jigsaw.hub.people.cards import Card
from jigsaw.hub.people.models import Address, Involvement, UnusualLook

if TYPE_CHECKING:
    from jigsaw.hub.agencies.models import Practitioner

Key = TypeVar("Key")
SINCE = timedelta(days=30)
MOST_READ, MOST_SHOWN = 5000, 100
LOOKS = ("person.viewed", "person.printed")
OWN_RECORD = "own record"
FAMILY, ADDRESS, COLLEAGUE, NO_CASE, LEFT = "family", "address", "colleague", "no_case", "left"
WORDS = {
    LEFT: _("They had left by then"),
    FAMILY: _("The same family name"),
    ADDRESS: _("Somebody of the practitioner’s name lives at the same address"),
    COLLEAGUE: _("Somebody of this name works with the partners"),
    NO_CASE: _("Your agency had no work with this person, and nothing was asked of it"),
}


@dataclass(frozen=True)
class Unusual:
    """Looks of one practitioner at one person: the newest, how many there were, and why they stand here."""

    at: datetime
    times: int
    practitioner: Practitioner
    card: Card
    why: tuple[str, ...]
    noted: UnusualLook | None = None
    """What somebody else found who looked at it; None while there is a look that nobody has looked at."""

    @property
    def words(self) -> list[str]:
        """Why, for people."""
        return [str(WORDS[code]) for code in self.why]


@dataclass(frozen=True)
class Known:
    """What the actor's agency may know of those who were looked at, by person."""

    families: Mapping[UUID, frozenset[str]]
    homes: Mapping[UUID, frozenset[str]]
    at_home: Mapping[str, frozenset[str]]
    """By a practitioner's name, the addresses of whoever bears it."""
    worked_with: frozenset[UUID]
    colleagues: frozenset[str]


def looks(actor: Actor, *, now: datetime) -> tuple[Unusual, ...]:
    """Looks of the last 30 days by the actor's own agency, others than their own, the newest first; at most a hundred.

    Of persons whom the agency may see, and to whom the actor is not too close. Whoever asks has authorised and audits it.
    """
    seen = audit_log.looks_of(actor.agency_id, LOOKS, since=now - SINCE, limit=MOST_READ)
    pairs: dict[tuple[UUID, UUID], list[audit_log.LookedAt]] = {}
    for look in seen:
        if look.practitioner != actor.practitioner_id:
            pairs.setdefault((look.practitioner, look.person), []).append(look)
    persons = {person for _who, person in pairs}
    shown = cards.cards_seen(actor, persons, now=now)
    people = agencies.practitioners(who for who, _person in pairs)
    known = _known(actor, shown, people.values(), now)
    gone = audit_log.switched_off(who for who, one in people.items() if not one.is_active)
    noted = _noted(actor, shown)
    found = [
        Unusual(times[0].at, len(times), people[who], shown[person], why, noted.get((who, person, times[0].at)))
        for (who, person), times in pairs.items()
        if who in people and person in shown
        and (why := _why(people[who], shown[person], times, known, gone.get(who)))
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: one.at, reverse=True)[:MOST_SHOWN])


def _noted(actor: Actor, persons: Iterable[UUID]) -> dict[tuple[UUID, UUID, datetime], UnusualLook]:
    """By whose looks at whom up to when, what was found."""
    rows = UnusualLook.objects.filter(agency=actor.agency_id, person__in=list(persons))
    return {(row.practitioner_id, row.person_id, row.until): row for row in rows.select_related("noted_by")}


def _why(
    practitioner: Practitioner,
    card: Card,
    times: list[audit_log.LookedAt],
    known: Known,
    left: datetime | None,
) -> tuple[str, ...]:
    name, person = _plain(practitioner.name), card.person
    own = name.rpartition(" ")[2]
    marks = {
        LEFT: left is not None and any(look.at > left for look in times),
        FAMILY: own in known.families.get(person, frozenset()),
        ADDRESS: bool(known.homes.get(person, frozenset()) & known.at_home.get(name, frozenset())),
        COLLEAGUE: _plain(card.name) in known.colleagues,
        NO_CASE: person not in known.worked_with and all(look.purpose in ("", OWN_RECORD) for look in times),
    }
    return tuple(code for code in WORDS if marks[code])


def _known(
    actor: Actor, persons: Iterable[UUID], practitioners: Iterable[Practitioner], now: datetime
) -> Known:
    wanted, visible = list(persons), access.visible_records(actor, now)
    names = {_plain(one.name) for one in practitioners}
    of_these = visible.filter(person__in=wanted)
    families: dict[UUID, set[str]] = {}
    for person, family in of_these.values_list("person_id", "family"):
        families.setdefault(person, set()).add(_plain(family))
    bearing = [
        record for record in visible.filter(_named(names)).only("pk", "given", "family")
        if f"{_plain(record.given)} {_plain(record.family)}" in names
    ]  # fmt: skip
    homes = _homes(of_these.values_list("pk", "person_id"))
    at_home = _homes((record.pk, f"{_plain(record.given)} {_plain(record.family)}") for record in bearing)
    today = now.date()
    work = Involvement.objects.filter(record__person__in=wanted, record__agency=actor.agency_id)
    work = work.filter(Q(until_date=None) | Q(until_date__gte=today - SINCE))
    return Known(
        families={person: frozenset(found) for person, found in families.items()},
        homes=homes,
        at_home=at_home,
        worked_with=frozenset(work.values_list("record__person_id", flat=True)),
        colleagues=frozenset(_plain(name) for name in agencies.names_of_everyone()),
    )


def _named(names: Iterable[str]) -> Q:
    """Records that bear one of these names, whatever the letters' case; none of no name."""
    found = Q(pk__in=[])
    for name in names:
        given, _space, family = name.rpartition(" ")
        if given:
            found |= Q(given__iexact=given, family__iexact=family)
    return found


def _homes(of: Iterable[tuple[UUID, Key]]) -> dict[Key, frozenset[str]]:
    """Where each lives now, as far as it is not kept secret."""
    keys = dict(of)
    found: dict[Key, set[str]] = {}
    rows = Address.objects.filter(record__in=list(keys), until_date=None, protected=False).exclude(
        postcode=""
    )
    for record, line, postcode in rows.values_list("record_id", "line", "postcode"):
        found.setdefault(keys[record], set()).add(f"{_plain(line)}|{_plain(postcode)}")
    return {key: frozenset(homes) for key, homes in found.items()}


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
