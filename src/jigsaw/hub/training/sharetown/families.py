"""How does a casting become a family with records in several agencies?

First the people are born (`_folk`), then their story is told, and then each agency that would know them
holds what it would hold: the child health index every child, a school its pupils, housing its tenants,
and whoever wrote about somebody that somebody.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count

from jigsaw.hub.kit.clock import age_on
from jigsaw.hub.people.records import At, Facts
from jigsaw.hub.training.sharetown import names
from jigsaw.hub.training.sharetown.casting import CAST, Casting, Part
from jigsaw.hub.training.sharetown.differing import differ
from jigsaw.hub.training.sharetown.folk import Folk, One
from jigsaw.hub.training.sharetown.shapes import CANON, Calendar, Family, Held, Tie, Works
from jigsaw.hub.training.sharetown.stories import STORIES, Telling
from jigsaw.hub.training.sharetown.writing import AGENCY_OF
from jigsaw.record_linkage import identifiers

SEED = 20_261_120
SYSTEMS = {
    "CSC": "case-system",
    "POL": "incidents",
    "HV": "child-health",
    "HOSP": "hospital",
    "SCH": "roll",
    "HPS": "roll",
    "HOU": "tenancies",
    "VCS": "support",
    "NCSC": "case-system",
}
# Out of the way of the Walsh family's numbers, which are fixed.
FIRST_NHS_NUMBER, FIRST_TELEPHONE = 20_000, 200
# Patients and tenants are on a register that came into the hub whole; police, social care and the charity hold
# whom they have met.
KEEPS_A_REGISTER = ("HOSP", "HOU")
KNOWS_THE_SAFE_ADDRESS = ("VCS", "POL", "CSC")
NORTHVALE = At(line="27 Beacon Road", town="Northvale", postcode="NV2 3KC")


def families(calendar: Calendar) -> list[Family]:
    """Every family of the cast, always the same for the same day."""
    numbers = Numbers()
    # A source of chance for each family, so that a change to one leaves the others as they are.
    return [
        _family(casting, number, calendar, random.Random(f"{SEED}/{casting.surname}/{casting.key}"), numbers)
        for number, casting in enumerate(CAST)
    ]


class Numbers:
    """Numbers that nobody has twice."""

    def __init__(self) -> None:
        self._nhs, self._phones, self._pupils = count(FIRST_NHS_NUMBER), count(FIRST_TELEPHONE), count(1)

    def nhs(self) -> str:
        return identifiers.make_test_nhs_number(next(self._nhs))

    def phone(self) -> str:
        return names.telephone(next(self._phones))

    def upn(self) -> str:
        """A unique pupil number of authority 991, which there is not, with its check letter."""
        digits = f"9914000{26:02d}{next(self._pupils):03d}"
        letters = (f"{letter}{digits}" for letter in "ABCDEFGHJKLMNPQRTUVWXYZ")
        return next(number for number in letters if identifiers.upn(number).valid)


def _family(
    casting: Casting, number: int, calendar: Calendar, rng: random.Random, numbers: Numbers
) -> Family:
    folk = _folk(casting, number, calendar, rng, numbers)
    telling = Telling(folk, calendar, rng)
    story, _sort = STORIES[casting.story]
    story(telling)
    works = [*telling.works, *_everyday_works(folk, calendar)]
    return Family(
        key=folk.key,
        held=sorted(_holdings(casting, folk, telling, calendar, rng), key=lambda held: held.since),
        ties=_ties(casting, folk, calendar),
        works=works,
        wrote=telling.wrote,
    )


# --- Who there is


def _folk(casting: Casting, number: int, calendar: Calendar, rng: random.Random, numbers: Numbers) -> Folk:
    naming = names.NAMINGS[casting.origin]
    key = casting.key or names.without_accents(casting.surname.split()[0]).lower().replace("ı", "i")
    home, taken = names.home(number), set[str]()
    children = [_child(part, key, casting, calendar, rng, numbers, taken, home) for part in casting.children]
    oldest = max(child.age for child in children)
    grown: dict[str, One] = {}
    for adult in casting.adults:
        sex = "F" if adult in ("mother", "grandmother") else "M"
        age = oldest + rng.randrange(21, 36) + (24 if adult.startswith("grand") else 0)
        given = naming.given(sex, True, rng, taken)
        taken.add(given)
        grown[adult] = One(
            key=f"{key}/{adult}",
            given=given,
            family=naming.family(casting.surname, sex),
            sex=sex,
            age=age,
            born=calendar.born(_birthday(age, rng)),
            adult=True,
            home=home,
            nhs=numbers.nhs(),
            phone=numbers.phone(),
        )
    if "grandfather" in grown:
        grown["grandfather"].died_on = calendar.ago(118)
    if casting.parted and "father" in grown:
        grown["father"].home = names.home(number + 200)
    folk = Folk(
        key=key,
        naming=naming,
        home=home,
        children=children,
        mother=grown.get("mother"),
        father=grown.get("father"),
        grandparent=grown.get("grandmother") or grown.get("grandfather"),
    )
    if casting.in_hiding:
        folk.former_home = names.home(number + 200)
    return folk


def _child(
    part: Part,
    key: str,
    casting: Casting,
    calendar: Calendar,
    rng: random.Random,
    numbers: Numbers,
    taken: set[str],
    home: At,
) -> One:
    naming = names.NAMINGS[casting.origin]
    if part.expected_on:
        due = calendar.on(part.expected_on)
        return One(
            key=f"{key}/unborn",
            given="",
            family=naming.family(casting.surname, "F"),
            sex="",
            age=0,
            expected_on=due,
            home=home,
        )
    sex = part.sex or rng.choice("FM")
    given = part.given or naming.given(sex, False, rng, taken)
    taken.add(given)
    # Drawn from the age alone, so that twins share a birthday.
    born = part.born or _birthday(part.age, random.Random(f"{key}{part.age}"))
    year = age_on(born, date(CANON.year, 8, 31)) - 4
    return One(
        key=f"{key}/{names.without_accents(given).lower().replace(' ', '-')}",
        given=given,
        family=naming.family(casting.surname, sex),
        sex=sex,
        age=part.age,
        on_the_screens=part.given != "",
        year=year,
        born=calendar.born(born),
        home=home,
        nhs=numbers.nhs() if part.numbered else "",
        upn=numbers.upn() if year >= 0 else "",
    )


def _birthday(age: int, rng: random.Random) -> date:
    """A birthday of somebody who is `age` on the day the stories were written for."""
    return date(CANON.year - age, 1, 1) + timedelta(days=rng.randrange(300))


# --- Who holds what


def _holdings(
    casting: Casting, folk: Folk, telling: Telling, calendar: Calendar, rng: random.Random
) -> Iterator[Held]:
    since = _since(casting, folk, telling, calendar, rng)
    wrote = {(AGENCY_OF[w.by], key) for w in telling.wrote for key in w.about}
    people = {one.key: one for one in folk.everyone}
    # Health first: its records are the fullest, and the others are linked to them.
    for agency, key in sorted(since, key=lambda held: (held[0] != "HV", held)):
        one = people[key]
        true = _facts(casting, folk, one, agency, calendar)
        mine = differ(true, agency=agency, family_first=folk.naming.family_first, rng=rng)
        known = agency in ("HV", "CSC", "NCSC")
        # Where there is an NHS number, or something was written, somebody has decided long ago.
        may_wait = agency in ("POL", "HOU", "SCH", "HPS") and (agency, key) not in wrote and not one.adult
        left_open = may_wait and rng.random() < 0.12
        yield Held(
            member=key,
            agency=agency,
            system=SYSTEMS[agency],
            facts=true if known or one.on_the_screens else mine.facts,
            since=since[agency, key],
            waits=left_open,
            why=mine.why,
            # Kevin Marsh does not enter what concerns his own family.
            by="moira" if (agency, folk.key) == ("HOU", "marsh") else "",
        )


def _since(
    casting: Casting, folk: Folk, telling: Telling, calendar: Calendar, rng: random.Random
) -> dict[tuple[str, str], date]:
    """Since when each agency holds each person: from the start, from birth, or from when it first wrote."""
    start = calendar.ago(19) if casting.from_northvale else calendar.founded
    since: dict[tuple[str, str], date] = {}
    met = [(AGENCY_OF[w.by], one) for w in telling.wrote for one in folk.everyone if one.key in w.about]
    registered = [(agency, one) for agency, one in met if agency in KEEPS_A_REGISTER]
    for agency, one in [*_who_knows_whom(folk, rng), *registered]:
        begin = max(start, one.born + timedelta(days=4)) if one.born else calendar.ago(115)
        since[agency, one.key] = begin
    for wrote in telling.wrote:
        for key in wrote.about:
            held = (AGENCY_OF[wrote.by], key)
            since[held] = min(since.get(held, calendar.today), wrote.piece.happened_on)
    for works in telling.works:
        held = (works.agency, works.member)
        since[held] = min(since.get(held, calendar.today), works.from_date)
    return {held: max(day, calendar.founded) for held, day in since.items()}


def _who_knows_whom(folk: Folk, rng: random.Random) -> Iterator[tuple[str, One]]:
    tenants = rng.random() < 0.5
    for one in folk.children:
        if not one.unborn:
            yield "HV", one
        if one.unborn or one.age < 3:
            yield "HOSP", one
        if one.school:
            yield one.school, one
            if rng.random() < 0.8:
                yield one.school, folk.parent
        if tenants and one is folk.child and not one.unborn:
            yield "HOU", one
    for adult in (folk.mother, folk.grandparent, folk.father):
        # Kevin Marsh is too close through the father, so he is on record.
        if adult and (adult is folk.parent or rng.random() < 0.5 or folk.key == "marsh"):
            yield "HV", adult
    if tenants:
        yield "HOU", folk.parent
    if any(one.unborn for one in folk.children):
        yield "HOSP", folk.parent


def _facts(casting: Casting, folk: Folk, one: One, agency: str, calendar: Calendar) -> Facts:
    """What this agency would know of this person, before anything goes astray."""
    numbers: list[tuple[str, str]] = []
    if agency in ("HV", "HOSP") and one.nhs:
        numbers.append(("nhs_number", one.nhs))
    if agency in ("HV", "HOSP") and not one.adult and one.age < 2 and folk.mother:
        numbers.append(("mother_nhs_number", folk.mother.nhs))
    if agency == one.school and one.upn:
        numbers.append(("upn", one.upn))
    asked = agency in ("HV", "SCH", "HPS", "CSC")
    unnumbered_baby = agency == "HOSP" and one.age < 2 and not one.nhs and not one.unborn
    return Facts(
        given="Baby" if unnumbered_baby else one.given,
        family=one.family,
        born=one.born,
        expected_on=one.expected_on,
        died_on=one.died_on,
        sex=one.sex,
        ethnicity=folk.naming.ethnicity if asked and not one.unborn else "",
        language=folk.naming.language if asked and not one.unborn else "",
        interpreter=casting.needs_interpreter if asked and one.adult else None,
        school=one.school_name if agency in ("HV", "SCH", "HPS", "CSC") else "",
        gp=names.SURGERIES[len(folk.key) % 3] if agency == "HV" else "",
        identifiers=tuple(numbers),
        addresses=_addresses(casting, folk, one, agency, calendar),
        contacts=(("phone", one.phone),)
        if one.phone and agency in ("HV", "HOU", "VCS", "SCH", "HPS")
        else (),
    )


def _addresses(casting: Casting, folk: Folk, one: One, agency: str, calendar: Calendar) -> tuple[At, ...]:
    """Where the agency thinks they live: a safe address only where it is known, and then protected."""
    if one.home is None:
        return ()
    if folk.former_home and one.home == folk.home:
        moved = calendar.ago(44)
        if agency not in KNOWS_THE_SAFE_ADDRESS:
            return (
                At(
                    line=folk.former_home.line,
                    town="Sharetown",
                    postcode=folk.former_home.postcode,
                    until_date=moved,
                ),
            )
        return (
            At(
                line="Rosewood House",
                town="Sharetown",
                postcode=folk.home.postcode,
                from_date=moved,
                protected=True,
            ),
        )
    if agency == "NCSC" and casting.from_northvale:
        return (NORTHVALE,)
    return (one.home,)


# --- How they belong together, and who works with them


def _ties(casting: Casting, folk: Folk, calendar: Calendar) -> list[Tie]:
    ties = []
    for child in folk.children:
        for parent, kind in ((folk.mother, "MTH"), (folk.father, "FTH")):
            if parent:
                ties.append(Tie(member=parent.key, kind=kind, to=child.key, parental_responsibility=True))
        if folk.grandparent and not folk.mother:
            ties.append(
                Tie(member=folk.grandparent.key, kind="PGRMTH", to=child.key, parental_responsibility=True)
            )
    if folk.mother and folk.father:
        kind, until = ("FMRSPS", calendar.ago(44)) if casting.parted else ("SPS", None)
        ties.append(Tie(member=folk.father.key, kind=kind, to=folk.mother.key, until_date=until))
    if folk.grandparent:
        kind = "MTH" if folk.grandparent.sex == "F" else "FTH"
        own = folk.mother or folk.father
        if own:
            ties.append(Tie(member=folk.grandparent.key, kind=kind, to=own.key))
    if casting.story == "twins":
        ties.append(Tie(member=folk.children[0].key, kind="TWINBRO", to=folk.children[1].key))
    return ties


def _everyday_works(folk: Folk, calendar: Calendar) -> list[Works]:
    """Services open to all: health visiting or school nursing, a class, a tenancy."""
    works = []
    for child in folk.children:
        if child.unborn:
            works.append(
                Works(
                    member=child.key,
                    agency="HOSP",
                    service="Maternity",
                    worker="ngozi",
                    from_date=calendar.ago(110),
                )
            )
            continue
        visited = child.age < 5
        works.append(
            Works(
                member=child.key,
                agency="HV",
                service="Health visiting" if visited else "School nursing",
                worker="amina" if visited else "Rosa Whitcombe",
                from_date=max(calendar.founded, child.born or calendar.founded),
            )
        )
        if child.school:
            works.append(
                Works(
                    member=child.key,
                    agency=child.school,
                    service=f"Year {child.year}" if child.year else "Reception",
                    worker=child.teacher,
                    from_date=calendar.founded if folk.key == "ferris" else calendar.on(date(2026, 9, 3)),
                    # Taught at home since spring, and off the roll.
                    until_date=calendar.ago(236) if folk.key == "ferris" else None,
                )
            )
    officer = "moira" if folk.key == "marsh" else "kevin"
    works.append(
        Works(
            member=folk.parent.key,
            agency="HOU",
            service="Tenancy",
            worker=officer,
            from_date=calendar.founded,
        )
    )
    return works
