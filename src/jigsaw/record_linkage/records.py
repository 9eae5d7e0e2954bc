"""What does one source say about one person, in the standard form that keys and comparison understand?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from jigsaw.record_linkage import identifiers as ids
from jigsaw.record_linkage import standardise

ACCURATE = "AAA"


@dataclass(frozen=True, slots=True)
class Record:
    """One person as one source (or the person index) knows them. Values are standard; see `standardised`.

    `given`: first name first, then middle and preferred names. `family`: current first, then former.
    `born_accuracy`: one letter each for day, month and year: A accurate, E estimated, U unknown ("UUE" is an
    estimated year). `expected_on`: the due date of an unborn child. `addresses`: first lines; `towns`: town or suburb.
    `nhs_numbers`: ten digits as written, also when the check digit fails; a superseded number belongs here
    beside the current one. `mother_nhs`: for unborn children and babies. `household_key`: any value that two
    people of one home share, such as a UPRN. `names_unordered`: free text gave no order, so a single name may
    be a first or a family name. `placeholder`: the source wrote "Baby" or the like in place of a first name.

    >>> Record.standardised(given="Katie", family="O'Neill", born="03/12/2012").family
    ('oneill',)
    """

    given: tuple[str, ...] = ()
    family: tuple[str, ...] = ()
    born: date | None = None
    born_accuracy: str = ACCURATE
    expected_on: date | None = None
    sex: str = ""
    postcodes: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    towns: tuple[str, ...] = ()
    nhs_numbers: tuple[str, ...] = ()
    upns: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    identifiers: Mapping[str, str] = field(default_factory=dict, hash=False)
    mother_nhs: tuple[str, ...] = ()
    household_key: str = ""
    names_unordered: bool = False
    placeholder: bool = False

    @property
    def unborn(self) -> bool:
        """Whether only a due date is known."""
        return self.born is None and self.expected_on is not None

    @property
    def only_names(self) -> bool:
        """Whether nothing is told but names: so it is while somebody begins to type."""
        told = replace(self, given=(), family=(), sex="", names_unordered=False, placeholder=False)
        return told == Record()

    @property
    def born_exactly(self) -> date | None:
        """The date of birth when day, month and year are all accurate."""
        return self.born if self.born_accuracy == ACCURATE else None

    @classmethod
    def standardised(
        cls,
        *,
        given: str | Iterable[str] = (),
        family: str | Iterable[str] = (),
        born: str | date | None = None,
        born_accuracy: str = ACCURATE,
        expected_on: str | date | None = None,
        sex: str = "",
        postcodes: str | Iterable[str] = (),
        addresses: str | Iterable[str] = (),
        towns: str | Iterable[str] = (),
        nhs_numbers: str | Iterable[str] = (),
        upns: str | Iterable[str] = (),
        phones: str | Iterable[str] = (),
        emails: str | Iterable[str] = (),
        identifiers: Mapping[str, str] | None = None,
        mother_nhs: str | Iterable[str] = (),
        household_key: str = "",
        names_unordered: bool = False,
    ) -> Record:
        """Build a record from text as the source wrote it.

        Unreadable dates, postcodes and telephone numbers are left out, pseudo postcodes (ZZ99) too: neither
        speaks for or against a match. The caller keeps the raw text and tells the practitioner.
        """
        names = standardise.given_names(*_texts(given))
        return cls(
            given=names.values,
            family=standardise.family_names(*_texts(family)).values,
            born=_date(born),
            born_accuracy=born_accuracy or ACCURATE,
            expected_on=_date(expected_on),
            sex=sex.strip().upper(),
            postcodes=_kept(_useful_postcode(text) for text in _texts(postcodes)),
            addresses=_kept(standardise.address_line(text) for text in _texts(addresses)),
            towns=_kept(standardise.address_line(text) for text in _texts(towns)),
            nhs_numbers=_kept(ids.normal_form(text) for text in _texts(nhs_numbers)),
            upns=_kept(ids.normal_form(text) for text in _texts(upns)),
            phones=_kept(standardise.phone(text) for text in _texts(phones)),
            emails=_kept(standardise.email(text) for text in _texts(emails)),
            identifiers={k: ids.normal_form(v) for k, v in (identifiers or {}).items() if v.strip()},
            mother_nhs=_kept(ids.normal_form(text) for text in _texts(mother_nhs)),
            household_key=household_key.strip(),
            names_unordered=names_unordered,
            placeholder=names.placeholder and not names.values,
        )


def _texts(value: str | Iterable[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _kept(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))


def _date(value: str | date | None) -> date | None:
    return standardise.read_date(value) if isinstance(value, str) else value


def _useful_postcode(text: str) -> str:
    found = standardise.postcode(text)
    return "" if found.pseudo else found.value
