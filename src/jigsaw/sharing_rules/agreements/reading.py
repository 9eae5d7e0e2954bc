"""How is an agreement read from JSON, so that nothing in it is silently misunderstood?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date
from itertools import combinations
from typing import Final

from jigsaw.sharing_rules.agreements.model import (
    ALL,
    FORMAT,
    KEPT_FROM,
    Agreement,
    AgreementParty,
    Clause,
    Contact,
    Effect,
    Identifier,
    Kept,
)
from jigsaw.sharing_rules.problems import Problem, UnreadableAgreement
from jigsaw.sharing_rules.roles import ROLE_WORDS
from jigsaw.sharing_rules.vocabulary import CATEGORIES, MODES, PURPOSES, SECTORS
from jigsaw.sharing_rules.walk import Walk

_NO_DAY: Final = date.min
_ORDER: Final = {
    key: place
    for place, key in enumerate(
        "format about uri identifier version name contact party data purpose startDate endDate permittedUse "  # noqa: SIM905
        "restrictions dataRecipientResponsibilities securityMeasure legalCompliance retention extends replaces "
        "defaults exceptions".split()
    )
}


def read(document: object, *, instruments: Collection[str] | None = None) -> Agreement:
    """The agreement that a JSON document holds; the reference is `docs/reference/agreement-format.md`.

    `instruments`: codes of the register of law, if “legalCompliance” is to be held against them.
    Raises UnreadableAgreement with every problem, in the order of the document, each with path, words and next step.
    """
    problems: list[Problem] = []
    agreement = _agreement(Walk(document, "$", problems), instruments)
    if not problems:
        problems += _wrong_altogether(agreement)
    if problems:
        raise UnreadableAgreement(sorted(problems, key=_place))
    return agreement


def _place(problem: Problem) -> int:
    """Where in the document, as its canonical form has it; what is not known there comes last."""
    key = problem.path.removeprefix("$").removeprefix(".").partition(".")[0].partition("[")[0]
    return _ORDER.get(key, len(_ORDER)) if key else -1


def _agreement(walk: Walk, instruments: Collection[str] | None) -> Agreement:
    walk.code("format", {FORMAT})
    parties = tuple(_party(each) for each in walk.children("party", least=1))
    data, purposes = walk.codes("data", CATEGORIES), walk.codes("purpose", PURPOSES)
    known = _Known(frozenset(p.code for p in parties), frozenset(purposes), frozenset(data))
    agreement = Agreement(
        about=walk.text("about", needed=False),
        uri=walk.text("uri"),
        identifier=_identifier(walk.child("identifier")),
        version=walk.number("version"),
        name=walk.text("name"),
        contact=_contact(walk.child("contact")),
        parties=parties,
        data=data,
        purposes=purposes,
        start=walk.day("startDate") or _NO_DAY,
        end=walk.day("endDate") or _NO_DAY,
        permitted_use=walk.texts("permittedUse", least=1),
        restrictions=walk.texts("restrictions"),
        recipient_responsibilities=walk.texts("dataRecipientResponsibilities"),
        security_measures=walk.texts("securityMeasure"),
        legal_compliance=_law(walk, instruments),
        retention=tuple(_kept(each, known) for each in walk.children("retention")),
        extends=walk.text("extends", needed=False),
        replaces=walk.texts("replaces"),
        clauses=(
            *(_clause(each, known, exception=False) for each in walk.children("defaults", least=1)),
            *(_clause(each, known, exception=True) for each in walk.children("exceptions")),
        ),
    )
    walk.nothing_else()
    return agreement


class _Known:
    """The codes that the clauses of one agreement may use."""

    def __init__(self, parties: frozenset[str], purposes: frozenset[str], data: frozenset[str]) -> None:
        self.parties, self.purposes, self.data = parties, purposes, data


def _law(walk: Walk, instruments: Collection[str] | None) -> tuple[str, ...]:
    if instruments is None:
        return walk.texts("legalCompliance")
    return walk.codes("legalCompliance", instruments, least=0)


def _identifier(walk: Walk) -> Identifier:
    found = Identifier(walk.text("value"), walk.text("system"))
    walk.nothing_else()
    return found


def _contact(walk: Walk) -> Contact:
    found = Contact(walk.text("name"), walk.text("email", needed=False), walk.text("telephone", needed=False))
    walk.nothing_else()
    if not (found.email or found.telephone):
        walk.wrong("", "Nobody can reach the contact.", "Give an email address or a telephone number.")
    return found


def _party(walk: Walk) -> AgreementParty:
    found = AgreementParty(
        code=walk.text("code"),
        name=walk.text("name"),
        catalogue_ids=walk.texts("catalogueId", least=1),
        sector=walk.code("sector", SECTORS),
        authorities=walk.texts("authorities", least=1),
        agency=walk.text("agency", needed=False),
    )
    if found.code == ALL:
        walk.wrong("code", "“*” stands for all parties.", "Choose another code.")
    walk.nothing_else()
    return found


def _clause(walk: Walk, known: _Known, *, exception: bool) -> Clause:
    effect = Effect(walk.code("effect", {*Effect}) or Effect.PROHIBIT)
    role = walk.code("reviewRole", ROLE_WORDS, needed=False)
    if effect is Effect.REVIEW and not role:
        walk.wrong("reviewRole", "Nobody is named who decides.", "Name the role that decides.")
    if effect is not Effect.REVIEW and role:
        walk.wrong("reviewRole", "Nobody decides here.", "Take the role out, or make the effect “review”.")
    found = Clause(
        number=walk.text("clause"),
        effect=effect,
        givers=_all_or(walk, "from", known.parties),
        receivers=_all_or(walk, "to", known.parties),
        purposes=_all_or(walk, "purpose", known.purposes),
        data=_all_or(walk, "data", known.data),
        modes=walk.codes("modes", MODES),
        words=walk.text("words", needed=False),
        review_role=role,
        valid_from=walk.day("validFrom", needed=False),
        valid_until=walk.day("validUntil", needed=False),
        exception=exception,
    )
    walk.nothing_else()
    return found


def _kept(walk: Walk, known: _Known) -> Kept:
    found = Kept(
        data=_all_or(walk, "data", known.data),
        since=walk.code("from", KEPT_FROM),
        years=walk.number("years"),
        words=walk.text("words"),
    )
    walk.nothing_else()
    return found


def _all_or(walk: Walk, key: str, known: frozenset[str]) -> tuple[str, ...]:
    """`["*"]` for all, or some of the agreement's own codes."""
    return (ALL,) if walk.get(key) == [ALL] else walk.codes(key, known)


