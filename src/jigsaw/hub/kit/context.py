"""For whom does the database answer now, through which door, at what time?

Each transaction of the service tells PostgreSQL so in a signed token (see `guard`), and row-level security
answers only for that. A door says it once: `acting` for a practitioner, `process_acts` for a program that works
for the hub itself. Work of the hub within a practitioner's act (linking, lending, matching) sees all agencies'
records, and steps through one of DOORS to do so. Without a context the database shows nothing.

    practitioner|agency|scope|door|at|expires|backend pid|HMAC-SHA256

`at` is the clock as the door read it, in microseconds since 1970: what is lent or released is judged by it, as in
the rules written in Python. The signature is made in this process; SQL that somebody smuggles in cannot make one.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Iterator
from contextlib import ContextDecorator, contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from types import TracebackType
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.utils import timezone

if TYPE_CHECKING:
    from jigsaw.hub.kit.actor import Actor

AGENCY, HUB = "agency", "hub"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# A page is over within a minute (`serve` ends what takes longer); a file of a million records takes hours.
PAGE_LASTS, WORK_LASTS = 120, 24 * 3600

PRACTITIONER_DOORS = {
    "web": "A practitioner’s request: their agency’s records, and what was lent or released to it.",
    "looking for": "A job looks for patterns with the eyes of whoever it may tell, and finds what they may open.",
    "as": "A command with --as: as the practitioner’s own request.",
    "fhir": "A system of a setting of unscheduled care, for the practitioner who stands at it: as in the browser.",
}
DOORS = {
    # Programs and jobs, which no practitioner started.
    "commands": "Whoever may run commands on the machine acts as the hub: loads files, relinks, traces, measures.",
    "jobs": "Clocks that run out, notices, reminders and filing concern every agency.",
    "feeds": "Systems of hospitals tell of attendances, each known by its secret or address; no practitioner asks.",
    "preparing": "Migrations and filing again after an upgrade touch every row.",
    "partner hubs": "Whether a child is known is asked and answered by tokens of all that is held, shown to nobody.",
    "tests": "Tests look at everything to see what came of an act.",
    # Steps within a practitioner's act. The domain has authorised the act, and audits it.
    "index": "What an agency holds is linked and filed beside what others hold: keys, links, summaries.",
    "finding": "A search ranks all whom the keys bring up, and shows the practitioner no more than they may see.",
    "deciding": "Whoever decides on links compares the records of several agencies.",
    "lending": "A record or an entry is lent to an agency for a purpose, or that purpose ends.",
    "emergency": "A page is opened for one practitioner in an emergency, and looked at afterwards by another.",
    "names": "A person’s address leads on after a link; a list names whom a case the reader may open is about.",
    "case": "A concern, enquiry or request is read with those it names, by whoever its own rule lets in.",
    "telling": "That an answer was read, or somebody is owed one, is noted on a row of another agency.",
    "raising": "Whoever raises a concern may be too close to those it names: they write it, and are shown none of it.",
    "who knows": "Which agencies know a child, for the lead of an enquiry; whose open case it is, for a concern; which school, for the police who must tell it.",
    "closeness": "Whether a practitioner is too close is asked of records they cannot see.",
    "plan": "A setting of unscheduled care looks whether a child has a plan; an attendance is held against all plans.",
    "objecting": "A family says of another agency’s entry that it objects or disagrees: that agency is asked to decide.",
    "erasing": "Whoever looks after the hub erases somebody’s words from the log, and is shown none of them.",
    "disposing": "What is due to be disposed of is looked for, held back and taken out of every table, whoever’s it is.",
    "measures": "Counts for oversight, in which nobody is named.",
}


@dataclass(frozen=True)
class Context:
    """For whom and as of when the database answers. `at` None: the time at which a transaction begins."""

    door: str
    practitioner: UUID | None = None
    agency: UUID | None = None
    scope: str = AGENCY
    at: datetime | None = None
    lasts: int = PAGE_LASTS


_acting: ContextVar[Context | None] = ContextVar("jigsaw_context")
_process: Context | None = None


def current() -> Context | None:
    """The context of this act, else of this program; None: the database shows nothing."""
    return _acting.get(_process)


@contextmanager
def acting(actor: Actor | None, *, door: str, now: datetime) -> Iterator[None]:
    """Answer for this practitioner's agency from now on; for nobody if there is none."""
    found = None
    if actor is not None and actor.practitioner_id is not None:
        if door not in PRACTITIONER_DOORS:
            raise ValueError(f"No practitioner comes through the door {door!r}.")
        found = Context(door, actor.practitioner_id, actor.agency_id, at=now)
    before = _acting.set(found)
    try:
        yield
    finally:
        _acting.reset(before)


@contextmanager
def working(door: str, *, now: datetime | None = None) -> Iterator[None]:
    """Answer for the hub itself, in work that no practitioner started."""
    before = _acting.set(_hubs(door, now))
    try:
        yield
    finally:
        _acting.reset(before)


def process_acts(door: str, actor: Actor | None = None) -> None:
    """Everything in this program that no nearer door says otherwise acts for the hub, or for this practitioner."""
    global _process
    if actor is not None and actor.practitioner_id is not None:
        _process = Context(door, actor.practitioner_id, actor.agency_id, lasts=WORK_LASTS)
    else:
        _process = _hubs(door, None)


def _hubs(door: str, now: datetime | None) -> Context:
    if door not in DOORS:
        raise ValueError(f"The hub has no door {door!r}: say in kit.context why it needs one.")
    return Context(door, scope=HUB, at=now, lasts=WORK_LASTS)


class hub(ContextDecorator):
    """Step through one of DOORS within an act: all agencies' records, until the step is over.

    What is read must be read before the step is over: a query that is only written here is asked outside. Raises
    RuntimeError where nobody acts: a door that forgot to say who does is a fault, and never shows everything.
    """

    def __init__(self, door: str) -> None:
        if door not in DOORS:
            raise ValueError(f"The hub has no door {door!r}: say in kit.context why it needs one.")
        self.door = door
        self._before: list[Token[Context | None]] = []

    def _recreate_cm(self) -> hub:
        return hub(self.door)

    def __enter__(self) -> None:
        now = current()
        if now is None:
            raise RuntimeError(f"Nobody acts: the door {self.door!r} opens only within an act.")
        # Within such a step nothing changes, and nothing need be said again.
        step = (
            now
            if now.scope == HUB
            else replace(now, door=self.door, scope=HUB, practitioner=None, agency=None)
        )
        self._before.append(_acting.set(step))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _acting.reset(self._before.pop())


# --- the token ----------------------------------------------------------------------------------------------


def token(context: Context, *, pid: int) -> str:
    """The signed token of a context for one connection, good for as long as such an act may take."""
    return _token(context, context.at or timezone.now(), pid, int(time.time()) // (context.lasts // 2))


@lru_cache(maxsize=64)
def _token(context: Context, now: datetime, pid: int, half: int) -> str:
    """One for each half of its life, so that it lives at least half of it still."""
    expires, at = (half + 3) * (context.lasts // 2), now - EPOCH
    told = "|".join(
        (
            str(context.practitioner or ""),
            str(context.agency or ""),
            context.scope,
            context.door,
            str(at // timedelta(microseconds=1)),
            str(expires),
            str(pid),
        )
    )
    return f"{told}|{signature(told)}"


def signature(told: str) -> str:
    """HMAC-SHA256 of what a token tells, in hex."""
    return hmac.new(settings.GUARD_KEY, told.encode(), hashlib.sha256).hexdigest()
