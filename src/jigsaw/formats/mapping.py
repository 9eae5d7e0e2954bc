"""Which column of an agency's own table holds which of our fields?

A mapping is a small TOML file that an agency saves once and uses at every import:

    [source]
    kind = "table"
    date_formats = ["%d/%m/%Y"]     # leave out to read any day-first or ISO date
    encoding = "cp1252"             # leave out to find out; likewise delimiter, sheet, header_row

    [columns]                       # our field = their column
    family_name = "Last Name"

    [constants]                     # our field = the same value for every row
    service = "Housing"

    [values.sex]                    # their value = our code
    "Girl" = "F"
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tomli_w

from jigsaw.formats.records import Unreadable

NAME_FIELDS = (
    "family_name",
    "given_name",
    "full_name",
    "preferred_name",
    "preferred_family_name",
    "former_family_name",
)
IDENTIFIER_FIELDS = ("local_id", "nhs_number", "upn", "former_upn", "uln")
DATE_FIELDS = ("birth_date", "expected_date", "died_on", "from_date", "until_date")
ADDRESS_LINE_FIELDS = tuple(f"address_{number}" for number in range(1, 6))
ADDRESS_FIELDS = ("address", *ADDRESS_LINE_FIELDS, "town", "postcode", "uprn")
INVOLVEMENT_FIELDS = ("service", "worker", "worker_phone", "worker_email", "school_urn", "detail")
PARENT_FIELDS = tuple(
    f"parent_{number}_{part}" for number in (1, 2) for part in ("name", "relationship", "phone", "email")
)
FIELDS = (
    *IDENTIFIER_FIELDS,
    *NAME_FIELDS,
    *DATE_FIELDS,
    "sex",
    "ethnicity",
    "disabilities",
    *ADDRESS_FIELDS,
    "phone",
    "email",
    *INVOLVEMENT_FIELDS,
    *PARENT_FIELDS,
)
_SECTIONS = frozenset({"source", "columns", "constants", "values"})
_SOURCE_TEXTS = ("kind", "encoding", "delimiter", "sheet")
_SOURCE_KEYS = frozenset({*_SOURCE_TEXTS, "date_formats", "header_row"})


@dataclass(frozen=True, slots=True)
class Mapping:
    """`columns`: field to column header. `values`: field to (their value to our code). `header_row` is from
    1.

    An empty `date_formats`, `encoding`, `delimiter` or `sheet` means: find out (the first sheet).
    """

    columns: dict[str, str]
    constants: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    date_formats: tuple[str, ...] = ()
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    header_row: int = 1
    kind: str = "table"

    @classmethod
    def load(cls, path: Path | str) -> Mapping:
        """Raises Unreadable, saying which line or key to correct, if the file is not a mapping."""
        try:
            text = Path(path).read_text("utf-8-sig")
        except OSError as error:
            why = error.strerror
            raise Unreadable(f"The mapping file cannot be opened ({why}). Check its name.") from error
        except ValueError as error:
            raise Unreadable("The mapping file is not UTF-8 text. Save it again as UTF-8.") from error
        return cls.parse(text)

    @classmethod
    def parse(cls, text: str) -> Mapping:
        try:
            told = tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise Unreadable(f"The mapping file is not valid TOML: {error}. Correct it there.") from error
        _refuse_unknown(told, _SECTIONS, "section")
        source = _table(told, "source")
        _refuse_unknown(source, _SOURCE_KEYS, "key in [source]")
        columns = _texts(told, "columns")
        if not columns:
            raise Unreadable(
                "The mapping names no column. Add a [columns] section: our field = their column."
            )
        texts = _texts({"source": {key: source[key] for key in _SOURCE_TEXTS if key in source}}, "source")
        return cls(
            columns=_known_fields(columns, "columns"),
            constants=_known_fields(_texts(told, "constants"), "constants"),
            values={name: _texts(_table(told, "values"), name) for name in _values_fields(told)},
            date_formats=_date_formats(source),
            header_row=_header_row(source),
            **texts,
        )

    def to_toml(self) -> str:
        source: dict[str, Any] = {"kind": self.kind}
        for key, value in (
            ("date_formats", list(self.date_formats)),
            ("encoding", self.encoding),
            ("delimiter", self.delimiter),
            ("sheet", self.sheet),
            ("header_row", self.header_row if self.header_row != 1 else None),
        ):
            if value:
                source[key] = value
        told: dict[str, Any] = {"source": source, "columns": dict(self.columns)}
        if self.constants:
            told["constants"] = dict(self.constants)
        if self.values:
            told["values"] = {name: dict(codes) for name, codes in self.values.items()}
        return tomli_w.dumps(told)


def _table(told: dict[str, Any], name: str) -> dict[str, Any]:
    found = told.get(name, {})
    if not isinstance(found, dict):
        raise Unreadable(f"“{name}” in the mapping must be a section, [{name}]. Correct it there.")
    return found


def _texts(told: dict[str, Any], name: str) -> dict[str, str]:
    found = _table(told, name)
    for key, value in found.items():
        if not isinstance(value, str):
            raise Unreadable(f"“{key}” in [{name}] of the mapping must be text in quotation marks.")
    return found


def _known_fields(told: dict[str, str], section: str) -> dict[str, str]:
    _refuse_unknown(told, frozenset(FIELDS), f"field in [{section}]")
    return told


def _values_fields(told: dict[str, Any]) -> list[str]:
    values = _table(told, "values")
    _refuse_unknown(values, frozenset(FIELDS), "field in [values]")
    return list(values)


def _refuse_unknown(told: dict[str, Any], known: frozenset[str], what: str) -> None:
    unknown = sorted(set(told) - known)
    if unknown:
        raise Unreadable(
            f"The mapping has “{unknown[0]}”, which is no {what}. Use one of: {', '.join(sorted(known))}."
        )


def _date_formats(source: dict[str, Any]) -> tuple[str, ...]:
    found = source.get("date_formats", [])
    if not isinstance(found, list) or not all(isinstance(one, str) and "%" in one for one in found):
        raise Unreadable(
            '“date_formats” in the mapping must be a list such as ["%d/%m/%Y"]. Correct it there.'
        )
    return tuple(found)


def _header_row(source: dict[str, Any]) -> int:
    found = source.get("header_row", 1)
    if not isinstance(found, int) or isinstance(found, bool) or found < 1:
        raise Unreadable("“header_row” in the mapping must be a whole number from 1. Correct it there.")
    return found
