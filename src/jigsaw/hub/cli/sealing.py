"""`jigsaw keys renew`: the key that seals what is sealed gets a successor."""

from __future__ import annotations

from typing import Annotated

import typer

from jigsaw.hub.cli.acting import THE_HUB
from jigsaw.hub.cli.answers import as_json, to_person
from jigsaw.hub.cli.django_setup import ready

Json = Annotated[bool, typer.Option("--json", help="Answer as one JSON document.")]


def add_to(app: typer.Typer) -> None:
    keys = typer.Typer(no_args_is_help=True, help="Look after the hub’s keys.")
    keys.callback()(lambda: None)
    keys.command()(renew)
    app.add_typer(keys, name="keys")


def renew(json_: Json = False) -> None:
    """Seal sealed entries with a new key from now on, and those that are there as well; the key before is gone then."""
    ready()
    from django.utils import timezone

    from jigsaw.hub.chronology import renewing

    done = renewing.renew_key(actor=THE_HUB, now=timezone.now())
    words = f"{done.rows} sealed rows now open with a new key ({done.mark}). Copy JIGSAW_HOME/secrets to where you keep it."
    as_json(done.__dict__) if json_ else to_person.print(words, highlight=False, soft_wrap=True)
