"""How does a form look and speak? GOV.UK markup for Django's own forms, and dates as people know them.

Use these widgets in place of Django's; `{{ form.name.as_field_group }}` then gives label, hint, error and
control. Widgets take three extra keywords: `label_size` ("s", "m", "l", "xl"; default "s"), `page_heading`
(the label is the page's h1) and `width` (GOV.UK width class: 2, 3, 4, 5, 10, 20 characters).
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import TemplatesSetting
from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

Words = str | Promise


class Renderer(TemplatesSetting):
    """Django's FORM_RENDERER: field groups from our templates, widgets from ours or Django's own."""

    field_template_name = "forms/field.html"


@dataclass(frozen=True)
class Choice:
    """A choice's label with a hint beneath it; `data` becomes data-… attributes of its input."""

    text: Words
    hint: Words = ""
    data: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return str(self.text)


class _Look:
    """What every widget here shares: GOV.UK classes, an error class, and how its label is shown."""

    css = ""
    label_size = "s"
    page_heading = False
    attrs: dict[str, Any]

    def __init__(
        self, *args: Any, label_size: str = "s", page_heading: bool = False, width: int = 0, **kwargs: Any
    ):
        super().__init__(*args, **kwargs)
        self.label_size, self.page_heading, self.width = label_size, page_heading, width

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)  # type: ignore[misc]
        own = context["widget"]["attrs"]
        wrong = own.get("aria-invalid") == "true"
        context["widget"]["wrong"] = wrong
        if self.css:
            own["class"] = " ".join(self._classes(own.get("class", ""), wrong))
        return context

    def _classes(self, given: str, wrong: bool) -> Iterator[str]:
        yield self.css
        if self.width:
            yield f"govuk-input--width-{self.width}"
        if wrong:
            yield f"{self.css}--error"
        if given:
            yield given


class TextInput(_Look, forms.TextInput):
    css = "govuk-input"


class EmailInput(_Look, forms.EmailInput):
    css = "govuk-input"


class PasswordInput(_Look, forms.PasswordInput):
    css = "govuk-input"


class SearchInput(_Look, forms.TextInput):
    input_type = "search"
    css = "govuk-input"


class PhoneInput(_Look, forms.TextInput):
    input_type = "tel"
    css = "govuk-input"


class WholeNumberInput(_Look, forms.TextInput):
    """A number typed as text: no spinner that a scroll of the mouse can change."""

    css = "govuk-input"

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        self.attrs = {"inputmode": "numeric", "autocomplete": "off", **self.attrs}


class TimeInput(_Look, forms.TimeInput):
    input_type = "time"
    css = "govuk-input"

    def __init__(self, **kwargs: Any):
        super().__init__(**{"format": "%H:%M", "width": 5, **kwargs})


class FileInput(_Look, forms.FileInput):
    css = "govuk-file-upload"


class Select(_Look, forms.Select):
    css = "govuk-select"


class Textarea(_Look, forms.Textarea):
    """Text over several lines. Line ends arrive as one character, as people and counters count them."""

    css = "govuk-textarea"

    def __init__(self, *, rows: int = 5, **kwargs: Any):
        super().__init__(**kwargs)
        self.attrs = {**self.attrs, "rows": rows}
        self.attrs.pop("cols", None)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        value = super().value_from_datadict(data, files, name)
        return value.replace("\r\n", "\n") if isinstance(value, str) else value


class CharacterCount(Textarea):
    """A text area that says how much room is left; the limit is the field's max_length."""

    template_name = "forms/character_count.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        own = context["widget"]["attrs"]
        # The browser would cut pasted text silently; the counter warns and the server refuses in words.
        context["widget"]["limit"] = own.pop("maxlength", None)
        own["class"] += " govuk-js-character-count"
        own["aria-describedby"] = f"{own.get('aria-describedby', '')} {own.get('id')}-info".strip()
        return context


