"""What is said to someone who helped? Only the parts that this reader may be told."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.web.forms import Choice, Radios, Textarea, TextInput

RELEVANT = [
    ("yes", Choice(_("Yes"), _("It helped us to understand or to act."))),
    ("partly", Choice(_("In part"))),
    ("no", Choice(_("Not this time"), _("They should still tell us next time."))),
]


class FeedbackForm(forms.Form):
    """The four questions of good feedback; those that the reader may not be told are left out."""

    use_required_attribute = False

    relevant = forms.ChoiceField(
        label=_("Was what they told us relevant?"),
        choices=RELEVANT,
        widget=Radios(layout="small"),
        error_messages={"required": _("Say whether it was relevant")},
    )
    recorded_where = forms.CharField(
        label=_("Where is it recorded?"),
        help_text=_("For example: the child’s record at children’s social care"),
        max_length=200,
        required=False,
        widget=TextInput(),
    )
    what_was_done = forms.CharField(
        label=_("What was done?"),
        help_text=_("The decision and what follows, in words this reader may know and can act on."),
        widget=Textarea(rows=5),
        error_messages={"required": _("Say what was done, in words the reader may know")},
    )
    more_needed = forms.CharField(
        label=_("What else is needed from them?"),
        help_text=_("Whom to ring, by when. Leave it empty if nothing is."),
        required=False,
        widget=Textarea(rows=3),
    )

    def __init__(self, *args: Any, told: frozenset[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in [name for name in self.fields if name not in told]:
            del self.fields[name]

    def parts(self) -> dict[str, str]:
        """All four parts; empty where this reader may not be told."""
        names = ("relevant", "recorded_where", "what_was_done", "more_needed")
        return {name: self.cleaned_data.get(name, "") for name in names}
