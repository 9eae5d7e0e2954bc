"""What does an administrator fill in about settings of unscheduled care, and about authorities' own systems?"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.unscheduled_care import hooks
from jigsaw.hub.web import forms as look


class Takes(look.Form):
    """Shows what the domain refused beside the field that it is about."""

    def take(self, problem: Invalid) -> None:
        for name, words in (problem.fields or {None: problem.words}).items():
            self.add_error(name if name in self.fields else None, str(words))


class Hook(Takes):
    """Where an authority's system is told of alerts, and what is signed with."""

    agency = forms.ChoiceField(label=_("Whose alerts?"), widget=look.Select())
    address = forms.CharField(
        label=_("Address of their system"),
        help_text=_("https:// and the whole address, as they tell you."),
        max_length=300,
        widget=look.TextInput(),
    )
    secret = forms.CharField(
        label=_("Secret that both sides know"),
        help_text=_(
            "What is sent is signed with it. Give them this one over a safe way, now: it is not shown again."
        ),
        max_length=120,
        widget=look.TextInput(),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["agency"]
        field.choices = [("", _("Choose")), *((one.code, one.name) for one in agencies.front_doors())]
        if not self.is_bound:
            self.initial["secret"] = hooks.new_secret()
