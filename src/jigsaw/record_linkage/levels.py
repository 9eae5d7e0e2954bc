"""Which level of agreement does each part of two records reach?

A `Ladder` is one comparison in Splink's sense: its levels from best to worst, each a `Term`, and when there is
nothing to compare: an empty field is no evidence. Sex is left out on purpose, as in the matching grades of
MAIS PUB03.

Members of one family share home, family name and at times the birthday. So the ladders of name and birth are
asked apart for records of one home (`@home`), and first names once more for those of one home and one birthday
(`@twin`): the same first name says most where the other candidate is a twin, and the same family name says
nothing there. What a level is worth in its circumstances is the model's to say (`model`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from jigsaw.record_linkage.columns import Columns
from jigsaw.record_linkage.terms import (
    Alike,
    Always,
    Crosses,
    Either,
    Exchanged,
    Not,
    OneSlip,
    Shares,
    Term,
    Within,
    both,
    every,
    first_that_holds,
    holds,
    some,
)

HOME, TWIN = "@home", "@twin"

_JW_NEAR = 0.92
_JW_SIMILAR = 0.85
_JW_SOUNDING = 0.80
_GENERATION_YEARS = 12
# Born up to about 17 weeks before the due date (the limit of viability) and three weeks after it.
_EXPECTED_CLOSE = (-28, 21)
_EXPECTED_NEAR = (-120, 28)

ONE_HOME = ("same_mother", "same_address", "same_contact", "same_postcode")
AT_HOME = some(Shares("mother"), Shares("home"), Shares("contact"), Crosses("postcode_no_door", "postcode"))
ONE_BIRTHDAY = some(
    Shares("born"), Crosses("born", "born_swapped"), Within("any_day", "due_day", *_EXPECTED_CLOSE)
)
AT_HOME_ON_ONE_BIRTHDAY = every(AT_HOME, ONE_BIRTHDAY)


@dataclass(frozen=True)
class Ladder:
    """The levels of one comparison, best first; the last one holds always.

    `silent` is when there is nothing to compare. `groups` names the levels that count as one among records of
    one home, each as (name, levels); they follow the order of `levels`. `twins` repeats the groups for one
    home and one birthday.
    """

    levels: tuple[tuple[str, Term], ...]
    silent: Term
    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()
    twins: bool = False

    def circumstances(self) -> tuple[tuple[str, Term], ...]:
        """The circumstances asked apart, with what marks them, in the order asked."""
        if not self.groups:
            return ()
        return ((TWIN, AT_HOME_ON_ONE_BIRTHDAY), (HOME, AT_HOME)) if self.twins else ((HOME, AT_HOME),)

    def weighed(self) -> tuple[str, ...]:
        """Every level that a model must have a weight for, in the order asked."""
        apart = [name + mark for mark, _term in self.circumstances() for name, _levels in self.groups]
        return (*apart, *(level for level, _term in self.levels))


_swapped = Exchanged(shared=(("given_roots", "family_roots"),))
# One of the two is often misspelt as well, or part of a name with two parts.
_swapped_alike = Exchanged(
    shared=(("given_roots", "family_roots"), ("given_roots", "family_parts")),
    alike=(("called", "family_main"),),
    least=_JW_NEAR,
)
_same_word = every(some(Shares("called"), Crosses("called_joined", "called")), Not(both("only_initial")))
_given_like = some(_same_word, Shares("called_roots"), Alike("called", _JW_NEAR))
_family_like = some(Shares("family"), Shares("family_parts"), Alike("family_main", _JW_NEAR))
_one_word = Either("one_word")

_GIVEN_NAME = Ladder(
    levels=(
        (
            "middle_differs",
            every(
                some(_same_word, Shares("called_roots")),
                both("further_tokens"),
                Not(Shares("further_tokens")),
            ),
        ),
        ("exact", _same_word),
        ("nickname", every(Shares("called_roots"), Not(both("only_initial")))),
        ("swapped", _swapped),
        ("near", every(Alike("called", _JW_NEAR), Not(both("only_initial")))),
        ("sounds_alike", every(Shares("called_sounds"), Alike("called", _JW_SOUNDING))),
        ("swapped_alike", _swapped_alike),
        ("other_given", Crosses("first_roots", "further_roots")),
        ("shared_honorific", Crosses("only_honorific", "honorifics")),
        ("initial", Crosses("only_initial", "called_initial")),
        ("similar", some(Alike("called", _JW_SIMILAR), OneSlip("called"))),
        ("sounds", Shares("called_sounds")),
        ("different", Always()),
    ),
    # A single word of free text may be either name: what it fails to match as one, it is not held to.
    silent=some(Not(both("called")), every(_one_word, _family_like, Not(_given_like))),
    groups=(
        ("middle_differs", ("middle_differs",)),
        ("same", ("exact", "nickname", "swapped")),
        ("near", ("near", "sounds_alike", "swapped_alike")),
        ("part", ("other_given", "shared_honorific", "initial", "similar")),
        ("other", ("sounds", "different")),
    ),
    twins=True,
)

_FAMILY_NAME = Ladder(
    levels=(
        ("exact", Shares("family")),
        ("part", Shares("family_parts")),
        ("near", Alike("family_main", _JW_NEAR)),
        ("sounds_alike", every(Shares("family_sounds"), Alike("family_main", _JW_SOUNDING))),
        ("swapped", _swapped),
        ("swapped_alike", _swapped_alike),
        ("among_given", Crosses("family_roots", "given_roots")),
        ("similar", Alike("family_main", _JW_SIMILAR)),
        ("sounds", Shares("family_sounds")),
        ("different", Always()),
    ),
    silent=some(Not(both("family")), every(_one_word, _given_like, Not(_family_like))),
    groups=(
        ("same", ("exact", "part", "near", "sounds_alike", "swapped", "swapped_alike", "among_given")),
        ("other", ("similar", "sounds", "different")),
    ),
)

_estimated = every(Either("rough"), both("any_day"))
_no_years = Not(both("year"))

_BIRTH_DATE = Ladder(
    levels=(
        ("exact_first_january", Shares("born_january")),
        ("exact", Shares("born")),
        ("swapped", Crosses("born", "born_swapped")),
        ("year_out", Crosses("born", "born_next_year")),
        ("one_slip", OneSlip("born_digits")),
        ("same_month", Shares("month")),
        ("same_year", Shares("month_year")),
        ("generation", every(both("born"), Not(Within("born_year", "born_year", 0, _GENERATION_YEARS - 1)))),
        ("different", both("born")),
        (
            "estimated_close",
            every(
                _estimated,
                some(Shares("year"), every(_no_years, Within("any_day", "any_day", 0, 365))),
            ),
        ),
        (
            "estimated_near",
            every(
                _estimated,
                some(
                    Within("year", "year", 0, 1),
                    every(_no_years, Within("any_day", "any_day", 0, 3 * 365)),
                ),
            ),
        ),
        ("estimated_far", _estimated),
        (
            "expected_close",
            some(Within("any_day", "due_day", *_EXPECTED_CLOSE), Within("due_day", "due_day", 0, 28)),
        ),
        (
            "expected_near",
            some(Within("any_day", "due_day", *_EXPECTED_NEAR), Within("due_day", "due_day", 0, 120)),
        ),
        ("expected_conflict", Always()),
    ),
    silent=Not(both("any_day", "due_day")),
    groups=(
        ("same", ("exact_first_january", "exact")),
        ("close", ("swapped", "year_out", "one_slip")),
        ("near", ("same_month", "same_year")),
        ("generation", ("generation",)),
        ("other", ("different",)),
        ("estimated_close", ("estimated_close",)),
        ("estimated_near", ("estimated_near",)),
        ("estimated_far", ("estimated_far",)),
        ("expected_close", ("expected_close",)),
        ("expected_near", ("expected_near",)),
        ("expected_conflict", ("expected_conflict",)),
    ),
)

_same_street = every(Shares("street"), some(Shares("outcode"), Shares("town"), Not(both("outcode"))))
_in_reach = some(Shares("outcode"), Shares("town"), OneSlip("postcode_main"), Not(both("outcode")))
# Two streets of one area may differ by a letter, as Mill Road and Hill Road do: this says less than the same street.
_street_alike = every(OneSlip("street_in_full"), _in_reach)

# Home, mother and telephone as one comparison: they move together, so they count once.
_HOUSEHOLD = Ladder(
    levels=(
        ("same_mother", Shares("mother")),
        ("same_address", Shares("home")),
        ("same_contact", Shares("contact")),
        ("different_mother", both("mother")),
        ("same_postcode", Crosses("postcode_no_door", "postcode")),
        ("same_door", every(Shares("street_door"), _in_reach)),
        ("same_number", Shares("code_number")),
        ("same_street_here", every(Shares("postcode"), Shares("street"))),
        ("neighbouring_address", Shares("postcode")),
        ("same_street", _same_street),
        ("street_alike", _street_alike),
        ("near_postcode", some(Shares("sector"), OneSlip("postcode_main"))),
        ("street_elsewhere", Shares("street")),
        ("same_outcode", Shares("outcode")),
        ("same_town", Shares("town")),
        ("different", Always()),
    ),
    silent=Not(
        some(both("outcode"), both("mother"), Shares("home"), Shares("contact"), _same_street, _street_alike)
    ),
)

LADDERS: Mapping[str, Ladder] = {
    # Equal if any number, current or superseded, is shared; a conflict only between two valid numbers.
    "nhs_number": Ladder(
        levels=(
            ("exact", Shares("nhs")),
            ("one_slip", Crosses("nhs", "nhs_repairs")),
            ("conflict", Always()),
        ),
        silent=Not(some(both("nhs"), Crosses("nhs", "nhs_repairs"))),
    ),
    # Temporary numbers, which schools hand out anew, never conflict.
    "upn": Ladder(
        levels=(("exact", Shares("upn")), ("conflict", Always())),
        silent=Not(some(Shares("upn"), both("upn_lasting"))),
    ),
    "identifier": Ladder(
        levels=(("exact", Shares("number")), ("conflict", Always())), silent=Not(Shares("number_system"))
    ),
    "household": _HOUSEHOLD,
    "birth_date": _BIRTH_DATE,
    "family_name": _FAMILY_NAME,
    "given_name": _GIVEN_NAME,
}


@dataclass(frozen=True, slots=True)
class Reached:
    """The level reached, and the one it is weighed as in these records' circumstances."""

    level: str
    weighed: str