def _wrong_altogether(agreement: Agreement) -> list[Problem]:
    """What is wrong though each part is well written."""
    return [
        *_wrong_dates(agreement),
        *_said_twice(agreement),
        *_wrong_chain(agreement),
        *contradictions(agreement),
    ]


def _wrong_dates(agreement: Agreement) -> Iterable[Problem]:
    if agreement.end < agreement.start:
        yield Problem(
            "$.endDate", "The agreement ends before it begins.", "Give a last day on or after the first."
        )
        return
    for path, clause in _placed(agreement):
        first, last = agreement.period_of(clause)
        if last < first:
            yield Problem(
                f"{path}.validUntil",
                f"Clause {clause.number} ends before it begins.",
                "Give a last day on or after the first.",
            )
        if first < agreement.start or last > agreement.end:
            yield Problem(
                path,
                f"Clause {clause.number} holds on days on which the agreement does not.",
                f"Keep to the days from {agreement.start} to {agreement.end}.",
            )


def _said_twice(agreement: Agreement) -> Iterable[Problem]:
    for path, what, codes in (
        ("$.party", "party", [p.code for p in agreement.parties]),
        ("$.defaults", "clause", [c.number for c in agreement.clauses]),
    ):
        for code, times in Counter(codes).items():
            if times > 1:
                yield Problem(path, f"There are {times} of {what} “{code}”.", "Give each its own.")


def _wrong_chain(agreement: Agreement) -> Iterable[Problem]:
    own = agreement.identifier.value
    if agreement.extends == own or own in agreement.replaces:
        yield Problem(
            "$.extends" if agreement.extends == own else "$.replaces",
            "The agreement names itself.",
            "Name the other agreement, or leave it empty. A new version replaces the one before it by itself.",
        )
    if agreement.extends and agreement.extends in agreement.replaces:
        yield Problem(
            "$.replaces",
            f"It both extends and replaces “{agreement.extends}”.",
            "Choose one: what is replaced no longer holds.",
        )


def contradictions(agreement: Agreement) -> list[Problem]:
    """Clauses of equal rank of which one permits and one prohibits the same."""
    placed = list(_placed(agreement))
    return [
        Problem(
            path,
            f"Clause {b.number} and clause {a.number} contradict each other: one permits what the other prohibits.",
            "Make the narrower one an exception, or tell apart their parties, purposes, data or days.",
        )
        for (_, a), (path, b) in combinations(placed, 2)
        if {a.effect, b.effect} == {Effect.PERMIT, Effect.PROHIBIT}
        and a.exception == b.exception
        and _overlap(agreement, a, b)
    ]


def _overlap(agreement: Agreement, a: Clause, b: Clause) -> bool:
    """Whether one release on one day can fall under both."""
    (a_first, a_last), (b_first, b_last) = agreement.period_of(a), agreement.period_of(b)
    return (
        bool(set(a.modes) & set(b.modes))
        and bool(set(agreement.purposes_of(a)) & set(agreement.purposes_of(b)))
        and bool(set(agreement.data_of(a)) & set(agreement.data_of(b)))
        and max(a_first, b_first) <= min(a_last, b_last)
        and _meet(agreement, a.givers, b.givers)
        and _meet(agreement, a.receivers, b.receivers)
    )


def _meet(agreement: Agreement, a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    return any(p.overlaps(q) for p in agreement.parties_of(a) for q in agreement.parties_of(b))


def _placed(agreement: Agreement) -> Iterable[tuple[str, Clause]]:
    for name, clauses in (("defaults", agreement.defaults), ("exceptions", agreement.exceptions)):
        for place, clause in enumerate(clauses):
            yield f"$.{name}[{place}]", clause
