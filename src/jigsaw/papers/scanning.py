"""Does a virus scanner know this file? Asked of ClamAV’s daemon by its INSTREAM command, over TCP or a Unix socket.

The bytes go to the scanner in pieces and are kept by nobody. See clamd(8): a command that begins with z ends with a
NUL, each piece is preceded by its length in four bytes, and a length of nothing ends the stream.
"""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlsplit

PIECE: Final = 64 * 1024
LONGEST_ANSWER: Final = 4096


class Silent(Exception):
    """The scanner did not answer, or not with a verdict."""


@dataclass(frozen=True)
class Scanner:
    """Where the scanner listens: `tcp://HOST:PORT` or `unix:///PATH`; seconds to wait for it each time."""

    address: str
    patience: float = 30.0

    def __post_init__(self) -> None:
        self._where()

    def finds(self, data: bytes) -> str:
        """What it takes the file for; empty if it knows nothing against it. Raises Silent."""
        answer = self._ask(b"zINSTREAM\0", data)
        if answer.endswith(" OK"):
            return ""
        if answer.endswith(" FOUND"):
            return answer.removesuffix(" FOUND").partition(": ")[2] or "unnamed"
        raise Silent(answer or "no answer")

    def answers(self) -> bool:
        """Is it there?"""
        try:
            return self._ask(b"zPING\0") == "PONG"
        except Silent:
            return False

    def _ask(self, command: bytes, data: bytes | None = None) -> str:
        try:
            with self._connected() as line:
                line.sendall(command)
                if data is not None:
                    for start in range(0, len(data), PIECE):
                        piece = data[start : start + PIECE]
                        line.sendall(struct.pack("!I", len(piece)) + piece)
                    line.sendall(struct.pack("!I", 0))
                return _read(line)
        except OSError as error:
            raise Silent(type(error).__name__) from error

    def _connected(self) -> socket.socket:
        family, where = self._where()
        if family == socket.AF_INET:
            assert isinstance(where, tuple)
            return socket.create_connection(where, timeout=self.patience)
        line = socket.socket(family, socket.SOCK_STREAM)
        try:
            line.settimeout(self.patience)
            line.connect(where)
        except OSError:
            line.close()
            raise
        return line

    def _where(self) -> tuple[int, tuple[str, int] | str]:
        parts = urlsplit(self.address)
        if parts.scheme == "unix" and parts.path:
            return socket.AF_UNIX, parts.path
        if parts.scheme == "tcp" and parts.hostname and parts.port:
            return socket.AF_INET, (parts.hostname, parts.port)
        raise ValueError(
            f"“{self.address}” is no address of a scanner: write tcp://HOST:PORT or unix:///PATH."
        )


def is_there(scanner: Scanner | None) -> bool:
    """Does a scanner answer within a second, for a page that says so? No scanner does not."""
    return scanner is not None and replace(scanner, patience=1).answers()


def _read(line: socket.socket) -> str:
    """The answer, up to its NUL."""
    read = b""
    while b"\0" not in read and len(read) < LONGEST_ANSWER and (more := line.recv(LONGEST_ANSWER)):
        read += more
    return read.partition(b"\0")[0].decode("utf-8", "replace").strip()
