"""What does a practitioner fill in about a person: a new entry, or a decision on linked records?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.chronology import documents
from jigsaw.hub.chronology.kinds import HowKnown, TakenOffBecause
from jigsaw.hub.chronology.operations import Piece
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.web import forms as parts
from jigsaw.hub.web.accounts.fresh import Again
from jigsaw.hub.web.taking import Takes

if TYPE_CHECKING:
    from jigsaw.hub.chronology.models import Entry

LONG = 10_000
HINTS = {
    HowKnown.FACT: _("You or a colleague saw it, or a record shows it."),
    HowKnown.OPINION: _("What a professional concludes from what they know."),
    HowKnown.REPORTED: _("Somebody else says so."),
    HowKnown.CHILD: _("The child said it themselves."),
}


def event_kinds(sector: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Kinds of entry that this sector records, in groups, for a select."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for row in agreements.words("event_kinds")["entries"]:
        if sector in row["sectors"]:
            groups.setdefault(row["group"], []).append((row["code"], row["name"]))
    return list(groups.items())


def event_kind(code: str) -> dict[str, Any]:
    """What the data file says of a kind of entry; nothing of one that came from elsewhere."""
    rows = agreements.words("event_kinds")["entries"]
    return next((row for row in rows if row["code"] == code), {})


class AddEntry(forms.Form):
    """One entry in the agency's own records, about one person or several of a family."""

    kind = forms.ChoiceField(
        label=_("What kind of entry is it?"),
        widget=parts.Select(),
        error_messages={"required": _("Choose the kind of entry")},
    )
    about = forms.MultipleChoiceField(
        label=_("Whom is it about?"),
        help_text=_("One entry reaches everyone you tick. You never need to write it twice."),
        widget=parts.Checkboxes(),
        error_messages={"required": _("Choose whom this is about")},
    )
    happened_on = parts.ThreeBoxDateField(
        label=_("When did it happen?"), help_text=_("For example, 27 3 2026")
    )
    happened_at = forms.TimeField(
        label=_("At what time, if you know it?"),
        required=False,
        widget=parts.TimeInput(width=10),
        error_messages={"invalid": _("Enter the time like 14:30")},
    )
    title = forms.CharField(
        label=_("What happened, in a few words?"),
        max_length=200,
        widget=parts.TextInput(),
        error_messages={"required": _("Say in a few words what happened")},
    )
    text = forms.CharField(
        label=_("The whole of it"),
        help_text=_("What was seen, said and done. Keep opinion apart from fact."),
        max_length=LONG,
        required=False,
        widget=parts.CharacterCount(rows=6),
    )
    child_words = forms.CharField(
        label=_("The child’s own words"),
        help_text=_("Word for word, as the child said it. Leave empty if the child said nothing."),
        max_length=LONG,
        required=False,
        widget=parts.CharacterCount(rows=3),
    )
    how_known = forms.ChoiceField(
        label=_("How do you know?"),
        choices=[(kind.value, parts.Choice(kind.label, HINTS[kind])) for kind in HowKnown],
        widget=parts.Radios(),
        error_messages={"required": _("Choose how this is known")},
    )
    source = forms.CharField(
        label=_("Where does it come from?"),
        help_text=_("Who saw it, said it or wrote it down, and where: “Clinic list”, “Ms Hall, form tutor”."),
        max_length=200,
        widget=parts.TextInput(),
        error_messages={"required": _("Say who saw it, said it or wrote it down")},
    )
    key_event = forms.BooleanField(
        label=_("This is a key event"),
        help_text=_("It stands out in the chronology."),
        required=False,
        widget=parts.Tick(),
    )
    protect = forms.CharField(
        label=_("Names or places that must not leave with this entry"),
        help_text=_("One on each line: somebody who told you in confidence, a refuge, a new address."),
        required=False,
        widget=parts.Textarea(rows=2),
    )
    about_adult = forms.BooleanField(
        label=_("This is about an adult more than about the child"), required=False, widget=parts.Tick()
    )
    special_category = forms.BooleanField(
        label=_("This is about someone’s health, ethnicity, religion or private life"),
        help_text=_("The law asks for more before such information is shared."),
        required=False,
        widget=parts.Tick(),
    )
    police_grading = forms.CharField(
        label=_("3x5x2 grading, if it is graded intelligence"),
        help_text=_("Three signs, for example 2BC."),
        required=False,
        widget=parts.TextInput(width=4),
        validators=[
            RegexValidator(
                r"^[1-3][A-E][PC]$", _("A grading is 1 to 3, then A to E, then P or C, for example 2BC")
            )
        ],
    )

    only_restored = False

    def __init__(
        self,
        data: Any,
        *,
        actor: Actor,
        family: dict[str, str],
        now: datetime,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial or {"about": list(family)[:1]})
        self.family = family
        self.fields["kind"].choices = [("", _("Choose")), *event_kinds(actor.sector)]  # type: ignore[attr-defined]
        self.fields["about"].choices = list(family.items())  # type: ignore[attr-defined]
        self.fields["happened_on"].latest = agreements.local_day(now)  # type: ignore[attr-defined]
        if actor.sector != "PO":
            del self.fields["police_grading"]

    @property
    def errors(self) -> Any:
        """A restored draft shows no errors until it is sent."""
        return forms.utils.ErrorDict() if self.only_restored else super().errors

    def clean_police_grading(self) -> str:
        return str(self.cleaned_data["police_grading"]).upper()

    def clean_protect(self) -> tuple[str, ...]:
        lines = [line.strip() for line in self.cleaned_data["protect"].splitlines()]
        names = tuple(line for line in lines if line)
        if any(len(name) > 120 for name in names):
            raise forms.ValidationError(_("Each name or place must be 120 characters or fewer"))
        return names

    def persons(self) -> list[UUID]:
        return [UUID(pk) for pk in self.cleaned_data["about"]]

    def piece(self) -> Piece:
        """The entry as the domain takes it; what its kind always is, it is, ticked or not."""
        given = {name: self.cleaned_data[name] for name in Piece.__dataclass_fields__ if name in self.fields}
        kind = event_kind(given["kind"]) if "kind" in self.changed_data else {}
        given["about_adult"] = given["about_adult"] or kind.get("about_adult", False)
        given["special_category"] = given["special_category"] or kind.get("special_category", False)
        return Piece(**given)

    def take(self, problem: Invalid) -> None:
        """Show what the domain says is wrong beside the fields it is about."""
        for field, wrong in problem.fields.items():
            self.add_error(field if field in self.fields else None, str(wrong))
        if not problem.fields:
            self.add_error(None, str(problem.words))


