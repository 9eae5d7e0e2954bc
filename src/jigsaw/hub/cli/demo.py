"""`jigsaw demo --headless`: the whole Sharetown journey, on a fresh database, through the real operations.

`jigsaw demo feed`: a hospital of Sharetown tells of attendances over a socket, and both sides are there to look at.
"""

from __future__ import annotations

import os
import socket
from typing import Annotated, Any

import typer

from jigsaw.formats import mllp
from jigsaw.formats.records import Unreadable
from jigsaw.hub.cli.answers import DONE, NEEDS_A_PERSON, as_json, to_person
from jigsaw.hub.cli.django_setup import ready, setup

LONGEST_WAIT = 10.0


def add_to(app: typer.Typer) -> None:
    group = typer.Typer(help="Sharetown, the demonstration partnership.")
    group.callback(invoke_without_command=True)(demo)
    group.command()(feed)
    app.add_typer(group, name="demo")


def demo(
    context: typer.Context,
    headless: Annotated[bool, typer.Option("--headless", help="Run it here, without a browser.")] = False,
    json_: Annotated[bool, typer.Option("--json", help="Answer as one JSON document.")] = False,
) -> None:
    """Run the Walsh journey, from the school's concern to everyone hearing back."""
    if context.invoked_subcommand:
        return
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


def feed(
    port: Annotated[int, typer.Option(help="Where `jigsaw listen` listens.")] = 2575,
    host: Annotated[str, typer.Option(help="On which address.")] = "127.0.0.1",
    json_: Annotated[bool, typer.Option("--json", help="Answer as one JSON document.")] = False,
) -> None:
    """Send some messages of Sharetown General Hospital to `jigsaw listen`, and say where to look on both sides.

    Exit status: 0 all were answered as they should be; 1 one was not; 2 nobody listens, or this is not Sharetown.
    """
    ready()
    from django.utils import timezone

    from jigsaw.hub.training.sharetown import hospital

    sent = hospital.feed(now=timezone.now())
    answers = _answers(host, port, [each.content for each in sent])
    told = [
        {"shows": each.shows, "answer": answer, "expected": each.expected}
        for each, answer in zip(sent, answers, strict=True)
    ]
    if json_:
        as_json({"messages": told})
    else:
        for each in told:
            to_person.print(f"[bold]{each['answer']}[/bold] {each['shows']}")
        to_person.print(hospital.WHERE_TO_LOOK, markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(DONE if all(each["answer"] == each["expected"] for each in told) else NEEDS_A_PERSON)


def _answers(host: str, port: int, contents: list[bytes]) -> list[str]:
    """The codes by which each was answered, one after the other over one connection."""
    try:
        with socket.create_connection((host, port), timeout=LONGEST_WAIT) as connection:
            return [_answer(connection, content) for content in contents]
    except OSError as error:
        raise Unreadable(
            f"Nobody takes messages at {host}:{port}. Start `jigsaw listen` there, and try again."
        ) from error


def _answer(connection: socket.socket, content: bytes) -> str:
    connection.sendall(mllp.frame(content))
    splitter = mllp.Splitter()
    while data := connection.recv(65_536):
        for found in splitter.feed(data):
            if isinstance(found, mllp.Frame):
                return found.content.decode().partition("\rMSA|")[2][:2]
    raise ConnectionError("hung up")
