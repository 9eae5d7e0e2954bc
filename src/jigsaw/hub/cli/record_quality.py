"""`jigsaw link quality`: how complete and how well linked the records of each source and ethnic group are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from jigsaw.hub.cli.acting import As, acting
from jigsaw.hub.cli.answers import as_json, to_person
from jigsaw.hub.cli.django_setup import ready

if TYPE_CHECKING:
    from jigsaw.hub.oversight.record_quality import Row

Json = Annotated[bool, typer.Option("--json", help="Answer as one JSON document.")]


def link_quality(as_: As = None, json_: Json = False) -> None:
    """Count what each source and ethnic group leaves out, and how well it is linked: figures only, in per cent.

    Small numbers are kept back, as in oversight.
    """
    ready()
    from django.utils import timezone

    from jigsaw.hub.oversight.queries import SMALLEST_SHOWN
    from jigsaw.hub.oversight.record_quality import record_quality

    found = record_quality(acting(as_), now=timezone.now())
    if json_:
        as_json(
            {
                "smallest_shown": SMALLEST_SHOWN,
                "sources": [
                    {"agency": row.name, "system": row.system, **_figures(row)} for row in found.sources
                ],
                "ethnic_groups": [{"group": row.name, **_figures(row)} for row in found.ethnic_groups],
            }
        )
        return
    to_person.print(_table("Agency and system", found.sources))
    to_person.print(_table("Ethnic group", found.ethnic_groups))
    to_person.print(
        f"A dash: fewer than {SMALLEST_SHOWN} records, or a figure that would give such a count away."
    )


def _figures(row: Row) -> dict[str, Any]:
    return {"records": row.records.value, "per_cent": row.shares}


def _table(title: str, rows: tuple[Row, ...]) -> Table:
    from jigsaw.hub.oversight.record_quality import MEASURES

    table = Table(title, "records", *(measure.replace("_", " ") for measure in MEASURES))
    for row in rows:
        count = "–" if row.records.value is None else f"{row.records.value:,}"
        shares = ("–" if share is None else f"{share}%" for share in row.shares.values())
        table.add_row(escape(f"{row.name} {row.system}".strip().replace("_", " ")), count, *shares)
    return table
