"""`jigsaw audit …` (see `audit_log`) and `jigsaw why`: what was done, and why, for anyone to check."""

from __future__ import annotations

from typing import Annotated

import typer

from jigsaw.hub.cli import audit_log
from jigsaw.hub.cli.answers import as_json, to_person
from jigsaw.hub.cli.django_setup import ready

Json = Annotated[bool, typer.Option("--json", help="Answer as one JSON document.")]


def add_to(app: typer.Typer) -> None:
    audit = typer.Typer(no_args_is_help=True, help="Check, export and prove the audit log.")
    audit_log.add_to(audit)
    app.add_typer(audit, name="audit")
    app.command()(why)


def why(
    id_: Annotated[str, typer.Argument(metavar="ID", help="A decided item, from an answer's “Why?” link.")],
    as_: Annotated[str, typer.Option("--as", help="E-mail address of the practitioner who asks.")],
    json_: Json = False,
) -> None:
    """Say why an item was shared or withheld: every check's words, source and date."""
    ready()
    from django.utils import timezone

    from jigsaw.hub.agencies.queries import actor_by_email
    from jigsaw.hub.disclosures import queries

    item = queries.why(actor_by_email(as_), id_, now=timezone.now())
    answer = {
        "item": str(item.pk),
        "choice": item.choice,
        "verdict": item.verdict["answer"],
        "checks": item.verdict["findings"],
        "made_under": item.verdict.get("made_under"),
        "terms": item.verdict.get("terms"),
        "reasons": item.answer.decision.reasons,
        "withheld": {
            "kind": item.withheld_kind,
            "reason": item.withheld_reason,
            "review_when": item.review_when,
        },
    }
    if json_:
        as_json(answer)
        return
    to_person.print(f"[bold]{answer['verdict']}[/bold]: {item.choice}. {answer['reasons']}")
    for check in answer["checks"]:
        to_person.print(
            f"  {check['answer']}: {check['words']} {check['next_step']} ({check['source']}, {check['source_date']})"
        )
    if under := answer["made_under"]:
        relied_on = under["relied_on"] or "no agreement"
        to_person.print(
            f"Decided under {relied_on}; law {under['register']}; golden rules {under['guidance']}."
        )
