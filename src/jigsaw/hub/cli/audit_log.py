"""`jigsaw audit verify | export | prove | heads | change-key | restored | erase`: check the log, and let others hold it.

Whoever runs these on this machine looks after the hub; what they change is written down as done by the hub itself.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from jigsaw.formats.records import Unreadable
from jigsaw.hub.cli.acting import THE_HUB, acting
from jigsaw.hub.cli.answers import DONE, NEEDS_A_PERSON, as_json, to_person
from jigsaw.hub.cli.django_setup import ready

Json = Annotated[bool, typer.Option("--json", help="Answer as one JSON document.")]
Out = Annotated[Path | None, typer.Option(help="Write it to this file instead of printing it.")]
LARGEST_FILE = 1_000_000


def add_to(audit: typer.Typer) -> None:
    for command in (verify, export, prove, change_key, restored, erase):
        audit.command()(command)
    heads = typer.Typer(no_args_is_help=True, help="Signed heads of the log, and hubs that witness them.")
    heads.command("show")(show)
    heads.command("export")(hand_out)
    heads.command()(witness)
    heads.command()(keep)
    heads.command()(exchange)
    audit.add_typer(heads, name="heads")


def verify(json_: Json = False) -> None:
    """Recompute every leaf, the tree’s root and what was signed; exit status 1 if anything does not match."""
    ready()
    from jigsaw.hub.audit import heads, queries, sequencing

    began = time.monotonic()
    sequencing.place_all()
    found = queries.verify()
    answer = {
        "entries": found.entries,
        "root": found.root,
        "ok": found.ok,
        "seconds": round(time.monotonic() - began, 3),
        "damaged": list(found.damaged),
        "wrong": list(found.wrong),
        "waiting": found.waiting,
        "head": heads.latest(),
        "alarms": heads.open_alarms(),
    }
    if json_:
        as_json(answer)
    else:
        state = "whole" if found.ok else f"NOT AS IT WAS: {len(found.damaged)} entries damaged"
        to_person.print(f"{found.entries} entries, {state}. Root {found.root}", highlight=False)
        for words in (*found.wrong, *(f"Alarm: {kind}" for kind in answer["alarms"])):
            to_person.print(f"  {words}", highlight=False)
    raise typer.Exit(DONE if found.ok else NEEDS_A_PERSON)


def export(
    format_: Annotated[
        str,
        typer.Option("--format", help="log; evidence (for scripts/verify-audit); balp (IHE AuditEvents)."),
    ] = "log",
    words: Annotated[
        bool, typer.Option(help="With evidence: typed words too, which can name people.")
    ] = False,
    out: Out = None,
    json_: Json = False,
) -> None:
    """Print every entry, one JSON document a line, in the order of the tree."""
    ready()
    from jigsaw.hub.audit import queries, sequencing

    sequencing.place_all()
    lines = _lines(format_, words)
    if json_:
        as_json({"entries": list(lines), "root": queries.verify().root})
        return
    with out.open("w", encoding="utf-8") if out else _standard_output() as file:
        for line in lines:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


def _standard_output() -> Any:
    from contextlib import nullcontext

    return nullcontext(sys.stdout)


def _lines(format_: str, words: bool) -> Iterator[dict[str, Any]]:
    from jigsaw.formats import balp
    from jigsaw.hub.audit import evidence, heads, queries

    origin = heads.origin()
    sorts: dict[str, Callable[[], Iterator[dict[str, Any]]]] = {
        "log": queries.export,
        "evidence": lambda: evidence.lines(words=words),
        "balp": lambda: (balp.audit_event(entry, origin=origin) for entry in queries.export()),
    }
    if format_ not in sorts:
        raise Unreadable(f"There is no format {format_}. Take one of: {', '.join(sorts)}.")
    return sorts[format_]()


def prove(entry: str, json_: Json = False) -> None:
    """Prove that an entry is in the log: its leaf and the path of hashes up to the root."""
    ready()
    from jigsaw.hub.audit import queries, sequencing

    sequencing.place_all()
    proof = queries.prove(entry)
    as_json(proof) if json_ else to_person.print_json(json.dumps(proof))


def show() -> None:
    """Print the latest signed head, to be kept elsewhere; exit status 1 if there is none, or an alarm."""
    ready()
    from jigsaw.hub.audit import heads

    note = heads.latest()
    if note is None:
        to_person.print("No head is signed yet. Run `jigsaw jobs`, or wait a minute while the service runs.")
    else:
        sys.stdout.write(note)
    raise typer.Exit(NEEDS_A_PERSON if note is None or heads.open_alarms() else DONE)


def hand_out(
    since: Annotated[int | None, typer.Option(help="The size that the other hub saw last.")] = None,
    out: Out = None,
) -> None:
    """Make the file that another hub witnesses: the latest head, keys, and that the log goes on."""
    ready()
    from jigsaw.hub.audit import witnessing

    _answer(witnessing.to_witness(since=since), out, "Send it to them.")


def witness(
    file: Annotated[Path, typer.Argument(help="What another hub made with `heads export`.")],
    out: Out = None,
    restored: Annotated[
        bool, typer.Option(help="They say that they restored their database, and you believe it.")
    ] = False,
) -> None:
    """Look whether another hub’s log goes on from what we saw, and sign its head; exit status 2 if it does not."""
    ready()
    from django.utils import timezone

    from jigsaw.hub.audit import witnessing

    made = witnessing.witness(actor=THE_HUB, told=_read(file), restored=restored, now=timezone.now())
    letters, first = made.pop("of"), made.pop("first")
    _answer(made, out, "Send it back to them, and to whoever checks their log.")
    if first:
        print(
            f"Their first head here. Have them read you the letters of their key: {letters}", file=sys.stderr
        )


def keep(
    file: Annotated[Path, typer.Argument(help="What the witness sent back.")],
    json_: Json = False,
) -> None:
    """Keep a witness’s signature with the log, so that it goes out with every export."""
    ready()
    from django.utils import timezone

    from jigsaw.hub.audit import witnessing

    kept = witnessing.keep(actor=THE_HUB, told=_read(file), now=timezone.now())
    words = f"{kept['witness']} witnessed {kept['size']} entries. Letters of its key: {kept['fingerprint']}"
    as_json(kept) if json_ else to_person.print(words, highlight=False, soft_wrap=True)


def exchange(
    code: Annotated[
        str, typer.Argument(metavar="CODE", help="A partner hub, as `partner-hub list` shows it.")
    ],
    json_: Json = False,
) -> None:
    """Have a partner hub witness our latest head, over the network, and keep its signature."""
    ready()
    from django.utils import timezone

    from jigsaw.hub.partner_hubs import operations

    kept = operations.have_witnessed(actor=acting(None), code=code, now=timezone.now())
    words = f"{kept['witness']} witnessed {kept['size']} entries. Letters of its key: {kept['fingerprint']}"
    as_json(kept) if json_ else to_person.print(words, highlight=False, soft_wrap=True)


def change_key(
    lost: Annotated[bool, typer.Option(help="The key before is gone and cannot name the new one.")] = False,
    json_: Json = False,
) -> None:
    """Sign heads with a new key from now on. The key before names it; earlier public keys are kept."""
    ready()
    from django.utils import timezone

    from jigsaw.hub.audit import heads

    letters = heads.change_key(actor=THE_HUB, lost=lost, now=timezone.now())
    words = f"Signed with a new key from now on. Its letters: {letters}"
    as_json({"fingerprint": letters}) if json_ else to_person.print(words, highlight=False, soft_wrap=True)


def restored(
    reason: Annotated[str, typer.Option(help="From which backup, when and by whom.")],
    json_: Json = False,
) -> None:
    """Say that the database was restored: a new epoch begins, and everyone can see it."""
    ready()
    from django.utils import timezone

    from jigsaw.hub.audit import heads

    epoch = heads.begin_epoch(actor=THE_HUB, reason=reason, now=timezone.now())
    words = f"Epoch {epoch} begins. Have your witnesses told why: they will ask."
    as_json({"epoch": epoch}) if json_ else to_person.print(words, highlight=False, soft_wrap=True)


def erase(
    as_: Annotated[str, typer.Option("--as", help="E-mail address of the administrator who erases.")],
    reason: Annotated[str, typer.Option(help="Why; it stays in the log.")],
    entries: Annotated[list[UUID] | None, typer.Argument(help="Ids of entries, from `audit export`.")] = None,
    person: Annotated[
        UUID | None, typer.Option(help="Every entry that concerns this person instead.")
    ] = None,
    json_: Json = False,
) -> None:
    """Erase typed words from the log for good. That there were some, and who erased them, stays; the log verifies."""
    ready()
    from django.utils import timezone

    from jigsaw.hub.audit import erasing

    actor = acting(as_)
    if bool(entries) == bool(person):
        raise Unreadable("Name the entries, or the person with --person; one of the two.")
    gone = erasing.erase(actor=actor, entries=entries or (), person=person, reason=reason, now=timezone.now())
    words = f"The words of {gone} entries are erased. Backups taken before still hold them."
    as_json({"erased": gone}) if json_ else to_person.print(words, highlight=False)


def _answer(answer: dict[str, Any], out: Path | None, next_step: str) -> None:
    if out is None:
        as_json(answer)
        return
    out.write_text(json.dumps(answer, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    to_person.print(f"It is in {out}. {next_step}", highlight=False)


def _read(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as opened:
            told = json.loads(opened.read(LARGEST_FILE))
    except (OSError, ValueError) as error:
        raise Unreadable(f"{path} cannot be read. Ask them to send it again.") from error
    if not isinstance(told, dict):
        raise Unreadable(f"{path} is no such file. Ask them to send it again.")
    return told
