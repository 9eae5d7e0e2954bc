"""What does the reference page of the sharing rules say?

`python -m jigsaw.sharing_rules.reference` prints it as Markdown.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from jigsaw.sharing_rules import may_share, may_withhold
from jigsaw.sharing_rules.check import Check

_TOP = """\
# The sharing rules

This page is generated: `python -m jigsaw.sharing_rules.reference > docs/reference/sharing-rules.md`.
Every rule is one file in `src/jigsaw/sharing_rules/checks/`.

Every check is asked every time, so that all reasons show at once. The strictest answer is the verdict:
any **DENY** gives DENY; else any **REVIEW** gives REVIEW, and the named person decides; else **PERMIT**.
A DENY always says what would put it right. No check scores risk: that judgement stays with people.
"""


def page() -> str:
    """The whole page as Markdown, ending in one newline."""
    parts = [
        _TOP,
        "## Sharing\n",
        *_rules(may_share.CHECKS),
        "## Withholding\n",
        *_rules(may_withhold.CHECKS),
    ]
    return "\n".join(parts)


def _rules(checks: Iterable[Check[Any]]) -> list[str]:
    return [_rule(check) for check in checks]


def _rule(check: Check[Any]) -> str:
    return (
        f"### {check.question}\n\n`{check.code}`\n\n{check.explanation}\n\n"
        f"Source: {check.source}. Dated {check.source_date}.\n"
    )


if __name__ == "__main__":
    print(page(), end="")
