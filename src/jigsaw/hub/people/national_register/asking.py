"""What can a national register be asked, and what does it answer?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol, Self

from django.utils.translation import gettext_lazy as _

from jigsaw.hub.kit.errors import JigsawError

Outcome = Literal["found", "superseded", "invalidated", "not_found", "not_a_number"]
TraceState = Literal["match", "potential_match", "low_confidence_match", "many_match", "no_match"]


@dataclass(frozen=True, kw_only=True)
class Sought:
    """Whom is asked for. Given and family name and date of birth are needed; the rest helps."""

    given: str
    family: str
    born: date
    sex: str = ""
    """M, F or '' (never asked for)."""
    postcode: str = ""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What the register holds on one person, as far as it is needed to tell whether it is who was meant.

    `restricted`: their whereabouts are kept secret, and no postcode is here even if the register sent one.
    `version` is the register's version of the entry. Names are (given, family), current first.
    """

    number: str
    version: str = ""
    verified: bool = False
    restricted: bool = False
    names: tuple[tuple[str, str], ...] = ()
    born: date | None = None
    died: bool = False
    sex: str = ""
    postcode: str = ""


@dataclass(frozen=True, kw_only=True)
class Traced:
    """The answer to `trace`. `entry` and `score` (0 to 1) come with one answer, and only then; `step` names the
    question that brought it."""

    state: TraceState
    entry: Entry | None = None
    score: float | None = None
    step: str = ""


@dataclass(frozen=True, kw_only=True)
class Retrieved:
    """The answer to `retrieve`. `entry` comes with found and superseded; a superseded number's entry carries the
    number that took its place."""

    outcome: Outcome
    entry: Entry | None = None


class NationalRegister(Protocol):
    """A register that knows NHS numbers, closed once asked. Every call may raise `RegisterTrouble`.

    Numbers are all that it is asked for. Whom it names as related stays with it: families are known here by what
    agencies hold and share, and nobody’s carer is looked up on the way to a child’s number.
    """

    service: str
    """A code for whom to name as the source, such as "pds"."""

    def trace(self, sought: Sought) -> Traced: ...

    def retrieve(self, number: str) -> Retrieved: ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *_error: object) -> None: ...


class RegisterTrouble(JigsawError):
    """The register gave no answer that can be used. `code` says in which way, for tests and counts.

    off, refused, busy, unreachable, unreadable, asked_wrongly.
    """

    def __init__(self, code: str, words: object, next_step: object = "", said: str = "") -> None:
        super().__init__(words, next_step)
        self.code = code
        self.said = said


def busy() -> RegisterTrouble:
    return RegisterTrouble(
        "busy",
        _("The national register asks us to wait: too many questions in a short time."),
        _("Try again in a few minutes."),
    )


def unreachable() -> RegisterTrouble:
    return RegisterTrouble(
        "unreachable",
        _("The national register could not be reached, or took too long to answer."),
        _("Try again later. If it goes on, tell whoever looks after this hub."),
    )


def unreadable() -> RegisterTrouble:
    return RegisterTrouble(
        "unreadable",
        _("The national register answered with something that could not be read, so it was not used."),
        _("Tell whoever looks after this hub."),
    )


def refused(said: str = "") -> RegisterTrouble:
    return RegisterTrouble(
        "refused",
        _("The national register does not let this hub in."),
        _("Tell whoever looks after this hub: its key, its registration or its agreement may have ended."),
        said,
    )


def asked_wrongly(said: str = "") -> RegisterTrouble:
    return RegisterTrouble(
        "asked_wrongly",
        _("The national register could not make sense of the question."),
        _("Check the name, date of birth and postcode on the record."),
        said,
    )


def off() -> RegisterTrouble:
    return RegisterTrouble(
        "off",
        _("This hub does not ask the national register itself."),
        _(
            "Download the questions as a file and have them answered by your matcher, or ask whoever looks after "
            "this hub to configure the register."
        ),
    )
