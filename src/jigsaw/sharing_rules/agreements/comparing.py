"""What changed between two versions of an agreement: in what it says, and in what follows from it?"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from typing import TypeVar

from jigsaw.sharing_rules.agreements.answer import AgreementAnswer
from jigsaw.sharing_rules.agreements.compiling import Compiled, compiled
from jigsaw.sharing_rules.agreements.model import Agreement, AgreementParty, Clause
from jigsaw.sharing_rules.agreements.words import (
    clause_in_words,
    day,
    joined,
    kept_in_words,
    names_of,
    purposes_of,
)
from jigsaw.sharing_rules.finding import Answer
from jigsaw.sharing_rules.party import Party
from jigsaw.sharing_rules.roles import ROLE_WORDS
from jigsaw.sharing_rules.vocabulary import CATEGORIES, EXISTENCE, MODES, PURPOSES

_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `part` is the key of the document; `before` or `after` is empty for what is new or gone."""

    part: str
    words: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Consequence:
    """What used to be answered one way and is answered another, for these parties, data and purposes."""

    before: Answer
    after: Answer
    words: str

    @property
    def loosens(self) -> bool:
        """Whether the new answer is the less strict."""
        return self.after.severity < self.before.severity


def changes(old: Agreement, new: Agreement) -> list[Change]:
    """Every difference in what the two say, in the order of the document; empty if they say the same."""
    return [
        *_of_text("name", "The name", old.name, new.name),
        *_of_text("contact", "The contact", _contact(old), _contact(new)),
        *_of_text("startDate", "The first day", day(old.start), day(new.start)),
        *_of_text("endDate", "The last day", day(old.end), day(new.end)),
        *_of_text("extends", "What it adds to", old.extends, new.extends),
        *_of_parties(old, new),
        *_of_lists("data", "data", _names(old.data), _names(new.data)),
        *_of_lists("purpose", "purpose", _purposes(old.purposes), _purposes(new.purposes)),
        *_of_lists("permittedUse", "permitted use", old.permitted_use, new.permitted_use),
        *_of_lists("restrictions", "restriction", old.restrictions, new.restrictions),
        *_of_lists(
            "dataRecipientResponsibilities",
            "duty of the recipient",
            old.recipient_responsibilities,
            new.recipient_responsibilities,
        ),
        *_of_lists("securityMeasure", "security measure", old.security_measures, new.security_measures),
        *_of_lists("legalCompliance", "law", old.legal_compliance, new.legal_compliance),
        *_of_lists("retention", "time for which it is kept", kept_in_words(old), kept_in_words(new)),
        *_of_lists("replaces", "replaced agreement", old.replaces, new.replaces),
        *_of_clauses(old, new),
    ]


def consequences(old: Agreement, new: Agreement, *, on: date) -> list[Consequence]:
    """Every release between the parties of either that is answered differently on that day, grouped into sentences.

    Each agreement is asked by itself, with one agency for each party, so chains to other agreements do not count.
    """
    asked = _alone(old), _alone(new)
    parties = list({party.code: party for party in (*old.parties, *new.parties)}.values())
    purposes = tuple(code for code in PURPOSES if code in {*old.purposes, *new.purposes})
    data = tuple(code for code in CATEGORIES if code in {*old.data, *new.data})
    whole = _Whole(tuple(party.name for party in parties), purposes, data)
    found: dict[_Kind, _Cells] = {}
    for giver, receiver in product(parties, parties):
        holder, recipient = _one_of(giver), _one_of(receiver)
        for mode, purpose, category in product(MODES, purposes, data):
            before, after = (
                _said(
                    each.says(
                        holder=holder,
                        recipient=recipient,
                        purpose=purpose,
                        category=category,
                        mode=mode,
                        on=on,
                    )
                )
                for each in asked
            )
            if before != after:
                cells = found.setdefault((before, after, mode), {})
                cells.setdefault((giver.name, receiver.name), set()).add((purpose, category))
    return [
        Consequence(kind[0][0], kind[1][0], words)
        for kind, cells in found.items()
        for words in _sentences(kind, cells, whole)
    ]


@dataclass(frozen=True, slots=True)
class _Whole:
    """All that could be told of: a sentence says "any party" rather than name them all."""

    parties: tuple[str, ...]
    purposes: tuple[str, ...]
    data: tuple[str, ...]


_Said = tuple[Answer, str]
"""An answer, and the role that decides it if it is a REVIEW."""
_Kind = tuple[_Said, _Said, str]
_Pair = tuple[str, str]
_Cells = dict[_Pair, set[_Pair]]


def _said(answer: AgreementAnswer) -> _Said:
    return answer.answer, answer.review_role


def _in_words(said: _Said) -> str:
    answer, role = said
    if answer is Answer.REVIEW:
        return f"the {ROLE_WORDS.get(role, role)} decides"
    return "allowed" if answer is Answer.PERMIT else "not allowed"


