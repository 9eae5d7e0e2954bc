"""The forms of an answer: reasons and law, what is added, handing over, asking for more time."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.agreements.instruments import Instrument, Register
from jigsaw.hub.chronology.kinds import HowKnown
from jigsaw.hub.chronology.operations import Piece
from jigsaw.hub.decisions.operations import Grounds
from jigsaw.hub.kit.clock import ENGLAND
from jigsaw.hub.web import forms as look
from jigsaw.hub.web.requests import law

NOT_SAFE = "not_safe"
SERVICE_CONSENT = (
    ("not_asked", _("We do not know, or there is none")),
    ("given", _("Yes")),
    ("refused", _("No")),
)
NOT_SAFE_WORDS = _("Telling them now could put somebody at risk.")
LONGEST = 10_000


def _rules(codes: list[str]) -> str:
    return " ".join(code.partition(":")[2] for code in codes)


def covers(answer: str) -> dict[str, str]:
    """Which golden rules of the current edition an answer covers, for the list beside the form."""
    return {"data-covers": _rules(rules_covered_by(answer))}


def rules_covered_by(answer: str) -> list[str]:
    """The rules, as "edition:number", that answering this question covers."""
    guidance = agreements.words("guidance")
    return [
        rule
        for row in guidance["covered_by"]
        if row["code"] == answer and row["edition"] == guidance["current_edition"]
        for rule in row["rules"]
    ]


def reasons_to_tick() -> list[dict[str, Any]]:
    """What a practitioner can tick as a reason, from the current edition of the advice."""
    guidance = agreements.words("guidance")
    return [row for row in guidance["reasons"] if row["edition"] == guidance["current_edition"]]


class AnswerForm(forms.Form):
    """Why this is the right decision, on which law, and whether the family knows."""

    why = forms.MultipleChoiceField(
        label=_("Why is this the right decision?"),
        help_text=_("Tick all that apply, or write your own reasons below."),
        required=False,
        widget=look.Checkboxes,
    )
    own_words = forms.CharField(
        label=_("Reasons in your own words"),
        max_length=LONGEST,
        required=False,
        widget=look.Textarea(rows=3),
    )
    told = forms.ChoiceField(
        label=_("Have you told the child or their carers?"), required=False, widget=look.Radios
    )
    told_why = forms.CharField(
        label=_("If not, why not"), max_length=LONGEST, required=False, widget=look.Textarea(rows=2)
    )
    advice_from = forms.CharField(
        label=_("Advice taken from"),
        help_text=_(
            "Name and role. Needed to withhold from a section 47 enquiry, or where somebody else decides."
        ),
        max_length=200,
        required=False,
        widget=look.TextInput,
    )
    protect = forms.CharField(
        label=_("Names and addresses that must not leave"),
        help_text=_("One on each line. Nothing that shows them will be sent."),
        max_length=2000,
        required=False,
        widget=look.Textarea(rows=2),
    )
    context = forms.CharField(
        label=_("What should they know about what you send?"),
        help_text=_("How often you see the child, since when, and what you do not know."),
        max_length=LONGEST,
        required=False,
        widget=look.Textarea(rows=2),
    )
    shares_family = forms.BooleanField(
        label=_("Also share who is in the family and household, as we know it"),
        required=False,
        widget=look.Tick,
    )
    holds_nothing = forms.BooleanField(
        label=_("We hold nothing about them"),
        help_text=_("This is an answer too. Say below where you looked."),
        required=False,
        widget=look.Tick,
    )
    lawful_basis = forms.ChoiceField(
        label=_("Lawful basis"), required=False, widget=look.Radios(layout="small")
    )
    gateway = forms.ChoiceField(label=_("Duty or power"), required=False, widget=look.Select)
    condition = forms.ChoiceField(
        label=_("Condition for sensitive information"),
        help_text=_("For health, ethnicity, religion, sexual life or crime."),
        required=False,
        widget=look.Select,
    )
    condition_reason = forms.ChoiceField(
        label=_("Why is there no consent for sensitive information?"), required=False, widget=look.Radios
    )
    consent = forms.ChoiceField(
        label=_("Did you ask the family to agree to sharing?"),
        help_text=_("Apart from the lawful basis: a refusal alone does not stop you."),
        required=False,
        widget=look.Radios(layout="small"),
    )
    service_consent = forms.ChoiceField(
        label=_("Does the family agree to the service they get?"),
        help_text=_("Another question: to agree to a service is not to agree to sharing."),
        required=False,
        widget=look.Radios(layout="small"),
    )
    objection_by = forms.CharField(
        label=_("Who has objected to sharing, if anybody?"),
        max_length=200,
        required=False,
        widget=look.TextInput,
    )
    objection_answer = forms.CharField(
        label=_("Why is it right for the child to share all the same?"),
        help_text=_("An objection is weighed, and can be outweighed. Say how."),
        max_length=LONGEST,
        required=False,
        widget=look.Textarea(rows=2),
    )
    public_interest = forms.CharField(
        label=_("If it was told in confidence: what goes before that?"),
        help_text=_("Needed only where no duty or power of an Act covers it."),
        max_length=LONGEST,
        required=False,
        widget=look.Textarea(rows=2),
    )
    mark_optional = False

    def __init__(
        self,
        data: Any = None,
        *,
        sector: str,
        to_sector: str,
        purpose: str,
        register: Register,
        sensitive: bool = False,
    ) -> None:
        super().__init__(data, label_suffix="")
        self.sensitive = sensitive
        self.register = register
        gateways = law.gateways(sector=sector, to_sector=to_sector, register=register)
        self._offer("why", [(r["code"], self._reason(r)) for r in reasons_to_tick()])
        self._offer("told", self._told_choices())
        self._offer("lawful_basis", law.bases(sector))
        self._offer("gateway", [("", look.Choice(_("None"))), *gateways])
        self._offer("condition", law.conditions(sector))
        self._offer("condition_reason", law.listed("why_no_consent"))
        self._offer(
            "consent", [c for c in law.listed("consent") if c[0] != "sought"] + law.listed("consent_results")
        )
        self._offer("service_consent", [(code, look.Choice(words)) for code, words in SERVICE_CONSENT])
        self.initial = {
            "lawful_basis": self.fields["lawful_basis"].choices[0][0],
            "gateway": law.usual_gateway(purpose, gateways),
            "condition": self.fields["condition"].choices[0][0],
            "consent": "not_sought",
            "service_consent": "not_asked",
        }
        for name in ("own_words", "advice_from", "protect"):
            self.fields[name].widget.attrs |= covers(name)

    def unconfirmed(self) -> list[Instrument]:
        """The law chosen here (or filled in to begin with) that nobody has checked against its text yet."""
        chosen = [self[name].value() for name in ("lawful_basis", "gateway", "condition")]
        return self.register.unverified(code for code in chosen if code)

    def _offer(self, name: str, choices: law.Choices) -> None:
        self.fields[name].choices = choices

    def _reason(self, row: dict[str, Any]) -> look.Choice:
        return look.Choice(row["words"], row["hint"], {"covers": _rules(row["rules"])})

    def _told_choices(self) -> law.Choices:
        data = {"covers": _rules(rules_covered_by("family_told"))}
        words = {
            "told": _("Yes, I have told them"),
            "will_tell": _("Not yet, I will tell them"),
            NOT_SAFE: _("No, telling them could put somebody at risk"),
            "not_told": _("No, for another reason, written below"),
        }
        return [(code, look.Choice(label, "", data)) for code, label in words.items()]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("holds_nothing"):
            if not cleaned.get("own_words", "").strip():
                self.add_error("own_words", _("Say where you looked, and under which names."))
            return cleaned
        if not cleaned.get("why") and not cleaned.get("own_words", "").strip():
            self.add_error(
                "why", _("Tick at least one reason, or write your own, so that your decision is recorded.")
            )
        if not cleaned.get("told"):
            self.add_error("told", _("Say whether you have told the child or their carers."))
        objected, answered = (cleaned.get(f"objection_{part}", "").strip() for part in ("by", "answer"))
        if objected and not answered:
            self.add_error("objection_answer", _("Say why it is right for the child to share all the same."))
        if answered and not objected:
            self.add_error("objection_by", _("Say who objected."))
        if cleaned.get("told") == "not_told" and not cleaned.get("told_why", "").strip():
            self.add_error("told_why", _("Say why the family was not told."))
        if self.sensitive and not cleaned.get("condition_reason"):
            self.add_error("condition_reason", _("Say why there is no consent for sensitive information."))
        return cleaned

    def reasons(self) -> str:
        """The words of what was ticked, then the practitioner's own."""
        words = {row["code"]: row["words"] for row in reasons_to_tick()}
        ticked = ". ".join(words[code] for code in self.cleaned_data["why"])
        return "\n\n".join(
            part for part in (ticked and f"{ticked}.", self.cleaned_data["own_words"].strip()) if part
        )

    def grounds(self) -> Grounds:
        """The grounds of the whole answer."""
        cleaned = self.cleaned_data
        told, why_not = cleaned["told"], cleaned["told_why"].strip()
        if told == NOT_SAFE:
            told, why_not = "not_told", why_not or str(NOT_SAFE_WORDS)
        return Grounds(
            reasons=self.reasons(),
            rules=tuple(sorted(self._rules_considered())),
            edition=agreements.words("guidance")["current_edition"],
            lawful_basis=cleaned["lawful_basis"],
            condition=cleaned["condition"],
            condition_reason=cleaned["condition_reason"],
            gateway=cleaned["gateway"],
            consent=cleaned["consent"],
            service_consent=cleaned["service_consent"],
            objection_by=cleaned["objection_by"],
            objection_answer=cleaned["objection_answer"],
            public_interest=cleaned["public_interest"],
            family_told=told,
            family_told_why=why_not,
            advice_from=cleaned["advice_from"].strip(),
        )

    def _rules_considered(self) -> set[str]:
        cleaned = self.cleaned_data
        ticked = {rule for row in reasons_to_tick() if row["code"] in cleaned["why"] for rule in row["rules"]}
        given = {
            "family_told": cleaned["told"],
            "advice_from": cleaned["advice_from"],
            "protect": cleaned["protect"],
            "own_words": cleaned["own_words"],
            "every_item": not cleaned["holds_nothing"],
        }
        return ticked | {rule for name, value in given.items() if value for rule in rules_covered_by(name)}

    def names_to_protect(self) -> tuple[str, ...]:
        """The names and addresses typed, one on each line."""
        return tuple(line.strip() for line in self.cleaned_data["protect"].splitlines() if line.strip())


