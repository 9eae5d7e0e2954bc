"""What is filled in about a plan: its kind and dates, why it is corrected, and who the baby is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jigsaw.formats.text import nhs_number
from jigsaw.hub.people.records import Facts
from jigsaw.hub.unscheduled_care.kinds import PlanKind
from jigsaw.hub.unscheduled_care.operations import LONGEST_REASON, Said
from jigsaw.hub.web import forms as parts
from jigsaw.hub.web.taking import Takes

HINTS = {
    PlanKind.CHILD_PROTECTION: _("Decided at a child protection conference."),
    PlanKind.LOOKED_AFTER: _("Children Act 1989: section 31, 38 or 20."),
    PlanKind.UNBORN: _("Held on the mother’s record until the baby is born."),
}


class PlanForm(Takes):
    """A plan as settings may see it."""

    kind = forms.ChoiceField(
        label=_("What kind of plan is it?"),
        choices=[(kind.value, parts.Choice(kind.label, HINTS[kind])) for kind in PlanKind],
        widget=parts.Radios(),
        error_messages={"required": _("Choose what kind of plan it is")},
    )
    starts_on = parts.ThreeBoxDateField(
        label=_("On which day did it begin?"),
        error_messages={"required": _("Enter the day on which it began")},
    )
    ends_on = parts.ThreeBoxDateField(label=_("On which day did it end, if it has?"), required=False)
    expected_on = parts.ThreeBoxDateField(
        label=_("For an unborn child: when is the baby expected?"), required=False
    )

    def said(self) -> Said:
        return Said(
            **{name: self.cleaned_data[name] for name in ("kind", "starts_on", "ends_on", "expected_on")}
        )


class CorrectForm(PlanForm):
    reason = forms.CharField(
        label=_("What was wrong?"),
        max_length=LONGEST_REASON,
        widget=parts.Textarea(rows=2),
        error_messages={"required": _("Say in a few words what was wrong")},
    )


class EndForm(Takes):
    ends_on = parts.ThreeBoxDateField(
        label=_("On which day did it end?"), error_messages={"required": _("Enter the day on which it ended")}
    )


class WithdrawForm(Takes):
    reason = forms.CharField(
        label=_("Why was there never such a plan?"),
        help_text=_("For instance: it was entered on the wrong child."),
        max_length=LONGEST_REASON,
        widget=parts.Textarea(rows=2),
        error_messages={"required": _("Say why there was never such a plan")},
    )


class BabyForm(Takes):
    """Who was born. A number may come later."""

    given = forms.CharField(
        label=_("First names"), help_text=_("Leave empty if the baby has none yet."), max_length=120, required=False,
        widget=parts.TextInput(),
    )  # fmt: skip
    family = forms.CharField(
        label=_("Last name"), max_length=120, widget=parts.TextInput(),
        error_messages={"required": _("Enter the baby’s last name")},
    )  # fmt: skip
    born = parts.ThreeBoxDateField(
        label=_("On which day was the baby born?"), error_messages={"required": _("Enter the day of birth")}
    )
    sex = forms.ChoiceField(
        label=_("Sex"), choices=[("F", _("Female")), ("M", _("Male")), ("U", _("Not known"))],
        widget=parts.Radios(layout="inline"), error_messages={"required": _("Choose one")},
    )  # fmt: skip
    nhs_number = forms.CharField(
        label=_("NHS number, if there is one yet"),
        required=False,
        max_length=14,
        widget=parts.TextInput(width=10),
    )

    def clean_nhs_number(self) -> str:
        told = str(self.cleaned_data["nhs_number"]).strip()
        number = nhs_number(told)
        if told and number is None:
            raise forms.ValidationError(_("This is no NHS number: check its ten digits"))
        return number or ""

    def facts(self) -> Facts:
        told: dict[str, Any] = {name: self.cleaned_data[name] for name in ("given", "family", "born", "sex")}
        number = self.cleaned_data["nhs_number"]
        return Facts(**told, identifiers=(("nhs_number", number),) if number else ())
