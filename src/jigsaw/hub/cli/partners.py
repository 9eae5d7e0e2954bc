"""`jigsaw partnership set`, `agency add | escalate` and `practitioner add | first-password | deactivate`: who takes part."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jigsaw.formats.records import Unreadable
from jigsaw.hub.cli import instruments, joining
from jigsaw.hub.cli.acting import As, acting
from jigsaw.hub.cli.answers import as_json, to_person
from jigsaw.hub.cli.django_setup import ready

if TYPE_CHECKING:
    from jigsaw.hub.agencies.models import Authority

Json = Annotated[bool, typer.Option("--json", help="Answer as one JSON document.")]
Email = Annotated[str, typer.Argument(metavar="EMAIL", help="The address they sign in with.")]
AgencyCode = Annotated[str, typer.Argument(metavar="CODE", help="The agency's short code, such as SCH.")]


def add_to(app: typer.Typer) -> None:
    partnership = typer.Typer(no_args_is_help=True, help="The partnership that runs this hub.")
    partnership.callback()(lambda: None)
    partnership.command(name="set")(set_)
    partnership.command()(postcodes)
    instruments.add_to(partnership)
    agency = typer.Typer(no_args_is_help=True, help="The agencies that take part.")
    agency.command(name="add")(add_agency)
    agency.command()(escalate)
    agency.command()(joining.directory)
    practitioner = typer.Typer(no_args_is_help=True, help="The people who sign in.")
    practitioner.command(name="add")(add_practitioner)
    practitioner.command()(first_password)
    practitioner.command()(deactivate)
    joining.add_to(practitioner)
    app.add_typer(partnership, name="partnership")
    app.add_typer(agency, name="agency")
    app.add_typer(practitioner, name="practitioner")


def set_(
    name: Annotated[str, typer.Option(help="What the partnership is called.")],
    phone: Annotated[str, typer.Option(help="The front door's telephone, shown on every page.")],
    authority: Annotated[
        list[str] | None,
        typer.Option(
            metavar="“GSS DFE NAME”",
            help="A local authority to add, such as “E06999991 991 Our town”; repeatable.",
        ),
    ] = None,
    as_: As = None,
    json_: Json = False,
) -> None:
    """Name the partnership, add its authorities, and put the shipped roles and ratings in place where none are."""
    ready()
    from django.db import transaction
    from django.utils import timezone

    from jigsaw.hub.agencies import operations, queries
    from jigsaw.hub.agreements import operations as agreements
    from jigsaw.hub.training import roles

    actor, now = acting(as_), timezone.now()
    wanted = [_authority(each) for each in authority or []]
    with transaction.atomic():
        operations.set_up_partnership(
            actor=actor, name=name, front_door_phone=phone, demonstration=False, now=now
        )
        there = set(queries.authorities())
        added = [each for each in wanted if each[0] not in there]
        for gss, dfe, called in added:
            operations.add_authority(actor=actor, gss_code=gss, dfe_code=dfe, name=called, now=now)
        if not queries.roles():
            roles.install(actor=actor, now=now)
        agreements.install_defaults(actor=actor, now=now)
    answer = {"partnership": name, "authorities_added": [gss for gss, _dfe, _called in added]}
    _say(answer, f"This hub is run by {name}. Authorities added: {len(added)}.", json_)


def postcodes(
    authority: Annotated[str, typer.Argument(metavar="GSS", help="The authority's GSS code.")],
    beginnings: Annotated[
        list[str],
        typer.Argument(metavar="POSTCODE…", help="An area (ST), district (ST1) or sector (“ST1 4”)."),
    ],
    as_: As = None,
    json_: Json = False,
) -> None:
    """Say how postcodes in an authority begin: a concern goes to the front door of where the child lives."""
    ready()
    from django.utils import timezone

    from jigsaw.hub.agencies import operations

    [place] = _authorities([authority])
    operations.set_postcodes(actor=acting(as_), authority=place, postcodes=beginnings, now=timezone.now())
    answer = {"authority": authority, "postcodes": place.postcodes}
    _say(answer, f"Postcodes that begin with {', '.join(place.postcodes)} lie in {place.name}.", json_)


def _authority(words: str) -> tuple[str, str, str]:
    parts = words.split(maxsplit=2)
    if len(parts) < 3:
        raise Unreadable(f"“{words}” is not an authority. Give its GSS code, its DfE code and its name.")
    return parts[0], parts[1], parts[2]


def add_agency(
    code: AgencyCode,
    name: Annotated[str, typer.Option(help="What the agency is called.")],
    sector: Annotated[
        str,
        typer.Option(
            help="SC social care, PO police, HE health, ED education, HO housing, VC charity, XX partnership."
        ),
    ],
    authority: Annotated[
        list[str], typer.Option(metavar="GSS", help="An authority it works in; repeatable.")
    ],
    front_door: Annotated[bool, typer.Option("--front-door", help="It receives their concerns.")] = False,
    phone: Annotated[str, typer.Option(help="Its telephone.")] = "",
    out_of_hours_phone: Annotated[str, typer.Option(help="Its telephone at night.")] = "",
    as_: As = None,
    json_: Json = False,
) -> None:
    """Add an agency that works in one authority or in several."""
    ready()
    from django.utils import timezone

    from jigsaw.hub.agencies import operations

    places = _authorities(authority)
    added = operations.add_agency(
        actor=acting(as_),
        code=code,
        name=name,
        sector=sector.upper(),
        authorities=places,
        front_door_for=places if front_door else (),
        phone=phone,
        out_of_hours_phone=out_of_hours_phone,
        now=timezone.now(),
    )
    _say({"agency": str(added.pk), "code": added.code}, f"{name} takes part, as {added.code}.", json_)


def _authorities(codes: list[str]) -> list[Authority]:
    from jigsaw.hub.agencies import queries

    there = queries.authorities()
    unknown = [code for code in codes if code not in there]
    if unknown:
        raise Unreadable(
            f"There is no authority with the code {unknown[0]}. Add it with `jigsaw partnership set --authority`, "
            f"or use one of: {', '.join(there) or 'none yet'}."
        )
    return [there[code] for code in codes]


def escalate(
    code: AgencyCode,
    to: Annotated[str, typer.Option(metavar="EMAIL", help="Somebody of that agency.")],
    as_: As = None,
    json_: Json = False,
) -> None:
    """Name the person to whom an agency's overdue requests go."""
    ready()
    from django.utils import timezone

    from jigsaw.hub.agencies import operations, queries

    agency, named = queries.agency_by_code(code), queries.account_by_email(to)
    operations.escalate_to(actor=acting(as_), agency=agency, practitioner=named, now=timezone.now())
    _say(
        {"agency": agency.code, "to": named.email},
        f"Overdue requests to {agency.name} go to {named.name}.",
        json_,
    )


