"""`jigsaw agreement list | show | import | export | check | sign`: what the partners agreed to share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from jigsaw.formats.records import Unreadable
from jigsaw.hub.cli.acting import As, acting
from jigsaw.hub.cli.answers import REFUSED, as_json, to_person, to_person_aside
from jigsaw.hub.cli.django_setup import ready

if TYPE_CHECKING:
    from jigsaw.hub.agreements.agreed import Version
    from jigsaw.sharing_rules.agreements import Problem

Json = Annotated[bool, typer.Option("--json", help="Answer as one JSON document.")]
Identifier = Annotated[str, typer.Argument(metavar="IDENTIFIER", help="The agreement's short identifier.")]
Number = Annotated[int | None, typer.Option("--version", help="Its version; the one in force if left out.")]


def add_to(app: typer.Typer) -> None:
    agreement = typer.Typer(no_args_is_help=True, help="What the partners agreed to share.")
    agreement.command(name="list")(list_)
    agreement.command()(show)
    agreement.command(name="import")(import_)
    agreement.command()(export)
    agreement.command()(check)
    agreement.command()(sign)
    app.add_typer(agreement, name="agreement")


def list_(as_: As = None, json_: Json = False) -> None:
    """List the agreements, each with its newest version and whether it is in force."""
    ready()
    from django.utils import timezone

    from jigsaw.hub.agreements import agreed, queries

    found = agreed.readable(acting(as_), on=queries.local_day(timezone.now()))
    if json_:
        as_json({"agreements": [_facts(version) for version in found]})
        return
    for version in found:
        facts = _facts(version)
        words = f"{facts['identifier']} v{facts['version']}, {facts['state']}: {facts['name']}"
        to_person.print(words, markup=False, soft_wrap=True)
    if not found:
        to_person.print("There is no agreement yet.", markup=False)


def _facts(version: Version) -> dict[str, Any]:
    row = version.row
    return {
        "identifier": row.agreement.identifier,
        "version": row.version,
        "name": version.name,
        "state": version.state,
        "starts_on": row.starts_on,
        "ends_on": row.ends_on,
        "review_on": row.review_on,
        "signed": [
            {"agency": each.agency_code, "by": each.name, "at": each.signed_at}
            for each in row.signatures.all()
        ],
        "not_signed": sorted({each.code for side in version.sides for each in side.waiting}),
    }


def show(identifier: Identifier, version: Number = None, as_: As = None, json_: Json = False) -> None:
    """Show an agreement in plain English, and who has signed it."""
    ready()
    from jigsaw.sharing_rules import agreements as sharing_agreements

    found = _one(identifier, version, as_)
    words = sharing_agreements.in_words(found.agreement) if found.agreement else []
    facts = {**_facts(found), "words": words, "problems": _as_rows(found.problems)}
    if json_:
        as_json(facts)
        return
    to_person.print(f"{found.name}, version {found.row.version}: {found.state}", markup=False)
    for paragraph in words:
        to_person.print(paragraph, markup=False)
    for signature in facts["signed"]:
        to_person.print(f"Signed for {signature['agency']} by {signature['by']}", markup=False)
    _say(found.problems)


def import_(
    file: Annotated[Path, typer.Argument(help="An agreement as JSON.")], as_: As = None, json_: Json = False
) -> None:
    """Take an agreement from a file as a draft; status 2 and every problem if it cannot be read as one."""
    ready()
    from django.utils import timezone

    from jigsaw.hub.agreements import signing

    document = read_document(file)
    _stop_if_wrong(document, json_)
    row = signing.start(actor=acting(as_), document=document, now=timezone.now())
    answer = {"identifier": row.agreement.identifier, "version": row.version, "state": row.state}
    words = f"{row.agreement.identifier} version {row.version} is a draft. Read it on its page and send it for signing."
    as_json(answer) if json_ else to_person.print(words, markup=False)


def export(
    identifier: Identifier,
    version: Number = None,
    odrl: Annotated[bool, typer.Option("--odrl", help="As an ODRL policy.")] = False,
    as_: As = None,
    json_: Json = False,
) -> None:
    """Print an agreement as its JSON document, or as an ODRL policy."""
    ready()
    from jigsaw.sharing_rules import agreements as sharing_agreements

    found = _one(identifier, version, as_)
    if odrl and found.agreement is None:
        raise Unreadable("This draft cannot be read as an agreement yet: `jigsaw agreement show` says why.")
    as_json(sharing_agreements.as_odrl(found.agreement) if odrl and found.agreement else found.content)


def check(file: Annotated[Path, typer.Argument(help="An agreement as JSON.")], json_: Json = False) -> None:
    """Check a file without keeping it: every problem with its place and what would put it right; status 2 if any."""
    ready()
    document = read_document(file)
    _stop_if_wrong(document, json_)
    as_json({"ok": True, "problems": []}) if json_ else to_person.print("Nothing is wrong with it.")


def sign(identifier: Identifier, version: Number = None, as_: As = None, json_: Json = False) -> None:
    """Sign a version for the agency of the practitioner named with --as."""
    ready()
    from django.utils import timezone

    from jigsaw.hub.agreements import signing

    if as_ is None:
        raise Unreadable("Say who signs: --as EMAIL. The hub itself signs for no agency.")
    found = _one(identifier, version, as_, to_sign=True)
    row = signing.sign(actor=acting(as_), version=found.row, now=timezone.now())
    answer = {"identifier": identifier, "version": row.version, "state": row.state}
    words = (
        "Every party has signed now." if row.state == "signed" else "It holds once every party has signed."
    )
    as_json(answer) if json_ else to_person.print(f"Signed. {words}", markup=False)


def _one(identifier: str, number: int | None, as_: str | None, *, to_sign: bool = False) -> Version:
    from django.utils import timezone

    from jigsaw.hub.agreements import agreed, queries

    on = queries.local_day(timezone.now())
    if to_sign and number is None:
        return agreed.versions(acting(as_), identifier, on=on)[0]
    return agreed.one(acting(as_), identifier, number, on=on)


def read_document(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(f"{file} cannot be read. Name a JSON file in UTF-8.") from error
    except (json.JSONDecodeError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        raise Unreadable(
            f"{file} is not JSON: look at line {line}. A comma or a bracket may be missing."
        ) from error
    if not isinstance(found, dict):
        raise Unreadable(f"{file} holds no JSON object, in curly brackets.")
    return found


def _stop_if_wrong(document: dict[str, Any], json_: bool) -> None:
    """Status 2 with every problem, in words on standard error or as the one JSON document."""
    from jigsaw.hub.agreements import agreed

    _agreement, problems = agreed.understood(document)
    if not problems:
        return
    if json_:
        as_json({"ok": False, "problems": _as_rows(problems)})
    _say(problems)
    raise typer.Exit(REFUSED)


def _as_rows(problems: tuple[Problem, ...]) -> list[dict[str, str]]:
    return [{"path": each.path, "words": each.words, "next_step": each.next_step} for each in problems]


def _say(problems: tuple[Problem, ...]) -> None:
    for each in problems:
        to_person_aside.print(f"{each.path}: {each.words} {each.next_step}", markup=False, soft_wrap=True)
