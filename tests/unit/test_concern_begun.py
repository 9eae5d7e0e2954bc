"""What was typed into the search box, box by box of a new concern: as typed, and nothing that was not said."""

from __future__ import annotations

from datetime import date

import pytest

from jigsaw.hub.web.referrals.carrying import _fields
from jigsaw.record_linkage import query_text

TODAY = date(2026, 11, 22)
COUNTS = {"TOTAL_FORMS", "INITIAL_FORMS", "part"}


def begun(text: str, kind: str = "children") -> dict[str, str]:
    """What stands in the first block of a kind, without what every block has."""
    fields = dict(_fields(query_text.read(text, TODAY), TODAY))
    boxes = {name.split("-", 2)[-1]: value for name, value in fields.items() if name.startswith(f"{kind}-0-")}
    return {name: value for name, value in boxes.items() if value and name not in COUNTS}


@pytest.mark.parametrize(
    ("typed", "boxes"),
    [
        ("walsh, katie", {"given": "Katie", "family": "Walsh"}),
        ("Anna VAN DER BERG", {"given": "Anna", "family": "VAN DER BERG"}),
        ("katie", {"given": "Katie"}),
        ("Katie Walsh 14", {"given": "Katie", "family": "Walsh", "age": "14"}),
        ("katie walsh aged 6 months", {"given": "Katie", "family": "Walsh", "age": "0"}),
        ("Katie Walsh born 2012", {"given": "Katie", "family": "Walsh", "born-year": "2012"}),
        (
            "Katie Walsh march 2012",
            {"given": "Katie", "family": "Walsh", "born-month": "3", "born-year": "2012"},
        ),
        (
            "boy sam bell, 12 harbour lane, st1 4qz",
            {
                "given": "Sam",
                "family": "Bell",
                "sex": "M",
                "address": "12 Harbour Lane",
                "postcode": "ST1 4QZ",
            },
        ),
        ("katie walsh girl", {"given": "Katie", "family": "Walsh", "sex": "F"}),
        ("999 000 0018", {"nhs_number": "999 000 0018"}),
        ("%%% ***", {}),
        ("", {}),
    ],
)
def test_a_child_begins_with_what_was_typed(typed: str, boxes: dict[str, str]) -> None:
    found = begun(typed)
    assert found == boxes


def test_an_unborn_baby_has_the_mothers_names_beside_it_and_the_day_it_is_due() -> None:
    typed = "unborn baby of donna walsh due 3/3/2027"
    fields = dict(_fields(query_text.read(typed, TODAY), TODAY))
    assert fields["children-0-part"] == "unborn"
    child = begun(typed)
    assert (child["born-day"], child["born-month"], child["born-year"]) == ("3", "3", "2027")
    assert "given" not in child and child["family"] == "Walsh"
    mother = begun(typed, "others")
    assert mother["family"] == "Walsh" and mother["given"] == "Donna" and mother["relationship"] == "MTH"
