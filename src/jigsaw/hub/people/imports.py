"""How does a file of somebody else's become records of an agency, every one of them accounted for?

The whole file is read before the first statement is sent, packed small, because a reader may find only at its
end that the file is broken, and because rows that speak of one person may stand far apart. Then everything is
written in one transaction, a thousand records at a time.
"""

from __future__ import annotations

import pickle
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import islice
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from jigsaw.formats.records import IncomingPerson, Problem, Reading
from jigsaw.formats.text import matching_key, storable
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit import context
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.people import access, holding, linking
from jigsaw.hub.people.from_files import Fitting, facts_of, joined_where_one, stored_key
from jigsaw.hub.people.linking import Tally
from jigsaw.hub.people.models import ImportBatch, ImportProblem, PersonRecord
from jigsaw.hub.people.records import Facts

if TYPE_CHECKING:
    from jigsaw.hub.agencies.models import Agency

AT_ONCE = 1000
LONGEST_FORMAT = 32  # of a system's 40 letters, ":parent" takes seven
# A doubt about who somebody is: the file is loaded as far as it is sure, and a person looks at the rest.
NEEDS_A_PERSON = frozenset({"duplicate_id"})


@dataclass(frozen=True)
class Found:
    """One thing wrong with a record (0: the file as a whole); `rejected`: the record was left out for it."""

    record: int
    field: str
    code: str
    message: str
    rejected: bool = False
    raw: dict[str, object] | None = None


@dataclass(frozen=True, kw_only=True)
class Report:
    """What became of a file: read = created + updated + unchanged + rejected.

    Of several rows on one person the first counts as what became of the person, each further one as an
    update to them. `linked` and `to_review` count records that were tried against what other agencies hold.
    """

    filename: str
    read: int
    created: int
    updated: int
    unchanged: int
    rejected: int
    linked: int
    to_review: int
    problems: tuple[Found, ...]
    batch: UUID | None

    @property
    def needs_a_person(self) -> bool:
        """Was anything left out, or is it in doubt who somebody is?"""
        return self.rejected > 0 or any(found.code in NEEDS_A_PERSON for found in self.problems)


