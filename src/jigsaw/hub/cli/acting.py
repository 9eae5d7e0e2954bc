"""For whom does a command act: a practitioner named with --as, or the hub itself?"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from jigsaw.hub.kit.actor import SYSTEM, Actor

As = Annotated[
    str | None,
    typer.Option("--as", metavar="EMAIL", help="Act as this practitioner, and so with their rights."),
]

# Whoever may run commands on this machine looks after the hub: they load files and keep the index in order. What
# they do is written down as done by the hub itself.
THE_HUB: Actor = replace(
    SYSTEM,
    permissions=frozenset(
        {"import.run", "people.find_any", "people.link", "numbers.trace", "oversight.view", "agreement.draft"}
    ),
)


def acting(email: str | None) -> Actor:
    """The practitioner with this address, or the hub itself; raises NotHere if there is no such account."""
    if email is None:
        return THE_HUB
    from jigsaw.hub.agencies.queries import actor_by_email
    from jigsaw.hub.kit import context

    actor = actor_by_email(email)
    context.process_acts("as", actor)
    return actor
