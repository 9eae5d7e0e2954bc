"""What does the concern form ask about each child and adult, and which facts come of it?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.people.records import At, Facts
from jigsaw.hub.referrals.operations import Someone
from jigsaw.hub.web.forms import PartialDateField, Radios, Select, WholeNumberInput
from jigsaw.hub.web.referrals import choices, inputs
from jigsaw.record_linkage import identifiers

OLDEST = 120


class SomeoneForm(inputs.Quiet):
    """What children and adults have in common."""

    given = inputs.line(_("First names"), 120, width=20)
    family = inputs.line(_("Family name"), 120, width=20)
    known_as = inputs.line(_("Also known as"), 120, width=20)
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
    sex = inputs.one_of(_("Sex"), choices.SEXES, layout="inline")
    same_home = inputs.tick(_("Lives with the first child"), _("We copy the first child’s address."))
    address = inputs.line(_("Address"), 255, _("House number or name, and street"))
    town = inputs.line(_("Town"), 80, width=20)
    postcode = inputs.line(_("Postcode"), 10, width=10)
    protected = inputs.tick(_("This address must be kept secret"), _("Only your agency will see it."))
    nhs_number = inputs.line(_("NHS number"), 20, _("10 digits"), width=10)
    language = inputs.line(_("First language"), 80, width=20)
    interpreter = inputs.one_of(_("Interpreter needed?"), choices.YES_NO, layout="inline")
    disability = inputs.line(_("Disability or special needs"), 200)

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
    sex = inputs.one_of(_("Sex"), choices.SEXES_OF_CHILDREN, layout="inline")
    born = PartialDateField(
        label=_("Date of birth, or the date the baby is due"),
        help_text=_("As much as you know: the year alone will do."),
        required=False,
    )
    description = inputs.line(
        _("No name? How would you know this child?"),
        300,
        _("For example: about 4, red coat, lives above the bakery"),
    )
    child_words = inputs.words(
        _("What has the child said, in their own words?"),
        _("Word for word, in the child’s language. For a baby: what they show you."),
        rows=3,
    )
    relationship = inputs.select(_("What is this child to the first child?"), choices.relationships)
    upn = inputs.line(_("Unique pupil number (UPN)"), 20, width=20)
    school = inputs.line(_("School, nursery or college"), 160)
    gp = inputs.line(_("GP surgery"), 160)
    ethnicity = inputs.select(_("Ethnicity"), choices.ethnicities)
    religion = inputs.line(_("Religion"), 80, width=20)

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
    relationship = inputs.select(_("They are the first child’s"), choices.relationships)
    parental_responsibility = inputs.one_of(_("Parental responsibility?"), choices.YES_NO, layout="inline")
    phone = inputs.line(_("Telephone"), 40, width=20)

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
