"""Where does everyone stand? A row for each generation, couples side by side, children below by age.

Three steps, each deterministic: generations from the parent links; the order within each row, improved until
no move helps; places along the row, so that parents stand over their children. Distances are in slots, one
person each; neighbours stand at least one slot apart, so boxes cannot overlap.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise

from jigsaw.hub.web.drawing.family_model import Family, by_age

ROUNDS = 12
QUARTER = 0.25


@dataclass(frozen=True)
class Union:
    """One or two parents and the children they have together, eldest first."""

    parents: tuple[str, ...]
    children: tuple[str, ...]


@dataclass(frozen=True)
class Order:
    """`rows` from the oldest generation down, each from left to right; `place` in slots from the left
    edge."""

    rows: tuple[tuple[str, ...], ...]
    place: dict[str, float]
    unions: tuple[Union, ...]

    def row_of(self, id_: str) -> int:
        return next(index for index, row in enumerate(self.rows) if id_ in row)


def order(family: Family, focus_id: str) -> Order:
    """Rows and places for everyone. `family` is tidied."""
    unions = unions_of(family)
    levels = generations(family, unions)
    parts = components(family)
    parts.sort(key=lambda part: (focus_id not in part, -len(part), min(part)))
    align(family, parts, levels, focus_id)
    rows: list[list[str]] = [[] for _ in range(max(levels.values()) + 1)]
    place: dict[str, float] = {}
    edge = 0.0
    for part in parts:
        own = arrange(family, part, levels, unions)
        at = places(own, family, unions)
        shift = edge - min(at.values())
        place |= {id_: x + shift for id_, x in at.items()}
        edge = max(place[id_] for id_ in part) + 1
        for level, row in own.items():
            rows[level] += row
    return Order(tuple(tuple(row) for row in rows), place, tuple(unions))


def unions_of(family: Family) -> list[Union]:
    together: dict[tuple[str, ...], list[str]] = {}
    for person in family.people:
        if origin := family.origin(person.id):
            together.setdefault(tuple(sorted(origin)), []).append(person.id)
    return [Union(parents, tuple(children)) for parents, children in sorted(together.items())]


def couples(family: Family, unions: Iterable[Union]) -> dict[tuple[str, str], float]:
    """Every pair that should stand side by side, with how much it matters."""
    weight = {"current": 40.0, "unsure": 30.0, "ended": 25.0}
    pairs = {}
    for union in unions:
        if len(union.parents) == 2:
            known = all(family.person(parent).known for parent in union.parents)
            pairs[union.parents[0], union.parents[1]] = 28.0 if known else 12.0
    for pair in family.partners:
        pairs[pair.a, pair.b] = max(weight.get(pair.status, 30.0), pairs.get((pair.a, pair.b), 0.0))
    return pairs


# --- Generations ---


def generations(family: Family, unions: list[Union]) -> dict[str, int]:
    """A row for each person: below every parent; partners, co-parents and siblings share one if possible.

    Records may contradict each other (someone's own ancestor, a couple of parent and child). A link that
    would close a circle does not count for the rows; it is still drawn.
    """
    group = {person.id: person.id for person in family.people}
    below: dict[str, set[str]] = {person.id: set() for person in family.people}

    def reaches(start: str, goal: str) -> bool:
        seen, todo = set(), [start]
        while todo:
            here = todo.pop()
            if here == goal:
                return True
            if here not in seen:
                seen.add(here)
                todo += sorted(
                    {group[child] for id_, who in group.items() if who == here for child in below[id_]}
                )
        return False

    def join(a: str, b: str) -> None:
        one, two = group[a], group[b]
        if one != two and not reaches(one, two) and not reaches(two, one):
            for id_, who in group.items():
                group[id_] = one if who == two else who

    for link in family.parent_of:
        if not reaches(group[link.child], group[link.parent]):
            below[link.parent].add(link.child)
    for a, b in sorted(couples(family, unions)):
        join(a, b)
    for union in unions:
        for a, b in pairwise(union.children):
            join(a, b)
    return _levels(group, below)


def _levels(group: dict[str, str], below: dict[str, set[str]]) -> dict[str, int]:
    """Longest way down from the top; those without parents then move down to just above their children."""
    edges = {(group[parent], group[child]) for parent, children in below.items() for child in children}
    level = dict.fromkeys(group.values(), 0)
    for _ in level:
        for parent, child in sorted(edges):
            level[child] = max(level[child], level[parent] + 1)
    tops = set(level) - {child for _, child in edges}
    for top in sorted(tops):
        if under := [level[child] for parent, child in edges if parent == top]:
            level[top] = min(under) - 1
    return {id_: level[who] for id_, who in group.items()}


def components(family: Family) -> list[list[str]]:
    """People who are bound to each other, directly or through others."""
    near: dict[str, set[str]] = {person.id: set() for person in family.people}
    pairs = [(link.parent, link.child) for link in family.parent_of] + [(p.a, p.b) for p in family.partners]
    for a, b in pairs:
        near[a].add(b)
        near[b].add(a)
    left, found = dict.fromkeys(near), []
    while left:
        part, todo = [], [next(iter(left))]
        while todo:
            here = todo.pop()
            if here in left:
                del left[here]
                part.append(here)
                todo += sorted(near[here])
        found.append(part)
    return found


def align(family: Family, parts: list[list[str]], levels: dict[str, int], focus_id: str) -> None:
    """Sets families that are not bound to the focus at the height of their age, then starts the rows at 0."""
    focus = family.person(focus_id)
    for part in parts:
        if focus_id in part:
            continue
        youngest = max((family.person(id_) for id_ in part), key=by_age)
        grown = focus.born and youngest.born and youngest.born.year <= focus.born.year - 16
        target = levels[focus_id] - (1 if len(part) == 1 and (grown or not youngest.born) else 0)
        shift = max(target, 0) - max(levels[id_] for id_ in part)
        for id_ in part:
            levels[id_] += shift
    lowest = min(levels.values())
    for id_ in levels:
        levels[id_] -= lowest


# --- Order within the rows ---


def arrange(
    family: Family, part: list[str], levels: dict[str, int], unions: list[Union]
) -> dict[int, list[str]]:
    """The rows of one component, improved move by move until nothing helps."""
    rows = first_guess(family, part, levels)
    score = Score(family, set(part), unions)
    best = score.of(rows)
    for _ in range(ROUNDS):
        before = best
        for level in sorted(rows):
            best = improve_row(rows, level, score, best)
        if best == before:
            break
    return rows


def first_guess(family: Family, part: list[str], levels: dict[str, int]) -> dict[int, list[str]]:
    """Everyone under their parents, eldest first, partners just after each other."""
    inside = set(part)
    rows: dict[int, list[str]] = {}
    for level in sorted({levels[id_] for id_ in part}):
        above = rows.get(level - 1, [])
        here = [person for person in family.people if person.id in inside and levels[person.id] == level]

        def under(id_: str, above: list[str] = above) -> float:
            spots = [above.index(parent) for parent in family.origin(id_) if parent in above]
            return sum(spots) / len(spots) if spots else float("inf")

        waiting = sorted(here, key=lambda person: (under(person.id), by_age(person)))
        rows[level] = list(_partners_together(family, [person.id for person in waiting]))
    return rows


def _partners_together(family: Family, ids: list[str]) -> Iterator[str]:
    left = dict.fromkeys(ids)
    while left:
        chain = [next(iter(left))]
        while chain:
            here = chain.pop(0)
            if here not in left:
                continue
            del left[here]
            yield here
            mates = [
                pair.b if pair.a == here else pair.a for pair in family.partners if here in (pair.a, pair.b)
            ]
            chain = [mate for mate in mates if mate in left] + chain


def improve_row(rows: dict[int, list[str]], level: int, score: "Score", best: float) -> float:
    """Tries every move of one to three neighbours within the row, turned round or not; keeps the first
    best."""
    row = rows[level]
    chosen = row
    for candidate in _moves(row):
        rows[level] = candidate
        value = score.of(rows)
        if value < best - 1e-9:
            best, chosen = value, candidate
    rows[level] = chosen
    return best


def _moves(row: list[str]) -> Iterator[list[str]]:
    yield row[::-1]
    for length in range(1, min(3, len(row) - 1) + 1):
        for start in range(len(row) - length + 1):
            piece, rest = row[start : start + length], row[:start] + row[start + length :]
            for at in range(len(rest) + 1):
                if at != start:
                    yield rest[:at] + piece + rest[at:]
                if length > 1:
                    yield rest[:at] + piece[::-1] + rest[at:]


class Score:
    """How far is an order from what one expects? Lower is better. Weights: couples, crossings, age,
    distance."""

    def __init__(self, family: Family, inside: set[str], unions: list[Union]):
        self.couples = [
            (a, b, weight, family.person(a).sex == "F" and family.person(b).sex == "M")
            for (a, b), weight in sorted(couples(family, unions).items())
            if a in inside
        ]
        self.unions = [union for union in unions if union.parents[0] in inside]
        self.edges = [(number, child) for number, union in enumerate(self.unions) for child in union.children]

    def of(self, rows: dict[int, list[str]]) -> float:
        at = {id_: index - (len(row) - 1) / 2 for row in rows.values() for index, id_ in enumerate(row)}
        level = {id_: number for number, row in rows.items() for id_ in row}
        middles = [sum(at[id_] for id_ in union.parents) / len(union.parents) for union in self.unions]
        return self._couples(at, level) + self._siblings(at) + self._edges(at, level, middles)

    def _couples(self, at: dict[str, float], level: dict[str, int]) -> float:
        total = 0.0
        for a, b, weight, woman_first in self.couples:
            if level[a] == level[b]:
                total += weight * (abs(at[a] - at[b]) - 1)
                # By custom a father stands to the left: only ever a tie-break.
                total += 0.05 if (at[a] < at[b]) == woman_first else 0.0
        return total

    def _siblings(self, at: dict[str, float]) -> float:
        total = 0.0
        for union in self.unions:
            spots = [at[child] for child in union.children]
            total += 6.0 * sum(one > two for one, two in combinations(spots, 2))
            total += 2.0 * (max(spots) - min(spots) - len(spots) + 1)
        return total

    def _edges(self, at: dict[str, float], level: dict[str, int], middles: list[float]) -> float:
        total = sum(abs(middles[number] - at[child]) for number, child in self.edges)
        for (one, a), (two, b) in combinations(self.edges, 2):
            if one != two and level[a] == level[b] and (middles[one] - middles[two]) * (at[a] - at[b]) < 0:
                total += 8.0
        return total


# --- Places along the rows ---


def places(rows: dict[int, list[str]], family: Family, unions: list[Union]) -> dict[str, float]:
    """A place for each person in slots: neighbours at least 1 apart, parents over the middle of their
    children."""
    inside = {id_ for row in rows.values() for id_ in row}
    own = [union for union in unions if union.parents[0] in inside]
    mates = [(a, b) for a, b in sorted(couples(family, unions)) if a in inside]
    at = {id_: float(index) for row in rows.values() for index, id_ in enumerate(row)}
    levels = sorted(rows)
    for turn in range(ROUNDS):
        upward = turn % 2 == 0
        for level in reversed(levels) if upward else levels:
            pulls = _pulls(rows[level], own, at, upward)
            _follow_mates(rows[level], mates, pulls)
            wanted = [at[id_] + pulls.get(id_, 0.0) for id_ in rows[level]]
            at.update(zip(rows[level], apart(wanted), strict=True))
    return _to_quarters(rows, at)


def _pulls(row: list[str], unions: list[Union], at: dict[str, float], upward: bool) -> dict[str, float]:
    """How far each person would move: parents towards their children, or children towards their parents."""
    wishes: dict[str, list[float]] = {}
    for union in unions:
        if upward and not _side_by_side(union.parents, row):
            continue
        parents = sum(at[id_] for id_ in union.parents) / len(union.parents)
        children = (at[union.children[0]] + at[union.children[-1]]) / 2
        for id_ in union.parents if upward else union.children:
            if id_ in row:
                wishes.setdefault(id_, []).append(children - parents if upward else parents - children)
    return {id_: sum(wish) / len(wish) for id_, wish in wishes.items()}


def _side_by_side(parents: tuple[str, ...], row: list[str]) -> bool:
    """False for a couple with others between them: their children would pull them ever further apart."""
    spots = [row.index(id_) for id_ in parents if id_ in row]
    return max(spots, default=0) - min(spots, default=0) <= 1


def _follow_mates(row: list[str], mates: list[tuple[str, str]], pulls: dict[str, float]) -> None:
    """Whom nothing pulls goes along with a partner, so that couples stay close."""
    for a, b in mates:
        for one, other in ((a, b), (b, a)):
            if one in row and one not in pulls and other in pulls:
                pulls[one] = pulls[other]


def apart(wanted: list[float]) -> list[float]:
    """The places nearest to those wanted (least squares) in the same order and at least 1 apart."""
    blocks: list[tuple[float, int]] = []
    for index, value in enumerate(wanted):
        mean, size = value - index, 1
        while blocks and blocks[-1][0] > mean:
            before, count = blocks.pop()
            mean, size = (mean * size + before * count) / (size + count), size + count
        blocks.append((mean, size))
    means = [mean for mean, size in blocks for _ in range(size)]
    return [mean + index for index, mean in enumerate(means)]


def _to_quarters(rows: dict[int, list[str]], at: dict[str, float]) -> dict[str, float]:
    """Quarter slots: rounding what is left after the index keeps neighbours at least 1 apart."""
    exact: dict[str, float] = {}
    for row in rows.values():
        for index, id_ in enumerate(row):
            exact[id_] = round((at[id_] - index) / QUARTER + 1e-6) * QUARTER + index
    return exact
