"""The listener for HL7 v2: a client that is not ours hears the right answer, whatever it sends, and it stays up."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import hl7
import pytest
from benchmarks.alert_messages import Line
from django.db import DatabaseError
from hl7.client import MLLPClient

from care_in_tests import Care, adt, make_care
from jigsaw.formats import adt as adt_format
from jigsaw.hub.cli import demo, mllp_server
from jigsaw.hub.jobs import work_on_messages
from jigsaw.hub.training.sharetown import hospital
from jigsaw.hub.training.sharetown.hospital import Patient
from jigsaw.hub.unscheduled_care import sorting_out
from jigsaw.hub.unscheduled_care.keeping import KEPT_CONTENT, received
from jigsaw.hub.unscheduled_care.models import Alert, Attendance, Delivery, Setting
from people_in_tests import Town

DATA = Path(__file__).parents[1] / "data" / "formats"


@pytest.fixture
def care(town: Town) -> Care:
    return make_care(town)


@pytest.fixture
def with_client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Callable[[int], Any]], Any]]:
    """Runs a client in a thread while the listener serves its one connection here, in the test's own transaction."""
    for mend in ("_let_go_of_the_database", "close_old_connections"):
        monkeypatch.setattr(mllp_server, mend, lambda: None)
    with socketserver.TCPServer(("127.0.0.1", 0), mllp_server._Connection) as server:
        server.timeout = 10

        def run(client: Callable[[int], Any]) -> Any:
            told: list[Any] = []
            thread = threading.Thread(
                target=lambda: told.append(client(server.server_address[1])), daemon=True
            )
            thread.start()
            server.handle_request()
            thread.join(10)
            work_on_messages.run(mllp_server.timezone.now())
            return told[0] if told else None

        yield run


def answers(messages: list[bytes], *, first: Iterable[bytes] = ()) -> Callable[[int], list[str]]:
    """The codes that the library's own client hears; to `first` there must be no answer, as it asked for none."""

    def client(port: int) -> list[str]:
        with MLLPClient("127.0.0.1", port) as sender:
            sender.socket.settimeout(10)
            for one in first:
                sender.socket.sendall(b"\x0b" + one + b"\x1c\r")
            heard = [
                hl7.parse(sender.send(b"\x0b" + one + b"\x1c\r").strip(b"\x0b\x1c\r")) for one in messages
            ]
        return [str(one["MSA.1"]) for one in heard]

    return client


def test_every_sample_is_answered_to_a_client_that_is_not_ours(care: Care, with_client: Any) -> None:
    samples = [path.read_bytes() for path in sorted((DATA / "adt").iterdir())]
    silent = [one for one in samples if adt_format.read(one).wants_answer == "NE"]
    asking = [one for one in samples if one not in silent]
    codes = with_client(answers(asking, first=silent))
    assert codes.count("AR") == 1, "pre-admission is not used"
    assert codes.count("AA") == len(asking) - 1
    assert Delivery.objects.count() == len(samples)


def test_what_breaks_off_or_is_no_message_is_kept_and_the_next_one_is_taken(
    care: Care, with_client: Any
) -> None:
    whole = "\r".join(adt("A04", "1")).encode()

    def client(port: int) -> bytes:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as sender:
            sender.sendall(b"GET / HTTP/1.1\r\n\x0bMSH|^~\\&|ED|RXX01\x0b" + whole + b"\x1c\r")
            heard = b""
            while heard.count(b"\x1c") < 2 and (more := sender.recv(65_536)):
                heard += more
            sender.sendall(b"\x0bMSH|^~\\&|half")
        return heard

    heard = with_client(client)
    assert heard.count(b"MSA|AE") == 1
    assert heard.count(b"MSA|AA") == 1
    assert Attendance.objects.get().match == "certain"
    [unusable] = sorting_out.waiting(
        care.fay, now=Delivery.objects.latest("received_at").received_at
    ).unusable
    assert (unusable.reason, unusable.count) == ("broken", 3), (
        "the bytes before, the half message, and the last one"
    )


def test_ten_megabytes_are_refused_and_the_next_message_is_taken(care: Care, with_client: Any) -> None:
    head, *rest = adt("A04", "1")
    large = "\r".join((head, *rest, "OBX|1|TX|" + "x" * 10_000_000)).encode()
    whole = "\r".join(adt("A04", "2")).encode()

    def client(port: int) -> list[str]:
        line = Line(port, "127.0.0.1")
        heard = [line.send(one) for one in (large, whole)]
        line.close()
        return heard

    assert with_client(client) == ["AR", "AA"]
    assert sorted(len(bytes(one.content)) <= KEPT_CONTENT for one in Delivery.objects.all()) == [True, True]
    assert Attendance.objects.get().match == "certain"


def test_what_many_bring_at_once_is_kept_together_and_one_that_cannot_be_costs_no_other(
    care: Care, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mllp_server, "close_old_connections", lambda: None)
    monkeypatch.setattr(mllp_server.threading, "Thread", lambda **_how: SimpleNamespace(start=lambda: None))
    now = mllp_server.timezone.now()
    brought = [
        (received(setting=care.setting, content="\r".join(adt("A04", mark)).encode(), way="mllp", now=now), Future())
        for mark in ("1", "2", "2")
    ]  # fmt: skip
    spoilt = (replace(brought[0][0], content=b"another", way="x" * 11), Future())
    mllp_server.KeptTogether()._keep_some([*brought, spoilt])
    assert [promised.result(0).code for _one, promised in brought] == ["AA"] * 3
    assert isinstance(spoilt[1].exception(0), DatabaseError)
    assert sorted(Delivery.objects.values_list("times", flat=True)) == [1, 2]


def test_whoever_sends_from_elsewhere_is_hung_up_on(care: Care, with_client: Any) -> None:
    Setting.objects.update(addresses=["10.0.0.1"])

    def client(port: int) -> bytes:
        with (
            socket.create_connection(("127.0.0.1", port), timeout=10) as sender,
            contextlib.suppress(OSError),
        ):
            sender.sendall(b"\x0b" + "\r".join(adt("A04", "1")).encode() + b"\x1c\r")
            return sender.recv(100)
        return b""

    assert with_client(client) == b""
    assert not Delivery.objects.exists()


def test_the_demonstration_feed_is_answered_as_it_says(
    care: Care, with_client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    katie = Patient("SGH-1", "9990000018", True, "Walsh", "Katie", "20120303")
    monkeypatch.setattr(hospital, "_mason", lambda _now: katie)
    sent = hospital.feed(now=mllp_server.timezone.now())
    codes = with_client(lambda port: demo._answers("127.0.0.1", port, [one.content for one in sent]))
    assert codes == [one.expected for one in sent]
    assert Alert.objects.count() == 1
    assert sorted(Attendance.objects.values_list("match", flat=True)) == ["ask", "certain", "nobody"]
