"""For what may agencies ask each other? The purposes in words; the sharing rules know the same codes."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

PURPOSES = {
    "s47": _("Section 47 enquiry"),
    "s17": _("Section 17 assessment"),
    "family_help": _("Family help"),
    "immediate_danger": _("Immediate danger"),
    "s16LA": _("Safeguarding or promoting the child’s welfare"),
    "s16H": _("The safeguarding partners’ work"),
    "s27": _("Help asked by a local authority"),
    "operation_encompass": _("Operation Encompass notice"),
    "crime_prevention": _("Preventing or detecting crime"),
    "transfer": _("A family’s move to another authority"),
    "care_act_s42": _("Adult safeguarding enquiry"),
}


def purpose_words(code: str) -> str:
    """The purpose in words; a code that is not known stands for itself."""
    return str(PURPOSES.get(code, code))