def _alone(agreement: Agreement) -> Compiled:
    return compiled([replace(agreement, extends="", replaces=())])


def _one_of(party: AgreementParty) -> Party:
    return Party(party.name, party.sector, code=party.agency, authorities=frozenset(party.authorities[:1]))


def _sentences(kind: _Kind, cells: _Cells, whole: _Whole) -> Iterator[str]:
    """Pairs of parties with the same cells are told together, and so are purposes with the same data."""
    before, after, mode = kind
    shown = "that something is held" if mode == EXISTENCE else "what is held"
    for alike, pairs in _grouped((frozenset(what), pair) for pair, what in cells.items()).items():
        by_receiver = _grouped((receiver, giver) for giver, receiver in pairs)
        for givers, receivers in _grouped((tuple(g), r) for r, g in by_receiver.items()).items():
            yield (
                f"{_in_words(before)} → {_in_words(after)}: {shown}, from {_parties(givers, whole)} to "
                f"{_parties(receivers, whole)}. {' '.join(_what(alike, whole))}"
            )


def _grouped(pairs: Iterable[tuple[_Key, _Value]]) -> dict[_Key, list[_Value]]:
    """By their first, in the order in which each first comes."""
    by_key: dict[_Key, list[_Value]] = {}
    for key, value in pairs:
        by_key.setdefault(key, []).append(value)
    return by_key


def _parties(names: Sequence[str], whole: _Whole) -> str:
    return "any party" if set(names) == set(whole.parties) else joined(names)


def _what(cells: frozenset[_Pair], whole: _Whole) -> Iterator[str]:
    """A sentence for each set of data: the data, and for which purposes."""
    by_purpose = ((tuple(c for c in whole.data if (p, c) in cells), p) for p in whole.purposes)
    for data, purposes in _grouped(by_purpose).items():
        if data:
            named = _data(data, whole)
            for_what = "any purpose" if len(purposes) == len(whole.purposes) else purposes_of(purposes)
            yield f"{named[:1].upper()}{named[1:]}, for {for_what}."


def _data(data: tuple[str, ...], whole: _Whole) -> str:
    """By name, or by what is missing where that is shorter."""
    missing = [code for code in whole.data if code not in data]
    if not missing:
        return "everything"
    return f"everything but {names_of(missing)}" if len(missing) <= _FEW < len(data) else names_of(data)


_FEW = 6


def _contact(agreement: Agreement) -> str:
    contact = agreement.contact
    return ", ".join(part for part in (contact.name, contact.email, contact.telephone) if part)


def _names(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(CATEGORIES[code].name if code in CATEGORIES else code for code in codes)


def _purposes(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(PURPOSES[code].words if code in PURPOSES else code for code in codes)


def _of_text(part: str, what: str, before: str, after: str) -> Iterator[Change]:
    if before != after:
        yield Change(part, f"{what} was {before or 'empty'} and is {after or 'empty'}.", before, after)


def _of_lists(part: str, what: str, before: tuple[str, ...], after: tuple[str, ...]) -> Iterator[Change]:
    yield from (
        Change(part, f"No longer there: {what} “{each}”.", before=each)
        for each in before
        if each not in after
    )
    yield from (Change(part, f"New: {what} “{each}”.", after=each) for each in after if each not in before)


def _of_parties(old: Agreement, new: Agreement) -> Iterator[Change]:
    before, after = ({p.code: p for p in a.parties} for a in (old, new))
    for code in dict.fromkeys((*before, *after)):
        was, is_ = before.get(code), after.get(code)
        if was == is_:
            continue
        if was is None and is_ is not None:
            yield Change("party", f"{_party(is_)} joins.", after=_party(is_))
        elif is_ is None and was is not None:
            yield Change("party", f"{_party(was)} leaves.", before=_party(was))
        elif was is not None and is_ is not None:
            yield Change("party", f"{_party(was)} becomes {_party(is_)}.", _party(was), _party(is_))


def _party(party: AgreementParty) -> str:
    where = party.agency or joined(list(party.authorities))
    return f"{party.name} ({party.sector}, {where})"


def _of_clauses(old: Agreement, new: Agreement) -> Iterator[Change]:
    before, after = ({c.number: c for c in a.clauses} for a in (old, new))
    for number in dict.fromkeys((*before, *after)):
        was, is_ = _clause(old, before.get(number)), _clause(new, after.get(number))
        if before.get(number) == after.get(number) and was == is_:
            continue
        part = "exceptions" if (after.get(number) or before[number]).exception else "defaults"
        if not was:
            yield Change(part, f"Clause {number} is new: {is_}", after=is_)
        elif not is_:
            yield Change(part, f"Clause {number} is gone: {was}", before=was)
        else:
            yield Change(part, f"Clause {number} was: {was} It is: {is_}", was, is_)


def _clause(agreement: Agreement, clause: Clause | None) -> str:
    return clause_in_words(agreement, clause) if clause else ""
