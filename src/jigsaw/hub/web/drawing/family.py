"""Who belongs to this child? A family diagram for any family, and the same in words.

Square: male. Circle: female. Diamond: not recorded. Triangle: not yet born. Cross: died. Dashed: not known.
Shaded: lives at the same address. Thick edge: the child whose page this is.
"""

import datetime as dt
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as say

from jigsaw.hub.web.drawing import kinship, svg
from jigsaw.hub.web.drawing.family_model import (
    Family,
    ParentOf,
    Partners,
    Person,
    tidied,
    with_missing_parents,
)
from jigsaw.hub.web.drawing.family_order import Order, order
from jigsaw.hub.web.drawing.family_routes import Measures, Plan, Route, plan

__all__ = ["Family", "ParentOf", "Partners", "Person", "diagram", "layout", "legend", "words"]

STYLES = {"ended": "ended", "unsure": "unsure", "step": "step", "foster": "step", "adoptive": "step"}


@dataclass(frozen=True)
class Box:
    """Where a person stands, name included: left, top, width, height, and the middle of the shape."""

    id: str
    x: float
    y: float
    width: float
    height: float
    middle: tuple[float, float]


@dataclass(frozen=True)
class Layout:
    """Everything placed, before it becomes a picture."""

    family: Family
    order: Order
    boxes: tuple[Box, ...]
    routes: tuple[Route, ...]
    width: float
    height: float


@dataclass(frozen=True)
class _Variant:
    """Wide: rows from top to bottom, names below. Narrow: rows from left to right, names beside."""

    slot: float
    radius: float
    words: float
    name_lines: int
    note_lines: int
    name_size: float
    note_size: float
    narrow: bool

    @property
    def line(self) -> float:
        return self.name_size + 3


WIDE = _Variant(150, 32, 124, 2, 2, 16, 14, narrow=False)
NARROW = _Variant(78, 16, 58, 2, 2, 13, 12, narrow=True)


@dataclass(frozen=True)
class Legend:
    picture: SafeString
    words: str


def diagram(family: Family, focus_id: str, today: dt.date, *, narrow: bool = False) -> SafeString:
    """The picture as SVG. The same family in any order gives the same string; `today` only dates its
    title."""
    made = layout(family, focus_id, narrow=narrow)
    variant = NARROW if narrow else WIDE
    parts = [_route(route, variant) for route in made.routes]
    parts += [_person(made.family.person(box.id), box, focus_id, variant) for box in made.boxes]
    key = "narrow" if narrow else "wide"
    return format_html(
        '<svg class="hub-gen hub-gen--{0}{1}" viewBox="0 0 {2} {3}" width="{2}" height="{3}" role="img" '
        'aria-labelledby="family-{0}-title family-{0}-text"><title id="family-{0}-title">{4}</title>'
        '<desc id="family-{0}-text">{5}</desc>{6}</svg>',
        key,
        " hub-gen--broad" if made.width > (380 if narrow else 980) else "",
        svg.number(made.width),
        svg.number(made.height),
        say("Family diagram for %(name)s, %(day)s")
        % {"name": made.family.person(focus_id).name, "day": today.isoformat()},
        say("The same information is in the list with the diagram."),
        svg.join(parts),
    )


def words(family: Family, focus_id: str) -> list[kinship.Group]:
    """The same family in words: Lives at this address, Lives elsewhere, Not known."""
    return kinship.groups(_complete(family, focus_id), focus_id)


def layout(family: Family, focus_id: str, *, narrow: bool = False) -> Layout:
    """Places everyone. Raises ValueError if the focus is not among the people."""
    complete = _complete(family, focus_id)
    variant = NARROW if narrow else WIDE
    where = order(complete, focus_id)
    sizes = Measures(
        slot=variant.slot,
        radius=variant.radius,
        label=tuple(_label_depth(complete, row, variant) for row in where.rows),
        margin=10,
        port=7 if narrow else 9,
    )
    made = plan(complete, where, sizes)
    boxes = tuple(_box(id_, where, made, sizes, variant) for row in where.rows for id_ in row)
    along = 2 * sizes.margin + (max(where.place.values()) + 1) * variant.slot
    width, height = (made.depth, along) if narrow else (along, made.depth)
    return Layout(complete, where, boxes, tuple(made.routes), width, height)


