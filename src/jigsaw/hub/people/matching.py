"""Whom else in the index could this record be? Candidates by shared keys, then scored field by field.

A search is one statement: from the keys of the question to the match rows of the persons who share most of
them. These are scored in this process. Where none of them is likely, a second statement brings up who has a telephone
number in common with somebody at the home that is asked about. What a practitioner may not see is left out inside the statement, before
anything is ranked or scored, so that whoever is hidden from them costs what somebody who is not there costs.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from jigsaw import record_linkage as linkage
from jigsaw.hub.kit import context, planned
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.people import access, filing, weighing
from jigsaw.hub.people.models import LinkDecision, Person, PersonRecord
from jigsaw.hub.people.records import by_person, for_matching, with_parts
from jigsaw.record_linkage import identifiers
from jigsaw.record_linkage.standardise import squeeze

# Each key gives at most POSTINGS records; of these RECORDS, who share most, choose the persons, and at most
# CANDIDATES persons are scored.
POSTINGS = 60
RECORDS = 60
CANDIDATES = 40
# The fewer share a key here, the more it is worth beside others of its kind: a bit more for each half of POSTINGS. If
# more share it than are read, those read are any of them, and it is worth half.
# Beyond as many as are shown, whoever shares less than this part of what the first one shares is not scored. So few
# records are looked up of those who share less: enough for as many persons as are shown, this many records each.
LEAST_PART = 0.2
RECORDS_EACH = 3
# While somebody types, a name that goes on as theirs does is put before one that only looks alike.
START_BITS = 6.0
SHORTEST_START = 3
# While nobody found is more likely than not, those who may live at the home asked about are sought by its numbers.
LIKELY_BITS = 0.0
# Of a key that very many share, so many are looked through for those that the practitioner may see.
LOOKED_THROUGH = 1000
CHECKED = {
    "nhs_number": identifiers.nhs_number,
    "mother_nhs_number": identifiers.nhs_number,
    "upn": identifiers.upn,
    "former_upn": identifiers.upn,
    "uln": identifiers.uln,
}

# To link by rule takes far more than a shared family name, so rarer keys and fewer candidates do.
CANDIDATES_BY_RULE = 25
POSTINGS_BY_RULE = 100

# Bytes: a person with the shortest of names, dates and no more.
SMALLEST_ROW = 64

CANDIDATE_RECORDS = """
    SELECT asked, record_id
    FROM (
        SELECT asked, record_id,
            row_number() OVER (PARTITION BY asked ORDER BY sum(weight) DESC, record_id) AS place
        FROM unnest(%s::int[], %s::bigint[], %s::float8[]) AS wanted(asked, key, weight)
        CROSS JOIN LATERAL (
            SELECT record_id FROM people_recordkey AS held WHERE held.key = wanted.key LIMIT %s
        ) AS found
        GROUP BY asked, record_id
    ) AS ranked
    WHERE place <= %s
    ORDER BY asked, place
"""

INDEX_SIZE = """
    SELECT greatest(reltuples, pg_relation_size(oid) / %(smallest_row)s, 1)::bigint FROM pg_class
    WHERE oid = 'people_person'::regclass
"""

EVERYBODY = "SELECT record_id FROM people_recordkey AS held WHERE held.key = wanted.key LIMIT %(postings)s"
THOSE_SEEN = """
    SELECT held.record_id
    FROM (
        SELECT record_id FROM people_recordkey AS held WHERE held.key = wanted.key LIMIT %(looked_through)s
    ) AS held
    WHERE EXISTS ({seen_held}) LIMIT %(postings)s