def add_practitioner(
    email: Email,
    agency: Annotated[str, typer.Option(metavar="CODE", help="The agency they work for.")],
    name: Annotated[str, typer.Option(help="Their name, as others know them.")],
    job_title: Annotated[str, typer.Option(help="What they do.")],
    role: Annotated[
        list[str], typer.Option(metavar="ROLE", help="A role's code, such as practitioner; repeatable.")
    ],
    phone: Annotated[str, typer.Option(help="Their telephone.")] = "",
    team: Annotated[str, typer.Option(help="Their team.")] = "",
    password_file: Annotated[
        Path | None, typer.Option(help="A file whose first line is the password; asked for if left out.")
    ] = None,
    as_: As = None,
    json_: Json = False,
) -> None:
    """Give somebody an account. The password is asked for, or read from a file: it is never an argument."""
    ready()
    from django.utils import timezone

    from jigsaw.hub.agencies import operations, queries

    actor, place = acting(as_), queries.agency_by_code(agency)
    account = operations.Account(
        email=email,
        name=name,
        job_title=job_title,
        agency=place,
        roles=tuple(role),
        password=_password(password_file),
        phone=phone,
        team=team,
        first=True,
    )
    made = operations.add_practitioner(actor=actor, account=account, now=timezone.now())
    _say({"practitioner": str(made.pk), "email": made.email}, f"{name} signs in as {made.email}.", json_)


def _password(file: Path | None) -> str:
    """From the first line of a file, or asked for twice; a ready hash is not a password."""
    if file is None:
        typed = typer.prompt("Password", hide_input=True, confirmation_prompt="Once more", err=True)
    else:
        try:
            typed = next(iter(file.read_text(encoding="utf-8").splitlines()), "")
        except (OSError, UnicodeDecodeError) as error:
            raise Unreadable(
                f"{file} cannot be read. Name a file whose first line is the password."
            ) from error
    if typed.startswith("argon2$"):
        raise Unreadable("This is a hash, not a password. Give the password itself.")
    return str(typed)


Forgotten = Annotated[
    bool,
    typer.Option(
        "--forgotten", help="They chose their own and forgot it. Make sure that it is they who ask."
    ),
]


def first_password(email: Email, forgotten: Forgotten = False, as_: As = None, json_: Json = False) -> None:
    """Give a new first password to somebody who has not changed theirs yet, or forgot their own; printed this once."""
    ready()
    from django.utils import timezone

    from jigsaw.hub.agencies import first_passwords, queries

    whose = queries.account_by_email(email)
    given = first_passwords.give(
        actor=acting(as_), practitioner=whose, now=timezone.now(), forgotten=forgotten
    )
    _say({"practitioner": str(whose.pk), "first_password": given}, given, json_)


def deactivate(email: Email, as_: As = None, json_: Json = False) -> None:
    """Switch an account off: whoever has it is signed out at their next click."""
    ready()
    from django.utils import timezone

    from jigsaw.hub.agencies import operations, queries

    leaver = queries.account_by_email(email)
    operations.deactivate(actor=acting(as_), practitioner=leaver, now=timezone.now())
    _say({"practitioner": str(leaver.pk), "active": False}, f"{leaver.email} can no longer sign in.", json_)


def _say(answer: dict[str, object], words: str, json_: bool) -> None:
    as_json(answer) if json_ else to_person.print(words, markup=False)
