"""An authority's own system is told of new alerts: signed, once it takes them, and nowhere that is not to be called."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from care_in_tests import Care, adt, make_care
from certificates_in_tests import certify
from integration.web.journeys import sign_in
from jigsaw.hub.alerts import queries as notices
from jigsaw.hub.audit.models import Entry as AuditEntry
from jigsaw.hub.jobs import deliver_care_notices, push_alerts
from jigsaw.hub.kit.errors import Invalid, NotHere, Refused
from jigsaw.hub.kit.ids import uuid7
from jigsaw.hub.unscheduled_care import hooks, pushing
from jigsaw.hub.unscheduled_care.models import Alert, AlertHook, AlertPush
from people_in_tests import Town

NOW = timezone.now()
PAGE = "/settings/alert-hooks/"
SECRET = hooks.PREFIX + base64.b64encode(bytes(range(32))).decode()


class System(ThreadingHTTPServer):
    """An authority's system on this machine: what it heard, and what it answers."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Heard)
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.status, self.slow = 204, 0.0
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/alerts"

    def close(self) -> None:
        self.shutdown()
        self.server_close()


class _Heard(BaseHTTPRequestHandler):
    server: System

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append(({name.lower(): value for name, value in self.headers.items()}, body))
        time.sleep(self.server.slow)
        self.send_response(self.server.status)
        self.send_header("Location", "http://127.0.0.1:1/")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def system(settings: Any) -> Iterator[System]:
    settings.ALERT_HOOK_NETWORKS = [ipaddress.ip_network("127.0.0.0/8")]
    with closing(System()) as made:
        yield made


@pytest.fixture
def care(town: Town) -> Care:
    return make_care(town, now=NOW)


def set_up(care: Care, system: System, **changes: Any) -> AlertHook:
    told = {"agency": care.town.front_door.code, "address": system.address, "secret": SECRET, "now": NOW}
    return hooks.set_up(**{"actor": care.town.ade, **told, **changes})


def test_a_new_alert_is_told_once_signed_and_names_nobody(care: Care, system: System) -> None:
    set_up(care, system)
    care.send(*adt("A04", "1"), now=NOW)
    assert push_alerts.run(NOW) == 1
    assert push_alerts.run(NOW) == 0
    [(heading, body)] = system.heard
    signed = f"{heading['webhook-id']}.{heading['webhook-timestamp']}.".encode() + body
    mark = base64.b64encode(hmac.new(bytes(range(32)), signed, hashlib.sha256).digest()).decode()
    assert heading["webhook-signature"] == f"v1,{mark}"
    alert, push = Alert.objects.get(), AlertPush.objects.get()
    assert heading["webhook-id"] == str(push.pk)
    told = json.loads(body)
    assert told["type"] == "alert.new"
    assert told["data"] == {"alert": alert.reference, "page": f"/alerts/{alert.reference}/"}
    assert set(told) == {"type", "timestamp", "data"}
    assert push.delivered_at == NOW
    assert AuditEntry.objects.filter(action="alert.pushed", thing=f"alert {alert.pk}").exists()


def test_what_is_not_taken_is_sent_again_with_growing_pauses_and_the_same_id(
    care: Care, system: System
) -> None:
    set_up(care, system)
    care.send(*adt("A04", "1"), now=NOW)
    system.status = 500
    at, tries = NOW, 0
    for pause in hooks.PAUSES:
        assert push_alerts.run(at) == 0
        tries += 1
        assert push_alerts.run(at + pause - timedelta(seconds=1)) == 0
        assert len(system.heard) == tries, "not before the pause is over"
        at += pause
    push_alerts.run(at)
    push = AlertPush.objects.get()
    assert (push.given_up_at, push.said, push.status) == (at, "refused", 500)
    assert len({heading["webhook-id"] for heading, _body in system.heard}) == 1
    push_alerts.run(at + timedelta(days=2))
    assert len(system.heard) == tries + 1
    system.status = 200
    assert hooks.send_again(actor=care.town.ade, hook=push.hook_id, now=at) == 1
    assert push_alerts.run(at) == 1
    assert AuditEntry.objects.filter(action="alert.push_given_up").count() == 1
    for _run in range(2):
        deliver_care_notices.run(at)
    told = [(one.notice.topic, one.notice.page) for one in notices.for_me(care.town.ade, now=at)]
    assert told == [("push.given_up", "settings-alert-hooks")]


