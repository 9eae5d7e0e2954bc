"""Messages come out of a stream whole, however it is cut, and nothing fills the memory."""

import tracemalloc
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jigsaw.formats import mllp
from jigsaw.formats.mllp import Broken, Frame, Garbage, Oversize, Splitter, frame

PAYLOADS = st.lists(st.binary(max_size=12).filter(lambda b: not set(b) & {0x0B, 0x1C}), max_size=6)


def split(*pieces, largest=100):
    splitter = Splitter(largest=largest)
    return [found for piece in pieces for found in splitter.feed(piece)] + list(splitter.close())


@settings(max_examples=60, deadline=None)
@given(PAYLOADS, st.lists(st.integers(min_value=0, max_value=90), max_size=6))
def test_any_cut_of_the_stream_gives_the_same_messages(payloads, cuts):
    stream = b"".join(map(frame, payloads))
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    pieces = [stream[a:b] for a, b in pairwise(edges)]
    assert split(*pieces) == [Frame(payload) for payload in payloads]


@pytest.mark.parametrize(
    ("stream", "found"),
    [
        (b"\x0bone\x1c\r\n\x0btwo\x1c", [Frame(b"one"), Frame(b"two")]),
        (b"GET / HTTP/1.1\r\n", [Garbage(b"GET / HTTP/1.1", 14)]),
        (b"noise\x0bone\x1c\r", [Garbage(b"noise", 5), Frame(b"one")]),
        (b"\x0bcut off", [Broken(b"cut off")]),
        (b"\x0bcut off\x0bwhole\x1c\r", [Broken(b"cut off"), Frame(b"whole")]),
        (b"\x0b" + b"x" * 101 + b"\x1c\r\x0bone\x1c\r", [Oversize(b"x" * 100, 101), Frame(b"one")]),
        (b"\x0b\x1c\r", [Frame(b"")]),
        (b"", []),
    ],
)
def test_what_lies_between_messages_is_told_and_the_next_one_still_arrives(stream, found):
    assert split(stream) == found
    assert split(*(bytes([byte]) for byte in stream)) == found


@pytest.mark.parametrize("start", [b"", b"\x0b"])
def test_fifty_megabytes_of_nothing_take_no_memory(start):
    splitter = Splitter(largest=64 * 1024)
    nothing = b"\x00" * 1_000_000
    tracemalloc.start()
    for piece in (start, *[nothing] * 50):
        assert list(splitter.feed(piece)) == []
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    [found] = splitter.close()
    assert peak < 3_000_000
    assert (type(found), found.size) == (Oversize if start else Garbage, 50_000_000)
    assert mllp.frame(b"x") == b"\x0bx\x1c\r"
