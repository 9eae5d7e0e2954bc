"""Which area is asked, and why?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.partner_hubs.states import Purpose
from jigsaw.hub.web.forms import Choice, Form, Radios, Textarea


class AskAnotherArea(Form):
    """One area, what for, and why in words. The words stay here."""

    hub = forms.ChoiceField(
        label=_("Which area?"),
        widget=Radios(),
        error_messages={"required": _("Choose which area to ask")},
    )
    purpose = forms.ChoiceField(
        label=_("What for?"),
        help_text=_("They are told this, your job title and your agency."),
        choices=[(code, Choice(words)) for code, words in Purpose.choices],
        widget=Radios(),
        error_messages={"required": _("Choose what you ask for")},
    )
    why = forms.CharField(
        label=_("Why do you think they may know this child?"),
        help_text=_("This stays in your hub, in its log. It is never sent."),
        max_length=2000,
        widget=Textarea(rows=3),
        error_messages={"required": _("Say why you ask")},
    )

    def __init__(self, *args: Any, hubs: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hub"].choices = [(hub.code, Choice(hub.name, self._hint(hub))) for hub in hubs]

    def _hint(self, hub: Any) -> Any:
        words = (
            _("Front door: %(phone)s") if hub.ready else _("Cannot be asked from here yet. Ring %(phone)s")
        )
        return words % {"phone": hub.front_door_phone}
