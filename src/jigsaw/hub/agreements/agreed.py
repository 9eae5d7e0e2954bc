"""What did the partners agree to share, who has signed it, and which of it holds now?

An agreement covers the agencies that have signed it, and no other: a party may be every school of a town, and a school
that has not signed has agreed to nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import QuerySet

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.agencies.queries import Placed
from jigsaw.hub.agreements import access, queries
from jigsaw.hub.agreements.models import AgreementSignature, AgreementVersion
from jigsaw.hub.agreements.retention import Keep, Rule
from jigsaw.hub.agreements.states import MOVES, VersionState, shown
from jigsaw.hub.kit.actor import Actor
from jigsaw.sharing_rules.agreements import (
    Agreement,
    AgreementParty,
    Compiled,
    Problem,
    UnreadableAgreement,
    compiled,
    read,
)
from jigsaw.sharing_rules.vocabulary import CATEGORIES

IN_HAND = (VersionState.DRAFT, VersionState.IN_REVIEW)
Key = tuple[tuple[UUID, date | None, tuple[UUID, ...]], ...]
LONGEST_NAME = 200
BINDING = (VersionState.SIGNED, VersionState.ENDED)


# --- what holds ------------------------------------------------------------------------------------------------


def in_force() -> Compiled:
    """Every signed agreement, ready to be asked; it says by itself on which days each holds.

    One statement finds which versions are signed and by whom; they are compiled anew only when that has changed. So a
    signature or an end counts in every process with the next question, and there is nothing to forget.
    """
    return _compiled(_signed())


def _signed() -> Key:
    """Which versions are signed, until when, and by which signatures."""
    rows = AgreementVersion.objects.filter(state__in=BINDING).order_by("pk")
    signed = ArrayAgg("signatures__pk", order_by="signatures__pk", default=[])
    return tuple((pk, ended, tuple(by)) for pk, ended, by in _keys(rows, signed))


def _keys(
    rows: QuerySet[AgreementVersion], signed: ArrayAgg
) -> Iterable[tuple[UUID, date | None, list[UUID]]]:
    return rows.annotate(by=signed).values_list("pk", "ended_from", "by")


@lru_cache(maxsize=4)
def _compiled(key: Key) -> Compiled:
    return compiled(_given(key))


@lru_cache(maxsize=4)
def _given(key: Key) -> tuple[Agreement, ...]:
    """The agreements as those who signed are bound by them, each until it was ended."""
    found = AgreementVersion.objects.in_bulk([pk for pk, _ended, _by in key])
    signatures = AgreementSignature.objects.in_bulk([pk for _pk, _ended, by in key for pk in by])
    given = []
    for pk, ended, by in key:
        agreement = _bound(read(found[pk].content), [signatures[each] for each in by])
        given.append(agreement if ended is None else replace(agreement, end=ended - timedelta(days=1)))
    return tuple(given)


def retention(*, on: date) -> tuple[Rule, ...]:
    """How long what their parties hold is kept, as each agreement says in the version that began last, by this day.

    It outlasts the agreement: what was held under it is kept as was agreed, until a newer version or what replaces it
    says otherwise.
    """
    begun = [agreement for agreement in _given(_signed()) if agreement.start <= on]
    newest = {each.identifier.value: each for each in sorted(begun, key=lambda one: one.version)}
    replaced = {code for each in newest.values() for code in each.replaces}
    return tuple(
        _rule(agreement, place)
        for code, agreement in newest.items()
        for place in range(1, len(agreement.retention) + 1)
        if code not in replaced
    )


def _rule(agreement: Agreement, place: int) -> Rule:
    """The term at this place of an agreement (from 1), for the agencies that signed it."""
    kept = agreement.retention[place - 1]
    data = agreement.data_kept(kept)
    return Rule(
        code=f"{agreement.identifier.value}/{place}",
        name=kept.how_long(", ".join(CATEGORIES[code].name for code in data))[:LONGEST_NAME],
        what=frozenset({"entry"}),
        keep=(Keep(kept.since, kept.years),),
        source=f"{agreement.label}: {kept.words}",
        kinds=frozenset(kind for code in data for kind in CATEGORIES[code].event_kinds),
        agencies=frozenset(party.agency for party in agreement.parties),
        agreement=f"{agreement.identifier.value} v{agreement.version}",
    )


def _bound(agreement: Agreement, signatures: Iterable[AgreementSignature]) -> Agreement:
    """The agreement with each party narrowed to the agencies that signed for it."""
    by_party: dict[str, list[AgreementParty]] = {party.code: [] for party in agreement.parties}
    for signature in signatures:
        for party in agreement.parties:
            if party.code in signature.parties:
                code = f"{party.code}/{signature.agency_code}"
                by_party[party.code].append(replace(party, code=code, agency=signature.agency_code))
    clauses = tuple(
        replace(clause, givers=_codes(clause.givers, by_party), receivers=_codes(clause.receivers, by_party))
        for clause in agreement.clauses
    )
    return replace(agreement, parties=tuple(p for found in by_party.values() for p in found), clauses=clauses)


def _codes(named: tuple[str, ...], by_party: Mapping[str, list[AgreementParty]]) -> tuple[str, ...]:
    return tuple(
        party.code for code, found in by_party.items() if code in named or named == ("*",) for party in found
    )


# --- reading ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Side:
    """One party of an agreement: the agencies that it stands for, signed or not."""

    party: AgreementParty
    signed: tuple[AgreementSignature, ...]
    waiting: tuple[Placed, ...]


@dataclass(frozen=True)
class Version:
    """One version as the actor may read it."""

    row: AgreementVersion
    agreement: Agreement | None
    """None while a draft cannot be read as one; `problems` then says why."""
    problems: tuple[Problem, ...]
    state: str
    """A code of `states.SHOWN`."""
    sides: tuple[Side, ...]
    may_sign: bool
    may_draft: bool

    @property
    def name(self) -> str:
        return str(self.row.content.get("name") or self.row.agreement.identifier)

    @property
    def content(self) -> dict[str, Any]:
        """The document as it is exported."""
        return self.agreement.as_json() if self.agreement else dict(self.row.content)

    def may(self, act: str) -> bool:
        """Can whoever writes agreements do this now?"""
        nobody_signed = not any(side.signed for side in self.sides)
        allowed = self.may_draft and MOVES.allows(act, self.row.state)
        return allowed and (act != "take_back" or nobody_signed)


def readable(actor: Actor, *, on: date) -> list[Version]:
    """The newest version of each agreement that the actor may read, by name."""
    newest: dict[UUID, Version] = {}
    for version in _readable(actor, _rows(), on):
        newest.setdefault(version.row.agreement_id, version)
    return sorted(newest.values(), key=lambda version: version.name)


def versions(actor: Actor, identifier: str, *, on: date) -> list[Version]:
    """Every version of one agreement that the actor may read, the newest first; raises NotHere if there is none."""
    found = _readable(actor, _rows().filter(agreement__identifier=identifier), on)
    if not found:
        raise access.not_here()
    return found


def one(actor: Actor, identifier: str, number: int | None = None, *, on: date) -> Version:
    """One version: that of this number, or else the one in force, the newest signed one, or the newest. Raises NotHere."""
    found = versions(actor, identifier, on=on)
    if number is not None:
        return among(found, number)
    in_force = (version for version in found if version.state == "in_force")
    signed = (version for version in found if version.row.state in BINDING)
    return next(in_force, None) or next(signed, found[0])


def among(found: Iterable[Version], number: int) -> Version:
    """The version of this number among some of one agreement; raises NotHere."""
    for version in found:
        if version.row.version == number:
            return version
    raise access.not_here()


def _rows() -> QuerySet[AgreementVersion]:
    rows = AgreementVersion.objects.select_related("agreement", "written_by", "ended_by")
    return rows.prefetch_related("signatures__agency").order_by("agreement", "-version")


def _readable(actor: Actor, rows: QuerySet[AgreementVersion], on: date) -> list[Version]:
    everyone = agencies.placed()
    found = list(rows)
    mine = everyone.get(actor.agency_id) if actor.agency_id else None
    versions = [_version(actor, row, found, everyone, mine, on) for row in found]
    return [version for version in versions if version is not None]


def _version(
    actor: Actor,
    row: AgreementVersion,
    all_rows: list[AgreementVersion],
    everyone: Mapping[UUID, Placed],
    mine: Placed | None,
    on: date,
) -> Version | None:
    agreement, problems = understood(row.content)
    party = bool(mine and agreement and parties_of(agreement, mine))
    if not access.can_read(actor, party=party, draft=row.state == VersionState.DRAFT):
        return None
    sides = tuple(_sides(agreement, row, everyone)) if agreement else ()
    signed_already = any(each.agency_id == actor.agency_id for each in row.signatures.all())
    return Version(
        row=row,
        agreement=agreement,
        problems=tuple(problems),
        state=_shown(row, all_rows, on),
        sides=sides,
        may_sign=party
        and actor.may("agreement.sign")
        and MOVES.allows("sign", row.state)
        and not signed_already,
        may_draft=access.can_draft(actor),
    )


def _shown(row: AgreementVersion, rows: Iterable[AgreementVersion], on: date) -> str:
    later = [
        each.starts_on
        for each in rows
        if each.agreement_id == row.agreement_id
        and each.version > row.version
        and each.state in BINDING
        and each.starts_on
    ]
    return shown(row.state, row.starts_on, row.ends_on, min(later, default=None), on)


def _sides(agreement: Agreement, row: AgreementVersion, everyone: Mapping[UUID, Placed]) -> Iterable[Side]:
    signatures = list(row.signatures.all())
    have = {each.agency_id for each in signatures}
    for party in agreement.parties:
        yield Side(
            party,
            tuple(each for each in signatures if party.code in each.parties),
            tuple(each for each in everyone.values() if is_of(party, each) and each.pk not in have),
        )


def is_of(party: AgreementParty, agency: Placed) -> bool:
    """Is this agency one of those that the party stands for?"""
    if party.agency:
        return party.agency == agency.code
    return party.sector == agency.sector and bool(agency.authorities & set(party.authorities))


def parties_of(agreement: Agreement, agency: Placed) -> list[str]:
    """The codes of the parties that this agency is one of."""
    return [party.code for party in agreement.parties if is_of(party, agency)]


def understood(document: object) -> tuple[Agreement | None, tuple[Problem, ...]]:
    """The agreement that a document holds, or all that is wrong with it."""
    try:
        return read(document, instruments=law_known()), ()
    except UnreadableAgreement as wrong:
        return None, wrong.problems


def law_known() -> frozenset[str]:
    """The codes of the register of law."""
    return frozenset(row["code"] for row in queries.words("legal_instruments")["entries"])


def problems_among_others(row: AgreementVersion) -> tuple[Problem, ...]:
    """What would be wrong if this version were signed beside all that is signed already."""
    others = AgreementVersion.objects.filter(state__in=BINDING).exclude(pk=row.pk)
    try:
        compiled([read(row.content), *(read(other.content) for other in others)])
    except UnreadableAgreement as wrong:
        return wrong.problems
    return ()


def as_words(problems: Iterable[Problem]) -> str:
    """Problems in one text, for a command."""
    return "\n".join(f"{problem.path}: {problem.words} {problem.next_step}" for problem in problems)


# --- for the hub itself ----------------------------------------------------------------------------------------


def to_review(*, on: date) -> QuerySet[AgreementVersion]:
    """Signed versions whose day to be looked at again has come, that nobody was reminded of yet."""
    return AgreementVersion.objects.filter(
        state=VersionState.SIGNED, review_on__lte=on, reminded_at=None, ends_on__gte=on
    )


@dataclass(frozen=True)
class Told:
    """What a message about a version says."""

    version: UUID
    identifier: str
    number: int
    written_by: UUID | None


def told_of(version: object) -> Told | None:
    """What a message about this version says; None if it is gone."""
    row = AgreementVersion.objects.select_related("agreement").filter(pk=version).first()
    return Told(row.pk, row.agreement.identifier, row.version, row.written_by_id) if row else None


def who_may_sign(version: UUID) -> list[UUID]:
    """Ids of those who sign for an agency that is a party and has not signed yet."""
    row = AgreementVersion.objects.get(pk=version)
    agreement, _problems = understood(row.content)
    have = set(row.signatures.values_list("agency", flat=True))
    if agreement is None:
        return []
    return [
        practitioner
        for each in agencies.placed().values()
        if each.pk not in have and parties_of(agreement, each)
        for practitioner in agencies.holding(each.pk, "agreement.sign")
    ]


def who_signed(version: UUID) -> list[UUID]:
    """Ids of those who signed it."""
    return list(AgreementSignature.objects.filter(version=version).values_list("signed_by", flat=True))
