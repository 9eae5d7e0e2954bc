"""The listener over TLS: a client that is not ours is heard, and nobody in the clear or without the certificate asked for."""

from __future__ import annotations

import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from care_in_tests import Care, adt, make_care
from certificates_in_tests import Certified, certify
from jigsaw.hub.cli import mllp_server, mllp_tls
from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.unscheduled_care.models import Delivery
from people_in_tests import Town

WHOLE = b"\x0b" + "\r".join(adt("A04", "1")).encode() + b"\x1c\r"
Client = Callable[[socket.socket], bytes]


@pytest.fixture
def care(town: Town) -> Care:
    return make_care(town)


@pytest.fixture
def ours(tmp_path: Path) -> Certified:
    return certify(tmp_path, "authority")


@pytest.fixture
def listening(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Any, Client], bytes]]:
    """Runs a client in a thread while the listener serves its one connection here, in the test's own transaction."""
    for mend in ("_let_go_of_the_database", "close_old_connections"):
        monkeypatch.setattr(mllp_server, mend, lambda: None)
    with socketserver.TCPServer(("127.0.0.1", 0), mllp_server._Connection) as server:
        server.timeout = 10

        def run(tls: Any, client: Client) -> bytes:
            server.__dict__["tls"] = tls if callable(tls) else lambda: tls
            heard: list[bytes] = []
            thread = threading.Thread(target=lambda: heard.append(_called(server, client)), daemon=True)
            thread.start()
            server.handle_request()
            thread.join(10)
            return heard[0]

        yield run


def _called(server: Any, client: Client) -> bytes:
    with socket.create_connection(server.server_address, timeout=5) as plain:
        try:
            return client(plain)
        except OSError:
            return b""


def over_tls(authority: Certified, own: Certified | None = None) -> Client:
    def client(plain: socket.socket) -> bytes:
        trust = ssl.create_default_context(cafile=str(authority.certificate))
        if own:
            trust.load_cert_chain(own.certificate, own.key)
        with trust.wrap_socket(plain, server_hostname="127.0.0.1") as line:
            line.sendall(WHOLE)
            return line.recv(65_536)

    return client


def in_the_clear(plain: socket.socket) -> bytes:
    plain.sendall(WHOLE)
    return plain.recv(65_536)


def test_a_client_over_tls_is_heard_and_nobody_in_the_clear(
    care: Care, listening: Any, ours: Certified, tmp_path: Path
) -> None:
    hub = certify(tmp_path, "hub", ours)
    tls = mllp_tls.context(certificate=hub.certificate, key=hub.key, clients=None)
    assert b"MSA|AA|1" in listening(tls, over_tls(ours))
    assert b"MSA" not in listening(tls, in_the_clear)
    assert listening(None, over_tls(ours)) == b"", "a line that is not encrypted is not taken for one that is"
    assert Delivery.objects.filter(answer="AA").count() == 1


def test_with_authorities_of_clients_only_their_certificates_are_heard(
    care: Care, listening: Any, ours: Certified, tmp_path: Path
) -> None:
    hub, engine = certify(tmp_path, "hub", ours), certify(tmp_path, "engine", ours)
    stranger = certify(tmp_path, "stranger", certify(tmp_path, "another"))
    tls = mllp_tls.context(certificate=hub.certificate, key=hub.key, clients=ours.certificate)
    assert listening(tls, over_tls(ours)) == b""
    assert listening(tls, over_tls(ours, stranger)) == b""
    assert not Delivery.objects.exists()
    assert b"MSA|AA|1" in listening(tls, over_tls(ours, engine))


def test_a_new_certificate_counts_for_the_next_line_and_one_that_does_not_fit_changes_nothing(
    care: Care, listening: Any, ours: Certified, tmp_path: Path
) -> None:
    def put(which: Certified, part: str) -> None:
        """As who renews certificates does it: in one step."""
        (tmp_path / "next").write_bytes(getattr(which, part).read_bytes())
        (tmp_path / "next").rename(tmp_path / f"in-use-{part}")

    theirs = certify(tmp_path, "another")
    old, new = certify(tmp_path, "old", ours), certify(tmp_path, "new", theirs)
    for part in ("certificate", "key"):
        put(old, part)
    paths = {part: tmp_path / f"in-use-{part}" for part in ("certificate", "key")}
    tls = mllp_tls.Renewing(**paths, clients=None)
    assert b"MSA|AA|1" in listening(tls, over_tls(ours))
    put(new, "certificate")
    assert b"MSA" in listening(tls, over_tls(ours)), "its key is not there yet: the old one goes on"
    put(new, "key")
    assert b"MSA" in listening(tls, over_tls(theirs))
    assert listening(tls, over_tls(ours)) == b""
    paths["key"].unlink()
    assert b"MSA" in listening(tls, over_tls(theirs)), "and so it does where a file is gone"


def test_files_that_do_not_fit_together_are_refused_in_words(ours: Certified, tmp_path: Path) -> None:
    hub, other = certify(tmp_path, "hub", ours), certify(tmp_path, "other", ours)
    assert mllp_tls.context(certificate=None, key=None, clients=None) is None
    for certificate, key, clients in (
        (None, hub.key, None),
        (None, None, ours.certificate),
        (hub.certificate, other.key, None),
        (hub.certificate, None, None),
        (tmp_path / "nothing", hub.key, None),
        (hub.certificate, hub.key, hub.key),
    ):
        with pytest.raises(Invalid):
            mllp_tls.context(certificate=certificate, key=key, clients=clients)
    old = mllp_tls.context(certificate=hub.certificate, key=hub.key, clients=None)
    assert old and old.minimum_version == ssl.TLSVersion.TLSv1_2
