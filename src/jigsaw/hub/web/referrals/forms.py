"""What does the concern form ask, and how does what was typed become a concern?

Almost nothing is compulsory: what worries you, the child, whether the parents know, and what you want.
Whatever else is not known stays empty.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.http.request import QueryDict
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.people.records import At, Facts
from jigsaw.hub.referrals.operations import Concern, Said, Someone
from jigsaw.hub.web.forms import (
    PartialDateField,
    Problem,
    Radios,
    Select,
    Textarea,
    TextInput,
    ThreeBoxDateField,
    Tick,
    WholeNumberInput,
    problems,
)
from jigsaw.hub.web.referrals import choices
from jigsaw.record_linkage import identifiers

MOST_BLOCKS = 20
OLDEST = 120


def _words(label: object, help_text: object = "", *, rows: int = 3, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=help_text, required=False, widget=Textarea(rows=rows), **more
    )


def _line(label: object, most: int, help_text: object = "", width: int = 0) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=most,
        widget=TextInput(width=width, attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


def _one_of(
    label: object, options: Any, *, help_text: object = "", layout: str = "small"
) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, help_text=help_text, choices=options, required=False, widget=Radios(layout=layout)
    )


def _select(label: object, options: Any, help_text: object = "") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, help_text=help_text, choices=options, required=False, widget=Select()
    )


def _tick(label: object, help_text: object = "") -> forms.BooleanField:
    return forms.BooleanField(label=label, help_text=help_text, required=False, widget=Tick())


class _Quiet(forms.Form):
    """Nothing is marked optional, because nearly everything is: the page says once what is compulsory."""

    mark_optional = False
    use_required_attribute = False


class ConcernForm(_Quiet):
    """Everything but the statements and the people."""

    concern = forms.CharField(
        label=_("What worries you?"),
        help_text=_("In your own words. What happened, or what have you noticed?"),
        widget=Textarea(rows=6),
        error_messages={"required": _("Say what worries you")},
    )
    arose = _words(
        _("How did this come up?"), _("What made you worry now, and has it been building up?"), rows=2
    )
    arose_on = ThreeBoxDateField(
        label=_("When did it happen?"), help_text=_("For example, 27 3 2026"), required=False
    )
    child_now = _words(
        _("Where is the child now, and how are they?"),
        _("Where, with whom, and for how long they are safe there. Any injury, and how they seem."),
    )
    immediate_action = _words(
        _("What has been done already?"),
        _("By you or others: police or ambulance called, child kept at school."),
        rows=2,
    )
    past_events = _words(
        _("What has happened before?"),
        _("Significant past events, earlier worries, and earlier addresses if you know them."),
    )
    strengths = _words(
        _("What is going well?"), _("Strengths, people the child trusts, help the family accepts."), rows=2
    )
    agencies_involved = _words(
        _("Who else helps this family?"),
        _("Services and people you know of, with numbers to ring if you have them."),
        rows=2,
    )
    alleged_harm_by = _words(
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
    parents_know_why = _words(
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
    caller_name = _line(_("Their name"), 120, _("Only if somebody else told you."), width=20)
    caller_contact = _line(
        _("How can we reach them?"), 160, _("A telephone number, and when it is safe to ring."), width=20
    )
    anonymity_asked = _tick(
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


class StatementForm(_Quiet):
    """One thing said, with how it is known and who says so."""

    text = _words(_("What is known or said"), rows=2)
    how_known = _one_of(_("How is it known?"), choices.HOW_KNOWN)
    source = _line(_("Who says so, or where is it written?"), 200)

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


class SomeoneForm(_Quiet):
    """What children and adults have in common."""

    given = _line(_("First names"), 120, width=20)
    family = _line(_("Family name"), 120, width=20)
    known_as = _line(_("Also known as"), 120, width=20)
    born = PartialDateField(
        label=_("Date of birth"), help_text=_("As much as you know: the year alone will do."), required=False
    )
    age = forms.IntegerField(
        label=_("Or about how old?"),
        help_text=_("In years. 0 for a baby."),
        required=False,
        min_value=0,
        max_value=OLDEST,
        widget=WholeNumberInput(width=3),
        error_messages={
            "invalid": _("The age must be a whole number of years"),
            "min_value": _("The age must be 0 or more"),
            "max_value": _("Check the age: it is too high"),
        },
    )
    sex = _one_of(_("Sex"), choices.SEXES, layout="inline")
    same_home = _tick(_("Lives with the first child"), _("We copy the first child’s address."))
    address = _line(_("Address"), 255, _("House number or name, and street"))
    town = _line(_("Town"), 80, width=20)
    postcode = _line(_("Postcode"), 10, width=10)
    protected = _tick(_("This address must be kept secret"), _("Only your agency will see it."))
    nhs_number = _line(_("NHS number"), 20, _("10 digits"), width=10)
    language = _line(_("First language"), 80, width=20)
    interpreter = _one_of(_("Interpreter needed?"), choices.YES_NO, layout="inline")
    disability = _line(_("Disability or special needs"), 200)

    # Asked of few, so folded away until something is in them.
    folded: tuple[str, ...] = ()

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def more(self) -> list[forms.BoundField]:
        """The fields that are folded away."""
        return [self[name] for name in self.folded]

    def unfolded(self) -> bool:
        """Is anything filled in, or wrong, among the folded fields?"""
        return any(bound.errors or bound.value() not in (None, "", False) for bound in self.more())

    def clean_nhs_number(self) -> str:
        return _checked(
            self.cleaned_data["nhs_number"],
            identifiers.nhs_number,
            _("This is not an NHS number: check its 10 digits, or leave it empty"),
        )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.has_changed():
            self.check_dates(cleaned)
        return cleaned

    def check_dates(self, cleaned: dict[str, Any]) -> None:
        born = cleaned.get("born")
        if born and born.date and born.date > self.today:
            self.add_error("born", _("The date of birth is in the future"))

    def home(self) -> At | None:
        c = self.cleaned_data
        if not (c["address"] or c["town"] or c["postcode"]):
            return None
        return At(line=c["address"], town=c["town"], postcode=c["postcode"].upper(), protected=c["protected"])

    def facts(self, first_home: At | None) -> Facts:
        """What was typed, as facts; `first_home` is the first child's address."""
        c = self.cleaned_data
        home = self.home() or (first_home if c.get("same_home") else None)
        born, accuracy = self._born()
        return Facts(
            given=c["given"],
            family=c["family"],
            other_names=_other_name(c["known_as"]),
            born=born,
            born_accuracy=accuracy,
            sex=c["sex"],
            language=c["language"],
            interpreter=_yes_no(c["interpreter"]),
            disability=c["disability"],
            identifiers=tuple(self.identifiers()),
            addresses=(home,) if home else (),
            contacts=self.contacts(),
            raw={"description": c["description"]} if c.get("description") else {},
        )

    def _born(self) -> tuple[date | None, str]:
        given, age = self.cleaned_data["born"], self.cleaned_data["age"]
        if given.date:
            return given
        if age is None:
            return None, "AAA"
        # The middle of the span in which somebody of this age was born, as the finder reads an age.
        return self.today - timedelta(days=round((age + 0.5) * 365.25)), "UUE"

    def identifiers(self) -> Iterable[tuple[str, str]]:
        if self.cleaned_data["nhs_number"]:
            yield "nhs_number", self.cleaned_data["nhs_number"]

    def contacts(self) -> tuple[tuple[str, str], ...]:
        phone = self.cleaned_data.get("phone")
        return (("phone", phone),) if phone else ()


