"""The proxy's configuration that is shipped, tried with nginx itself, where there is one: what it speaks, passes on and writes down."""

from __future__ import annotations

import datetime as dt
import http.client
import json
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

SHIPPED = Path(__file__).parents[2] / "docs/how-to/nginx.conf"
NAME = "jigsaw.example"
NGINX = shutil.which("nginx")
needs_nginx = pytest.mark.skipif(
    NGINX is None, reason="The proxy is tried with nginx (Debian package nginx)."
)


class Told(BaseHTTPRequestHandler):
    """In place of the hub: answers with what it was told."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({name.lower(): value for name, value in self.headers.items()}).encode())

    def log_message(self, *_said: Any) -> None:
        """Nothing."""


@dataclass
class Proxy:
    secure: int
    plain: int
    log: Path

    def ask(self, path: str, **headers: str) -> dict[str, str]:
        """What the hub is told of a request over TLS."""
        with self.wrapped(ssl.PROTOCOL_TLS_CLIENT) as line:
            said = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
            line.sendall(f"GET {path} HTTP/1.1\r\nHost: {NAME}\r\n{said}Connection: close\r\n\r\n".encode())
            answer = http.client.HTTPResponse(line)
            answer.begin()
            return dict(json.loads(answer.read()))

    def wrapped(self, protocol: Any, *, name: str = NAME, **settings: Any) -> ssl.SSLSocket:
        context = ssl.SSLContext(protocol)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        if ciphers := settings.pop("ciphers", ""):
            context.set_ciphers(ciphers)
        for key, value in settings.items():
            setattr(context, key, value)
        line = socket.create_connection(("127.0.0.1", self.secure), timeout=10)
        return context.wrap_socket(line, server_hostname=name)

    def in_plain(self, method: str, path: str) -> tuple[int, str]:
        line = http.client.HTTPConnection("127.0.0.1", self.plain, timeout=10)
        line.request(method, path, headers={"Host": NAME})
        answer = line.getresponse()
        return answer.status, answer.headers.get("Location", "")


def _free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _certificate(folder: Path) -> None:
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)]),
    )
    now = dt.datetime.now(dt.UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now).not_valid_after(now + dt.timedelta(days=1))
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    (folder / "fullchain.pem").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(pem))
    (folder / "key.pem").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[Proxy]:
    """nginx with the file as it is shipped, but for ports and places."""
    hub = ThreadingHTTPServer(("127.0.0.1", 0), Told)
    threading.Thread(target=hub.serve_forever, daemon=True).start()
    made = Proxy(_free(), _free(), tmp_path / "jigsaw.log")
    _certificate(tmp_path)
    conf = SHIPPED.read_text()
    for there, here in (
        ("/etc/ssl/jigsaw", str(tmp_path)),
        ("/var/log/nginx", str(tmp_path)),
        ("listen 443", f"listen 127.0.0.1:{made.secure}"),
        ("listen 80", f"listen 127.0.0.1:{made.plain}"),
        ("127.0.0.1:8000", f"127.0.0.1:{hub.server_port}"),
    ):
        assert there in conf, there
        conf = conf.replace(there, here)
    (tmp_path / "main.conf").write_text(
        f"daemon off; master_process off; pid {tmp_path}/pid; error_log {tmp_path}/errors.log;\n"
        f"events {{}}\nhttp {{ {_folders(tmp_path)}\n{conf}\n}}\n"
    )
    assert NGINX
    running = subprocess.Popen([NGINX, "-p", str(tmp_path), "-c", str(tmp_path / "main.conf")])
    _wait(made.secure, running)
    yield made
    running.terminate()
    running.wait(10)
    hub.shutdown()


def _folders(tmp_path: Path) -> str:
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    return " ".join(f"{kind}_temp_path {tmp_path}/{kind};" for kind in kinds)


def _wait(port: int, running: subprocess.Popen[bytes]) -> None:
    for _try in range(100):
        assert running.poll() is None, "nginx refuses the configuration"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail("nginx does not listen")


@needs_nginx
def test_the_proxy_speaks_tls_1_2_and_1_3_with_strong_ciphers_alone(proxy: Proxy) -> None:
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        with proxy.wrapped(ssl.PROTOCOL_TLS_CLIENT, minimum_version=version, maximum_version=version) as line:
            assert line.version() == version.name.replace("_", ".")
    old = {"minimum_version": ssl.TLSVersion.TLSv1_1, "maximum_version": ssl.TLSVersion.TLSv1_1}
    with pytest.raises(ssl.SSLError) as refused:
        proxy.wrapped(ssl.PROTOCOL_TLS_CLIENT, ciphers="ALL:@SECLEVEL=0", **old)
    assert "ALERT_PROTOCOL_VERSION" in str(refused.value), "by the proxy, not by this machine"
    weak = {"maximum_version": ssl.TLSVersion.TLSv1_2, "ciphers": "ECDHE-ECDSA-AES128-SHA"}
    with pytest.raises(ssl.SSLError, match="HANDSHAKE_FAILURE"):
        proxy.wrapped(ssl.PROTOCOL_TLS_CLIENT, **weak)
    with pytest.raises(ssl.SSLError):
        proxy.wrapped(ssl.PROTOCOL_TLS_CLIENT, name="elsewhere.example")


@needs_nginx
def test_the_proxy_passes_on_nothing_that_a_browser_makes_up_and_writes_down_no_question(
    proxy: Proxy,
) -> None:
    made_up = {"X_Forwarded_Proto": "http", "X_Forwarded_Host": "evil.example", "X_Forwarded_For": "192.0.2.1",
               "X_Forwarded_Port": "1", "Forwarded": "for=192.0.2.1"}  # fmt: skip
    told = proxy.ask("/find/?q=Katie+Walsh", **made_up)
    assert told["x-forwarded-proto"] == "https" and told["host"] == NAME
    assert not {"x-forwarded-host", "x-forwarded-for", "x-forwarded-port", "forwarded"} & set(told)
    assert "evil" not in str(told) and "192.0.2.1" not in str(told)
    written = proxy.log.read_text()
    assert "GET /find/ 200" in written and "Katie" not in written and "127.0.0.1" not in written


@needs_nginx
def test_in_plain_text_pages_lead_on_and_programs_are_refused(proxy: Proxy) -> None:
    assert proxy.in_plain("GET", "/find/?q=x") == (308, f"https://{NAME}/find/?q=x")
    for method, path in (("POST", "/sign-in/"), ("GET", "/fhir/R4/metadata"), ("POST", "/hub-to-hub/"),
                         ("POST", "/attendances/x/"), ("GET", "/scim/v2/Users")):  # fmt: skip
        assert proxy.in_plain(method, path) == (403, ""), path
