"""What does a reviewer fill in about two records: are they one person, and why?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.people.reviewing import CANNOT_TELL, NOT_SAME, SAME, Said
from jigsaw.hub.web import forms as parts

OTHER = "other"
VERDICTS = {
    SAME: _("Same person"),
    NOT_SAME: _("Not the same person"),
    CANNOT_TELL: _("Cannot tell yet"),
}


@dataclass(frozen=True)
class Quick:
    """A reason that is often the right one: under which decision, in which words, and on which key."""

    verdict: str
    code: str
    words: Any
    key: str

    @property
    def value(self) -> str:
        return f"{self.verdict}:{self.code}"


REASONS = (
    Quick(SAME, "number", _("The NHS number is the same, and nothing speaks against it"), "1"),
    Quick(SAME, "fits", _("Names, date of birth and home fit together"), "2"),
    Quick(SAME, "confirmed", _("An agency that knows them has confirmed it"), "3"),
    Quick(SAME, OTHER, _("Another reason, in my own words"), "4"),
    Quick(NOT_SAME, "twins", _("They are twins"), "5"),
    Quick(NOT_SAME, "siblings", _("They are brothers, sisters or cousins"), "6"),
    Quick(NOT_SAME, "generation", _("They are parent and child"), "7"),
    Quick(NOT_SAME, "number", _("One carries the number of the other by mistake"), "8"),
    Quick(NOT_SAME, OTHER, _("Another reason, in my own words"), "9"),
    Quick(CANNOT_TELL, "number", _("An NHS number is missing or in doubt"), "n"),
    Quick(CANNOT_TELL, "birthday", _("A date of birth is missing or in doubt"), "b"),
    Quick(CANNOT_TELL, "name", _("A first name is missing or in doubt"), "m"),
    Quick(CANNOT_TELL, OTHER, _("Something else, in my own words"), "o"),
)
BY_VALUE = {reason.value: reason for reason in REASONS}


class Decide(forms.Form):
    """One choice says both what is decided and why; own words may say more."""

    why = forms.ChoiceField(
        choices=[(reason.value, reason.words) for reason in REASONS],
        widget=parts.Radios(),
        error_messages={"required": _("Choose whether they are one person, and why")},
    )
    own = forms.CharField(
        label=_("In your own words"),
        help_text=_(
            "What made you decide, or what you would have to know. Not needed if a reason above says it."
        ),
        max_length=2000,
        required=False,
        widget=parts.Textarea(rows=2),
    )
    second = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        reason = BY_VALUE.get(given.get("why", ""))
        if reason and reason.code == OTHER and not given.get("own", "").strip():
            self.add_error("own", say("Write the reason in your own words"))
        return given

    def groups(self) -> list[dict[str, Any]]:
        """The reasons under each decision, with what is chosen now."""
        chosen = self["why"].value()
        rows = [
            {"reason": reason, "id": f"{self['why'].auto_id}_{place}", "checked": reason.value == chosen}
            for place, reason in enumerate(REASONS)
        ]
        return [
            {"verdict": verdict, "words": words, "rows": [r for r in rows if r["reason"].verdict == verdict]}
            for verdict, words in VERDICTS.items()
        ]

    def said(self) -> Said:
        """As the domain takes it."""
        reason = BY_VALUE[self.cleaned_data["why"]]
        own = self.cleaned_data["own"].strip()
        quick = "" if reason.code == OTHER else str(reason.words)
        words = ". ".join(part for part in (quick, own) if part)
        second = self.cleaned_data["second"]
        if reason.verdict != CANNOT_TELL:
            return Said(verdict=reason.verdict, reason=words, second_look=second)
        return Said(verdict=CANNOT_TELL, reason=say("It cannot be told from what is known."), missing=words)

    def take(self, problem: Invalid) -> None:
        """Show what the domain says is wrong beside the fields it is about."""
        for wrong in problem.fields.values() or [problem.words]:
            self.add_error("why", str(wrong))


class Settle(forms.Form):
    """Which of two reviewers is right, and why."""

    verdict = forms.ChoiceField(
        label=_("Which is it?"),
        choices=[(SAME, VERDICTS[SAME]), (NOT_SAME, VERDICTS[NOT_SAME])],
        widget=parts.Radios(layout="small"),
        error_messages={"required": _("Choose whether they are one person")},
    )
    reason = forms.CharField(
        label=_("Why?"),
        max_length=2000,
        widget=parts.Textarea(rows=2),
        error_messages={"required": _("Say what made you decide, so that the next person can follow")},
    )

    def take(self, problem: Invalid) -> None:
        for field, wrong in (problem.fields or {"reason": problem.words}).items():
            self.add_error(field if field in self.fields else None, str(wrong))
