"""How is SVG written safely? Every text is escaped; numbers are short, so the same picture is the same
string."""

from collections.abc import Iterable

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe


def number(value: float) -> str:
    """At most one decimal, without trailing zero: 12.0 becomes 12."""
    return f"{value:.1f}".removesuffix(".0")


def join(parts: Iterable[SafeString]) -> SafeString:
    """Joins parts that are all escaped already."""
    return mark_safe("".join(parts))  # noqa: S308  (each part came from format_html)


def _shape(drawn: str, css: str) -> SafeString:
    """A shape of numbers alone, which need no escaping: a year has hundreds, and escaping each takes its time."""
    return mark_safe(f'{drawn} class="{escape(css)}"/>')  # noqa: S308  (numbers, and an escaped class)


def line(x1: float, y1: float, x2: float, y2: float, css: str) -> SafeString:
    return _shape(f'<line x1="{number(x1)}" y1="{number(y1)}" x2="{number(x2)}" y2="{number(y2)}"', css)


def rect(x: float, y: float, width: float, height: float, css: str, corner: float = 0) -> SafeString:
    return format_html(
        '<rect x="{}" y="{}" width="{}" height="{}" rx="{}" class="{}"/>',
        number(x),
        number(y),
        number(width),
        number(height),
        number(corner),
        css,
    )


def circle(x: float, y: float, radius: float, css: str) -> SafeString:
    return _shape(f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(radius)}"', css)


def path(d: str, css: str) -> SafeString:
    return format_html('<path d="{}" class="{}"/>', d, css)


def polyline(points: Iterable[tuple[float, float]], css: str) -> SafeString:
    d = " ".join(f"{number(x)},{number(y)}" for x, y in points)
    return format_html('<polyline points="{}" class="{}"/>', d, css)


def text(x: float, y: float, words: object, css: str, anchor: str = "start") -> SafeString:
    return format_html(
        '<text x="{}" y="{}" class="{}" text-anchor="{}">{}</text>', number(x), number(y), css, anchor, words
    )
