"""The listener for HL7 v2 over MLLP: whose connection is this, and what does it hear back?

One thread a connection, so a sender that is slow holds up nobody else; its next message is read after the last was
answered, so that a flood waits at its sender. Whoever sends from an address that is no setting's is hung up on.
"""

from __future__ import annotations

import logging
import queue
import signal
import socket
import socketserver
import ssl
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError, InterfaceError, OperationalError, close_old_connections, connection
from django.utils import timezone

from jigsaw.formats import mllp
from jigsaw.formats.adt import acknowledge
from jigsaw.formats.adt_answer import wants_answer
from jigsaw.hub.cli.mllp_tls import HANDSHAKE_SECONDS
from jigsaw.hub.kit import context
from jigsaw.hub.kit.ids import uuid7
from jigsaw.hub.unscheduled_care import keeping, settings
from jigsaw.hub.unscheduled_care.keeping import Answer, Broken, Received

if TYPE_CHECKING:
    from jigsaw.hub.unscheduled_care.models import Setting

log = logging.getLogger("jigsaw.listen")
PIECE = 65_536
# Senders keep connections open between messages; one that is silent for so long is gone.
IDLE_SECONDS = 600
MOST_FROM_ONE = 20
MOST_KEPT_AT_ONCE = 50
Keep = Callable[[Received], Answer]
Encrypts = Callable[[], ssl.SSLContext | None]
CUT_OFF = Broken(
    "AE", "The message began and did not end: the connection broke off, or another message began."
)
OUTSIDE = Broken("AE", "There were bytes between messages that belong to none.")
OVERSIZE = Broken("AR", "The message was longer than is allowed, so only its beginning was kept.")
WHY = {mllp.Broken: CUT_OFF, mllp.Garbage: OUTSIDE, mllp.Oversize: OVERSIZE}
NOT_KEPT = "The message could not be kept. Send it again."


def keep_one(one: Received) -> Answer:
    """Keep it in a transaction of its own; raises DatabaseError if it is not kept."""
    now = timezone.now()
    with context.working("feeds", now=now):
        [answer] = keeping.keep([one], now=now)
    return answer


class KeptTogether:
    """Keeps what many threads bring at the same time in one transaction: one commit, and one wait for the disk."""

    def __init__(self) -> None:
        self._brought: queue.SimpleQueue[tuple[Received, Future[Answer]]] = queue.SimpleQueue()
        threading.Thread(target=self._keep_all, name="keeping", daemon=True).start()

    def keep(self, one: Received) -> Answer:
        """Returns once it is kept; raises DatabaseError if it is not."""
        promised: Future[Answer] = Future()
        self._brought.put((one, promised))
        return promised.result()

    def _keep_all(self) -> None:
        while True:
            some = [self._brought.get()]
            while len(some) < MOST_KEPT_AT_ONCE and not self._brought.empty():
                some.append(self._brought.get())
            self._keep_some(some)

    def _keep_some(self, some: list[tuple[Received, Future[Answer]]]) -> None:
        """All of them or none; then, unless the database is away, one by one, so that no other suffers for one."""
        now = timezone.now()
        try:
            close_old_connections()
            with context.working("feeds", now=now):
                answers = keeping.keep([one for one, _promised in some], now=now)
        except Exception as error:
            for one, promised in some:
                if len(some) > 1 and not isinstance(error, OperationalError | InterfaceError):
                    self._keep_some([(one, promised)])
                else:
                    promised.set_exception(error)
            return
        for (_one, promised), answer in zip(some, answers, strict=True):
            promised.set_result(answer)


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, *args: Any, tls: Encrypts) -> None:
        super().__init__(*args)
        self.tls = tls
        self.keep: Keep = KeptTogether().keep

    def handle_error(self, request: Any, client_address: Any) -> None:
        log.exception("a connection failed")


class Listener:
    """The listener, from when it is bound until the block ends.

    `tls` is asked of each new connection; where it answers, nothing is heard in the clear.
    """

    def __init__(self, host: str, port: int, tls: Encrypts = lambda: None) -> None:
        self.server = _Server((host, port), _Connection, tls=tls)
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
        tls = getattr(self.server, "tls", lambda: None)()
        if tls and not self._closed_to_others(tls):
            return
        self.request.settimeout(IDLE_SECONDS)
        splitter = mllp.Splitter()
        try:
            while data := self.request.recv(PIECE):
                for found in splitter.feed(data):
                    self._hear(known, found)
        except (TimeoutError, ConnectionError, ssl.SSLError):
            pass
        for found in splitter.close():
            self._hear(known, found, answer=False)

    def _closed_to_others(self, tls: ssl.SSLContext) -> bool:
        """Encrypt the line, in this connection's own thread: whoever dawdles over it holds up nobody else."""
        self.request.settimeout(HANDSHAKE_SECONDS)
        try:
            self.request = tls.wrap_socket(self.request, server_side=True)
        except OSError as error:
            log.warning("a connection could not be encrypted", extra={"why": getattr(error, "reason", None)})
            return False
        return True

    def finish(self) -> None:
        """An encrypted line is a socket of its own, which the server does not know of."""
        self.request.close()

    def _hear(self, known: list[Setting], found: mllp.Finding, *, answer: bool = True) -> None:
        content = found.content if isinstance(found, mllp.Frame | mllp.Broken) else found.head
        told = _taken(known, content, WHY.get(type(found)), getattr(self.server, "keep", keep_one))
        # Bytes that are no message have nobody who waits for an answer.
        if told and answer and not isinstance(found, mllp.Garbage):
            self.request.sendall(mllp.frame(told))


def _let_go_of_the_database() -> None:
    """Each thread has a connection of its own."""
    connection.close()


def _taken(known: list[Setting], content: bytes, broken: Broken | None, keep: Keep) -> bytes:
    """The answer once it is kept; an error and nothing kept if the database is not there: the sender tries again."""
    now = timezone.now()
    messages = keeping.read(content, received=now)
    first = messages[0]
    came = Received(settings.named(known, first.facility), content, "mllp", messages, broken)
    code, note = came.code, broken.words if broken else ""
    try:
        code = keep(came).code
    except DatabaseError as error:
        log.error("a message was not kept", exc_info=error)
        code, note = "AE", NOT_KEPT
    if not wants_answer(first, code):
        return b""
    return acknowledge(first, now=now, control_id=uuid7().hex[:20], code=code, note=note)
