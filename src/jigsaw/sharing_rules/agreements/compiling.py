"""What do all agreements together say about one release on one day?

Every clause of every agreement is one bit of a number. Who gives, who receives, the purpose, the kind of data and
the mode each have a number of the clauses that speak of them: the clauses that apply are the bits common to
all. A code that nobody knows has none. So the answer takes a few look-ups, and fails closed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Final

from jigsaw.sharing_rules.agreements.answer import AgreementAnswer
from jigsaw.sharing_rules.agreements.chains import Period, periods
from jigsaw.sharing_rules.agreements.model import Agreement, AgreementParty, Clause, Effect
from jigsaw.sharing_rules.finding import Answer
from jigsaw.sharing_rules.party import Party
from jigsaw.sharing_rules.roles import ROLE_WORDS, SAFEGUARDING_LEAD
from jigsaw.sharing_rules.vocabulary import CATEGORIES, CONTENT, MODES, PURPOSES

_STRICTNESS: Final = {Effect.PERMIT: 0, Effect.REVIEW: 1, Effect.PROHIBIT: 2}
_DAYS_KEPT: Final = 4000
_ANSWERS_KEPT: Final = 20_000
_NO_AGREEMENT: Final = "No agreement covers this."
_NO_AGREEMENT_NEEDED: Final = (
    "An agreement is not what makes sharing lawful: the law may allow or require it without one."
)


@dataclass(frozen=True, slots=True)
class _Row:
    """One clause, ready to answer: its agreement by number, the days on which it holds, and what it says.

    `weight`: within its agreement the heavier counts: exceptions before defaults, and then the stricter.
    """

    agreement: int
    weight: int
    strictness: int
    first: date
    last: date
    says: AgreementAnswer


class Compiled:
    """Agreements ready to be asked. Made by `compiled`; what they say never changes afterwards.

    Answers that were given are kept: the same clauses on the same day say the same.
    """

    __slots__ = (
        "_answers",
        "_by_agency",
        "_by_category",
        "_by_mode",
        "_by_purpose",
        "_by_sector",
        "_held",
        "_on",
        "_rows",
        "editions",
    )

    def __init__(self, agreements: tuple[Agreement, ...], held: Sequence[tuple[Period, ...]]) -> None:
        self.editions: Final = tuple((a.identifier.value, a.version) for a in agreements)
        """Identifier and version of every agreement compiled, for the log."""
        self._held: Final = tuple(
            (f"{a.identifier.value} v{a.version}", held[place]) for place, a in enumerate(agreements)
        )
        self._answers: Final[dict[tuple[int, date], AgreementAnswer]] = {}
        self._on: Final[dict[date, tuple[str, ...]]] = {}
        givers, receivers = _Sides(), _Sides()
        purposes: dict[str, int] = {}
        categories: dict[str, int] = {}
        modes: dict[str, int] = {}
        rows = []
        for place, (number, agreement, clause, period) in enumerate(_clauses(agreements, held)):
            bit = 1 << place
            rows.append(_row(number, agreement, clause, period))
            givers.add(agreement.parties_of(clause.givers), bit)
            receivers.add(agreement.parties_of(clause.receivers), bit)
            _mark(purposes, agreement.purposes_of(clause), bit)
            _mark(categories, agreement.data_of(clause), bit)
            _mark(modes, clause.modes, bit)
        self._rows: Final = tuple(rows)
        self._by_purpose: Final = purposes
        self._by_category: Final = categories
        self._by_mode: Final = modes
        self._by_agency: Final = (givers.by_agency, receivers.by_agency)
        self._by_sector: Final = (givers.by_sector, receivers.by_sector)

    def says(
        self, *, holder: Party, recipient: Party, purpose: str, category: str, mode: str, on: date
    ) -> AgreementAnswer:
        """The strictest answer of the agreements that hold on that day; exceptions go before defaults in each.

        Outside every agreement: REVIEW by the safeguarding lead for what is held (CONTENT), because sharing
        may be lawful without one; DENY that something is held (EXISTENCE), which is not shown. A code that is
        not known is outside. A clause that prohibits: DENY. Source: UK Social Care Data Standards,
        information governance v0.1; DfE ADR-SUI-0005 (draft), fail closed.
        """
        bits = (
            self._by_purpose.get(purpose, 0)
            & self._by_category.get(category, 0)
            & self._by_mode.get(mode, 0)
            & self._side(0, holder)
            & self._side(1, recipient)
        )
        known = self._answers.get((bits, on)) or self._decided(bits, on)
        return known or self._outside(bits, purpose, category, mode, on)

    def _decided(self, bits: int, on: date) -> AgreementAnswer | None:
        """What the clauses of these bits say that day, kept for the next time; None when none of them holds."""
        decisive: dict[int, _Row] = {}
        for row in self._chosen(bits):
            if row.first <= on <= row.last:
                before = decisive.get(row.agreement)
                if before is None or row.weight > before.weight:
                    decisive[row.agreement] = row
        if not decisive:
            return None
        said = _strictest(tuple(decisive.values()))
        if len(self._answers) < _ANSWERS_KEPT:
            self._answers[bits, on] = said
        return said

    def _chosen(self, bits: int) -> Iterator[_Row]:
        while bits:
            lowest = bits & -bits
            yield self._rows[lowest.bit_length() - 1]
            bits ^= lowest

    def in_force(self, on: date) -> tuple[str, ...]:
        """Every agreement that holds that day, as `IDENTIFIER v2`, in the order of identifier and version."""
        known = self._on.get(on)
        if known is None:
            known = tuple(
                label for label, held in self._held if any(first <= on <= last for first, last in held)
            )
            if len(self._on) < _DAYS_KEPT:
                self._on[on] = known
        return known

    def _side(self, side: int, party: Party) -> int:
        by_sector = self._by_sector[side]
        bits = self._by_agency[side].get(party.code, 0)
        for authority in party.authorities:
            bits |= by_sector.get((party.sector, authority), 0)
        return bits

    def _outside(self, bits: int, purpose: str, category: str, mode: str, on: date) -> AgreementAnswer:
        why = _unknown(purpose, category, mode) or (
            self._ended_or_to_come(bits, on) if bits else _NO_AGREEMENT
        )
        return _not_covered(why, shows_content=mode == CONTENT)

    def _ended_or_to_come(self, bits: int, on: date) -> str:
        """The agreement that would cover it on another day: the last that ended, else the first to come."""
        rows = [row for row in self._chosen(bits) if row.first <= row.last]
        ended = max((row for row in rows if row.last < on), key=lambda row: row.last, default=None)
        to_come = min((row for row in rows if row.first > on), key=lambda row: row.first, default=None)
        if ended is not None:
            return f"{ended.says.name} covered this until {_day(ended.last)}, and has ended."
        if to_come is not None:
            return f"{to_come.says.name} covers this only from {_day(to_come.first)}."
        return _NO_AGREEMENT


@lru_cache(maxsize=1000)
def _not_covered(why: str, *, shows_content: bool) -> AgreementAnswer:
    """What is said outside every agreement: the law may still allow what is held to go, but nothing is pointed to."""
    if not shows_content:
        return AgreementAnswer(
            Answer.DENY,
            f"{why} So it is not shown that anything is held.",
            "Ask the agency in a request; it can answer for itself.",
        )
    return AgreementAnswer(
        Answer.REVIEW,
        f"{why} {_NO_AGREEMENT_NEEDED}",
        "Name the duty or power you rely on, and let the safeguarding lead decide. If a child is in "
        "immediate danger, share what is needed now and tell them afterwards.",
        SAFEGUARDING_LEAD,
    )


def compiled(agreements: Iterable[Agreement]) -> Compiled:
    """The agreements ready to be asked. Of several versions of one, each holds until the next begins.

    Raises UnreadableAgreement for a chain of `extends` or `replaces` that comes back to itself, one that
    extends an agreement which is not given, and two of the same identifier and version.
    """
    given = tuple(sorted(agreements, key=lambda a: (a.identifier.value, a.version)))
    return Compiled(given, periods(given))


class _Sides:
    """Which clauses speak of an agency, by its own code and by its sector in an authority."""

    def __init__(self) -> None:
        self.by_agency: dict[str, int] = {}
        self.by_sector: dict[tuple[str, str], int] = {}

    def add(self, parties: Iterable[AgreementParty], bit: int) -> None:
        for party in parties:
            if party.agency:
                _mark(self.by_agency, (party.agency,), bit)
            else:
                for authority in party.authorities:
                    key = (party.sector, authority)
                    self.by_sector[key] = self.by_sector.get(key, 0) | bit


def _mark(numbers: dict[str, int], codes: Iterable[str], bit: int) -> None:
    for code in codes:
        numbers[code] = numbers.get(code, 0) | bit


def _clauses(
    agreements: Iterable[Agreement], held: Sequence[tuple[Period, ...]]
) -> Iterator[tuple[int, Agreement, Clause, Period]]:
    """Each clause once for every stretch of days on which its agreement holds."""
    for number, agreement in enumerate(agreements):
        for period in held[number]:
            for clause in agreement.clauses:
                yield number, agreement, clause, period


def _row(number: int, agreement: Agreement, clause: Clause, period: Period) -> _Row:
    since, until = agreement.period_of(clause)
    return _Row(
        agreement=number,
        weight=len(_STRICTNESS) * clause.exception + _STRICTNESS[clause.effect],
        strictness=_STRICTNESS[clause.effect],
        first=max(period[0], since),
        last=min(period[1], until),
        says=_says(agreement, clause),
    )


def _strictest(rows: tuple[_Row, ...]) -> AgreementAnswer:
    """The answer of the strictest row, one for each agreement; where they differ its words say so."""
    if len(rows) == 1:
        return rows[0].says
    strict = max(rows, key=_strictness)
    softer = [row.says for row in rows if row.strictness < strict.strictness]
    return _told_with(strict.says, softer[0]) if softer else strict.says


def _strictness(row: _Row) -> int:
    return row.strictness


@lru_cache(maxsize=1000)
def _told_with(strict: AgreementAnswer, softer: AgreementAnswer) -> AgreementAnswer:
    does = "allows it" if softer.answer is Answer.PERMIT else "leaves it to a person"
    return replace(
        strict,
        words=f"{strict.words} {softer.name} (version {softer.version}), clause {softer.clause}, {does}: "
        "the stricter counts.",
    )


def _says(agreement: Agreement, clause: Clause) -> AgreementAnswer:
    """What a clause answers wherever it is the one that counts."""
    answer = {Effect.PERMIT: Answer.PERMIT, Effect.REVIEW: Answer.REVIEW, Effect.PROHIBIT: Answer.DENY}
    does, next_step = _does(clause)
    because = f": {clause.words.rstrip('.')}." if clause.words else "."
    return AgreementAnswer(
        answer=answer[clause.effect],
        words=f"{agreement.label}, clause {clause.number}, {does}{because}",
        next_step=next_step,
        review_role=clause.review_role,
        agreement=agreement.identifier.value,
        version=agreement.version,
        name=agreement.name,
        clause=clause.number,
        duties=agreement.recipient_responsibilities,
        restrictions=agreement.restrictions,
        covered=True,
    )


def _does(clause: Clause) -> tuple[str, str]:
    """What the clause does, and the next step that follows."""
    if clause.effect is Effect.PERMIT:
        return "allows this", ""
    if clause.effect is Effect.REVIEW:
        decider = ROLE_WORDS.get(clause.review_role, clause.review_role)
        return f"leaves this to the {decider}", f"Ask the {decider} to decide."
    return (
        "does not allow this",
        "Leave it out, or ask the partners to change the agreement. If a child is in immediate danger, say so "
        "and ask the safeguarding lead: no agreement stops what the law requires.",
    )


def _unknown(purpose: str, category: str, mode: str) -> str:
    """What is not known among the codes; empty if all are."""
    if purpose not in PURPOSES:
        return "Agreements do not know the purpose that is stated."
    if category not in CATEGORIES:
        return "Agreements do not know this kind of information."
    return "" if mode in MODES else "Agreements do not know this way of sharing."


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
