"""`jigsaw plans load`: the plans of an authority's children, from the returns that it makes anyway."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from jigsaw.formats import cin_census, plan_episodes, ssd, ssda903
from jigsaw.formats.records import Unreadable
from jigsaw.hub.cli.acting import As, acting
from jigsaw.hub.cli.answers import DONE, NEEDS_A_PERSON, as_json, to_person
from jigsaw.hub.cli.django_setup import ready
from jigsaw.hub.cli.progress import progress

if TYPE_CHECKING:
    from datetime import date

    from jigsaw.formats.plan_episodes import PlanReading

Json = Annotated[bool, typer.Option("--json", help="Answer as one JSON document.")]
FORMATS = ("cin", "ssda903", "ssd")
COUNTS = ("read", "created", "updated", "unchanged", "rejected")
TOLD = 20


def add_to(app: typer.Typer) -> None:
    plans = typer.Typer(no_args_is_help=True, help="Keep the plans of an authority's children.")
    plans.callback()(lambda: None)
    plans.command(name="load")(load)
    app.add_typer(plans, name="plans")


def load(
    format_: Annotated[str, typer.Argument(metavar="FORMAT", help=f"One of: {', '.join(FORMATS)}.")],
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE…",
            help="cin: the census. ssda903: episodes, and header. ssd: tables, each named as the dataset names it.",
        ),
    ],
    agency: Annotated[str, typer.Option(help="Code of the children's services whose plans these are.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen; keep nothing.")] = False,
    as_: As = None,
    json_: Json = False,
) -> None:
    """Load child protection plans and periods of care: kind, dates and authority, nothing of what they say.

    Exit status: 0 all loaded; 1 loaded, but some were left out; 2 a file cannot be read, or you may not.
    """
    if format_ not in FORMATS:
        raise Unreadable(f"There is no format “{format_}”. Use one of: {', '.join(FORMATS)}.")
    ready()
    from django.utils import timezone

    from jigsaw.hub.agencies.queries import agency_by_code
    from jigsaw.hub.agreements.queries import local_day
    from jigsaw.hub.unscheduled_care import plan_files

    now = timezone.now()
    with progress("Plans") as (_read, done):
        report = plan_files.load(
            actor=acting(as_),
            agency=agency_by_code(agency),
            format=f"plans-{format_}",
            reading=_reading(format_, files, local_day(now)),
            now=now,
            dry_run=dry_run,
            progress=done,
        )
    counts = {name: getattr(report, name) for name in COUNTS}
    warnings = [
        {"record": one.record, "field": one.field, "code": one.code, "message": one.message}
        for one in report.problems
    ]
    if json_:
        as_json({**counts, "dry_run": dry_run, "warnings": warnings})
    else:
        to_person.print(", ".join(f"{count} {name}" for name, count in counts.items()))
        for one in warnings[:TOLD]:
            to_person.print(escape(f"Record {one['record']} {one['field']}: {one['message']}"))
        if len(warnings) > TOLD:
            to_person.print(f"… and {len(warnings) - TOLD} more: --json tells them all.")
    raise typer.Exit(NEEDS_A_PERSON if report.rejected else DONE)


def _reading(format_: str, files: list[Path], today: date) -> PlanReading:
    if format_ == "ssd":
        return ssd.read({file.stem.lower(): file for file in files}, on=today)
    if format_ == "cin":
        [census, *more] = files
        if more:
            raise Unreadable("Load one census at a time.")
        return plan_episodes.of_census(cin_census.read(census, on=today))
    episodes = [file for file in files if "episode" in file.stem.lower()]
    header = [file for file in files if "header" in file.stem.lower()]
    if len(episodes) != 1 or len(header) > 1 or len(episodes) + len(header) != len(files):
        raise Unreadable(
            "Name the episodes file of the return, and its header file if you have it, by those words."
        )
    return ssda903.read(episodes[0], header[0] if header else None, on=today)
