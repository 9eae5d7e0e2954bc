"""What a browser sends when a teacher raises a concern: every field of the form, as typed."""

from __future__ import annotations

KATIE = {
    "concern": "Katie says her mother’s partner shouts and breaks things.",
    "wants": "act",
    "caller": "professional",
    "parents_know": "not_told",
    "parents_know_why": "Telling them could put Katie at risk tonight.",
    "said-TOTAL_FORMS": "1",
    "said-INITIAL_FORMS": "0",
    "said-0-text": "Attendance fell to 82% this term.",
    "said-0-how_known": "fact",
    "said-0-source": "Register",
    "children-TOTAL_FORMS": "1",
    "children-INITIAL_FORMS": "0",
    "children-0-part": "child",
    "children-0-given": "Katie",
    "children-0-family": "Walsh",
    "children-0-born-day": "3",
    "children-0-born-month": "3",
    "children-0-born-year": "2012",
    "children-0-sex": "F",
    "children-0-child_words": "I take Poppy to my room.",
    "children-0-address": "12 Harbour Lane",
    "children-0-town": "Sharetown",
    "children-0-postcode": "st1 4qz",
    "children-0-nhs_number": "999 000 0018",
    "others-TOTAL_FORMS": "1",
    "others-INITIAL_FORMS": "0",
    "others-0-part": "parent",
    "others-0-relationship": "MTH",
    "others-0-given": "Donna",
    "others-0-family": "Walsh",
    "others-0-parental_responsibility": "yes",
    "others-0-same_home": "on",
}


def typed(**changes: str) -> dict[str, str]:
    """A complete concern about Katie, changed as a test needs; `children__0__given` is `children-0-given`."""
    return {**KATIE, **{name.replace("__", "-"): value for name, value in changes.items()}}