class AddedForm(look.SaysWhatIsMissing, forms.Form):
    """Something the agency knows that is not in its records here yet."""

    kind = forms.ChoiceField(label=_("What kind of thing"), widget=look.Select)
    happened_on = look.ThreeBoxDateField(label=_("When"))
    title = forms.CharField(label=_("In a few words"), max_length=200, widget=look.TextInput)
    text = forms.CharField(
        label=_("What happened"), max_length=LONGEST, required=False, widget=look.Textarea(rows=3)
    )
    child_words = forms.CharField(
        label=_("The child’s own words"),
        help_text=_("As they were said, if the child said something."),
        max_length=LONGEST,
        required=False,
        widget=look.Textarea(rows=2),
    )
    how_known = forms.ChoiceField(
        label=_("How is this known?"), choices=HowKnown.choices, widget=look.Radios(layout="small")
    )
    source = forms.CharField(
        label=_("Who saw it, said it or wrote it down?"), max_length=200, widget=look.TextInput
    )
    about = forms.MultipleChoiceField(label=_("About whom?"), widget=look.Checkboxes(layout="small"))
    protect = forms.CharField(
        label=_("Names that must never leave with it"),
        help_text=_("One on each line."),
        max_length=2000,
        required=False,
        widget=look.Textarea(rows=1),
    )
    sensitive = forms.BooleanField(
        label=_("It says something about health, ethnicity, religion, sexual life or crime"),
        required=False,
        widget=look.Tick,
    )
    about_adult = forms.BooleanField(label=_("It is about an adult only"), required=False, widget=look.Tick)
    file = forms.FileField(
        label=_("A letter or a picture that goes along with it"),
        help_text=_(
            "A PDF, a JPEG, PNG or WebP picture, or plain text, up to 10 MB. Choose it last: it is not kept with a draft."
        ),
        required=False,
        widget=look.FileInput(),
        error_messages={"empty": _("There is nothing in this file. Choose another file")},
    )
    police_grading = forms.RegexField(
        regex=r"^[1-3][A-E][PC]$",
        label=_("Grade, if it is intelligence (3x5x2)"),
        help_text=_("Source 1 to 3, intelligence A to E, handling P or C. For example, 2BP."),
        required=False,
        widget=look.TextInput(width=4),
        error_messages={"invalid": _("Write the grade as in 2BP: 1 to 3, A to E, then P or C.")},
    )

    def __init__(
        self, *args: Any, sector: str, people: list[tuple[str, str]], on: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.kinds = {row["code"]: row for row in agreements.words("event_kinds")["entries"]}
        self.fields["kind"].choices = [("", _("Choose"))] + [
            (code, row["name"]) for code, row in self.kinds.items() if sector in row["sectors"]
        ]
        self.fields["happened_on"].latest = on
        self.fields["about"].choices = people
        if sector != "PO":
            del self.fields["police_grading"]
        if len(people) == 1:
            self.fields["about"].initial = [people[0][0]]

    def has_changed(self) -> bool:
        """A block in which nothing was typed is no piece; whom it is about may be ticked beforehand."""
        return bool(set(self.changed_data) - {"about"})

    def piece(self) -> Piece:
        """What was written down; the kind of thing says whether it is sensitive, as does the tick."""
        cleaned, kind = self.cleaned_data, self.kinds[self.cleaned_data["kind"]]
        return Piece(
            kind=cleaned["kind"],
            title=cleaned["title"],
            text=cleaned["text"],
            child_words=cleaned["child_words"],
            happened_on=cleaned["happened_on"],
            how_known=cleaned["how_known"],
            source=cleaned["source"],
            key_event=kind["key_event"],
            protect=tuple(line.strip()[:120] for line in cleaned["protect"].splitlines() if line.strip()),
            about_adult=cleaned["about_adult"] or kind["about_adult"],
            special_category=cleaned["sensitive"] or kind["special_category"],
            police_grading=cleaned.get("police_grading", ""),
        )


class _AddedBlocks(forms.BaseFormSet):
    item_words = _("Piece %(number)d")

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"] = leave_out()


def leave_out() -> forms.BooleanField:
    """Without scripts a block is taken out by ticking it."""
    return forms.BooleanField(label=_("Leave this out"), required=False, widget=look.Tick)


AddedBlocks = forms.formset_factory(AddedForm, formset=_AddedBlocks, extra=0, max_num=30, can_delete=True)


class HandOverForm(forms.Form):
    """Give a request to a colleague."""

    to = forms.ChoiceField(label=_("Give it to"), widget=look.Select)
    words = forms.CharField(
        label=_("What should they know?"), max_length=LONGEST, required=False, widget=look.Textarea(rows=3)
    )

    def __init__(self, data: Any = None, *, colleagues: list[tuple[str, str]]) -> None:
        super().__init__(data, label_suffix="")
        self.fields["to"].choices = [("", _("Choose a colleague")), *colleagues]
        self.fields["to"].error_messages["required"] = _("Choose a colleague.")


class ProposeForm(look.Form):
    """Propose to release what is left out of everything."""

    reason = forms.CharField(
        label=_("Why does the child’s safety need it?"),
        help_text=_("Whoever decides reads this."),
        max_length=LONGEST,
        widget=look.Textarea(rows=3),
    )


class MoreTimeForm(forms.Form):
    """Ask for more time, with a reason that the sender reads."""

    day = look.ThreeBoxDateField(label=_("Until which day?"))
    at = forms.TimeField(
        label=_("At what time?"), widget=look.TimeInput(width=10), help_text=_("For example, 15:30")
    )
    words = forms.CharField(
        label=_("Why do you need more time?"),
        help_text=_("Whoever asked will read this. If a child may be in danger, ring them now."),
        max_length=LONGEST,
        widget=look.Textarea(rows=3),
        error_messages={"required": _("Say why more time is needed: the sender will read it.")},
    )

    def __init__(self, data: Any = None, *, due: datetime, on: date) -> None:
        super().__init__(data, label_suffix="", initial={"at": due.astimezone(ENGLAND).time()})
        self.fields["day"].earliest = on

    def until(self) -> datetime:
        """The new due time, in England's time."""
        at: time = self.cleaned_data["at"]
        return datetime.combine(self.cleaned_data["day"], at, ENGLAND)