class ChildForm(SomeoneForm):
    """A child, or a baby not yet born."""

    folded = (
        "known_as",
        "nhs_number",
        "upn",
        "school",
        "gp",
        "ethnicity",
        "language",
        "interpreter",
        "religion",
        "disability",
    )
    part = forms.ChoiceField(
        label=_("Is this child born?"),
        choices=[("child", _("Yes")), ("unborn", _("Not yet: an unborn baby"))],
        initial="child",
        widget=Radios(layout="inline"),
    )
    sex = _one_of(_("Sex"), choices.SEXES_OF_CHILDREN, layout="inline")
    born = PartialDateField(
        label=_("Date of birth, or the date the baby is due"),
        help_text=_("As much as you know: the year alone will do."),
        required=False,
    )
    description = _line(
        _("No name? How would you know this child?"),
        300,
        _("For example: about 4, red coat, lives above the bakery"),
    )
    child_words = _words(
        _("What has the child said, in their own words?"),
        _("Word for word, in the child’s language. For a baby: what they show you."),
        rows=3,
    )
    relationship = _select(_("What is this child to the first child?"), choices.relationships)
    upn = _line(_("Unique pupil number (UPN)"), 20, width=20)
    school = _line(_("School, nursery or college"), 160)
    gp = _line(_("GP surgery"), 160)
    ethnicity = _select(_("Ethnicity"), choices.ethnicities)
    religion = _line(_("Religion"), 80, width=20)

    def clean_upn(self) -> str:
        return _checked(
            self.cleaned_data["upn"],
            identifiers.upn,
            _(
                "This is not a unique pupil number: it has a letter and 12 digits. Check it, or leave it empty"
            ),
        )

    def check_dates(self, cleaned: dict[str, Any]) -> None:
        born = cleaned.get("born")
        if cleaned.get("part") == "unborn":
            if born and born.date and born.accuracy != "AAA":
                self.add_error(
                    "born", _("Enter the whole date the baby is due, as near as you can, or leave it empty")
                )
        else:
            super().check_dates(cleaned)
            if not any(cleaned.get(name) for name in ("given", "family", "known_as", "description")):
                self.add_error("given", _("Give a name, or describe the child"))

    def someone(self, first_home: At | None, *, first: bool) -> Someone:
        c = self.cleaned_data
        unborn = c["part"] == "unborn"
        facts = self.facts(first_home)
        more = {"ethnicity": c["ethnicity"], "religion": c["religion"], "school": c["school"], "gp": c["gp"]}
        if unborn:
            more |= {"expected_on": c["born"].date, "born": None, "born_accuracy": "AAA"}
        return Someone(
            part=c["part"],
            facts=Facts(**{**vars_of(facts), **more}),
            relationship="" if first else c["relationship"],
            child_words=c["child_words"],
        )

    def identifiers(self) -> Iterable[tuple[str, str]]:
        yield from super().identifiers()
        if self.cleaned_data["upn"]:
            yield "upn", self.cleaned_data["upn"]