def _complete(family: Family, focus_id: str) -> Family:
    if all(person.id != focus_id for person in family.people):
        raise ValueError(f"The family of {focus_id} must include {focus_id}: add the person to `people`.")
    return with_missing_parents(tidied(family), focus_id)


def _label_depth(family: Family, row: tuple[str, ...], variant: _Variant) -> float:
    if variant.narrow:
        return variant.words + 6
    return max(len(_lines(family.person(id_), variant)) for id_ in row) * variant.line + 8


def _box(id_: str, where: Order, made: Plan, sizes: Measures, variant: _Variant) -> Box:
    level = where.row_of(id_)
    along = sizes.margin + (where.place[id_] + 0.5) * sizes.slot
    deep = made.centres[level]
    span = max(variant.words if not variant.narrow else sizes.slot - 16, 2 * sizes.radius)
    start, depth = deep - sizes.radius, 2 * sizes.radius + sizes.label[level]
    if variant.narrow:
        return Box(id_, start, along - span / 2, depth, span, (deep, along))
    return Box(id_, along - span / 2, start, span, depth, (along, deep))


# --- Words within the picture ---


def _lines(person: Person, variant: _Variant) -> list[tuple[str, str]]:
    """(style, words) of each line of a label: the name, then age where it has no room inside, then the
    note."""
    notes = [person.note] if person.note else []
    if person.age and not _age_inside(person, variant):
        notes.insert(0, person.age)
    lines = [
        ("name", line) for line in fit(person.name, variant.words, variant.name_size, variant.name_lines)
    ]
    for note in notes:
        lines += [("note", line) for line in fit(note, variant.words, variant.note_size, variant.note_lines)]
    return lines[: 4 if variant.narrow else 6]


def _age_inside(person: Person, variant: _Variant) -> bool:
    return len(person.age) <= (2 if variant.narrow else 3) and not person.died and not person.unborn


def text_width(text: str, size: float) -> float:
    """A careful (too large rather than too small) estimate of the width of semi-bold Public Sans."""
    return size * sum(0.36 if c in "iljtfrI.,'’ -()" else 0.92 if c in "mwMW" else 0.62 for c in text)


def fit(text: str, width: float, size: float, most: int) -> list[str]:
    """Lines no wider than `width`, at most `most`; what does not fit ends in an ellipsis."""
    lines: list[str] = []
    for word in text.replace("-", "-\u200b").replace("\u200b", " ").split():
        glue = "" if lines and lines[-1].endswith("-") else " "
        if lines and text_width(lines[-1] + glue + word, size) <= width:
            lines[-1] += glue + word
        else:
            lines.append(word)
    cut = lines[:most]
    if len(lines) > most:
        cut[-1] += "…"
    return [_shortened(line, width, size) for line in cut]


def _shortened(line: str, width: float, size: float) -> str:
    if text_width(line, size) <= width:
        return line
    line = line.rstrip("…")
    while line and text_width(line + "…", size) > width:
        line = line[:-1]
    return line + "…"


# --- Shapes and lines ---


def _route(route: Route, variant: _Variant) -> SafeString:
    points = [(deep, along) if variant.narrow else (along, deep) for along, deep in route.points]
    d = "M" + "L".join(f"{svg.number(x)} {svg.number(y)}" for x, y in points)
    css = "hub-gen__line" + (f" hub-gen__line--{STYLES[route.style]}" if route.style in STYLES else "")
    stroke = svg.path(d, css)
    if route.style != "ended":
        return stroke
    (x1, y1), (x2, y2) = points[0], points[-1]
    if len(points) == 4:
        (x1, y1), (x2, y2) = points[1], points[2]
    x, y = x1 + (x2 - x1) * 0.3, y1 + (y2 - y1) * 0.3
    n = svg.number
    cut = f"M{n(x - 2)} {n(y + 8)}L{n(x + 4)} {n(y - 8)}M{n(x + 4)} {n(y + 8)}L{n(x + 10)} {n(y - 8)}"
    if variant.narrow:
        cut = f"M{n(x - 8)} {n(y + 4)}L{n(x + 8)} {n(y - 2)}M{n(x - 8)} {n(y + 10)}L{n(x + 8)} {n(y + 4)}"
    return svg.join((stroke, svg.path(cut, "hub-gen__cut")))


