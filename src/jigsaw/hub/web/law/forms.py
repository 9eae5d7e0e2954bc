"""What does an administrator fill in to confirm or correct a law?"""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.agreements.instruments import Instrument
from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.web import forms as look


class CheckForm(look.Form):
    """Starts from what the register says: sent unchanged but for the source, it confirms."""

    commenced_on = look.ThreeBoxDateField(
        label=_("In force from"),
        help_text=_("The first day. Leave it empty if it is not in force."),
        required=False,
    )
    ended_on = look.ThreeBoxDateField(
        label=_("No longer in force from"),
        help_text=_("The first day on which it does not hold. Leave it empty if it has not ended."),
        required=False,
    )
    source = forms.CharField(
        label=_("Where did you read it?"),
        help_text=_("Name the text itself and its address, such as legislation.gov.uk and the section."),
        max_length=2000,
        widget=look.Textarea(rows=2),
        error_messages={"required": _("Say where you read it, so that others can check")},
    )
    verified_on = look.ThreeBoxDateField(label=_("On which day did you check it?"))
    note = forms.CharField(
        label=_("What should practitioners know about it?"),
        max_length=2000,
        required=False,
        widget=look.Textarea(rows=2),
    )

    def __init__(self, data: Any = None, *, instrument: Instrument, today: date) -> None:
        super().__init__(data)
        self.initial = {
            "commenced_on": instrument.commenced_on,
            "ended_on": instrument.ended_on,
            "verified_on": today,
            "note": instrument.note,
        }
        self.fields["verified_on"].latest = today  # type: ignore[attr-defined]

    def take(self, problem: Invalid) -> None:
        """Show what the domain says is wrong beside the field it is about."""
        for field, wrong in problem.fields.items():
            self.add_error(field if field in self.fields else None, str(wrong))
