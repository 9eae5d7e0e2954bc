"""Which data are there, how sensitive, and under which rules? `.venv/bin/python tests/architecture/levels.py > docs/reference/levels-of-data.md`

Each table of the database has one level; `of` works it out from `kit.policies`, which the database enforces, so that a level
and its rules cannot part. A new table is in guard's tables or fails their test, and so has a level as well.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

from jigsaw.hub.kit import policies


@dataclass(frozen=True)
class Level:
    """What belongs to a level, and what holds for all of it."""

    name: str
    what: str
    who: str
    kept: str
    ends: str
    elsewhere: str


SEALED = Level(
    "1. Sealed",
    "words that open nothing but by a key outside the database: entries, releases and documents of what is sealed (adoption records, and what an "
    "agency seals), what is typed and not sent, secrets of second factors, keys of partner hubs and alert hooks; and, in a session, what it looked for",
    "of entries: the agency that sealed them, and others only what one person proposed and another released; of all else its owner alone, or the hub",
    "AES-256-GCM, bound to the row, under keys outside the database ([keys](keys-connections-and-logs.md)): the column holds nothing that can be read",
    "with the key of a row, which makes every copy of it unreadable too, or by itself: a draft after 14 days",
    "in no log and no address; a backup holds it sealed, and not the keys",
)
FAMILIES = Level(
    "2. Children and families",
    "all that is said of somebody who is or was looked after, worked with or asked about",
    "by row: the agency that holds it, those it was lent or told for an open purpose, never whoever is too close "
    "([who sees what](../explanation/who-sees-what.md)); each look is in the log",
    "row-level security, forced ([need to know](../explanation/need-to-know-in-the-database.md)); text on a disk that is to be encrypted",
    "[by schedule and hold](../how-to/keep-and-dispose.md), as far as that goes yet: entries alone",
    "logs hold ids and codes; pages are never stored by the browser (`no-store`); it leaves by a decision of the sharing rules, as a copy for a family, "
    "or as a sealed backup",
)
WORKINGS = Level(
    "3. Worked out about families",
    "what the hub needs to find and link records, across agencies: keys, pairs, tokens of partner hubs",
    "the hub alone, in steps that are named (`context.hub`); no practitioner’s query sees a row",
    "as level 2",
    "with what it was worked out from",
    "to a partner hub only what [asking another area](../explanation/asking-another-area.md) says; else it never leaves",
)
LOG = Level(
    "4. The log",
    "who did and saw what, by ids and codes, and what was signed of it; words that could name somebody stand beside it, on level 2",
    "those whose role includes it; families about themselves; whoever is given an export",
    "the service may add and read, and no more: rights and triggers; heads signed and witnessed ([what it proves](../explanation/what-the-audit-proves.md))",
    "never; words beside it can be erased, and it still verifies",
    "exports are made by whoever runs the hub",
)
WORK = Level(
    "5. Practitioners and partners",
    "agencies, teams, accounts, roles, agreements, hubs: people at work; notices and tokens that hold references alone",
    "everybody signed in sees who works where; only administrators change it; passwords and codes nobody can read",
    "rights; passwords by Argon2id, recovery codes by a keyed hash",
    "an account is switched off and stays, because the log names it",
    "names of those at work stand beside what they did, also where it is shared",
)
NOBODY = Level(
    "6. Nobody",
    "what Django needs, counts and days, the shipped words, law and settings; static files",
    "anybody who may use the page that shows it",
    "as all else",
    "when it is of no more use",
    "may leave",
)
LEVELS = (SEALED, FAMILIES, WORKINGS, LOG, WORK, NOBODY)

# Django's own, and what holds no more than days and counts.
_OF_NOBODY = ("django_migrations", "django_content_type", "auth_", "retention_lookedfordue")


def of(table: str) -> Level:
    """The level of a table: of the most sensitive thing in any of its columns, but for those that are sealed."""
    if table in policies.TABLES:
        return WORKINGS if policies.TABLES[table] == policies.HUB_ALONE else FAMILIES
    if table.startswith("audit_"):
        return LOG
    return NOBODY if table.startswith(_OF_NOBODY) else WORK


def sealed_columns() -> list[str]:
    """Every column that holds sealed bytes, as `table.column`: they are called so. Django must be set up."""
    from django.apps import apps
    from django.db.models import BinaryField

    return sorted(
        f"{model._meta.db_table}.{field.column}"
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, BinaryField) and field.name.startswith("sealed")
    )


def tables() -> list[str]:
    """Every table that the guard knows, which is every table there is."""
    return sorted({*policies.TABLES, *policies.BY_RIGHTS, *policies.NOT_PERSONAL})


BEGINNING = """# Levels of data

Generated by `tests/architecture/levels.py` from what `kit/policies.py` has the database enforce; do not edit. The marking on every page is OFFICIAL-SENSITIVE.

A table has the level of the most sensitive thing in it; columns that are sealed have their own. What is shown on a page, printed, told to another agency or
exported keeps its level there.
"""


def _parts() -> Iterator[str]:
    for level in LEVELS:
        told = sealed_columns() if level is SEALED else [one for one in tables() if of(one) is level]
        listed = ", ".join(f"`{one}`" for one in told)
        yield f"""
## {level.name}

| | |
|---|---|
| What | {level.what} |
| Who | {level.who} |
| How it is kept | {level.kept} |
| When it ends | {level.ends} |
| Elsewhere | {level.elsewhere} |

{"Columns" if level is SEALED else "Tables"}: {listed}.
"""


def page() -> str:
    """All of docs/reference/levels-of-data.md."""
    return BEGINNING + "".join(_parts())


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jigsaw.hub.config.settings")
    django.setup()
    print(page(), end="")
