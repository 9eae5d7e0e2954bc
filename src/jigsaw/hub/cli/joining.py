"""`jigsaw practitioner load`, `known-as` and `lost`, `jigsaw agency directory`: who joins and leaves, by a list or by a
directory of theirs; who is who elsewhere; and lost second factors."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jigsaw.formats.records import Unreadable
from jigsaw.hub.cli.acting import As, acting
from jigsaw.hub.cli.answers import NEEDS_A_PERSON, as_json, to_person
from jigsaw.hub.cli.django_setup import ready

if TYPE_CHECKING:
    from jigsaw.hub.agencies.joining import Outcome

Json = Annotated[bool, typer.Option("--json", help="Answer as one JSON document.")]


def add_to(practitioner: typer.Typer) -> None:
    practitioner.command()(load)
    practitioner.command(name="known-as")(known_as)
    practitioner.command()(lost)


def directory(
    code: Annotated[str, typer.Argument(help="The code of the agency.")],
    provider: Annotated[
        str,
        typer.Option(help="The place with which its people sign in; its externalId is what that calls them."),
    ] = "",
    off: Annotated[bool, typer.Option("--off", help="Hear nothing of it any more.")] = False,
    as_: As = None,
    json_: Json = False,
) -> None:
    """Connect an agency’s directory of staff (SCIM 2.0); prints the secret, this once. Replaces the one before."""
    ready()
    from django.utils import timezone

    from jigsaw.hub.agencies import directories, queries

    agency, now = queries.agency_by_code(code), timezone.now()
    if off:
        directories.disconnect(actor=acting(as_), agency=agency, now=now)
        as_json({"secret": ""}) if json_ else to_person.print("Switched off.", highlight=False)
        return
    secret = directories.connect(actor=acting(as_), agency=agency, provider=provider, now=now)
    words = f"The address is /scim/v2 of this hub. The secret, which is told this once: {secret}"
    as_json({"secret": secret}) if json_ else to_person.print(words, highlight=False, soft_wrap=True)


def load(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The list: CSV or a workbook.")],
    passwords_to: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="A new file for the first passwords of accounts that are added, for you alone.",
        ),
    ] = None,
    only_try: Annotated[bool, typer.Option("--try", help="Say what would be done, and do nothing.")] = False,
    as_: As = None,
    json_: Json = False,
) -> None:
    """Bring accounts to what a list says: joiners, changes, leavers. Exit status 1 if a line was refused."""
    ready()
    from django.db import transaction
    from django.utils import timezone

    from jigsaw.formats import staff_list
    from jigsaw.hub.agencies import joining

    try:
        with file.open("rb") as stream:
            listed = list(staff_list.read(stream))
    except OSError as error:
        raise Unreadable(f"{file} cannot be read. Name a CSV file or a workbook.") from error
    with transaction.atomic():
        told = joining.load(
            actor=acting(as_),
            listed=listed,
            with_passwords=passwords_to is not None,
            only_try=only_try,
            now=timezone.now(),
        )
        if passwords_to and not only_try:
            _hand_over(passwords_to, told)
    _say(told, only_try, json_)


def _hand_over(path: Path, told: list[Outcome]) -> None:
    """Within the transaction: no account is added whose password could not be written down."""
    try:
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise Unreadable(f"{path} cannot be made: name a file that is not there yet.") from error
    with os.fdopen(opened, "w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["email", "first_password"])
        rows.writerows([each.email, each.password] for each in told if each.password)


def _say(told: list[Outcome], only_try: bool, json_: bool) -> None:
    refused = [each for each in told if each.became == "refused"]
    if json_:
        lines = [
            {"line": each.line, "email": each.email, "became": each.became, "why": each.why} for each in told
        ]
        as_json({"tried_only": only_try, "lines": lines, "refused": len(refused)})
    else:
        for each in told:
            words = f"{each.line}: {each.email or 'no address'} {each.became.replace('_', ' ')}. {each.why}"
            to_person.print(words.strip(), markup=False)
        did = "Nothing was done: this was a try." if only_try else "Done."
        to_person.print(f"{len(told)} lines, {len(refused)} refused. {did}", markup=False)
    if refused:
        raise typer.Exit(NEEDS_A_PERSON)


def known_as(
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="The address of their account.")],
    provider: Annotated[str, typer.Argument(metavar="CODE", help="The place, as it is configured.")],
    subject: Annotated[
        str, typer.Argument(metavar="SUBJECT", help="What it calls them; “” for nothing more.")
    ],
    as_: As = None,
    json_: Json = False,
) -> None:
    """Say what a place to sign in with calls a practitioner: it lets them in from then on."""
    ready()
    from django.conf import settings
    from django.utils import timezone

    from jigsaw.hub.agencies import outside, queries

    if provider not in settings.SIGN_IN_WITH:
        there = ", ".join(settings.SIGN_IN_WITH) or "none yet"
        raise Unreadable(f"No place to sign in with has the code {provider}. Configured: {there}.")
    found = queries.account_by_email(email)
    outside.known_as(
        actor=acting(as_), practitioner=found, provider=provider, subject=subject, now=timezone.now()
    )
    if json_:
        as_json({"practitioner": str(found.pk), "provider": provider, "known": bool(subject.strip())})
    else:
        words = (
            f"{provider} lets {found.email} in."
            if subject.strip()
            else f"{provider} lets {found.email} in no more."
        )
        to_person.print(words, markup=False)


def lost(
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="The address of their account.")],
    as_: As = None,
    json_: Json = False,
) -> None:
    """Take away somebody's app, passkeys and recovery codes: all of them are lost, and they add others."""
    ready()
    from django.utils import timezone

    from jigsaw.hub.agencies import queries, second_factors

    found = queries.account_by_email(email)
    gone = second_factors.take_away(actor=acting(as_), practitioner=found, now=timezone.now())
    if json_:
        as_json({"practitioner": str(found.pk), "taken_away": gone})
    else:
        to_person.print(f"{found.email} has no second factor any more: {gone} taken away.", markup=False)
