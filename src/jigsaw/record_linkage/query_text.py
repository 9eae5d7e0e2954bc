"""Whom does a practitioner mean who types what they know, in any order, into one box?

>>> from datetime import date
>>> found = parse("walsh kate 3/12/12 sh1 2ab", today=date(2026, 11, 22))
>>> found.born, found.postcodes
(datetime.date(2012, 12, 3), ('SH1 2AB',))
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from jigsaw.record_linkage import standardise
from jigsaw.record_linkage.records import ACCURATE, Record

READ_UP_TO = 300
"""Characters of a text that are read; nobody is described in more, and reading more would only take longer."""
NAMES_UP_TO = 8
"""Words that are read as names; what follows is left out."""

_EMAIL = re.compile(r"[^\s@,;]+@[^\s@,;]+\.[^\s@,;]+")
_UPN = re.compile(r"\b[A-HJ-NP-RT-Z] ?[0-9]{3} ?[0-9]{4} ?[0-9]{4}[0-9A-Z]\b", re.IGNORECASE)
_PHONE = re.compile(r"(?<![\d+])(?:\+44 ?(?:\(0\) ?)?|0)(?:\d[ -]?){8,9}\d(?!\d)")
_NHS = re.compile(r"(?<!\d)\d{3}[ -]?\d{3}[ -]?\d{4}(?!\d)")
_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*"
_DATES = re.compile(
    rf"\b\d{{4}}-\d{{1,2}}-\d{{1,2}}\b|\b\d{{1,2}}[/.\-]\d{{1,2}}[/.\-](?:\d{{4}}|\d{{2}})\b"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)?(?: of)?[ \-]{_MONTH}[ ,\-]+(?:\d{{4}}|\d{{2}})\b"
    rf"|\b\d{{1,2}} \d{{1,2}} \d{{4}}\b|\b(?:19|20)\d{{2}}[01]\d[0-3]\d\b",
    re.IGNORECASE,
)
_MONTH_YEAR = re.compile(rf"\b({_MONTH})[ ,]+((?:19|20)\d{{2}})\b", re.IGNORECASE)
_YEAR = re.compile(r"(?:\bborn(?: in)? |\bb\.? ?|\b)((?:19|20)\d{2})\b", re.IGNORECASE)
_UNITS = r"years?|yrs?|months?|mths?|weeks?|wks?"
_ABOUT = r"(?:about|around|approx(?:imately)?\.?|roughly|nearly|almost|maybe|perhaps|probably|circa|ca?\.|~)"
_STREET_TYPES = (
    "street|st|road|rd|avenue|ave|lane|ln|close|drive|court|crescent|gardens|grove|place|square|terrace|way|walk"
    "|hill|row|green|park|rise|view|mews"
)
# Of a family name as often as of a street.
_ALSO_NAMES = frozenset(
    [
        "st",
        "street",
        "close",
        "court",
        "grove",
        "place",
        "way",
        "walk",
        "hill",
        "row",
        "green",
        "park",
        "rise",
        "lane",
        "square",
        "view",
    ]
)
_NOT_A_DOOR = rf"(?! [a-z'’]+(?: [a-z'’]+)? (?:{_STREET_TYPES})\b)"
_AGES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\baged?\b:? ?(?:{_ABOUT} ?)?(\d{{1,2}})(?: ?(?:-|–|to|or) ?\d{{1,2}})?(?:[ -]?({_UNITS})(?:[ -]?olds?)?)?\b",
        rf"\b(\d{{1,2}})(?: ?(?:-|–|to|or) ?\d{{1,2}})?[ -]?({_UNITS})(?:[ -]?olds?)?\b",
        r"\b(\d{1,2}) ?(y)/?o\b",
        rf"(?<!\w)(?!around){_ABOUT} ?(\d{{1,2}})(?: ?(?:-|–|to|or) ?\d{{1,2}})?\b()",
        rf"(?<!\w)(?:is|around) ?(?:{_ABOUT} ?)?(\d{{1,2}})\b(){_NOT_A_DOOR}",
    )
)
# A figure that stands alone between commas, or at the end, when all else has been read.
_BARE_AGE = re.compile(r"(?:^|(?<=[,|;§ ]))(\d{1,2})()(?= *(?:[,|;§]|$))")
_WHOLE_OR_OUTCODE = re.compile(
    r"\b([A-Z]{1,2}[0-9][A-Z0-9]?) ?([0-9][ABD-HJLNP-UW-Z]{2})\b|\b([A-Z]{1,2}[0-9][A-Z0-9]?)\b",
    re.IGNORECASE,
)
_ADDRESS = re.compile(rf"\b(?:flat \w+,? )?\d+[a-z]? [a-z'’ ]+?\b(?:{_STREET_TYPES})\b", re.IGNORECASE)
_STREET_AFTER = re.compile(
    rf"\b(?:at|of|from|in|on|near|off) (?P<it>(?:[a-z'’]+ ){{1,2}}(?:{_STREET_TYPES}))\b", re.IGNORECASE
)
_STREET_TYPE = re.compile(rf"(?:{_STREET_TYPES})", re.IGNORECASE)
# Stands where an address was.
_HERE_AN_ADDRESS = " § "
_GIRL = re.compile(r"\b(?:girl|female|woman)\b", re.IGNORECASE)
_BOY = re.compile(r"\b(?:boy|male|man)\b", re.IGNORECASE)
# Then the names are the mother's, and the family's alone may be the child's.
_OF_A_MOTHER = re.compile(r"\b(?:unborn|baby|bump|newborn)(?: (?:baby|child))? (?:of|to)\b", re.IGNORECASE)
_DUE = re.compile(r"\b(?:due|expected|edd|unborn|bump)\b", re.IGNORECASE)
_FILLERS = re.compile(
    r"\b(?:d\.?o\.?b\.?|date of birth|born|on|in|nhs|number|no|upn|postcode|post code|tel|telephone|phone"
    r"|mobile|mob|email|name|called|lives?|living|at|of|from|due|expected|edd|aged?|years?|old|the|and"
    r"|with|child|is|about|around|maybe|near)\b[.:#]*",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Text:
    """The text that is left to read, after each part that was understood has been taken out."""

    left: str
    today: date
    fields: dict[str, list[str]] = field(default_factory=dict)

    def take(self, pattern: re.Pattern[str], name: str, mark: str = " | ") -> None:
        """Move every match of the pattern into the field, or of its group called `it`."""
        whole = "it" if "it" in pattern.groupindex else 0
        self.fields.setdefault(name, []).extend(found[whole] for found in pattern.finditer(self.left))
        self.left = pattern.sub(mark, self.left)

    def take_first(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Take out and return the first match."""
        found = pattern.search(self.left)
        if found:
            self.left = self.left[: found.start()] + " | " + self.left[found.end() :]
        return found