class CorrectEntry(AddEntry):
    """An entry as it stands, to be put right, and why."""

    reason = forms.CharField(
        label=_("Why is it corrected?"),
        help_text=_(
            "For your own agency: what was wrong, and how you know. It stays with the earlier version."
        ),
        max_length=2000,
        widget=parts.Textarea(rows=3),
        error_messages={"required": _("Say why, so that the next person can follow")},
    )

    def __init__(
        self,
        data: Any,
        *,
        entry: Entry,
        about: list[str],
        actor: Actor,
        family: dict[str, str],
        now: datetime,
    ) -> None:
        self.entry = entry
        initial = {name: getattr(entry, name) for name in Piece.__dataclass_fields__}
        initial |= {"about": about, "protect": "\n".join(entry.protect)}
        super().__init__(data, actor=actor, family=family, now=now, initial=initial)
        self._keep_its_kind()

    def _keep_its_kind(self) -> None:
        """Also one that others write down, or that came with a concern or a file, stays as it is."""
        field, code = self.fields["kind"], self.entry.kind
        if not field.valid_value(code):  # type: ignore[attr-defined]
            name = event_kind(code).get("name") or code.replace("_", " ").capitalize()
            field.choices = [*field.choices, (code, name)]  # type: ignore[attr-defined]

    def piece(self) -> Piece:
        """As it is to stand; what this form does not ask stays as it was."""
        piece = replace(super().piece(), sealed=self.entry.sealed)
        kept = "police_grading" in self.fields
        return piece if kept else replace(piece, police_grading=self.entry.police_grading)

    def as_sent(self) -> dict[str, list[str]]:
        """The form as a browser would send it back, untouched."""
        sent: dict[str, list[str]] = {}
        for field in self:
            value = field.value()
            if isinstance(value, date):
                sent |= {f"{field.name}-{part}": [str(getattr(value, part))] for part in parts.DATE_PARTS}
            elif isinstance(value, time):
                sent[field.name] = [f"{value:%H:%M}"]
            elif isinstance(value, bool):
                sent |= {field.name: ["on"]} if value else {}
            else:
                sent[field.name] = list(value) if isinstance(value, list) else [str(value or "")]
        return sent

    def carry_over(self, typed: dict[str, list[str]], before: CorrectEntry) -> dict[str, list[str]]:
        """What somebody changed in the form of an earlier version, on top of this one: none of it is lost.

        `typed` as it was sent from `before`.
        """
        base, onto = before.as_sent(), self.as_sent()
        asked = {*base, *onto, *(name for name in typed if name in self.fields)}
        tidy = {name: [value.replace("\r\n", "\n") for value in typed.get(name, [])] for name in asked}
        changed = {name for name in asked if tidy[name] != base.get(name, [])}
        whole = {name: tidy[name] if name in changed else onto.get(name, []) for name in asked}
        return {name: values for name, values in whole.items() if values}


