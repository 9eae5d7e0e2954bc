"""Forms: keeping something longer, disposing of it, and holds."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.retention.kinds import HOLD_REASONS
from jigsaw.hub.web import forms as look
from jigsaw.hub.web.accounts.fresh import Again

LONGEST = 2000


class Dispose(Again):
    """That it is disposed of for good, after proving once more who one is."""

    sure = forms.BooleanField(
        label=_("I have looked at it. It is no longer needed, and goes for good."),
        widget=look.Tick,
        error_messages={"required": _("Say that you have looked at it")},
    )


class SignErasure(Again):
    """That it is erased for good, as the second person, after proving once more who one is."""

    sure = forms.BooleanField(
        label=_("I have looked at it and at the decision, and agree: it is erased for good."),
        widget=look.Tick,
        error_messages={"required": _("Say that you have looked at it")},
    )


class KeepLonger(look.Form):
    """Until when something is kept that is past its time, and why."""

    until = look.ThreeBoxDateField(
        label=_("Until when is it kept?"), help_text=_("It comes back to this list on that day.")
    )
    because = forms.CharField(
        label=_("Why is it still needed?"),
        max_length=LONGEST,
        widget=look.Textarea(rows=3),
        error_messages={"required": _("Say why it is still needed")},
    )


class PlaceHold(look.Form):
    """What a hold is for, and why it is placed."""

    why = forms.ChoiceField(
        label=_("What is it held for?"),
        choices=tuple(HOLD_REASONS.items()),
        widget=look.Radios,
        error_messages={"required": _("Choose what it is held for")},
    )
    because = forms.CharField(
        label=_("Who asked for it, and under which number?"),
        help_text=_("For your agency. Others learn that there is a hold, and that you placed it."),
        max_length=LONGEST,
        widget=look.Textarea(rows=3),
        error_messages={"required": _("Say who asked for it")},
    )
    enquiry = forms.CharField(
        label=_("Which enquiry?"),
        help_text=_(
            "Its reference, for example E-7K3M-2QXA. Leave it empty to hold all that your agency holds."
        ),
        max_length=20,
        required=False,
        widget=look.TextInput(width=20),
    )


class ReleaseHold(look.Form):
    """Why a hold is over."""

    because = forms.CharField(
        label=_("Why is it released?"),
        max_length=LONGEST,
        widget=look.Textarea(rows=3),
        error_messages={"required": _("Say why it is released")},
    )
