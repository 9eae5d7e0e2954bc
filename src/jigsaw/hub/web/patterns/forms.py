"""What came of looking at a pattern?"""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.patterns import operations
from jigsaw.hub.patterns.kinds import Outcome
from jigsaw.hub.web import forms as parts
from jigsaw.hub.web.unscheduled_care.forms import Takes


class LookedForm(Takes):
    outcome = forms.ChoiceField(
        label=_("What came of it?"),
        choices=Outcome.choices,
        widget=parts.Radios(),
        error_messages={"required": _("Say whether something was done")},
    )
    what_was_done = forms.CharField(
        label=_("What was done, or why does nothing need to be?"),
        help_text=_("For instance: rang the health visitor, and we see the family together on Friday."),
        max_length=operations.LONGEST,
        widget=parts.Textarea(rows=3),
        error_messages={"required": _("Say what was done, or why nothing needs to be")},
    )
