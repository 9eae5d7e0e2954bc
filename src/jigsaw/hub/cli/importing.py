"""`jigsaw import`, `find` and `link run`: files in, people found, records linked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from jigsaw.formats import READERS, Mapping, suggest_mapping
from jigsaw.formats.records import IncomingPerson, Reading, Unreadable
from jigsaw.hub.cli import relinking
from jigsaw.hub.cli.acting import As, acting
from jigsaw.hub.cli.answers import DONE, NEEDS_A_PERSON, as_json, to_person, to_person_aside
from jigsaw.hub.cli.django_setup import ready
from jigsaw.hub.cli.evaluating import link_evaluate
from jigsaw.hub.cli.learning import link_train, link_use
from jigsaw.hub.cli.progress import progress
from jigsaw.hub.cli.record_quality import link_quality

if TYPE_CHECKING:
    from jigsaw.hub.people.finding import Match
    from jigsaw.hub.people.imports import Found, Report

Json = Annotated[bool, typer.Option("--json", help="Answer as one JSON document.")]
FILES = typer.Argument(metavar="FILE…", help="What another system exported.")
AGENCY = typer.Option(help="Code of the agency whose records these are.")
MAPPING = typer.Option(help="Which column is which, for `table`: a TOML file.")
EXAMPLES = 3


def add_to(app: typer.Typer) -> None:
    app.command(name="import")(import_)
    app.command()(find)
    link = typer.Typer(no_args_is_help=True, help="Link records that speak of one person.")
    link.callback()(lambda: None)
    link.command(name="run")(link_run)
    link.command(name="show")(relinking.link_show)
    link.command(name="apply")(relinking.link_apply)
    link.command(name="quality")(link_quality)
    link.command(name="train")(link_train)
    link.command(name="use")(link_use)
    link.command(name="evaluate")(link_evaluate)
    app.add_typer(link, name="link")


# --- import -----------------------------------------------------------------------------------------------


def import_(
    format_: Annotated[str, typer.Argument(metavar="FORMAT", help=f"One of: {', '.join(READERS)}.")],
    files: Annotated[list[Path], FILES],
    agency: Annotated[str, AGENCY] = "",
    mapping: Annotated[Path | None, MAPPING] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen; keep nothing.")] = False,
    suggest: Annotated[
        bool, typer.Option("--suggest-mapping", help="Only write a first mapping for a table.")
    ] = False,
    as_: As = None,
    json_: Json = False,
) -> None:
    """Load files of another system as records of an agency.

    Exit status: 0 all loaded; 1 loaded, but some record was left out or it is in doubt who somebody is;
    2 a file cannot be read, or you may not: nothing was loaded.
    """
    if format_ not in READERS:
        raise Unreadable(f"There is no format “{format_}”. Use one of: {', '.join(READERS)}.")
    if (mapping or suggest) and format_ != "table":
        raise Unreadable(f"“{format_}” needs no mapping. Leave it out, or read the file as a table.")
    if suggest:
        return _suggest(files, mapping, json_)
    reports = _load(format_, files, agency, Mapping.load(mapping) if mapping else None, dry_run, as_)
    as_json(_answer(reports, dry_run)) if json_ else _tell(reports, dry_run)
    raise typer.Exit(NEEDS_A_PERSON if any(report.needs_a_person for report in reports) else DONE)


def _suggest(files: list[Path], target: Path | None, json_: bool) -> None:
    if len(files) != 1:
        raise Unreadable("A mapping is suggested from one file. Name just one.")
    toml = suggest_mapping(files[0]).to_toml()
    if target:
        try:
            with target.open("x", encoding="utf-8") as out:
                out.write(toml)
        except OSError as error:
            why = error.strerror
            raise Unreadable(f"{target} cannot be written ({why}). Choose another name.") from error
    if json_:
        as_json({"mapping": toml, "written_to": str(target) if target else None})
    elif target:
        to_person.print(f"Wrote {target}. Read it through before you use it.", markup=False)
    else:
        print(toml, end="")


def _load(
    format_: str, files: list[Path], agency: str, mapping: Mapping | None, dry_run: bool, as_: str | None
) -> list[Report]:
    if not agency:
        raise Unreadable("Say whose records these are: add --agency and the agency's code.")
    ready()
    from django.utils import timezone

    from jigsaw.hub.agencies.queries import agency_by_code
    from jigsaw.hub.people import imports

    now = timezone.now()
    known = {"mapping": mapping} if mapping else {}
    with progress("Records") as (read, done):
        return imports.load_all(
            actor=acting(as_),
            agency=agency_by_code(agency),
            # One agency's systems each number their own records: the mapping's kind tells them apart.
            format=mapping.kind if mapping else format_,
            files=[
                (file.name, _counted(READERS[format_](file, on=now.date(), **known), read)) for file in files
            ],
            now=now,
            dry_run=dry_run,
            progress=done,
        )


def _counted(reading: Reading, read: Callable[[int], None]) -> Reading:
    for told in reading:
        if isinstance(told, IncomingPerson):
            read(1)
        yield told


def _answer(reports: list[Report], dry_run: bool) -> dict[str, Any]:
    return {
        **_totals(reports),
        "linked": sum(report.linked for report in reports),
        "to_review": sum(report.to_review for report in reports),
        "dry_run": dry_run,
        "files": [
            {"file": report.filename, **_totals([report]), "batch": report.batch} for report in reports
        ],
        "warnings": [_warning(report, found) for report in reports for found in report.problems],
    }


def _totals(reports: list[Report]) -> dict[str, int]:
    names = ("read", "created", "updated", "unchanged", "rejected")
    return {name: sum(getattr(report, name) for report in reports) for name in names}


def _warning(report: Report, found: Found) -> dict[str, Any]:
    return {
        "file": report.filename,
        "record": found.record,
        "field": found.field,
        "code": found.code,
        "message": found.message,
        "rejected": found.rejected,
    }


def _tell(reports: list[Report], dry_run: bool) -> None:
    for report in reports:
        counts = ", ".join(f"{count} {name}" for name, count in _totals([report]).items())
        to_person.print(f"[bold]{escape(report.filename)}[/bold]: {counts}")
    answer = _answer(reports, dry_run)
    if answer["linked"] or answer["to_review"]:
        to_person.print(
            f"{answer['linked']} linked to someone already in the index by rule; "
            f"{answer['to_review']} alike enough that a person should look."
        )
    if answer["warnings"]:
        to_person.print(_grouped(answer["warnings"]))
    if dry_run:
        to_person.print("This was a dry run: nothing was kept.")


def _grouped(warnings: list[dict[str, Any]]) -> Table:
    """Warnings by kind, those that cost a record first, then the commonest; each with its first examples."""
    table = Table("What", "How many", "For example", show_lines=True)
    groups: dict[tuple[bool, str], list[dict[str, Any]]] = {}
    for warning in warnings:
        groups.setdefault((not warning["rejected"], warning["code"]), []).append(warning)
    for (kept, code), some in sorted(groups.items(), key=lambda pair: (pair[0][0], -len(pair[1]))):
        examples = "\n".join(_example(warning) for warning in some[:EXAMPLES])
        more = f"\n… and {len(some) - EXAMPLES} more" if len(some) > EXAMPLES else ""
        table.add_row(
            escape(code) if kept else f"{escape(code)}\n[bold]left out[/bold]",
            str(len(some)),
            f"{escape(examples)}{more}",
        )
    return table


def _example(warning: dict[str, Any]) -> str:
    place = f"Record {warning['record']}" if warning["record"] else "The file"
    return f"{place} {warning['field']}".rstrip() + f": {warning['message']}"


# --- find -------------------------------------------------------------------------------------------------


def find(
    text: Annotated[str, typer.Argument(help="Names, postcode, age, NHS number, in any order.")],
    born: Annotated[str, typer.Option(help="Date of birth, day first or as 2015-04-25.")] = "",
    as_: As = None,
    json_: Json = False,
) -> None:
    """Find people in the index, best first, with what speaks for and against each. The search is written down."""
    whole = f"{text} {_day(born)}" if born else text
    ready()
    from django.utils import timezone

    from jigsaw.hub.people import finding

    matches = finding.find(acting(as_), whole, now=timezone.now())
    note = finding.note_on(whole, now=timezone.now())
    if json_:
        as_json({"matches": [_match(match) for match in matches], "note": note})
    else:
        _show(matches, note)


def _day(born: str) -> str:
    from jigsaw.formats import dates

    day = dates.parse(born)
    if day is None:
        raise Unreadable(f"“{born}” is not a date. Write the date of birth as 25/04/2015 or 2015-04-25.")
    return day.isoformat()


def _match(match: Match) -> dict[str, Any]:
    return {
        "person": str(match.card.person),
        "name": match.card.name,
        "born": match.card.born,
        "score": round(match.comparison.probability, 6),
        "grade": match.comparison.grade,
        "evidence": [
            {"field": e.field, "level": e.level, "words": e.words, "bits": round(e.bits, 2)}
            for e in match.comparison.evidence
        ],
    }


def _show(matches: list[Match], note: str) -> None:
    if note:
        to_person_aside.print(note, highlight=False)
    if not matches:
        to_person.print("Nobody found. Try another spelling, or fewer words.")
    for match in matches:
        card = match.card
        told = f", born {card.born:%d/%m/%Y}" if card.born else ""
        to_person.print(
            f"[bold]{escape(card.name or 'No name')}[/bold]{told}: {match.comparison.grade} "
            f"({match.comparison.probability:.0%})  {card.person}"
        )
        for evidence in match.comparison.evidence:
            to_person.print(f"  {escape(evidence.words)}")


# --- link -------------------------------------------------------------------------------------------------


def link_run(
    everything: Annotated[
        bool, typer.Option("--everything", help="Make all links anew, as a proposal: nothing is changed yet.")
    ] = False,
    memory: Annotated[
        str,
        typer.Option(metavar="SIZE", help="With --everything: what scoring may take; the rest goes to disk."),
    ] = relinking.MEMORY,
    as_: As = None,
    json_: Json = False,
) -> None:
    """Try every record that stands alone against all others: link what is certain, count what a person should see.

    With --everything all records are compared anew, links there are included: what would change is kept, for
    `link show` and `link apply`. Exit status: 0 nothing is left to decide; 1 something waits for a person.
    """
    if everything:
        return relinking.run_everything(as_, memory, json_)
    ready()
    from django.utils import timezone

    from jigsaw.hub.people import operations

    with progress("Records") as (to_do, done):
        tally = operations.link_standing_alone(
            actor=acting(as_), now=timezone.now(), to_do=to_do, progress=done
        )
    if json_:
        as_json({"records": tally.tried, "linked": tally.linked, "to_review": tally.to_review})
    else:
        to_person.print(
            f"{tally.tried} records stood alone: {tally.linked} linked by rule, "
            f"{tally.to_review} alike enough that a person should look."
        )
    raise typer.Exit(NEEDS_A_PERSON if tally.to_review else DONE)