class _Options(_Look):
    """Radios and checkboxes: a fieldset whose options may carry hints."""

    use_fieldset = True

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(*args, **kwargs)  # type: ignore[misc]
        option["hint"] = getattr(option["label"], "hint", "")
        option["attrs"] |= {
            f"data-{key}": value for key, value in getattr(option["label"], "data", {}).items()
        }
        if option["hint"] and option["attrs"].get("id"):
            option["attrs"]["aria-describedby"] = f"{option['attrs']['id']}-hint"
        option["attrs"].pop("aria-invalid", None)
        return option

    def first_id(self, id_: str) -> str:
        return f"{id_}_0"


class Radios(_Options, forms.RadioSelect):
    """One of a few. `layout`: "" (stacked), "inline" or "small"."""

    template_name = "forms/radios.html"

    def __init__(self, *, layout: str = "", **kwargs: Any):
        super().__init__(**kwargs)
        self.layout = layout

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["layout"] = self.layout
        return context


class Checkboxes(_Options, forms.CheckboxSelectMultiple):
    """Any of a few. `layout`: "" (stacked) or "small"."""

    template_name = "forms/checkboxes.html"

    def __init__(self, *, layout: str = "", **kwargs: Any):
        super().__init__(**kwargs)
        self.layout = layout

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["layout"] = self.layout
        return context


class Pick(_Options, forms.RadioSelect):
    """Share, share part or withhold: one press, colour and word, for values share, part and withhold."""

    template_name = "forms/pick.html"


class Quick(_Options, forms.RadioSelect):
    """Short reasons as pills, one press each."""

    template_name = "forms/quick.html"


class Tick(_Look, forms.CheckboxInput):
    """One box to tick; the field's label stands beside the box."""

    template_name = "forms/tick.html"
    beside = True


# --- What is missing, in words ---


