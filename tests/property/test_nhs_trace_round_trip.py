"""Whatever a matcher sends back, it is read row by row or refused in words; what is sent out comes back the same."""

import csv
import io
import json
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jigsaw.formats import nhs_trace
from jigsaw.formats.nhs_trace import Question, TraceRow
from jigsaw.formats.records import Problem, Unreadable
from jigsaw.formats.text import clean, storable

HEADER = "SourceID,GivenName,Surname,DOB,Gender,PostCode,SUI_Status,SUI_Score,SUI_NHSNo\n"
ODD = [
    "",
    "-",
    "=1+1",
    "'=x",
    '"',
    "\x00",
    "nan",
    "1e400",
    "٣",
    "Match",
    "NoMatch",
    "999 000 0018",
    "31/02/2015",
    ",",
]
cells = st.text(st.characters(codec="utf-8"), max_size=20) | st.sampled_from(ODD)
names = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40)
starts = st.sampled_from(
    [b"", b"PK\x03\x04", b"%PDF-", b"\xff\xfe", b"\xef\xbb\xbf", HEADER.encode(), b'"', b"\xfe\xff"]
)


def reading(data, *, answered):
    """What the reader gives, or None if it refuses; every other exception is a failure."""
    try:
        return list(nhs_trace.read(io.BytesIO(data), answered=answered))
    except Unreadable as refused:
        assert refused.message
        return None


@pytest.mark.parametrize("answered", [False, True])
@given(start=starts, rest=st.binary(max_size=400))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_read_or_refused(answered, start, rest):
    for one in reading(start + rest, answered=answered) or []:
        assert isinstance(one, TraceRow | Problem)
        if isinstance(one, TraceRow):
            assert "\\u0000" not in json.dumps(one.raw)


@given(st.lists(st.lists(cells, min_size=9, max_size=10), min_size=1, max_size=5))
@settings(max_examples=150, deadline=None)
def test_every_row_is_accounted_for_and_only_what_is_whole_is_certain(rows):
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    filled = [row for row in rows if any(clean(cell) for cell in row)]
    found = reading((HEADER + out.getvalue()).encode(), answered=True)
    if found is None:
        return
    told = [row for row in found if isinstance(row, TraceRow)]
    assert len(told) == len(filled)
    for row in told:
        assert not row.usable or (row.answer and row.reference)
        if row.usable and row.answer.certain:
            assert len(row.answer.number) == 10 and (
                row.answer.score is None or 0.95 <= row.answer.score <= 1
            )


@given(
    given=names,
    family=names,
    born=st.dates(date(1900, 1, 1), date(2100, 1, 1)),
    shape=st.sampled_from(["plain", "dbs"]),
)
@settings(max_examples=200, deadline=None)
def test_what_goes_out_comes_back(given, family, born, shape):
    question = Question(reference="R1", given=given, family=family, born=born)
    text = "".join(nhs_trace.write([question], shape=shape))
    [row] = nhs_trace.read(io.BytesIO(text.encode()))
    assert (row.given, row.family, row.born) == (clean(storable(given)), clean(storable(family)), born)
    for cells in csv.reader(io.StringIO(text, newline="")):
        assert not [cell for cell in cells if cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))]
