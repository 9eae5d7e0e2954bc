"""How are we doing? Stacked bars and a line with its target, for oversight; the table twin shows the same
numbers."""

from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as say

from jigsaw.hub.web.drawing import svg


@dataclass(frozen=True)
class Series:
    """One colour of the bars: `tone` is on (green), late (amber), none (red), or a, b, c (neutral blues)."""

    tone: str
    words: str


@dataclass(frozen=True)
class Bar:
    """`values` in the order of the chart's series; `words` stand in the table in their place, if given."""

    name: str
    values: tuple[int, ...]
    words: tuple[str, ...] = ()

    @property
    def cells(self) -> tuple[str, ...]:
        return self.words or tuple(str(value) for value in self.values)


@dataclass(frozen=True)
class Stacked:
    """`label` says what is shown, `row_word` heads the first column, `share` writes the first part in
    percent, `totals` anything at all at the end of a bar."""

    label: str
    row_word: str
    series: tuple[Series, ...]
    rows: tuple[Bar, ...]
    share: bool = True
    totals: bool = True


@dataclass(frozen=True)
class Point:
    """`value` None: nothing was measured there, and the line breaks."""

    name: str
    value: float | None


@dataclass(frozen=True)
class Line:
    label: str
    point_word: str
    value_word: str
    points: tuple[Point, ...]
    unit: str = ""
    target: float | None = None


def _frame(css: str, width: float, height: float, label: str, parts: list[SafeString]) -> SafeString:
    return format_html(
        '<svg class="hub-ch {}" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        css,
        svg.number(width),
        svg.number(height),
        say("%(label)s. The numbers are in the table below.") % {"label": label},
        svg.join(parts),
    )


def stacked(chart: Stacked, *, small: bool = False) -> SafeString:
    """Horizontal bars, counts written inside where they fit; names longer than their room go above the
    bar."""
    left, width, row = (0, 344, 52) if small else (240, 560, 38)
    top = 20 if small else 0
    most = max((sum(bar.values) for bar in chart.rows), default=0) or 1
    parts: list[SafeString] = []
    for index, bar in enumerate(chart.rows):
        y = row * index
        name_y = y + 16 if small else y + 23
        parts.append(svg.text(0, name_y, shorten(bar.name, 40 if small else 26), "hub-ch__label"))
        parts += _bar(chart, bar, left, y + top, (width - left - 56) / most)
    return _frame(
        "hub-only-s" if small else "hub-only-l", width, row * len(chart.rows) + 6, chart.label, parts
    )


def _bar(chart: Stacked, bar: Bar, x: float, y: float, scale: float) -> list[SafeString]:
    parts: list[SafeString] = []
    for series, value in zip(chart.series, bar.values, strict=True):
        if not value:
            continue
        width = value * scale
        parts.append(svg.rect(x, y + 5, max(width - 2, 1), 24, f"hub-ch__bar hub-ch__{series.tone}"))
        if width > 12 + 10 * len(str(value)):
            css = f"hub-ch__in hub-ch__in-{series.tone}"
            parts.append(svg.text(x + width / 2 - 1, y + 22, value, css, "middle"))
        x += width
    if not chart.totals:
        return parts
    total = sum(bar.values)
    words = (f"{round(100 * bar.values[0] / total)}%" if total else "–") if chart.share else str(total)
    return [*parts, svg.text(x + 6, y + 22, words, "hub-ch__tot")]


def line(chart: Line, *, small: bool = False) -> SafeString:
    """Points joined by a line that breaks where nothing was measured; the target is dashed and named."""
    left, width, height, top, bottom = (44, 344, 200, 14, 28) if small else (52, 560, 236, 14, 30)
    values = [point.value for point in chart.points if point.value is not None]
    most = max([*values, chart.target or 0, 1]) * 1.15
    step = tick_step(most)
    across = (width - left - 20) / max(len(chart.points) - 1, 1)

    def y_of(value: float) -> float:
        return top + (height - top - bottom) * (1 - value / most)

    parts: list[SafeString] = []
    for tick in range(int(most / step) + 1):
        y, words = y_of(tick * step), f"{svg.number(tick * step)}{chart.unit}"
        parts.append(svg.line(left, y, width - 16, y, "hub-lane__grid"))
        parts.append(svg.text(left - 8, y + 5, words, "hub-ch__ax", "end"))
    if chart.target is not None:
        y = y_of(chart.target)
        words = say("target %(target)s") % {"target": f"{svg.number(chart.target)}{chart.unit}"}
        parts.append(svg.line(left, y, width - 16, y, "hub-ch__target"))
        parts.append(svg.text(left + 6, y + 18, words, "hub-ch__ax"))
    for run in runs(chart.points):
        parts.append(svg.polyline([(left + across * i, y_of(v)) for i, v in run], "hub-ch__line"))
        parts += [svg.circle(left + across * i, y_of(v), 5, "hub-ch__dot") for i, v in run]
    every = max(1, -(-len(chart.points) // (6 if small else 9)))
    for index, point in enumerate(chart.points):
        if (len(chart.points) - 1 - index) % every == 0:
            parts.append(svg.text(left + across * index, height - 6, point.name, "hub-ch__ax", "middle"))
    return _frame("hub-only-s" if small else "hub-only-l", width, height, chart.label, parts)


def runs(points: tuple[Point, ...]) -> list[list[tuple[int, float]]]:
    """Stretches of neighbouring points that were measured, as (index, value)."""
    stretches: list[list[tuple[int, float]]] = [[]]
    for index, point in enumerate(points):
        if point.value is None:
            stretches.append([])
        else:
            stretches[-1].append((index, point.value))
    return [stretch for stretch in stretches if stretch]


def tick_step(most: float) -> float:
    """A round step (1, 2 or 5 times a power of ten) that gives at most six lines up to `most`."""
    step = 0.1
    for factor in (2, 2.5, 2) * 12:
        if most / step <= 6:
            break
        step *= factor
    return round(step, 6)


def shorten(name: str, most: int) -> str:
    """At most `most` characters; a cut shows as an ellipsis, the whole is in the table."""
    return name if len(name) <= most else name[: most - 1].rstrip() + "…"
