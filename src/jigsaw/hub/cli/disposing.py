"""`jigsaw disposal …` and `jigsaw hold …`: what is past its time, what is held back, and the register of what is gone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from jigsaw.hub.cli.acting import THE_HUB
from jigsaw.hub.cli.answers import NEEDS_A_PERSON, as_json, to_person
from jigsaw.hub.cli.django_setup import ready

Json = Annotated[bool, typer.Option("--json", help="Answer as one JSON document.")]
By = Annotated[
    str, typer.Option("--as", metavar="EMAIL", help="The practitioner who decides, with their rights.")
]
File = Annotated[
    Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="What `disposal export` wrote.")
]


def add_to(app: typer.Typer) -> None:
    disposal = typer.Typer(
        no_args_is_help=True, help="See what is past its time, and check what was disposed of."
    )
    for command in (look, due, verify, redo):
        disposal.command()(command)
    disposal.command("list")(listed)
    disposal.command("export")(export)
    app.add_typer(disposal, name="disposal")
    hold = typer.Typer(no_args_is_help=True, help="Legal holds: nothing that they cover is disposed of.")
    hold.command()(place)
    hold.command()(release)
    hold.command("list")(holds)
    app.add_typer(hold, name="hold")


def _now() -> Any:
    from django.utils import timezone

    return timezone.now()


def _actor(email: str) -> Any:
    from jigsaw.hub.agencies.queries import actor_by_email
    from jigsaw.hub.kit import context

    actor = actor_by_email(email)
    context.process_acts("as", actor)
    return actor


def look(json_: Json = False) -> None:
    """Look now for what is past its time, as `jigsaw serve` does once a day."""
    ready()
    from jigsaw.hub.retention import finding

    made = finding.look(now=_now())
    as_json({"new": made}) if json_ else to_person.print(f"{made} more to be decided on.", highlight=False)


def due(as_: By, json_: Json = False) -> None:
    """List what of the practitioner's agency is to be decided on, and what stands in the way."""
    ready()
    from jigsaw.hub.retention import disposing

    items = disposing.listed(_actor(as_), now=_now())
    rows = [
        {"id": str(one.row.pk), "what": one.row.what, "called": one.called, "due_on": one.row.due_on.isoformat(), "rule": one.row.rule,
         "kept_until": one.row.kept_until and one.row.kept_until.isoformat(),
         "in_the_way": [each.words for each in one.in_the_way]}
        for one in items
    ]  # fmt: skip
    if json_:
        as_json({"due": rows})
        return
    for row in rows:
        to_person.print(
            " ".join(
                [
                    f"{row['due_on']} {row['what']} {row['id']} {row['called']} {row['rule']}.",
                    *row["in_the_way"],
                ]
            )
        )
    to_person.print(f"{len(rows)} past their time.", highlight=False)


def listed(json_: Json = False) -> None:
    """List the register of what was disposed of, of all agencies. It names nobody."""
    ready()
    from jigsaw.hub.retention import register

    lines = register.everything()
    if json_:
        as_json({"disposals": lines})
        return
    for line in lines:
        to_person.print(
            f"{line['reference']} {line['decided_at'][:10]} {line['agency']} {line['what']} {line['rule']} {line['proof']}",
            highlight=False, soft_wrap=True,
        )  # fmt: skip
    to_person.print(f"{len(lines)} in the register.", highlight=False)


def export() -> None:
    """Write the register of all agencies as one JSON document: keep it beside your backups, for `disposal redo`."""
    ready()
    from jigsaw.hub.retention import register

    as_json({"format": register.FORMAT, "disposals": register.everything()})


