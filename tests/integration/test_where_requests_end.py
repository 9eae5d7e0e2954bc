"""Where does a request end? The real gunicorn, as it is set up here, refuses whatever two readers could read differently.

A proxy and the server behind it that disagree let one user's words become the beginning of another's request (request smuggling).
Each odd request is followed, on the same connection, by one for /second/: it must never be answered.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

SECOND = b"GET /second/ HTTP/1.1\r\nHost: hub.example\r\n\r\n"
APP = """
def application(environ, start_response):
    body = environ["wsgi.input"].read()
    said = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']} {len(body)}".encode()
    start_response("200 OK", [("Content-Length", str(len(said)))])
    return [said]
"""


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """gunicorn with the hub's own settings, before a program that says how it read a request."""
    folder: Path = tmp_path_factory.mktemp("gunicorn")
    (folder / "says_how_it_read.py").write_text(APP)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = int(free.getsockname()[1])
    command = [
        sys.executable, "-m", "gunicorn", "--config=python:jigsaw.hub.config.web_server", "--workers=1",
        f"--bind=127.0.0.1:{number}", "--chdir", str(folder), "says_how_it_read:application",
    ]  # fmt: skip
    path = os.pathsep.join([str(folder), *filter(None, sys.path)])
    with subprocess.Popen(command, env={**os.environ, "PYTHONPATH": path}) as running:
        try:
            _wait(number, running)
            yield number
        finally:
            running.terminate()


def _wait(number: int, running: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and running.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", number), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("gunicorn did not start")


def sent(port: int, raw: bytes) -> bytes:
    """Everything that comes back on one connection until the other side closes it."""
    with socket.create_connection(("127.0.0.1", port), timeout=15) as line:
        line.sendall(raw)
        line.shutdown(socket.SHUT_WR)
        answer = b""
        try:
            while part := line.recv(65536):
                answer += part
        except ConnectionResetError:
            pass
        return answer


def post(*headers: bytes, body: bytes = b"") -> bytes:
    return b"\r\n".join([b"POST /first/ HTTP/1.1", b"Host: hub.example", *headers, b"", b""]) + body


CHUNKED, LENGTH = b"Transfer-Encoding: chunked", b"Content-Length: 5"
ODD = {
    "a length and chunks": post(LENGTH, CHUNKED, body=b"0\r\n\r\n"),
    "chunks and a length": post(CHUNKED, b"Content-Length: 4", body=b"5c\r\nx\r\n0\r\n\r\n"),
    "two lengths": post(LENGTH, b"Content-Length: 0", body=b"hello"),
    "two lengths in one": post(b"Content-Length: 5, 0", body=b"hello"),
    "a length with a sign": post(b"Content-Length: +5", body=b"hello"),
    "a length in other digits": post("Content-Length: ٥".encode(), body=b"hello"),
    "a length with an underscore": post(b"Content-Length: 1_0", body=b"hello"),
    "a negative length": post(b"Content-Length: -1", body=b"hello"),
    "a blank before the colon": post(b"Content-Length : 5", body=b"hello"),
    "chunks that are not last": post(b"Transfer-Encoding: chunked, identity", body=b"0\r\n\r\n"),
    "chunks by another name": post(b"Transfer-Encoding: xchunked", body=b"0\r\n\r\n"),
    "chunks twice": post(CHUNKED, CHUNKED, body=b"0\r\n\r\n"),
    "chunks behind a folded line": post(b"Transfer-Encoding:\r\n chunked", body=b"0\r\n\r\n"),
    "a folded line": post(b"X-Any: one\r\n two", LENGTH, body=b"hello"),
    "a bare line feed in a header": post(b"X-Any: one\nContent-Length: 5", body=b"hello"),
    "a carriage return alone": post(b"X-Any: one\rContent-Length: 5", body=b"hello"),
    "a nought byte": post(b"X-Any: one\x00two", LENGTH, body=b"hello"),
    "a chunk's size with a sign": post(CHUNKED, body=b"+5\r\nhello\r\n0\r\n\r\n"),
    "a chunk's size as Python writes it": post(CHUNKED, body=b"0x5\r\nhello\r\n0\r\n\r\n"),
    "a chunk's size with an underscore": post(CHUNKED, body=b"0_5\r\nhello\r\n0\r\n\r\n"),
    "a chunk's size that is no number": post(CHUNKED, body=b"g\r\nhello\r\n0\r\n\r\n"),
    "a chunk without a size": post(CHUNKED, body=b"\r\nhello\r\n0\r\n\r\n"),
    "a chunk that is longer than it says": post(CHUNKED, body=b"3\r\nhello\r\n0\r\n\r\n"),
    "a chunk that ends otherwise": post(CHUNKED, body=b"5\r\nhelloXX0\r\n\r\n"),
    "chunks in HTTP 1.0": post(CHUNKED, body=b"0\r\n\r\n").replace(b"HTTP/1.1", b"HTTP/1.0"),
    "a name with a blank": post(b"Transfer Encoding: chunked", body=b"0\r\n\r\n"),
}


@pytest.mark.parametrize("odd", ODD)
def test_what_two_readers_could_read_differently_ends_the_connection(port: int, odd: str) -> None:
    answer = sent(port, ODD[odd] + SECOND)
    assert b"/second/" not in answer, answer
    assert answer.count(b"HTTP/1.") <= 1
    assert not answer or answer.startswith((b"HTTP/1.1 4", b"HTTP/1.1 5", b"HTTP/1.0 4")), answer


def test_what_is_plain_is_read_whole_and_the_next_request_begins_where_it_ends(port: int) -> None:
    """So that the test above would notice a server that answers nothing at all."""
    for plain in (post(LENGTH, body=b"hello"), post(CHUNKED, body=b"2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n")):
        answer = sent(port, plain + SECOND)
        assert b"POST /first/ 5" in answer and answer.count(b"HTTP/1.1 200") in (1, 2), answer
        assert answer.count(b"HTTP/1.1 200") == 1 or b"GET /second/ 0" in answer