class OtherForm(SomeoneForm):
    """A parent, someone in the household or family, or someone who may have caused harm."""

    folded = (
        "address",
        "town",
        "postcode",
        "protected",
        "phone",
        "known_as",
        "nhs_number",
        "language",
        "interpreter",
        "disability",
    )
    part = forms.ChoiceField(
        label=_("Who is this?"), choices=choices.PARTS_OF_OTHERS, initial="parent", widget=Select()
    )
    relationship = _select(_("They are the first child’s"), choices.relationships)
    parental_responsibility = _one_of(_("Parental responsibility?"), choices.YES_NO, layout="inline")
    phone = _line(_("Telephone"), 40, width=20)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        named = any(cleaned.get(name) for name in ("given", "family", "known_as", "relationship"))
        if self.has_changed() and not named:
            self.add_error(
                "given", _("Give a name, or say what they are to the child, or remove this person")
            )
        return cleaned

    def someone(self, first_home: At | None) -> Someone:
        c = self.cleaned_data
        return Someone(
            part=c["part"],
            facts=self.facts(first_home),
            relationship=c["relationship"],
            parental_responsibility=_yes_no(c["parental_responsibility"]),
        )


def vars_of(facts: Facts) -> dict[str, Any]:
    """The parts of these facts by name."""
    return {name: getattr(facts, name) for name in Facts.__dataclass_fields__}


def _checked(text: str, check: Any, words: object) -> str:
    if text and not check(text).valid:
        raise forms.ValidationError(words)
    return identifiers.normal_form(text) if text else ""


def _other_name(text: str) -> tuple[tuple[str, str, str], ...]:
    given, _space, family = text.rpartition(" ") if " " in text else (text, "", "")
    return ((given, family, "nickname"),) if text else ()


def _yes_no(value: str) -> bool | None:
    return {"yes": True, "no": False}.get(value)


# --- the whole form ---------------------------------------------------------------------------------

# Each kind of block, and what an empty one already says.
BLOCKS: dict[str, dict[str, str]] = {"said": {}, "children": {"part": "child"}, "others": {"part": "parent"}}