def verify(
    reference: Annotated[
        str | None, typer.Argument(metavar="REFERENCE", help="One line of the register.")
    ] = None,
    original: Annotated[
        Path | None,
        typer.Option("--original", exists=True, dir_okay=False, help="What it is said to have been."),
    ] = None,
    json_: Json = False,
) -> None:
    """Hold the register against the log and the tables; or one line against the original that somebody kept."""
    ready()
    from jigsaw.hub.retention import register

    if reference and original:
        same = register.is_original(reference, read(original))
        said = "is what was disposed of" if same else "is not what was disposed of"
        as_json({"reference": reference, "same": same}) if json_ else to_person.print(
            f"{original.name} {said}."
        )
        raise typer.Exit(0 if same else NEEDS_A_PERSON)
    found = register.check()
    if json_:
        as_json(
            {
                "lines": found.lines,
                "wrong": found.wrong,
                "there_again": list(found.there_again),
                "ok": found.ok,
            }
        )
    else:
        for line, words in found.wrong.items():
            to_person.print(f"{line}: {words}")
        for line in found.there_again:
            to_person.print(f"{line}: it stands in the tables again. Run `jigsaw disposal redo`.")
        to_person.print(
            f"{found.lines} in the register; {len(found.wrong)} do not fit the log.", highlight=False
        )
    raise typer.Exit(0 if found.ok else NEEDS_A_PERSON)


def redo(file: File, json_: Json = False) -> None:
    """Dispose again of what an exported register says, after a restore from a backup that is older."""
    ready()
    from jigsaw.hub.kit.errors import Invalid
    from jigsaw.hub.retention import register

    lines = read(file).get("disposals")
    if not isinstance(lines, list):
        raise Invalid(
            "This is no register of disposals.", {}, "Give the file that `jigsaw disposal export` wrote."
        )
    done = register.again(lines, actor=THE_HUB, now=_now())
    as_json({"done": list(done)}) if json_ else to_person.print(
        f"{len(done)} disposed of again.", highlight=False
    )


def read(file: Path) -> dict[str, Any]:
    """The JSON object in a file; raises Invalid if there is none."""
    from jigsaw.hub.kit.errors import Invalid

    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Invalid("This file is no JSON object.", {}, "Give the file as it was written.")
    return found


def place(
    as_: By,
    why: Annotated[str, typer.Option(help="inquiry, litigation, review, police, complaint or other.")],
    because: Annotated[str, typer.Option(help="Who asked for it, and under which number.")],
    person: Annotated[
        str | None, typer.Option(help="Id of a person, from the address of their page.")
    ] = None,
    enquiry: Annotated[
        str, typer.Option(help="Reference of an enquiry. Neither: all that the agency holds.")
    ] = "",
    json_: Json = False,
) -> None:
    """Place a legal hold."""
    ready()
    from jigsaw.hub.kit.errors import Invalid
    from jigsaw.hub.retention import holding

    try:
        whom = UUID(person) if person else None
    except ValueError as error:
        raise Invalid("This is no id of a person.", {}, "Take it from the address of their page.") from error
    placing = holding.Placing(why=why, because=because, person=whom, enquiry=enquiry)
    made = holding.place(actor=_actor(as_), placing=placing, now=_now())
    as_json({"reference": made.reference}) if json_ else to_person.print(f"{made.reference} is placed.")


def release(
    reference: Annotated[str, typer.Argument(metavar="REFERENCE")],
    as_: By,
    because: Annotated[str, typer.Option(help="Why it is over.")],
    json_: Json = False,
) -> None:
    """Release a legal hold that a colleague placed."""
    ready()
    from jigsaw.hub.retention import holding

    done = holding.release(actor=_actor(as_), reference=reference, because=because, now=_now())
    as_json({"reference": done.reference}) if json_ else to_person.print(f"{done.reference} is released.")


def holds(as_: By, json_: Json = False) -> None:
    """List the holds of the practitioner's agency."""
    ready()
    from jigsaw.hub.retention import holding

    found = [one.hold for one in holding.listed(_actor(as_), now=_now())]
    rows = [
        {
            "reference": one.reference,
            "why": one.why,
            "placed_at": one.placed_at,
            "released_at": one.released_at,
        }
        for one in found
    ]
    if json_:
        as_json({"holds": rows})
        return
    for row in rows:
        state = "released" if row["released_at"] else "live"
        to_person.print(f"{row['reference']} {row['why']} {state}", highlight=False)
