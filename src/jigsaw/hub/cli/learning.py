"""`jigsaw link train` and `jigsaw link use`: a model from the hub's own records, and which one is in force."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from jigsaw.formats.records import Unreadable
from jigsaw.hub.cli.acting import As, acting
from jigsaw.hub.cli.answers import as_json, to_person, to_person_aside
from jigsaw.hub.cli.django_setup import ready
from jigsaw.hub.cli.progress import progress
from jigsaw.hub.cli.relinking import MEMORY

if TYPE_CHECKING:
    from jigsaw.hub.people.learning import Learnt

Json = Annotated[bool, typer.Option("--json", help="Answer as one JSON document.")]
_SHOWN = 12


def link_train(
    out: Annotated[
        Path | None, typer.Option(metavar="MODEL.json", help="Write the trained model here.")
    ] = None,
    memory: Annotated[
        str, typer.Option(metavar="SIZE", help="What training may take; the rest goes to disk.")
    ] = MEMORY,
    as_: As = None,
    json_: Json = False,
) -> None:
    """Train a model on the hub's own records, from the one in force, and say what it would change. No link changes.

    Which levels moved and how far, in bits; how many pairs it expects to be one person; how many links it would make,
    part and ask about, beside what the model in force would.
    """
    if out and out.exists():
        raise Unreadable(f"{out} is there already. Choose another name.")
    ready()
    from django.utils import timezone

    from jigsaw.hub.people import learning

    with progress("Records") as (to_do, done):
        found = learning.learn(
            actor=acting(as_), now=timezone.now(), memory=memory, to_do=to_do, progress=done, say=_say
        )
    if out:
        _write(out, found.text)
    as_json(_answer(found, out)) if json_ else _tell(found, out)


def link_use(
    model: Annotated[Path, typer.Argument(metavar="MODEL.json", help="A model as `link train` writes it.")],
    source: Annotated[str, typer.Option(help="Who agreed to use it, and where that is written.")],
    from_: Annotated[
        str, typer.Option("--from", metavar="DATE", help="The first day it counts; today without it.")
    ] = "",
    as_: As = None,
    json_: Json = False,
) -> None:
    """Put a model in force: from that day on every search, import and full run weighs by it. Links stay as they are."""
    from jigsaw.record_linkage import ModelError

    start = _day(from_) if from_ else None
    ready()
    from django.utils import timezone

    from jigsaw.hub.agreements.queries import local_day
    from jigsaw.hub.people import learning

    now = timezone.now()
    begins = start or local_day(now)
    try:
        text = model.read_text(encoding="utf-8")
        made = learning.use(actor=acting(as_), text=text, effective_from=begins, source=source, now=now)
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(f"The model file {model.name} cannot be read. Check that it is there.") from error
    except ModelError as error:
        raise Unreadable(str(error)) from error
    if json_:
        as_json({"model": made.version, "effective_from": begins.isoformat()})
    else:
        to_person.print(
            f"The model {made.version} counts from {begins:%d/%m/%Y}. To see what it would change among the links there "
            "are: jigsaw link run --everything.",
            markup=False,
            highlight=False,
        )


def _day(text: str) -> date:
    from jigsaw.formats import dates

    day = dates.parse(text)
    if day is None:
        raise Unreadable(f"“{text}” is not a date. Write it as 25/04/2027 or 2027-04-25.")
    return day


def _write(out: Path, text: str) -> None:
    try:
        with out.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise Unreadable(f"{out} cannot be written ({error.strerror}). Choose another name.") from error


def _say(words: str) -> None:
    if to_person_aside.is_terminal:
        to_person_aside.print(f"{words} …", highlight=False)


def _answer(found: Learnt, out: Path | None) -> dict[str, Any]:
    trained = found.trained
    return {
        "model": trained.model.version,
        "from": found.before,
        "written_to": str(out) if out else None,
        "records": found.records,
        "pairs": trained.pairs,
        "expected_matches": round(trained.expected_matches, 1),
        "differs_now": _kinds(found.differs_before),
        "would_differ": _kinds(found.differs_after),
        "moved": [
            {
                "comparison": each.comparison,
                "level": each.level,
                "bits_before": round(each.before, 3),
                "bits_after": round(each.after, 3),
            }
            for each in trained.changes
            if round(each.before, 3) != round(each.after, 3)
        ],
    }


def _kinds(counts: dict[str, int]) -> dict[str, int]:
    return {kind: counts.get(kind, 0) for kind in ("join", "part", "ask")}


def _tell(found: Learnt, out: Path | None) -> None:
    answer = _answer(found, out)
    to_person.print(
        f"Trained on {found.records:,} records, from {found.before}: {answer['pairs']:,} pairs compared, of which "
        f"about {answer['expected_matches']:,.0f} are one person. No link has been changed.",
        highlight=False,
    )
    table = Table("Comparison", "Level", "Bits before", "Bits after")
    for row in answer["moved"][:_SHOWN]:
        table.add_row(
            row["comparison"], row["level"], f"{row['bits_before']:+.2f}", f"{row['bits_after']:+.2f}"
        )
    to_person.print(table)
    if (more := len(answer["moved"]) - _SHOWN) > 0:
        to_person.print(f"… and {more} more that moved less; --json lists them all.", markup=False)
    for words, kinds in (("By the model in force", "differs_now"), ("By the trained one", "would_differ")):
        found_kinds = answer[kinds]
        to_person.print(
            f"{words}: {found_kinds['join']} to join, {found_kinds['part']} to part, {found_kinds['ask']} to ask about."
        )
    if out:
        to_person.print(f"Wrote {escape(str(out))}. Put it in force with jigsaw link use.", highlight=False)
