"""The commands: `jigsaw --help`.

Every command takes --json: one JSON document on standard output and nothing else there. Exit status:
0 done, 1 done but something needs a person, 2 refused or unreadable with nothing written. Errors go to
standard error in one sentence that says what to do next.
"""

from __future__ import annotations

import sys

import typer

from jigsaw.hub.cli import (
    agreed,
    agreements,
    auditing,
    benchmarks,
    demo,
    disposing,
    importing,
    partner_hubs,
    partners,
    plans,
    sealing,
    settings_of_care,
    tracing,
)
from jigsaw.hub.cli.answers import in_one_sentence

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Jigsaw, the information-sharing hub for safeguarding children.",
    pretty_exceptions_enable=False,
)
for commands in (
    demo,
    auditing,
    importing,
    plans,
    sealing,
    disposing,
    settings_of_care,
    tracing,
    partner_hubs,
    partners,
    agreements,
    agreed,
    benchmarks,
):
    commands.add_to(app)


def run() -> None:
    """Run a command; errors a person can act on become one sentence and exit status 2."""
    try:
        app()
    except Exception as error:
        words = in_one_sentence(error)
        if words is None:
            raise
        print(words, file=sys.stderr)
        sys.exit(2)
