"""Forms: what a family asks, what they are told of it, and more time for the answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.rights.asked import Asking
from jigsaw.hub.rights.copies import Going, Said
from jigsaw.hub.rights.erasure import Word
from jigsaw.hub.rights.kinds import (
    ASKED_AS,
    ERASE,
    ERASURE,
    EXEMPTIONS,
    GROUNDS,
    KINDS,
    OUTCOMES,
    REFUSED,
    SAYING,
)
from jigsaw.hub.rights.saying import Decision
from jigsaw.hub.web import forms as look
from jigsaw.hub.web.accounts.fresh import Again

if TYPE_CHECKING:
    from jigsaw.hub.rights.models import Redaction
    from jigsaw.hub.rights.proposing import Proposal

LONGEST = 2000
LINE = "line-"
SAID, WHY = "said-", "why-"


class _WhoAsks(look.Form):
    """Who asks, how they are known, and when it came."""

    asked_by = forms.CharField(label=_("Who asks?"), max_length=200, widget=look.TextInput(width=20))
    asked_as = forms.ChoiceField(
        label=_("Who are they?"),
        choices=tuple(ASKED_AS.items()),
        widget=look.Radios,
        error_messages={"required": _("Choose who they are")},
    )
    identity = forms.CharField(
        label=_("How do you know that it is they, and that they may ask?"),
        help_text=_(
            "For example: passport seen; named as parent in the school’s record; letter from the young person."
        ),
        max_length=LONGEST,
        widget=look.Textarea(rows=3),
    )
    received_on = look.ThreeBoxDateField(
        label=_("When did it come?"),
        help_text=_("By letter, by e-mail or by word of mouth: the month runs from then."),
    )
    known_on = look.ThreeBoxDateField(label=_("When was it clear who asks, if later?"), required=False)


class NewRequest(_WhoAsks):
    """Who asks what, how they are known, and when it came."""

    kind = forms.ChoiceField(
        label=_("What do they ask?"),
        choices=tuple((code, words) for code, words in KINDS.items() if code not in SAYING),
        widget=look.Radios,
        error_messages={"required": _("Choose what they ask")},
    )
    words = forms.CharField(
        label=_("What did they ask, in their own words?"),
        max_length=LONGEST,
        required=False,
        widget=look.Textarea(rows=3),
    )

    def asking(self) -> Asking:
        return Asking(**self.cleaned_data)

    field_order = ("kind",)


class NewSaying(_WhoAsks):
    """What a family says otherwise, in its own words, of which entries."""

    kind = forms.ChoiceField(
        label=_("What do they say?"),
        choices=tuple((code, KINDS[code]) for code in SAYING),
        widget=look.Radios,
        error_messages={"required": _("Choose what they say")},
    )
    words = forms.CharField(
        label=_("In their own words"),
        help_text=_(
            "Word for word, or read back to them. It stands beside what it is about, and whoever was told that reads it too."
        ),
        max_length=LONGEST,
        widget=look.Textarea(rows=4),
    )
    entries = forms.MultipleChoiceField(
        label=_("What is it about?"),
        help_text=_("Choose none if they object to your agency sharing at all."),
        required=False,
        widget=look.Checkboxes(layout="small"),
    )
    field_order = ("kind", "words", "entries")

    def __init__(self, *args: Any, entries: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["entries"].choices = list(entries)

    def asking(self) -> Asking:
        return Asking(**{name: value for name, value in self.cleaned_data.items() if name != "entries"})


def grounds(kind: str) -> list[tuple[str, look.Choice]]:
    """On what an agency may stand by what it wrote, or refuse to erase it, with where each is from."""
    return [(code, look.Choice(one.words, one.source)) for code, one in GROUNDS.items() if kind in one.kinds]


def _because(*, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=_("Why?"),
        help_text=_(
            "The family reads this. Answer what they said, plainly, and name nobody who must not be named to them."
        ),
        max_length=LONGEST,
        required=required,
        widget=look.Textarea(rows=4),
        error_messages={"required": _("Say why, in words that the family understands")},
    )


class OnSaying(look.Form):
    """What becomes of what a family says, and why, as the family reads it."""

    outcome = forms.ChoiceField(
        label=_("What becomes of it?"),
        widget=look.Radios,
        error_messages={"required": _("Choose what becomes of it")},
    )
    ground = forms.ChoiceField(
        label=_("If your agency stands by it: on what ground?"),
        required=False,
        widget=look.Radios(layout="small"),
    )
    because = _because()

    def __init__(self, *args: Any, kind: str, as_such: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"].choices = [
            (code, one.words) for code, one in OUTCOMES.items() if not (as_such and code == "corrected")
        ]
        self.fields["ground"].choices = grounds(kind)

    def decision(self) -> Decision:
        return Decision(**self.cleaned_data)


class OnErasure(forms.Form):
    """For each entry that a family asks to have erased: is it, why, and on which ground not?"""

    mark_optional = False

    def __init__(self, *args: Any, entries: Iterable[UUID], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for entry in entries:
            self.fields[f"outcome-{entry}"] = forms.ChoiceField(
                label=_("Is it erased?"),
                choices=(
                    (REFUSED, _("No: it is refused, on a ground")),
                    (
                        ERASE,
                        _(
                            "Yes: nobody else sees it from now on, and it goes when a second person has signed"
                        ),
                    ),
                ),
                required=False,
                widget=look.Radios,
            )
            self.fields[f"ground-{entry}"] = forms.ChoiceField(
                label=_("If it is refused: on what ground?"),
                choices=grounds(ERASURE),
                required=False,
                widget=look.Radios(layout="small"),
            )
            self.fields[f"because-{entry}"] = _because(required=False)

    def words(self) -> dict[UUID, Word]:
        given = self.cleaned_data
        keys = [name.removeprefix("outcome-") for name in self.fields if name.startswith("outcome-")]
        return {
            UUID(key): Word(given[f"outcome-{key}"], given[f"because-{key}"], given[f"ground-{key}"])
            for key in keys
        }


class RefuseAfterAll(look.Form):
    """Why whoever was to sign for an erasure does not."""

    ground = forms.ChoiceField(
        label=_("On what ground is it refused?"),
        choices=grounds(ERASURE),
        widget=look.Radios(layout="small"),
        error_messages={"required": _("Choose on what ground it is refused")},
    )
    because = _because()


class TellLooks(Again):
    """Line by line, what a family is told of who has looked; and who one is, once more."""

    named = forms.ChoiceField(
        label=_("Are members of staff named?"),
        choices=(
            ("no", _("No: their role and agency are enough")),
            ("yes", _("Yes, by name: say why below")),
        ),
        initial="no",
        widget=look.Radios(layout="small"),
    )
    because = forms.CharField(
        label=_("Why is something left out, or why are staff named?"),
        help_text=_(
            "Kept with the decision, for your agency and for whoever reviews it. The family is told the reason that you chose."
        ),
        max_length=LONGEST,
        required=False,
        widget=look.Textarea(rows=3),
    )

    def __init__(self, *args: Any, lines: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("Tell it")), *((code, why.words) for code, why in EXEMPTIONS.items())]
        for key, label in lines:
            self.fields[LINE + key] = forms.ChoiceField(
                label=label, choices=choices, required=False, widget=look.Select
            )

    def left_out(self) -> dict[str, str]:
        """By line, the code of why it is left out; none for those that are told."""
        given = self.cleaned_data.items()
        return {name.removeprefix(LINE): code for name, code in given if name.startswith(LINE) and code}


class OnProposals(forms.Form):
    """For each proposal on the page: is it left out or told, and why?"""

    mark_optional = False

    def __init__(self, *args: Any, going: Iterable[Going], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for each in going:
            for one, decided in each.proposals:
                self._ask(one, decided)

    def _ask(self, one: Proposal, decided: Redaction | None) -> None:
        self.fields[SAID + one.key] = forms.ChoiceField(
            label=_("Is it left out?"),
            choices=(("out", _("Leave it out")), *(() if one.firm else (("in", _("Tell it")),))),
            initial="" if decided is None else "out" if decided.take_out else "in",
            required=False,
            widget=look.Radios(layout="inline"),
        )
        self.fields[WHY + one.key] = forms.CharField(
            label=_("Why do you decide so?"),
            initial=decided.decided_because if decided else "",
            max_length=LONGEST,
            required=False,
            widget=look.TextInput(),
        )

    def said(self) -> dict[str, Said]:
        """By proposal, what was chosen; nothing for those left open."""
        given = self.cleaned_data
        keys = [name.removeprefix(SAID) for name in given if name.startswith(SAID) and given[name]]
        return {key: Said(given[SAID + key] == "out", given[WHY + key]) for key in keys}


class LeaveOut(look.Form):
    """What nobody proposed, and is left out all the same."""

    words = forms.CharField(
        label=_("Which words?"),
        help_text=_("As they stand there, for example a name. Nothing here leaves out all of it."),
        max_length=LONGEST,
        required=False,
        widget=look.TextInput(),
    )
    exemption = forms.ChoiceField(
        label=_("Which reason fits?"),
        choices=tuple((code, look.Choice(why.words, why.source)) for code, why in EXEMPTIONS.items()),
        widget=look.Radios,
        error_messages={"required": _("Choose which reason fits")},
    )
    because = forms.CharField(
        label=_("Why?"),
        max_length=LONGEST,
        widget=look.Textarea(rows=2),
        error_messages={"required": _("Say why")},
    )


class Make(Again):
    """Everything is decided: make the copy, after proving once more who one is."""

    because = forms.CharField(
        label=_("Is there anything to note about this answer?"),
        help_text=_("For your agency, for example whom you asked for advice."),
        max_length=LONGEST,
        required=False,
        widget=look.Textarea(rows=2),
    )


class MoreTime(look.Form):
    """Why an answer takes longer than a month."""

    because = forms.CharField(
        label=_("Why does it take longer?"),
        help_text=_(
            "It must be complex, or one of many from the same person. Tell them so, and why, before the first month is over."
        ),
        max_length=LONGEST,
        widget=look.Textarea(rows=3),
        error_messages={"required": _("Say why: whoever asks is told")},
    )
