"""What does an administrator fill in about other hubs: our card, theirs, and what was agreed with each?"""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.web import forms as look

LONGEST_CARD = 10_000
# As the command line has them.
AGREED = ("yes_at", "ask_at", "questions_a_day", "practitioner_a_day", "masks_a_key")


class _Takes(look.Form):
    """Shows what the domain refused beside the field that it is about."""

    def take(self, problem: Invalid) -> None:
        for name, words in (problem.fields or {None: problem.words}).items():
            self.add_error(name if name in self.fields else None, str(words))


class OurCard(_Takes):
    """What other hubs know us by."""

    our_code = forms.CharField(
        label=_("What other hubs are to call this one"),
        help_text=_("Short, in capitals, such as SHARETOWN."),
        max_length=30,
        widget=look.TextInput(width=20),
    )
    our_address = forms.CharField(
        label=_("Where other hubs reach this one"),
        help_text=_("https:// and a host, and no more."),
        max_length=200,
        widget=look.TextInput(),
    )


class TheirCard(_Takes):
    """The card of another hub, as it sent it."""

    card = forms.CharField(
        label=_("Their card"),
        help_text=_("Paste the whole of the file that they sent, from { to }."),
        max_length=LONGEST_CARD,
        widget=look.Textarea(rows=8),
        error_messages={"required": _("Paste the card that they sent")},
    )
    replace_key = forms.BooleanField(
        label=_("They have a new key, and read me its letters on the telephone"),
        required=False,
        widget=look.Tick(),
    )

    def clean_card(self) -> dict[str, Any]:
        try:
            told = json.loads(self.cleaned_data["card"])
        except (ValueError, RecursionError):
            told = None
        if not isinstance(told, dict):
            raise forms.ValidationError(_("This is not the card of a hub. Paste the whole file, from { to }"))
        return told

    def take(self, problem: Invalid) -> None:
        self.add_error("card", " ".join(str(part) for part in (problem.words, problem.next_step) if part))


def _number(label: Any, help_text: Any = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        min_value=1,
        max_value=1_000_000_000,
        widget=look.WholeNumberInput(width=10),
    )


class Agreed(_Takes):
    """What was agreed with a hub: when we answer yes or ask, and how often may be asked."""

    yes_at = _number(_("How many combinations must agree for a yes"))
    ask_at = _number(_("How many for “somebody must look”"), _("2 or more, and no more than for a yes."))
    questions_a_day = _number(_("How often they may ask us in 24 hours"))
    practitioner_a_day = _number(_("How often one practitioner may ask in 24 hours, of either hub"))
    masks_a_key = _number(
        _("How many of their points one key of ours masks"), _("Agree on 30 for each child they hold.")
    )


class NewKeys(_Takes):
    """Change keys as a habit, or at once after a theft."""

    at_once = forms.BooleanField(
        label=_("A key was stolen: forget the old keys now"),
        help_text=_(
            "Nobody is answered, and nobody can be asked, until everybody is filed under the new ones."
        ),
        required=False,
        widget=look.Tick(),
    )
