"""`jigsaw trace export` and `import`: questions to the national NHS-number matcher out, its answers in."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from jigsaw.formats import nhs_trace
from jigsaw.formats.records import Unreadable
from jigsaw.hub.cli.acting import As, acting
from jigsaw.hub.cli.answers import DONE, NEEDS_A_PERSON, as_json, to_person
from jigsaw.hub.cli.django_setup import ready

if TYPE_CHECKING:
    from jigsaw.hub.people.tracing.by_file import Answers

Json = Annotated[bool, typer.Option("--json", help="Answer as one JSON document.")]
SHAPES = ("plain", "dbs")
PROBLEMS_TOLD = 20


def add_to(app: typer.Typer) -> None:
    trace = typer.Typer(no_args_is_help=True, help="Have missing NHS numbers traced by the national matcher.")
    trace.callback()(lambda: None)
    trace.command(name="export")(export)
    trace.command(name="import")(import_)
    app.add_typer(trace, name="trace")


def export(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Where the questions go. Must not be there yet.")
    ],
    agency: Annotated[str, typer.Option(help="Only this agency's records: its code.")] = "",
    check: Annotated[
        bool, typer.Option("--check", help="Also numbers that nobody verified, or too long ago.")
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Also what was asked and has no answer yet, if a file was lost.")
    ] = False,
    shape: Annotated[
        str, typer.Option(help="Columns: plain, or dbs for those of the batch service.")
    ] = "plain",
    limit: Annotated[int, typer.Option(min=1, max=1_000_000, help="At most so many questions.")] = 50_000,
    as_: As = None,
    json_: Json = False,
) -> None:
    """Write the questions to a file that only its owner can read, and note that each was asked.

    Exit status: 0 written; 1 written, and some records are left for another file; 2 nothing to ask, or you may
    not: no file is left behind.
    """
    if shape not in SHAPES:
        raise Unreadable(f"There is no shape “{shape}”. Use one of: {', '.join(SHAPES)}.")
    ready()
    told = _write(file, agency, check, again, shape, limit, as_)
    if json_:
        as_json({"file": str(file), "questions": told.written, "left": told.left})
    else:
        left = f" {told.left} records are left for another file." if told.left else ""
        to_person.print(f"{told.written} questions written to {escape(str(file))}.{left}")
        to_person.print("It holds names and dates of birth of children: delete it when it has been answered.")
    raise typer.Exit(NEEDS_A_PERSON if told.left else DONE)


def _write(file: Path, agency: str, check: bool, again: bool, shape: str, limit: int, as_: str | None) -> Any:
    from django.utils import timezone

    from jigsaw.hub.agencies.queries import agency_by_code
    from jigsaw.hub.people.tracing import questions

    of = agency_by_code(agency).pk if agency else None
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise Unreadable(f"{file} cannot be written ({error.strerror}). Choose another name.") from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as out:
            return questions.write_questions(
                actor=acting(as_),
                write=out.write,
                now=timezone.now(),
                kinds=("missing", "check") if check else ("missing",),
                agency=of,
                shape="dbs" if shape == "dbs" else "plain",
                again=again,
                at_most=limit,
            )
    except BaseException:
        file.unlink(missing_ok=True)
        raise


def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file that came back from the matcher.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen; keep nothing.")] = False,
    as_: As = None,
    json_: Json = False,
) -> None:
    """Take the matcher's answers: certain ones by rule, the rest to be decided on the page of NHS numbers.

    Exit status: 0 all taken; 1 taken, but some wait for a person or were left out; 2 the file cannot be read, or
    you may not: nothing was taken.
    """
    ready()
    from django.utils import timezone

    from jigsaw.hub.people.tracing import by_file

    report = by_file.take_answers(
        actor=acting(as_),
        filename=file.name,
        read=lambda: nhs_trace.read(file, answered=True),
        now=timezone.now(),
        dry_run=dry_run,
    )
    as_json(_answer(report, dry_run)) if json_ else _tell(report, dry_run)
    raise typer.Exit(NEEDS_A_PERSON if report.needs_a_person else DONE)


def _answer(report: Answers, dry_run: bool) -> dict[str, Any]:
    counts = ("read", "taken", "waiting", "nothing", "unchanged", "rejected", "linked", "to_review")
    return {
        **{name: getattr(report, name) for name in counts},
        "dry_run": dry_run,
        "problems": [
            {"row": p.row, "field": p.field, "code": p.code, "message": p.message, "rejected": p.rejected}
            for p in report.problems
        ],
    }


def _tell(report: Answers, dry_run: bool) -> None:
    to_person.print(
        f"[bold]{escape(report.filename)}[/bold]: {report.read} rows; {report.taken} brought or confirmed a number, "
        f"{report.waiting} to decide, {report.nothing} found nobody or too many, {report.unchanged} taken before, "
        f"{report.rejected} left out"
    )
    if report.linked or report.to_review:
        to_person.print(
            f"With their new numbers, {report.linked} records were linked by rule and {report.to_review} are alike "
            f"enough that a person should look."
        )
    for problem in report.problems[:PROBLEMS_TOLD]:
        place = f"Row {problem.row}" if problem.row else "The file"
        to_person.print(f"{place} {problem.field}: {problem.message}", markup=False)
    if len(report.problems) > PROBLEMS_TOLD:
        to_person.print(f"… and {len(report.problems) - PROBLEMS_TOLD} more; --json gives all.")
    if dry_run:
        to_person.print("This was a dry run: nothing was kept.")
