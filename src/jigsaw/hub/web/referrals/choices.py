"""Which answers does the concern form offer, in whose words?"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.web.forms import Choice

WANTS = [
    ("act", Choice(_("Please act"), _("I think this child needs help or protection from you."))),
    ("tell", Choice(_("Please tell me"), _("I need to know what you know, to help this child myself."))),
    ("record", Choice(_("For your records"), _("You should know this. I expect nothing now."))),
]
PARENTS_KNOW = [
    ("told", Choice(_("Yes, I have told them"))),
    ("will_tell", Choice(_("Not yet, I will tell them"))),
    (
        "not_told",
        Choice(
            _("No"),
            _(
                "Telling them could put the child, you or someone else at risk, or they cannot be reached. Say which below."
            ),
        ),
    ),
]
CALLERS = [
    ("professional", Choice(_("I am, in my work"))),
    (
        "public",
        Choice(_("A member of the public told me"), _("A neighbour, a relative, the child or a parent.")),
    ),
    (
        "anonymous",
        Choice(
            _("Someone who will not say who they are"),
            _("Nothing can be sent back to them. Tell them whom to ring again."),
        ),
    ),
]
# The same answers as whoever reads the concern hears them.
CALLER_READ = {
    "professional": _("In their own work"),
    "public": _("For a member of the public"),
    "anonymous": _("For a caller who gave no name"),
}
PARENTS_READ = {
    "told": _("Yes, they have been told."),
    "will_tell": _("Not yet: the sender will tell them."),
    "not_told": _("No."),
    "": _("Not asked: the caller is not a professional."),
}
HOW_KNOWN = [
    ("fact", Choice(_("Fact"), _("Seen, heard, measured or recorded by the source"))),
    ("opinion", Choice(_("Professional opinion"), _("What the source makes of it"))),
    ("reported", Choice(_("Reported by others"), _("Someone told the source"))),
]
PARTS_OF_CHILDREN = [("child", _("Child")), ("unborn", _("Unborn baby"))]
PARTS_OF_OTHERS = [
    ("parent", _("Parent or carer")),
    ("household", _("Lives with the child")),
    ("family", _("Family living elsewhere")),
    ("alleged", _("May have caused harm")),
    ("other", _("Someone else who matters")),
]
PARTS = dict(PARTS_OF_CHILDREN + PARTS_OF_OTHERS)
SEXES_OF_CHILDREN = [("F", _("Girl")), ("M", _("Boy")), ("", _("Not known"))]
SEXES = [("F", _("Woman or girl")), ("M", _("Man or boy")), ("", _("Not known"))]
YES_NO = [("yes", _("Yes")), ("no", _("No")), ("", _("Not known"))]

# The relationships people name most, in this order; the rest of the vocabulary comes with imports.
_RELATIONSHIPS = [
    (_("Parents and carers"), "MTH FTH STPMTH STPFTH ADOPTM ADOPTF MTHFOST FTHFOST PRNFOST PRN"),
    (_("Brothers and sisters"), "BRO SIS HBRO HSIS STPBRO STPSIS TWIN SIB"),
    (_("Grandparents"), "MGRMTH MGRFTH PGRMTH PGRFTH GRPRN"),
    (_("Wider family"), "AUNT UNCLE COUSN NIENEPH FAMMEMB"),
    (_("Not family"), "ROOM FRND NBOR"),
]

# The Department for Education's ethnicity codes, as the children-in-need census has them.
ETHNICITIES = {
    "WBRI": _("White British"),
    "WIRI": _("White Irish"),
    "WIRT": _("Traveller of Irish heritage"),
    "WROM": _("Gypsy or Roma"),
    "WOTH": _("Any other White background"),
    "MWBC": _("White and Black Caribbean"),
    "MWBA": _("White and Black African"),
    "MWAS": _("White and Asian"),
    "MOTH": _("Any other mixed background"),
    "AIND": _("Indian"),
    "APKN": _("Pakistani"),
    "ABAN": _("Bangladeshi"),
    "AOTH": _("Any other Asian background"),
    "BCRB": _("Black Caribbean"),
    "BAFR": _("Black African"),
    "BOTH": _("Any other Black background"),
    "CHNE": _("Chinese"),
    "OOTH": _("Any other ethnic group"),
    "REFU": _("Did not want to say"),
}


def ethnicities() -> list[tuple[str, object]]:
    """Codes and words for a select, starting with not known."""
    return [("", _("Not known")), *ETHNICITIES.items()]


def relationship_words(code: str) -> str:
    """What one person is to another, by MAIS code: "mother"; the code itself if it is not in the list."""
    entries = agreements.words("relationship_kinds")["entries"]
    return gettext(next((entry["words"] for entry in entries if entry["code"] == code), code)) if code else ""


def relationships() -> list[tuple[object, object]]:
    """MAIS codes with plain words for a select, grouped; empty for not known or none of these."""
    return [
        ("", _("Not known, or none of these")),
        *((name, _group(codes.split())) for name, codes in _RELATIONSHIPS),
    ]


def _group(codes: Iterable[str]) -> list[tuple[str, str]]:
    return [(code, _capital(relationship_words(code))) for code in codes]


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