class _Removable(forms.BaseFormSet):
    """Blocks with a box to tick for whoever has no script to remove them."""

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"] = _tick(_("Remove this"), _("It goes when you next save, add or send."))


def _formset(form: type[forms.Form], words: object) -> Any:
    made = forms.formset_factory(
        form,
        formset=_Removable,
        extra=1,
        can_delete=True,
        max_num=MOST_BLOCKS,
        validate_max=True,
        absolute_max=MOST_BLOCKS * 2,
    )
    made.item_words = words
    return made


Statements = _formset(StatementForm, _("Statement %(number)d"))
Children = _formset(ChildForm, _("Child %(number)d"))
Others = _formset(OtherForm, _("Person %(number)d"))


@dataclass
class Whole:
    """The concern form and its repeating blocks."""

    main: ConcernForm
    said: Any
    children: Any
    others: Any
    extra: tuple[tuple[object, str], ...] = ()
    """(words, id) of what the domain found wrong beside the fields."""

    @property
    def parts(self) -> tuple[Any, ...]:
        return self.main, self.said, self.children, self.others

    def is_valid(self) -> bool:
        return all([part.is_valid() for part in self.parts])

    def problems(self) -> list[Problem]:
        """Everything wrong, in the order of the page."""
        first = [name for name in ("concern", "arose", "arose_on")]
        main = problems(self.main)
        top = [p for p in main if any(p.target.startswith(f"id_{name}") for name in first)]
        rest = [p for p in main if p not in top]
        return [
            *top,
            *problems(self.said, self.children),
            *problems(self.extra),
            *problems(self.others),
            *rest,
        ]

    def concern(self) -> Concern:
        """What was typed, as a concern. Call after is_valid()."""
        c = dict(self.main.cleaned_data)
        authority = c.pop("authority", "")
        children = _filled(self.children)
        first_home = children[0].home() if children else None
        return Concern(
            **c,
            authority=UUID(authority) if authority else None,
            statements=tuple(form.said() for form in _filled(self.said)),
            persons=(
                *(form.someone(first_home, first=number == 0) for number, form in enumerate(children)),
                *(form.someone(first_home) for form in _filled(self.others)),
            ),
        )

    def show(self, fields: dict[str, object]) -> None:
        """Put what the domain refused beside the fields it is about. Call after is_valid().

        `persons-1-born` is about the second person named: children first, then the others.
        """
        for name, words in fields.items():
            form, field = self._place(name)
            if form is not None and field in form.fields:
                form.add_error(field, words)  # type: ignore[arg-type]
            else:
                self.extra = (*self.extra, (words, ""))

    def _place(self, name: str) -> tuple[forms.Form | None, str]:
        """The form and the field of it that speak of what the domain calls `name`; no form if none does."""
        persons = [*_filled(self.children), *_filled(self.others)]
        if name in ("persons", "statements"):
            formset = self.children if name == "persons" else self.said
            left = [form for form in formset.forms if form not in formset.deleted_forms]
            return (left[0] if left else None), ("given" if name == "persons" else "how_known")
        about = _PERSON.fullmatch(name)
        if about is None:
            return self.main, name
        if int(about[1]) >= len(persons):
            return None, ""
        return persons[int(about[1])], _TYPED_AS.get(about[2], about[2])


_PERSON = re.compile(r"persons-(\d+)-(\w+)")
# What the domain says of a person, and the box it was typed into, where the two are called differently.
_TYPED_AS = {
    "expected_on": "born",
    "line": "address",
    "other_names": "known_as",
    "raw": "description",
}


def whole(
    data: QueryDict | None, *, authorities: Iterable[Any], today: date, caller: str = "professional"
) -> Whole:
    """The form, empty or as typed."""
    by_day = {"form_kwargs": {"today": today}}
    return Whole(
        main=ConcernForm(data, authorities=authorities, today=today, initial={"caller": caller}),
        said=Statements(data, prefix="said"),
        children=Children(data, prefix="children", **by_day),
        others=Others(data, prefix="others", **by_day),
    )


def _filled(formset: Any) -> list[Any]:
    return [form for form in formset.forms if form.has_changed() and form not in formset.deleted_forms]
