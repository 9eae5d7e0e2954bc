"""How is the register called? With a few bounded retries, no faster than it allows, and errors in words.

Calls go to the configured addresses and nowhere else: no redirect is followed, and no proxy or other setting of
the environment is used. Names, numbers and answers are never logged.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx

from jigsaw.hub.people.national_register import reading, steps
from jigsaw.hub.people.national_register.asking import (
    Entry,
    RegisterTrouble,
    Retrieved,
    Sought,
    Traced,
    asked_wrongly,
    busy,
    refused,
    unreachable,
    unreadable,
)
from jigsaw.hub.people.national_register.setting_up import Register
from jigsaw.hub.people.national_register.signing import Token
from jigsaw.record_linkage.identifiers import nhs_number

TRIES = 3
# The register allows five calls a second.
BETWEEN_CALLS = 0.2
LARGEST_ANSWER = 2 * 1024 * 1024
CERTAIN, POTENTIAL = 0.95, 0.85
TOO_MANY = "TOO_MANY_MATCHES"
INVALIDATED = "INVALIDATED_RESOURCE"
NOT_A_NUMBER = frozenset({"INVALID_RESOURCE_ID", "INVALID_NHS_NUMBER"})
# The answer may be another a moment later; anything else will be the same.
PASSING = frozenset({408, 429, 500, 502, 503, 504})


@dataclass(frozen=True)
class Answer:
    """What came back from one call."""

    status: int
    body: bytes
    etag: str = ""
    wait: float | None = None


class Pds:
    """The NHS Personal Demographics Service, FHIR R4. `clock` and `sleep` in seconds; tests pass their own."""

    service = "pds"

    def __init__(
        self,
        register: Register,
        *,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._register, self._clock, self._sleep = register, clock, sleep
        self._http = httpx.Client(
            timeout=register.timeout,
            follow_redirects=False,
            trust_env=False,
            headers=_standing_headers(register),
        )
        self._token = (
            Token(register.signing, fetch=self._post, clock=clock) if register.signing is not None else None
        )
        self._until = 0.0
        self._last = 0.0

    def close(self) -> None:
        self._http.close()

    def __enter__(self) -> Pds:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    # --- questions

    def trace(self, sought: Sought) -> Traced:
        """Find one child by name and date of birth, asking more widely while nothing certain comes.

        Of several uncertain answers the best is given; many only if no question brought just one. Raises
        RegisterTrouble.
        """
        self._begin()
        if not steps.askable(sought):
            raise asked_wrongly()
        best = Traced(state="no_match")
        for step, parameters in steps.questions(sought):
            found = self._search(step, parameters)
            if found.state == "match":
                return found
            best = max(best, found, key=_how_good)
        return best

    def retrieve(self, number: str) -> Retrieved:
        """What the register holds under a number; a superseded number leads to the one that took its place."""
        self._begin()
        checked = nhs_number(number)
        if not checked.valid:
            return Retrieved(outcome="not_a_number")
        answer = self._get(f"/Patient/{checked.value}")
        if answer.status == 404:
            gone = INVALIDATED in reading.codes(answer.body)
            return Retrieved(outcome="invalidated" if gone else "not_found")
        if answer.status == 400 and NOT_A_NUMBER & set(reading.codes(answer.body)):
            return Retrieved(outcome="not_a_number")
        entry = _of_version(reading.patient(_good(answer)), answer.etag)
        return Retrieved(outcome="found" if entry.number == checked.value else "superseded", entry=entry)

    def _search(self, step: str, parameters: steps.Parameters) -> Traced:
        found, codes = reading.search(_good(self._get("/Patient", parameters)))
        if TOO_MANY in codes or len(found) > 1:
            return Traced(state="many_match", step=step)
        if codes:
            raise asked_wrongly(", ".join(codes))
        if not found:
            return Traced(state="no_match", step=step)
        [one] = found
        return Traced(state=_state(one.score), entry=one.entry, score=one.score, step=step)

    # --- calls

    def _begin(self) -> None:
        self._until = self._clock() + self._register.patience

    def _get(self, path: str, parameters: steps.Parameters | None = None) -> Answer:
        """The answer to a GET, tried again while the trouble may pass and there is time."""
        renewed = False
        for turn in range(TRIES):
            last = turn == TRIES - 1
            try:
                answer = self._call(
                    "GET", f"{self._register.url}{path}", params=parameters, headers=self._headers()
                )
            except httpx.HTTPError:
                if last or not self._wait(0.5 * 2**turn):
                    raise unreachable() from None
                continue
            if answer.status == 401 and self._token and not renewed:
                self._token.forget()
                renewed = True
                continue
            pause = 0.5 * 2**turn if answer.wait is None else answer.wait
            if answer.status not in PASSING or last or not self._wait(pause):
                return answer
        return answer

    def _headers(self) -> dict[str, str]:
        headers = {"X-Request-ID": str(uuid4())}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token.value()}"
        return headers

    def _post(self, url: str, form: dict[str, str]) -> dict[str, object]:
        """What a token is given for. Not tried again: an assertion holds once."""
        try:
            answer = self._call("POST", url, data=form)
        except httpx.HTTPError:
            raise unreachable() from None
        if answer.status != 200:
            raise refused() if 400 <= answer.status < 500 and answer.status != 429 else _trouble(answer)
        try:
            found = httpx.Response(200, content=answer.body).json()
        except ValueError:
            raise unreadable() from None
        if not isinstance(found, dict) or not found.get("access_token"):
            raise unreadable()
        return found

    def _call(self, method: str, url: str, **more: Any) -> Answer:
        """One call, at least a moment after the one before; an answer longer than any should be is no answer."""
        self._pace()
        body = bytearray()
        with self._http.stream(method, url, **more) as response:
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > LARGEST_ANSWER or self._clock() > self._until:
                    raise unreadable() if len(body) > LARGEST_ANSWER else unreachable()
            headers = response.headers
            return Answer(
                response.status_code,
                bytes(body),
                headers.get("etag", ""),
                _seconds(headers.get("retry-after")),
            )

    def _pace(self) -> None:
        since = self._clock() - self._last
        if 0 <= since < BETWEEN_CALLS:
            self._sleep(BETWEEN_CALLS - since)
        self._last = self._clock()

    def _wait(self, seconds: float) -> bool:
        """Wait, if that leaves time for another try; False if not."""
        if self._clock() + seconds >= self._until:
            return False
        self._sleep(seconds)
        return True


def _standing_headers(register: Register) -> dict[str, str]:
    headers = {"Accept": "application/fhir+json", "User-Agent": "Jigsaw"}
    if register.ods:
        headers["NHSD-End-User-Organisation-ODS"] = register.ods
    return headers


def _good(answer: Answer) -> bytes:
    if answer.status != 200:
        raise _trouble(answer)
    return answer.body


def _trouble(answer: Answer) -> RegisterTrouble:
    """The error in words. Of what the register says only codes are kept: its texts may name somebody."""
    said = ", ".join(reading.codes(answer.body))
    if answer.status in (401, 403):
        return refused(said)
    if answer.status == 429:
        return busy()
    if answer.status in PASSING:
        return unreachable()
    return asked_wrongly(said) if 400 <= answer.status < 500 else unreadable()


def _seconds(told: str | None) -> float | None:
    """Retry-After in seconds; its other form, a date, and nonsense count as not said."""
    return float(told) if told and told.isascii() and told.isdigit() and len(told) < 7 else None


def _state(score: float | None) -> Any:
    if score is None or score < POTENTIAL:
        return "low_confidence_match"
    return "match" if score >= CERTAIN else "potential_match"


_ORDER = ("no_match", "many_match", "low_confidence_match", "potential_match", "match")


def _how_good(traced: Traced) -> tuple[int, float]:
    return _ORDER.index(traced.state), traced.score or 0.0


def _of_version(entry: Entry, etag: str) -> Entry:
    """The entry must be of the version that the header names (W/"2"): otherwise two answers were mixed."""
    version = etag.removeprefix("W/").strip('"')
    if version and entry.version and version != entry.version:
        raise unreadable()
    return entry
