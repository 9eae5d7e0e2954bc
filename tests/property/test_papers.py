"""Whatever bytes come in, a clean copy or a refusal in words goes out."""

from __future__ import annotations

import io

import pikepdf
from hypothesis import given, settings
from hypothesis import strategies as st

from jigsaw.papers import cleaning, file_name, pdf
from jigsaw.papers.names import LONGEST
from jigsaw.papers.outcome import LARGEST_CLEAN, MEDIA_TYPES, Clean, Refusal
from papers_in_tests import HARM, a_pdf, a_photograph, a_picture

WHOLE = [
    *(a_pdf("One", "Two", harm=harm) for harm in HARM if harm != "a bomb"),
    a_photograph(),
    a_picture("PNG"),
    a_picture("WEBP"),
    "Dear Ros, five 🙂".encode(),
]


@st.composite
def spoilt(draw: st.DrawFn) -> bytes:
    """A whole file with a few bytes changed, cut off, or said twice."""
    data = bytearray(draw(st.sampled_from(WHOLE)))
    for _time in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(data) - 1))
        data[at : at + draw(st.integers(0, 4))] = draw(st.binary(max_size=4))
        if not data:
            break
    end = draw(st.one_of(st.none(), st.integers(0, len(data))))
    return bytes(data[:end])


def outcome(data: bytes) -> Clean | Refusal:
    try:
        return cleaning.clean(data)
    except Refusal as refusal:
        return refusal


@settings(max_examples=400, deadline=None)
@given(
    st.one_of(spoilt(), st.binary(max_size=400), st.binary(max_size=200).map(lambda end: b"%PDF-1.7\n" + end))
)
def test_whatever_comes_in_is_clean_or_refused_in_words(data: bytes) -> None:
    made = outcome(data)
    if isinstance(made, Refusal):
        assert made.code and made.words.endswith(".") and made.next_step.endswith(".")
        return
    assert made.kind in MEDIA_TYPES and made.pages > 0 and 0 < len(made.content) <= LARGEST_CLEAN
    if made.kind == "pdf":
        with pikepdf.open(io.BytesIO(made.content)) as copy:
            assert not {code for thing in copy.objects for code in pdf._told_by(thing)}
    again = outcome(made.content)
    assert isinstance(again, Clean) and again.taken_out == ()


@given(st.text(max_size=200))
def test_a_name_is_one_name_whatever_the_title(title: str) -> None:
    name = file_name(title, "pdf")
    assert name.endswith(".pdf") and len(name) <= LONGEST + len("document .pdf")
    assert not set(name) & set('/\\:*?"<>|\r\n\0;') and not name.startswith((".", "-", " "))
