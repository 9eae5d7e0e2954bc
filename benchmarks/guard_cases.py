"""Ask the database of a world who sees and changes what, and hold the answers against the model."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import psycopg

from benchmarks import guard_model, guard_world
from benchmarks.guard_model import Who
from benchmarks.guard_world import World

CHANGING_AT = guard_world.TIMES[2:4]
"""Who may change what hangs on the time only by what shows."""


@dataclass
class Told:
    """How many cases (one asker, time and row each) were decided, how many rows showed, and where they differ."""

    decisions: int = 0
    shown: int = 0
    leaks: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)

    def compare(self, who: Who, what: str, expected: dict[str, set[str]], found: dict[str, set[str]]) -> None:
        for table, ids in found.items():
            self.shown += len(ids)
            self.leaks += [f"{who} {what} {table} {pk}" for pk in ids - expected[table]]
            self.refusals += [f"{who} {what} {table} {pk} not" for pk in expected[table] - ids]


def ask_all(
    connection: psycopg.Connection[Any], world: World, *, changing: bool = False, until_wrong: bool = False
) -> Told:
    """Ask for everybody of the world that stands in the open transaction (`guard_world.put`); the caller rolls back.

    `changing`: also what each can change, at some of the times. `until_wrong`: stop at the first difference.
    """
    told = Told()
    size = sum(map(len, world.rows.values()))
    for who in world.askers():
        guard_world.tell(connection, who)
        told.compare(who, "sees", guard_model.sees(world.rows, who), guard_world.shown(connection, world))
        told.decisions += size
        if changing and who.agency and who.at in CHANGING_AT:
            changes = guard_model.changes(world.rows, who)
            told.compare(who, "changes", changes, guard_world.changed(connection, world))
            told.decisions += size
        if until_wrong and (told.leaks or told.refusals):
            break
    return told