@context.hub("index")
def load(
    *,
    actor: Actor,
    agency: Agency,
    format: str,
    filename: str,
    reading: Reading,
    now: datetime,
    dry_run: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Report:
    """Load one file; see `load_all`."""
    [report] = load_all(
        actor=actor,
        agency=agency,
        format=format,
        files=[(filename, reading)],
        now=now,
        dry_run=dry_run,
        progress=progress,
    )
    return report


@context.hub("index")
@transaction.atomic
def load_all(
    *,
    actor: Actor,
    agency: Agency,
    format: str,
    files: Iterable[tuple[str, Reading]],
    now: datetime,
    dry_run: bool = False,
    progress: Callable[[int], None] | None = None,
) -> list[Report]:
    """Make the agency's records say what the files (name and reading) say; all of them or, if one fails, none.

    `format` names the source system: records of one format and source key are the same record. `progress` is
    told how many more of the files' records have been dealt with. A dry run does everything and keeps
    nothing. Raises Refused, Invalid, and Unreadable as soon as a reading does.
    """
    access.check_can_import(actor, agency.pk)
    if not 0 < len(format) <= LONGEST_FORMAT:
        raise Invalid(_("The name of a source system has 1 to 32 letters."), next_step=_("Shorten it."))
    _wait_for_other_imports(agency, format)
    reports = [
        _Loading(actor, agency, format, now, progress or (lambda _count: None)).run(filename, reading)
        for filename, reading in files
    ]
    if dry_run:
        transaction.set_rollback(True)
        return [replace(report, batch=None) for report in reports]
    return reports


def _wait_for_other_imports(agency: Agency, format: str) -> None:
    """One at a time for an agency and format, or two would both create what neither finds."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"import {agency.pk} {format}"]
        )


# --- reading ----------------------------------------------------------------------------------------------


@dataclass
class _File:
    """All that a file says: rows by source key, packed, and what is wrong."""

    rows: dict[str, list[bytes]] = field(default_factory=dict)
    read: int = 0
    rejected: int = 0
    problems: dict[int, list[Found]] = field(default_factory=dict)

    @classmethod
    def of(cls, reading: Reading) -> _File:
        """Read to the end. Raises Unreadable."""
        whole = cls()
        for told in reading:
            whole.take(told)
        return whole

    def take(self, told: IncomingPerson | Problem) -> None:
        if isinstance(told, Problem):
            self.note(Found(told.record, told.field, told.code, told.message))
            return
        self.read += 1
        if not told.usable:
            self.reject(told, told.problems)
            return
        for p in told.problems:
            self.note(Found(p.record, p.field, p.code, p.message))
        # A packed record is a tenth of the size: a national-size roll fits beside everything else.
        packed = zlib.compress(pickle.dumps(told, pickle.HIGHEST_PROTOCOL), 1)
        self.rows.setdefault(stored_key(told.source_key), []).append(packed)

    def note(self, found: Found) -> None:
        self.problems.setdefault(found.record, []).append(found)

    def reject(self, person: IncomingPerson, problems: Iterable[Problem]) -> None:
        """Leave the record out, say why, and keep with the first reason all that it said."""
        self.rejected += 1
        reasons = sorted(problems, key=lambda problem: problem.severity != "error")
        for place, p in enumerate(reasons):
            raw = person.raw if place == 0 else None
            self.note(Found(p.record, p.field, p.code, p.message, p.severity == "error", raw))

    def chunks(self) -> Iterator[dict[str, list[IncomingPerson]]]:
        """The rows by key, a thousand persons at a time, in the order of the file; each chunk only once."""
        keys = iter(list(self.rows))
        while some := list(islice(keys, AT_ONCE)):
            yield {key: [_unpacked(row) for row in self.rows.pop(key)] for key in some}


def _unpacked(row: bytes) -> IncomingPerson:
    person: IncomingPerson = pickle.loads(zlib.decompress(row))  # noqa: S301 - packed by this very process
    return person


# --- writing ----------------------------------------------------------------------------------------------


class _Loading:
    """One file on its way in."""

    def __init__(
        self, actor: Actor, agency: Agency, format: str, now: datetime, progress: Callable[[int], None]
    ) -> None:
        self.actor, self.agency, self.format, self.now = actor, agency, format, now
        self.progress = progress
        self.counts = {holding.CREATED: 0, holding.UPDATED: 0, holding.UNCHANGED: 0}
        self.tally = Tally()

    def run(self, filename: str, reading: Reading) -> Report:
        filename = storable(filename)[-255:]
        self.file = _File.of(reading)
        self.progress(self.file.rejected)
        self.batch = ImportBatch.objects.create(
            agency=self.agency,
            format=self.format,
            filename=filename,
            loaded_by_id=self.actor.practitioner_id,
            loaded_at=self.now,
        )
        for chunk in self.file.chunks():
            self._write(chunk)
        return self._close(filename)

    def _write(self, chunk: dict[str, list[IncomingPerson]]) -> None:
        dealt_with = sum(map(len, chunk.values()))
        told = self._refuse_strangers({key: self._facts(rows) for key, rows in chunk.items()}, chunk)
        held = holding.hold_all(
            actor=self.actor,
            agency=self.agency.pk,
            system=self.format,
            told=list(told.items()),
            now=self.now,
            batch=self.batch,
        )
        for each in held:
            self._count(each.outcome, len(chunk[each.record.source_key]))
        self._link({each.record.pk for each in held if each.outcome != holding.UNCHANGED})
        self.progress(dealt_with)

    def _facts(self, rows: list[IncomingPerson]) -> Facts:
        """What the rows say together; those that speak of somebody else are refused and taken out."""
        refused: list[IncomingPerson] = []
        person = joined_where_one(rows, refused.append)
        for row in refused:
            self._refuse(row, "duplicate_id", _same_number_in_file(rows[0]))
        gone = {row.number for row in refused}
        rows[:] = [row for row in rows if row.number not in gone]
        fitting = Fitting()
        facts = facts_of(person, format=self.format, agency_name=self.agency.name, fitting=fitting)
        for name in dict.fromkeys(fitting.cut):
            self.file.note(Found(person.number, name, "too_long", _too_long(name)))
        return facts

    def _refuse_strangers(
        self, told: dict[str, Facts], chunk: dict[str, list[IncomingPerson]]
    ) -> dict[str, Facts]:
        """Without those whose number the agency gave to somebody else: another name and another birthday."""
        rows = PersonRecord.objects.filter(agency=self.agency, system=self.format, source_key__in=list(told))
        for key, given, born in rows.values_list("source_key", "given", "born"):
            if _is_somebody_else(told[key], given, born):
                del told[key]
                for row in chunk[key]:
                    self._refuse(row, "duplicate_id", _same_number_as_held())
        return told

    def _refuse(self, row: IncomingPerson, code: str, message: str) -> None:
        # The reader has said a word on the number already; one is enough.
        said = self.file.problems.pop(row.number, [])
        for found in said:
            if found.code != code:
                self.file.note(found)
        self.file.reject(row, [Problem(row.number, _number_field(row), code, message, "error")])

    def _count(self, outcome: str, rows: int) -> None:
        self.counts[outcome] += 1
        again = holding.UNCHANGED if outcome == holding.UNCHANGED else holding.UPDATED
        self.counts[again] += rows - 1

    def _link(self, records: set[UUID]) -> None:
        self.tally += linking.link_what_is_certain(
            actor=self.actor, records=records, waiting=records.intersection, now=self.now
        )

    def _close(self, filename: str) -> Report:
        problems = [found for _record, some in sorted(self.file.problems.items()) for found in some]
        ImportProblem.objects.bulk_create(
            (_problem_row(self.batch, found) for found in problems), batch_size=AT_ONCE
        )
        for outcome, count in self.counts.items():
            setattr(self.batch, outcome, count)
        self.batch.read, self.batch.rejected = self.file.read, self.file.rejected
        self.batch.save()
        counts = {"read": self.file.read, **self.counts, "rejected": self.file.rejected}
        audit.record(
            actor=self.actor,
            action="import.loaded",
            thing=f"import {self.batch.pk}",
            detail={**counts, "linked": self.tally.linked, "agency": str(self.agency.pk)},
            now=self.now,
        )
        return Report(
            filename=filename,
            **counts,
            linked=self.tally.linked,
            to_review=self.tally.to_review,
            problems=tuple(problems),
            batch=self.batch.pk,
        )


def _problem_row(batch: ImportBatch, found: Found) -> ImportProblem:
    return ImportProblem(
        batch=batch,
        record=found.record,
        field=found.field[:80],
        code=found.code[:60],
        message=found.message,
        rejected=found.rejected,
        raw=found.raw,
    )


def _is_somebody_else(facts: Facts, given: str, born: date | None) -> bool:
    """Has the number gone to another person: first name and birthday both new? One alone is a correction."""
    another_name = given and facts.given and matching_key(given) != matching_key(facts.given)
    return bool(another_name and born and facts.born and born != facts.born)


def _number_field(row: IncomingPerson) -> str:
    return row.identifiers[0].kind if row.identifiers else ""


def _same_number_in_file(first: IncomingPerson) -> str:
    return _(
        "Record %(number)s has the same number but another name, date of birth or NHS number. The first is "
        "kept and this one left out: find out whose number it is and correct the other."
    ) % {"number": first.number}


def _same_number_as_held() -> str:
    return _(
        "The record held under this number has another first name and another date of birth, so nothing was changed: "
        "find out whether the number was given to somebody else."
    )


def _too_long(name: str) -> str:
    return _("The value of %(name)s is too long and was cut; the whole is kept as it came.") % {"name": name}
