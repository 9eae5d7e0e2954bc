"""Which column of a labelled file holds which part of a record?

The same TOML as for importing a table (`jigsaw import table`), with a few additions that are only needed here:

    [source]
    date_formats = ["%Y%m%d"]       # leave out to read any day-first or ISO date
    encoding = "cp1252"             # leave out to find out; likewise delimiter
    postcode_system = "other"       # codes that are not British: 2902 is then read as "29 02", so that codes
                                    # with a common beginning count as neighbours; leave out for British ones

    [columns]                       # our field = their column, or several of theirs, joined in that order
    local_id = "rec_id"             # what the truth file calls a record; without it, rows are numbered from 1
    given_name = "given_name"
    family_name = "surname"
    birth_date = "date_of_birth"
    address = ["street_number", "address_1"]
    source = "agency"               # who wrote the record: figures are given for each; likewise name_group, ethnicity

    [right.columns]                 # where the second file names a column otherwise
    family_name = "last_name"

    [values.sex]                    # their value = our code
    "2" = "F"

    [truth]                         # columns of the file of pairs; without it, its first two columns
    left = "id_1"
    right = "id_2"
    label = "is_match"              # leave out when every pair listed is one person

Fields of an import that say nothing about who somebody is (service, worker …) are accepted and left aside.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

PostcodeSystem = Literal["uk", "other"]

BREAKDOWNS = ("source", "name_group", "ethnicity")
NAME_FIELDS = (
    "given_name", "middle_name", "preferred_name", "full_name", "family_name", "former_family_name",
    "preferred_family_name",
)  # fmt: skip
ADDRESS_LINES = tuple(f"address_{number}" for number in range(1, 6))
COMPARED_FIELDS = (
    *NAME_FIELDS, "birth_date", "birth_accuracy", "age", "expected_date", "sex", "address", *ADDRESS_LINES,
    "town", "postcode", "uprn", "nhs_number", "upn", "former_upn", "uln", "phone", "email", "mother_nhs_number",
    "parent_1_phone", "parent_1_email", "parent_2_phone", "parent_2_email",
)  # fmt: skip
"""Fields that the matcher may compare."""
_ONLY_FOR_IMPORTS = (
    "disabilities", "died_on", "from_date", "until_date", "service", "worker", "worker_phone",
    "worker_email", "school_urn", "detail", "parent_1_name", "parent_1_relationship", "parent_2_name",
    "parent_2_relationship",
)  # fmt: skip
FIELDS = frozenset((*COMPARED_FIELDS, *BREAKDOWNS, *_ONLY_FOR_IMPORTS, "local_id"))

_SECTIONS = frozenset({"source", "columns", "constants", "values", "truth", "right", "left"})
_SOURCE_KEYS = frozenset(
    {"kind", "encoding", "delimiter", "date_formats", "postcode_system", "sheet", "header_row"}
)
_TRUTH_KEYS = frozenset({"left", "right", "label"})

# Headings as letters and digits in lower case; for each field the surest first.
_HEADINGS: dict[str, str] = {
    "local_id": "recid recordid uniqueid localid personrecordid rowid id",
    "given_name": "givenname givennames given firstname forename forenames firstnames fname forename1 givenname1 legalforename",
    "middle_name": "middlename middlenames secondname",
    "preferred_name": "preferredname knownas alias",
    "full_name": "fullname name",
    "family_name": "familyname family surname lastname lname legalsurname",
    "former_family_name": "formerfamilyname formersurname maidenname previoussurname previousfamilyname previouslastname",
    "birth_date": "dateofbirth dob birthdate born birthday",
    "birth_accuracy": "bornaccuracy birthaccuracy",
    "expected_date": "expectedon expecteddate edd expecteddateofdelivery",
    "sex": "sex gender",
    "address": "address fulladdress streetaddress",
    "town": "town city suburb locality posttown",
    "postcode": "postcode postalcode pcode zip zipcode postcodefake",
    "uprn": "uprn",
    "nhs_number": "nhsnumber nhsno nhs",
    "upn": "upn uniquepupilnumber",
    "phone": "phone telephone phonenumber telephonenumber mobile mobilenumber mobilephone tel",
    "email": "email emailaddress",
    "mother_nhs_number": "mothernhs mothernhsnumber",
    "source": "source agency sourcedataset dataset organisation",
    "name_group": "namegroup",
    "ethnicity": "ethnicity ethnicgroup",
}
_JOINED_HEADINGS: dict[str, tuple[tuple[str, ...], ...]] = {
    "address": (
        ("streetnumber", "address1"),
        ("housenumber", "street"),
        ("streetnumber", "street"),
        ("houseno", "street"),
        ("housenumber", "streetname"),
        ("streetnumber", "streetname"),
        ("addressline1", "addressline2"),
        ("addressline1",),
        ("address1", "address2"),
        ("address1",),
        ("street",),
    ),
}
_NOT_BRITISH = frozenset({"zip", "zipcode", "postalcode"})


class EvaluationError(ValueError):
    """Labelled data or a mapping cannot be used; the message says what to correct."""


@dataclass(frozen=True, slots=True)
class FileMapping:
    """`columns`: our field to their columns, joined by a space. `values`: our field to (their value to our code)."""

    columns: Mapping[str, tuple[str, ...]]
    right_columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    date_formats: tuple[str, ...] = ()
    encoding: str = ""
    delimiter: str = ""
    postcode_system: PostcodeSystem = "uk"
    truth: Mapping[str, str] = field(default_factory=dict)

    def for_right(self) -> FileMapping:
        """The mapping of the second file."""
        return replace(self, columns={**self.columns, **self.right_columns})

    @classmethod
    def load(cls, path: Path) -> FileMapping:
        """Read a mapping file. Raises EvaluationError, saying which line or key to correct."""
        try:
            return cls.parse(path.read_text("utf-8-sig"))
        except OSError as error:
            why = error.strerror
            raise EvaluationError(f"The mapping file cannot be opened ({why}). Check its name.") from error
        except UnicodeDecodeError as error:
            raise EvaluationError("The mapping file is not UTF-8 text. Save it again as UTF-8.") from error

    @classmethod
    def parse(cls, text: str) -> FileMapping:
        """Read a mapping from TOML. Raises EvaluationError, saying which line or key to correct."""
        try:
            told = tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise EvaluationError(f"The mapping is not valid TOML: {error}. Correct it there.") from error
        _refuse_unknown(told, _SECTIONS, "section")
        source = _section(told, "source")
        _refuse_unknown(source, _SOURCE_KEYS, "key in [source]")
        columns = {
            **_columns(_section(told, "columns")),
            **_columns(_section(_section(told, "left"), "columns")),
        }
        if not columns:
            raise EvaluationError(
                "The mapping names no column. Add a [columns] section: our field = their column."
            )
        return cls(
            columns=columns,
            right_columns=_columns(_section(_section(told, "right"), "columns")),
            values={
                name: _texts(_section(_section(told, "values"), name), name)
                for name in _section(told, "values")
            },
            constants=_texts(_section(told, "constants"), "constants"),
            date_formats=_date_formats(source),
            encoding=str(source.get("encoding", "")),
            delimiter=str(source.get("delimiter", "")),
            postcode_system=_postcode_system(source),
            truth=_truth(told),
        )

    def to_toml(self) -> str:
        """The mapping as text that `parse` reads back."""
        import tomli_w

        source: dict[str, Any] = {}
        if self.date_formats:
            source["date_formats"] = list(self.date_formats)
        if self.postcode_system != "uk":
            source["postcode_system"] = self.postcode_system
        columns = {
            name: theirs[0] if len(theirs) == 1 else list(theirs) for name, theirs in self.columns.items()
        }
        return tomli_w.dumps({"source": source, "columns": columns} if source else {"columns": columns})


def suggest(headings: Iterable[str], known: Mapping[str, tuple[str, ...]] | None = None) -> FileMapping:
    """The mapping that the headings of a file suggest, beside the columns already known.

    Raises EvaluationError when there is no name among them all.
    """
    given = known or {}
    there = {_plain(heading): heading for heading in headings}
    columns: dict[str, tuple[str, ...]] = {}
    for name, words in _HEADINGS.items():
        if found := next((there[word] for word in words.split() if word in there), None):
            columns[name] = (found,)
    for name, options in _JOINED_HEADINGS.items():
        fits = next((o for o in options if all(word in there for word in o)), None)
        if fits and name not in columns:
            columns[name] = tuple(there[word] for word in fits)
    columns |= given
    if not {"given_name", "family_name", "full_name"} & columns.keys():
        raise EvaluationError(
            "No heading looks like a name. Write a mapping that says which column is which."
        )
    return FileMapping(columns, postcode_system="other" if _NOT_BRITISH & there.keys() else "uk")


def _plain(heading: str) -> str:
    return "".join(c for c in heading.casefold() if c.isalnum())


def _columns(told: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    columns = {}
    for name, theirs in told.items():
        if name not in FIELDS:
            raise EvaluationError(
                f"The mapping has a field “{name}” that Jigsaw does not know. Use one of: {', '.join(sorted(FIELDS))}."
            )
        listed = [theirs] if isinstance(theirs, str) else theirs
        if not isinstance(listed, list) or not listed or not all(isinstance(each, str) for each in listed):
            raise EvaluationError(
                f"The column for {name} must be a heading in quotes, or a list of headings."
            )
        columns[name] = tuple(listed)
    return columns


def _section(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    section = told.get(name, {})
    if not isinstance(section, dict):
        raise EvaluationError(f"“{name}” in the mapping must be a section: [{name}].")
    return section


def _texts(told: Mapping[str, Any], name: str) -> dict[str, str]:
    if wrong := [key for key, value in told.items() if not isinstance(value, str)]:
        raise EvaluationError(f"In [{name}] of the mapping, “{wrong[0]}” must be text in quotes.")
    return dict(told)


def _date_formats(source: Mapping[str, Any]) -> tuple[str, ...]:
    formats = source.get("date_formats", [])
    if not isinstance(formats, list) or not all(isinstance(each, str) for each in formats):
        raise EvaluationError('date_formats must be a list of texts, such as ["%Y%m%d"].')
    for each in formats:
        try:
            datetime.strptime(datetime(2012, 12, 3).strftime(each), each)  # noqa: DTZ001, DTZ007 (a day, not a moment)
        except ValueError as error:
            raise EvaluationError(f"“{each}” is not a date format. Write one such as “%d/%m/%Y”.") from error
    return tuple(formats)


def _postcode_system(source: Mapping[str, Any]) -> PostcodeSystem:
    system = source.get("postcode_system", "uk")
    if system not in ("uk", "other"):
        raise EvaluationError('postcode_system is "uk", or "other" for codes that are not British.')
    return "uk" if system == "uk" else "other"


def _truth(told: Mapping[str, Any]) -> dict[str, str]:
    truth = _texts(_section(told, "truth"), "truth")
    _refuse_unknown(truth, _TRUTH_KEYS, "key in [truth]")
    return truth


def _refuse_unknown(told: Mapping[str, Any], known: frozenset[str], what: str) -> None:
    if unknown := sorted(set(told) - known):
        raise EvaluationError(
            f"The mapping has an unknown {what}, “{unknown[0]}”. Use: {', '.join(sorted(known))}."
        )
