"""What does a sharing agreement say?

The fields are those of SharingPolicy in the UK Social Care Data Standards (information governance v0.1, October
2025), with the defaults and exceptions of DfE's single unique identifier work (ADR-SUI-0005, draft).
An agreement enforces what partners agreed; it is never itself a lawful basis.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

FORMAT: Final = "jigsaw-sharing-policy/1"
ALL: Final = "*"


class Effect(StrEnum):
    """What a clause does with what it is about."""

    PERMIT = "permit"
    REVIEW = "review"
    PROHIBIT = "prohibit"


@dataclass(frozen=True, slots=True)
class Identifier:
    """A value, and the system of identifiers that it belongs to (a URI)."""

    value: str
    system: str

    def as_json(self) -> dict[str, Any]:
        return {"value": self.value, "system": self.system}


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to ask about the agreement."""

    name: str
    email: str = ""
    telephone: str = ""

    def as_json(self) -> dict[str, Any]:
        return {"name": self.name, "email": self.email, "telephone": self.telephone}


@dataclass(frozen=True, slots=True)
class AgreementParty:
    """One agency (`agency` is its code), or every agency of a sector in some authorities (`agency` is empty).

    `authorities` are GSS codes, at least one. `code` is how the clauses of this agreement speak of the party.
    """

    code: str
    name: str
    catalogue_ids: tuple[str, ...]
    sector: str
    authorities: tuple[str, ...]
    agency: str = ""

    def overlaps(self, other: AgreementParty) -> bool:
        """Whether some agency can be both."""
        if self.agency and other.agency:
            return self.agency == other.agency
        return self.sector == other.sector and bool(set(self.authorities) & set(other.authorities))

    def as_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "name": self.name,
            "catalogueId": list(self.catalogue_ids),
            "sector": self.sector,
            "authorities": list(self.authorities),
            "agency": self.agency,
        }


@dataclass(frozen=True, slots=True)
class Clause:
    """One rule of an agreement: from whom, to whom, what, for what, and with which effect.

    The tuples hold codes of the agreement's own parties, purposes and data, or only `*` for all of them.
    `valid_from` and `valid_until` are both inclusive; None where the agreement's own dates hold.
    `exception`: it goes before the defaults of its agreement.
    """

    number: str
    effect: Effect
    givers: tuple[str, ...]
    receivers: tuple[str, ...]
    purposes: tuple[str, ...]
    data: tuple[str, ...]
    modes: tuple[str, ...]
    words: str = ""
    review_role: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    exception: bool = False

    def as_json(self) -> dict[str, Any]:
        return {
            "clause": self.number,
            "effect": self.effect.value,
            "from": list(self.givers),
            "to": list(self.receivers),
            "purpose": list(self.purposes),
            "data": list(self.data),
            "modes": list(self.modes),
            "words": self.words,
            "reviewRole": self.review_role,
            "validFrom": self.valid_from and self.valid_from.isoformat(),
            "validUntil": self.valid_until and self.valid_until.isoformat(),
        }


BIRTH: Final = "birth"
KEPT_FROM: Final = (BIRTH, "recorded")


@dataclass(frozen=True, slots=True)
class Kept:
    """How long parties keep what they hold of some kinds of data (`data`: codes, or only `*`): whole years from the
    birth of the youngest whom it is about, or from the day on which it was recorded. `words`: why, and where it says so."""

    data: tuple[str, ...]
    since: str
    years: int
    words: str

    def as_json(self) -> dict[str, Any]:
        return {"data": list(self.data), "from": self.since, "years": self.years, "words": self.words}

    def in_words(self, names: str) -> str:
        """How long, and why; `names` are those of the kinds of data."""
        return f"{self.how_long(names)}. {self.words}"

    def how_long(self, names: str) -> str:
        since = "from the child’s birth" if self.since == BIRTH else "from the day on which it was recorded"
        return f"{names}: {self.years} {'year' if self.years == 1 else 'years'} {since}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """One version of one agreement. `start` and `end` are both inclusive.

    `extends` names an agreement that this one adds to: it holds only on days when that one does, and can
    narrow what it allows, never widen a prohibition. `replaces` names agreements that end when this one begins.
    """

    uri: str
    identifier: Identifier
    version: int
    name: str
    contact: Contact
    parties: tuple[AgreementParty, ...]
    data: tuple[str, ...]
    purposes: tuple[str, ...]
    start: date
    end: date
    permitted_use: tuple[str, ...]
    clauses: tuple[Clause, ...]
    restrictions: tuple[str, ...] = ()
    recipient_responsibilities: tuple[str, ...] = ()
    security_measures: tuple[str, ...] = ()
    legal_compliance: tuple[str, ...] = ()
    retention: tuple[Kept, ...] = ()
    extends: str = ""
    replaces: tuple[str, ...] = ()
    about: str = ""

    @property
    def label(self) -> str:
        """Name and version, as one says it."""
        return f"{self.name} (version {self.version})"

    @property
    def defaults(self) -> tuple[Clause, ...]:
        return tuple(clause for clause in self.clauses if not clause.exception)

    @property
    def exceptions(self) -> tuple[Clause, ...]:
        return tuple(clause for clause in self.clauses if clause.exception)

    def party(self, code: str) -> AgreementParty:
        """The party with this code; raises KeyError."""
        return next((p for p in self.parties if p.code == code), None) or _missing(code)

    def parties_of(self, codes: tuple[str, ...]) -> tuple[AgreementParty, ...]:
        """The parties that a clause names, in the agreement's order."""
        return tuple(p for p in self.parties if codes == (ALL,) or p.code in codes)

    def purposes_of(self, clause: Clause) -> tuple[str, ...]:
        return self.purposes if clause.purposes == (ALL,) else clause.purposes

    def data_of(self, clause: Clause) -> tuple[str, ...]:
        return self.data if clause.data == (ALL,) else clause.data

    def data_kept(self, kept: Kept) -> tuple[str, ...]:
        return self.data if kept.data == (ALL,) else kept.data

    def period_of(self, clause: Clause) -> tuple[date, date]:
        """First and last day on which the clause holds, both inclusive."""
        return (clause.valid_from or self.start, clause.valid_until or self.end)

    def as_json(self) -> dict[str, Any]:
        """The whole agreement in its canonical form: `read(agreement.as_json()) == agreement`."""
        return {
            "format": FORMAT,
            "about": self.about,
            "uri": self.uri,
            "identifier": self.identifier.as_json(),
            "version": self.version,
            "name": self.name,
            "contact": self.contact.as_json(),
            "party": [party.as_json() for party in self.parties],
            "data": list(self.data),
            "purpose": list(self.purposes),
            "startDate": self.start.isoformat(),
            "endDate": self.end.isoformat(),
            "permittedUse": list(self.permitted_use),
            "restrictions": list(self.restrictions),
            "dataRecipientResponsibilities": list(self.recipient_responsibilities),
            "securityMeasure": list(self.security_measures),
            "legalCompliance": list(self.legal_compliance),
            "retention": [kept.as_json() for kept in self.retention],
            "extends": self.extends or None,
            "replaces": list(self.replaces),
            "defaults": [clause.as_json() for clause in self.defaults],
            "exceptions": [clause.as_json() for clause in self.exceptions],
        }


def _missing(code: str) -> AgreementParty:
    raise KeyError(code)
