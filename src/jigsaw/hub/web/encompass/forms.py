"""What do the police tell a school, and what does the school do?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.encompass import operations
from jigsaw.hub.encompass.operations import Told
from jigsaw.hub.encompass.states import Present
from jigsaw.hub.kit.clock import ENGLAND
from jigsaw.hub.web import forms as parts
from jigsaw.hub.web.unscheduled_care.forms import Takes

if TYPE_CHECKING:
    from jigsaw.hub.agencies.models import Agency, Authority


class NoticeForm(Takes):
    """In the order of SI 2025/1168: the child, the police reference, where and when, the child's part, what happened."""

    given = forms.CharField(label=_("First names"), max_length=120, widget=parts.TextInput())
    family = forms.CharField(label=_("Last name"), max_length=120, widget=parts.TextInput())
    born = parts.ThreeBoxDateField(label=_("Date of birth"))
    postcode = forms.CharField(
        label=_("Postcode of the child’s home, if you know it"),
        help_text=_("It helps to find out which child is meant. The school is not told it."),
        required=False,
        max_length=10,
        widget=parts.TextInput(width=10),
    )
    authority = forms.ChoiceField(label=_("Where does the child live?"), widget=parts.Radios())
    school = forms.ChoiceField(
        label=_("School, if you know it"),
        help_text=_("Leave it, and it is found by the school’s own record of the child."),
        required=False,
        widget=parts.Select(),
    )
    police_reference = forms.CharField(
        label=_("Police reference"), max_length=60, widget=parts.TextInput(width=20)
    )
    happened_on = parts.ThreeBoxDateField(label=_("On which day did it happen?"))
    happened_at = forms.TimeField(
        label=_("At what time?"),
        widget=parts.TimeInput(width=10),
        error_messages={"invalid": _("Enter the time like 21:40")},
    )
    place = forms.CharField(label=_("Where?"), max_length=200, widget=parts.TextInput())
    present = forms.ChoiceField(
        label=_("Was the child there?"), choices=Present.choices, widget=parts.Radios()
    )
    child_words = forms.CharField(
        label=_("What did the child say?"),
        help_text=_("In the child’s own words, if anybody spoke with them."),
        required=False,
        max_length=operations.LONGEST,
        widget=parts.Textarea(rows=2),
    )
    circumstances = forms.CharField(
        label=_("What happened?"),
        help_text=_("What the school needs to understand the child today. Name nobody who told you."),
        max_length=operations.LONGEST,
        widget=parts.Textarea(rows=4),
    )
    advice_from = forms.CharField(
        label=_("Advice taken"),
        help_text=_("Only if the hub asked for somebody’s decision: their name and role."),
        required=False,
        max_length=120,
        widget=parts.TextInput(),
    )

    def __init__(
        self, data: Any = None, *, authorities: Iterable[Authority], schools: Iterable[Agency], **more: Any
    ) -> None:
        super().__init__(data, **more)
        self.fields["authority"].choices = [(str(one.pk), one.name) for one in authorities]
        self.fields["school"].choices = [("", _("Not known")), *((str(one.pk), one.name) for one in schools)]

    def told(self, person: UUID | None = None) -> Told:
        """What was typed, of whose page it was begun from; only of a form that is valid."""
        said = {**self.cleaned_data}
        at = datetime.combine(said.pop("happened_on"), said.pop("happened_at"), ENGLAND)
        said["authority"] = UUID(said["authority"])
        said["school"] = UUID(said["school"]) if said["school"] else None
        return Told(**said, happened_at=at, person=person)


class AcknowledgeForm(Takes):
    what_is_done = forms.CharField(
        label=_("What do you do?"),
        help_text=_("For instance: her form tutor meets her at the gate, and I speak with her at break."),
        max_length=operations.LONGEST,
        widget=parts.Textarea(rows=3),
        error_messages={"required": _("Say in a sentence what you do")},
    )
