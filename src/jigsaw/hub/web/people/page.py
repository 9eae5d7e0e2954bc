"""What does a child's page show? Everything gathered once, for the screen and for paper alike."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import formats
from django.utils.text import get_text_list
from django.utils.translation import gettext as say
from django.utils.translation import ngettext

from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.chronology import patterns
from jigsaw.hub.chronology import queries as chronology
from jigsaw.hub.chronology.patterns import Pattern
from jigsaw.hub.chronology.queries import Line, Picture
from jigsaw.hub.encompass import access as encompass_access
from jigsaw.hub.kit.clock import age_on
from jigsaw.hub.partner_hubs import access as partner_hub_access
from jigsaw.hub.partner_hubs import queries as partner_hubs
from jigsaw.hub.people import household as households
from jigsaw.hub.people import queries as people
from jigsaw.hub.people.household import Household
from jigsaw.hub.people.queries import Profile
from jigsaw.hub.web.door import Visit
from jigsaw.hub.web.drawing import family as drawing
from jigsaw.hub.web.drawing import kinship, year
from jigsaw.hub.web.drawing.family import Family
from jigsaw.hub.web.people import family, purposes, words
from jigsaw.hub.web.people.purposes import Purposes

HOW_KNOWN = ("fact", "opinion", "reported", "child")
A_PAGE = 50
# Years of age. Our own choice: before it, what a child shows is an observation, not their words.
TALKS_AT = 2


@dataclass(frozen=True)
class Filters:
    """Which entries to show; nothing chosen shows all."""

    sectors: tuple[str, ...] = ()
    how_known: tuple[str, ...] = ()
    number: int = 1

    @property
    def chosen(self) -> bool:
        return bool(self.sectors or self.how_known)


@dataclass(frozen=True)
class Gathered:
    """What the domains say about one person now, to one practitioner, for one purpose."""

    profile: Profile
    purposes: Purposes
    picture: Picture
    household: Household
    today: dt.date

    @property
    def names(self) -> dict[UUID, str]:
        """The people whom the page may name, by id."""
        cards = (*self.household.members, self.profile.card)
        return {card.person: words.name(card) for card in cards}


def gather(
    visit: Visit, person: UUID, filters: Filters, *, printed: bool = False, limit: int = A_PAGE
) -> Gathered:
    """Read and audit what the page shows. Raises NotHere or Refused if the practitioner may not."""
    actor, now = visit.actor, visit.now
    purpose = purposes.live(actor, person, now=now)
    return Gathered(
        profile=people.profile(actor, person, purpose=purpose.for_log, now=now, printed=printed),
        purposes=purpose,
        picture=chronology.picture(
            actor,
            person,
            purpose=purpose.for_log,
            now=now,
            sectors=filters.sectors,
            how_known=filters.how_known,
            offset=(filters.number - 1) * limit,
            limit=limit,
        ),
        household=households.household(actor, person, now=now),
        today=agreements.local_day(now),
    )


def filters_of(query: Any) -> Filters:
    """The filters in an address; anything unknown in it is left out."""
    page = query.get("page", "")
    return Filters(
        sectors=tuple(code for code in words.SECTORS if code in query.getlist("agency")),
        how_known=tuple(kind for kind in HOW_KNOWN if kind in query.getlist("kind")),
        number=min(max(int(page), 1), 100_000) if page.isascii() and page.isdigit() and len(page) < 7 else 1,
    )


# --- The header ------------------------------------------------------------------------------------


def facts(gathered: Gathered) -> list[dict[str, Any]]:
    """Name, value and source of each fact beneath the name; the NHS number first."""
    profile = gathered.profile
    rows = [
        {"name": name, "value": value, "note": _of_number(i)}
        for i in sorted(
            profile.identifiers,
            key=lambda i: (i.kind != "nhs_number", words.NUMBERS_IN_ORDER.get(i.standing, 1)),
        )
        for name, value in [words.identifier(i.kind, i.value)]
    ]
    rows += [_address(at) for at in profile.addresses]
    if profile.school:
        rows.append({"name": say("School"), "value": profile.school, "note": ""})
    if profile.language or profile.interpreter:
        note = say("Needs an interpreter") if profile.interpreter else ""
        rows.append({"name": say("Language"), "value": profile.language or say("Not recorded"), "note": note})
    return rows


def _of_number(i: people.Sourced) -> str:
    """What to know of a number before it is used, in words; the common case says nothing."""
    if not i.valid:
        return say("Check this number: it has a mistake")
    return str(words.NUMBER_NOTES.get(i.standing, ""))


def _address(at: people.Sourced) -> dict[str, Any]:
    name = words.ADDRESS_USES["old"] if at.until_date else words.ADDRESS_USES.get(at.kind, at.kind)
    return {"name": str(name), "value": at.value, "note": say("Says %(agency)s") % {"agency": at.agency}}


def family_of(gathered: Gathered) -> Family:
    return family.family_of(gathered.household, gathered.profile.card, gathered.today)


def family_groups(gathered: Gathered) -> list[kinship.Group]:
    """The family in words alone, for paper."""
    return drawing.words(family_of(gathered), str(gathered.profile.card.person))


# --- Worth a closer look ---------------------------------------------------------------------------


def flags(gathered: Gathered, on_page: set[UUID]) -> list[dict[str, str]]:
    """Patterns in words, each leading to the newest of its entries that stands on this page."""
    card = gathered.profile.card
    found = [p for p in gathered.picture.patterns if p.code != "child_words" or _talks(gathered)]
    if words.is_child(card, gathered.today) or card.expected_on:
        found += patterns.missing_parents(family.recorded_parents(gathered.household, card.person))
    return [_flag(gathered, pattern, on_page) for pattern in found]


def _talks(gathered: Gathered) -> bool:
    """A child old enough to have words of their own; a baby is not asked for any."""
    card = gathered.profile.card
    young = card.born is not None and age_on(card.born, gathered.today) < TALKS_AT
    return words.is_child(card, gathered.today) and not young and card.died_on is None


def _flag(gathered: Gathered, pattern: Pattern, on_page: set[UUID]) -> dict[str, str]:
    target = next((f"#e-{entry}" for entry in pattern.entries if entry in on_page), "")
    figure = str(pattern.figure) if pattern.figure else "?"
    return {"figure": figure, "text": _pattern_words(gathered, pattern), "url": target}


def _pattern_words(gathered: Gathered, pattern: Pattern) -> str:
    name = {"name": words.name(gathered.profile.card)}
    since, until = _month(pattern.since), _month(pattern.until)
    if pattern.code == "missed":
        text = ngettext(
            "appointment to which %(name)s was not brought since %(since)s",
            "appointments to which %(name)s was not brought since %(since)s",
            pattern.figure,
        )
    elif pattern.code == "police":
        text = ngettext(
            "police attendance since %(since)s", "police attendances since %(since)s", pattern.figure
        )
    elif pattern.code == "silence":
        still = pattern.until == gathered.today
        text = (
            say("days with nothing recorded in what you can see, from %(since)s until today")
            if still
            else say("days with nothing recorded in what you can see, from %(since)s to %(until)s")
        )
    elif pattern.code == "child_words":
        heard = say("days since %(name)s’s own words were last recorded")
        text = heard if pattern.figure else say("%(name)s’s own words are not recorded in what you can see")
    else:
        text = {
            "mother": say("%(name)s’s mother is not recorded in what you can see"),
            "father": say("%(name)s’s father is not recorded in what you can see"),
        }.get(pattern.who, say("%(name)s’s other parent is not recorded in what you can see"))
    return text % {**name, "since": since, "until": until}


def _month(day: dt.date | None) -> str:
    return formats.date_format(day, "F Y") if day else ""


# --- The year --------------------------------------------------------------------------------------


def overview(gathered: Gathered) -> year.Overview:
    """The last twelve months, a lane for each sector that recorded something."""
    lines = gathered.picture.year
    sectors = [code for code in words.SECTORS if any(line.sector == code for line in lines)]
    return year.Overview(
        events=tuple(
            year.Event(
                f"e-{line.id}", line.happened_on, line.sector, line.how_known, _drawn(line), line.key_event
            )
            for line in lines
        ),
        agencies=tuple(year.Agency(code, code, str(words.SECTORS[code])) for code in sectors),
        start=gathered.today - patterns.YEAR + dt.timedelta(days=1),
        end=gathered.today,
    )


def _drawn(line: Line) -> str:
    """What is said of an entry in the year: its title, and whether it was put right."""
    if line.corrected or line.since:
        return say("%(title)s (corrected)") % {"title": line.title}
    return line.title


# --- The chronology --------------------------------------------------------------------------------


def rows(gathered: Gathered, filters: Filters) -> list[dict[str, Any]]:
    """Month headings, silences and entries, newest first, as the page lists them.

    A silence is only a silence when every agency's entries are in view: with filters none is shown.
    """
    found: list[dict[str, Any]] = []
    month, before = "", gathered.today if filters.number == 1 else None
    for line in gathered.picture.lines:
        days = (before - line.happened_on).days if before else 0
        if not filters.chosen and days > patterns.SILENCE.days:
            found.append({"gap": days})
        if (heading := _month(line.happened_on)) != month:
            month = heading
            found.append({"month": heading})
        found.append({"line": line, **_entry(gathered, line)})
        before = line.happened_on
    return found


def _entry(gathered: Gathered, line: Line) -> dict[str, str]:
    known = [gathered.names[pk] for pk in line.about if pk in gathered.names]
    return {
        "about": get_text_list(sorted(known), say("and")),
        "speaker": known[0] if len(known) == 1 else say("The child"),
        "kind": kind_words(line.kind),
    }


def kind_words(code: str) -> str:
    """An event kind's name; a kind that the data file does not know is shown as it came."""
    for row in agreements.words("event_kinds")["entries"]:
        if row["code"] == code:
            return str(row["name"])
    return code.replace("_", " ").capitalize()


