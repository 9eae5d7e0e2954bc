"""Whose NHS number is asked for, and what did the national matcher answer? CSV out, CSV back.

Reads and writes the tables that local authorities exchange with the Department for Education's matcher
(DFE-Digital/SUI_Matcher, MIT): a row for each child with the columns that it needs, either plain or among the
`Column1` … `Column21` of the NHS Demographics Batch Service, and back again with `SUI_…` columns added. States
are named as the matcher names them (`MatchStatus`, `ReconciliationStatus`); `tests/data/formats/sui` holds its
own example files with their origin.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from jigsaw.formats import dates
from jigsaw.formats.opening import Source, opened, sniff
from jigsaw.formats.records import Findings, Problem, Sex, Unreadable
from jigsaw.formats.streamed import csv_rows
from jigsaw.formats.text import clean, nhs_number, postcode, storable

State = Literal["match", "potential_match", "low_confidence_match", "many_match", "no_match", "error"]
Standing = Literal["", "same", "superseded", "invalid", "not_found", "differs"]
Shape = Literal["plain", "dbs"]

MATCH_FROM = 0.95
"""Score from which (inclusive) the matcher calls one answer a Match."""
POTENTIAL_FROM = 0.85
"""Score from which (inclusive) it calls it a PotentialMatch; below it is a LowConfidenceMatch."""

STATES: dict[str, State] = {
    "match": "match",
    "potentialmatch": "potential_match",
    "lowconfidencematch": "low_confidence_match",
    "manymatch": "many_match",
    "nomatch": "no_match",
    "error": "error",
    "-": "error",  # the matcher writes this when it got no answer itself
}
_RECONCILED: dict[str, Standing] = {
    "nodifferences": "",
    "differences": "",
    "localnhsnumberissuperseded": "superseded",
    "localnhsnumberisnotvalid": "invalid",
    "localnhsnumberisnotfoundinnhs": "not_found",
    "localdemographicsdidnotmatchtoannhsnumber": "",
}
_NOT_MATCHED = "localdemographicsdidnotmatchtoannhsnumber"

# Our field = the names that files give its column, as `_plain` has them; the first one there is used.
_COLUMNS: dict[str, tuple[str, ...]] = {
    "reference": ("sourceid", "llid"),
    "given": ("givenname", "forename", "given"),
    "family": ("surname", "familyname", "family"),
    "born": ("dob", "dateofbirth", "birthdate"),
    "sex": ("gender", "sex"),
    "postcode": ("postcode", "addresspostalcode"),
    "email": ("email",),
    "nhs_number": ("nhsnumber", "nhsno"),
    "status": ("suistatus",),
    "score": ("suimatchscore", "suiscore"),
    "match_status": ("suimatchstatus",),
    "answer": ("suimatchnhsnumber", "suinhsno"),
    "search": ("suisearchid",),
    "type": ("type",),
}
ACTIVE = ("ActiveCIN", "ActiveCLA", "ActiveCP", "ActiveReferral", "ActiveEHM")
_SEXES: dict[str, Sex] = {
    **dict.fromkeys(("m", "male", "1"), "M"),
    **dict.fromkeys(("f", "female", "2"), "F"),
    **dict.fromkeys(("u", "unknown", "other", "0", "9", "i", "n"), "U"),
    "": "",
}
_NOTHING = frozenset({"", "-"})
_UNSAFE = ("=", "+", "-", "@", "\t", "\r", "\n")

PLAIN_HEADER = ("SourceID", "GivenName", "Surname", "DOB", "Gender", "PostCode", "NHSNumber")
DBS_HEADER = (
    *("Column1", "SourceID", "DOB", "Column2", "Column3", "Column4", "Surname", "Column5", "Forename"),
    *("Column6", "Gender", "Column7", "Column8", "Column9", "Column10", "Column11", "PostCode"),
    *(f"Column{number}" for number in range(12, 22)),
    *ACTIVE,
    *("Ethnicity", "ImmigrationStatus", "NHSNumber"),
)
_GENDERS = {"M": "Male", "F": "Female"}


@dataclass(frozen=True, slots=True)
class TraceAnswer:
    """What the matcher says of one row.

    `score` is 0 to 1, None where none is given. `number` is a well-formed NHS number or ''. `standing` is what
    it says of the number that was sent: '' nothing, same, superseded, invalid, not_found, or differs from the
    one that it found.
    """

    state: State
    number: str = ""
    score: float | None = None
    standing: Standing = ""
    search: str = ""

    @property
    def certain(self) -> bool:
        """One answer, at the matcher's own bar for a Match; a Match whose score denies it is not."""
        return (
            self.state == "match" and self.number != "" and (self.score is None or self.score >= MATCH_FROM)
        )


