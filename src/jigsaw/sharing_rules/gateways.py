"""Which laws open a way for information, from when, from whom and to whom?

The short table that the checks need. The full register of legal instruments, with its sources, belongs
to the hub's agreements; a test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

PUBLIC_AUTHORITIES: Final = frozenset({"SC", "PO", "HE", "ED"})
SECTORS: Final = PUBLIC_AUTHORITIES | {"HO", "VC"}


@dataclass(frozen=True, slots=True)
class Gateway:
    """A duty or power. `since` is inclusive, `until` exclusive. An empty set of sectors means any.

    `unasked`: it can itself be the purpose when nobody asked for the information.
    """

    words: str
    mandatory: bool
    since: date
    until: date | None = None
    discloses: frozenset[str] = frozenset()
    receives: frozenset[str] = frozenset()
    unasked: bool = False


GATEWAYS: Final = {
    "s10": Gateway("Children Act 2004 s10, co-operation", False, date(2005, 4, 1), unasked=True),
    "s11": Gateway("Children Act 2004 s11, regard to safeguarding", False, date(2005, 10, 1), unasked=True),
    "s14B": Gateway("Children Act 2004 s14B", True, date(2010, 4, 1), until=date(2018, 6, 29)),
    "s16C": Gateway(
        "Children Act 2004 s16C, serious incidents",
        True,
        date(2018, 6, 29),
        None,
        frozenset({"SC"}),
        unasked=True,
    ),
    "s16H": Gateway(
        "Children Act 2004 s16H, information for safeguarding partners",
        True,
        date(2018, 6, 29),
        receives=frozenset({"SC", "PO", "HE"}),
    ),
    "s16LA": Gateway(
        "Children Act 2004 s16LA, duty to share information", True, date(2026, 9, 30), unasked=True
    ),
    "s17": Gateway("Children Act 1989 s17, children in need", False, date(1991, 10, 14)),
    "s27": Gateway(
        "Children Act 1989 s27, help from other authorities",
        True,
        date(1991, 10, 14),
        discloses=frozenset({"SC", "ED", "HO", "HE"}),
        receives=frozenset({"SC"}),
    ),
    "s47": Gateway(
        "Children Act 1989 s47, enquiry into significant harm", True, date(1991, 10, 14), unasked=True
    ),
    "cda1998_s115": Gateway("Crime and Disorder Act 1998 s115", False, date(1998, 9, 30), unasked=True),
    "care_act_s42": Gateway("Care Act 2014 s42, adult enquiry", False, date(2015, 4, 1)),
    "care_act_s45": Gateway("Care Act 2014 s45, Safeguarding Adults Board request", True, date(2015, 4, 1)),
    "operation_encompass": Gateway(
        "Domestic Abuse Act 2021 s49A, Operation Encompass",
        True,
        date(2025, 11, 7),
        None,
        frozenset({"PO"}),
        frozenset({"ED"}),
        unasked=True,
    ),
    "cja2003_s325": Gateway("Criminal Justice Act 2003 s325, MAPPA", False, date(2004, 4, 5), unasked=True),
    "fgm2003_s5B": Gateway(
        "Female Genital Mutilation Act 2003 s5B",
        True,
        date(2015, 10, 31),
        discloses=frozenset({"HE", "ED", "SC"}),
        receives=frozenset({"PO"}),
        unasked=True,
    ),
    "common_law": Gateway("common law, overriding public interest", False, date.min, unasked=True),
}

PURPOSES: Final = {
    "s47": "a section 47 enquiry",
    "s17": "a section 17 assessment",
    "s16LA": "safeguarding or promoting the child's welfare",
    "s16H": "the safeguarding partners' functions",
    "s27": "help asked by a local authority",
    "family_help": "family help",
    "operation_encompass": "an Operation Encompass notice",
    "immediate_danger": "immediate danger",
    "crime_prevention": "preventing or detecting crime",
    "transfer": "a family's move to another authority",
    "care_act_s42": "an adult safeguarding enquiry",
}


def in_force(code: str, on: date) -> bool:
    """Whether the gateway may be relied on that day. False for an unknown code."""
    gateway = GATEWAYS.get(code)
    return gateway is not None and gateway.since <= on and (gateway.until is None or on < gateway.until)