def test_whoever_dies_while_sending_loses_nothing(care: Care, system: System) -> None:
    set_up(care, system)
    care.send(*adt("A04", "1"), now=NOW)
    hooks.queue(now=NOW)
    due = hooks.claim(now=NOW)
    assert due and hooks.claim(now=NOW) is None, "nobody else sends it at the same time"
    again = hooks.claim(now=NOW + hooks.PAUSES[0])
    assert again and again.push == due.push


def test_a_system_that_hangs_or_leads_elsewhere_is_left_alone(
    care: Care, system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(care, system)
    for _trial in range(3):
        hooks.try_out(actor=care.town.ade, hook=AlertHook.objects.get().pk, now=NOW)
    system.status = 307
    push_alerts.run(NOW)
    assert len(system.heard) == 1, "after one failure the others wait"
    assert AlertPush.objects.get(tries=1).said == "redirected"
    monkeypatch.setattr(pushing, "IN_ALL_SECONDS", 0.05)
    system.slow, system.status = 0.5, 200
    push_alerts.run(NOW)
    assert AlertPush.objects.filter(said="not_in_time").exists()


def test_switched_off_nothing_is_sent_and_on_again_only_what_is_new(care: Care, system: System) -> None:
    hook = set_up(care, system)
    care.send(*adt("A04", "1"), now=NOW)
    hooks.queue(now=NOW)
    hooks.switch(actor=care.town.ade, hook=hook.pk, on=False, now=NOW)
    later = NOW + timedelta(hours=1)
    assert push_alerts.run(later) == 0
    assert AlertPush.objects.get().said == "switched_off"
    hooks.switch(actor=care.town.ade, hook=hook.pk, on=True, now=later)
    assert push_alerts.run(later) == 0
    assert system.heard == []
    assert hooks.forget(now=later) == 0
    assert hooks.forget(now=later + hooks.KEPT_FOR) == 1


def test_an_alert_of_another_authority_is_not_theirs(care: Care, system: System) -> None:
    set_up(care, system)
    Alert.objects.all().delete()
    care.send(*adt("A04", "1"), now=NOW)
    elsewhere = care.town.nia.agency_id
    Alert.objects.update(agency=elsewhere)
    assert hooks.queue(now=NOW) == 0


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "10.0.0.1", "192.168.1.1", "169.254.169.254", "::1", "fe80::1%eth0", "fc00::1", "0.0.0.0",
     "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::1", "224.0.0.1", "100.64.0.1"],
)  # fmt: skip
def test_nothing_inside_is_called_unless_it_was_named(host: str, settings: Any) -> None:
    settings.ALERT_HOOK_NETWORKS = []
    assert not pushing.may_be_called(host)
    assert pushing.may_be_called("81.2.69.142") and pushing.may_be_called("2a00:1450:4009::1")
    settings.ALERT_HOOK_NETWORKS = [ipaddress.ip_network("10.0.0.0/24")]
    assert pushing.may_be_called("10.0.0.1") and not pushing.may_be_called("10.0.1.1")


