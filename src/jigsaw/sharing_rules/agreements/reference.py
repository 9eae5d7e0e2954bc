"""What does the reference page of the agreement format say?

`python -m jigsaw.sharing_rules.agreements.reference` prints it as Markdown.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from jigsaw.sharing_rules.agreements.model import FORMAT
from jigsaw.sharing_rules.roles import ROLE_WORDS
from jigsaw.sharing_rules.vocabulary import CATEGORIES, MODES, PURPOSES, SECTORS

# Key, how many, and what it says.
KEYS: Final = (
    ("format", "1", f"`{FORMAT}`"),
    ("about", "0..1", "a note for readers; no machine uses it"),
    ("uri", "1", "where the agreement is published"),
    ("identifier", "1", "`{value, system}`: the same for every version"),
    ("version", "1", "a whole number from 1; a newer version takes over on its first day"),
    ("name", "1", "what people call it"),
    ("contact", "1", "`{name, email, telephone}`, with at least one way to reach them"),
    ("party", "1..*", "see below"),
    ("data", "1..*", "kinds of data, by code"),
    ("purpose", "1..*", "purposes, by code"),
    ("startDate", "1", "first day on which it holds"),
    ("endDate", "1", "last day on which it holds"),
    ("permittedUse", "1..*", "what what was shared may be used for, in words"),
    ("restrictions", "0..*", "what it may not be used for; travels with what is shared"),
    ("dataRecipientResponsibilities", "0..*", "what the recipient must do; travels with what is shared"),
    ("securityMeasure", "0..*", "how it is kept safe, in words"),
    ("legalCompliance", "0..*", "codes of the register of law that it rests on"),
    ("retention", "0..*", "how long what parties hold is kept; see below"),
    (
        "extends",
        "0..1",
        "identifier of an agreement that this one adds to, and without which it does not hold",
    ),
    ("replaces", "0..*", "identifiers of agreements that end when this one begins"),
    ("defaults", "1..*", "rules; see below"),
    ("exceptions", "0..*", "rules that go before the defaults"),
)
PARTY_KEYS: Final = (
    ("code", "1", "how the rules of this agreement speak of it"),
    ("name", "1", "what people call it"),
    ("catalogueId", "1..*", "its identifiers in a catalogue of organisations"),
    ("sector", "1", "a sector, by code"),
    ("authorities", "1..*", "GSS codes of the areas; one agreement may cover several authorities"),
    ("agency", "0..1", "the code of one agency; left empty, every agency of the sector in those authorities"),
)
RULE_KEYS: Final = (
    ("clause", "1", "its number, told with every verdict that rests on it"),
    ("effect", "1", "`permit`, `review` or `prohibit`"),
    ("from", "1..*", 'codes of parties that give, or `["*"]` for all'),
    ("to", "1..*", 'codes of parties that receive, or `["*"]`'),
    ("purpose", "1..*", 'some of the agreement’s purposes, or `["*"]`'),
    ("data", "1..*", 'some of the agreement’s data, or `["*"]`'),
    ("modes", "1..*", "`EXISTENCE` (that something is held), `CONTENT` (what is held)"),
    ("words", "0..1", "why, as people read it"),
    ("reviewRole", "0..1", "who decides: for `review`, and only for that"),
    ("validFrom", "0..1", "first day, if later than the agreement’s"),
    ("validUntil", "0..1", "last day, if earlier than the agreement’s"),
)
KEPT_KEYS: Final = (
    ("data", "1..*", 'some of the agreement’s data, or `["*"]`'),
    ("from", "1", "`birth` (of the youngest whom it is about) or `recorded`"),
    (
        "years",
        "1",
        "whole years, from 1; of several that fit, the last day counts, and what statute says counts always",
    ),
    ("words", "1", "why, and where that is written"),
)
_TOP = """\
# The format of a sharing agreement

This page is generated: `python -m jigsaw.sharing_rules.agreements.reference > docs/reference/agreement-format.md`.

One JSON document is one version of one agreement. Its fields are those of SharingPolicy in the UK Social Care Data Standards
(information governance v0.1, October 2025); its defaults and exceptions are those of DfE’s work on a single unique
identifier (ADR-SUI-0005, draft). Days are written `2026-09-01`, and first and last day are both included. A key that is not listed
here is refused, not passed over. How to write, sign and change one: [agree on sharing](../how-to/agree-on-sharing.md).

An agreement is never itself a lawful basis. The invented Sharetown’s is
[`sharetown-agreement.json`](../../src/jigsaw/sharing_rules/data/sharetown-agreement.json); a document to fill in is
[`agreement-template.json`](../../src/jigsaw/sharing_rules/data/agreement-template.json).
"""
_ANSWERS = """\
## What follows from it

1. Every rule that speaks of the giver, the receiver, the purpose, the kind of data and the mode, on that day, applies.
2. Within an agreement exceptions go before defaults; of equal rank the strictest counts. One rule that permits what another
   of equal rank prohibits makes the whole agreement unreadable.
3. Of several agreements the strictest counts.
4. Where no rule applies, because a code is unknown, a day is outside or nobody agreed: what is held goes to the safeguarding
   lead (REVIEW), because the law may allow it without an agreement; that something is held is not shown (DENY).
5. Where somebody is in immediate danger, no missing agreement holds up what is needed, and what one prohibits goes to the
   safeguarding lead at once.

Of several versions each holds until the day before the next begins. What extends another holds only with it, and can narrow what
it allows, never undo what it prohibits. A chain that leads back to itself is refused.

As ODRL (`jigsaw agreement export`): parties are assigner and assignee, data the target, purpose and dates constraints, what is
permitted or left to a person permission, what is prohibited and restricted prohibition, responsibilities duty.
"""


def page() -> str:
    """The whole page as Markdown, ending in one newline."""
    return "\n".join(
        [
            _TOP,
            _table("## The agreement", ("key", "how many", "what it says"), _coded(KEYS)),
            _table("## A party", ("key", "how many", "what it says"), _coded(PARTY_KEYS)),
            _table("## A rule", ("key", "how many", "what it says"), _coded(RULE_KEYS)),
            _table("## How long something is kept", ("key", "how many", "what it says"), _coded(KEPT_KEYS)),
            _ANSWERS,
            _table("## Sectors", ("code", "name"), _coded((s.code, s.name) for s in SECTORS.values())),
            _table(
                "## Purposes",
                ("code", "for", "as a URI"),
                _coded((p.code, p.words, p.uri) for p in PURPOSES.values()),
            ),
            _table(
                "## Kinds of data",
                ("code", "name", "what it is", "kinds of entry"),
                _coded(
                    (c.code, c.name, c.words, ", ".join(f"`{k}`" for k in c.event_kinds))
                    for c in CATEGORIES.values()
                ),
            ),
            _table("## Modes", ("code", "what is told"), _coded(MODES.items())),
            _table("## Roles that decide", ("code", "who"), _coded(ROLE_WORDS.items())),
        ]
    )


def _coded(rows: Iterable[tuple[str, ...]]) -> list[tuple[str, ...]]:
    return [(f"`{code}`", *rest) for code, *rest in rows]


def _table(title: str, heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "\n".join([title, "", *(f"| {' | '.join(line)} |" for line in lines), ""])


if __name__ == "__main__":
    print(page(), end="")
