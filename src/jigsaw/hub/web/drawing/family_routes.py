"""Which way does each line go? Couples across, children down, never through a name.

Everything is in two directions, whatever way the picture is turned: `along` a row, and `deep` from the
oldest generation to the youngest. Lines go down only in the gaps between neighbours, then along in the zone
between two rows, each on a track of its own, then down to the child.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from jigsaw.hub.web.drawing.family_model import Family, twin_sets
from jigsaw.hub.web.drawing.family_order import Order, Union

TRACK = 12.0


@dataclass(frozen=True)
class Measures:
    """Sizes of one variant in units of the picture. `label`: depth of the words of each row."""

    slot: float
    radius: float
    label: tuple[float, ...]
    margin: float
    port: float


@dataclass(frozen=True)
class Route:
    """One stroke: points (along, deep), its style, and which relations it speaks for."""

    points: tuple[tuple[float, float], ...]
    style: str
    relations: tuple[tuple[str, ...], ...] = ()


@dataclass
class Net:
    """Lines that meet on one track of a zone: from `source` above to the `targets` below."""

    zone: int
    source: float
    targets: list["Target"]
    style: str
    track: int = 0

    def span(self) -> tuple[float, float]:
        ends = [self.source, *(target.along for target in self.targets)]
        return min(ends) - 4, max(ends) + 4


@dataclass
class Target:
    """Where a net goes: to a child (`along` its top), or on through a gap of the next row."""

    along: float
    style: str
    relations: tuple[tuple[str, ...], ...] = ()
    fork: float | None = None
    ends: bool = True


@dataclass
class Plan:
    """Rows in depth (their centres), all strokes, and the depth of the whole."""

    centres: list[float]
    routes: list[Route]
    depth: float
    left_out: list[str] = field(default_factory=list)


def plan(family: Family, order: Order, sizes: Measures) -> Plan:
    """Every line of the diagram. `family` is tidied; every relation is named by exactly one route."""
    return _Planner(family, order, sizes).plan()


class _Planner:
    def __init__(self, family: Family, order: Order, sizes: Measures):
        self.family, self.order, self.sizes = family, order, sizes
        self.row = {id_: index for index, row in enumerate(order.rows) for id_ in row}
        self.along = {id_: sizes.margin + (at + 0.5) * sizes.slot for id_, at in order.place.items()}
        self.nets: list[Net] = []
        self.arches: list[tuple[str, str, int, int]] = []
        self.down: list[tuple[str, int, float, float]] = []
        self.ports: dict[tuple[int, int], list[float]] = {}
        self.entries: dict[str, int] = {}
        self.couple_gaps: set[tuple[int, int]] = set()

    def plan(self) -> Plan:
        pairs = self._pairs()
        for union in self.order.unions:
            self._descend(union, pairs)
        for link in self.family.parent_of:
            if link.parent not in self.family.origin(link.child):
                relation = ("parent", link.parent, link.child)
                self._single(link.parent, [link.child], {link.child: link.kind}, {link.child: (relation,)})
        self._assign_tracks()
        centres, zones, depth = self._depths()
        routes = [*self._couple_routes(pairs, centres), *self._net_routes(centres, zones)]
        return Plan(centres, routes, depth)

    # --- Couples

    def _pairs(self) -> dict[tuple[str, str], str]:
        """Style of the line of every couple; parents of a child without a recorded relation are "unsure"."""
        pairs = {(u.parents[0], u.parents[1]): "unsure" for u in self.order.unions if len(u.parents) == 2}
        pairs |= {(pair.a, pair.b): pair.status for pair in self.family.partners}
        for a, b in sorted(pairs):
            if self._neighbours(a, b):
                self.couple_gaps.add(self._gap_between(a, b))
            elif self.row[a] == self.row[b]:
                self._arch(a, b)
        return pairs

    def _neighbours(self, a: str, b: str) -> bool:
        row = self.order.rows[self.row[a]]
        return self.row[a] == self.row[b] and abs(row.index(a) - row.index(b)) == 1

    def _gap_between(self, a: str, b: str) -> tuple[int, int]:
        row = self.order.rows[self.row[a]]
        return self.row[a], min(row.index(a), row.index(b)) + 1

    def _arch(self, a: str, b: str) -> None:
        first, second = sorted((a, b), key=lambda id_: self.along[id_])
        level, low, high = self.row[a], self.along[first], self.along[second]
        track = 0
        taken = [(t, self.along[x], self.along[y]) for x, y, row, t in self.arches if row == level]
        while any(t == track and x < high and low < y for t, x, y in taken):
            track += 1
        self.arches.append((first, second, level, track))

    def _arch_depth(self, a: str, b: str) -> float:
        track = next(t for x, y, _, t in self.arches if {x, y} == {a, b})
        return self.sizes.radius + 8 + 10 * track

    def _couple_routes(self, pairs: dict[tuple[str, str], str], centres: list[float]) -> Iterator[Route]:
        radius = self.sizes.radius
        recorded = {(pair.a, pair.b) for pair in self.family.partners}
        for (a, b), style in sorted(pairs.items()):
            names = ((("partners", a, b),) if (a, b) in recorded else ()) + ((("couple", a, b),))
            one, two = sorted((a, b), key=lambda id_: self.along[id_])
            deep = centres[self.row[one]]
            if self.row[a] != self.row[b]:
                ends = ((self.along[one], deep), (self.along[two], centres[self.row[two]]))
            elif self._neighbours(a, b):
                ends = ((self.along[one] + radius, deep), (self.along[two] - radius, deep))
            else:
                up, x, y = self._arch_depth(a, b), self.along[one] + radius / 2, self.along[two] - radius / 2
                ends = ((x, deep - radius * 0.85), (x, deep - up), (y, deep - up), (y, deep - radius * 0.85))
            yield Route(ends, style, names)

    # --- From parents down

    def _descend(self, union: Union, pairs: dict[tuple[str, str], str]) -> None:
        styles = {c: "birth" if self._sure(union, c) else "unsure" for c in union.children}
        relations = {c: tuple(("parent", p, c) for p in union.parents) for c in union.children}
        if len(union.parents) == 2 and self.row[union.parents[0]] == self.row[union.parents[1]]:
            self._from_couple(union, styles, relations)
            return
        for parent in union.parents:
            own = {child: (("parent", parent, child),) for child in union.children}
            self._single(parent, list(union.children), styles, own)

    def _sure(self, union: Union, child: str) -> bool:
        known = all(self.family.person(parent).known for parent in union.parents)
        return known and all(self.family.kind(parent, child) == "birth" for parent in union.parents)

    def _from_couple(
        self, union: Union, styles: dict[str, str], relations: dict[str, tuple[tuple[str, ...], ...]]
    ) -> None:
        a, b = union.parents
        level = self.row[a]
        if self._neighbours(a, b):
            gap, start = self._gap_between(a, b), 0.0
            along = (self.along[a] + self.along[b]) / 2
        else:
            gap, start = self._free_gap(a, b), -self._arch_depth(a, b)
            along = self._port(gap)
        self.ports.setdefault(gap, []).append(along)
        self.down.append((f"{a} {b}", level, along, start))
        self._net(level, along, list(union.children), styles, relations)

    def _free_gap(self, a: str, b: str) -> tuple[int, int]:
        """A gap under the arch, if possible one that no couple's line crosses."""
        row = self.order.rows[self.row[a]]
        first, last = sorted((row.index(a), row.index(b)))
        gaps = [(self.row[a], index) for index in range(first + 1, last + 1)]
        return next((gap for gap in gaps if gap not in self.couple_gaps), gaps[-1])

    def _single(
        self,
        parent: str,
        children: list[str],
        styles: dict[str, str],
        relations: dict[str, tuple[tuple[str, ...], ...]],
    ) -> None:
        """One parent's own line: out at the side of the box, down beside the name."""
        level = self.row[parent]
        at = self.order.rows[level].index(parent)
        right, left = (level, at + 1), (level, at)
        gap = left if right in self.couple_gaps and left not in self.couple_gaps else right
        along = self._port(gap)
        self.ports.setdefault(gap, []).append(along)
        self.down.append((parent, level, along, self.sizes.radius * 0.5))
        self._net(level, along, children, styles, relations)

    def _port(self, gap: tuple[int, int]) -> float:
        """A free place in the gap before the person of that number in a row: the middle, then beside it."""
        level, index = gap
        row = self.order.rows[level]
        if index == 0:
            middle = self.along[row[0]] - self.sizes.slot / 2
        elif index == len(row):
            middle = self.along[row[-1]] + self.sizes.slot / 2
        else:
            middle = (self.along[row[index - 1]] + self.along[row[index]]) / 2
        taken = list(self.ports.get(gap, []))
        if gap in self.couple_gaps:
            taken.append(middle)
        for step in range(2 * len(taken) + 2):
            place = middle + (step + 1) // 2 * self.sizes.port * (1 if step % 2 else -1)
            if all(abs(place - other) > 1 for other in taken):
                return place
        return middle

    def _net(
        self,
        level: int,
        source: float,
        children: list[str],
        styles: dict[str, str],
        relations: dict[str, tuple[tuple[str, ...], ...]],
    ) -> None:
        """One net for the children of the next row, and one of its own for each child further down (or
        above)."""
        near = [child for child in children if self.row[child] == level + 1]
        forks = self._forks(near)
        if near:
            targets = [Target(self._entry(c), styles[c], relations[c], forks.get(c)) for c in near]
            style = "birth" if any(styles[c] == "birth" for c in near) else styles[near[0]]
            self.nets.append(Net(level, source, targets, style))
        for child in children:
            if child not in near:
                self._far(level, source, child, styles[child], relations[child])

    def _forks(self, children: list[str]) -> dict[str, float]:
        """Where the lines of twins part: one point above the middle of them, if they stand side by side."""
        forks: dict[str, float] = {}
        for twins in twin_sets(self.family, children):
            spots = sorted(self.order.rows[self.row[id_]].index(id_) for id_ in twins)
            if (
                spots == list(range(spots[0], spots[0] + len(spots)))
                and len({self.row[t] for t in twins}) == 1
            ):
                middle = (self.along[twins[0]] + self.along[twins[-1]]) / 2
                forks |= dict.fromkeys(twins, middle)
        return forks

    def _entry(self, child: str) -> float:
        """Where a line meets a child's box: the middle first, further lines beside it."""
        number = self.entries.get(child, 0)
        self.entries[child] = number + 1
        offset = (number + 1) // 2 * (1 if number % 2 else -1)
        return self.along[child] + offset * self.sizes.radius * 0.5

    def _far(
        self, level: int, source: float, child: str, style: str, relations: tuple[tuple[str, ...], ...]
    ) -> None:
        """Through gaps of the rows between. A child drawn above its parent (circular records) gets a side
        road."""
        goal, here = self._entry(child), source
        steps = range(level + 1, self.row[child])
        for row in steps:
            ends = len(self.order.rows[row])
            gap = min(
                ((row, index) for index in range(ends + 1)), key=lambda gap: abs(self._port(gap) - goal)
            )
            along = self._port(gap)
            self.ports.setdefault(gap, []).append(along)
            self.nets.append(Net(row - 1, here, [Target(along, style, ends=False)], style))
            self.down.append(("", row, along, -1.0))
            here = along
        zone = max(level, self.row[child] - 1)
        self.nets.append(Net(zone, here, [Target(goal, style, relations)], style))

    # --- Tracks and depths

    def _assign_tracks(self) -> None:
        """No two nets share a track where they overlap; one that comes down at a place another leaves goes
        first."""
        for zone in range(len(self.order.rows)):
            left = sorted(
                (net for net in self.nets if net.zone == zone), key=lambda net: (net.span(), net.style)
            )
            track = 0
            while left:
                edge, placed = float("-inf"), []
                for net in left:
                    blocked = any(other is not net and _above(other, net) for other in left)
                    if net.span()[0] > edge and not blocked:
                        net.track, edge = track, net.span()[1]
                        placed.append(net)
                for net in placed or left[:1]:
                    net.track = track
                    left.remove(net)
                track += 1

    def _depths(self) -> tuple[list[float], list[float], float]:
        """Centre of each row, start of the zone below each row, and the depth of the whole."""
        centres, zones, deep = [], [], self.sizes.margin
        for level in range(len(self.order.rows)):
            arches = [track for _, _, row, track in self.arches if row == level]
            deep += 8 + 10 * max(arches) + 4 if arches else 0
            centres.append(deep + self.sizes.radius)
            deep += 2 * self.sizes.radius + self.sizes.label[level]
            zones.append(deep + 4)
            tracks = [net.track for net in self.nets if net.zone == level]
            deep += 20 + TRACK * max(tracks) if tracks else (8 if level < len(self.order.rows) - 1 else 0)
        return centres, zones, deep + self.sizes.margin

    def _net_routes(self, centres: list[float], zones: list[float]) -> Iterator[Route]:
        starts = {(level, along): (name, start) for name, level, along, start in self.down}
        for net in self.nets:
            bus = zones[net.zone] + TRACK * net.track
            name, start = starts.get((net.zone, net.source), ("", -1.0))
            yield Route(tuple(self._stem(net, name, start, centres, zones, bus)), net.style)
            for target in net.targets:
                yield self._leg(net, target, bus, centres, zones)

    def _stem(
        self, net: Net, name: str, start: float, centres: list[float], zones: list[float], bus: float
    ) -> Iterator[tuple[float, float]]:
        """From the couple's line, the side of a box or the gap above, down to the track."""
        if name and " " not in name:
            side = 1 if net.source > self.along[name] else -1
            yield self.along[name] + side * self.sizes.radius * 0.5, centres[net.zone] + start
            yield net.source, centres[net.zone] + start
        elif name:
            yield net.source, centres[net.zone] + start
        else:
            yield net.source, zones[net.zone] - self.sizes.label[net.zone] - self.sizes.radius * 2 - 6
        yield net.source, bus

    def _leg(self, net: Net, target: Target, bus: float, centres: list[float], zones: list[float]) -> Route:
        if not target.ends:
            down = centres[net.zone + 1] - self.sizes.radius - 2
            return Route(
                ((net.source, bus), (target.along, bus), (target.along, down)), target.style, target.relations
            )
        child = target.relations[0][-1]
        top = centres[self.row[child]] - self.sizes.radius * 0.9
        fork = target.along if target.fork is None else target.fork
        points = ((net.source, bus), (fork, bus), (target.along, top))
        return Route(points, target.style, target.relations)


def _above(one: Net, other: Net) -> bool:
    """True if `one` comes down where `other` leaves for below: then its track must be the higher one."""
    return any(abs(one.source - target.along) < 5 for target in other.targets) and not any(
        abs(other.source - target.along) < 5 for target in one.targets
    )
