"""`jigsaw agreed show | put`: settings that hold from a day on, as files."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from jigsaw.formats.records import Unreadable
from jigsaw.hub.cli.acting import As, acting
from jigsaw.hub.cli.agreements import read_document
from jigsaw.hub.cli.answers import as_json, to_person
from jigsaw.hub.cli.django_setup import ready

if TYPE_CHECKING:
    from jigsaw.hub.agencies.models import Authority

DAY = ["%Y-%m-%d"]
Json = Annotated[bool, typer.Option("--json", help="Answer as one JSON document.")]


class Kind(StrEnum):
    """Settings that one file says whole."""

    PATTERNS = "patterns"
    SCHOOL_DAYS = "school_days"
    UNSCHEDULED_CARE = "unscheduled_care"
    PAIR_REVIEWS = "pair_reviews"


Of = Annotated[Kind, typer.Argument(metavar="KIND", help=f"One of {', '.join(Kind)}.")]
Gss = Annotated[str | None, typer.Option("--authority", help="GSS code of the one authority it is for.")]


def add_to(app: typer.Typer) -> None:
    agreed = typer.Typer(no_args_is_help=True, help="What the partnership agreed, from a day on.")
    agreed.command()(show)
    agreed.command()(put)
    app.add_typer(agreed, name="agreed")


def show(kind: Of, authority: Gss = None) -> None:
    """Print what holds today, as JSON: change it, and put it in force from a day on."""
    ready()
    from django.utils import timezone

    from jigsaw.hub.agreements import queries

    as_json(_in_force(kind, _authority(authority), queries.local_day(timezone.now())))


def _in_force(kind: Kind, authority: Authority | None, today: date) -> dict[str, Any]:
    from jigsaw.hub.agreements import queries

    if kind == Kind.SCHOOL_DAYS:
        return queries.school_days_content(on=today, authority=authority.pk if authority else None)
    if kind == Kind.PATTERNS:
        return queries.pattern_content(on=today)
    if kind == Kind.UNSCHEDULED_CARE:
        return dict(queries.unscheduled_care(on=today))
    return {"second_look_one_in": queries.second_look_one_in(on=today)}


def put(
    kind: Of,
    file: Annotated[Path, typer.Argument(help="The setting as JSON.")],
    starts: Annotated[datetime, typer.Option("--from", formats=DAY, help="First day on which it holds.")],
    source: Annotated[str, typer.Option(help="Who agreed this, and where it is written.")],
    authority: Gss = None,
    as_: As = None,
    json_: Json = False,
) -> None:
    """Put a setting in force from a day on; refused, and nothing kept, if something is wrong with it."""
    ready()
    from django.utils import timezone

    from jigsaw.hub.agreements import operations

    if authority and kind != Kind.SCHOOL_DAYS:
        raise Unreadable("Only school days can be of one authority: leave --authority out.")
    row = operations.put_in_force(
        actor=acting(as_), kind=str(kind), content=read_document(file), effective_from=starts.date(), source=source,
        now=timezone.now(), authority=_authority(authority),
    )  # fmt: skip
    answer = {"kind": row.kind, "from": row.effective_from, "authority": authority, "source": row.source}
    words = f"It holds from {row.effective_from}."
    as_json(answer) if json_ else to_person.print(words, markup=False)


def _authority(code: str | None) -> Authority | None:
    from jigsaw.hub.agencies import queries

    known = queries.authorities()
    if code and code not in known:
        raise Unreadable(f"There is no authority {code} here. Use one of: {', '.join(known)}.")
    return known[code] if code else None
