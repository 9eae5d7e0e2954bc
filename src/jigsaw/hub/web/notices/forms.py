"""How does somebody wish to be told?"""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.alerts.reminders import How
from jigsaw.hub.web import forms as parts


class ByMailForm(forms.Form):
    """Whether an e-mail says that something waits."""

    how = forms.ChoiceField(
        label=_("Are you told by e-mail, too?"),
        help_text=_("An e-mail says that something waits for you. It never says what, or about whom."),
        choices=How.choices,
        widget=parts.Radios(),
        error_messages={"required": _("Choose how you wish to be told")},
    )