@dataclass(frozen=True, slots=True)
class TraceRow:
    """One row: who is asked for and, once answered, `answer`. `number` is the row of the sheet (header = 1).

    `active` are those of ACTIVE that the row says are so. `raw` keeps every cell as it came.
    """

    number: int
    reference: str = ""
    given: str = ""
    family: str = ""
    born: date | None = None
    sex: Sex = ""
    postcode: str = ""
    email: str = ""
    nhs_number: str = ""
    active: tuple[str, ...] = ()
    answer: TraceAnswer | None = None
    raw: dict[str, object] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    @property
    def usable(self) -> bool:
        """False: the row must not be acted on, and its error-severity problems say why."""
        return all(problem.severity != "error" for problem in self.problems)

    @property
    def needs_details(self) -> tuple[str, ...]:
        """What the matcher demands and the row lacks: of given, family and born. Empty: it can be asked."""
        told = (("given", self.given), ("family", self.family), ("born", self.born))
        return tuple(name for name, value in told if not value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One row to write. `reference` comes back with the answer; everything else may be empty."""

    reference: str
    given: str = ""
    family: str = ""
    born: date | None = None
    sex: str = ""
    postcode: str = ""
    nhs_number: str = ""


# --- reading ----------------------------------------------------------------------------------------------


def read(source: Source, *, answered: bool = False) -> Iterator[TraceRow | Problem]:
    """One TraceRow for each row that is not blank; a bare Problem concerns the file as a whole.

    With `answered`, the file must be one that came back: a reference and a state on each row. Memory does not
    grow with the file. Raises Unreadable if it has no header of this kind, no row, or (at its end) a quotation
    mark that is never closed: so keep nothing until the iterator is exhausted.
    """
    with opened(source) as stream:
        if sniff(stream) == "empty":
            raise Unreadable("The file is empty. Choose the CSV file that came back from the matcher.")
        sheet = csv_rows(stream)
        if sheet.guessed_encoding:
            yield _encoding_guessed(sheet.guessed_encoding)
        filled = ((number, cells) for number, cells in sheet.rows if any(clean(cell) for cell in cells))
        _number, header = next(filled, (0, []))
        places = _places(header)
        _check_header(header, places, answered)
        yield from _repeated(header)
        yield from _rows(filled, header, places, answered)


def _encoding_guessed(encoding: str) -> Problem:
    words = (
        f"The file does not say how its text is encoded; it was read as {encoding}. "
        "Check names with accents, or save the file as “CSV UTF-8”."
    )
    return Problem(0, "", "encoding_guessed", words, "warning")


def _plain(header: str) -> str:
    return re.sub(r"[^a-z0-9]", "", clean(header).lower())


def _places(header: Sequence[str]) -> dict[str, int]:
    """Which of our fields stands in which column; fields that the file lacks are left out."""
    there = {_plain(name): place for place, name in reversed(list(enumerate(header)))}
    found = {name: [there[known] for known in names if known in there] for name, names in _COLUMNS.items()}
    return {name: places[0] for name, places in found.items() if places}


def _check_header(header: Sequence[str], places: dict[str, int], answered: bool) -> None:
    if answered:
        if "reference" not in places:
            raise Unreadable(
                "There is no column SourceID, so nobody can tell which child an answer is about. Choose the "
                "file that came back, and leave the column SourceID in it."
            )
        if not ({"status", "match_status"} & set(places) or _successes(places)):
            raise Unreadable(
                "There is no column SUI_Status, so this is not an answer. Choose the file that came back from "
                "the matcher, not the one that was sent."
            )
        return
    missing = [words for name, words in _NEEDED.items() if name not in places]
    if missing and not _successes(places):
        raise Unreadable(
            f"The first row must name the columns. Missing: {', '.join(missing)}. "
            f"It begins: {', '.join(clean(name) or 'a column without a name' for name in header[:5])[:120]}."
        )


_NEEDED = {"given": "GivenName (or Forename)", "family": "Surname", "born": "DOB"}


def _successes(places: dict[str, int]) -> bool:
    """The matcher's file of certain matches alone: reference, type and number."""
    return {"reference", "type", "nhs_number"} <= set(places)


def _repeated(header: Sequence[str]) -> Iterator[Problem]:
    names = [clean(name) for name in header]
    for name in sorted({name for name in names if name and names.count(name) > 1}):
        words = f"The column {name} is there more than once; the first is used. Remove the others."
        yield Problem(0, storable(name), "repeated_column", words, "warning")


def _rows(
    filled: Iterator[tuple[int, list[str]]], header: list[str], places: dict[str, int], answered: bool
) -> Iterator[TraceRow]:
    number = 0
    for number, cells in filled:
        yield _Line(number, header, cells, places).row(answered)
    if not number:
        raise Unreadable("The file has a header and no row. Choose one with at least one child.")


class _Line:
    """One row by column, and what is wrong with it."""

    def __init__(self, number: int, header: list[str], cells: list[str], places: dict[str, int]) -> None:
        self.findings = Findings(number)
        self._cells, self._places, self._header = cells, places, header
        if any(clean(cell) for cell in cells[len(header) :]):
            words = "has more cells than there are columns. Check for a comma inside a value."
            self.findings.refuse("", "extra_cells", words)

    def row(self, answered: bool) -> TraceRow:
        sent = self._number("nhs_number", "NHSNumber", refuse=False)
        answer = self._answer(sent) if answered or {"status", "match_status"} & set(self._places) else None
        reference = self.text("reference")
        if answered and not reference:
            words = "has no SourceID, so nobody can tell which child it is about."
            self.findings.refuse("SourceID", "missing", words)
        return TraceRow(
            number=self.findings.record,
            reference=reference,
            given=self.text("given"),
            family=self.text("family"),
            born=self._born(),
            sex=self._sex(),
            postcode=self._postcode(),
            email=self.text("email"),
            nhs_number=sent,
            active=self._active(),
            answer=answer,
            raw=self._raw(),
            problems=self.findings.all(),
        )

    def text(self, name: str) -> str:
        """The cell of one of our fields, without the apostrophe that keeps a spreadsheet from computing it."""
        place = self._places.get(name, len(self._cells))
        return clean(unguarded(storable(self._cells[place]))) if place < len(self._cells) else ""

    def _raw(self) -> dict[str, object]:
        names = [storable(clean(name)) or f"column {place + 1}" for place, name in enumerate(self._header)]
        names += [f"column {place + 1}" for place in range(len(names), len(self._cells))]
        raw: dict[str, object] = {}
        for name, cell in zip(names, self._cells, strict=False):
            raw.setdefault(name, storable(cell))
        return raw

    def _born(self) -> date | None:
        told = self.text("born")
        if not told:
            return None
        day = None if dates.has_two_digit_year(told) else dates.parse(told)
        if day is None:
            words = "is not a date. Write it as 25/04/2015, 20150425 or 2015-04-25."
            self.findings.warn("DOB", "not_a_date", words)
        return day

    def _sex(self) -> Sex:
        told = self.text("sex").lower()
        if told not in _SEXES:
            self.findings.warn("Gender", "unknown_code", "should be Male, Female, M, F, 1 or 2")
        return _SEXES.get(told, "")

    def _postcode(self) -> str:
        """In its usual writing; one that is none is kept as it came, with a word."""
        told = self.text("postcode")
        full = postcode(told)
        if told and full is None:
            self.findings.warn("PostCode", "not_a_postcode", "should be a postcode, like ST1 4QZ")
        return full or told

    def _number(self, name: str, column: str, *, refuse: bool) -> str:
        told = self.text(name)
        if told in _NOTHING:
            return ""
        number = nhs_number(told)
        if number is None:
            say = self.findings.refuse if refuse else self.findings.warn
            say(column, "nhs_number", "is not an NHS number: the last of its ten digits does not fit.")
        return number or ""

    def _active(self) -> tuple[str, ...]:
        plain = {_plain(name): place for place, name in reversed(list(enumerate(self._header)))}
        found = []
        for name in ACTIVE:
            place = plain.get(name.lower(), len(self._cells))
            told = clean(self._cells[place]).lower() if place < len(self._cells) else ""
            if told in ("1", "y", "yes", "true"):
                found.append(name)
        return tuple(found)

    # --- what the matcher says

    def _answer(self, sent: str) -> TraceAnswer | None:
        if not {"status", "match_status"} & set(self._places):
            return self._success()
        score = self._score()
        number = self._number("answer", "SUI_NHSNo", refuse=True)
        told = _plain(self.text("status")) or self.text("status")
        state = self._state(told, score, number)
        if state is None:
            return None
        if state == "match" and not number and self.findings.all() == ():
            self.findings.refuse("SUI_NHSNo", "missing", "says Match and gives no number.")
        if state == "match" and score is not None and score < MATCH_FROM:
            words = f"says Match, and its score of {score:g} is less than {MATCH_FROM:g}: a person decides."
            self.findings.warn("SUI_Score", "score_denies", words)
        standing = _RECONCILED.get(told, "") or _compared(sent, number)
        return TraceAnswer(state, number, score, standing, self._search())

    def _search(self) -> str:
        told = self.text("search")
        return "" if told in _NOTHING else told

    def _success(self) -> TraceAnswer | None:
        number = self._number("nhs_number", "NhsNumber", refuse=True)
        if not number:
            self.findings.refuse("NhsNumber", "missing", "gives no number.")
            return None
        return TraceAnswer("match", number)

    def _state(self, told: str, score: float | None, number: str) -> State | None:
        """By the state of the match where there is one; else by what reconciling says."""
        matched = _plain(self.text("match_status")) or self.text("match_status")
        told = matched or told
        if told in STATES:
            return STATES[told]
        if told == _NOT_MATCHED:
            return "no_match"
        if told in _RECONCILED:
            return _by_score(score, number)
        words = f"is not a state that is known. Use one of: {', '.join(_STATE_NAMES)}."
        self.findings.refuse("SUI_Status", "unknown_state" if told else "missing", words)
        return None

    def _score(self) -> float | None:
        told = self.text("score")
        if told in _NOTHING:
            return None
        try:
            score = float(told)
        except ValueError:
            score = -1.0
        if not 0 <= score <= 1:
            self.findings.refuse("SUI_Score", "not_a_score", "is not a number from 0 to 1")
            return None
        return score


_STATE_NAMES = ("Match", "PotentialMatch", "LowConfidenceMatch", "ManyMatch", "NoMatch", "Error")


def _by_score(score: float | None, number: str) -> State:
    if not number:
        return "no_match"
    if score is None or score < POTENTIAL_FROM:
        return "low_confidence_match"
    return "match" if score >= MATCH_FROM else "potential_match"


def _compared(sent: str, number: str) -> Standing:
    if not sent or not number:
        return ""
    return "same" if sent == number else "differs"


# --- writing ----------------------------------------------------------------------------------------------


def write(questions: Iterable[Question], *, shape: Shape = "plain") -> Iterator[str]:
    """The file to send, line by line: UTF-8 text, CRLF after each (RFC 4180), the header first.

    `plain` has the columns that the matcher reads and dates as 2015-04-25; `dbs` all the columns of the batch
    service, those that are not needed empty, and dates as 20150425. A cell that a spreadsheet would take for a
    formula has an apostrophe before it, which `read` takes off again.
    """
    header = PLAIN_HEADER if shape == "plain" else DBS_HEADER
    yield _line(header)
    for question in questions:
        told = _told(question, shape)
        yield _line([guarded(told.get(name, "")) for name in header])


def _told(question: Question, shape: Shape) -> dict[str, str]:
    born = question.born
    return {
        "SourceID": question.reference,
        "GivenName": question.given,
        "Forename": question.given,
        "Surname": question.family,
        "DOB": f"{born:%Y-%m-%d}" if born and shape == "plain" else f"{born:%Y%m%d}" if born else "",
        "Gender": _GENDERS.get(question.sex, ""),
        "PostCode": question.postcode,
        "NHSNumber": question.nhs_number,
    }


def _line(cells: Iterable[str]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue()


def guarded(cell: str) -> str:
    """The cell as a spreadsheet will show it and never compute it (OWASP: CSV injection)."""
    return f"'{cell}" if cell.lstrip(" ").startswith(_UNSAFE) else cell


def unguarded(cell: str) -> str:
    """Undoes `guarded`; an apostrophe that begins a name, as in ’t Hooft, stays."""
    return cell[1:] if cell.startswith("'") and cell[1:].lstrip(" ").startswith(_UNSAFE) else cell
