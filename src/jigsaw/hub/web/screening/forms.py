"""What does a screener decide: the rating, an enquiry, closing with advice, and who someone is?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils import formats, timezone
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.agreements.queries import RatingScheme
from jigsaw.hub.web.forms import Choice, Radios, Select, Textarea
from jigsaw.hub.web.purposes import PURPOSES


class _Act(forms.Form):
    use_required_attribute = False


class RatingForm(_Act):
    """The rating and what it rests on; each rating says when answers would be due."""

    rating = forms.ChoiceField(
        label=_("How urgent is it?"),
        widget=Radios(layout="small"),
        error_messages={"required": _("Choose a rating")},
    )
    reason = forms.CharField(
        label=_("What does this rating rest on?"),
        widget=Textarea(rows=3),
        error_messages={"required": _("Say what this rating rests on")},
    )

    def __init__(self, *args: Any, scheme: RatingScheme, received_at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rating"].choices = [  # type: ignore[attr-defined]
            (level.code, Choice(say(level.name), _due(say(level.words), scheme.due(level.code, received_at))))
            for level in scheme.levels
        ]


def _due(words: str, due: datetime) -> str:
    moment = formats.date_format(timezone.localtime(due), "l j F, H:i")
    return say("%(words)s Due %(moment)s.") % {"words": words, "moment": moment}


class EnquiryForm(_Act):
    """Under which power, and who leads."""

    purpose = forms.ChoiceField(
        label=_("Under which power do you look into it?"),
        choices=list(PURPOSES.items()),
        widget=Radios(layout="small"),
        error_messages={"required": _("Choose the purpose")},
    )
    lead = forms.ChoiceField(
        label=_("Who leads it?"), widget=Select(), error_messages={"required": _("Choose who leads it")}
    )

    def __init__(self, *args: Any, colleagues: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lead"].choices = [  # type: ignore[attr-defined]
            (str(c.pk), f"{c.name}, {c.job_title}") for c in colleagues
        ]

    def lead_id(self) -> UUID:
        return UUID(self.cleaned_data["lead"])


class ClosingForm(_Act):
    """Close without an enquiry: what happens, why, and what the referrer can do."""

    outcome = forms.ChoiceField(
        label=_("What happens with this concern?"),
        widget=Radios(layout="small"),
        error_messages={"required": _("Choose what happens with this concern")},
    )
    reasons = forms.CharField(
        label=_("Why is no enquiry needed?"),
        help_text=_("For the record. The referrer does not see it."),
        widget=Textarea(rows=3),
        error_messages={"required": _("Say why no enquiry is needed")},
    )
    relevant = forms.ChoiceField(
        label=_("Was it relevant?"),
        choices=[("yes", _("Yes")), ("partly", _("In part")), ("no", _("Not this time"))],
        widget=Radios(layout="inline"),
        error_messages={"required": _("Say whether it was relevant")},
    )
    advice = forms.CharField(
        label=_("Your advice to the referrer"),
        help_text=_("What they can do now, and when to tell you again. A professional is sent these words."),
        widget=Textarea(rows=4),
        error_messages={"required": _("Say what the referrer can do now")},
    )

    def __init__(self, *args: Any, outcomes: Iterable[dict[str, Any]], tells: bool, **kwargs: Any) -> None:
        """`tells`: does anybody hear whether it was relevant? If not, it is not asked."""
        super().__init__(*args, **kwargs)
        if not tells:
            del self.fields["relevant"]
        self.fields["outcome"].choices = [  # type: ignore[attr-defined]
            (o["code"], Choice(say(o["name"]), say(o["words"]))) for o in outcomes
        ]


class ReasonForm(_Act):
    """Why two records are, or are not, one person."""

    reason = forms.CharField(
        label=_("What made you decide?"),
        widget=Textarea(rows=2),
        error_messages={"required": _("Say what made you decide")},
    )
