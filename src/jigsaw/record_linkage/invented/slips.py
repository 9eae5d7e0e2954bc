"""How do people get a name, a date or a number wrong?

Each function returns the text with one slip, or as it was where the slip does not apply.
"""

from __future__ import annotations

import random
from datetime import date

from jigsaw.record_linkage.invented.naming import NameGroup

_NEIGHBOURS = {
    "q": "wa", "w": "qes", "e": "wrd", "r": "etf", "t": "ryg", "y": "tuh", "u": "yij", "i": "uok", "o": "ipl",
    "p": "ol", "a": "qsz", "s": "adw", "d": "sfe", "f": "dgr", "g": "fht", "h": "gjy", "j": "hku", "k": "jli",
    "l": "ko", "z": "xa", "x": "zcs", "c": "xvd", "v": "cbf", "b": "vng", "n": "bmh", "m": "nj",
}  # fmt: skip
_HEARD = (
    ("ph", "f"), ("f", "ph"), ("c", "k"), ("k", "c"), ("ee", "ea"), ("ie", "y"), ("y", "ie"), ("ei", "ie"),
    ("ou", "u"), ("s", "z"), ("th", "t"), ("mm", "m"), ("tt", "t"), ("ll", "l"), ("l", "ll"), ("a", "e"), ("e", "a"),
    ("i", "y"), ("oo", "u"), ("sh", "s"), ("ck", "k"), ("gh", ""), ("h", ""), ("ae", "e"), ("er", "ar"),
)  # fmt: skip
_DIGITS = "0123456789"
_SHORTEST = 3


def typo(text: str, dice: random.Random) -> str:
    """One letter dropped, exchanged with the next, hit beside its key, or doubled; seldom the first."""
    if len(text) < _SHORTEST:
        return text
    at = int(dice.random() * (len(text) - 1)) + (dice.random() < 0.93)
    at = min(at, len(text) - 1)
    kind = dice.random()
    if kind < 0.25:
        return _first_capital(text[:at] + text[at + 1 :])
    if kind < 0.5 and at + 1 < len(text):
        return _first_capital(text[:at] + text[at + 1] + text[at] + text[at + 2 :])
    letter = text[at]
    if kind < 0.75 and (near := _NEIGHBOURS.get(letter.lower())):
        hit = near[int(dice.random() * len(near))]
        return text[:at] + (hit.upper() if letter.isupper() else hit) + text[at + 1 :]
    return text[: at + 1] + text[at:]


def heard(text: str, dice: random.Random) -> str:
    """Written as it sounds: Sophie as Sofie."""
    lower = text[1:].lower()
    fits = [(as_is, instead) for as_is, instead in _HEARD if as_is in lower]
    if not fits:
        return typo(text, dice)
    as_is, instead = fits[int(dice.random() * len(fits))]
    return text[0] + lower.replace(as_is, instead, 1)


def misspelt(text: str, dice: random.Random) -> str:
    """A slip of the keyboard or of the ear."""
    return typo(text, dice) if dice.random() < 0.6 else heard(text, dice)


def respelt(text: str, group: NameGroup, dice: random.Random) -> str:
    """Another spelling of a name in Latin letters, or its letters without marks; else as it sounds."""
    if variants := group.spellings.get(text):
        return variants[int(dice.random() * len(variants))]
    if (plain := _without_marks(text)) != text:
        return plain
    return heard(text, dice) if dice.random() < 0.3 else text


def short_form(text: str, group: NameGroup, dice: random.Random) -> str:
    """What somebody of that name is called by friends, or the name as it was."""
    forms = group.short_forms.get(text)
    return forms[int(dice.random() * len(forms))] if forms else text


def half(family: str, dice: random.Random) -> str:
    """One half of a family name of two parts: Smith-Jones as Jones, Al-Hassan as Hassan."""
    for glue in ("-", " "):
        before, found, after = family.partition(glue)
        if found and before not in ("O", "Mac", "Mc"):
            return after if before in ("Al", "El", "St") or dice.random() < 0.5 else before
    return family


def day_month_swapped(born: date) -> date:
    """The American way round, where that is a date."""
    return date(born.year, born.day, born.month) if born.day <= 12 else born


def born_slip(born: date, dice: random.Random) -> date:
    """One figure of day, month or year wrong; never after the real year by more than nine."""
    for _ in range(8):
        text = f"{born:%Y%m%d}"
        at = (2, 3, 4, 5, 6, 7)[int(dice.random() * 6)]
        changed = text[:at] + _DIGITS[int(dice.random() * 10)] + text[at + 1 :]
        try:
            found = date(int(changed[:4]), int(changed[4:6]), int(changed[6:]))
        except ValueError:
            continue
        if found != born and found.year <= 2026:
            return found
    return year_out(born, dice)


def year_out(born: date, dice: random.Random) -> date:
    """The same day of the year before or after."""
    year = born.year + (1 if dice.random() < 0.5 and born.year < 2026 else -1)
    return born.replace(year=year, day=min(born.day, 28)) if born.month == 2 else born.replace(year=year)


def digit_slip(number: str, dice: random.Random) -> str:
    """One digit wrong or two exchanged, so that the check digit no longer fits."""
    at = 1 + int(dice.random() * (len(number) - 2))
    if dice.random() < 0.4 and number[at] != number[at + 1]:
        return number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    other = _DIGITS[(int(number[at]) + 1 + int(dice.random() * 9)) % 10]
    return number[:at] + other + number[at + 1 :]


def _first_capital(text: str) -> str:
    """The same name with its first two letters as in a name, whichever were exchanged or dropped."""
    return text[0].upper() + text[1].lower() + text[2:] if text[:2].isalpha() else text


def _without_marks(text: str) -> str:
    return text.translate(_MARKS)


_MARKS = str.maketrans(
    "ąćęłńóśźżĄĆĘŁŃÓŚŹŻăâîșțĂÂÎȘȚáéíúñãõçêôÁÉÍÚÑÃÕÇÊÔūėžųįšŪĖŽŲĮŠàèÀÈ'’",
    "acelnoszzACELNOSZZaaistAAISTaeiunaoceoAEIUNAOCEOuezuisUEZUISaeAE  ",
)
