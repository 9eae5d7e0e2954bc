"""How does the concern form ask? In the same boxes throughout, none of them compulsory unless it says so."""

from __future__ import annotations

from typing import Any

from django import forms

from jigsaw.hub.web.forms import Radios, Select, Textarea, TextInput, Tick


def words(label: object, help_text: object = "", *, rows: int = 3, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=help_text, required=False, widget=Textarea(rows=rows), **more
    )


def line(label: object, most: int, help_text: object = "", width: int = 0) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=most,
        widget=TextInput(width=width, attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


def one_of(
    label: object, options: Any, *, help_text: object = "", layout: str = "small"
) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, help_text=help_text, choices=options, required=False, widget=Radios(layout=layout)
    )


def select(label: object, options: Any, help_text: object = "") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, help_text=help_text, choices=options, required=False, widget=Select()
    )


def tick(label: object, help_text: object = "") -> forms.BooleanField:
    return forms.BooleanField(label=label, help_text=help_text, required=False, widget=Tick())


class Quiet(forms.Form):
    """Nothing is marked optional, because nearly everything is: the page says once what is compulsory."""

    mark_optional = False
    use_required_attribute = False