"""

# Persons with most weight in common, and of each the match row of every record that counts, newest first.
SEARCH = """
    WITH sharing AS MATERIALIZED (
        SELECT found.record_id, sum(shared.weight) AS weight
        FROM (
            SELECT held.records,
                CASE WHEN held.count >= %(postings)s THEN wanted.weight / 2
                ELSE wanted.weight + ln(%(postings)s / held.count) / ln(2) END AS weight
            FROM unnest(%(keys)s::bigint[], %(weights)s::float8[]) AS wanted(key, weight)
            CROSS JOIN LATERAL (
                SELECT array_agg(record_id) AS records, count(*)::float8 AS count FROM ({postings}) AS first_ones
                HAVING count(*) > 0
            ) AS held
        ) AS shared
        CROSS JOIN unnest(shared.records) AS found(record_id)
        GROUP BY found.record_id ORDER BY weight DESC, found.record_id LIMIT %(records)s
    ),
    brought AS (
        (SELECT * FROM sharing LIMIT %(anyhow)s)
        UNION ALL
        SELECT * FROM (SELECT * FROM sharing OFFSET %(anyhow)s) AS rest
        WHERE weight >= {least_weight}
    ),
    likely AS (
        SELECT record.person_id, max(brought.weight) AS weight,
            (array_agg(record.id ORDER BY brought.weight DESC, record.id))[1] AS best,
            row_number() OVER (ORDER BY max(brought.weight) DESC, record.person_id) AS place,
            max(max(brought.weight)) OVER () AS most
        FROM brought JOIN people_personrecord AS record ON record.id = brought.record_id
        WHERE NOT record.person_id = ANY(%(barred)s::uuid[])
        GROUP BY record.person_id
    ),
    persons AS MATERIALIZED (
        SELECT * FROM likely
        WHERE place <= %(fewest)s OR (place <= %(persons)s AND weight >= %(least_part)s * most)
    )
    {rows}
"""

# Nobody who is barred may move the line that others must reach, so for whoever is barred from anybody there is none.
LEAST_WEIGHT = """
    CASE WHEN cardinality(%(barred)s::uuid[]) = 0 THEN %(least_part)s * (SELECT max(weight) FROM sharing) ELSE 0 END
"""

# Joined beforehand where somebody has several records; else record by record.
ROWS_OF_ALL = """
    SELECT persons.person_id, persons.best, persons.weight, coalesce(joined.columns, alone.columns),
        coalesce(alone.hides_home, false), ({index_size})
    FROM persons
    LEFT JOIN people_joinedrow AS joined ON joined.person_id = persons.person_id
        AND joined.filed_as = %(edition)s AND NOT (joined.protected AND %(keep)s::boolean)
    LEFT JOIN LATERAL (
        SELECT filed.columns, {hidden_home} AS hides_home, record.recorded_at, record.id
        FROM people_personrecord AS record
        JOIN people_matchrow AS filed ON filed.record_id = record.id AND filed.filed_as = %(edition)s
        WHERE joined.person_id IS NULL AND record.person_id = persons.person_id
    ) AS alone ON true
    WHERE joined.person_id IS NOT NULL OR alone.id IS NOT NULL
    ORDER BY alone.recorded_at DESC, alone.id DESC
"""
ROWS_SEEN = """
    SELECT persons.person_id, persons.best, persons.weight, filed.columns, {hidden_home}, ({index_size})
    FROM persons
    JOIN people_personrecord AS record ON record.person_id = persons.person_id
    JOIN people_matchrow AS filed ON filed.record_id = record.id
    WHERE filed.filed_as = %(edition)s AND EXISTS ({seen_record})
    ORDER BY record.recorded_at DESC, record.id DESC
"""
HIDDEN_HOME = "filed.protected AND %(keep)s::boolean AND record.agency_id <> %(kept_from)s::uuid"
HOW = {"index_size": INDEX_SIZE, "hidden_home": HIDDEN_HOME}
SEARCH_ALL = SEARCH.format(least_weight=LEAST_WEIGHT, postings=EVERYBODY, rows=ROWS_OF_ALL.format(**HOW))


@dataclass(frozen=True)
class SeenBy:
    """Only what this practitioner's agency may see at a moment counts."""

    actor: Actor
    now: datetime


@dataclass(frozen=True)
class Candidate:
    """A person, the record of theirs that shares most keys with what was sought, and how they compare.

    `by_number`: a telephone number or address for mail of theirs is held for somebody at the home asked about.
    """

    person: UUID
    record: UUID
    comparison: linkage.Comparison
    by_number: bool = False


