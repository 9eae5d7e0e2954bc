"""A virus scanner that speaks as ClamAV’s daemon does, over a real socket, and knows one virus: EICAR’s."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from papers_in_tests import EICAR


class FakeClamd:
    """Listens until it is closed. `says`: an answer to give instead; `heard`: what was sent to be looked at."""

    def __init__(self, path: Path | None = None, *, says: bytes | None = None) -> None:
        self.says, self.heard = says, list[bytes]()
        self._listens = socket.socket(socket.AF_UNIX if path else socket.AF_INET)
        self._listens.bind(str(path) if path else ("127.0.0.1", 0))
        self._listens.listen()
        where = self._listens.getsockname()
        self.address = f"unix://{path}" if path else f"tcp://{where[0]}:{where[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._listens.shutdown(socket.SHUT_RDWR)  # wakes whoever waits for the next to call
        self._listens.close()

    def _serve(self) -> None:
        while True:
            try:
                line, _from = self._listens.accept()
            except OSError:
                return
            with line, line.makefile("rb") as told:
                line.sendall(self._answer(told) + b"\0")

    def _answer(self, told) -> bytes:
        command = b""
        while not command.endswith(b"\0"):
            command += told.read(1)
        if command == b"zPING\0":
            return b"PONG"
        assert command == b"zINSTREAM\0"
        data = b""
        while length := struct.unpack("!I", told.read(4))[0]:
            data += told.read(length)
        self.heard.append(data)
        if self.says is not None:
            return self.says
        return b"stream: Eicar-Signature FOUND" if EICAR in data else b"stream: OK"


@contextmanager
def fake_clamd(path: Path | None = None, *, says: bytes | None = None) -> Iterator[FakeClamd]:
    clamd = FakeClamd(path, says=says)
    try:
        yield clamd
    finally:
        clamd.close()