@dataclass(frozen=True, kw_only=True)
class Read:
    """What was read in a text, in the letters in which it was typed.

    A single word stands in both names. `of_a_mother`: the names are hers, and the family name may be the child's.
    `born` with its accuracy as in `Record`; `expected_on` is when a baby is due.
    """

    given: str = ""
    family: str = ""
    of_a_mother: bool = False
    born: date | None = None
    born_accuracy: str = ACCURATE
    expected_on: date | None = None
    unborn: bool = False
    sex: str = ""
    nhs_numbers: tuple[str, ...] = ()
    upns: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    postcodes: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()


def parse(text: str, today: date) -> Record:
    """Read names, date of birth or age, postcode, NHS number, UPN, telephone, email, address or street.

    Dates are day before month. A date after `today` is a due date. "Walsh, Kate" has the family name first;
    otherwise the last word is taken as the family name and the comparison tries the other order as well. A
    single word may be either. Never raises: what cannot be read is left out, and so is what comes after the
    first `READ_UP_TO` characters or `NAMES_UP_TO` names (`reads_all` tells).
    """
    told = read(text, today)
    return Record.standardised(
        given="baby" if told.of_a_mother else told.given,
        family=told.family,
        born=told.born,
        born_accuracy=told.born_accuracy,
        expected_on=told.expected_on,
        sex=told.sex,
        names_unordered=True,
        nhs_numbers=told.nhs_numbers,
        upns=told.upns,
        phones=told.phones,
        emails=told.emails,
        postcodes=told.postcodes,
        addresses=told.addresses,
    )


def read(text: str, today: date) -> Read:
    """The same as typed, for a form that goes on with it; `parse` says how it is read."""
    reading = _Text(_head(text), today)
    unborn = bool(_DUE.search(reading.left))
    for pattern, name in ((_EMAIL, "emails"), (_UPN, "upns"), (_PHONE, "phones")):
        reading.take(pattern, name)
    dates = _dates(reading)
    reading.take(_NHS, "nhs_numbers")
    born, accuracy = _born(reading, dates, unborn)
    expected = next((d for d in dates if unborn or d > today), None)
    reading.take(_ADDRESS, "addresses", _HERE_AN_ADDRESS)
    _streets(reading)
    reading.take(_WHOLE_OR_OUTCODE, "postcodes")
    if born is None and (found := reading.take_first(_BARE_AGE)):
        born, accuracy = _born_at_age(found, today), "UUE"
    given, family = _names(reading.left)
    return Read(
        given=given,
        family=family,
        of_a_mother=bool(_OF_A_MOTHER.search(text[:READ_UP_TO])),
        born=born,
        born_accuracy=accuracy,
        expected_on=expected,
        unborn=unborn,
        sex=_sex(text[:READ_UP_TO]),
        **{name: tuple(values) for name, values in reading.fields.items()},
    )


def reads_all(text: str) -> bool:
    """Whether `parse` reads the text to its end."""
    return len(_one_line(text)) <= READ_UP_TO and len(_words(text)) <= 4 * NAMES_UP_TO


def says_something(record: Record) -> bool:
    """Whether there is anything in what was read by which somebody can be sought."""
    told = replace(record, sex="", names_unordered=False, born_accuracy=ACCURATE, placeholder=False)
    return told != Record()


def _one_line(text: str) -> str:
    return " ".join(text.replace("\n", " | ").split())


