"""Whatever bytes arrive, a reader gives records and problems or refuses in words; no row is lost."""

import csv
import io
import json
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jigsaw.formats import READERS, IncomingPerson, Mapping, Problem, Unreadable, sniff, suggest_mapping
from jigsaw.formats import dates as date_reading
from jigsaw.formats.text import clean, nhs_number

ON = date(2026, 11, 22)
FIELDS = [
    "local_id",
    "family_name",
    "full_name",
    "birth_date",
    "nhs_number",
    "postcode",
    "phone",
    "from_date",
]
MAPPING = Mapping(columns={name: name for name in FIELDS})
HEADER = ",".join(FIELDS)
CLASS_HEADER = "CHILD_FIRST_NAME,CHILD_LAST_NAME,CHILD_DATE_OF_BIRTH,CHILD_POSTCODE,CHILD_SCHOOL_URN"
CIN = "<Message><Children><Child><LAchildID>1</LAchildID>{}</Child></Children></Message>"

cells = st.text(st.characters(codec="utf-8"), max_size=30) | st.sampled_from(
    [
        "31/02/2015",
        "25/04/2015",
        "45000",
        "ZZ99 3VZ",
        "999 000 0018",
        '"',
        "<b>",
        "=1+1",
        "\x00",
        "٣١/٠٢/٢٠١٥",
    ]
)
starts = st.sampled_from(
    [
        b"",
        b"PK\x03\x04",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"%PDF-",
        b"<?xml version='1.0'?>",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\xff\xfe\x00\x00",
        HEADER.encode() + b"\n",
        CLASS_HEADER.encode() + b"\n",
        CIN.partition("{}")[0].encode(),
        b'"',
    ]
)


def reading(name, data):
    """What the reader gives, or None if it refuses; every other exception is a failure."""
    known = {"mapping": MAPPING} if name == "table" else {}
    try:
        return list(READERS[name](io.BytesIO(data), on=ON, **known))
    except Unreadable as refused:
        assert refused.message
        return None


def check(found):
    for one in found or []:
        assert isinstance(one, (IncomingPerson, Problem))
        if isinstance(one, IncomingPerson):
            assert one.source_key and one.number > 0
            assert "\\u0000" not in json.dumps(one.raw)
            assert all(problem.record == one.number for problem in one.problems)
            assert one.usable or any(problem.message for problem in one.problems)


@pytest.mark.parametrize("name", list(READERS))
@given(start=starts, rest=st.binary(max_size=400))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_read_or_refused(name, start, rest):
    check(reading(name, start + rest))


@given(start=starts, rest=st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_a_mapping_is_suggested_or_refused_for_any_bytes(start, rest):
    try:
        suggested = suggest_mapping(io.BytesIO(start + rest))
    except Unreadable as refused:
        assert refused.message
    else:
        assert Mapping.parse(suggested.to_toml()) == suggested


def as_csv(header, rows):
    target = io.StringIO()
    csv.writer(target).writerows([header.split(","), *rows])
    return target.getvalue().encode()


@pytest.mark.parametrize(("name", "header"), [("table", HEADER), ("class-list", CLASS_HEADER)])
@given(rows=st.lists(st.lists(cells, min_size=1, max_size=9), min_size=1, max_size=8))
@settings(max_examples=150, deadline=None)
def test_every_row_that_is_not_blank_is_accounted_for(name, header, rows):
    content = as_csv(header, rows)
    found = reading(name, content)
    check(found)
    if found is None:
        assert sniff(io.BytesIO(content)) == "binary" or not any(clean(cell) for row in rows for cell in row)
        return
    numbers = [one.number for one in found if isinstance(one, IncomingPerson)]
    assert numbers == [number for number, row in enumerate(rows, start=2) if any(map(clean, row))]


@given(ids=st.lists(cells, min_size=1, max_size=20))
@settings(max_examples=100, deadline=None)
def test_every_child_of_a_return_is_accounted_for(ids):
    from lxml import etree

    root = etree.Element("Message")
    for told in ids:
        child = etree.SubElement(root, "Child")
        legal = "".join(ch for ch in told if ch >= " " and ch not in "\ufffe\uffff")
        etree.SubElement(child, "LAchildID").text = legal
    found = reading("cin", etree.tostring(root))
    check(found)
    assert [one.number for one in found] == list(range(1, len(ids) + 1))


@given(name=st.sampled_from(list(READERS)), data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_reading_again_gives_the_same(name, data):
    header = {"table": HEADER, "class-list": CLASS_HEADER, "cin": ""}[name]
    rows = data.draw(st.lists(st.lists(cells, min_size=1, max_size=5), min_size=1, max_size=4))
    content = as_csv(header, rows) if header else CIN.format("<Sex>F</Sex>").encode()
    assert reading(name, content) == reading(name, content)


@given(st.dates(min_value=date(1000, 1, 1)))
def test_every_day_is_read_back_from_the_ways_to_write_it(day):
    for told in (
        day.isoformat(),
        f"{day.day}/{day.month}/{day.year}",
        f"{day:%Y%m%d}",
        f"{day:%Y-%b-%d} 00:00:00",
        f"{day.day} {day:%B} {day.year}",
    ):
        assert date_reading.parse(told) == day


@given(st.text(max_size=50))
def test_no_text_breaks_the_reading_of_dates_and_numbers(told):
    assert date_reading.parse(told) is None or isinstance(date_reading.parse(told), date)
    number = nhs_number(told)
    assert number is None or (len(number) == 10 and number.isascii() and number.isdigit())


@given(st.text(max_size=50))
def test_cleaning_twice_changes_nothing(told):
    assert clean(clean(told)) == clean(told)
