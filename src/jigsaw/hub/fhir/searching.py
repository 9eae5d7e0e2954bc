"""What does a search ask for? The child's NHS number, said in one of the ways of FHIR; and what of it is not known here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from jigsaw.formats.text import nhs_number
from jigsaw.hub.fhir.bundles import NHS_NUMBER
from jigsaw.hub.fhir.problems import Problem

BY_NUMBER, BY_PATIENT = "patient:identifier", "patient"
# What says how the answer is to look is read at the door.
INCLUDE = "_include"
OF_THE_DOOR = ("_format", "_pretty")
NAMED = 10


@dataclass(frozen=True)
class Search:
    """A search as it was understood: the number, what else was used of it, and names that are not known here."""

    number: str
    used: tuple[tuple[str, str], ...]
    ignored: tuple[str, ...]

    def value(self, name: str) -> str:
        return next((value for one, value in self.used if one == name), "")

    def address(self, place: str) -> str:
        """The search as an address: what was used of it and no more."""
        return f"{place}?{urlencode(self.used, safe=':/|')}"


def read(told: QueryDict, *, more: Mapping[str, frozenset[str]], strict: bool) -> Search:
    """Read a search by a patient; `more`: what else this kind of resource knows, with the values that it can have.

    Raises Problem for a number that is missing or none, for a value that cannot be, and for a modifier that is not
    known; with `strict`, also for any other name that is not known. Without it, those are passed over and said.
    """
    numbers = {
        _number(name, value) for name in (BY_NUMBER, BY_PATIENT) for value in told.getlist(name) if value
    }
    if len(numbers) != 1:
        raise _invalid(_("Ask about one patient: %s=SYSTEM|NUMBER.") % BY_NUMBER, BY_NUMBER)
    ignored = tuple(name for name in told if not _is_known(name, told.getlist(name), more))
    for name in ignored:
        if name.partition(":")[0] in {BY_PATIENT, *more} - {INCLUDE}:
            raise _invalid(_("This modifier of a search parameter is not known here."), name)
    if ignored and strict:
        raise Problem(400, "not-supported", "INVALID_SEARCH_DATA",
                      _("Not known here: %s. Leave it out.") % ", ".join(_shown(ignored)))  # fmt: skip
    used = [(name, value) for name in (BY_NUMBER, BY_PATIENT) for value in told.getlist(name)[:1] if value]
    used += [(name, value) for name in more if name not in ignored for value in told.getlist(name)]
    for name, value in used:
        if more.get(name) and value not in more[name]:
            allowed = ", ".join(sorted(more[name]))
            raise _invalid(_("%(name)s can be: %(allowed)s.") % {"name": name, "allowed": allowed}, name)
    return Search(numbers.pop(), tuple(used), _shown(ignored))


def _is_known(name: str, values: list[str], more: Mapping[str, frozenset[str]]) -> bool:
    """A name that is known; of what is to come along, only where all of it can."""
    if name == INCLUDE and name in more:
        return set(values) <= more[name]
    return name in (BY_NUMBER, BY_PATIENT, *OF_THE_DOOR, *more)


def _shown(names: tuple[str, ...]) -> tuple[str, ...]:
    """Names are told back only where they look like names: anything can stand in an address."""
    return tuple(name for name in names if re.fullmatch(r"[A-Za-z_][\w:.-]{0,40}", name))[:NAMED]


def _number(name: str, value: str) -> str:
    """The ten digits; raises Problem for another system, a wrong check digit, or several numbers."""
    told = value.removeprefix("Patient/")
    if name == BY_NUMBER:
        system, bar, told = value.rpartition("|")
        if not bar or system != NHS_NUMBER:
            raise _invalid(_("Name the system before the number: %s|NUMBER.") % NHS_NUMBER, name)
    number = nhs_number(told)
    if number is None:
        raise _invalid(_("This is no NHS number: check its ten digits."), name)
    return number


def _invalid(words: str, name: str) -> Problem:
    return Problem(400, "value", "INVALID_SEARCH_DATA", words, at=name)
