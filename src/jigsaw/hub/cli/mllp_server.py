"""The listener for HL7 v2 over MLLP: whose connection is this, and what does it hear back?

One thread a connection, so a sender that is slow holds up nobody else; its next message is read after the last was
answered, so that a flood waits at its sender. Whoever sends from an address that is no setting's is hung up on.
"""

from __future__ import annotations

import logging
import signal
import socket
import socketserver
import threading
from collections import Counter
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone

from jigsaw.formats import adt, mllp
from jigsaw.formats.adt_answer import wants_answer
from jigsaw.hub.kit import context
from jigsaw.hub.kit.ids import uuid7
from jigsaw.hub.unscheduled_care import arriving, settings
from jigsaw.hub.unscheduled_care.arriving import Broken

if TYPE_CHECKING:
    from jigsaw.hub.unscheduled_care.models import Setting

log = logging.getLogger("jigsaw.listen")
PIECE = 65_536
# Senders keep connections open between messages; one that is silent for so long is gone.
IDLE_SECONDS = 600
MOST_FROM_ONE = 20
CUT_OFF = Broken(
    "AE", "The message began and did not end: the connection broke off, or another message began."
)
OUTSIDE = Broken("AE", "There were bytes between messages that belong to none.")
OVERSIZE = Broken("AR", "The message was longer than is allowed, so only its beginning was kept.")
WHY = {mllp.Broken: CUT_OFF, mllp.Garbage: OUTSIDE, mllp.Oversize: OVERSIZE}
NOT_KEPT = "The message could not be kept. Send it again."


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        log.exception("a connection failed")


class Listener:
    """The listener, from when it is bound until the block ends."""

    def __init__(self, host: str, port: int) -> None:
        self.server = _Server((host, port), _Connection)
        self.port: int = self.server.server_address[1]

    def __enter__(self) -> Listener:
        return self

    def __exit__(self, *_error: object) -> None:
        self.server.server_close()

    def run(self) -> None:
        """Until Ctrl-C or a request to stop."""
        for wanted in (signal.SIGINT, signal.SIGTERM):
            signal.signal(wanted, lambda *_: threading.Thread(target=self.server.shutdown).start())
        self.server.serve_forever(poll_interval=0.2)


class _Connection(socketserver.BaseRequestHandler):
    request: socket.socket
    there: Counter[str] = Counter()
    guard = threading.Lock()

    def handle(self) -> None:
        host = str(self.client_address[0])
        with self.guard:
            self.there[host] += 1
            many = self.there[host] > MOST_FROM_ONE
        try:
            if many:
                log.warning("too many connections from one address")
            else:
                self._serve(host)
        finally:
            with self.guard:
                self.there[host] -= 1
            _let_go_of_the_database()

    def _serve(self, host: str) -> None:
        with context.working("feeds"):
            known = settings.of_address(host)
        if not known:
            log.warning("a connection came from an address that is no setting’s")
            return
        self.request.settimeout(IDLE_SECONDS)
        splitter = mllp.Splitter()
        try:
            while data := self.request.recv(PIECE):
                for found in splitter.feed(data):
                    self._hear(known, found)
        except (TimeoutError, ConnectionError):
            pass
        for found in splitter.close():
            self._hear(known, found, answer=False)

    def _hear(self, known: list[Setting], found: mllp.Finding, *, answer: bool = True) -> None:
        content = found.content if isinstance(found, mllp.Frame | mllp.Broken) else found.head
        told = _taken(known, content, WHY.get(type(found)))
        # Bytes that are no message have nobody who waits for an answer.
        if told and answer and not isinstance(found, mllp.Garbage):
            self.request.sendall(mllp.frame(told))


def _let_go_of_the_database() -> None:
    """Each thread has a connection of its own."""
    connection.close()


def _taken(known: list[Setting], content: bytes, broken: Broken | None) -> bytes:
    """The answer once it is kept; an error and nothing kept if the database is not there: the sender tries again."""
    now = timezone.now()
    message = adt.read(content, received=now)
    try:
        close_old_connections()
        with context.working("feeds", now=now):
            setting = settings.named(known, message.facility)
            answer = arriving.take(setting=setting, content=content, way="mllp", now=now, broken=broken)
        code, note = answer.code, broken.words if broken else ""
    except DatabaseError as error:
        log.error("a message was not kept", exc_info=error)
        code, note = "AE", NOT_KEPT
    if not wants_answer(message, code):
        return b""
    return adt.acknowledge(message, now=now, control_id=uuid7().hex[:20], code=code, note=note)
