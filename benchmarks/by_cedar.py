"""What does Cedar decide in the same cases? A test of the sharing rules that shares no code with them.

`share_policies/*.cedar` is written from practice, apart from the Python. Agreements that were made up at random are
written as Cedar here from their JSON, in another form than `compiled` uses: every exception forbids or permits,
and a default counts only where none of its agreement's exceptions does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

POLICIES = Path(__file__).parent / "share_policies"
Document = dict[str, Any]


def sharetown_policies() -> str:
    """The rules and Sharetown's agreement, written by hand."""
    return "\n".join(
        (POLICIES / name).read_text(encoding="utf-8") for name in ("rules.cedar", "sharetown.cedar")
    )


def allowed(contexts: Sequence[dict[str, Any]], policies: str) -> list[bool]:
    """Whether Cedar allows each; raises RuntimeError where a policy could not be evaluated."""
    import cedarpy

    asked = [
        {"principal": 'Agency::"a"', "action": 'Action::"share"', "resource": 'Item::"i"', "context": each}
        for each in contexts
    ]
    answers = cedarpy.is_authorized_batch(asked, policies, [])
    if wrong := [error for answer in answers for error in answer.diagnostics.errors]:
        raise RuntimeError(f"Cedar could not evaluate a policy: {wrong[0]}")
    return [answer.allowed for answer in answers]


def agreements_as_cedar(documents: Sequence[Document]) -> str:
    """Policies that allow exactly where some agreement does and none leaves it to a person or forbids it."""
    return "\n".join(policy for document in documents for policy in _policies(document, documents))


def _policies(document: Document, among: Sequence[Document]) -> Iterator[str]:
    held = _held(document, among)
    excepted = " || ".join(f"({_applies(document, rule)})" for rule in document["exceptions"]) or "false"
    for rule in document["exceptions"]:
        yield _policy(rule, f"({held}) && ({_applies(document, rule)})")
    for rule in document["defaults"]:
        yield _policy(rule, f"({held}) && ({_applies(document, rule)}) && !({excepted})")


def _policy(rule: Document, when: str) -> str:
    word = "permit" if rule["effect"] == "permit" else "forbid"
    return f"{word} (principal, action, resource) when {{ {when} }};"


def _applies(document: Document, rule: Document) -> str:
    parts = [
        _one_of("context.purpose", document["purpose"] if rule["purpose"] == ["*"] else rule["purpose"]),
        _one_of("context.data", document["data"] if rule["data"] == ["*"] else rule["data"]),
        _one_of("context.mode", rule["modes"]),
        _side(document, rule["from"], "giver"),
        _side(document, rule["to"], "receiver"),
        _from_until(rule["validFrom"], rule["validUntil"]),
    ]
    return " && ".join(f"({part})" for part in parts)


def _side(document: Document, codes: list[str], side: str) -> str:
    parties = [p for p in document["party"] if codes == ["*"] or p["code"] in codes]
    return " || ".join(
        f'context.{side}_code == "{p["agency"]}"'
        if p["agency"]
        else f'(context.{side} == "{p["sector"]}" && context.{side}_places.containsAny({_set(p["authorities"])}))'
        for p in parties
    )


def _held(document: Document, among: Sequence[Document]) -> str:
    """The days on which it holds: its own, until a newer version or one that replaces it begins, and with its base."""
    own = document["identifier"]["value"]
    ends = [
        other["startDate"]
        for other in among
        if own in other["replaces"]
        or (other["identifier"]["value"] == own and other["version"] > document["version"])
    ]
    parts = [_from_until(document["startDate"], document["endDate"])]
    parts += [f"context.day < {_number(day)}" for day in ends]
    if document["extends"]:
        bases = [o for o in among if o["identifier"]["value"] == document["extends"]]
        parts.append(" || ".join(f"({_held(base, among)})" for base in bases))
    return " && ".join(f"({part})" for part in parts)


def _from_until(first: str | None, last: str | None) -> str:
    since = f"context.day >= {_number(first)}" if first else "true"
    until = f"context.day <= {_number(last)}" if last else "true"
    return f"{since} && {until}"


def _number(day: str) -> int:
    return int(day.replace("-", ""))


def _one_of(what: str, codes: Iterable[str]) -> str:
    return f"{_set(codes)}.contains({what})"


def _set(codes: Iterable[str]) -> str:
    return "[" + ", ".join(f'"{code}"' for code in codes) + "]"
