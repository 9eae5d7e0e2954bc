"""`jigsaw partnership instruments | confirm`: the law the partnership relies on, and who has checked it."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from jigsaw.hub.cli.acting import As, acting
from jigsaw.hub.cli.answers import NEEDS_A_PERSON, as_json, to_person
from jigsaw.hub.cli.django_setup import ready

if TYPE_CHECKING:
    from jigsaw.hub.agreements.instruments import Instrument

Json = Annotated[bool, typer.Option("--json", help="Answer as one JSON document.")]
DAY = ["%Y-%m-%d"]


def add_to(partnership: typer.Typer) -> None:
    partnership.command()(instruments)
    partnership.command()(confirm)


def instruments(
    unconfirmed: Annotated[
        bool, typer.Option("--unconfirmed", help="Only those that nobody has checked yet.")
    ] = False,
    json_: Json = False,
) -> None:
    """List the law the partnership relies on; exit status 1 while any of it is not confirmed."""
    ready()
    from django.utils import timezone

    from jigsaw.hub.agreements import queries

    register = queries.register(on=queries.local_day(timezone.now()))
    waiting = sum(not each.verified for each in register.instruments)
    shown = [each for each in register.instruments if not (unconfirmed and each.verified)]
    if json_:
        rows = [{**each.as_row(), "in_force": each.in_force(register.on)} for each in shown]
        as_json({"edition": register.edition, "unconfirmed": waiting, "instruments": rows})
    else:
        for each in shown:
            to_person.print(_line(each, register.on), markup=False, soft_wrap=True)
        to_person.print(f"{waiting} of {len(register.instruments)} are not confirmed.", markup=False)
    raise typer.Exit(NEEDS_A_PERSON if waiting else 0)


def _line(instrument: Instrument, on: date) -> str:
    force = "in force" if instrument.in_force(on) else "not in force"
    since = f" since {instrument.commenced_on}" if instrument.commenced_on and force == "in force" else ""
    checked = f"confirmed {instrument.verified_on}" if instrument.verified else "NOT CONFIRMED"
    return f"{instrument.code}: {instrument.name} ({force}{since}; {checked})"


def confirm(
    code: Annotated[str, typer.Argument(metavar="CODE", help="The law's code, such as s16LA.")],
    source: Annotated[str, typer.Option(help="Where it was read: the text and its address.")],
    from_: Annotated[
        datetime | None, typer.Option("--from", formats=DAY, help="First day in force, if it differs.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=DAY, help="First day on which it holds no more.")
    ] = None,
    on: Annotated[
        datetime | None, typer.Option(formats=DAY, help="The day it was checked; today if left out.")
    ] = None,
    note: Annotated[str, typer.Option(help="What practitioners should know about it.")] = "",
    as_: As = None,
    json_: Json = False,
) -> None:
    """Confirm a law as the register has it, or correct its days; what the register said before stays."""
    ready()
    from django.utils import timezone

    from jigsaw.hub.agreements import operations, queries

    now = timezone.now()
    today = queries.local_day(now)
    known = queries.register(on=today).get(code)
    began = from_.date() if from_ else known.commenced_on if known else None
    ended = until.date() if until else known.ended_on if known else None
    row = operations.check_instrument(
        actor=acting(as_),
        code=code,
        commenced_on=began,
        ended_on=ended,
        verified_on=on.date() if on else today,
        source=source,
        note=note,
        now=now,
    )
    answer = {"code": code, "commenced_on": began, "ended_on": ended, "verified_on": row.verified_on}
    words = (
        f"{code} holds so from today: in force from {began or 'no day'}{f', until {ended}' if ended else ''}."
    )
    as_json(answer) if json_ else to_person.print(words, markup=False)
