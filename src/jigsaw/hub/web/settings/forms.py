"""What does an administrator fill in to put new ratings and clocks in force?"""

from __future__ import annotations

from datetime import date, time
from typing import Any, NamedTuple

from django import forms
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.agreements.queries import RatingScheme
from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.web import forms as parts
from jigsaw.hub.web import ratings

WEEKDAYS = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
)


class Level(NamedTuple):
    """One rating's fields on the page; its code never changes, because requests carry it."""

    shown: ratings.Shown
    fields: list[forms.BoundField]


class Weekday(NamedTuple):
    name: Any
    opens: forms.BoundField
    closes: forms.BoundField


class Ratings(forms.Form):
    """A rating scheme that starts from the one in force: names, clocks, the hours in which they run."""

    closed_on_bank_holidays = forms.BooleanField(
        label=_("Closed on bank holidays in England"), required=False, widget=parts.Tick()
    )
    effective_from = parts.ThreeBoxDateField(
        label=_("From which day does this hold?"),
        help_text=_("What was asked before keeps the time it was given."),
    )
    source = forms.CharField(
        label=_("Who agreed this, and where is it written?"),
        max_length=2000,
        widget=parts.Textarea(rows=2),
        error_messages={"required": _("Say who agreed this, and where it is written")},
    )

    def __init__(self, data: Any, *, scheme: RatingScheme, today: date) -> None:
        super().__init__(data)
        self.scheme = scheme
        for level in scheme.levels:
            self.fields |= _level_fields(level)
        for day in range(7):
            self.fields |= _day_fields(day, scheme.hours.by_weekday.get(day))
        self.fields["closed_on_bank_holidays"].initial = scheme.hours.closed_on_bank_holidays
        self.fields["effective_from"].earliest = today  # type: ignore[attr-defined]

    @property
    def levels(self) -> list[Level]:
        names = ("name", "order", "hours", "night", "words")
        return [
            Level(ratings.shown(self.scheme, level.code), [self[f"{level.code}-{name}"] for name in names])
            for level in self.scheme.levels
        ]

    @property
    def weekdays(self) -> list[Weekday]:
        return [Weekday(name, self[f"opens-{n}"], self[f"closes-{n}"]) for n, name in enumerate(WEEKDAYS)]

    def clean(self) -> dict[str, Any]:
        """A day has both its hours or neither, and opens before it closes."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        for day in range(7):
            opens, closes = given.get(f"opens-{day}"), given.get(f"closes-{day}")
            if (opens is None) != (closes is None):
                missing = f"opens-{day}" if opens is None else f"closes-{day}"
                self.add_error(missing, say("Give both hours, or leave both empty if it is closed"))
            elif opens is not None and closes is not None and opens >= closes:
                self.add_error(f"closes-{day}", say("It must close after it opens"))
        return given

    def content(self) -> dict[str, Any]:
        """The scheme as it is kept (see agreements/data/rating_schemes.json)."""
        given = self.cleaned_data
        days = {
            str(day): [f"{given[f'opens-{day}']:%H:%M}", f"{given[f'closes-{day}']:%H:%M}"]
            for day in range(7)
            if given[f"opens-{day}"] is not None
        }
        closed = given["closed_on_bank_holidays"]
        return {
            "ratings": [_level_content(level.code, given) for level in self.scheme.levels],
            "working_hours": {"days": days, "closed_on_bank_holidays": closed},
        }

    def take(self, problem: Invalid) -> None:
        """Show what the domain says is wrong beside the field it is about."""
        first = self.scheme.levels[0].code
        places = {"ratings": f"{first}-order", "working_hours": "opens-0"}
        for field, wrong in problem.fields.items():
            self.add_error(places.get(field, field), str(wrong))


def _level_fields(level: Any) -> dict[str, forms.Field]:
    whole = {"required": _("Enter a number"), "invalid": _("Enter a whole number, such as 4")}
    number = parts.WholeNumberInput
    return {
        f"{level.code}-name": forms.CharField(
            label=_("Name"), initial=level.name, max_length=40, widget=parts.TextInput(width=10)
        ),
        f"{level.code}-order": forms.IntegerField(
            label=_("Place in the order"),
            help_text=_("1 is the most urgent"),
            initial=level.order,
            min_value=1,
            max_value=9,
            widget=number(width=2),
            error_messages=whole,
        ),
        f"{level.code}-hours": forms.IntegerField(
            label=_("Hours allowed for an answer"),
            initial=round(level.answer_within.total_seconds() / 3600),
            min_value=1,
            max_value=1000,
            widget=number(width=4),
            error_messages=whole,
        ),
        f"{level.code}-night": forms.BooleanField(
            label=_("The clock runs day and night"),
            help_text=_("Otherwise only opening hours count."),
            initial=level.through_the_night,
            required=False,
            widget=parts.Tick(),
        ),
        f"{level.code}-words": forms.CharField(
            label=_("What it means, in a sentence"),
            initial=level.words,
            max_length=300,
            widget=parts.Textarea(rows=2),
        ),
    }


def _day_fields(day: int, hours: tuple[time, time] | None) -> dict[str, forms.Field]:
    opens, closes = hours or (None, None)
    wrong = {"invalid": _("Enter the time like 08:30")}

    def box(label: Any, value: time | None) -> forms.TimeField:
        return forms.TimeField(
            label=label, initial=value, required=False, widget=parts.TimeInput(width=10), error_messages=wrong
        )

    return {f"opens-{day}": box(_("Opens"), opens), f"closes-{day}": box(_("Closes"), closes)}


def _level_content(code: str, given: dict[str, Any]) -> dict[str, Any]:
    return {
        "code": code,
        "name": given[f"{code}-name"],
        "order": given[f"{code}-order"],
        "answer_within_hours": given[f"{code}-hours"],
        "runs_through_the_night": given[f"{code}-night"],
        "words": given[f"{code}-words"],
    }
