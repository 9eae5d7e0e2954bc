"""Which area is asked, and why? About whom is none answered, until when does nobody look again?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.partner_hubs.states import Purpose
from jigsaw.hub.web.forms import Choice, Form, Radios, Textarea, ThreeBoxDateField


class _Takes(Form):
    """Shows what the domain refused beside the field that it is about."""

    def take(self, problem: Invalid) -> None:
        for name, words in (problem.fields or {None: problem.words}).items():
            self.add_error(name if name in self.fields else None, str(words))


class AskAnotherArea(_Takes):
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


class NeverAnswer(_Takes):
    """Why no other area is answered about a child, and when somebody looks whether that still holds."""

    reason = forms.CharField(
        label=_("Why must no other area learn that this child is known here?"),
        help_text=_("This stays in your hub. Write no address that is kept secret."),
        max_length=2000,
        widget=Textarea(rows=3),
        error_messages={"required": _("Say why no other area may learn that this child is known here")},
    )
    look_again_on = ThreeBoxDateField(
        label=_("When should somebody look whether this still holds?"),
        help_text=_("Within a year. It holds until then, and after it, until somebody takes the child off."),
        error_messages={"required": _("Choose a day within a year")},
    )


class AnswerAgain(_Takes):
    """Why other areas may be answered again."""

    ending = forms.CharField(
        label=_("Why may other areas be answered about this child again?"),
        max_length=2000,
        widget=Textarea(rows=2),
        error_messages={"required": _("Say why other areas may be answered again")},
    )
