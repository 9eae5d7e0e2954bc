"""`jigsaw partner-hub …`: hubs that may be asked whether they know a child, and about whom none is answered.

`card`, `add`, `agree`, `list`, `rotate`, `on`, `off`, `file`; `never-answer`, `answer-again`, `never-answered`.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from jigsaw.formats.records import Unreadable
from jigsaw.hub.cli.acting import As, acting
from jigsaw.hub.cli.answers import DONE, NEEDS_A_PERSON, as_json, to_person
from jigsaw.hub.cli.django_setup import ready

Json = Annotated[bool, typer.Option("--json", help="Answer as one JSON document.")]
Code = Annotated[str, typer.Argument(metavar="CODE", help="The other hub’s code, as `list` shows it.")]
LARGEST_CARD = 10_000
YesAt = Annotated[int | None, typer.Option(help="How many combinations must agree for a yes.")]
AskAt = Annotated[int | None, typer.Option(help="How many for “a person must look”; 2 or more.")]
QuestionsADay = Annotated[int | None, typer.Option(help="How often they may ask us in 24 hours.")]
PractitionerADay = Annotated[
    int | None, typer.Option(help="How often one practitioner may ask, of either hub.")
]
MasksAKey = Annotated[
    int | None, typer.Option(help="How many points of theirs one key of ours masks: 100 for each child.")
]
Person = Annotated[
    UUID, typer.Argument(metavar="PERSON", help="The child’s id, as in the address of their page.")
]
Why = Annotated[str, typer.Option("--reason", help="Why; it stays in this hub.")]


def add_to(app: typer.Typer) -> None:
    hubs = typer.Typer(no_args_is_help=True, help="Other hubs that may be asked whether they know a child.")
    for command in (card, add, agree, rotate, on, off, file, never_answer, answer_again, never_answered):
        hubs.command()(command)
    hubs.command(name="list")(list_)
    app.add_typer(hubs, name="partner-hub")


def card(
    code: Annotated[str, typer.Option(help="What other hubs are to call this one; short.")] = "",
    address: Annotated[str, typer.Option(help="Where other hubs reach this one: https:// and a host.")] = "",
    out: Annotated[Path | None, typer.Option(help="Write the card to this file.")] = None,
    as_: As = None,
) -> None:
    """Make the card that another hub adds this one from: names, address, telephone and public key. No secret."""
    ready()
    from django.utils import timezone

    from jigsaw.hub.partner_hubs import operations

    made = operations.our_card(actor=acting(as_), code=code, address=address, now=timezone.now())
    if out is None:
        as_json(asdict(made))
        return
    out.write_text(json.dumps(asdict(made), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    to_person.print(
        f"The card of {made.code} is in {out}. Send it to them, and read them these letters on the telephone:\n"
        f"{made.fingerprint}"
    )


def add(
    card: Annotated[Path, typer.Argument(help="The card that they sent.")],
    yes_at: YesAt = None,
    ask_at: AskAt = None,
    questions_a_day: QuestionsADay = None,
    practitioner_a_day: PractitionerADay = None,
    masks_a_key: MasksAKey = None,
    replace_key: Annotated[bool, typer.Option(help="They have a new key, and read you its letters.")] = False,
    as_: As = None,
    json_: Json = False,
) -> None:
    """Add a hub from its card, or change what was agreed with it. Compare the letters by telephone."""
    ready()
    from django.utils import timezone

    from jigsaw.hub.partner_hubs import keys, operations

    agreed = _agreed(yes_at, ask_at, questions_a_day, practitioner_a_day, masks_a_key)
    added = operations.add(
        actor=acting(as_), card=_read(card), replace_key=replace_key, now=timezone.now(), **agreed
    )
    letters = keys.fingerprint(bytes(added.public_key))
    _say(
        {"code": added.code, "fingerprint": letters},
        f"{added.name} is added as {added.code}. Ring a number of theirs that you had before, and have them read you:\n"
        f"{letters}\nIf it differs, run: jigsaw partner-hub off {added.code}",
        json_,
    )


def _agreed(*figures: int | None) -> dict[str, int]:
    """What was given of the figures that two hubs agree on."""
    names = ("yes_at", "ask_at", "questions_a_day", "practitioner_a_day", "masks_a_key")
    return {name: value for name, value in zip(names, figures, strict=True) if value is not None}


def agree(
    code: Code,
    yes_at: YesAt = None,
    ask_at: AskAt = None,
    questions_a_day: QuestionsADay = None,
    practitioner_a_day: PractitionerADay = None,
    masks_a_key: MasksAKey = None,
    as_: As = None,
    json_: Json = False,
) -> None:
    """Change what was agreed with a hub that is known; what is left out stays as it is."""
    ready()
    from django.utils import timezone

    from jigsaw.hub.partner_hubs import operations

    agreed = _agreed(yes_at, ask_at, questions_a_day, practitioner_a_day, masks_a_key)
    if not agreed:
        raise Unreadable("Nothing was given to change. Give at least one figure, such as --yes-at 3.")
    changed = operations.agree(actor=acting(as_), code=code, now=timezone.now(), **agreed)
    _say({"code": changed.code, **agreed}, f"What was agreed with {changed.name} is written down.", json_)


def _read(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as opened:
            told = json.loads(opened.read(LARGEST_CARD))
    except (OSError, ValueError) as error:
        raise Unreadable(f"{path} cannot be read as a card. Ask them to send it again.") from error
    if not isinstance(told, dict):
        raise Unreadable(f"{path} is no card. Ask them to send it again.")
    return told


def list_(as_: As = None, json_: Json = False) -> None:
    """Every partner hub: on or off, its key’s letters, limits, and how much was asked in the last 24 hours."""
    ready()
    from django.utils import timezone

    from jigsaw.hub.partner_hubs import queries

    found = queries.all_partners(acting(as_), now=timezone.now())
    if json_:
        as_json({"partner_hubs": [asdict(one) for one in found]})
        return
    for one in found:
        state = "can be asked" if one.can_be_asked else ("not ready: run `file` there" if one.on else "OFF")
        to_person.print(
            f"{one.code}  {one.name}  {state}\n  {one.address}  {one.front_door_phone}\n  {one.fingerprint}"
        )
        to_person.print(
            f"  we asked {one.asked_today}, they asked {one.asked_us_today} of {one.questions_a_day} in 24 hours; "
            f"our key is of epoch {one.asking_epoch}; {one.filed} children filed for them"
        )
    if not found:
        to_person.print(
            "No partner hub yet. Start with: jigsaw partner-hub card --code … --address … --out card.json"
        )


def rotate(
    code: Code,
    at_once: Annotated[
        bool,
        typer.Option(help="After a theft: forget the old keys now, and answer nothing until all is filed."),
    ] = False,
    as_: As = None,
    json_: Json = False,
) -> None:
    """Change our keys with a hub. The old ones work until everybody is filed under the new ones."""
    ready()
    from django.utils import timezone

    from jigsaw.hub.partner_hubs import operations

    epoch = operations.rotate(actor=acting(as_), code=code, at_once=at_once, now=timezone.now())
    _say({"code": code, "epoch": epoch}, f"Our key with {code} is of epoch {epoch} from now on.", json_)


def on(code: Code, as_: As = None, json_: Json = False) -> None:
    """Let a hub ask and be asked again."""
    _switch(code, True, as_, json_)


def off(code: Code, as_: As = None, json_: Json = False) -> None:
    """Stop everything with a hub, from the next letter on."""
    _switch(code, False, as_, json_)


def _switch(code: str, to: bool, as_: str | None, json_: bool) -> None:
    ready()
    from django.utils import timezone

    from jigsaw.hub.partner_hubs import operations

    changed = operations.switch(actor=acting(as_), code=code, on=to, now=timezone.now())
    _say({"code": changed.code, "on": to}, f"{changed.name} is {'on' if to else 'off'}.", json_)


def file(code: Code, as_: As = None, json_: Json = False) -> None:
    """File every child we know for a hub now, so that it gets answers. The hub does this by itself, more slowly."""
    ready()
    from django.utils import timezone
    from rich.progress import Progress, SpinnerColumn, TextColumn

    from jigsaw.hub.cli.answers import to_person_aside
    from jigsaw.hub.partner_hubs import operations

    looked_at = anew = 0
    columns = (SpinnerColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=to_person_aside, transient=True, disable=json_) as progress:
        task = progress.add_task("Filing …")
        actor, complete = acting(as_), False
        while not complete:
            done = operations.file_part(actor=actor, code=code, now=timezone.now())
            looked_at, anew, complete = looked_at + done.looked_at, anew + done.filed_anew, done.complete
            progress.update(task, description=f"{looked_at} children looked at, {anew} filed anew")
    _say(
        {"code": code, "looked_at": looked_at, "filed_anew": anew},
        f"{looked_at} children looked at, {anew} filed anew for {code}.",
        json_,
    )


# --- About whom nobody is answered --------------------------------------------------------------------------


def never_answer(
    person: Person,
    reason: Why,
    look_again_on: Annotated[
        datetime,
        typer.Option(formats=["%Y-%m-%d"], help="The day by which somebody looks whether it still holds."),
    ],
    as_: As = None,
    json_: Json = False,
) -> None:
    """From now on, answer no other hub about this child: each gets the answer of a stranger."""
    ready()
    from django.utils import timezone

    from jigsaw.hub.partner_hubs import silencing

    day = look_again_on.date()
    silencing.never_answer(
        actor=acting(as_), person=person, reason=reason, look_again_on=day, now=timezone.now()
    )
    _say(
        {"person": str(person), "look_again_on": day.isoformat()},
        f"No other hub is answered about this child. It holds until `answer-again`; look at it by {day:%d/%m/%Y}.",
        json_,
    )


def answer_again(person: Person, reason: Why, as_: As = None, json_: Json = False) -> None:
    """Answer other hubs about this child again."""
    ready()
    from django.utils import timezone

    from jigsaw.hub.partner_hubs import silencing

    silencing.answer_again(actor=acting(as_), person=person, reason=reason, now=timezone.now())
    _say({"person": str(person)}, "Other hubs are answered about this child again, within half a day.", json_)


def never_answered(as_: As = None, json_: Json = False) -> None:
    """Every child about whom no other hub is answered, why, since when, and when to look again.

    Exit status: 0 nothing is to be looked at; 1 for some that day has come.
    """
    ready()
    from django.utils import timezone

    from jigsaw.hub.partner_hubs import queries

    found = queries.never_answered(acting(as_), now=timezone.now())
    if json_:
        as_json(
            {
                "never_answered": [
                    {
                        "person": str(one.card.person),
                        "reason": one.reason,
                        "by": one.by,
                        "put_on_at": one.put_on_at.isoformat(),
                        "look_again_on": one.look_again_on.isoformat(),
                        "overdue": one.overdue,
                    }
                    for one in found
                ]
            }
        )
    else:
        _list_never_answered(found)
    raise typer.Exit(NEEDS_A_PERSON if any(one.overdue for one in found) else DONE)


def _list_never_answered(found: list[Any]) -> None:
    for one in found:
        due = "  LOOK AGAIN" if one.overdue else ""
        to_person.print(
            f"{one.card.person}  {one.card.name or 'No name'}{due}\n  {one.reason}\n"
            f"  {one.by or 'the hub'}, {one.put_on_at:%d/%m/%Y}; to be looked at by {one.look_again_on:%d/%m/%Y}",
            markup=False,
            highlight=False,
        )
    if not found:
        to_person.print(
            "There is no such child: every child may be answered about, unless an address is secret."
        )


def _say(answer: dict[str, Any], words: str, json_: bool) -> None:
    as_json(answer) if json_ else to_person.print(words, highlight=False)
