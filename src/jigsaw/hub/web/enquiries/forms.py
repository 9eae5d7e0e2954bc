"""The forms of whoever leads an enquiry: ask, ask again, rate, hand over, decide."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.decisions.operations import Grounds, TookPart
from jigsaw.hub.information_requests.operations import Question
from jigsaw.hub.kit.clock import ENGLAND
from jigsaw.hub.web import forms as look
from jigsaw.hub.web.requests.forms import leave_out

LONGEST = 10_000
CLOCK, OTHER = "clock", "other"


class AgencyBoxes(look.Checkboxes):
    """Agencies to tick; those asked already are shown and cannot be ticked."""

    template_name = "enquiries/agency_boxes.html"
    asked: frozenset[str] = frozenset()

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if str(value) in self.asked:
            option["attrs"] |= {"disabled": True}
        return option


class AskForm(forms.Form):
    """Ask several agencies at once."""

    agencies = forms.MultipleChoiceField(label=_("Whom do you ask?"), required=False, widget=AgencyBoxes)
    about = forms.MultipleChoiceField(label=_("About whom?"), required=False, widget=look.Checkboxes)
    headline = forms.CharField(
        label=_("In one line"),
        help_text=_("They see this first. Leave it empty to use the start of what you need to know."),
        max_length=200,
        required=False,
        widget=look.TextInput,
    )
    needed = forms.CharField(
        label=_("What do you need to know?"),
        help_text=_("As narrow as the purpose allows."),
        max_length=LONGEST,
        required=False,
        widget=look.Textarea(rows=4),
    )
    why = forms.CharField(
        label=_("Why do you need it?"),
        help_text=_("What has happened, so that they can judge what to share."),
        max_length=LONGEST,
        required=False,
        widget=look.Textarea(rows=4),
    )
    when = forms.ChoiceField(label=_("By when?"), initial=CLOCK, required=False, widget=look.Radios)
    day = look.ThreeBoxDateField(label=_("Day"), required=False)
    at = forms.TimeField(label=_("Time"), required=False, widget=look.TimeInput(width=10))
    mark_optional = False

    def __init__(
        self,
        data: Any = None,
        *,
        agencies: list[Any],
        asked: frozenset[str],
        people: list[tuple[str, str]],
        children: list[str],
        clock: str,
    ) -> None:
        super().__init__(data, label_suffix="", initial={"when": CLOCK, "about": children})
        self.fields["agencies"].choices = agencies
        self.fields["agencies"].widget.asked = asked
        self.fields["about"].choices = people
        self.fields["when"].choices = [
            (CLOCK, look.Choice(clock, _("What the rating allows"))),
            (OTHER, look.Choice(_("Another day and time"))),
        ]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("when") == OTHER:
            for name in ("day", "at"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(
                        name, _("Enter the day.") if name == "day" else _("Enter the time, such as 15:30.")
                    )
        return cleaned

    def question(self) -> Question:
        """The question as the domain takes it."""
        cleaned = self.cleaned_data
        due = None
        if cleaned["when"] == OTHER:
            due = datetime.combine(cleaned["day"], cleaned["at"], ENGLAND)
        return Question(
            headline=cleaned["headline"], needed=cleaned["needed"], why=cleaned["why"], due_at=due
        )

    def chosen(self, name: str) -> list[UUID]:
        """The ids ticked under `name`."""
        return [UUID(value) for value in self.cleaned_data[name]]


class RatingForm(forms.Form):
    """Change the rating, with a reason."""

    code = forms.ChoiceField(label=_("Rating"), widget=look.Radios(layout="small"))
    reason = forms.CharField(
        label=_("What does this rating rest on?"),
        max_length=LONGEST,
        widget=look.Textarea(rows=3),
        error_messages={"required": _("Say what this rating rests on.")},
    )

    def __init__(self, data: Any = None, *, levels: list[tuple[str, look.Choice]], now: str) -> None:
        super().__init__(data, label_suffix="", initial={"code": now})
        self.fields["code"].choices = levels


class HandOverForm(forms.Form):
    """Give the lead to a colleague."""

    to = forms.ChoiceField(label=_("Who leads from now on?"), widget=look.Select)

    def __init__(self, data: Any = None, *, colleagues: list[tuple[str, str]]) -> None:
        super().__init__(data, label_suffix="")
        self.fields["to"].choices = [("", _("Choose a colleague")), *colleagues]
        self.fields["to"].error_messages["required"] = _("Choose a colleague.")


class AskAgainForm(forms.Form):
    """Give new information and ask for the answer to be looked at again."""

    new_information = forms.CharField(
        label=_("What is new since they answered?"),
        help_text=_("They see this beside their earlier answer. Both answers stay on the record."),
        max_length=LONGEST,
        widget=look.Textarea(rows=4),
        error_messages={"required": _("Say what has come to light since they answered.")},
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, label_suffix="")


class DecisionForm(forms.Form):
    """Level of need, what happens next, and why."""

    level = forms.ChoiceField(
        label=_("Level of need"),
        widget=look.Radios,
        error_messages={"required": _("Choose the level of need.")},
    )
    outcome = forms.ChoiceField(
        label=_("What happens next?"),
        widget=look.Radios,
        error_messages={"required": _("Choose what happens next.")},
    )
    reasons = forms.CharField(
        label=_("Why?"),
        help_text=_("What you weighed, for this child. Others read it to understand and to disagree."),
        max_length=LONGEST,
        widget=look.Textarea(rows=6),
        error_messages={"required": _("Say why, in your own words.")},
    )

    def __init__(self, data: Any = None, *, ladder: dict[str, Any]) -> None:
        super().__init__(data, label_suffix="")
        names = {level["code"]: level["name"] for level in ladder["levels"]}
        self.fields["level"].choices = [
            (step["code"], look.Choice(f"{step['number']}. {step['name']}", step["words"]))
            for step in ladder["levels"]
        ]
        self.fields["outcome"].choices = [
            (step["code"], look.Choice(step["name"], _usual(step, names))) for step in ladder["outcomes"]
        ]

    def grounds(self) -> Grounds:
        """The reasons of the decision."""
        return Grounds(reasons=self.cleaned_data["reasons"])


def _usual(step: dict[str, Any], names: dict[str, str]) -> str:
    levels = ", ".join(names.get(code, code) for code in step.get("levels", []))
    return f"{step['words']} ({levels})" if levels else step["words"]


class ParticipantForm(forms.Form):
    """Someone who took part in a decision, and why they disagreed if they did."""

    name = forms.CharField(label=_("Name"), max_length=120, widget=look.TextInput)
    job_title = forms.CharField(label=_("Role"), max_length=120, required=False, widget=look.TextInput)
    agency = forms.CharField(label=_("Agency"), max_length=160, required=False, widget=look.TextInput)
    disagreed_why = forms.CharField(
        label=_("If they disagreed, why"),
        max_length=LONGEST,
        required=False,
        widget=look.Textarea(rows=2),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)

    def took_part(self) -> TookPart:
        """The participant as the domain takes them."""
        given = {key: self.cleaned_data.get(key, "") for key in ("job_title", "agency", "disagreed_why")}
        return TookPart(name=self.cleaned_data["name"], **given)


class _ParticipantBlocks(forms.BaseFormSet):
    item_words = _("Person %(number)d")

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"] = leave_out()


ParticipantBlocks = forms.formset_factory(
    ParticipantForm, formset=_ParticipantBlocks, extra=2, max_num=40, can_delete=True
)