def test_a_name_that_leads_inside_is_not_called(
    care: Care, system: System, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(care, system)
    settings.ALERT_HOOK_NETWORKS = []
    hooks.try_out(actor=care.town.ade, hook=AlertHook.objects.get().pk, now=NOW)
    push_alerts.run(NOW)
    assert (AlertPush.objects.get().said, system.heard) == ("not_allowed", [])
    mixed = [(0, 0, 0, "", (host, 443)) for host in ("81.2.69.142", "10.0.0.1")]
    monkeypatch.setattr(pushing.socket, "getaddrinfo", lambda *_, **__: mixed)
    assert pushing._looked_up(pushing.httpx.URL("https://lcs.sharetown.example/")) is None


def test_over_tls_the_name_is_proved_and_the_address_that_was_checked_is_called(
    care: Care, system: System, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    authority, name = certify(tmp_path, "authority"), "lcs.sharetown.example"
    # Both are right for the address that is called; only one is for the name.
    known, other = certify(tmp_path, name, authority), certify(tmp_path, "other.example", authority)
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    own.load_cert_chain(other.certificate, other.key)
    system.socket = own.wrap_socket(system.socket, server_side=True)
    port = system.server_address[1]
    asked: list[str] = []

    def looked_up(host: str, *_: Any, **__: Any) -> Any:
        asked.append(host)
        # Whoever asks again is led elsewhere.
        return [
            (
                socket.AF_INET,
                socket.SOCK_STREAM,
                6,
                "",
                ("127.0.0.1" if len(asked) == 1 else "10.0.0.1", port),
            )
        ]

    trust = ssl.create_default_context(cafile=str(authority.certificate))
    monkeypatch.setattr(pushing, "_trust", lambda: trust)
    push = hooks.Due(uuid7(), uuid7(), f"https://{name}:{port}/alerts", bytes(32), "", NOW)
    real = socket.getaddrinfo
    with monkeypatch.context() as names:
        names.setattr(
            pushing.socket,
            "getaddrinfo",
            lambda host, *more, **named: looked_up(host) if host == name else real(host, *more, **named),
        )
        assert pushing.send(push, now=NOW).code == "not_reached"
        own.load_cert_chain(known.certificate, known.key)
        asked.clear()
        assert pushing.send(push, now=NOW).code == "taken"
        assert asked == [name], "looked up once"
    [(heading, _body)] = system.heard
    assert heading["host"] == f"{name}:{port}"


@pytest.mark.parametrize(
    "address",
    ["http://lcs.example/", "ftp://lcs.example/", "https://", "https://a:b@lcs.example/", "https://lcs.example/#x",
     "https://lcs.example:99999/", "https://lcs.example/a b", "file:///etc/passwd", "//lcs.example/", ""],
)  # fmt: skip
def test_an_address_that_cannot_be_is_refused_in_words(care: Care, system: System, address: str) -> None:
    with pytest.raises(Invalid) as refused:
        set_up(care, system, address=address)
    assert set(refused.value.fields) == {"address"}


def test_only_administrators_and_only_children_s_services(care: Care, system: System) -> None:
    with pytest.raises(Refused):
        set_up(care, system, actor=care.town.grace)
    with pytest.raises(Invalid) as refused:
        set_up(care, system, agency=care.town.health.code, secret="whsec_short")
    assert set(refused.value.fields) == {"agency", "secret"}
    with pytest.raises(NotHere):
        hooks.switch(actor=care.town.ade, hook=uuid7(), on=True, now=NOW)


def test_the_secret_stands_nowhere_and_a_lost_key_is_said(care: Care, system: System, settings: Any) -> None:
    hook = set_up(care, system)
    assert bytes(range(32)) not in bytes(hook.sealed_secret)
    settings.ALERT_HOOK_KEY = bytes(32)
    hooks.try_out(actor=care.town.ade, hook=hook.pk, now=NOW)
    push_alerts.run(NOW)
    assert (AlertPush.objects.get().said, system.heard) == ("no_secret", [])


def test_the_page_sets_up_tries_and_switches_off(client: Client, care: Care, system: System) -> None:
    def press(**sent: Any) -> Any:
        return client.post(PAGE, {"token": str(uuid7()), **sent})

    def text() -> str:
        return str(client.get(PAGE).content.decode())

    sign_in(client, care.town.ade)
    assert hooks.PREFIX in text(), "a secret is offered"
    told = {"do": "set-up", "agency": care.town.front_door.code, "address": system.address, "secret": SECRET}
    wrong = press(**(told | {"address": "http://lcs.example/<b>"}))
    assert wrong.status_code == 400 and "/<b>" not in wrong.content.decode()
    assert press(**told).status_code == 302
    assert SECRET not in text() and system.address in text()
    hook = AlertHook.objects.get()
    assert press(do="try", hook=hook.pk).status_code == 302
    system.status = 403
    push_alerts.run(timezone.now() + timedelta(minutes=1))
    assert "did not take it (403)" in text()
    assert press(do="off", hook=hook.pk).status_code == 302
    assert "Given up" in text()
    assert press(do="on", hook=hook.pk).status_code == 302
    assert press(do="again", hook=hook.pk).status_code == 302
    assert press(do="off", hook="x").status_code == 404
    sign_in(client, care.town.grace)
    assert client.get(PAGE).status_code == 403
