"""A practitioner at a browser, as far as a server can tell: one connection, one session, forms as they are shown.

Nothing of the hub is imported: this side knows only HTTP.
"""

from __future__ import annotations

import http.client
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode, urljoin

from lxml import html

COOKIE = "jigsaw-session"
KEPT_OPEN = 1.0
"""Seconds after which a line that nothing went over is not used again: the server keeps one for two."""


@dataclass
class Answer:
    """What came back: status, address it leads on to ("" for none), and the page."""

    status: int
    to: str
    body: bytes

    def links(self) -> list[str]:
        """Where the page leads, in this hub."""
        if not self.body.lstrip().startswith(b"<"):
            return []
        found = [str(link) for link in html.fromstring(self.body).xpath("//a/@href")]
        return [link.partition("#")[0] for link in found if link.startswith("/")]

    def form(self, action: str = "") -> dict[str, str]:
        """The fields of the form on the page that goes to `action` ("": back to the page), as they are shown."""
        for form in html.fromstring(self.body).xpath("//form[@method='post' or @method='POST']"):
            if (form.get("action") or "") == action:
                return {name: value or "" for name, value in form.form_values()}
        raise ValueError(f"There is no form for {action!r} on this page.")

    def typed_into(self) -> dict[str, str]:
        """The fields of the form that saves by itself what is typed, as they are shown."""
        [form, *_others] = html.fromstring(self.body).xpath("//form[@data-autosave]")
        return {name: value or "" for name, value in form.form_values()}


@dataclass
class Browser:
    """One signed-in session. Raises OSError or HTTPException where the server breaks off; the next call connects anew."""

    port: int
    session: str
    timeout: float = 30.0
    cookies: dict[str, str] = field(default_factory=dict)
    _line: http.client.HTTPConnection | None = None
    _used: float = 0.0

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, None)

    def post(self, path: str, fields: dict[str, str] | list[tuple[str, str]]) -> Answer:
        return self._ask("POST", path, urlencode(fields).encode())

    def close(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None

    def _ask(self, method: str, path: str, body: bytes | None) -> Answer:
        if time.monotonic() - self._used > KEPT_OPEN:
            self.close()
        if self._line is None:
            self._line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
        cookies = {COOKIE: self.session} | self.cookies
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            self._line.request(method, path, body, headers)
            response = self._line.getresponse()
            page = response.read()
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        self._used = time.monotonic()
        for name, value in response.getheaders():
            if name.lower() == "set-cookie" and value.startswith("csrftoken="):
                self.cookies["csrftoken"] = value.partition("=")[2].partition(";")[0]
        if response.will_close:
            self.close()
        return Answer(response.status, urljoin(path, response.headers.get("Location", "")), page)
