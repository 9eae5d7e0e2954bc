"""Who recorded what, when, and where was silence? One lane for each agency, one mark for each entry."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from django.utils import formats
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as say

from jigsaw.hub.web.drawing import svg
from jigsaw.hub.web.drawing.marks import mark, sector

SILENCE_DAYS = 60


@dataclass(frozen=True)
class Agency:
    """A lane. `id` is what events name; `code` is the sector's (SC, PO, …); `short` is the word beside the
    lane."""

    id: str
    code: str
    short: str


@dataclass(frozen=True)
class Event:
    """A mark. `anchor` is the id of the entry on the same page, `kind` as in how_known, `words` the entry's
    title."""

    anchor: str
    on: dt.date
    agency_id: str
    kind: str
    words: str
    key: bool = False


@dataclass(frozen=True)
class Overview:
    """What to draw: the days from `start` to `end`, both inclusive; events outside them are left out."""

    events: tuple[Event, ...]
    agencies: tuple[Agency, ...]
    start: dt.date
    end: dt.date

    def shown(self) -> list[Event]:
        inside = (event for event in self.events if self.start <= event.on <= self.end)
        return sorted(inside, key=lambda event: (event.on, event.anchor))


@dataclass(frozen=True)
class Gap:
    """A silence of every agency between two entries (`first` and `last` have entries)."""

    first: dt.date
    last: dt.date

    @property
    def days(self) -> int:
        return (self.last - self.first).days


@dataclass(frozen=True)
class Count:
    agency: str
    number: int
    last: dt.date | None


@dataclass(frozen=True)
class _Frame:
    """Measures of one variant, in units of the picture."""

    left: int
    right: int
    top: int
    row: int
    width: int
    up: int
    step: int
    radius: int
    small: bool


WIDE = _Frame(left=170, right=16, top=34, row=40, width=1120, up=0, step=17, radius=7, small=False)
NARROW = _Frame(left=0, right=4, top=24, row=46, width=344, up=12, step=11, radius=6, small=True)


def gaps(overview: Overview) -> list[Gap]:
    """Silences of more than SILENCE_DAYS days between entries, and from the last entry to the end."""
    days = sorted({event.on for event in overview.shown()})
    if not days:
        return []
    pairs = zip(days, [*days[1:], overview.end], strict=True)
    return [Gap(first, last) for first, last in pairs if (last - first).days > SILENCE_DAYS]


def counts(overview: Overview) -> list[Count]:
    """The twin in numbers: entries and the last of them for each agency, in the order of the lanes."""
    rows = []
    for agency in overview.agencies:
        days = [event.on for event in overview.shown() if event.agency_id == agency.id]
        rows.append(Count(agency.short, len(days), max(days, default=None)))
    return rows


def lanes(overview: Overview, *, small: bool = False) -> SafeString:
    """The picture; each mark links to #anchor of its entry."""
    frame = NARROW if small else WIDE
    height = frame.top + frame.row * len(overview.agencies) + 14
    parts = [*_months(overview, frame, height), *_silences(overview, frame)]
    for index, agency in enumerate(overview.agencies):
        parts += _lane(overview, agency, frame, frame.top + frame.row * (index + 0.5) + frame.up)
    label = say("Recorded entries by agency. Each mark links to the full entry.")
    return format_html(
        '<svg class="hub-lane {}" viewBox="0 0 {} {}" role="group" aria-label="{}">{}</svg>',
        "hub-only-s" if small else "hub-only-l",
        frame.width,
        height,
        label,
        svg.join(parts),
    )


def _across(overview: Overview, frame: _Frame, day: dt.date) -> float:
    span = max((overview.end - overview.start).days, 1)
    return frame.left + (frame.width - frame.left - frame.right) * (day - overview.start).days / span


def _firsts(start: dt.date, end: dt.date) -> Iterator[dt.date]:
    """The first of each month within the days, both inclusive."""
    month = start.replace(day=1)
    while month <= end:
        if month >= start:
            yield month
        month = (month + dt.timedelta(days=32)).replace(day=1)


def _months(overview: Overview, frame: _Frame, height: float) -> Iterator[SafeString]:
    for first in _firsts(overview.start, overview.end):
        x = _across(overview, frame, first)
        name = formats.date_format(first, "M")
        yield svg.line(x, frame.top - 6, x, height - 10, "hub-lane__grid")
        if x < frame.width - 18:
            yield svg.text(
                x + (3 if frame.small else 5), 20, name[:1] if frame.small else name, "hub-lane__month"
            )


def _silences(overview: Overview, frame: _Frame) -> Iterator[SafeString]:
    height = frame.row * len(overview.agencies)
    for gap in gaps(overview):
        left, right = _across(overview, frame, gap.first), _across(overview, frame, gap.last)
        inset = min(14, (right - left) / 4)
        words = say("%(days)d days with nothing recorded") if right - left > 250 else say("%(days)d days")
        yield svg.rect(left + inset, frame.top, right - left - 2 * inset, height, "hub-lane__gap", corner=6)
        yield svg.text(
            (left + right) / 2, frame.top + 14, words % {"days": gap.days}, "hub-lane__gaptext", "middle"
        )


def _lane(overview: Overview, agency: Agency, frame: _Frame, y: float) -> list[SafeString]:
    events = [event for event in overview.shown() if event.agency_id == agency.id]
    words_y, code = (y - 13 if frame.small else y + 5), sector(agency.code)
    end = frame.width - frame.right
    parts = [
        svg.line(frame.left, y, end, y, f"hub-lane__line hub-s-{code}"),
    ]
    if frame.small:
        name = f"{agency.short} · {len(events)}"
        parts.append(svg.text(0, words_y, name, f"hub-lane__name hub-t-{code}"))
    else:
        parts.append(svg.text(0, words_y, agency.short, f"hub-lane__name hub-t-{code}"))
        parts.append(svg.text(frame.left - 16, words_y, len(events), "hub-lane__n", "end"))
    places = spread([_across(overview, frame, event.on) for event in events], frame)
    for event, x in zip(events, places, strict=True):
        parts.append(_linked_mark(event, agency, x, y, frame.radius))
    return parts


def spread(wanted: list[float], frame: _Frame) -> list[float]:
    """Moves marks apart so that each can be pressed: at least `step` from the last, not past the right edge.

    `wanted` is in ascending order. More marks than fit at `step` share the lane evenly.
    """
    low, high = frame.left + frame.radius + 4.0, frame.width - frame.right - frame.radius - 1.0
    step = min(float(frame.step), (high - low) / max(len(wanted) - 1, 1))
    places: list[float] = []
    for x in wanted:
        places.append(max(x, places[-1] + step if places else low))
    for index in range(len(places) - 1, -1, -1):
        places[index] = min(places[index], high - step * (len(places) - 1 - index))
    return places


@lru_cache(maxsize=2000)
def _in_words(day: dt.date, _language: str) -> str:
    """The day of an entry: drawn twice, wide and narrow, and the same for all who were seen that day."""
    return formats.date_format(day, "j M Y")


def _linked_mark(event: Event, agency: Agency, x: float, y: float, radius: float) -> SafeString:
    words = escape(f"{_in_words(event.on, get_language() or '')}: {event.words}")
    drawn = mark(event.kind, x, y, agency.code, key=event.key, radius=radius)
    # Hundreds of them on a page: each text is escaped once.
    return mark_safe(  # noqa: S308  (every part is escaped, or numbers)
        f'<a href="#{escape(event.anchor)}" aria-label="{words}">'
        f"<title>{words} ({escape(agency.short)})</title>{drawn}</a>"
    )
