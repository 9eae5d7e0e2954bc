"""How does an authority's system hear that there is an alert, and where would we never send anything?

Never called inside a database transaction: a system may take its time. The name is looked up once, what it leads to is
held against what may be called, and exactly that is called: an answer of the name service that changes meanwhile
leads nowhere else. Nothing is followed, and of the answer only the status is read.
Source of the headers and the signature: Standard Webhooks 1.0.0.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import json
import queue
import socket
import ssl
import threading
from collections.abc import Callable
from datetime import datetime

import httpx
from django.conf import settings

from jigsaw.hub.unscheduled_care.hooks import Due, Said, may_be_told_at

TIMEOUT = httpx.Timeout(4.0)
IN_ALL_SECONDS = 8.0
TRIAL, NEW = "alert.trial", "alert.new"
# Addresses of IPv6 that stand for others: what they lead to is not theirs to say.
TRANSLATED = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")))


def send(due: Due, *, now: datetime) -> Said:
    """Send it once; what came of it. Raises nothing for whatever the other side does."""
    if due.secret is None:
        return Said("no_secret")
    if not may_be_told_at(due.address):
        return Said("not_allowed")
    body = content(due)
    heading = signed(body, due.secret, push=str(due.push), now=now)
    return _within(IN_ALL_SECONDS, lambda: _posted(due.address, body, heading))


def content(due: Due) -> bytes:
    """What is told: that there is an alert, by its reference, and on which page. Nothing of whom it is about."""
    told = {"type": NEW if due.alert else TRIAL, "timestamp": due.at.isoformat(timespec="seconds")}
    about = {"alert": due.alert, "page": f"/alerts/{due.alert}/"} if due.alert else {}
    return json.dumps(told | {"data": about}, separators=(",", ":")).encode()


def signed(body: bytes, secret: bytes, *, push: str, now: datetime) -> dict[str, str]:
    """The headers: which push, when it was sent, and HMAC-SHA256 over both and the body."""
    sent = str(int(now.timestamp()))
    mark = hmac.new(secret, b".".join((push.encode(), sent.encode(), body)), hashlib.sha256).digest()
    return {
        "Content-Type": "application/json",
        "User-Agent": "Jigsaw",
        "webhook-id": push,
        "webhook-timestamp": sent,
        "webhook-signature": "v1," + base64.b64encode(mark).decode(),
    }


def _within(seconds: float, act: Callable[[], Said]) -> Said:
    """A system that sends its answer letter by letter holds up nobody: it is left behind."""
    found: queue.SimpleQueue[Said] = queue.SimpleQueue()
    threading.Thread(target=lambda: found.put(act()), daemon=True).start()
    try:
        return found.get(timeout=seconds)
    except queue.Empty:
        return Said("not_in_time")


def _posted(address: str, body: bytes, heading: dict[str, str]) -> Said:
    try:
        url = httpx.URL(address)
        host = _looked_up(url)
        if host is None:
            return Said("not_allowed")
        with (
            httpx.Client(timeout=TIMEOUT, follow_redirects=False, trust_env=False, verify=_trust()) as client,
            client.stream(
                "POST",
                url.copy_with(host=host),
                content=body,
                headers={**heading, "Host": url.netloc.decode("ascii")},
                extensions={"sni_hostname": url.raw_host.decode("ascii")},
            ) as answer,
        ):
            return _said(answer.status_code)
    except httpx.TimeoutException:
        return Said("not_in_time")
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError):
        return Said("not_reached")


def _said(status: int) -> Said:
    if 200 <= status < 300:
        return Said("taken", status)
    return Said("redirected" if 300 <= status < 400 else "refused", status)


def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()


def _looked_up(url: httpx.URL) -> str | None:
    """The address that the name leads to; None unless all that it leads to may be called."""
    port = url.port or (443 if url.scheme == "https" else 80)
    found = socket.getaddrinfo(url.host, port, type=socket.SOCK_STREAM)
    hosts = [str(one[4][0]) for one in found]
    return hosts[0] if hosts and all(map(may_be_called, hosts)) else None


def may_be_called(host: str) -> bool:
    """A public address, or one of a network that whoever runs this hub has named."""
    address = ipaddress.ip_address(host.partition("%")[0])
    address = getattr(address, "ipv4_mapped", None) or address
    if any(address in network for network in settings.ALERT_HOOK_NETWORKS):
        return True
    translated = any(address in network for network in TRANSLATED)
    return address.is_global and not address.is_multicast and not translated