class SaysWhatIsMissing:
    """For forms: "Enter “Name”" in place of "This field is required", unless the field has words of its own."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name, each in self.fields.items():
            if each.error_messages.get("required") == forms.Field.default_error_messages["required"]:
                label = each.label or name.replace("_", " ").capitalize()
                each.error_messages["required"] = missing_words(each.widget) % {"label": label}


def missing_words(widget: forms.Widget) -> str:
    """What to ask for when a control was left empty; %(label)s stands for its label."""
    if isinstance(widget, forms.CheckboxSelectMultiple):
        return say("Tick at least one answer to “%(label)s”")
    if isinstance(widget, forms.CheckboxInput):
        return say("Tick “%(label)s”")
    if isinstance(widget, (forms.RadioSelect, forms.Select)):
        return say("Choose an answer to “%(label)s”")
    if isinstance(widget, forms.FileInput):
        return say("Choose a file for “%(label)s”")
    return say("Enter “%(label)s”")


class Form(SaysWhatIsMissing, forms.Form):
    """The form that pages start from."""


# --- Dates ---

DATE_PARTS = ("day", "month", "year")


class DateBoxes(forms.MultiWidget):
    """Day, month and year in three boxes; no calendar to fight with."""

    template_name = "forms/date.html"
    use_fieldset = True
    label_size = "s"
    page_heading = False

    def __init__(self, *, label_size: str = "s", page_heading: bool = False, birthday: bool = False):
        self.label_size, self.page_heading, self.birthday = label_size, page_heading, birthday
        super().__init__(widgets={f"-{part}": forms.TextInput() for part in DATE_PARTS})
        # Names end in -day, -month, -year, as other services name them.
        self.widgets_names = [f"-{part}" for part in DATE_PARTS]

    def decompress(self, value: Any) -> list[Any]:
        known = "AAA"
        if isinstance(value, PartialDate):
            value, known = value
        if value is None:
            return ["", "", ""]
        parts = (value.day, value.month, value.year)
        return [part if accuracy != "U" else "" for part, accuracy in zip(parts, known, strict=True)]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        labels = (say("Day"), say("Month"), say("Year"))
        wrong = context["widget"]["attrs"].get("aria-invalid") == "true"
        for part, label, box in zip(DATE_PARTS, labels, context["widget"]["subwidgets"], strict=True):
            css = f"govuk-input govuk-date-input__input govuk-input--width-{4 if part == 'year' else 2}"
            own = {"class": css + (" govuk-input--error" if wrong else ""), "inputmode": "numeric"}
            if self.birthday:
                own["autocomplete"] = f"bday-{part}"
            # "required" on each box would let the browser refuse before our words can explain.
            box["attrs"] = {key: value for key, value in box["attrs"].items() if key != "required"} | own
            box["label"] = label
        return context

    def first_id(self, id_: str) -> str:
        return f"{id_}_0"

    def id_of_part(self, id_: str, part: str) -> str:
        return f"{id_}_{DATE_PARTS.index(part)}" if part in DATE_PARTS else self.first_id(id_)


class PartialDate(NamedTuple):
    """A date as far as it is known. `accuracy` has a letter for day, month and year: A accurate, U unknown.

    An unknown part of `date` is 1, so it is the first day it may have been; None and "UUU": nothing is known.
    """

    date: dt.date | None
    accuracy: str


class _DateBoxesField(forms.Field):
    """What both date fields share. The form, which knows the day, may set `earliest` and `latest`
    (inclusive)."""

    widget = DateBoxes
    default_error_messages = {
        "required": _("Enter the date"),
        "day": _("The day must be a number from 1 to 31"),
        "month": _("The month must be a number from 1 to 12, or its name"),
        "year": _("The year must have four numbers, like 2019"),
        "missing_day": _("The date must include a day"),
        "missing_month": _("The date must include a month"),
        "missing_year": _("The date must include a year"),
        "impossible": _("There is no such day: %(words)s. Check the day and the month"),
        "early": _("The date must be %(words)s or later"),
        "late": _("The date must be %(words)s or earlier"),
    }

    def __init__(self, *, earliest: dt.date | None = None, latest: dt.date | None = None, **kwargs: Any):
        super().__init__(**kwargs)
        self.earliest, self.latest = earliest, latest

    def has_changed(self, initial: Any, data: Any) -> bool:
        before = [str(part) for part in self.widget.decompress(initial)]
        return before != [str(part or "").strip() for part in data or ["", "", ""]]

    def _numbers(self, value: Any) -> tuple[int | None, int | None, int | None]:
        """Day, month and year as numbers, None where a box is empty."""
        texts = [str(part or "").strip() for part in value or ("", "", "")]
        return (
            self._number(texts[0], "day", lambda text: number_within(text, 1, 31)),
            self._number(texts[1], "month", month_number),
            self._number(texts[2], "year", lambda text: number_within(text, 1000, 9999)),
        )

    def _number(self, text: str, part: str, read: Callable[[str], int | None]) -> int | None:
        if not text:
            return None
        number = read(text)
        if number is None:
            raise self._error(part, part)
        return number

    def _error(self, message: str, part: str, **words: Any) -> ValidationError:
        """An error whose code names the box to look at, so that the summary can link to it."""
        return ValidationError(self.error_messages[message], code=part, params=words)

    def _date(self, day: int, month: int, year: int) -> dt.date:
        try:
            return dt.date(year, month, day)
        except ValueError:
            words = f"{day} {formats.date_format(dt.date(2000, month, 1), 'F')} {year}"
            raise self._error("impossible", "day", words=words) from None

    def _within(self, first: dt.date, last: dt.date) -> None:
        """Refuses a span of possible days that lies wholly outside the limits."""
        if self.earliest and last < self.earliest:
            raise self._error("early", "year", words=formats.date_format(self.earliest, "j F Y"))
        if self.latest and first > self.latest:
            raise self._error("late", "year", words=formats.date_format(self.latest, "j F Y"))


class ThreeBoxDateField(_DateBoxesField):
    """A whole date: cleans to datetime.date, or None when not required and left empty."""

    def clean(self, value: Any) -> dt.date | None:
        day, month, year = self._numbers(value)
        if day is None and month is None and year is None:
            if self.required:
                raise self._error("required", "day")
            return None
        for part, number in zip(DATE_PARTS, (day, month, year), strict=True):
            if number is None:
                raise self._error(f"missing_{part}", part)
        assert day and month and year
        date = self._date(day, month, year)
        self._within(date, date)
        self.run_validators(date)
        return date


class PartialDateField(_DateBoxesField):
    """A date as far as it is known: cleans to PartialDate. A day needs its month, a month its year."""

    default_error_messages = {
        "required": _("Enter as much of the date as you know, at least the year"),
        "missing_month": _("Enter the month as well, or leave the day empty"),
        "missing_year": _("Enter the year as well, even if you are not sure of the day and month"),
    }

    def clean(self, value: Any) -> PartialDate:
        day, month, year = self._numbers(value)
        if day is None and month is None and year is None:
            if self.required:
                raise self._error("required", "day")
            return PartialDate(None, "UUU")
        if year is None:
            raise self._error("missing_year", "year")
        if day is not None and month is None:
            raise self._error("missing_month", "month")
        first = self._date(day or 1, month or 1, year)
        self._within(first, last_possible(first, day, month))
        accuracy = "".join("U" if part is None else "A" for part in (day, month, year))
        return PartialDate(first, accuracy)


def last_possible(first: dt.date, day: int | None, month: int | None) -> dt.date:
    """The last day that a date with these known parts may have been."""
    if day is not None:
        return first
    if month is None:
        return dt.date(first.year, 12, 31)
    return (first.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)


def number_within(text: str, least: int, most: int) -> int | None:
    """The number that `text` writes in 0-9, if it lies within the inclusive bounds."""
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        return None
    return int(text) if least <= int(text) <= most else None


def month_number(text: str) -> int | None:
    """1 to 12 from a number, or from three or more first letters of a month's name in the language in use."""
    if (number := number_within(text, 1, 12)) is not None:
        return number
    typed = text.casefold().rstrip(".")
    names = [formats.date_format(dt.date(2000, month, 1), "F").casefold() for month in range(1, 13)]
    fitting = [index for index, name in enumerate(names, 1) if len(typed) >= 3 and name.startswith(typed)]
    return fitting[0] if len(fitting) == 1 else None


