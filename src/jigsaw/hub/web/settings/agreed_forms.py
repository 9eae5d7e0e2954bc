"""What does an administrator fill in to change patterns, or the days on which schools are open?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from django import forms
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.web import forms as parts
from jigsaw.hub.web.settings.forms import WEEKDAYS
from jigsaw.hub.web.taking import Takes

NUMBERS = {
    "at_least": _("At least so many times"),
    "within_months": _("Within so many months"),
    "places": _("In so many different places"),
    "more_than_days": _("More than so many days without"),
}
HOLIDAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})\s+to\s+(\d{1,2})/(\d{1,2})/(\d{4})\s+(\S.*)")


class FromADay(Takes):
    """From which day a setting holds, and who agreed it."""

    effective_from = parts.ThreeBoxDateField(
        label=_("From which day does this hold?"), help_text=_("What held before can always be told.")
    )
    source = forms.CharField(
        label=_("Who agreed this, and where is it written?"),
        max_length=2000,
        widget=parts.Textarea(rows=2),
        error_messages={"required": _("Say who agreed this, and where it is written")},
    )

    def __init__(self, data: Any, *, today: date, **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["effective_from"].earliest = today  # type: ignore[attr-defined]
        self.order_fields([name for name in self.fields if name not in FromADay.base_fields])


class RuleFields(NamedTuple):
    """One pattern's fields on the page; its code and the kinds of record it counts never change here."""

    name: str
    fields: list[forms.BoundField]


class Patterns(FromADay):
    """Each pattern that people may be told of, and how often one practitioner is told."""

    def __init__(self, data: Any, *, content: Mapping[str, Any], today: date) -> None:
        super().__init__(data, today=today)
        self.kept = content
        for rule in content["rules"]:
            self.fields |= _rule_fields(rule)
        self.fields["interruptions_a_day"] = _whole(
            _("At most so many notices a day for one practitioner"), content["interruptions_a_day"], 50,
            help_text=_("Patterns and alerts of unscheduled care together; the rest waits in a list."),
        )  # fmt: skip

    @property
    def rules(self) -> list[RuleFields]:
        return [
            RuleFields(rule["name"], [self[name] for name in _rule_fields(rule)])
            for rule in self.kept["rules"]
        ]

    @property
    def rest(self) -> list[forms.BoundField]:
        return [self[name] for name in ("interruptions_a_day", "effective_from", "source")]

    def clean(self) -> dict[str, Any]:
        """Whoever is told reads the words: they and the source change with the figures."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        for rule in self.kept["rules"]:
            code = rule["code"]
            figures = {name: given.get(f"{code}-{name}") for name in NUMBERS if name in rule}
            if None in figures.values() or figures == {name: rule[name] for name in figures}:
                continue
            if given.get(f"{code}-words") == rule["words"]:
                self.add_error(f"{code}-words", say("Say the new figures in these words as well"))
            if given.get(f"{code}-source") == rule["source"]:
                self.add_error(f"{code}-source", say("Say where the new figures come from"))
        return given

    def content(self) -> dict[str, Any]:
        """The setting as it is kept (see agreements/data/patterns.json)."""
        given = self.cleaned_data
        rules = [
            {**rule, **{name.partition("-")[2]: given[name] for name in _rule_fields(rule)}}
            for rule in self.kept["rules"]
        ]
        return {**self.kept, "rules": rules, "interruptions_a_day": given["interruptions_a_day"]}


def _rule_fields(rule: Mapping[str, Any]) -> dict[str, forms.Field]:
    code = rule["code"]
    figures = {
        f"{code}-{name}": _whole(label, rule[name], 730) for name, label in NUMBERS.items() if name in rule
    }
    return {
        f"{code}-on": forms.BooleanField(
            label=_("People are told of it"), initial=rule.get("on", True), required=False, widget=parts.Tick()
        ),
        **figures,
        f"{code}-words": forms.CharField(
            label=_("The rule in words, as whoever is told reads it"), initial=rule["words"], max_length=500,
            widget=parts.Textarea(rows=2), error_messages={"required": _("Say the rule in words")},
        ),
        f"{code}-source": forms.CharField(
            label=_("Where do its figures come from?"), initial=rule["source"], max_length=500,
            widget=parts.Textarea(rows=2), error_messages={"required": _("Say where its figures come from")},
        ),
    }  # fmt: skip


def _whole(label: Any, value: int, most: int, **more: Any) -> forms.IntegerField:
    words = {"required": _("Enter a number"), "invalid": _("Enter a whole number, such as 4")}
    return forms.IntegerField(
        label=label, initial=value, min_value=1, max_value=most, widget=parts.WholeNumberInput(width=4),
        error_messages=words, **more,
    )  # fmt: skip


class SchoolDays(FromADay):
    """When the schools of an authority open, and on which days they do not."""

    opens = forms.TimeField(
        label=_("When does the school day start?"),
        widget=parts.TimeInput(width=10),
        error_messages={"required": _("Enter the time"), "invalid": _("Enter the time like 08:30")},
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days with school"), coerce=int, choices=list(enumerate(WEEKDAYS)), widget=parts.Checkboxes()
    )
    closed_on_bank_holidays = forms.BooleanField(
        label=_("Closed on bank holidays in England"), required=False, widget=parts.Tick()
    )
    holidays = forms.CharField(
        label=_("Holidays"),
        help_text=_(
            "One on a line: first day, last day, name; both days are without school. For instance "
            "21/12/2026 to 1/1/2027 Christmas"
        ),
        required=False,
        max_length=10_000,
        widget=parts.Textarea(rows=10),
    )
    authority_after_days = _whole(
        _("Children’s social care hears as well of a notice that waits for a school so many days"), 4, 60
    )

    def clean_holidays(self) -> list[dict[str, str]]:
        lines = [line.strip() for line in self.cleaned_data["holidays"].splitlines()]
        return [_holiday(line) for line in lines if line]

    def content(self) -> dict[str, Any]:
        """The setting as it is kept (see agreements/data/school_days.json)."""
        given = self.cleaned_data
        names = ("weekdays", "closed_on_bank_holidays", "holidays", "authority_after_days")
        return {"opens": f"{given['opens']:%H:%M}", **{name: given[name] for name in names}}


def _holiday(line: str) -> dict[str, str]:
    """Raises ValidationError naming the line."""
    found = HOLIDAY.fullmatch(line)
    if found is None:
        raise forms.ValidationError(
            _("“%(line)s” cannot be read: write it like 21/12/2026 to 1/1/2027 Christmas"),
            params={"line": line},
        )
    a, b, c, d, e, f, name = found.groups()
    try:
        first, last = date(int(c), int(b), int(a)), date(int(f), int(e), int(d))
    except ValueError as error:
        raise forms.ValidationError(
            _("“%(line)s” has a day that there is not"), params={"line": line}
        ) from error
    if last < first:
        raise forms.ValidationError(_("“%(line)s” ends before it begins"), params={"line": line})
    return {"name": name.strip(), "from": str(first), "until": str(last)}


def holiday_words(holiday: Mapping[str, str]) -> str:
    """One holiday as a line of the form."""
    first, last = date.fromisoformat(holiday["from"]), date.fromisoformat(holiday["until"])
    name = holiday.get("name") or say("Holiday")
    return f"{first.day}/{first.month}/{first.year} to {last.day}/{last.month}/{last.year} {name}"
