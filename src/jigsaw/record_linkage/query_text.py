"""Whom does a practitioner mean who types what they know, in any order, into one box?

>>> from datetime import date
>>> found = parse("walsh kate 3/12/12 sh1 2ab", today=date(2026, 11, 22))
>>> found.born, found.postcodes
(datetime.date(2012, 12, 3), ('SH1 2AB',))
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta

from jigsaw.record_linkage import standardise
from jigsaw.record_linkage.records import ACCURATE, Record

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
_AGE = re.compile(
    r"\b(?:aged?|is) ?:? ?(\d{1,2})(?: ?(months?|weeks?))?\b"
    r"|\b(\d{1,2})[ -]?(years?|yrs?|months?|mths?|weeks?|wks?)(?:[ -]?olds?)?\b|\b(\d{1,2}) ?y/?o\b",
    re.IGNORECASE,
)
_POSTCODE = re.compile(
    r"\b([A-Z]{1,2}[0-9][A-Z0-9]?) ?([0-9][ABD-HJLNP-UW-Z]{2})\b|\b([A-Z]{1,2}[0-9][A-Z0-9]?)\b",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"\b(?:flat \w+,? )?\d+[a-z]? [a-z'’ ]+?\b(?:street|st|road|rd|avenue|ave|lane|ln|close|drive|court"
    r"|crescent|gardens|grove|place|square|terrace|way|walk|hill|row|green|park|rise|view|mews)\b",
    re.IGNORECASE,
)
_DUE = re.compile(r"\b(?:due|expected|edd|unborn|bump)\b", re.IGNORECASE)
_FILLERS = re.compile(
    r"\b(?:d\.?o\.?b\.?|date of birth|born|on|in|nhs|number|no|upn|postcode|post code|tel|telephone|phone"
    r"|mobile|mob|email|name|called|lives?|living|at|of|from|due|expected|edd|aged?|years?|old|the|and"
    r"|with|child)\b[.:#]*",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Text:
    """The text that is left to read, after each part that was understood has been taken out."""

    left: str
    today: date
    fields: dict[str, list[str]] = field(default_factory=dict)

    def take(self, pattern: re.Pattern[str], name: str) -> None:
        """Move every match of the pattern into the field."""
        self.fields.setdefault(name, []).extend(found[0] for found in pattern.finditer(self.left))
        self.left = pattern.sub(" | ", self.left)

    def take_first(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Take out and return the first match."""
        found = pattern.search(self.left)
        if found:
            self.left = self.left[: found.start()] + " | " + self.left[found.end() :]
        return found


def parse(text: str, today: date) -> Record:
    """Read names, date of birth or age, postcode, NHS number, UPN, telephone, email and address.

    Dates are day before month. A date after `today` is a due date. "Walsh, Kate" has the family name first;
    otherwise the last word is taken as the family name and the comparison tries the other order as well. A
    single word may be either. Never raises: what cannot be read is left out.
    """
    reading = _Text(" ".join(text.replace("\n", " | ").split()), today)
    unborn = bool(_DUE.search(reading.left))
    for pattern, name in ((_EMAIL, "emails"), (_UPN, "upns"), (_PHONE, "phones")):
        reading.take(pattern, name)
    dates = _dates(reading)
    reading.take(_NHS, "nhs_numbers")
    born, accuracy = _born(reading, dates, unborn)
    expected = next((d for d in dates if unborn or d > today), None)
    reading.take(_ADDRESS, "addresses")
    reading.take(_POSTCODE, "postcodes")
    given, family = _names(reading.left)
    return Record.standardised(
        given=given,
        family=family,
        born=born,
        born_accuracy=accuracy,
        expected_on=expected,
        names_unordered=True,
        nhs_numbers=reading.fields["nhs_numbers"],
        upns=reading.fields["upns"],
        phones=reading.fields["phones"],
        emails=reading.fields["emails"],
        postcodes=reading.fields["postcodes"],
        addresses=reading.fields["addresses"],
    )


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
    if found := reading.take_first(_AGE):
        return _born_at_age(found, reading.today), "UUE"
    if found := reading.take_first(_YEAR):
        return date(int(found[1]), 7, 1), "UUA"
    return None, ACCURATE


def _born_at_age(found: re.Match[str], today: date) -> date:
    """The middle of the span in which somebody of this age was born."""
    number = int(found[1] or found[3] or found[5])
    unit = (found[2] or found[4] or "years").casefold()
    days = {"m": 30.44, "w": 7.0}.get(unit[0], 365.25)
    return today - timedelta(days=round((number + 0.5) * days))


def _names(left: str) -> tuple[str, str]:
    """Given and family names from the words that no other reading took."""
    text = _FILLERS.sub(" ", left)
    before, comma, after = text.partition(",")
    if comma and _words(before) and _words(after):
        return " ".join(_words(after)), " ".join(_words(before))
    words = _words(text)
    if len(words) < 2:
        return " ".join(words), " ".join(words)
    return _split_family(words)


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[\s,;|:.]+", text) if any(c.isalpha() for c in word)]


def _split_family(words: list[str]) -> tuple[str, str]:
    """The last word with the particles before it is the family name: Anna van der Berg."""
    cut = len(words) - 1
    while cut > 1 and standardise.is_family_particle(words[cut - 1]):
        cut -= 1
    return " ".join(words[:cut]), " ".join(words[cut:])