# --- What is wrong, in one list ---


class Problem(NamedTuple):
    """One line of the error summary: words, and the id of the control to go to ("" for none)."""

    words: str
    target: str


def problems(*sources: Any) -> list[Problem]:
    """Everything wrong with these forms, formsets and ready-made (words, target) pairs, in page order."""
    return [problem for source in sources if source is not None for problem in _problems_of(source)]


def _problems_of(source: Any) -> Iterable[Problem]:
    if isinstance(source, forms.BaseFormSet):
        yield from _formset_problems(source)
    elif isinstance(source, forms.BaseForm):
        yield from _form_problems(source)
    else:
        yield from (Problem(str(words), target) for words, target in source)


def _formset_problems(formset: forms.BaseFormSet) -> Iterator[Problem]:
    if not formset.is_bound:
        return
    yield from (Problem(str(words), "") for words in formset.non_form_errors())
    # A formset may name its blocks, e.g. item_words = _("Person %(number)d"): they need telling apart.
    name = getattr(formset, "item_words", None)
    for number, form in enumerate(formset.forms, 1):
        for problem in _form_problems(form):
            yield problem._replace(words=f"{name % {'number': number}}: {problem.words}") if name else problem


def _form_problems(form: forms.BaseForm) -> Iterator[Problem]:
    yield from (Problem(str(words), "") for words in form.non_field_errors())
    for bound in form:
        for error in bound.errors.as_data():
            yield from (Problem(str(words), control_id(bound, error.code or "")) for words in error.messages)


def control_id(bound: forms.BoundField, code: str = "") -> str:
    """The id that an error's link must focus: the first option, or the box of a date named by `code`."""
    widget = bound.field.widget
    if bound.is_hidden:
        return ""
    if isinstance(widget, DateBoxes):
        return widget.id_of_part(bound.auto_id, code)
    if isinstance(widget, _Options):
        return widget.first_id(bound.auto_id)
    return bound.id_for_label or bound.auto_id
