"""A national register for tests: a real HTTP server on this machine that answers from the public examples."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

EXAMPLES = Path(__file__).parents[2] / "data" / "pds"
OUTCOME = {"resourceType": "OperationOutcome"}


def example(name: str) -> dict:
    return json.loads((EXAMPLES / f"{name}.json").read_text())


def outcome(code: str, kind: str = "value") -> dict:
    coding = {"system": "https://fhir.nhs.uk/R4/CodeSystem/Spine-ErrorOrWarningCode", "code": code}
    issue = {"severity": "error", "code": kind, "details": {"coding": [coding]}, "diagnostics": "Jane Smith"}
    return {**OUTCOME, "issue": [issue]}


def bundle(*entries: tuple[dict, float | None]) -> dict:
    told = [
        {"resource": resource, **({} if score is None else {"search": {"score": score}})}
        for resource, score in entries
    ]
    return {"resourceType": "Bundle", "type": "searchset", "total": len(told), "entry": told}


NOBODY = {"resourceType": "Bundle", "type": "searchset", "total": 0}
TOO_MANY = outcome("TOO_MANY_MATCHES", "multiple-matches")


@dataclass
class Reply:
    """One answer of the server."""

    body: object = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0

    def bytes(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass
class Call:
    """One question as the server saw it."""

    method: str
    path: str
    asked: dict[str, list[str]]
    headers: dict[str, str]
    form: dict[str, list[str]]


class Server:
    """Answers in turn from `replies` (by path), the last again and again; `calls` is what was asked."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.replies: dict[str, list[Reply]] = {}
        self._gone = threading.Event()

    def on(self, path: str, *replies: Reply) -> None:
        self.replies[path] = list(replies)

    def reply(self, call: Call) -> Reply:
        self.calls.append(call)
        waiting = self.replies.get(call.path)
        if not waiting:
            return Reply(outcome("RESOURCE_NOT_FOUND"), 404)
        reply = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        self._gone.wait(reply.delay)
        return reply

    def stop_waiting(self) -> None:
        self._gone.set()

    def asked(self, path: str) -> list[dict[str, list[str]]]:
        return [call.asked for call in self.calls if call.path == path]


def _handler(server: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            call = Call(
                self.command,
                parts.path,
                parse_qs(parts.query, keep_blank_values=True),
                {name.lower(): value for name, value in self.headers.items()},
                parse_qs(self.rfile.read(length).decode()),
            )
            reply = server.reply(call)
            body = reply.bytes()
            try:
                self.send_response(reply.status)
                for name, value in {"Content-Type": "application/fhir+json", **reply.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                pass  # whoever asked went away: that is what some tests are about

        do_POST = do_GET

        def log_message(self, *_words: object) -> None:
            return

    return Handler


@contextmanager
def serving(prepare: Callable[[Server], None] | None = None) -> Iterator[tuple[str, Server]]:
    """The address of a running server, and what it answers."""
    answers = Server()
    if prepare:
        prepare(answers)
    http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(answers))
    http.daemon_threads = True
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{http.server_address[1]}", answers
    finally:
        answers.stop_waiting()
        http.shutdown()
        http.server_close()
        thread.join()