def is_valid(kind: str, value: str) -> bool:
    """Does the identifier's check digit hold? Kinds without one are taken as they are."""
    check = CHECKED.get(kind)
    return check(value).valid if check else True


@context.hub("index")
def candidates(record: PersonRecord, *, limit: int = 10) -> list[Candidate]:
    """Persons that a stored record could also speak of, best first; those kept apart are left out."""
    apart = kept_apart([record]).get(record.pk, set())
    found = search(for_matching([record]), limit=limit + len(apart) + 1)
    others = [c for c in found if c.person != record.person_id and c.person not in apart]
    return [c for c in others if c.comparison.grade != "no_match"][:limit]


@context.hub("index")
def kept_apart(held: Sequence[PersonRecord]) -> dict[UUID, set[UUID]]:
    """By record, the persons it was decided not to speak of, whichever of the two the decision names."""
    found: dict[UUID, set[UUID]] = {}
    of_person: dict[UUID, list[UUID]] = {}
    for record in held:
        of_person.setdefault(record.person_id, []).append(record.pk)
    once = once_called(of_person)
    apart = [LinkDecision.NOT_SAME, LinkDecision.UNLINKED]
    told = LinkDecision.objects.filter(verdict__in=apart).filter(
        Q(record__in=[record.pk for record in held]) | Q(person__in=[*of_person, *once])
    )
    rows = list(told.values_list("record", "record__person", "person"))
    today = once | now_called({person for _record, _its, person in rows} - set(once) - set(of_person))
    for record_id, its_person, person in rows:
        person = today.get(person, person)
        found.setdefault(record_id, set()).add(person)
        for other in of_person.get(person, ()):
            if other != record_id:
                found.setdefault(other, set()).add(its_person)
    return found


@context.hub("names")
def once_called(persons: Iterable[UUID]) -> dict[UUID, UUID]:
    """Ids that lead to these persons since their records moved, each with the person it leads to."""
    found: dict[UUID, UUID] = {}
    step = {pk: pk for pk in persons}
    while step:  # ends: nobody is found twice
        rows = Person.objects.filter(replaced_by__in=step).values_list("pk", "replaced_by")
        step = {pk: step[to] for pk, to in rows if pk not in found}
        found |= step
    return found


@context.hub("names")
def now_called(persons: Iterable[UUID]) -> dict[UUID, UUID]:
    """Those of these ids that lead elsewhere since their records moved, each with the person of today."""
    found: dict[UUID, UUID] = {}
    step = {pk: pk for pk in persons}
    while step:
        rows = Person.objects.filter(pk__in=set(step.values())).exclude(replaced_by=None)
        leads = dict(rows.values_list("pk", "replaced_by"))
        step = {pk: leads[at] for pk, at in step.items() if at in leads}
        found |= step
    return found


@context.hub("index")
def standing_alone(ids: Iterable[UUID]) -> set[UUID]:
    """Those of the records that are linked to no other."""
    return set(_alone().filter(pk__in=list(ids)).values_list("pk", flat=True))


@context.hub("index")
def all_standing_alone() -> list[UUID]:
    """Every record that is linked to no other."""
    return list(_alone().values_list("pk", flat=True))


def _alone() -> QuerySet[PersonRecord]:
    others = PersonRecord.objects.filter(person=OuterRef("person")).exclude(pk=OuterRef("pk"))
    return PersonRecord.objects.filter(~Exists(others))


@dataclass(frozen=True)
class _Reach:
    """How far one search may look, and for whom."""

    fewest: int
    barred: Sequence[UUID]
    seen_by: SeenBy | None
    homes_kept_from: UUID | None


