"""Whom does a search miss that nobody could find, and whom because of its limits?

Everybody who shares any key with a question is scored by the same model, without the limits on postings, records and
persons: what that finds and a search does not, the limits lose. Of whom it misses as well, some could not be told from
others by any weights: five or more fit the question in every finding at least as well. They are counted apart.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from uuid import UUID

from django.db import connection, transaction

from benchmarks.index_filling import person_id
from benchmarks.measuring import share
from jigsaw import record_linkage as linkage
from jigsaw.hub.people import filing, matching
from jigsaw.record_linkage import query_text
from jigsaw.record_linkage.invented import WORLD_DAY, Query

RANKED = 5

WHO_SHARES_A_KEY = """
    SELECT record.person_id, filed.columns
    FROM (SELECT DISTINCT record_id FROM people_recordkey WHERE key = ANY(%s)) AS shared
    JOIN people_personrecord AS one ON one.id = shared.record_id
    JOIN people_personrecord AS record ON record.person_id = one.person_id
    JOIN people_matchrow AS filed ON filed.record_id = record.id
    ORDER BY record.person_id, record.id DESC
"""
WHO_IS_MEANT = """
    SELECT record.person_id, filed.columns
    FROM people_personrecord AS record JOIN people_matchrow AS filed ON filed.record_id = record.id
    WHERE record.person_id = %s ORDER BY record.id DESC
"""


@dataclass(frozen=True)
class _Scored:
    """The five who compare best of everybody, how many were scored, and how many fit in all as well as who is meant."""

    best: list[UUID]
    scored: int
    as_good: int


def beside(meant: Sequence[Query], places: Sequence[int]) -> dict[str, object]:
    """Recall of these queries beside that of scoring everybody who shares any key, and of whom nobody could tell.

    `places` are those at which the search has whoever is meant, from 1; 0 if nowhere.
    """
    size = matching.index_size()
    answers = [_of_everybody(query, size) for query in meant]
    ranks = [
        each.best.index(person_id(query.person_id)) + 1 if person_id(query.person_id) in each.best else 0
        for query, each in zip(meant, answers, strict=True)
    ]
    lost = [
        each.as_good >= RANKED and not 0 < place <= RANKED
        for each, place in zip(answers, places, strict=True)
    ]
    to_be_found = [0 < place <= RANKED for place, gone in zip(places, lost, strict=True) if not gone]
    return {
        "queries": len(meant),
        "scored_median": int(median(each.scored for each in answers)) if answers else 0,
        "scored_most": max((each.scored for each in answers), default=0),
        **{key: value for most in (1, RANKED) for key, value in _recall(ranks, places, most).items()},
        "five_fit_as_well": sum(lost),
        "recall_at_5_of_the_others": share(to_be_found),
    }


def _recall(ranks: Sequence[int], places: Sequence[int], most: int) -> dict[str, float]:
    everybody = share(0 < rank <= most for rank in ranks)
    ours = share(0 < place <= most for place in places)
    return {
        f"recall_at_{most}": everybody,
        f"recall_at_{most}_of_search": ours,
        f"relative_at_{most}": round(ours / everybody, 4) if everybody else 0.0,
    }


def _of_everybody(query: Query, size: int) -> _Scored:
    asked, meant = query_text.parse(query.text, WORLD_DAY), person_id(query.person_id)
    wanted = _bits(asked, linkage.Columns.joined(row for _person, row in _rows(WHO_IS_MEANT, meant)), size)
    best: list[tuple[float, int, UUID]] = []
    count = as_good = 0
    for person, known in _persons(list(linkage.query_keys(asked))):
        bits = _bits(asked, known, size)
        count += 1
        as_good += person != meant and all(
            bits.get(field, 0.0) >= wanted.get(field, 0.0) for field in bits | wanted
        )
        heapq.heappush(best, (sum(bits.values()), -count, person))
        if len(best) > RANKED:
            heapq.heappop(best)
    return _Scored([person for _bits, _order, person in sorted(best, reverse=True)], count, as_good)


def _bits(asked: linkage.Record, known: linkage.Columns, size: int) -> dict[str, float]:
    """The bits of each finding; what is not said is worth none."""
    return {item.field: item.bits for item in linkage.compare(asked, known, index_size=size).evidence}


def _persons(keys: list[int]) -> Iterator[tuple[UUID, linkage.Columns]]:
    now: UUID | None = None
    rows: list[linkage.Columns] = []
    for person, columns in _rows(WHO_SHARES_A_KEY, keys):
        if now is not None and person != now:
            yield now, linkage.Columns.joined(rows)
            rows = []
        now = person
        rows.append(columns)
    if now is not None:
        yield now, linkage.Columns.joined(rows)


def _rows(statement: str, value: object) -> Iterator[tuple[UUID, linkage.Columns]]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [value])
        for person, columns in cursor:
            yield person, filing.read(columns)
