"""How is one check written?

A check is a function from what is proposed to a `Reply`, under the `@check(...)` line that gives its
code, question and source. The function says only what it found; the line puts the source on every
finding, so that no answer can lack one. The docstring is printed in the reference page of the rules.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Generic, NamedTuple, TypeVar

from jigsaw.sharing_rules.finding import Answer, Finding

Subject = TypeVar("Subject")
_KEPT: Final = 1000
# Looked up once: of an enumeration every look-up costs.
_PERMIT, _REVIEW, _DENY = Answer.PERMIT, Answer.REVIEW, Answer.DENY


class Reply(NamedTuple):
    """What a check found, before its source is put on it. `private`: it repeats what somebody wrote."""

    answer: Answer
    words: str
    next_step: str = ""
    review_role: str = ""
    private: bool = False


@lru_cache(maxsize=_KEPT)
def permit(words: str) -> Reply:
    """Nothing in this rule stands in the way. The words never repeat what somebody wrote: they are kept."""
    return Reply(_PERMIT, words)


def review(words: str, *, next_step: str, role: str, private: bool = False) -> Reply:
    """In doubt: the person with this role decides. `private` when it repeats what somebody wrote."""
    return Reply(_REVIEW, words, next_step, role, private)


def deny(words: str, *, next_step: str, private: bool = False) -> Reply:
    """Not as it stands; `next_step` says what would put it right. `private` as for `review`."""
    return Reply(_DENY, words, next_step, "", private)


@dataclass(frozen=True)
class Check(Generic[Subject]):
    """A rule with its source. Call it with what is proposed to get a finding."""

    code: str
    question: str
    source: str
    source_date: str
    ask: Callable[[Subject], Reply]
    # What was found before: mostly the same few again. Nothing that repeats what somebody wrote is kept.
    kept: dict[Reply, Finding] = field(default_factory=dict, compare=False, repr=False)

    def __call__(self, subject: Subject) -> Finding:
        return findings((self,), subject)[0]

    def finding(self, reply: Reply) -> Finding:
        """The reply with its source on it."""
        return Finding(
            check=self.code,
            answer=reply.answer,
            words=reply.words,
            source=self.source,
            source_date=self.source_date,
            next_step=reply.next_step,
            review_role=reply.review_role,
        )

    @property
    def explanation(self) -> str:
        """The rule in words: the docstring of its function."""
        return inspect.getdoc(self.ask) or ""


def findings(checks: Iterable[Check[Subject]], subject: Subject) -> list[Finding]:
    """What every check finds, in their order."""
    found = []
    for each in checks:
        reply = each.ask(subject)
        known = each.kept.get(reply)
        if known is None:
            known = each.finding(reply)
            if not reply.private and len(each.kept) < _KEPT:
                each.kept[reply] = known
        found.append(known)
    return found


def check(
    *, code: str, question: str, source: str, source_date: str
) -> Callable[[Callable[[Subject], Reply]], Check[Subject]]:
    """Make a check of the function below. `source_date` is an ISO date, as exact as the source gives it."""

    def make(ask: Callable[[Subject], Reply]) -> Check[Subject]:
        return Check(code=code, question=question, source=source, source_date=source_date, ask=ask)

    return make
