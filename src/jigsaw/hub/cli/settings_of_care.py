"""`jigsaw setting add` and `list`, `jigsaw listen`: who may tell of attendances, and the door for HL7 v2 over MLLP."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from jigsaw.hub.cli.acting import As, acting
from jigsaw.hub.cli.answers import as_json, to_person
from jigsaw.hub.cli.django_setup import ready

Json = Annotated[bool, typer.Option("--json", help="Answer as one JSON document.")]


def add_to(app: typer.Typer) -> None:
    setting = typer.Typer(no_args_is_help=True, help="Settings of unscheduled care.")
    setting.callback()(lambda: None)
    setting.command(name="add")(add)
    setting.command(name="list")(list_)
    app.add_typer(setting, name="setting")
    app.command()(listen)


def add(
    code: Annotated[str, typer.Argument(help="A short code of its own, such as HOSP-ED.")],
    agency: Annotated[str, typer.Option(help="Code of the agency it belongs to.")],
    name: Annotated[str, typer.Option(help="What it is called.")],
    ods: Annotated[str, typer.Option(help="Its ODS code.")],
    worked_on_by: Annotated[
        str, typer.Option(help="E-mail address of whoever works on messages that cannot be used.")
    ],
    address: Annotated[
        list[str] | None, typer.Option(help="Address that its system sends from over MLLP; may be repeated.")
    ] = None,
    facility: Annotated[
        str, typer.Option(help="MSH-4 of its messages; needed where several share an address.")
    ] = "",
    secret: Annotated[
        bool, typer.Option("--secret", help="Make a secret for messages over HTTP, told this once.")
    ] = False,
    may_look: Annotated[
        bool,
        typer.Option("--may-look", help="Its system may look, for practitioners of the agency, over FHIR."),
    ] = False,
    as_: As = None,
    json_: Json = False,
) -> None:
    """Set up a setting: its clinicians may look, and its system may tell of attendances."""
    ready()
    from django.utils import timezone

    from jigsaw.hub.agencies.queries import account_by_email, agency_by_code
    from jigsaw.hub.unscheduled_care import settings

    made, told = settings.add(
        actor=acting(as_), agency=agency_by_code(agency), code=code, name=name, ods_code=ods,
        worked_on_by=account_by_email(worked_on_by), facility=facility, addresses=address or (),
        with_secret=secret, may_look=may_look, now=timezone.now(),
    )  # fmt: skip
    if json_:
        as_json({"setting": made.code, "secret": told or None})
    else:
        to_person.print(f"Added {escape(made.name)} ({made.ods_code}).")
        if told:
            to_person.print(f"Its secret, told this once: {told}", markup=False, soft_wrap=True)


def list_(json_: Json = False) -> None:
    """Every setting, and how its messages are known. No secret is shown."""
    ready()
    from jigsaw.hub.unscheduled_care import settings

    rows = [
        {
            "setting": one.code, "name": one.name, "agency": one.agency.code, "ods_code": one.ods_code,
            "addresses": one.addresses, "facility": one.facility, "http": bool(one.secret_hash), "may_look": one.may_look,
            "worked_on_by": one.worked_on_by.email, "active": one.active,
        }
        for one in settings.all_settings()
    ]  # fmt: skip
    if json_:
        as_json({"settings": rows})
    for row in () if json_ else rows:
        to_person.print(
            f"[bold]{row['setting']}[/bold] {escape(row['name'])} ({row['ods_code']}, {row['agency']})"
        )


def listen(
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes any that is free.")] = 2575,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    certificate: Annotated[
        Path | None, typer.Option(help="Encrypt with TLS: the certificate, PEM, its chain below it.")
    ] = None,
    key: Annotated[Path | None, typer.Option(help="Its key, PEM, unless it stands in the same file.")] = None,
    clients: Annotated[
        Path | None, typer.Option(help="Hear only who shows a certificate signed by one of these (PEM).")
    ] = None,
) -> None:
    """Take HL7 v2 messages over MLLP until Ctrl-C: each is kept before it is answered.

    Without a certificate nothing is encrypted: let systems reach it through a tunnel or a private network.
    """
    ready()
    from jigsaw.hub.cli import mllp_tls
    from jigsaw.hub.cli.mllp_server import Listener

    tls = mllp_tls.Renewing(certificate=certificate, key=key, clients=clients)
    with Listener(host, port, tls) as listener:
        way = "HL7 v2 over TLS" if tls() else "HL7 v2"
        print(f"Jigsaw listens for {way} at {host}:{listener.port} (Ctrl-C stops it)", flush=True)
        listener.run()
