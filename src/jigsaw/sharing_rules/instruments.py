"""Which laws open a way for information, from when, from whom, to whom and for what?

The register is data that the caller passes in: what comes with the hub, as its administrator confirmed or corrected
it. Nothing here knows a date or a sector by itself.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from jigsaw.sharing_rules.party import Party
from jigsaw.sharing_rules.problems import Problem, UnreadableRegister
from jigsaw.sharing_rules.roles import COMMISSIONED
from jigsaw.sharing_rules.vocabulary import PURPOSES, SECTORS
from jigsaw.sharing_rules.walk import Walk

BASIS, ART9, SCHEDULE_1, PART_3 = "art6", "art9", "sch1_condition", "part3"
DUTY, POWER, COMMON_LAW = "statutory_duty", "statutory_gateway", "common_law"
KINDS: Final = frozenset({BASIS, ART9, SCHEDULE_1, PART_3, DUTY, POWER, COMMON_LAW})
GATEWAYS: Final = frozenset({DUTY, POWER, COMMON_LAW})
_DUTIES: Final = frozenset({"mandatory", "permissive"})
SPECIAL_CATEGORY: Final = "special_category"
NOT_CONFIRMED: Final = "It is not yet confirmed by your partnership's administrator."


@dataclass(frozen=True, slots=True)
class Requirement:
    """What must hold before the instrument counts (`needed`), or what to bear in mind."""

    code: str
    needed: bool
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """A basis, condition, duty or power. `commenced` is inclusive, `ended` exclusive.

    `always`: it needs no first day. Without that and without a first day it is not in force. `unasked`: it can itself
    be the purpose when nobody asked. Sectors in `commissioned_only` count when they provide commissioned services.
    `short` is how it reads in the middle of a sentence.
    """

    code: str
    title: str
    provision: str
    short: str
    kind: str
    mandatory: bool
    discloses: frozenset[str]
    receives: frozenset[str]
    purposes: frozenset[str]
    commenced: date | None
    ended: date | None
    always: bool
    unasked: bool
    commissioned_only: frozenset[str]
    requirements: tuple[Requirement, ...]
    jurisdiction: str
    source: str
    note: str
    verified: bool
    verified_on: str
    needed: frozenset[str] = field(init=False, compare=False)
    """The codes of the requirements without which it does not count."""
    reminders: str = field(init=False, compare=False)
    """What to bear in mind, and that nobody has confirmed it yet; may be empty."""
    holds: str = field(init=False, compare=False)
    """What is said when it is in force, reminders included."""
    recorded: str = field(init=False, compare=False)
    """How it reads at the end of a sentence, reminders included."""

    def __post_init__(self) -> None:
        needed = frozenset(each.code for each in self.requirements if each.needed)
        object.__setattr__(self, "needed", needed)
        told = [each.words for each in self.requirements if not each.needed]
        reminders = " ".join(told if self.verified else [*told, NOT_CONFIRMED])
        object.__setattr__(self, "reminders", reminders)
        object.__setattr__(self, "recorded", f"{self.short}. {reminders}".strip())
        object.__setattr__(self, "holds", f"{self.subject} is in force. {reminders}".strip())

    @property
    def subject(self) -> str:
        """How it begins a sentence."""
        return sentence(f"{self.short}," if "," in self.short else self.short)

    def in_force(self, on: date) -> bool:
        """Whether it may be relied on that day."""
        begun = self.always or (self.commenced is not None and self.commenced <= on)
        return begun and (self.ended is None or on < self.ended)

    def not_in_force(self, on: date) -> str:
        """Why it may not be relied on that day, with the date; empty when it may."""
        if self.in_force(on):
            return ""
        if self.ended is not None and self.ended <= on:
            return f"ended on {_day(self.ended)}"
        return f"is not in force before {_day(self.commenced)}" if self.commenced else "is not in force"

    def reaches(self, holder: Party, recipient: Party) -> bool:
        """Whether it names this holder's sector and this recipient's, commissioned where it has to be."""
        if holder.sector not in self.discloses or recipient.sector not in self.receives:
            return False
        if not self.commissioned_only:
            return True
        return all(
            party.sector not in self.commissioned_only or party.roles & COMMISSIONED
            for party in (holder, recipient)
        )

    def serves(self, purpose: str) -> bool:
        """Whether the purpose is one for which it was made. False for an unknown purpose."""
        known = PURPOSES.get(purpose)
        return known is not None and bool(known.tags & self.purposes)

    def needs(self, code: str) -> bool:
        """Whether it counts only when the requirement with this code is met."""
        return code in self.needed


@dataclass(frozen=True, slots=True)
class Register:
    """Every instrument by its code. `edition` names exactly this content, for the log of verdicts."""

    edition: str
    by_code: Mapping[str, Instrument]

    def get(self, code: str) -> Instrument | None:
        """The instrument; None for a code that the register does not have."""
        return self.by_code.get(code)

    def gateway(self, code: str) -> Instrument | None:
        """The duty, power or rule of common law with that code; None for anything else."""
        found = self.by_code.get(code)
        return found if found is not None and found.kind in GATEWAYS else None

    def unconfirmed(self, codes: Iterable[str]) -> tuple[Instrument, ...]:
        """Those of the codes whose instruments nobody has confirmed, each once."""
        found = (self.by_code.get(code) for code in dict.fromkeys(codes))
        return tuple(each for each in found if each is not None and not each.verified)


def read(rows: Iterable[Mapping[str, Any]], *, edition: str = "") -> Register:
    """The register that rows hold, as `legal_instruments.json` has them. Slow next to a verdict: keep what it gives.

    Raises UnreadableRegister with every problem. Without `edition` one is made from the content.
    """
    kept = list(rows)
    problems: list[Problem] = []
    found = [_instrument(Walk(row, f"$[{place}]", problems)) for place, row in enumerate(kept)]
    by_code: dict[str, Instrument] = {}
    for place, each in enumerate(found):
        if each.code in by_code:
            problems.append(
                Problem(f"$[{place}].code", f"“{each.code}” is there twice.", "Take one of them out.")
            )
        by_code[each.code] = each
    if problems:
        raise UnreadableRegister(problems)
    return Register(edition or _edition(kept), MappingProxyType(by_code))


def _instrument(walk: Walk) -> Instrument:
    made = Instrument(
        code=walk.text("code"),
        title=walk.text("title"),
        provision=walk.text("provision"),
        short=walk.text("short"),
        kind=walk.code("kind", KINDS),
        mandatory=walk.code("duty", _DUTIES) == "mandatory",
        discloses=frozenset(walk.codes("who_may_disclose", SECTORS, least=0)),
        receives=frozenset(walk.codes("to_whom", SECTORS, least=0)),
        purposes=frozenset(walk.texts("purpose_tags")),
        commenced=walk.day("commenced_on", needed=False),
        ended=walk.day("ended_on", needed=False),
        always=walk.truth("always"),
        unasked=walk.truth("unasked"),
        commissioned_only=frozenset(walk.codes("commissioned_only", SECTORS, least=0)),
        requirements=tuple(_requirement(each) for each in walk.children("requirements")),
        jurisdiction=walk.text("jurisdiction"),
        source=walk.text("source"),
        note=walk.text("note", needed=False),
        verified=walk.truth("verified"),
        verified_on=walk.text("verified_on", needed=False),
    )
    walk.nothing_else()
    if (
        made.ended is not None
        and not made.always
        and (made.commenced is None or made.ended <= made.commenced)
    ):
        walk.wrong("ended_on", "It ends before it begins.", "Give a last day after the first.")
    return made


def _requirement(walk: Walk) -> Requirement:
    made = Requirement(walk.text("code"), walk.truth("needed"), walk.text("words"))
    walk.nothing_else()
    return made


def _edition(rows: list[Mapping[str, Any]]) -> str:
    written = json.dumps(rows, sort_keys=True, ensure_ascii=False, default=str)
    return f"law-{hashlib.sha256(written.encode()).hexdigest()[:12]}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def sentence(words: str) -> str:
    """The words with their first letter made a capital."""
    return words[:1].upper() + words[1:]
