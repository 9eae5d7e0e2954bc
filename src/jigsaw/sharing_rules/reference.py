"""What does the reference page of the sharing rules say?

`python -m jigsaw.sharing_rules.reference` prints it as Markdown, from a checkout: each rule in the words of its own
docstring, then what was tried of it, in the names of its tests.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from jigsaw.sharing_rules import may_share, may_withhold
from jigsaw.sharing_rules.check import Check

SPEC: Final = Path(__file__).parents[3] / "tests" / "spec" / "sharing"
_TOP = """\
# The sharing rules

This page is generated: `python -m jigsaw.sharing_rules.reference > docs/reference/sharing-rules.md`.
Every rule is one file in `src/jigsaw/sharing_rules/checks/`; what was tried of it is a file of the same name in
`tests/spec/sharing/`, and fails the build when it is no longer true.

Every check is asked every time, so that all reasons show at once. The strictest answer is the verdict:
any **DENY** gives DENY; else any **REVIEW** gives REVIEW, and the named person decides; else **PERMIT**.
A DENY always says what would put it right. No check scores risk: that judgement stays with people.
What law and partners say is data: [the law](../how-to/confirm-the-law.md), [agreements](agreement-format.md).
"""


def page(spec: Path = SPEC) -> str:
    """The whole page as Markdown, ending in one newline. `spec` is the folder of the tests that are told."""
    told = tried(spec)
    parts = [
        _TOP,
        "## Sharing\n",
        *_rules(may_share.CHECKS, told),
        "## Withholding\n",
        *_rules(may_withhold.CHECKS, told),
    ]
    return "\n".join(parts)


def _rules(checks: Iterable[Check[Any]], told: Mapping[str, list[str]]) -> list[str]:
    return [_rule(check, told.get(check.code, [])) for check in checks]


def _rule(check: Check[Any], told: list[str]) -> str:
    sentences = "\n".join(f"- {sentence}" for sentence in told)
    return (
        f"### {check.question}\n\n`{check.code}`\n\n{check.explanation}\n\n"
        + (f"Tried:\n\n{sentences}\n\n" if told else "")
        + f"Source: {check.source}. Dated {check.source_date}.\n"
    )


def tried(spec: Path) -> dict[str, list[str]]:
    """By the code of a check, the names of its tests as sentences, in the order of the files."""
    codes = {each.code for each in may_share.CHECKS} | {each.code for each in may_withhold.CHECKS}
    told: dict[str, list[str]] = {}
    together = {spec / "test_may_share.py", spec / "test_prompts.py"}
    # What all checks say together is told of none of them.
    for path in sorted(set(spec.glob("test_*.py")) - together):
        for code, sentence in _told_in(ast.parse(path.read_text(encoding="utf-8")), codes):
            told.setdefault(code, []).append(sentence)
    return told


def _told_in(module: ast.Module, codes: set[str]) -> Iterator[tuple[str, str]]:
    """A test is of the checks whose codes stand in it, else of the one that the module names as CODE."""
    of_module = [
        str(node.value.value)
        for node in module.body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and [getattr(target, "id", "") for target in node.targets] == ["CODE"]
    ]
    for node in module.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            named = [c.value for c in ast.walk(node) if isinstance(c, ast.Constant) and c.value in codes]
            for code in dict.fromkeys(str(each) for each in named or of_module):
                yield code, _sentence(node.name)


def _sentence(name: str) -> str:
    """`test_a_family_s_refusal_is_said` as one reads it: A family’s refusal is said."""
    words = re.sub(r" s\b(?! \d)", "’s", name.removeprefix("test_").replace("_", " "))
    return f"{words[:1].upper()}{words[1:]}."


if __name__ == "__main__":
    print(page(), end="")
