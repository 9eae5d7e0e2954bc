"""What went wrong, in words, and what can the practitioner do next?"""

from datetime import timedelta
from uuid import UUID


class JigsawError(Exception):
    """An error a practitioner can act on.

    `words` is one sentence in plain English; `next_step` says what to do now. Neither holds
    personal data beyond what the practitioner just typed.
    """

    def __init__(self, words: object, next_step: object = "") -> None:
        self.words = words
        self.next_step = next_step
        super().__init__(str(words))


class Refused(JigsawError):
    """The practitioner may not do this. Always has a reason in words and a next step.

    `concerning` is the person whose information was asked for, so that the door can log the refusal
    after the failed read has been rolled back.
    """

    def __init__(self, words: object, next_step: object = "", concerning: UUID | None = None) -> None:
        super().__init__(words, next_step)
        self.concerning = concerning


class NotHere(JigsawError):
    """There is no such thing for this practitioner: absent and not-yours look alike."""


class Invalid(JigsawError):
    """What was entered cannot be accepted; `fields` maps a field's name to what is wrong with it."""

    def __init__(
        self, words: object, fields: dict[str, object] | None = None, next_step: object = ""
    ) -> None:
        super().__init__(words, next_step)
        self.fields = fields or {}


class TooMany(JigsawError):
    """Too much was asked for in too short a time; `wait` is how long until it is looked at anew."""

    def __init__(self, words: object, next_step: object = "", *, wait: timedelta) -> None:
        super().__init__(words, next_step)
        self.wait = wait


class AlreadyDone(JigsawError):
    """Someone did this first. Nothing typed is lost: the caller keeps it as a draft."""


class WrongState(JigsawError):
    """The thing is not in a state in which this can be done."""
