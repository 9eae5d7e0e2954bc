"""Which whole messages are in this stream of bytes, and what lies between them that belongs to none?

The minimal lower layer protocol puts a vertical tab before a message and a file separator and carriage return
after it. A pure state machine: bytes in, findings out; no sockets and no clock, so that whoever reads the socket
decides about time. Memory is bounded by `largest`, whatever a sender does.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass

from jigsaw.formats.hl7_text import LARGEST_MESSAGE

START, END, RETURN = b"\x0b", b"\x1c", b"\r"
_KEPT = 4096  # bytes of what belongs to no message: enough to recognise it
_SILENT = b"\r\n"


@dataclass(frozen=True, slots=True)
class Frame:
    """A whole message."""

    content: bytes


@dataclass(frozen=True, slots=True)
class Broken:
    """A message that began and did not end: another began, or the connection closed. `content` is what came."""

    content: bytes


@dataclass(frozen=True, slots=True)
class Oversize:
    """A message longer than allowed, told once it has ended. `head` is its beginning, `size` all its bytes."""

    head: bytes
    size: int


@dataclass(frozen=True, slots=True)
class Garbage:
    """Bytes outside any message: how many, and the first of them."""

    head: bytes
    size: int


Finding = Frame | Broken | Oversize | Garbage


def frame(content: bytes) -> bytes:
    """The content as it goes on the wire."""
    return START + content + END + RETURN


class Splitter:
    """Splits a stream that comes in pieces of any size; one for each connection."""

    def __init__(self, *, largest: int = LARGEST_MESSAGE) -> None:
        self.largest = largest
        self._inside = False
        self._held = bytearray()
        self._size = 0

    def feed(self, data: bytes) -> Iterator[Finding]:
        """What these bytes complete, in order. Draw all of it before the next piece is fed."""
        position = 0
        while position < len(data):
            if self._inside:
                position = yield from self._within(data, position)
            else:
                position = yield from self._between(data, position)

    def close(self) -> Iterator[Finding]:
        """What is left when the connection closes."""
        yield from self._broken() if self._inside else self._garbage()

    def _within(self, data: bytes, position: int) -> Generator[Finding, None, int]:
        end, again = data.find(END, position), data.find(START, position)
        if again >= 0 and (end < 0 or again < end):
            self._keep(data[position:again], self.largest)
            yield from self._broken()
            self._begin()
            return again + 1
        self._keep(data[position : end if end >= 0 else len(data)], self.largest)
        if end < 0:
            return len(data)
        yield from self._whole()
        return end + 1

    def _between(self, data: bytes, position: int) -> Generator[Finding, None, int]:
        start = data.find(START, position)
        self._keep(data[position : start if start >= 0 else len(data)].strip(_SILENT), _KEPT)
        if start < 0:
            return len(data)
        yield from self._garbage()
        self._begin()
        return start + 1

    def _keep(self, piece: bytes, room: int) -> None:
        self._size += len(piece)
        self._held += piece[: max(0, room - len(self._held))]

    def _begin(self) -> None:
        self._inside = True

    def _whole(self) -> Iterator[Finding]:
        content, size = self._taken()
        yield Frame(content) if size <= self.largest else Oversize(content[:_KEPT], size)

    def _broken(self) -> Iterator[Finding]:
        content, size = self._taken()
        yield Broken(content) if size <= self.largest else Oversize(content[:_KEPT], size)

    def _garbage(self) -> Iterator[Finding]:
        content, size = self._taken()
        if size:
            yield Garbage(content, size)

    def _taken(self) -> tuple[bytes, int]:
        content, size = bytes(self._held), self._size
        self._held, self._size, self._inside = bytearray(), 0, False
        return content, size
