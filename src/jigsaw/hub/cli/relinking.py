"""`jigsaw link run --everything`, `show` and `apply`: all links made anew, looked at, and then carried out."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from jigsaw.formats.records import Unreadable
from jigsaw.hub.cli.acting import As, acting
from jigsaw.hub.cli.answers import DONE, NEEDS_A_PERSON, as_json, to_person, to_person_aside
from jigsaw.hub.cli.django_setup import ready
from jigsaw.hub.cli.progress import progress

if TYPE_CHECKING:
    from jigsaw.hub.people.relinking import Sample, Summary

Json = Annotated[bool, typer.Option("--json", help="Answer as one JSON document.")]
# What scoring takes at most; what does not fit goes to disk.
MEMORY = "1GB"
WORDS = {
    "join": "records that are certain to be one person, to be joined",
    "part": "records that a rule linked and nothing supports, to be parted",
    "ask": "pairs for somebody to decide on",
}


def run_everything(as_: str | None, memory: str, json_: bool) -> None:
    """Compare all records anew and keep what differs, to be looked at; see `link_run`."""
    ready()
    from django.utils import timezone

    from jigsaw.hub.people import relinking

    actor = acting(as_)
    with progress("Records") as (to_do, done):
        made = relinking.look(
            actor=actor, now=timezone.now(), memory=memory, to_do=to_do, progress=done, say=_say
        )
    _answer(relinking.summary(actor, made), json_)


def link_show(as_: As = None, json_: Json = False) -> None:
    """Show what the last full run proposes: by kind, agency and system, with examples. Being shown is written down.

    Exit status: 0 nothing waits; 1 something does.
    """
    ready()
    from django.utils import timezone

    from jigsaw.hub.people import relinking

    actor, now = acting(as_), timezone.now()
    made = relinking.newest(actor)
    found = {kind: relinking.samples(actor, made, kind, now=now) for kind in relinking.KINDS}
    _answer(relinking.summary(actor, made), json_, found)


def link_apply(
    kinds: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="KIND", help="Only these: join, part or ask. All without it."),
    ] = None,
    as_: As = None,
    json_: Json = False,
) -> None:
    """Carry out what the last full run proposes: join, part, and let pairs wait for somebody to decide.

    Whatever changed since the run is left as it is. May be stopped and started again. Exit status: 0 all is done;
    1 pairs wait for somebody, or something changed and needs another run.
    """
    ready()
    from django.utils import timezone

    from jigsaw.hub.corrections import operations as corrections
    from jigsaw.hub.people import relinking

    wanted = kinds or list(relinking.KINDS)
    if unknown := set(wanted) - set(relinking.KINDS):
        raise Unreadable(f"There is no kind {', '.join(sorted(unknown))}. Use join, part or ask.")
    actor = acting(as_)
    made = relinking.newest(actor)
    waiting = relinking.summary(actor, made).kinds
    done: Counter[str] = Counter()
    changed = 0
    with progress("Differences") as (to_do, advance):
        to_do(sum(waiting[kind].waiting for kind in set(wanted)))
        while True:
            step = corrections.relink_some(actor=actor, made=made, kinds=wanted, now=timezone.now())
            if not step.tried:
                break
            done.update(step.done)
            changed += step.changed
            advance(step.tried)
    answer = {"run": str(made.pk), **{kind: done[kind] for kind in relinking.KINDS}, "changed": changed}
    if json_:
        as_json(answer)
    else:
        to_person.print(
            f"{done['join']} joined, {done['part']} parted, {done['ask']} pairs wait for somebody to decide; "
            f"{changed} had changed since and were left as they are."
        )
    raise typer.Exit(NEEDS_A_PERSON if changed or done["ask"] else DONE)


def _say(words: str) -> None:
    if to_person_aside.is_terminal:
        to_person_aside.print(f"{words} …", highlight=False)


def _answer(told: Summary, json_: bool, found: dict[str, list[Sample]] | None = None) -> None:
    if json_:
        as_json(_as_answer(told, found))
    else:
        _tell(told, found or {})
    raise typer.Exit(NEEDS_A_PERSON if told.waiting else DONE)


def _as_answer(told: Summary, found: dict[str, list[Sample]] | None) -> dict[str, Any]:
    made = told.relinking
    answer: dict[str, Any] = {
        "run": str(made.pk),
        "at": made.made_at.isoformat(),
        "model": made.model,
        "records": made.records,
        "persons": made.persons,
        "pairs": made.pairs,
        "seconds": made.seconds,
        **{kind: vars(counts) for kind, counts in told.kinds.items()},
        "sources": [
            {"agency": agency, "system": system, **dict.fromkeys(WORDS, 0), **kinds}
            for (agency, system), kinds in told.sources.items()
        ],
    }
    if found is not None:
        answer["samples"] = {kind: [_sample(each) for each in some] for kind, some in found.items()}
    return answer


def _sample(each: Sample) -> dict[str, Any]:
    return {
        "persons": [
            {"person": str(card.person), "name": card.name, "born": card.born} for card in each.sides
        ],
        "score": round(each.proposal.probability, 6),
        "evidence": [
            {"field": field, "level": level, "words": words} for field, level, words in each.proposal.evidence
        ],
    }


def _tell(told: Summary, found: dict[str, list[Sample]]) -> None:
    made = told.relinking
    to_person.print(
        f"{made.records:,} records of {made.persons:,} people compared anew on {made.made_at:%d/%m/%Y %H:%M} "
        f"({made.pairs:,} pairs alike, {made.seconds} s, model {escape(made.model)}). No link has been changed by it.",
        highlight=False,
    )
    for kind, counts in told.kinds.items():
        to_person.print(
            f"[bold]{counts.proposed:,}[/bold] {WORDS[kind]}: {counts.waiting:,} wait, {counts.done:,} done, "
            f"{counts.changed:,} changed since",
            highlight=False,
        )
        for each in found.get(kind, ()):
            _show(each)
    if told.sources:
        to_person.print(_by_source(told))
    if told.waiting:
        to_person.print(
            "Look with `jigsaw link show`, then carry out with `jigsaw link apply`.", markup=False
        )


def _show(each: Sample) -> None:
    names = " / ".join(
        f"{card.name or 'No name'}{f', born {card.born:%d/%m/%Y}' if card.born else ''}"
        for card in each.sides
    )
    to_person.print(f"  {escape(names)} ({each.proposal.probability:.0%})", highlight=False)
    for _field, _level, words in each.proposal.evidence:
        to_person.print(f"    {escape(words)}", highlight=False)


def _by_source(told: Summary) -> Table:
    table = Table("Agency", "System", "Join", "Part", "Ask")
    for (agency, system), kinds in told.sources.items():
        table.add_row(escape(agency), escape(system), *(str(kinds.get(kind, 0)) for kind in WORDS))
    return table
