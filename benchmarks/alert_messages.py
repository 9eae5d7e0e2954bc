"""What hospitals send in the benchmark: visits of some hundred thousand invented people, message by message.

Most are of children without a plan. Some messages come twice, some in the wrong order; some are corrections,
cancellations, or of no use; some have no NHS number or one that nobody verified.
"""

from __future__ import annotations

import random
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from jigsaw.formats import mllp
from jigsaw.formats.hl7_text import written

Person = tuple[str, str, str, str]
"""Given, family, born (YYYYMMDD), NHS number."""
WITH_PLAN, WITHOUT_NUMBER, UNVERIFIED, PLANNED = 0.10, 0.05, 0.10, 0.10
UPDATED, LEFT, CANCELLED, CORRECTED = 0.50, 0.80, 0.03, 0.05
TWICE, LATE, USELESS = 0.03, 0.03, 0.01


@dataclass(frozen=True)
class Sent:
    """One message: when it is to be sent (seconds from the start), to which setting, and of which visit."""

    at: float
    setting: int
    visit: str
    content: bytes
    answer: str = "AA"
    first: bool = False


@dataclass
class Sending:
    """All there is to send, in order, and the visits of which the authority must be told, or must not in the end."""

    messages: list[Sent] = field(default_factory=list)
    told: set[str] = field(default_factory=set)
    taken_back: set[str] = field(default_factory=set)


def made(
    with_plans: Sequence[Person], others: Sequence[Person], facilities: Sequence[str], *, rate: float, seconds: float,
    seed: int,
) -> Sending:  # fmt: skip
    """About `rate` messages a second for `seconds`."""
    dice, found, number = random.Random(seed), Sending(), 0
    wanted = rate * seconds
    while len(found.messages) < wanted:
        number += 1
        has_plan = dice.random() < WITH_PLAN
        person = dice.choice(with_plans if has_plan else others)
        _visit(found, dice, f"V{number}", person, has_plan, facilities, seconds)
    found.messages.sort(key=lambda one: one.at)
    return found


def _visit(
    found: Sending, dice: random.Random, visit: str, person: Person, has_plan: bool, facilities: Sequence[str],
    seconds: float,
) -> None:  # fmt: skip
    setting, at = dice.randrange(len(facilities)), dice.uniform(0, seconds)
    numbered, verified = dice.random() >= WITHOUT_NUMBER, dice.random() >= UNVERIFIED
    planned = dice.random() < PLANNED
    cancelled = dice.random() < CANCELLED
    events = [
        "A04",
        *(["A08"] if dice.random() < UPDATED else []),
        *(["A31"] if dice.random() < CORRECTED else []),
    ]
    events += ["A11"] if cancelled else ["A03"] if dice.random() < LEFT else []
    began = datetime.now(UTC)
    messages = []
    for step, event in enumerate(events):
        head, segments = _message(
            event, visit, step, person if numbered else (*person[:3], ""), verified, planned, facilities[setting], began
        )  # fmt: skip
        when = at if not step else messages[-1].at + dice.uniform(0.5, 10)
        messages.append(Sent(when, setting, visit, "\r".join((head, *segments)).encode() + b"\r"))
        if dice.random() < TWICE:
            again = messages[-1]
            messages.append(Sent(again.at + dice.uniform(0, 5), setting, visit, again.content))
        if dice.random() < USELESS:
            useless = head.replace(f"|{visit}-{step}|", f"|{visit}-{step}-nobody|")
            messages.append(Sent(when, setting, visit, (useless + "\r" + segments[0]).encode() + b"\r", "AE"))
    if dice.random() < LATE and len(messages) > 1:
        moved = messages.pop(0)
        messages.append(Sent(messages[-1].at + 1, setting, visit, moved.content))
    first = min(range(len(messages)), key=lambda place: messages[place].at)
    for place, one in enumerate(messages):
        when = min(one.at, seconds)
        found.messages.append(
            Sent(when, setting, visit, one.content, one.answer, place == first and one.answer == "AA")
        )
    if has_plan and numbered and not planned:
        (found.taken_back if cancelled else found.told).add(visit)


def _message(
    event: str, visit: str, step: int, person: Person, verified: bool, planned: bool, facility: str, began: datetime
) -> tuple[str, tuple[str, ...]]:  # fmt: skip
    given, family, born, number = person
    at = written(began.replace(second=step))
    numbers = f"{number}^^^NHS^NH~" if number else ""
    header = f"MSH|^~\\&|PAS|{facility}|JIGSAW|SHARETOWN|{at}||ADT^{event}|{visit}-{step}|P|2.4||||AL||UNICODE UTF-8"
    return header, (
        f"EVN|{event}|{at}",
        f"PID|1||{numbers}P{visit}^^^PAS^PI||{family}^{given}||{born}"
        + "|" * 25
        + f"NSTS{'01' if verified else '02'}",
        f"PV1|1|{'O' if planned else 'E'}|ED^^^{facility}"
        + "|" * 16
        + visit
        + "|" * 25
        + written(began.replace(second=0)),
    )


class Line:
    """One connection of a sender: sends a message, and waits for what it hears back."""

    def __init__(self, port: int, address: str) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20, source_address=(address, 0))
        self._heard = self._frames()

    def send(self, content: bytes) -> str:
        """The code of the answer; raises OSError if there is none."""
        self.socket.sendall(mllp.frame(content))
        return next(self._heard).partition(b"\rMSA|")[2][:2].decode()

    def _frames(self) -> Iterator[bytes]:
        splitter = mllp.Splitter()
        while data := self.socket.recv(65_536):
            for found in splitter.feed(data):
                if isinstance(found, mllp.Frame):
                    yield found.content
        raise ConnectionError("hung up")

    def close(self) -> None:
        self.socket.close()
