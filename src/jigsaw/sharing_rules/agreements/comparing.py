"""What changed between two versions of an agreement: in what it says, and in what follows from it?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import product

from jigsaw.sharing_rules.agreements.compiling import Compiled, compiled
from jigsaw.sharing_rules.agreements.model import Agreement, AgreementParty, Clause
from jigsaw.sharing_rules.agreements.words import clause_in_words, day, joined, names_of, purposes_of
from jigsaw.sharing_rules.finding import Answer
from jigsaw.sharing_rules.party import Party
from jigsaw.sharing_rules.vocabulary import CATEGORIES, EXISTENCE, MODES, PURPOSES


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
        *_of_lists("replaces", "replaced agreement", old.replaces, new.replaces),
        *_of_clauses(old, new),
    ]


def consequences(old: Agreement, new: Agreement, *, on: date) -> list[Consequence]:
    """Every release between the parties of either that is answered differently on that day, grouped into sentences.

    Each agreement is asked by itself, with one agency for each party, so chains to other agreements do not count.
    """
    asked = _alone(old), _alone(new)
    parties = list({party.code: party for party in (*old.parties, *new.parties)}.values())
    found: dict[tuple[Answer, Answer, str], dict[tuple[str, str], set[tuple[str, str]]]] = {}
    for giver, receiver in product(parties, parties):
        holder, recipient = _one_of(giver), _one_of(receiver)
        for mode, purpose, category in product(MODES, PURPOSES, CATEGORIES):
            before, after = (
                each.says(
                    holder=holder, recipient=recipient, purpose=purpose, category=category, mode=mode, on=on
                ).answer
                for each in asked
            )
            if before is not after:
                cells = found.setdefault((before, after, mode), {})
                cells.setdefault((giver.name, receiver.name), set()).add((purpose, category))
    return [
        Consequence(before, after, words)
        for (before, after, mode), cells in found.items()
        for words in _sentences(before, after, mode, cells)
    ]


def _alone(agreement: Agreement) -> Compiled:
    return compiled([replace(agreement, extends="", replaces=())])


def _one_of(party: AgreementParty) -> Party:
    return Party(party.name, party.sector, code=party.agency, authorities=frozenset(party.authorities[:1]))


def _sentences(
    before: Answer, after: Answer, mode: str, cells: dict[tuple[str, str], set[tuple[str, str]]]
) -> Iterator[str]:
    """Pairs of parties with the same cells are told together, and so are purposes with the same data."""
    same: dict[frozenset[tuple[str, str]], list[tuple[str, str]]] = {}
    for pair, what in cells.items():
        same.setdefault(frozenset(what), []).append(pair)
    shown = "that something is held" if mode == EXISTENCE else "what is held"
    for alike, pairs in same.items():
        by_receiver: dict[str, list[str]] = {}
        for giver, receiver in pairs:
            by_receiver.setdefault(receiver, []).append(giver)
        by_givers: dict[tuple[str, ...], list[str]] = {}
        for receiver, givers in by_receiver.items():
            by_givers.setdefault(tuple(givers), []).append(receiver)
        for givers_, receivers in by_givers.items():
            yield (
                f"{_SAYS[before]} → {_SAYS[after]}: {shown}, from {joined(givers_)} to {joined(receivers)}: "
                f"{'; '.join(_what(alike))}."
            )


_SAYS = {Answer.PERMIT: "allowed", Answer.REVIEW: "a person decides", Answer.DENY: "not allowed"}


def _what(cells: frozenset[tuple[str, str]]) -> Iterator[str]:
    by_purpose = {p: tuple(c for c in CATEGORIES if (p, c) in cells) for p in PURPOSES}
    by_data: dict[tuple[str, ...], list[str]] = {}
    for purpose, data in by_purpose.items():
        if data:
            by_data.setdefault(data, []).append(purpose)
    for data, purposes in by_data.items():
        yield f"{names_of(data)} for {purposes_of(purposes)}"


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