@dataclass(frozen=True)
class _Near:
    """Who was found: by person the record that brought them up and all that theirs say, likeliest first.

    Of those in `kept_secret` a home is held that the search may not compare. `size` is that of the index.
    """

    best: Mapping[UUID, UUID]
    known: Mapping[UUID, linkage.Columns]
    kept_secret: Set[UUID]
    size: int

    def candidates(self, ranked: Iterable[tuple[UUID, linkage.Comparison]]) -> list[Candidate]:
        """These of them, with the record that brought each up."""
        return [Candidate(pk, self.best[pk], comparison) for pk, comparison in ranked]

    def and_others(self, more: "_Near") -> "_Near":
        """These first."""
        return _Near(
            {**more.best, **self.best},
            {**self.known, **more.known},
            self.kept_secret | more.kept_secret,
            self.size,
        )


@context.hub("finding")
def search(
    query: linkage.Record,
    *,
    limit: int = 10,
    barred: Iterable[UUID] = (),
    seen_by: SeenBy | None = None,
    homes_kept_from: UUID | None = None,
    through_home: bool = False,
) -> list[Candidate]:
    """Persons who compare best with `query`, best first: one statement, however much is held.

    With `through_home`, a second one where the first finds nobody likely; see `linkage.SameHome`.

    A person is compared as everything their records say together, so that the police's Katy meets the
    hospital's Baby through the school's record. With `seen_by`, only records that the actor may see bring
    somebody up and are compared. Persons in `barred` are left out. Protected addresses that other agencies hold
    are not compared for the agency `homes_kept_from`: neither order nor grade tells of them. A name alone identifies nobody, so results
    are ranked and graded, never cut by grade.
    """
    reach = _Reach(limit, list(barred), seen_by, homes_kept_from)
    near = _filed_near(linkage.query_keys(query), reach)
    asked = linkage.columns_of(query)
    ranking: linkage.Ranking[UUID] = linkage.Ranking(asked, weighing.current(), index_size=near.size)
    ranking.add(near.known.items())
    unlikely = ranking.most() <= LIKELY_BITS
    if through_home and unlikely and (found := _with_who_may_live_there(asked, near, ranking, reach)):
        return found
    return near.candidates(ranking.best(limit=limit, sooner=_half_typed(query)))


def _with_who_may_live_there(
    asked: linkage.Columns, near: _Near, ranking: linkage.Ranking[UUID], reach: _Reach
) -> list[Candidate]:
    """All of these and who has a number in common with somebody at the home asked about; nobody if none is known.

    A number leads neither from nor to anybody with a home that is kept secret: it would tell of that.
    """
    home = linkage.SameHome.among(
        asked, (known for pk, known in near.known.items() if pk not in near.kept_secret)
    )
    if not home.places:
        return []
    more = _filed_near(linkage.query_keys(home.sought_by), reach)
    ranking.add((pk, known) for pk, known in more.known.items() if pk not in near.known)
    near = near.and_others(more)

    def sooner(person: UUID, known: linkage.Columns) -> float:
        if person in near.kept_secret:
            return 0.0
        return home.sooner(known, weighing.current(), index_size=near.size)

    found = near.candidates(ranking.best(limit=reach.fewest, sooner=sooner))
    return [replace(each, by_number=sooner(each.person, near.known[each.person]) > 0) for each in found]


def _half_typed(query: linkage.Record) -> Callable[[UUID, linkage.Columns], float]:
    """What puts those with a name that goes on where a typed one ends before others: scored as they are."""
    typed = {squeeze(name) for name in (*query.given[:1], *query.family[:1])} if query.only_names else ()
    starts = [name for name in typed if len(name) >= SHORTEST_START]

    def goes_on(known: linkage.Columns) -> bool:
        return any(
            name != start and name.startswith(start)
            for start in starts
            for name in (*known.called, *known.family)
        )

    return lambda _person, known: START_BITS if goes_on(known) else 0.0


