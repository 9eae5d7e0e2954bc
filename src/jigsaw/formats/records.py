"""What does every reader hand back, whatever the file looked like?

One shape for people (`IncomingPerson`), one for what is wrong (`Problem`), and one exception for a file that
cannot be read at all (`Unreadable`). The values are as clean as the reader could make them; `raw` keeps what
the file said.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from jigsaw.formats.text import clean, matching_key

Severity = Literal["error", "warning"]
Sex = Literal["M", "F", "U", ""]
IdentifierKind = Literal["nhs_number", "upn", "former_upn", "uln", "la_child_id", "local_id"]

# The first of these that a record carries names it for good within its agency. An agency's own number comes
# before a national one, because a person can be given a new NHS number or UPN.
KEY_ORDER: tuple[IdentifierKind, ...] = ("la_child_id", "local_id", "nhs_number", "upn")


class Unreadable(Exception):
    """The file as a whole cannot be read; nothing from it may be kept. `message` says what to do next."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong. `record` counts as the user counts: a sheet's row (header = 1), or the nth child of an
    XML return; 0 is the file as a whole. An `error` means that the record cannot be used."""

    record: int
    field: str
    code: str
    message: str
    severity: Severity


@dataclass(frozen=True, slots=True)
class IncomingName:
    """`use` follows the MAIS name uses: official, usual, nickname (a preferred name), old."""

    family: str
    given: str
    use: str = "official"


@dataclass(frozen=True, slots=True)
class IncomingIdentifier:
    kind: IdentifierKind
    value: str


@dataclass(frozen=True, slots=True)
class IncomingAddress:
    """`use` is home, no_fixed_abode or unknown. The ZZ99 postcodes that mean the last two are left out of
    `postcode`, so that two children of no fixed abode never look like neighbours."""

    lines: tuple[str, ...] = ()
    town: str = ""
    postcode: str = ""
    uprn: str = ""
    use: str = "home"


@dataclass(frozen=True, slots=True)
class IncomingContact:
    """`whose` is self, or the relationship of the parent or carer it reaches."""

    kind: Literal["phone", "email"]
    value: str
    whose: str = "self"


@dataclass(frozen=True, slots=True)
class RelatedPerson:
    """What a record says about somebody else: enough to find and reach them, no more."""

    names: tuple[IncomingName, ...] = ()
    contacts: tuple[IncomingContact, ...] = ()
    born: date | None = None


@dataclass(frozen=True, slots=True)
class IncomingRelation:
    """`kind` is the relationship in the file's own words (Mum, Guardian…): what `person` is to the child."""

    kind: str
    person: RelatedPerson


@dataclass(frozen=True, slots=True)
class IncomingInvolvement:
    """A service that knows the person. Both dates are inclusive; None means not said, or still open."""

    service: str
    worker: str = ""
    worker_phone: str = ""
    from_date: date | None = None
    until_date: date | None = None
    detail: str = ""
    worker_email: str = ""


@dataclass(frozen=True, slots=True)
class IncomingPerson:
    """One record of one person. The same `source_key` twice in a file means one person told of twice.

    `born_accuracy` has a letter each for day, month and year: A accurate, E estimated, U unknown (MAIS).
    """

    number: int
    source_key: str
    names: tuple[IncomingName, ...] = ()
    born: date | None = None
    born_accuracy: str = "UUU"
    expected_on: date | None = None
    died_on: date | None = None
    sex: Sex = ""
    ethnicity: str = ""
    disabilities: tuple[str, ...] = ()
    identifiers: tuple[IncomingIdentifier, ...] = ()
    addresses: tuple[IncomingAddress, ...] = ()
    contacts: tuple[IncomingContact, ...] = ()
    relations: tuple[IncomingRelation, ...] = ()
    involvements: tuple[IncomingInvolvement, ...] = ()
    raw: dict[str, object] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    @property
    def usable(self) -> bool:
        """False: the record must be rejected, and its error-severity problems say why."""
        return all(problem.severity != "error" for problem in self.problems)


# A bare Problem in a reading concerns the file as a whole. Unreadable may come at any step, the last included
# (a truncated file is only known at its end), so keep nothing until the iterator is exhausted: write inside
# one transaction.
Reading = Iterator[IncomingPerson | Problem]


class Findings:
    """Collects the problems of one record while it is being read."""

    def __init__(self, record: int) -> None:
        self.record = record
        self._problems: list[Problem] = []

    def warn(self, field: str, code: str, message: str) -> None:
        self._problems.append(Problem(self.record, field, code, message, "warning"))

    def refuse(self, field: str, code: str, message: str) -> None:
        self._problems.append(Problem(self.record, field, code, message, "error"))

    def all(self) -> tuple[Problem, ...]:
        return tuple(self._problems)


def source_key(
    identifiers: tuple[IncomingIdentifier, ...],
    names: tuple[IncomingName, ...] = (),
    born: date | None = None,
    postcode: str = "",
) -> str:
    """A key for the record that is the same at every import from one agency, e.g. `la_child_id:DfEX0000001`.

    Without an identifier it is a digest of name, date of birth and postcode: a correction to any of them then
    makes a new key, and record linkage brings the two together.
    """
    held = {identifier.kind: identifier.value for identifier in reversed(identifiers)}
    for kind in KEY_ORDER:
        if kind in held:
            return f"{kind}:{clean(held[kind])}"
    name = "|".join(f"{matching_key(n.family)}|{matching_key(n.given)}" for n in names[:1])
    told = f"{name}|{born or ''}|{matching_key(postcode)}"
    return "told:" + hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:24]


class SeenKeys:
    """Notices when one file uses one key for two records.

    With `expect_repeats` (a table with a row for each involvement) only a record that disagrees with the
    first about name or date of birth is reported.
    """

    def __init__(self, *, expect_repeats: bool = False) -> None:
        self._expect_repeats = expect_repeats
        self._first: dict[str, tuple[int, int]] = {}

    def check(
        self, key: str, names: tuple[IncomingName, ...], born: date | None, field: str, findings: Findings
    ) -> None:
        told = hash((tuple((matching_key(n.family), matching_key(n.given)) for n in names[:1]), born))
        first_record, first_told = self._first.setdefault(key, (findings.record, told))
        if first_record == findings.record:
            return
        if told != first_told:
            findings.warn(
                field,
                "duplicate_id",
                f"Record {first_record} has the same number but another name or date of birth. "
                "Check which of the two it belongs to.",
            )
        elif not self._expect_repeats:
            findings.warn(
                field,
                "duplicate_id",
                f"Record {first_record} has the same number. The two are taken as one person; "
                "check that they are.",
            )
