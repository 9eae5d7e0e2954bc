"""How a command answers: one JSON document, or words for a person; errors in one sentence."""

from __future__ import annotations

import json
from typing import Any

from rich.console import Console

to_person = Console()
to_person_aside = Console(stderr=True)

DONE, NEEDS_A_PERSON, REFUSED = 0, 1, 2


def as_json(answer: dict[str, Any]) -> None:
    """Print the one JSON document of a command."""
    print(json.dumps(answer, ensure_ascii=False, default=str, indent=2))


def in_one_sentence(error: Exception) -> str | None:
    """The words of an error a person can act on, on one line; None for a fault of our own."""
    from jigsaw.formats.records import Unreadable
    from jigsaw.hub.kit.errors import Invalid, JigsawError
    from jigsaw.hub.kit.postgres import DatabaseTrouble

    if isinstance(error, Invalid):
        said = [str(error.words), *map(str, error.fields.values()), str(error.next_step)]
    elif isinstance(error, JigsawError):
        said = [str(error.words), str(error.next_step)]
    elif isinstance(error, Unreadable | DatabaseTrouble):
        said = [str(error)]
    else:
        return None
    return " ".join(" ".join(said).split())
