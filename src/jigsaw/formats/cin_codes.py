"""What do the codes of the children-in-need census stand for?

Labels in our words, after the DfE children in need census code sets for 2016-17 to 2025-26. A code that is
not here is kept as it came and reported.
"""

from __future__ import annotations

from typing import Literal

SEX: dict[str, Literal["M", "F", "U"]] = {
    "M": "M",
    "F": "F",
    "U": "U",
    "1": "M",  # GenderCurrent, until 2023-24
    "2": "F",
    "0": "U",
    "9": "U",
}

ETHNICITIES = frozenset(
    """WBRI WIRI WIRT WROM WOTH MWBC MWBA MWAS MOTH AIND APKN ABAN AOTH
    BCRB BAFR BOTH CHNE OOTH REFU NOBT""".split()  # noqa: SIM905 - reads as the code set that it is
)

DISABILITIES = {
    "NONE": "no disability",
    "AUT": "autism",
    "BEH": "behaviour",
    "COMM": "communication",
    "CON": "consciousness",
    "DDA": "other disability under the Equality Act",
    "HAND": "hand function",
    "HEAR": "hearing",
    "INC": "incontinence",
    "LD": "learning",
    "MOB": "mobility",
    "PC": "personal care",
    "VIS": "vision",
}

REFERRAL_SOURCES = {
    "1A": "family member, relative or carer",
    "1B": "acquaintance",
    "1C": "the child",
    "1D": "other individual",
    "2A": "school",
    "2B": "education services",
    "3A": "GP",
    "3B": "health visitor",
    "3C": "school nurse",
    "3D": "other primary health services",
    "3E": "emergency department",
    "3F": "other health services",
    "4": "housing",
    "5A": "the authority's social care",
    "5B": "another department of the authority",
    "5C": "another authority",
    "5D": "the authority's early help",
    "6": "police",
    "7": "other legal agency",
    "8": "other source",
    "9": "anonymous",
    "10": "unknown source",
}

PRIMARY_NEEDS = {
    "N0": "not stated",
    "N1": "abuse, neglect or exploitation",
    "N2": "child's disability or illness",
    "N3": "parent's disability or illness",
    "N4": "family in acute stress",
    "N5": "family dysfunction",
    "N6": "socially unacceptable behaviour",
    "N7": "low income",
    "N8": "absent parenting",
    "N9": "cases other than children in need",
}

ABUSE_CATEGORIES = {
    "NEG": "neglect",
    "PHY": "physical abuse",
    "SAB": "sexual abuse",
    "EMO": "emotional abuse",
    "MUL": "multiple categories",
}

CLOSURE_REASONS = frozenset(f"RC{number}" for number in range(1, 10))

UPN_UNKNOWN_REASONS = frozenset(f"UN{number}" for number in range(1, 8))

# 18A and 19A were retired, and still come.
ASSESSMENT_FACTORS = frozenset(
    """1A 1B 1C 2A 2B 2C 3A 3B 3C 4A 4B 4C 5A 5B 5C 6A 6B 6C 7A 8B 8C 8D 8E 8F 9A 10A 11A 12A 13A 14A
    15A 16A 17A 18A 18B 18C 19A 19B 19C 20 21 22A 23A 24A""".split()  # noqa: SIM905 - as above
)
