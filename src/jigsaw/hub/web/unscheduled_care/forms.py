"""Who is looked up, who came, what was done about an alert or a message?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jigsaw.formats.text import nhs_number
from jigsaw.hub.kit.clock import ENGLAND
from jigsaw.hub.unscheduled_care import hearing, sorting_out
from jigsaw.hub.unscheduled_care.walking_in import Came
from jigsaw.hub.web import forms as parts
from jigsaw.hub.web.taking import Takes


class LookForm(Takes):
    """Anything that says who it is; the button says whether the care is planned."""

    told = forms.CharField(
        label=_("Who is it?"),
        help_text=_("An NHS number; or name and date of birth, if there is none."),
        max_length=200,
        widget=parts.TextInput(),
        error_messages={"required": _("Enter an NHS number, or a name and a date of birth")},
    )


class CameForm(Takes):
    """Somebody who came to a setting whose system sends no messages."""

    nhs_number = forms.CharField(
        label=_("NHS number, if known"), required=False, max_length=14, widget=parts.TextInput(width=10)
    )
    given = forms.CharField(label=_("First names"), max_length=120, required=False, widget=parts.TextInput())
    family = forms.CharField(
        label=_("Last name"), max_length=120, widget=parts.TextInput(),
        error_messages={"required": _("Enter the last name")},
    )  # fmt: skip
    born = parts.ThreeBoxDateField(
        label=_("Date of birth"), error_messages={"required": _("Enter the date of birth")}
    )
    at = forms.TimeField(
        label=_("When did they come today?"), widget=parts.TimeInput(width=10),
        error_messages={"required": _("Enter the time"), "invalid": _("Enter the time like 14:30")},
    )  # fmt: skip
    unscheduled = forms.ChoiceField(
        label=_("Was it planned?"),
        choices=[
            (
                "yes",
                parts.Choice(_("No: they came without an appointment"), _("The authority is told at once.")),
            ),
            ("no", parts.Choice(_("Yes: they had an appointment"), _("Nobody is told."))),
        ],
        widget=parts.Radios(),
        error_messages={"required": _("Say whether it was planned")},
    )

    def clean_nhs_number(self) -> str:
        told = str(self.cleaned_data["nhs_number"]).strip()
        number = nhs_number(told)
        if told and number is None:
            raise forms.ValidationError(_("This is no NHS number: check its ten digits"))
        return number or ""

    def came(self, now: datetime) -> Came:
        given: dict[str, Any] = {
            name: self.cleaned_data[name] for name in ("nhs_number", "given", "family", "born")
        }
        at = datetime.combine(now.astimezone(ENGLAND).date(), self.cleaned_data["at"], ENGLAND)
        return Came(**given, at=at, unscheduled=self.cleaned_data["unscheduled"] == "yes")


class ActForm(Takes):
    what_was_done = forms.CharField(
        label=_("What was done?"),
        help_text=_(
            "For instance: rang the department and spoke to the nurse in charge; the child stays tonight."
        ),
        max_length=hearing.LONGEST,
        widget=parts.Textarea(rows=3),
        error_messages={"required": _("Say what was done, in a sentence")},
    )


class HandledForm(Takes):
    what_was_done = forms.CharField(
        label=_("What was done about it?"),
        max_length=sorting_out.LONGEST,
        widget=parts.Textarea(rows=2),
        error_messages={"required": _("Say what was done, in a sentence")},
    )
