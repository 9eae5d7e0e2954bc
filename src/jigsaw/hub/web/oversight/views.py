"""How well are we sharing? Figures in a chart, in a table and in a sentence, without any child's details."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import formats
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.agreements.queries import RatingScheme
from jigsaw.hub.oversight import queries as oversight
from jigsaw.hub.oversight.queries import Figure, Measures
from jigsaw.hub.web import ratings
from jigsaw.hub.web.door import Visit, practitioner_page
from jigsaw.hub.web.drawing import charts
from jigsaw.hub.web.people import words

STATES = {
    "received": _("Waiting to be screened"),
    "screening": _("Being screened"),
    "enquiry": _("Enquiry opened"),
    "closed": _("Closed with advice"),
}
CALLERS = {"public": _("A member of the public"), "anonymous": _("Somebody who gave no name")}


@practitioner_page
def start(visit: Visit) -> HttpResponse:
    """For those who oversee the partnership: the last 90 days in figures."""
    found = oversight.measures(visit.actor, now=visit.now)
    scheme = agreements.rating_scheme(on=agreements.local_day(visit.now))
    context = {
        "found": found,
        "least": oversight.SMALLEST_SHOWN,
        "tiles": _tiles(found),
        "answers": _answers(found),
        "drawable": any(any(bar.values) for bar in _answers(found).rows),
        "trend": _trend(found),
        "measured": any(hours is not None for _month, hours in found.trend),
        "trend_words": _trend_words(found),
        "ratings": [_rating(scheme, row) for row in found.ratings],
        "items": [
            (say("Shared"), shown(found.shared)),
            (say("Shared in part"), shown(found.part)),
            (say("Withheld"), shown(found.withheld)),
        ],
        "kinds": [(_kind(kind), shown(count)) for kind, count in found.withheld_kinds],
        "feedback": [
            (say("Given on time"), shown(found.feedback_on_time)),
            (say("Given late"), shown(found.feedback_late)),
            (say("Overdue now"), shown(found.feedback_owed)),
        ],
        "states": [STATES[state] for state in found.states],
        "sources": [(_source(row.source), [shown(count) for count in row.counts]) for row in found.sources],
        "escalations": shown(found.escalations),
    }
    return render(visit.request, "oversight/start.html", context)


def shown(figure: Figure) -> str:
    """The number, "fewer than 5", or that it is kept back to protect another."""
    if figure.value is not None:
        return str(figure.value)
    least = {"least": oversight.SMALLEST_SHOWN}
    return say("fewer than %(least)d") % least if figure.small else say("not shown")


def in_words(value: int | None) -> str:
    return "–" if value is None else f"{value}%"


def _tiles(found: Measures) -> list[dict[str, str]]:
    first = found.ratings[0]
    median = "–" if first.median_hours is None else _hours(first.median_hours)
    return [
        {
            "figure": in_words(found.on_time_percent),
            "text": say("of requests answered on time"),
            "tone": "good",
        },
        {"figure": median, "text": say("median for %(rating)s requests") % {"rating": first.level.name}},
        {
            "figure": in_words(found.withheld_percent),
            "text": say("of items withheld, each with a reason"),
        },
        {"figure": shown(found.never), "text": say("due and not answered"), "tone": "soon"},
    ]


def _hours(hours: float) -> str:
    return say("%(hours)s h") % {"hours": formats.number_format(hours)}


def _answers(found: Measures) -> charts.Stacked:
    """Bars by agency. Small counts are not drawn, and the table says "fewer than 5"."""
    rows = [
        charts.Bar(
            row.agency,
            tuple(figure.value or 0 for figure in (row.on_time, row.late, row.never)),
            tuple(shown(figure) for figure in (row.on_time, row.late, row.never)),
        )
        for row in found.agencies
    ]
    return charts.Stacked(
        label=say("Answers on time, by agency"),
        row_word=say("Agency"),
        series=(
            charts.Series("on", say("On time")),
            charts.Series("late", say("Late")),
            charts.Series("none", say("Not answered")),
        ),
        rows=tuple(rows),
        totals=False,
    )


def _trend(found: Measures) -> charts.Line:
    level = found.ratings[0].level
    runs_on = level.through_the_night
    return charts.Line(
        label=say("Hours to answer a %(rating)s request, by month") % {"rating": level.name},
        point_word=say("Month"),
        value_word=say("Median hours"),
        points=tuple(charts.Point(formats.date_format(month, "M"), hours) for month, hours in found.trend),
        unit=say("h"),
        target=level.answer_within.total_seconds() / 3600 if runs_on else None,
    )


def _trend_words(found: Measures) -> str:
    """What the line shows, said: the newest measured month against the one measured before it."""
    measured = [(month, hours) for month, hours in found.trend if hours is not None]
    if len(measured) < 2:
        return say("Fewer than two of these months have enough answers to compare.")
    (before, was), (_month, now) = measured[-2:]
    named = {"month": formats.date_format(before, "F"), "hours": formats.number_format(abs(now - was), 1)}
    if now == was:
        return say("As fast as in %(month)s.") % named
    return (
        say("%(hours)s hours faster than in %(month)s.")
        if now < was
        else say("%(hours)s hours slower than in %(month)s.")
    ) % named


def _rating(scheme: RatingScheme, row: oversight.RatingFigures) -> dict[str, Any]:
    hours = row.level.answer_within.total_seconds() / 3600
    allowed = ngettext("%(n)d hour", "%(n)d hours", round(hours)) % {"n": round(hours)}
    return {
        "shown": ratings.shown(scheme, row.level.code),
        "allowed": allowed if row.level.through_the_night else say("%(hours)s of work") % {"hours": allowed},
        "answered": shown(row.answered),
        "median": "–" if row.median_hours is None else _hours(row.median_hours),
    }


def _kind(code: str) -> str:
    for row in agreements.words("withholding_kinds")["entries"]:
        if row["code"] == code:
            return str(row["label"])
    return code


def _source(code: str) -> str:
    return str(CALLERS.get(code) or words.SECTORS.get(code, code))