def _person(person: Person, box: Box, focus_id: str, variant: _Variant) -> SafeString:
    x, y = box.middle
    focus = person.id == focus_id
    css = "hub-gen__p" + (" hub-gen__p--home" if person.at_home else "")
    css += ("" if person.known else " hub-gen__p--unknown") + (" hub-gen__p--focus" if focus else "")
    parts = [_title(person), _shape(person, x, y, variant.radius, css)]
    if person.died:
        parts.append(_cross(x, y, variant.radius))
    if person.age and _age_inside(person, variant):
        size = 15 if variant.narrow else 20
        parts.append(svg.text(x, y + size * 0.36, person.age, "hub-gen__age", "middle"))
    return format_html("<g>{}{}</g>", svg.join(parts), _label(person, x, y, focus, variant))


def _title(person: Person) -> SafeString:
    return format_html("<title>{}</title>", f"{person.name}, {person.age}" if person.age else person.name)


def _label(person: Person, x: float, y: float, focus: bool, variant: _Variant) -> SafeString:
    lines = _lines(person, variant)
    if variant.narrow:
        x, y, anchor = x + variant.radius + 5, y - len(lines) * variant.line / 2 - 4, "start"
    else:
        y, anchor = y + variant.radius + 4, "middle"
    parts = []
    for number, (style, line) in enumerate(lines, 1):
        css = f"hub-gen__{style}" + (" hub-gen__name--focus" if focus and style == "name" else "")
        parts.append(svg.text(x, y + number * variant.line, line, css, anchor))
    return svg.join(parts)


def _shape(person: Person, x: float, y: float, radius: float, css: str) -> SafeString:
    n = svg.number
    if person.unborn:
        d = f"M{n(x)} {n(y - radius)}L{n(x + radius)} {n(y + radius * 0.8)}H{n(x - radius)}Z"
        return svg.path(d, css)
    if person.sex == "F":
        return svg.circle(x, y, radius, css)
    if person.sex == "M":
        return svg.rect(x - radius, y - radius, 2 * radius, 2 * radius, css, corner=3)
    r = radius
    return svg.path(f"M{n(x)} {n(y - r)}L{n(x + r)} {n(y)}L{n(x)} {n(y + r)}L{n(x - r)} {n(y)}Z", css)


def _cross(x: float, y: float, radius: float) -> SafeString:
    n, r = svg.number, radius * 0.7
    d = f"M{n(x - r)} {n(y - r)}L{n(x + r)} {n(y + r)}M{n(x + r)} {n(y - r)}L{n(x - r)} {n(y + r)}"
    return svg.path(d, "hub-gen__cross")


def legend(family: Family) -> list[Legend]:
    """Only the signs that this family uses."""
    people = family.people
    samples = [
        (any(p.sex == "M" and not p.unborn for p in people), Person("", "", sex="M"), say("Male")),
        (any(p.sex == "F" and not p.unborn for p in people), Person("", "", sex="F"), say("Female")),
        (any(p.sex not in "MF" and not p.unborn for p in people), Person("", ""), say("Sex not recorded")),
        (any(p.unborn for p in people), Person("", "", unborn=True), say("Not yet born")),
        (any(p.died for p in people), Person("", "", sex="M", died=True), say("Died")),
        (True, Person("", "", sex="M", known=False), say("Not known")),
        (any(p.at_home for p in people), Person("", "", sex="M", at_home=True), say("Same home")),
    ]
    return [Legend(_sample(person), text) for used, person, text in samples if used]


def _sample(person: Person) -> SafeString:
    css = "hub-gen__p" + (" hub-gen__p--home" if person.at_home else "")
    css += "" if person.known else " hub-gen__p--unknown"
    parts = [_shape(person, 12, 12, 9, css)]
    if person.died:
        parts.append(_cross(12, 12, 9))
    return format_html(
        '<svg class="hub-gen__key" viewBox="0 0 24 24" width="22" height="22" aria-hidden="true" '
        'focusable="false">{}</svg>',
        svg.join(parts),
    )
