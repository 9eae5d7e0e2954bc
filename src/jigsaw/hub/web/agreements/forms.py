"""What does one fill in to write, sign, review or end an agreement?"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.agreements import queries
from jigsaw.hub.web import forms as look
from jigsaw.hub.web.agreements.document import ALL
from jigsaw.sharing_rules.roles import ROLE_WORDS
from jigsaw.sharing_rules.vocabulary import CATEGORIES, MODES, PURPOSES, SECTORS

LONGEST = 5000
BIGGEST_FILE = 1_000_000
Choices = list[tuple[str, Any]]


class KnownOrNot(forms.MultipleChoiceField):
    """Ticks. A draft may hold a code that is not offered: it is kept, and the check of the draft tells it."""

    def valid_value(self, value: str) -> bool:
        return len(value) <= 200


class KnownOrNotOne(forms.ChoiceField):
    def valid_value(self, value: str) -> bool:
        return len(value) <= 200


ONE_A_LINE = _("One on each line.")


def _lines(label: Any, hint: Any = ONE_A_LINE, rows: int = 4) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=LONGEST,
        required=False,
        strip=False,
        widget=look.Textarea(rows=rows),
    )


def _line(label: Any, hint: Any = "", longest: int = 300, width: int = 0) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=hint, max_length=longest, required=False, widget=look.TextInput(width=width)
    )


def _ticks(label: Any, hint: Any = "") -> KnownOrNot:
    return KnownOrNot(label=label, help_text=hint, required=False, widget=look.Checkboxes(layout="small"))


class WholeForm(forms.Form):
    """The agreement as a whole. Nothing is required: a draft may be unfinished, and its page tells what is missing."""

    name = _line(_("What is it called?"))
    about = _lines(_("What is it about, in a sentence?"), "", rows=2)
    uri = _line(_("Web address at which it is published"))
    system = _line(_("Web address of your list of agreements"))
    contact_name = _line(_("Who answers questions about it?"), _("A role and its organisation."))
    contact_email = _line(_("Email"))
    contact_telephone = _line(_("Telephone"), longest=40, width=20)
    start = look.ThreeBoxDateField(label=_("First day"), required=False)
    end = look.ThreeBoxDateField(
        label=_("Last day"), help_text=_("It holds on this day too."), required=False
    )
    review_on = look.ThreeBoxDateField(
        label=_("Look at it again on"),
        help_text=_("You are reminded on this day. A year after the first day if you leave it empty."),
        required=False,
    )
    data = _ticks(_("What kinds of information does it speak of?"))
    purposes = _ticks(_("For which purposes?"))
    permitted_use = _lines(_("What may recipients use it for?"))
    restrictions = _lines(
        _("What must not be done with it?"), _("One on each line. They travel with each item.")
    )
    duties = _lines(
        _("What must whoever receives it do?"), _("One on each line. They travel with each item.")
    )
    security = _lines(_("How is it kept safe?"))
    law = _ticks(_("Which law does it rest on?"))
    extends = _line(_("Identifier of an agreement that this one adds to"), longest=60, width=20)
    replaces = _lines(_("Identifiers of agreements that this one replaces"), rows=2)
    mark_optional = False

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None, on: date) -> None:
        super().__init__(data, initial=initial, label_suffix="")
        _offer(self, "data", [(c.code, look.Choice(c.name, c.words)) for c in CATEGORIES.values()])
        _offer(self, "purposes", [(p.code, look.Choice(_sentence(p.words))) for p in PURPOSES.values()])
        register = queries.register(on=on)
        _offer(self, "law", [(each.code, look.Choice(each.name)) for each in register.instruments])


class PartyForm(forms.Form):
    """One party: an agency, or every agency of one kind in some authorities."""

    name = _line(_("What is this party called?"))
    code = _line(_("Short name for the clauses"), _("Letters and underscores, such as social_care."), 60, 20)
    sector = KnownOrNotOne(label=_("What kind of agency?"), required=False, widget=look.Select)
    authorities = _ticks(_("In which authorities?"))
    agency = KnownOrNotOne(
        label=_("Only one agency?"),
        help_text=_("Otherwise it is every agency of this kind there that signs."),
        required=False,
        widget=look.Select,
    )
    catalogue = _lines(_("Its identifiers in a catalogue"), rows=1)
    mark_optional = False

    def __init__(self, *args: Any, places: Choices, agencies: Choices, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        _offer(self, "sector", [("", _("Choose")), *((s.code, s.name) for s in SECTORS.values())])
        _offer(self, "authorities", places)
        _offer(self, "agency", [("", _("No, all of this kind")), *agencies])

    @property
    def title(self) -> str:
        """What the closed block shows of itself."""
        return str(self["name"].value() or self["code"].value() or "")

    @property
    def open(self) -> bool:
        """Is it new, or is something wrong in it?"""
        return not self.title or bool(self.is_bound and self.errors)


def party_choices() -> dict[str, Choices]:
    """The authorities and agencies of this hub, to choose parties from."""
    places = agencies.authorities().values()
    found = (each for each in agencies.placed().values() if each.sector in SECTORS)
    return {
        "places": [(place.gss_code, look.Choice(place.name)) for place in places],
        "agencies": [(each.code, each.name) for each in found],
    }


class ClauseForm(forms.Form):
    """One clause: who may tell whom what, for what, and whether somebody decides each time."""

    number = _line(_("Number"), longest=20, width=4)
    words = _line(_("In a sentence, so that anyone understands it"), longest=500)
    rank = forms.ChoiceField(
        label=_("Is it a rule or an exception?"),
        choices=[
            ("default", look.Choice(_("A rule"))),
            ("exception", look.Choice(_("An exception: it goes before the rules"))),
        ],
        initial="default",
        required=False,
        widget=look.Radios(layout="small"),
    )
    effect = forms.ChoiceField(
        label=_("What does it say?"),
        choices=[
            ("permit", look.Choice(_("They may share it"))),
            ("review", look.Choice(_("Somebody decides each time"))),
            ("prohibit", look.Choice(_("They may not share it"))),
        ],
        required=False,
        widget=look.Radios(layout="small"),
    )
    role = KnownOrNotOne(label=_("Who decides, if somebody does?"), required=False, widget=look.Select)
    givers = _ticks(_("Who gives?"))
    receivers = _ticks(_("Who receives?"))
    data = _ticks(_("What kinds of information?"))
    purposes = _ticks(_("For which purposes?"))
    modes = _ticks(_("What may be told?"))
    valid_from = look.ThreeBoxDateField(
        label=_("Only from"), help_text=_("If it does not hold for the whole time."), required=False
    )
    valid_until = look.ThreeBoxDateField(label=_("Only until"), required=False)
    mark_optional = False

    def __init__(self, *args: Any, parties: Choices, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        everyone = [(ALL, look.Choice(_("All parties"))), *parties]
        _offer(self, "givers", everyone)
        _offer(self, "receivers", everyone)
        kinds = [(c.code, look.Choice(c.name)) for c in CATEGORIES.values()]
        _offer(self, "data", [(ALL, look.Choice(_("All of this agreement’s"))), *kinds])
        purposes = [(p.code, look.Choice(_sentence(p.words))) for p in PURPOSES.values()]
        _offer(self, "purposes", [(ALL, look.Choice(_("All of this agreement’s"))), *purposes])
        _offer(self, "modes", [(code, look.Choice(_sentence(words))) for code, words in MODES.items()])
        roles = [(code, _sentence(words)) for code, words in ROLE_WORDS.items()]
        _offer(self, "role", [("", _("Nobody needs to")), *roles])

    @property
    def title(self) -> str:
        """What the closed block shows of itself."""
        return " ".join(filter(None, (self["number"].value(), self["words"].value())))

    @property
    def open(self) -> bool:
        """Is it new, or is something wrong in it?"""
        return not self["number"].value() or bool(self.is_bound and self.errors)


def _offer(form: forms.Form, name: str, choices: Choices) -> None:
    """The choices there are, and after them whatever else the draft says."""
    form.fields[name].choices = choices  # type: ignore[attr-defined]
    said = form[name].value() or []
    known = {code for code, _words in choices}
    others = [each for each in (said if isinstance(said, list | tuple) else [said]) if each not in known]
    form.fields[name].choices = [*choices, *((each, look.Choice(each)) for each in others)]  # type: ignore[attr-defined]


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


class _Blocks(forms.BaseFormSet):  # type: ignore[type-arg]
    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"] = forms.BooleanField(
            label=_("Leave this out"), required=False, widget=look.Tick
        )

    def kept(self) -> list[dict[str, Any]]:
        """What was filled in, without the blocks that are left out or empty."""
        return [
            form.cleaned_data
            for form in self.forms
            if form.cleaned_data
            and not form.cleaned_data.get("DELETE")
            and _says_something(form.cleaned_data)
        ]


class _PartyBlocks(_Blocks):
    item_words = _("Party %(number)d")


class _ClauseBlocks(_Blocks):
    item_words = _("Clause %(number)d")


def _says_something(cleaned: dict[str, Any]) -> bool:
    return any(value for name, value in cleaned.items() if name not in ("rank", "DELETE"))


Parties = forms.formset_factory(PartyForm, formset=_PartyBlocks, extra=0, max_num=60, can_delete=True)
Clauses = forms.formset_factory(ClauseForm, formset=_ClauseBlocks, extra=0, max_num=100, can_delete=True)


class NewForm(look.Form):
    """Begin an agreement."""

    name = forms.CharField(label=_("What will it be called?"), max_length=300, widget=look.TextInput)
    identifier = forms.RegexField(
        regex=r"^[A-Za-z0-9][A-Za-z0-9._-]{1,59}$",
        label=_("Short identifier"),
        help_text=_("Letters, digits and dashes, such as OURTOWN-CSA. It stays the same in every version."),
        max_length=60,
        widget=look.TextInput(width=20),
        error_messages={"invalid": _("Use 2 to 60 letters, digits, dots, dashes or underscores")},
    )
    begin = forms.ChoiceField(
        label=_("Begin with"),
        choices=[
            (
                "template",
                look.Choice(_("The template"), _("Clauses that many partnerships need, to be changed.")),
            ),
            (
                "sharetown",
                look.Choice(_("The agreement of the invented Sharetown"), _("To see one that is whole.")),
            ),
            ("empty", look.Choice(_("An empty page"))),
        ],
        initial="template",
        widget=look.Radios,
    )


class ImportForm(look.Form):
    """An agreement from a file, or pasted."""

    file = forms.FileField(
        label=_("A JSON file"),
        help_text=_("As exported here, or in the shape of the UK Social Care Data Standards."),
        required=False,
        widget=look.FileInput,
    )
    text = forms.CharField(
        label=_("Or paste it here"),
        max_length=BIGGEST_FILE,
        required=False,
        strip=False,
        widget=look.Textarea(rows=8),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        file = cleaned.get("file")
        cleaned["said"] = self._read(file) if file else cleaned.get("text", "")
        if not cleaned["said"].strip() and not self.errors:
            self.add_error("file", _("Choose a file, or paste the agreement"))
        return cleaned

    def _read(self, file: Any) -> str:
        if file.size > BIGGEST_FILE:
            self.add_error("file", _("The file is too big for an agreement: at most 1 MB"))
            return ""
        try:
            return str(file.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            self.add_error("file", _("This is not a text in UTF-8. Save it as JSON in UTF-8"))
            return ""

    def document(self) -> dict[str, Any]:
        """The JSON object; raises ValidationError in words if there is none."""
        try:
            found = json.loads(self.cleaned_data["said"])
        except (json.JSONDecodeError, RecursionError) as wrong:
            line = getattr(wrong, "lineno", 1)
            raise ValidationError(
                _("This is not JSON: look at line %(line)d. A comma or a bracket may be missing there.")
                % {"line": line}
            ) from wrong
        if not isinstance(found, dict):
            raise ValidationError(_("An agreement is one JSON object, in curly brackets."))
        return found


class EndForm(look.Form):
    """End an agreement early."""

    why = forms.CharField(
        label=_("Why does it end, and who decided it?"),
        help_text=_("Those who signed it are told that it ends, and read this on its page."),
        max_length=LONGEST,
        widget=look.Textarea(rows=3),
    )


class ReviewedForm(look.Form):
    """It was looked at again, and stands."""

    look_again_on = look.ThreeBoxDateField(label=_("Look at it again on"))

    def __init__(self, data: Any = None, *, on: date) -> None:
        super().__init__(data)
        self.fields["look_again_on"].earliest = on  # type: ignore[attr-defined]
