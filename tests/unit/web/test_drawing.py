"""Do the pictures say what is recorded: everyone once, every relation, nothing on top of anything else?"""

import datetime as dt
import random
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from sample_page import FAMILY, OVERVIEW

from jigsaw.hub.web.drawing import charts, family, marks, year
from jigsaw.hub.web.drawing.family import Family, ParentOf, Partners, Person
from jigsaw.hub.web.drawing.family_model import MISSING

TODAY = dt.date(2026, 11, 20)
SVG = "{http://www.w3.org/2000/svg}"


def parsed(picture: str) -> etree._Element:
    assert "style=" not in picture, "a style attribute breaks the content security policy"
    return etree.fromstring(picture.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


NAMES = st.sampled_from(
    ["Ola", "Zofia Wójcik", "Amara Oyelaran-Featherstonehaugh", "Unborn baby Reid", "<b>&"]
)


@st.composite
def people(draw: st.DrawFn, most: int = 16) -> list[Person]:
    number = draw(st.integers(1, most))
    return [
        Person(
            id=f"p{index}",
            name=draw(NAMES),
            sex=draw(st.sampled_from("MFU")),
            age=draw(st.sampled_from(["", "7", "41", "6 weeks", "died 2015"])),
            born=draw(st.none() | st.dates(dt.date(1940, 1, 1), dt.date(2026, 1, 1))),
            died=draw(st.booleans()),
            at_home=draw(st.booleans()),
            unborn=draw(st.booleans()),
            known=draw(st.booleans()),
            note=draw(st.sampled_from(["", "moved in February 2026 after the flood"])),
        )
        for index in range(number)
    ]


@st.composite
def families(draw: st.DrawFn) -> Family:
    """Any records at all: circles, someone's own ancestor, partners across generations, three parents."""
    everyone = draw(people())
    ids = st.sampled_from([person.id for person in everyone])
    kinds = st.sampled_from(["birth", "adoptive", "unsure", "step", "foster"])
    links = st.builds(ParentOf, ids, ids, kinds)
    pairs = st.builds(Partners, ids, ids, st.sampled_from(["current", "ended", "unsure"]))
    return Family(
        tuple(everyone),
        tuple(draw(st.lists(links, max_size=18))),
        tuple(draw(st.lists(pairs, max_size=8))),
    )


@st.composite
def likely_families(draw: st.DrawFn) -> Family:
    """Families as they are: two couples of grandparents, parents who part and meet others, children of each."""
    everyone: list[Person] = []
    links: list[ParentOf] = []
    pairs: list[Partners] = []

    def add(sex: str, year_: int) -> str:
        id_ = f"p{len(everyone)}"
        everyone.append(Person(id_, f"Person {id_}", sex, str(2026 - year_), dt.date(year_, 5, 1)))
        return id_

    def couple(a: str, b: str) -> tuple[str, str]:
        pairs.append(Partners(a, b, draw(st.sampled_from(["current", "ended"]))))
        return a, b

    def children(parents: tuple[str, ...], number: int, year_: int) -> list[str]:
        born = [add(draw(st.sampled_from("MF")), year_ + 2 * index) for index in range(number)]
        links.extend(ParentOf(parent, child) for parent in parents for child in born)
        return born

    mother, father = add("F", 1990), add("M", 1988)
    for parent in (mother, father):
        if draw(st.booleans()):
            old = couple(add("M", 1960), add("F", 1962))
            links.extend(ParentOf(id_, parent) for id_ in old)
            children(old, draw(st.integers(0, 1)), 1992)
    children(couple(mother, father), draw(st.integers(1, 3)), 2010)
    if draw(st.booleans()):
        children(couple(mother, add("M", 1991)), draw(st.integers(0, 2)), 2020)
    if draw(st.booleans()):
        children((father,), draw(st.integers(0, 2)), 2008)
    return Family(tuple(everyone), tuple(links), tuple(pairs))


def focus_of(made: Family) -> str:
    return made.people[0].id


def overlap(one: family.Box, two: family.Box) -> bool:
    return (
        one.x < two.x + two.width
        and two.x < one.x + one.width
        and one.y < two.y + two.height
        and two.y < one.y + one.height
    )


@pytest.mark.parametrize("narrow", [False, True])
@given(made=families())
@settings(max_examples=120, deadline=None)
def test_no_two_people_overlap_and_all_are_within_the_picture(made: Family, narrow: bool) -> None:
    layout = family.layout(made, focus_of(made), narrow=narrow)
    for one, two in combinations(layout.boxes, 2):
        assert not overlap(one, two), (one, two)
    for box in layout.boxes:
        assert box.x >= 0
        assert box.y >= 0
        assert box.x + box.width <= layout.width
        assert box.y + box.height <= layout.height


@pytest.mark.parametrize("narrow", [False, True])
@given(made=families())
@settings(max_examples=80, deadline=None)
def test_everyone_is_drawn_once(made: Family, narrow: bool) -> None:
    layout = family.layout(made, focus_of(made), narrow=narrow)
    drawn = sorted(box.id for box in layout.boxes if not box.id.startswith(MISSING))
    assert drawn == sorted(person.id for person in made.people)
    picture = parsed(family.diagram(made, focus_of(made), TODAY, narrow=narrow))
    titles = picture.findall(f"{SVG}g/{SVG}title")
    assert len(titles) == len(layout.boxes)


def relations(made: Family) -> set[tuple[str, ...]]:
    parents = {("parent", link.parent, link.child) for link in made.parent_of if link.parent != link.child}
    pairs = {("partners", *sorted((pair.a, pair.b))) for pair in made.partners if pair.a != pair.b}
    return parents | pairs


@given(made=families())
@settings(max_examples=120, deadline=None)
def test_every_relation_has_a_line(made: Family) -> None:
    layout = family.layout(made, focus_of(made))
    lines = [relation for route in layout.routes for relation in route.relations]
    for relation in relations(made):
        assert lines.count(relation) == 1, relation


@given(made=families())
@settings(max_examples=80, deadline=None)
def test_every_relation_has_a_sentence(made: Family) -> None:
    unlike = replace(made, people=tuple(replace(p, name=f"Name {p.id}.") for p in made.people))
    said = {
        e.id: " ".join(e.sentences) for group in family.words(unlike, focus_of(made)) for e in group.entries
    }
    for kind, a, b in relations(made):
        assert f"Name {b}." in said[a] or (kind == "partners" and f"Name {a}." in said[b])


@given(made=families(), seed=st.integers(0, 1000))
@settings(max_examples=60, deadline=None)
def test_the_same_family_in_any_order_gives_the_same_picture(made: Family, seed: int) -> None:
    shuffled = [list(made.people), list(made.parent_of), list(made.partners)]
    for items in shuffled:
        random.Random(seed).shuffle(items)
    # Of two records of one relation the picture shows one; which must not depend on the order they come in.
    other = Family(*(tuple(items) for items in shuffled))
    focus = focus_of(made)
    assert family.diagram(made, focus, TODAY) == family.diagram(other, focus, TODAY)
    assert family.words(made, focus) == family.words(other, focus)


@given(made=families())
@settings(max_examples=80, deadline=None)
def test_words_name_everyone_once(made: Family) -> None:
    entries = [entry.id for group in family.words(made, focus_of(made)) for entry in group.entries]
    assert sorted(id_ for id_ in entries if not id_.startswith(MISSING)) == sorted(p.id for p in made.people)


@given(made=likely_families())
@settings(max_examples=150, deadline=None)
def test_in_likely_families_children_stand_below_their_parents_by_age(made: Family) -> None:
    order = family.layout(made, "p0").order
    for union in order.unions:
        rows = {order.row_of(id_) for id_ in union.children}
        assert len(rows) == 1
        assert all(order.row_of(parent) == rows.copy().pop() - 1 for parent in union.parents)
        # Whoever has a partner beside them may stand out of turn; the youngest generation never does.
        if rows == {len(order.rows) - 1}:
            places = [order.place[child] for child in union.children]
            assert places == sorted(places)


@given(made=likely_families())
@settings(max_examples=150, deadline=None)
def test_in_likely_families_no_line_runs_through_a_person(made: Family) -> None:
    layout = family.layout(made, "p0")
    for box in layout.boxes:
        for route in layout.routes:
            for (x1, y1), (x2, y2) in zip(route.points, route.points[1:], strict=False):
                inside_x = min(x1, x2) < box.x + box.width - 2 and max(x1, x2) > box.x + 2
                inside_y = min(y1, y2) < box.y + box.height - 2 and max(y1, y2) > box.y + 66
                assert not (inside_x and inside_y), f"{route} runs through the name of {box.id}"


def test_partners_stand_side_by_side_and_twins_share_one_point() -> None:
    born = dt.date(2017, 2, 2)
    made = Family(
        people=(
            Person("mum", "Mum", "F", born=dt.date(1990, 1, 1)),
            Person("dad", "Dad", "M", born=dt.date(1989, 1, 1)),
            Person("first", "First", "M", born=born),
            Person("second", "Second", "F", born=born + dt.timedelta(days=1)),
            Person("later", "Later", "F", born=dt.date(2020, 1, 1)),
        ),
        parent_of=tuple(ParentOf(p, c) for p in ("mum", "dad") for c in ("first", "second", "later")),
        partners=(Partners("mum", "dad"),),
    )
    layout = family.layout(made, "first")
    assert layout.order.rows == (("dad", "mum"), ("first", "second", "later"))
    legs = {route.relations[0][-1]: route.points for route in layout.routes if len(route.relations) == 2}
    assert legs["first"][1] == legs["second"][1] != legs["later"][1]


def test_a_parent_whom_nobody_recorded_is_dashed_and_listed_as_not_known() -> None:
    groups = {group.code: group for group in family.words(FAMILY, "katie")}
    assert [entry.sentences for entry in groups["unknown"].entries] == [
        ("The other parent of Poppy Walsh is not recorded by any agency",)
    ]
    assert "hub-gen__p--unknown" in family.diagram(FAMILY, "katie", TODAY)
    assert groups["home"].heading == "Lives at 12 Harbour Lane"
    assert groups["home"].entries[0].name == "Katie Walsh"


@pytest.mark.parametrize(
    ("person", "kin"),
    [
        ("katie", "this child"),
        ("donna", "mother"),
        ("sean", "father"),
        ("lee", "mother’s partner"),
        ("jayden", "brother"),
        ("poppy", "sister or half-sister"),
        ("patrick", "grandfather (Donna Walsh’s father)"),
    ],
)
def test_what_each_person_is_to_the_child(person: str, kin: str) -> None:
    found = {entry.id: entry.kin for group in family.words(FAMILY, "katie") for entry in group.entries}
    assert found[person] == kin


def test_a_half_sister_is_one_once_both_fathers_are_known() -> None:
    known = replace(FAMILY, parent_of=(*FAMILY.parent_of, ParentOf("lee", "poppy")))
    found = {entry.id: entry.kin for group in family.words(known, "katie") for entry in group.entries}
    assert found["poppy"] == "half-sister"


def test_names_are_escaped() -> None:
    made = Family((Person("x", "<script>alert(1)</script>"),))
    assert "<script" not in family.diagram(made, "x", TODAY)


def test_a_focus_outside_the_family_is_refused() -> None:
    with pytest.raises(ValueError, match="must include nobody"):
        family.layout(FAMILY, "nobody")


@given(text=st.text(max_size=60), width=st.floats(60, 200))
def test_labels_never_grow_wider_than_their_room(text: str, width: float) -> None:
    lines = family.fit(text, width, 16, 2)
    assert len(lines) <= 2
    assert all(family.text_width(line, 16) <= width for line in lines)


# --- The year at a glance ---


def test_silences_of_more_than_60_days_show() -> None:
    found = [(gap.first, gap.last, gap.days) for gap in year.gaps(OVERVIEW)]
    assert found == [(dt.date(2026, 6, 5), dt.date(2026, 9, 14), 101)]
    assert "101 days with nothing recorded" in year.lanes(OVERVIEW)
    assert "101 days" in year.lanes(OVERVIEW, small=True)


def test_a_silence_that_lasts_until_today_shows() -> None:
    first = OVERVIEW.events[0]
    lonely = replace(OVERVIEW, events=(first,))
    assert [gap.last for gap in year.gaps(lonely)] == [OVERVIEW.end]


def test_exactly_60_days_is_no_silence() -> None:
    days = [dt.date(2026, 1, 10), dt.date(2026, 3, 11), dt.date(2026, 4, 1)]
    events = tuple(year.Event(str(day), day, "ed", "fact", "Seen") for day in days)
    assert not year.gaps(replace(OVERVIEW, events=events, end=dt.date(2026, 4, 20)))


@pytest.mark.parametrize("small", [False, True])
def test_every_event_is_a_link_to_its_entry(small: bool) -> None:
    links = parsed(year.lanes(OVERVIEW, small=small)).findall(f"{SVG}a")
    assert sorted(link.get("href") for link in links) == sorted(
        f"#{event.anchor}" for event in OVERVIEW.events
    )


def test_events_outside_the_days_are_left_out_of_picture_and_counts() -> None:
    late = replace(OVERVIEW, end=dt.date(2026, 2, 1))
    assert len(parsed(year.lanes(late)).findall(f"{SVG}a")) == 1
    assert sum(count.number for count in year.counts(late)) == 1


@given(st.lists(st.floats(0, 1120), max_size=300))
def test_marks_keep_their_order_and_stay_inside(wanted: list[float]) -> None:
    places = year.spread(sorted(wanted), year.WIDE)
    assert places == sorted(places)
    assert all(year.WIDE.left <= x <= year.WIDE.width for x in places)


def test_each_kind_has_its_own_shape() -> None:
    shapes = {str(marks.key_mark(kind)) for kind in ("fact", "opinion", "reported", "child")}
    assert len(shapes) == 4


@pytest.mark.parametrize(("fraction", "used"), [(0, "0"), (0.5, "47.1"), (1, "94.2"), (7, "94.2"), (-1, "0")])
def test_the_ring_shows_the_share_of_time_used(fraction: float, used: str) -> None:
    assert f'stroke-dasharray="{used} 94.2"' in marks.ring(fraction=fraction, rating="R")


# --- Charts ---


def bars(*values: tuple[int, ...]) -> charts.Stacked:
    series = (charts.Series("on", "On time"), charts.Series("late", "Late"))
    return charts.Stacked("Answers", "Agency", series, tuple(charts.Bar("Police", value) for value in values))


def test_bars_write_the_share_of_the_first_part() -> None:
    words = [text.text for text in parsed(charts.stacked(bars((3, 1)))).findall(f"{SVG}text")]
    assert words == ["Police", "3", "1", "75%"]


def test_a_chart_of_nothing_is_drawn_without_a_share() -> None:
    assert ">–<" in charts.stacked(bars((0, 0)))
    parsed(charts.stacked(bars()))
    parsed(charts.line(charts.Line("Hours", "Month", "Hours", ())))


@given(st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 5000)), min_size=1, max_size=12))
def test_bars_stay_inside_the_picture(values: list[tuple[int, ...]]) -> None:
    for small, width in ((False, 560), (True, 344)):
        for box in parsed(charts.stacked(bars(*values), small=small)).findall(f"{SVG}rect"):
            assert float(box.get("x")) + float(box.get("width")) <= width


def test_a_line_breaks_where_nothing_was_measured() -> None:
    points = tuple(charts.Point(str(i), value) for i, value in enumerate((1.0, 2.0, None, 3.0)))
    picture = parsed(charts.line(charts.Line("Hours", "Month", "Hours", points, "h", 2)))
    assert len(picture.findall(f"{SVG}polyline")) == 2
    assert len(picture.findall(f"{SVG}circle")) == 3


@given(st.floats(0.5, 1e6))
def test_axes_have_few_round_lines(most: float) -> None:
    step = charts.tick_step(most)
    assert 1 <= most / step <= 6 or step == 0.1
