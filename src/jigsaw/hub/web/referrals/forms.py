"""How does what was typed into the concern form become a concern, and where is it shown what was wrong?

Almost nothing is compulsory: what worries you, the child, whether the parents know, and what you want.
Whatever else is not known stays empty. What is asked: `concern.py` and `people.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.http.request import QueryDict
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.referrals.operations import Concern
from jigsaw.hub.web.forms import Problem, problems
from jigsaw.hub.web.referrals import inputs
from jigsaw.hub.web.referrals.concern import ConcernForm, StatementForm
from jigsaw.hub.web.referrals.people import ChildForm, OtherForm

MOST_BLOCKS = 20
# Each kind of block, and what an empty one already says.
BLOCKS: dict[str, dict[str, str]] = {"said": {}, "children": {"part": "child"}, "others": {"part": "parent"}}


class _Removable(forms.BaseFormSet):
    """Blocks with a box to tick for whoever has no script to remove them."""

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"] = inputs.tick(_("Remove this"), _("It goes when you next save, add or send."))


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
