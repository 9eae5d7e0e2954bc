"""What does the concern form ask about the concern itself, and about what is known and who says so?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.referrals.operations import Said
from jigsaw.hub.web.forms import Radios, Textarea, ThreeBoxDateField
from jigsaw.hub.web.referrals import choices, inputs


class ConcernForm(inputs.Quiet):
    """Everything but the statements and the people."""

    concern = forms.CharField(
        label=_("What worries you?"),
        help_text=_("In your own words. What happened, or what have you noticed?"),
        widget=Textarea(rows=6),
        error_messages={"required": _("Say what worries you")},
    )
    arose = inputs.words(
        _("How did this come up?"), _("What made you worry now, and has it been building up?"), rows=2
    )
    arose_on = ThreeBoxDateField(
        label=_("When did it happen?"), help_text=_("For example, 27 3 2026"), required=False
    )
    child_now = inputs.words(
        _("Where is the child now, and how are they?"),
        _("Where, with whom, and for how long they are safe there. Any injury, and how they seem."),
    )
    immediate_action = inputs.words(
        _("What has been done already?"),
        _("By you or others: police or ambulance called, child kept at school."),
        rows=2,
    )
    past_events = inputs.words(
        _("What has happened before?"),
        _("Significant past events, earlier worries, and earlier addresses if you know them."),
    )
    strengths = inputs.words(
        _("What is going well?"), _("Strengths, people the child trusts, help the family accepts."), rows=2
    )
    agencies_involved = inputs.words(
        _("Who else helps this family?"),
        _("Services and people you know of, with numbers to ring if you have them."),
        rows=2,
    )
    alleged_harm_by = inputs.words(
        _("Is there anything we should know about who may have caused harm?"),
        _("Where they are now, contact with other children, and any risk to workers who visit."),
        rows=2,
    )
    parents_know = forms.ChoiceField(
        label=_("Do the parents or carers know that you are telling us?"),
        help_text=_(
            "It is good practice to tell them, unless it is not safe. You do not need their consent."
        ),
        choices=choices.PARENTS_KNOW,
        required=False,
        widget=Radios(),
    )
    parents_know_why = inputs.words(
        _("Why not, or what did they say?"), _("If they have not been told, you must say why."), rows=2
    )
    wants = forms.ChoiceField(
        label=_("What do you want from us?"),
        choices=choices.WANTS,
        widget=Radios(),
        error_messages={"required": _("Say what you want: please act, please tell me, or for your records")},
    )
    caller = forms.ChoiceField(
        label=_("Who is raising this concern?"),
        choices=choices.CALLERS,
        widget=Radios(),
        error_messages={"required": _("Say who is raising this concern")},
    )
    caller_name = inputs.line(_("Their name"), 120, _("Only if somebody else told you."), width=20)
    caller_contact = inputs.line(
        _("How can we reach them?"), 160, _("A telephone number, and when it is safe to ring."), width=20
    )
    anonymity_asked = inputs.tick(
        _("They, or I, ask not to be named to the family"),
        _("We keep the name back from the family and from other agencies wherever the law lets us."),
    )

    def __init__(self, *args: Any, authorities: Iterable[Any] = (), today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["arose_on"].latest = today  # type: ignore[attr-defined]
        served = [(str(authority.pk), authority.name) for authority in authorities]
        if len(served) > 1:
            self.fields["authority"] = forms.ChoiceField(
                label=_("Where does the child live?"),
                help_text=_(
                    "Leave it open if you gave their postcode. If you are not sure, choose where they are now."
                ),
                choices=served,
                required=False,
                widget=Radios(),
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        caller, knows = cleaned.get("caller"), cleaned.get("parents_know")
        if caller == "professional" and not knows:
            self.add_error("parents_know", _("Say whether the parents know about this"))
        if knows == "not_told" and not cleaned.get("parents_know_why"):
            self.add_error("parents_know_why", _("Say why the parents have not been told"))
        if caller == "anonymous" and (cleaned.get("caller_name") or cleaned.get("caller_contact")):
            self.add_error(
                "caller_name",
                _(
                    "You have a name or number for a caller who gives none. Clear it, or choose a member of the public who asks not to be named"
                ),
            )
        return cleaned


class StatementForm(inputs.Quiet):
    """One thing said, with how it is known and who says so."""

    text = inputs.words(_("What is known or said"), rows=2)
    how_known = inputs.one_of(_("How is it known?"), choices.HOW_KNOWN)
    source = inputs.line(_("Who says so, or where is it written?"), 200)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("text") and not cleaned.get("how_known"):
            self.add_error("how_known", _("Say whether this is fact, opinion or reported by others"))
        if not cleaned.get("text") and self.has_changed():
            self.add_error("text", _("Write the statement, or remove it"))
        return cleaned

    def said(self) -> Said:
        c = self.cleaned_data
        return Said(how_known=c["how_known"], text=c["text"], source=c["source"])