def _head(text: str) -> str:
    """The text on one line, up to the last whole word that is read."""
    # Cut before anything else is done to it, so that a book takes no longer than a line.
    line = _one_line(text[: 4 * READ_UP_TO])
    return line if len(line) <= READ_UP_TO else line[: READ_UP_TO + 1].rpartition(" ")[0] or line[:READ_UP_TO]


def _sex(text: str) -> str:
    girl, boy = _GIRL.search(text), _BOY.search(text)
    return "F" if girl and not boy else "M" if boy and not girl else ""


def _streets(reading: _Text) -> None:
    """Find streets without a number: "of Mill Lane", "Kate Walsh, Mill Lane", "Kate Walsh Mill Lane".

    "Kate Green" and "Walsh, Katie Lane" may be names as well: both readings are kept.
    """
    reading.take(_STREET_AFTER, "addresses", _HERE_AN_ADDRESS)
    segments = re.split(r"([,;|§])", reading.left)
    said = [_FILLERS.sub(" ", segment).split() for segment in segments]
    named = [sum(not any(c.isdigit() for c in word) for word in _words(" ".join(words))) for words in said]
    for place, words in enumerate(said):
        found = _street_among(words, sum(named) - named[place])
        if found is None:
            continue
        begin, end, certain = found
        reading.fields["addresses"].append(" ".join(words[begin:end]))
        if certain:
            segments[place] = " ".join(words[:begin]) + _HERE_AN_ADDRESS + " ".join(words[end:])
    reading.left = "".join(segments)


def _street_among(words: list[str], others: int) -> tuple[int, int, bool] | None:
    """Where a street begins and ends among the words, end exclusive, and whether it can be nothing else.

    `others` is how many words there are elsewhere that may be names.
    """
    for place, word in enumerate(words):
        kind = word.casefold().strip(".")
        if not place or not _STREET_TYPE.fullmatch(kind):
            continue
        certain = kind not in _ALSO_NAMES or place >= 3 or others >= 2
        if kind == "st" and not certain:  # a saint more often than a street
            certain = others > 0 and place == len(words) - 1
            if not certain:
                return None
        begin = place - 2 if certain and place >= 4 - (others > 0) * 2 else place - 1
        return max(begin, 0), place + 1, certain
    return None


def _dates(reading: _Text) -> list[date]:
    """Whole dates, taken out of the text; figures that are no date stay for other readings."""
    found: list[date] = []

    def read(match: re.Match[str]) -> str:
        value = standardise.read_date(_padded(match[0]), today=reading.today)
        if value is None:
            return match[0]
        found.append(value)
        return " | "

    reading.left = _DATES.sub(read, reading.left)
    return found


def _padded(text: str) -> str:
    """2012-3-3 as 2012-03-03."""
    parts = text.split("-")
    return "-".join(part.zfill(2) for part in parts) if len(parts) == 3 and len(parts[0]) == 4 else text


def _born(reading: _Text, dates: list[date], unborn: bool) -> tuple[date | None, str]:
    """Date of birth with its accuracy: whole, month, year, or estimated from an age."""
    past = [value for value in dates if value <= reading.today and not unborn]
    if past:
        return past[0], ACCURATE
    if found := reading.take_first(_MONTH_YEAR):
        month = standardise.month_number(found[1]) or standardise.month_number(found[1][:3])
        return date(int(found[2]), month or 1, 15), "UAA"
    for pattern in _AGES:
        if found := reading.take_first(pattern):
            return _born_at_age(found, reading.today), "UUE"
    if found := reading.take_first(_YEAR):
        return date(int(found[1]), 7, 1), "UUA"
    return None, ACCURATE


def _born_at_age(found: re.Match[str], today: date) -> date:
    """The middle of the span in which somebody of this age was born."""
    number = int(found[1])
    unit = (found[2] or "years").casefold()
    days = {"m": 30.44, "w": 7.0}.get(unit[0], 365.25)
    return today - timedelta(days=round((number + 0.5) * days))


def _names(left: str) -> tuple[str, str]:
    """Given and family names from the words that no other reading took."""
    text = _FILLERS.sub(" ", _without_town(left))
    before, comma, after = text.partition(",")
    if comma and _words(before) and _words(after):
        return " ".join(_words(after)[:NAMES_UP_TO]), " ".join(_words(before)[:NAMES_UP_TO])
    words = _words(text)[:NAMES_UP_TO]
    if len(words) < 2:
        return " ".join(words), " ".join(words)
    return _split_family(words)


def _without_town(left: str) -> str:
    """What comes after an address is a town, if names came before it."""
    before, mark, after = left.partition(_HERE_AN_ADDRESS.strip())
    return before if mark and len(_words(_FILLERS.sub(" ", before))) > 1 else f"{before} {after}"


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[\s,;|:.§]+", text) if any(c.isalpha() for c in word)]


def _split_family(words: list[str]) -> tuple[str, str]:
    """The last word with the particles before it is the family name: Anna van der Berg."""
    cut = len(words) - 1
    while cut > 1 and standardise.is_family_particle(words[cut - 1]):
        cut -= 1
    return " ".join(words[:cut]), " ".join(words[cut:])