Findings = dict[str, Reached]


def findings(left: Columns, right: Columns) -> Findings:
    """The level each comparison reached; a comparison with nothing to compare is left out."""
    circumstance = (HOME if not _one_birthday(left, right) else TWIN) if _at_home(left, right) else ""
    found: Findings = {}
    for name, (asked, reached) in _ASKED.items():
        if (level := asked(left, right)) is not None:
            found[name] = reached[circumstance][level]
    return found


def level_of(comparison: str, left: Columns, right: Columns) -> str:
    """The level that one comparison reached; "" where there is nothing to compare."""
    asked, _reached = _ASKED[comparison]
    return asked(left, right) or ""


def reached_by_code(name: str, weighed: str) -> Reached:
    """What a weighed level stands for: itself, or the best level of its group among records of one home."""
    group, mark, _circumstance = weighed.partition("@")
    level = dict(LADDERS[name].groups)[group][0] if mark else weighed
    return Reached(level, weighed)


def _reached_by(ladder: Ladder) -> dict[str, dict[str, Reached]]:
    """What each level of a ladder is weighed as, by circumstance; "" for records of two homes."""
    by_level = {"": {level: level for level, _term in ladder.levels}}
    of_group = {level: name for name, levels in ladder.groups for level in levels}
    for mark, apart in ((HOME, bool(ladder.groups)), (TWIN, ladder.twins)):
        weighed = {level: name + mark for level, name in of_group.items()}
        by_level[mark] = weighed if apart else by_level[HOME if mark == TWIN else ""]
    return {
        mark: {level: Reached(level, name) for level, name in weighed.items()}
        for mark, weighed in by_level.items()
    }


_at_home = holds(AT_HOME)
_one_birthday = holds(ONE_BIRTHDAY)
_ASKED = {
    name: (first_that_holds(ladder.levels, unless=ladder.silent), _reached_by(ladder))
    for name, ladder in LADDERS.items()
}
