"""How is a name, date, postcode, telephone number or address written so that two spellings are equal?

Standardising forgets (accents, titles, order of writing), so the caller always keeps the raw text. Every
function here is idempotent: standardising what is already standard changes nothing.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files


def _word_set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_APOSTROPHES = re.compile("['’‘‛ʼʻʹʽˈ`´′＇]")
_HYPHENS = re.compile("[-‐‑‒–—―−﹘﹣－]")
_NOT_DECOMPOSED = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ß": "ss", "ı": "i", "ə": "e"}
)
_TITLES = _word_set("mr mrs miss ms mx dr rev revd reverend prof professor sir dame lord lady master")
_SUFFIXES = _word_set("jr jnr junior snr senior ii iii iv")
# What systems and wards write while a child has no name yet, or when nobody asked.
_PLACEHOLDERS = _word_set(
    """baby unborn unknown bump infant newborn foetus fetus neonate boy girl male female twin twins
    triplet child unnamed notknown nk na tba tbc noname anon anonymous undisclosed"""
)
_PLACEHOLDER_COUNTERS = _word_set("a b c one two three i")
_PLACEHOLDER_PHRASES = re.compile(r"\b(not known|not given|no name|not yet named|n ?/ ?[ka]|name unknown)\b")
_CHILD_OF = re.compile(r"\b(b ?/ ?o|(baby|boy|girl|infant|child|twin) of|son of|daughter of)\b.*")
_OTHER_NAME_MARKS = re.compile(r"\b(nee|formerly|previously|aka|known as)\b|[/;,()\"“”|]")
_WRITTEN_TOGETHER = _word_set("o mc mac fitz st")
_FAMILY_PARTICLES = _word_set(
    """van von der den de da do dos das del della di du la le las los al el ul bin binti bint ibn ben abu ap
    ab ten ter zu zur af av abdul abd abdel"""
)
_GIVEN_PARTICLES = _word_set("abdul abd abdel abu umm ul")
# Names given before the name a person is called by; alone they hardly tell brothers apart.
_HONORIFIC_ROOTS = frozenset({"mohammed", "md", "syed", "sayed", "sayyid", "abdul"})

_POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?)([0-9][A-Z]{2})")
_OUTCODE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?")
_GIRO_POSTCODE = "GIR0AA"
# ZZ99 codes stand for "no fixed abode" and countries abroad (NHS Postcode Directory): many share one.
_PSEUDO_OUTCODE = "ZZ99"

_MONTH_NAMES = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december",
)  # fmt: skip
_MONTHS = {name[:length]: n for n, name in enumerate(_MONTH_NAMES, start=1) for length in (3, 4, len(name))}
_ISO_DATE = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:[t ].*)?")
_BRITISH_DATE = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})(?: 00:00.*)?")
_WORDED_DATE = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?(?: of)?[ \-]([a-z]+)[ ,\-]+(\d{4}|\d{2})")

_STREET_WORDS = {
    "road": "rd", "street": "st", "avenue": "ave", "lane": "ln", "close": "cl", "drive": "dr", "court": "ct",
    "crescent": "cres", "gardens": "gdns", "grove": "gr", "place": "pl", "square": "sq", "terrace": "terr",
    "apartment": "flat", "apt": "flat", "saint": "st", "av": "ave", "crt": "ct",
}  # fmt: skip
# The first long word for each short one: "st" is street here even in "st marys rd", as it is in the other record.
_IN_FULL = {short: word for word, short in reversed(_STREET_WORDS.items())}


@dataclass(frozen=True, slots=True)
class Names:
    """Standard names, most important first, and whether the source wrote a stand-in such as "Baby"."""

    values: tuple[str, ...] = ()
    placeholder: bool = False


@dataclass(frozen=True, slots=True)
class Postcode:
    """A postcode as "M1 1AA", or an outcode alone as "M1". Empty when it is neither.

    `pseudo` marks ZZ99 codes, which say nothing about where somebody lives.
    """

    value: str = ""
    outcode: str = ""
    pseudo: bool = False


def given_names(*raw: str) -> Names:
    """First, middle and preferred names in the order written; "Baby", "Bump" and the like give no name.

    >>> given_names("Mary-Jane Zoë (MJ)").values
    ('mary-jane', 'zoe', 'mj')
    """
    return _names(raw, _words_as_given_names)


def family_names(*raw: str) -> Names:
    """Family names, current first. Particles stay before their name, halves are joined by a hyphen.

    >>> family_names("O’Brien", "van der Berg", "Smith Jones").values
    ('obrien', 'van der berg', 'smith-jones')
    """
    return _names([_HYPHENS.sub(" ", text) for text in raw], _words_as_family_name)


def squeeze(name: str) -> str:
    """The letters of a standard name without spaces and hyphens."""
    return name.replace(" ", "").replace("-", "")


@lru_cache(maxsize=100_000)
def name_parts(name: str) -> tuple[str, ...]:
    """The halves of a double-barrelled standard name, without particles: "al hassan-khan" is hassan, khan."""
    return tuple(dict.fromkeys(part.split(" ")[-1] for part in name.split("-") if part))


@lru_cache(maxsize=100_000)
def nickname_roots(name: str) -> frozenset[str]:
    """Every root a standard given name may be short for, itself included when it is no known short form."""
    return _roots_of().get(squeeze(name), frozenset({squeeze(name)}))


def is_honorific(name: str) -> bool:
    """Whether a given name is one that brothers often share before the name each is called by."""
    return bool(nickname_roots(name) & _HONORIFIC_ROOTS)


def is_family_particle(word: str) -> bool:
    """Whether a word such as "van", "O’" or "al" belongs to the family name after it."""
    return _APOSTROPHES.sub("", _plain(word)) in _FAMILY_PARTICLES | _WRITTEN_TOGETHER


def read_date(text: str, *, today: date | None = None) -> date | None:
    """Read one whole date, day before month: ISO, 20121203, 3/12/2012, 3.12.12, 3 December 2012.

    Two-digit years need `today`: they mean the latest such year not more than one year ahead of it. None when
    the text is no date.
    """
    value = " ".join(text.casefold().split())
    if found := _ISO_DATE.fullmatch(value):
        return _date(found[1], found[2], found[3], today)
    if found := _BRITISH_DATE.fullmatch(value):
        return _date(found[3], found[2], found[1], today)
    if (found := _WORDED_DATE.fullmatch(value)) and found[2] in _MONTHS:
        return _date(found[3], str(_MONTHS[found[2]]), found[1], today)
    return None


def month_number(word: str) -> int | None:
    """1 to 12 for an English month name or its short form."""
    return _MONTHS.get(word.casefold())


def day_month_swapped(value: date) -> date | None:
    """The other date that the same figures could mean, or None when there is no other."""
    if value.day > 12 or value.day == value.month:
        return None
    return date(value.year, value.day, value.month)


@lru_cache(maxsize=100_000)
def postcode(text: str) -> Postcode:
    """Read a postcode, whole or outcode only, with any spacing and case."""
    value = "".join(c for c in unicodedata.normalize("NFKC", text).upper() if c.isalnum())
    if value == _GIRO_POSTCODE:
        return Postcode("GIR 0AA", "GIR")
    if found := _POSTCODE.fullmatch(value):
        return Postcode(f"{found[1]} {found[2]}", found[1], found[1] == _PSEUDO_OUTCODE)
    if _OUTCODE.fullmatch(value):
        return Postcode(value, value, value == _PSEUDO_OUTCODE)
    return Postcode()


def phone(text: str) -> str:
    """A UK number as digits from 0, any other with its country code after +. Empty when it is too short."""
    value = unicodedata.normalize("NFKC", text).replace("(0)", "")
    digits = "".join(c for c in value if c in "0123456789")
    if value.strip().startswith("+"):
        digits = "00" + digits
    if digits.startswith("0044"):
        digits = "0" + digits[4:].lstrip("0")
    if digits.startswith("00") and 10 <= len(digits) <= 17:
        return "+" + digits[2:]
    return digits if digits.startswith("0") and 10 <= len(digits) <= 11 else ""


def email(text: str) -> str:
    """Lower case without `mailto:`. Empty when it is no address."""
    value = text.strip().casefold().removeprefix("mailto:")
    return value if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", value) else ""


@lru_cache(maxsize=100_000)
def address_line(text: str) -> str:
    """The first line of an address: lower case, no punctuation, street words shortened.

    >>> address_line("12A, Mill Road")
    '12a mill rd'
    """
    words = re.sub(r"[^\w\s]", " ", _plain(_APOSTROPHES.sub("", text))).replace("_", " ").split()
    return " ".join(_STREET_WORDS.get(word, word) for word in words)


def house_numbers(line: str) -> tuple[str, ...]:
    """The words of a standard address line that hold a figure: flat and house numbers."""
    return tuple(word for word in line.split() if any(c.isdigit() for c in word))


@lru_cache(maxsize=100_000)
def street(line: str) -> str:
    """The street of a standard address line: "flat 2 12a mill rd" is "mill rd". Empty when none is named."""
    words = [word for word in line.split() if not any(c.isdigit() for c in word) and word != "flat"]
    return " ".join(words) if any(len(word) > 3 for word in words) else ""


def street_in_full(line: str) -> str:
    """The street of a standard address line with its words in full and run together, to be compared by letters.

    In full, so that "lnae" is one slip from "ln" as well; run together, so that a space more or less is none.

    >>> street_in_full("flat 2 12a mill rd")
    'millroad'
    """
    return "".join(_IN_FULL.get(word, word) for word in street(line).split())


def _names(raw: Sequence[str], words_as_names: Callable[[list[str]], list[str]]) -> Names:
    read = [_read_name(text, words_as_names) for text in raw if text]
    values = dict.fromkeys(name for names in read for name in names.values)
    return Names(tuple(values), any(names.placeholder for names in read))


# Names come up again and again: of a million records, nine in ten are read before.
@lru_cache(maxsize=100_000)
def _read_name(text: str, words_as_names: Callable[[list[str]], list[str]]) -> Names:
    values: dict[str, None] = {}
    placeholder = False
    for piece in _pieces(text):
        words, was_placeholder = _name_words(piece)
        placeholder = placeholder or was_placeholder
        values.update(dict.fromkeys(words_as_names(words)))
    return Names(tuple(values), placeholder)


def _pieces(text: str) -> list[str]:
    """Split "Walsh née Murphy" and "Katherine (Kate)" into the names they hold, marking stand-ins."""
    value = _HYPHENS.sub("-", _plain(text))
    value = _CHILD_OF.sub(" baby ", value)
    value = _PLACEHOLDER_PHRASES.sub(" unknown ", value)
    return _OTHER_NAME_MARKS.sub("\0", value).split("\0")


def _name_words(piece: str) -> tuple[list[str], bool]:
    """The words of one name, apostrophes and titles gone; True when a stand-in was among them."""
    text = _APOSTROPHES.sub("", piece)
    words = "".join(c if c.isalpha() else " " if c != "-" else "-" for c in text).split()
    words = [word.strip("-") for word in words if word.strip("-")]
    placeholder = any(word in _PLACEHOLDERS for word in words)
    if placeholder:
        words = [w for w in words if w not in _PLACEHOLDERS and w not in _PLACEHOLDER_COUNTERS]
    words = [word for word in words if word not in _SUFFIXES] or words[:1]
    while len(words) > 1 and words[0] in _TITLES:
        words = words[1:]
    return words, placeholder


def _words_as_given_names(words: list[str]) -> list[str]:
    joined = _joined(words, _GIVEN_PARTICLES, " ")
    return ["-".join(part for part in word.split("-") if part) for word in joined]


def _words_as_family_name(words: list[str]) -> list[str]:
    name = "-".join(_joined(_joined(words, _WRITTEN_TOGETHER, ""), _FAMILY_PARTICLES, " "))
    return [name] if name else []


def _joined(words: list[str], leading: frozenset[str], glue: str) -> list[str]:
    """Join each leading word (a particle) to the word after it; a particle at the end stays alone."""
    result: list[str] = []
    held = ""
    for place, word in enumerate(words):
        if word in leading and place + 1 < len(words):
            held += word + glue
        else:
            result.append(held + word)
            held = ""
    return result


def _plain(text: str) -> str:
    """Lower case without accents; letters that Unicode does not take apart are mapped by hand."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(c for c in folded if not unicodedata.combining(c))
    return bare.translate(_NOT_DECOMPOSED)


def _date(year: str, month: str, day: str, today: date | None) -> date | None:
    try:
        return date(_full_year(year, int(month), int(day), today), int(month), int(day))
    except ValueError:
        return None


def _full_year(year: str, month: int, day: int, today: date | None) -> int:
    if len(year) == 4:
        return int(year)
    if today is None:
        raise ValueError("a year of two figures cannot be read without today's date")
    candidate = today.year // 100 * 100 + int(year)
    return (
        candidate - 100 if (candidate, month, day) > (today.year + 1, today.month, today.day) else candidate
    )


@lru_cache(maxsize=1)
def _roots_of() -> dict[str, frozenset[str]]:
    table: dict[str, Iterable[str]] = json.loads(
        files(__package__).joinpath("nicknames.json").read_text(encoding="utf-8")
    )["roots"]
    roots: dict[str, set[str]] = {}
    for root, forms in table.items():
        for form in (root, *forms):
            roots.setdefault(form, set()).add(root)
    return {form: frozenset(found) for form, found in roots.items()}
