"""What does an administrator fill in about settings of unscheduled care, and about authorities' own systems?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.unscheduled_care import hooks
from jigsaw.hub.unscheduled_care.settings import Changed
from jigsaw.hub.web import forms as look

if TYPE_CHECKING:
    from jigsaw.hub.unscheduled_care.models import Setting


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


class Change(Takes):
    """What a setting of unscheduled care is to be from now on."""

    name = forms.CharField(label=_("Name"), max_length=160, widget=look.TextInput())
    ods_code = forms.CharField(label=_("ODS code"), max_length=8, widget=look.TextInput(width=10))
    phone = forms.CharField(
        label=_("Telephone of the agency, in office hours"), max_length=40, required=False,
        widget=look.PhoneInput(width=20),
    )  # fmt: skip
    out_of_hours_phone = forms.CharField(
        label=_("Telephone of the agency, out of hours"), max_length=40, required=False,
        widget=look.PhoneInput(width=20),
    )  # fmt: skip
    worked_on_by = forms.ChoiceField(
        label=_("Who works on messages that cannot be used?"), widget=look.Select()
    )
    addresses = forms.CharField(
        label=_("Addresses that its system sends from, over MLLP"),
        help_text=_("As numbers, one a line, such as 10.20.0.7."),
        max_length=1000,
        required=False,
        widget=look.Textarea(rows=2),
    )
    facility = forms.CharField(
        label=_("What its messages call it (MSH-4)"),
        help_text=_("Needed only where several settings send from one address."),
        max_length=80,
        required=False,
        widget=look.TextInput(width=20),
    )
    secret = forms.CharField(
        label=_("New secret for HTTP"),
        help_text=_(
            "Empty keeps the one there is. One to copy stands at the end of the page; it is not shown again."
        ),
        max_length=200,
        required=False,
        widget=look.TextInput(),
    )
    may_look = forms.BooleanField(
        label=_("Its system may look for its clinicians, over FHIR"), required=False, widget=look.Tick()
    )
    active = forms.BooleanField(
        label=_("It is on: its clinicians may look, and its messages are taken"),
        required=False,
        widget=look.Tick(),
    )

    def __init__(self, setting: Setting, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        wanted = {setting.worked_on_by_id, *agencies.holding(setting.agency_id, "care.messages")}
        people = sorted(agencies.practitioners(wanted).values(), key=lambda one: one.name)
        self.fields["worked_on_by"].choices = [(str(one.pk), one.name) for one in people]

    def changed(self) -> Changed:
        given = {**self.cleaned_data}
        worked_on_by, addresses = UUID(given.pop("worked_on_by")), given.pop("addresses")
        return Changed(worked_on_by=worked_on_by, addresses=tuple(addresses.split()), **given)
