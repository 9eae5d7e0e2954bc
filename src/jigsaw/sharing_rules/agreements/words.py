"""How does an agreement read in plain English, and whom does it affect?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

from jigsaw.sharing_rules.agreements.model import ALL, Agreement, Clause, Effect
from jigsaw.sharing_rules.roles import ROLE_WORDS
from jigsaw.sharing_rules.vocabulary import CATEGORIES, CONTENT, EXISTENCE, PURPOSES

_HOLDS: Final = {
    (EXISTENCE,): "that they hold something",
    (CONTENT,): "what they hold",
    (EXISTENCE, CONTENT): "what they hold, and that they hold it",
}


def in_words(agreement: Agreement) -> list[str]:
    """Paragraphs for people who have never seen the form: who, what, for what, until when, and what then."""
    paragraphs = [
        _opening(agreement),
        *(_clause(agreement, clause) for clause in agreement.defaults),
        *(f"Exception {_clause(agreement, clause)}" for clause in agreement.exceptions),
        _listed("What is shared may be used for this.", agreement.permitted_use),
        _listed("It may not be used so.", agreement.restrictions),
        _listed("Whoever receives it must do this.", agreement.recipient_responsibilities),
        _listed("It is kept safe like this.", agreement.security_measures),
        _listed("It is kept so long.", kept_in_words(agreement)),
        _outside(agreement),
        _chain(agreement),
    ]
    return [paragraph for paragraph in paragraphs if paragraph]


def kept_in_words(agreement: Agreement) -> tuple[str, ...]:
    """A sentence for each kind of data that the agreement says how long to keep."""
    return tuple(
        kept.in_words(", ".join(CATEGORIES[code].name for code in agreement.data_kept(kept)))
        for kept in agreement.retention
    )


def whom_it_affects(agreement: Agreement, *, places: Mapping[str, str] | None = None) -> list[str]:
    """A line for each party: who it is, where, and in which clauses it gives or receives.

    `places`: names of authorities by their GSS codes; a code without a name stands for itself.
    """
    return [
        f"{party.name} ({_where(party.agency, party.authorities, places or {})}): "
        f"gives under {_numbers(agreement, party.code, gives=True)}; "
        f"receives under {_numbers(agreement, party.code, gives=False)}."
        for party in agreement.parties
    ]


def clause_in_words(agreement: Agreement, clause: Clause) -> str:
    """One clause as a sentence, for a page that shows the verdict it led to."""
    return _clause(agreement, clause)


def names_of(codes: Iterable[str]) -> str:
    """Categories of data by name, in the order given. Some names hold an "and", so semicolons part them."""
    return "; ".join(CATEGORIES[code].name if code in CATEGORIES else code for code in codes)


def purposes_of(codes: Iterable[str]) -> str:
    """Purposes in words, in the order given."""
    return joined([PURPOSES[code].words if code in PURPOSES else code for code in codes], last="or")


def day(day: date) -> str:
    """As one writes it: 1 September 2026."""
    return f"{day.day} {day:%B %Y}"


def joined(parts: Sequence[str], *, last: str = "and") -> str:
    """One, two and three."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {last} {parts[-1]}" if parts else ""


def _opening(agreement: Agreement) -> str:
    return (
        f"{agreement.label} holds from {day(agreement.start)} until {day(agreement.end)}, the last day included, "
        f"between: {'; '.join(party.name for party in agreement.parties)}. "
        f"Ask {_reach(agreement)} about it."
    )


def _reach(agreement: Agreement) -> str:
    contact = agreement.contact
    ways = [way for way in (contact.email, contact.telephone) if way]
    return f"{contact.name} ({joined(ways, last='or')})"


def _clause(agreement: Agreement, clause: Clause) -> str:
    mode = _HOLDS[tuple(mode for mode in (EXISTENCE, CONTENT) if mode in clause.modes)]
    data = "anything in this agreement" if clause.data == (ALL,) else names_of(clause.data)
    purposes = "any purpose of this agreement" if clause.purposes == (ALL,) else _for(clause.purposes)
    return (
        f"{clause.number}. {_said(clause.words)}{_who_may(agreement, clause)} tell "
        f"{_parties(agreement, clause.receivers, receiving=True)} {mode}{_when(clause)}. "
        f"About: {data}. For: {purposes}.{_decided(clause)}"
    )


def _for(codes: Iterable[str]) -> str:
    return "; ".join(PURPOSES[code].words if code in PURPOSES else code for code in codes)


def _decided(clause: Clause) -> str:
    role = ROLE_WORDS.get(clause.review_role, clause.review_role)
    return f" Each time, the {role} decides." if clause.effect is Effect.REVIEW else ""


def _said(words: str) -> str:
    return f"{words.rstrip('.')}. " if words else ""


def _who_may(agreement: Agreement, clause: Clause) -> str:
    if clause.effect is not Effect.PROHIBIT:
        return f"{_parties(agreement, clause.givers)} may"
    return "No party may" if clause.givers == (ALL,) else f"{_parties(agreement, clause.givers)} may not"


def _parties(agreement: Agreement, codes: tuple[str, ...], *, receiving: bool = False) -> str:
    if codes == (ALL,):
        return "every other party" if receiving else "All parties"
    return joined([party.name for party in agreement.parties_of(codes)])


def _when(clause: Clause) -> str:
    since = f" from {day(clause.valid_from)}" if clause.valid_from else ""
    until = f" until {day(clause.valid_until)}" if clause.valid_until else ""
    return f"{since}{until}"


def _listed(opening: str, lines: tuple[str, ...]) -> str:
    return " ".join([opening, *lines]) if lines else ""


def _outside(agreement: Agreement) -> str:
    return (
        "What this agreement does not speak of is not allowed by it, nor forbidden: the safeguarding lead decides, "
        "because the law may allow or require sharing without an agreement. Nothing here stops anybody from sharing "
        "what is needed to protect a child from immediate danger."
    )


def _chain(agreement: Agreement) -> str:
    parts = []
    if agreement.extends:
        parts.append(f"It adds to the agreement {agreement.extends}, and holds only as long as that does.")
    if agreement.replaces:
        parts.append(f"It replaces {joined(list(agreement.replaces))} from its first day.")
    return " ".join(parts)


def _where(agency: str, authorities: tuple[str, ...], places: Mapping[str, str]) -> str:
    if agency:
        return f"the agency {agency}"
    return f"every such agency in {joined([places.get(code, code) for code in authorities])}"


def _numbers(agreement: Agreement, party: str, *, gives: bool) -> str:
    named = [
        clause.number
        for clause in agreement.clauses
        if (codes := clause.givers if gives else clause.receivers) == (ALL,) or party in codes
    ]
    return f"clause {joined(named)}" if len(named) == 1 else f"clauses {joined(named)}" if named else "none"
