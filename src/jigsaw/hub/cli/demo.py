"""`jigsaw demo --headless`: the whole Sharetown journey, on a fresh database, through the real operations."""

from __future__ import annotations

import os
from typing import Annotated, Any

import typer

from jigsaw.hub.cli.answers import as_json, to_person
from jigsaw.hub.cli.django_setup import setup


def add_to(app: typer.Typer) -> None:
    app.command()(demo)


def demo(
    headless: Annotated[bool, typer.Option("--headless", help="Run it here, without a browser.")] = False,
    json_: Annotated[bool, typer.Option("--json", help="Answer as one JSON document.")] = False,
) -> None:
    """Run the Walsh journey, from the school's concern to everyone hearing back."""
    if not headless:
        raise typer.BadParameter("add --headless, or run `jigsaw serve` and walk through it in a browser.")
    setup()
    from django.utils import timezone

    from jigsaw.hub.kit import prepare
    from jigsaw.hub.training import journey, sharetown

    with prepare.fresh_database(f"jigsaw_demo_{os.getpid()}"):
        now = timezone.now()
        sharetown.fill(now=now)
        report = journey.run(now=now)
    as_json(report) if json_ else _tell(report)
    unfinished = not report["audit"]["ok"] or any(not r["answered"] for r in report["requests"])
    raise typer.Exit(1 if unfinished else 0)


def _tell(report: dict[str, Any]) -> None:
    referral, threshold = report["referral"], report["threshold"]
    to_person.print(
        f"[bold]{referral['from']}[/bold] raised {referral['reference']} about {', '.join(referral['children'])}."
    )
    for match in report["match"]:
        to_person.print(f"  {match['name']}: {match['linked']} by {match['by']}")
    for request in report["requests"]:
        to_person.print(f"  asked {request['agency']}: due {request['due']}, answered {request['answered']}")
    for decision in report["decisions"]:
        to_person.print(f"  {decision['agency']}: {decision['choice']} ({decision['verdict']})")
    for held in report["withheld_told_to_requester"]:
        to_person.print(f"  {held['agency']} withheld, because: {held['reason']}")
    to_person.print(f"The picture has {report['chronology_entries']} entries.")
    to_person.print(f"Level {threshold['level']}: {threshold['outcome']}. {threshold['rationale']}")
    for told in report["feedback"]:
        to_person.print(f"  {told['to']} heard back: {told['done']}")
    audit = report["audit"]
    to_person.print(
        f"{audit['entries']} audit entries, root {audit['root'][:16]}…, {'whole' if audit['ok'] else 'DAMAGED'}."
    )