def choices(filters: Filters) -> dict[str, Sequence[dict[str, Any]]]:
    """The filter's boxes with what is ticked."""
    return {
        "sectors": [
            {"code": code, "words": text, "on": code in filters.sectors}
            for code, text in words.SECTORS.items()
            if code != "XX"
        ],
        "kinds": [{"code": kind, "on": kind in filters.how_known} for kind in HOW_KNOWN],
    }


def actions(visit: Visit, gathered: Gathered) -> list[dict[str, str]]:
    """What the practitioner can do from here, by their role."""
    person, actor = gathered.profile.card.person, visit.actor

    def to(name: str) -> str:
        return reverse(name, kwargs={"person": person})

    places = [(actor.may("chronology.add"), to("child-add"), say("Add an entry"))]
    for one in gathered.purposes.open_now:
        if one.what == "enquiry":
            ask = reverse("enquiry-ask", kwargs={"reference": one.reference})
            places.append((True, ask, say("Ask an agency")))
    places += [
        (encompass_access.can_send(actor), to("encompass-child"), say("Tell the school")),
        (actor.may("audit.view"), to("child-looked"), say("Who has looked")),
        (actor.may("people.link"), to("child-records"), say("Linked records")),
        (partner_hubs.any_askable(actor), to("another-area-ask"), say("Ask another area")),
        (partner_hub_access.can_silence(actor), to("never-answered-child"), say("Answers to other areas")),
    ]
    return [{"url": url, "text": text} for allowed, url, text in places if allowed]
