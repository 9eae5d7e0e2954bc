"""Can these words be kept? The one place where text that cannot be is refused, by the name of its field.

PostgreSQL keeps neither NUL nor half a surrogate pair, and a column holds only so many characters. Every
table of the hub uses these fields, so that whatever door the words came through (a page, a command, a job),
and whether one row is written or a thousand, nothing is cut or dropped silently: `Invalid` names the field,
the transaction is undone, and what was typed stays in the caller's draft. The columns are plain Django ones:
migrations see no difference.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.contrib.postgres import fields as postgres
from django.db import models
from django.utils.translation import gettext as _

from jigsaw.hub.kit.errors import Invalid

# PostgreSQL's text holds no NUL, and UTF-8 no lone surrogate; both come with words copied from elsewhere.
CANNOT_BE_KEPT = re.compile("[\x00\ud800-\udfff]")
SHOWN_BEFORE = 30


def check_text(name: str, value: object, *, longest: int | None = None, label: str = "") -> None:
    """Raises Invalid, naming the field `name`, if the text cannot be kept whole (`longest`: inclusive)."""
    if not isinstance(value, str):
        return
    called = label or name.replace("_", " ").capitalize()
    if found := CANNOT_BE_KEPT.search(value):
        before = value[max(0, found.start() - SHOWN_BEFORE) : found.start()]
        raise _invalid(
            name,
            _(
                "%(field)s: there is a character after “%(before)s” that cannot be kept. It often comes with copied "
                "text: delete it there, or type the words again."
            )
            % {"field": called, "before": before},
        )
    if longest is not None and len(value) > longest:
        raise _invalid(
            name,
            _("%(field)s: this is too long. It has %(count)d characters, and there is room for %(longest)d.")
            % {"field": called, "count": len(value), "longest": longest},
        )


def _invalid(name: str, words: str) -> Invalid:
    return Invalid(
        _("Some of this cannot be kept as it is."),
        {name: words},
        _("Nothing was saved yet. Go back, change it, and send it again."),
    )


def check_row(row: models.Model, names: Mapping[str, str] | None = None) -> None:
    """Check every text of a row that is not stored yet; `names` calls a field by another name."""
    for field in row._meta.concrete_fields:
        if isinstance(field, _Kept):
            field.check_kept(getattr(row, field.attname), (names or {}).get(field.name, field.name))


class _Kept:
    """A text field that refuses what it cannot keep when it is written, and what nothing can hold always."""

    def check_kept(self, value: Any, name: str) -> None:
        check_text(name, value, longest=self.max_length)

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        self.check_kept(value, self.name)
        return super().get_db_prep_save(value, connection)

    def get_prep_value(self, value: Any) -> Any:
        # A question (a filter) may be longer than any answer, but cannot hold what PostgreSQL cannot read.
        check_text(self.name or "", value)
        return super().get_prep_value(value)

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, self.plain, args, kwargs


class CharField(_Kept, models.CharField):
    plain = "django.db.models.CharField"


class EmailField(_Kept, models.EmailField):
    plain = "django.db.models.EmailField"


class TextField(_Kept, models.TextField):
    plain = "django.db.models.TextField"


class ArrayField(_Kept, postgres.ArrayField):
    """A list of texts, each checked by the field it is made of."""

    plain = "django.contrib.postgres.fields.ArrayField"

    def check_kept(self, value: Any, name: str) -> None:
        for one in value or ():
            check_text(name, one, longest=self.base_field.max_length)


class JSONField(_Kept, models.JSONField):
    """Texts at any depth; keys included."""

    plain = "django.db.models.JSONField"

    def check_kept(self, value: Any, name: str) -> None:
        if isinstance(value, dict):
            for key, one in value.items():
                self.check_kept(key, name)
                self.check_kept(one, name)
        elif isinstance(value, list | tuple):
            for one in value:
                self.check_kept(one, name)
        else:
            check_text(name, value)
