"""Sharetown: what practitioners there propose to share, and what the sharing rules answer.

Every story begins with one that may go ahead: Oakfield School was asked by children's social care, in a
live section 47 enquiry, about a child's attendance. Each test changes only what it is about.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import jigsaw
from jigsaw.sharing_rules import agreements, instruments
from jigsaw.sharing_rules.finding import Finding
from jigsaw.sharing_rules.may_share import may_share
from jigsaw.sharing_rules.may_withhold import may_withhold
from jigsaw.sharing_rules.proposed import Grounds, Item, Party, Proposed, Request, Withholding

TODAY = date(2026, 10, 14)
SHARETOWN = frozenset({"E06999991"})
LAW = Path(jigsaw.__file__).parent / "hub" / "agreements" / "data" / "legal_instruments.json"
ROWS = json.loads(LAW.read_text(encoding="utf-8"))["entries"]
REGISTER = instruments.read(ROWS)
AGREEMENT = agreements.read(agreements.sharetown())
AGREED = agreements.compiled([AGREEMENT])
SCHOOL = Party("Oakfield School", "ED", frozenset({"designated_safeguarding_lead"}), "OAK", SHARETOWN)
SOCIAL_CARE = Party(
    "Sharetown Children's Services", "SC", frozenset({"safeguarding_partner"}), "CSC", SHARETOWN
)

ATTENDANCE = Item(
    kind="school_attendance",
    how_known="fact",
    source="attendance register",
    text="Attendance this term 61%. Her aunt Alma Dray collects her.",
    released_text="Attendance this term 61%.",
    happened_on=date(2026, 10, 1),
)
ENQUIRY = Request(reference="REQ-1", purpose_code="s47", asked_of_holder=True, live=True, subjects_match=True)
GROUNDS = Grounds(
    lawful_basis="art6_e",
    gateway="s47",
    told_family="told",
    reasons="Falling attendance helps to show how the children are cared for.",
)
BASELINE = Proposed(
    item=ATTENDANCE,
    holder=SCHOOL,
    recipient=SOCIAL_CARE,
    request=ENQUIRY,
    decision=GROUNDS,
    today=TODAY,
    edition="2024",
    register=REGISTER,
    agreements=AGREED,
)
WITHHELD = Withholding(
    kind="identity_protection",
    reasons="The neighbour who told us would be at risk if the father learnt of her.",
    review_trigger="If she agrees, or the father moves away.",
    words_for_requester="One item is withheld to protect somebody's identity.",
    request=ENQUIRY,
    advice_from="Designated safeguarding lead",
    today=TODAY,
)


def change(baseline: Any, changes: dict[str, Any]) -> Any:
    """A copy with the changes; a dict changes the parts of a part."""
    made = {k: replace(getattr(baseline, k), **v) if isinstance(v, dict) else v for k, v in changes.items()}
    return replace(baseline, **made)


@pytest.fixture
def sharetown() -> dict[str, Any]:
    """The agreement of Sharetown, as a document to change."""
    return agreements.sharetown()


@pytest.fixture
def law() -> Callable[..., instruments.Register]:
    """The register of law, with one law changed: `law("s16LA", verified=True)`."""
    return lambda code, **changes: instruments.read(
        [{**row, **changes} if row["code"] == code else row for row in ROWS]
    )


@pytest.fixture
def propose() -> Callable[..., Proposed]:
    """The school's proposal, with changes: `propose(item={"sealed": True}, request=None)`."""
    return lambda **changes: change(BASELINE, changes)


@pytest.fixture
def ask() -> Callable[..., Finding]:
    """One check's finding on the school's proposal with changes."""

    def finding(code: str, **changes: Any) -> Finding:
        verdict = may_share(change(BASELINE, changes))
        return next(found for found in verdict.findings if found.check == code)

    return finding


@pytest.fixture
def withhold() -> Callable[..., Withholding]:
    """The school's decision to withhold, with changes."""
    return lambda **changes: change(WITHHELD, changes)


@pytest.fixture
def ask_withholding() -> Callable[..., Finding]:
    """One check's finding on the school's decision to withhold, with changes."""

    def finding(code: str, **changes: Any) -> Finding:
        verdict = may_withhold(change(WITHHELD, changes))
        return next(found for found in verdict.findings if found.check == code)

    return finding