class AttachDocument(Takes):
    """A letter or a picture, and what it is."""

    title = forms.CharField(
        label=_("What is it?"),
        help_text=_(
            "For example, “Letter from the paediatrician, 3 March”. Whoever it is shared with reads this."
        ),
        max_length=documents.LONGEST_TITLE,
        widget=parts.TextInput(),
        error_messages={"required": _("Say what it is, in a few words")},
    )
    file = forms.FileField(
        label=_("The file"),
        help_text=_("A PDF, a JPEG, PNG or WebP picture, or plain text, up to 10 MB."),
        widget=parts.FileInput(),
        error_messages={
            "required": _("Choose a file"),
            "missing": _("Choose a file"),
            "empty": _("There is nothing in this file. Choose another file"),
        },
    )


class TakeOffDocument(Takes):
    """Why a document should not be there."""

    because = forms.ChoiceField(
        label=_("Why should it not be here?"),
        choices=TakenOffBecause.choices,
        widget=parts.Radios(),
        error_messages={"required": _("Choose why it should not be here")},
    )


class WithdrawEntry(forms.Form):
    """Why an entry should not be there."""

    why_withdrawn = forms.CharField(
        label=_("Why should it not be here?"),
        help_text=_("For example: it is about another child. For your own agency."),
        max_length=2000,
        widget=parts.Textarea(rows=2),
        error_messages={"required": _("Say why, so that the next person can follow")},
    )


class Unlink(forms.Form):
    """Why a record does not speak of this person."""

    reason = forms.CharField(
        label=_("Why is this not the same person?"),
        max_length=2000,
        widget=parts.Textarea(rows=2),
        error_messages={"required": _("Say what made you decide, so that the next person can follow")},
    )


class Join(Unlink):
    """Why two persons are one."""

    other = forms.UUIDField(widget=forms.HiddenInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = _("Why are they the same person?")


class Split(Unlink):
    """Which of several records are somebody else, and why."""

    records = forms.MultipleChoiceField(
        label=_("Which of these records are somebody else?"),
        help_text=_("The records you choose stay together: they are one person of their own from then on."),
        widget=parts.Checkboxes(),
        error_messages={"required": _("Choose the records that are somebody else")},
    )
    field_order = ("records", "reason")

    def __init__(self, *args: Any, records: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["records"].choices = records


class OfWhom(forms.Form):
    """Of which of two persons an entry is that was written while they stood as one."""

    written = forms.UUIDField(widget=forms.HiddenInput())
    person = forms.ChoiceField(
        label=_("Of whom is it?"),
        widget=parts.Radios(layout="small"),
        error_messages={"required": _("Choose of whom it is")},
    )

    def __init__(self, *args: Any, persons: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = persons


class EmergencyReason(Again):
    """Why a page must be opened now; and who one is, once more."""

    reason = forms.CharField(
        label=_("What is happening, and why can it not wait?"),
        help_text=_("Whoever looks at this afterwards reads it. It is kept."),
        max_length=2000,
        widget=parts.Textarea(rows=4),
        error_messages={"required": _("Say what is happening, and why it cannot wait")},
    )


class UnusualNote(forms.Form):
    """What somebody found who looked at a colleague's unusual look."""

    practitioner = forms.UUIDField(widget=forms.HiddenInput())
    person = forms.UUIDField(widget=forms.HiddenInput())
    words = forms.CharField(
        label=_("What did you find, and what follows from it?"),
        max_length=2000,
        widget=parts.Textarea(rows=2),
        error_messages={"required": _("Say what you found, and what follows from it")},
    )


class EmergencyReview(forms.Form):
    """Was an emergency one, and what follows?"""

    VERDICTS = (
        ("needed", _("It was needed")),
        ("not_needed", _("It was not needed: there was another way")),
        ("misused", _("It should not have happened")),
    )

    reference = forms.CharField(max_length=20, widget=forms.HiddenInput())
    verdict = forms.ChoiceField(
        label=_("Was it needed?"),
        choices=VERDICTS,
        widget=parts.Radios(layout="small"),
        error_messages={"required": _("Choose whether it was needed")},
    )
    words = forms.CharField(
        label=_("What did you find, and what follows from it?"),
        max_length=2000,
        widget=parts.Textarea(rows=3),
        error_messages={"required": _("Say what you found, and what follows from it")},
    )
