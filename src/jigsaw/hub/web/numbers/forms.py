"""What does a practitioner fill in to trace NHS numbers: which questions to write, an answer file, a decision?"""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.web import forms as look
from jigsaw.hub.web.taking import Takes

LARGEST_UPLOAD = 10 * 1024 * 1024
LONGEST_REASON = 2000


class Questions(look.Form):
    """Which records a file of questions is about, and in which shape it is written."""

    what = forms.MultipleChoiceField(
        label=_("Which children?"),
        choices=[
            ("missing", look.Choice(_("With no NHS number"))),
            (
                "check",
                look.Choice(
                    _("With a number that nobody verified"),
                    _("Their number goes out as well, to be checked."),
                ),
            ),
            ("again", look.Choice(_("Asked about already, with no answer yet"), _("If the file was lost."))),
        ],
        initial=["missing"],
        widget=look.Checkboxes(layout="small"),
        error_messages={"required": _("Choose which children to ask about")},
    )
    shape = forms.ChoiceField(
        label=_("Which columns?"),
        choices=[
            ("plain", look.Choice(_("Only those that are needed"))),
            (
                "dbs",
                look.Choice(
                    _("Those of the Demographics Batch Service"), _("Column1 to Column21 and Active…, empty.")
                ),
            ),
        ],
        initial="plain",
        widget=look.Radios(layout="small"),
        error_messages={"required": _("Choose the columns")},
    )


class Answers(look.Form):
    """The file that came back."""

    answers = forms.FileField(
        label=_("The file that came back"),
        help_text=_("A CSV file with the columns SourceID and SUI_Status, up to 10 MB."),
        widget=look.FileInput(),
        error_messages={
            "required": _("Choose the file that came back"),
            "missing": _("Choose the file that came back"),
            "empty": _("The file is empty. Choose the file that came back"),
        },
    )

    def clean_answers(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["answers"]
        if (file.size or 0) > LARGEST_UPLOAD:
            raise forms.ValidationError(
                _("The file is larger than 10 MB. Split it, or have it loaded with jigsaw trace import")
            )
        return file


def _reason(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=LONGEST_REASON,
        widget=look.Textarea(rows=2),
        error_messages={"required": _("Say what made you decide, so that the next person can follow")},
    )


class Decision(look.Form):
    """Whether a number that a register found is the child's, and why."""

    verdict = forms.ChoiceField(
        label=_("Is this number theirs?"),
        choices=[
            ("accept", look.Choice(_("Yes, use it"))),
            ("reject", look.Choice(_("No, never use it for them"))),
        ],
        widget=look.Radios(layout="inline"),
        error_messages={"required": _("Choose whether the number is theirs")},
    )
    reason = _reason(_("How do you know?"))


class Doubt(look.Form):
    """Why a number on a record is not the person's, or why it is after all."""

    reason = _reason(_("How do you know?"))


class Settling(Takes):
    """Whose number it is that somebody says is not to be used, and how that is known."""

    verdict = forms.ChoiceField(
        label=_("What is this number?"),
        choices=[
            (
                "theirs",
                look.Choice(
                    _("Theirs, and to be used"), _("It is asked about again: only a register verifies.")
                ),
            ),
            ("superseded", look.Choice(_("Theirs once: another took its place"))),
            ("anothers", look.Choice(_("Another person’s, or nobody’s"))),
        ],
        widget=look.Radios(layout="small"),
        error_messages={"required": _("Choose whose number it is")},
    )
    instead = forms.CharField(
        label=_("The number that took its place"),
        help_text=_("If you chose that another took its place."),
        max_length=20,
        required=False,
        widget=look.TextInput(width=10, attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    reason = _reason(_("How do you know?"))