def _filed_near(wanted: Mapping[int, float], reach: _Reach) -> _Near:
    """Who shares most of these keys, likeliest first."""
    values = {
        "keys": _array(wanted), "weights": _array(wanted.values()), "barred": _array(reach.barred), "postings": POSTINGS,
        "records": RECORDS, "persons": CANDIDATES, "edition": filing.EDITION, "smallest_row": SMALLEST_ROW,
        "looked_through": LOOKED_THROUGH, "fewest": reach.fewest, "anyhow": RECORDS_EACH * reach.fewest, "least_part": LEAST_PART,
        "kept_from": reach.homes_kept_from, "keep": reach.homes_kept_from is not None,
    }  # fmt: skip
    with planned.cursor() as cursor:
        cursor.execute(*_statement(values, reach.seen_by))
        rows = cursor.fetchall()
    best: dict[UUID, UUID] = {}
    parts: dict[UUID, list[linkage.Columns]] = {}
    kept_secret: set[UUID] = set()
    # By weight and id, so that equals come in one order whatever the database did first.
    for person, brought_by, _weight, columns, secret, _size in sorted(rows, key=_likeliest):
        best.setdefault(person, brought_by)
        parts.setdefault(person, []).append(filing.read(columns, without_home=secret))
        if secret:
            kept_secret.add(person)
    known = {person: linkage.Columns.joined(some) for person, some in parts.items()}
    # Every row tells the size of the index.
    return _Near(best, known, kept_secret, size=rows[0][-1] if rows else 1)


def _likeliest(row: tuple[UUID, UUID, float, object, bool, int]) -> tuple[float, UUID]:
    return -row[2], row[0]


def _array(values: Iterable[object]) -> str:
    """An array of numbers or ids as PostgreSQL reads it; psycopg, which looks for what else may be in it, takes
    ten times as long."""
    return f"{{{','.join(map(str, values))}}}"


def _statement(values: dict[str, object], seen_by: SeenBy | None) -> tuple[str, dict[str, object]]:
    if seen_by is None:
        return SEARCH_ALL, values
    seen_held, theirs = access.sees_record("held.record_id", seen_by.actor, seen_by.now)
    seen_record, _same = access.sees_record("record.id", seen_by.actor, seen_by.now)
    rows = ROWS_SEEN.format(**HOW, seen_record=seen_record)
    postings = THOSE_SEEN.format(seen_held=seen_held)
    return SEARCH.format(least_weight=LEAST_WEIGHT, postings=postings, rows=rows), values | theirs


@context.hub("index")
def whole_persons(brought: Iterable[UUID]) -> dict[UUID, list[PersonRecord]]:
    """Every record of each person that one of these records belongs to, with what the matcher needs."""
    persons = PersonRecord.objects.filter(pk__in=list(brought)).values("person")
    rows = PersonRecord.objects.filter(person__in=persons).order_by("recorded_at", "pk").defer("raw")
    return by_person(with_parts(rows))


@context.hub("index")
def near(asked: Mapping[UUID, linkage.Record]) -> dict[UUID, list[UUID]]:
    """For each of many stored records, the others that share rare keys with it, likeliest first."""
    rare = [linkage.rare_query_keys(terms) for terms in asked.values()]
    found = _candidate_records(rare, CANDIDATES_BY_RULE + 1)
    return {pk: [other for other in others if other != pk] for pk, others in zip(asked, found, strict=True)}


def index_size() -> int:
    """About how many persons there are, rather too many than too few: nothing is counted to tell.

    PostgreSQL's own estimate is minutes old, and -1 or tiny while a first file is still being loaded; the
    table's size is not. Too small an index would make chance agreement look certain.
    """
    with connection.cursor() as cursor:
        cursor.execute(INDEX_SIZE, {"smallest_row": SMALLEST_ROW})
        return int(cursor.fetchone()[0])


def _candidate_records(wanted: Sequence[Mapping[int, float]], limit: int) -> list[list[UUID]]:
    """For each set of weighted keys, at most `limit` records in order of the weight they share."""
    rows = [(place, key, weight) for place, keys in enumerate(wanted) for key, weight in keys.items()]
    found: list[list[UUID]] = [[] for _keys in wanted]
    with connection.cursor() as cursor:
        columns = [list(column) for column in zip(*rows, strict=True)] or [[], [], []]
        cursor.execute(CANDIDATE_RECORDS, [*columns, POSTINGS_BY_RULE, limit])
        for place, record in cursor.fetchall():
            found[place].append(record)
    return found
