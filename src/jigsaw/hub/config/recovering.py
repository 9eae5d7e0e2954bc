"""`jigsaw backup`, `restore` and `rehearse`: the whole hub in a sealed file, and back, and whether that would work.

A hub is its database and its keys. The keys are in no backup: whoever finds one of the two has nothing. A backup says
which keys belong to it, so that a restore without them ends in words and not months later.
"""

from __future__ import annotations

import os
import tempfile
import time
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

import typer

from jigsaw.hub.cli.acting import THE_HUB
from jigsaw.hub.cli.answers import DONE, NEEDS_A_PERSON, as_json, to_person, to_person_aside
from jigsaw.hub.cli.django_setup import ready, setup

Json = Annotated[bool, typer.Option("--json", help="Answer as one JSON document.")]
BACKUP_KEY = "backup-key"
MADE_ANEW = {
    BACKUP_KEY, "session-key", "guard-key", "postgres-owner", "postgres-app", "postgres-superuser", "external-app"
}  # fmt: skip
"""Keys whose loss loses nothing that a backup holds. Every other file in JIGSAW_HOME/secrets belongs to it."""
LOST_WITHOUT = {
    "audit-signing-key": "heads of the log are signed with it; without, `jigsaw audit change-key --lost`",
    "draft-key": "drafts are sealed with it; without, none opens",
    "sealed-words-key": "sealed entries are sealed with it; without, nobody reads their words again",
    "second-factor-key": "second factors are sealed with it; without, take each away (`jigsaw practitioner lost`) to be added anew",
    "partner-hub-key": "what was agreed with partner hubs is sealed with it; without, add them anew",
    "alert-hook-key": "secrets of authorities’ systems are sealed with it; without, set each up anew",
    "hub-signing-key": "partner hubs know us by it; without, they must take our card anew",
}


def add_to(app: typer.Typer) -> None:
    app.command()(backup)
    app.command()(restore)
    app.command()(rehearse)


def backup(
    to: Annotated[
        Path, typer.Argument(help="A folder, in which the file is named by the time; or a new file.")
    ],
    json_: Json = False,
) -> None:
    """Write all of the database, of one moment, to a sealed file. The hub may go on working."""
    ready()
    from django.utils import timezone

    now = timezone.now()
    path = to / f"jigsaw-{now:%Y%m%dT%H%M%SZ}.backup" if to.is_dir() else to
    began = time.monotonic()
    about = _take(path, now)
    answer = {
        "file": str(path.resolve()),
        "bytes": path.stat().st_size,
        "seconds": round(time.monotonic() - began, 1),
        **{name: about[name] for name in ("taken_at", "audit", "keys")},
        "rows": sum(about["rows"].values()),
    }
    words = f"{answer['rows']:,} rows of {len(about['rows'])} tables are in {path} ({answer['bytes']:,} bytes, sealed)."
    as_json(answer) if json_ else to_person.print(words, highlight=False, soft_wrap=True)


def restore(
    file: Annotated[Path, typer.Argument(help="What `jigsaw backup` wrote.")],
    reason: Annotated[str, typer.Option(help="Why, and by whom: the log says it for ever.")],
    without: Annotated[
        list[str] | None,
        typer.Option(help="A key that is lost, and what it opened with it. May be repeated."),
    ] = None,
    json_: Json = False,
) -> None:
    """Bring a backup back into an empty hub, prove its log, and say in the log that it was restored."""
    _needs_reason(reason)
    setup()
    from django.conf import settings
    from django.utils import timezone

    from jigsaw.hub.audit import heads, recovery, sequencing
    from jigsaw.hub.kit import backups, prepare

    key = _backup_key(settings.HOME)
    _refuse_other_keys(settings.HOME, backups.description(file, key=key), set(without or []))
    began = time.monotonic()
    about = prepare.restored(file, given=prepare.databases(), key=key)
    proof = recovery.proved(about["audit"])
    told = f"Restored from the backup of {about['taken_at']}. {reason}"
    epoch = heads.begin_epoch(actor=THE_HUB, reason=told, now=timezone.now())
    sequencing.place_all()
    answer = _found(about, proof, began) | {"epoch": epoch}
    words = (
        f"Restored as of {about['taken_at']}: {answer['entries']:,} entries in the log, {answer['signed']:,} of them as "
        f"signed for. Epoch {epoch} begins: have your witnesses told why. What came after the backup is not here."
    )
    _answer(answer, words, json_)


def rehearse(
    file: Annotated[
        Path | None, typer.Argument(help="What `jigsaw backup` wrote; without, one taken now.")
    ] = None,
    json_: Json = False,
) -> None:
    """Restore into a database that is thrown away afterwards, and prove that the log is the one that was signed."""
    ready()
    from django.conf import settings
    from django.utils import timezone

    from jigsaw.hub.audit import recovery
    from jigsaw.hub.kit import backups, postgres, prepare

    with tempfile.TemporaryDirectory(prefix="jigsaw-rehearsal-") as folder:
        path = file or Path(folder, "now.backup")
        if file is None:
            _take(path, timezone.now())
        key = _backup_key(settings.HOME)
        other = [
            f"The key {one} is not here, or another."
            for one in _other_keys(settings.HOME, backups.description(path, key=key))
        ]
        began = time.monotonic()
        with prepare.empty_database(f"jigsaw_rehearsal_{os.getpid()}") as given:
            about = prepare.restored(path, given=given, key=key)
            proof = recovery.proved(about["audit"])
            all_rows = backups.backup_url(given, Path(settings.HOME), os.environ)
            all_rows = postgres.url_of_database(all_rows, postgres.database_of(given.owner_url))
            wrong = [*_missing_rows(all_rows, about["rows"]), *other]
    _write_down("hub.restore_rehearsed", {"taken_at": about["taken_at"], "fits": not (wrong or proof.wrong)})
    answer = _found(about, proof, began, wrong)
    words = (
        f"The backup of {about['taken_at']} came back in {answer['seconds']} s: {answer['entries']:,} entries, the root over "
        f"{answer['signed']:,} of them is the one that was signed. The database of this rehearsal is gone."
    )
    _answer(answer, words, json_)


# --- parts ----------------------------------------------------------------------------------------------------


def _take(path: Path, now: datetime) -> dict[str, Any]:
    from django.conf import settings

    from jigsaw.hub.audit import heads, recovery, sequencing
    from jigsaw.hub.config import secrets
    from jigsaw.hub.kit import backups, prepare

    home = Path(settings.HOME)
    if not (home / "secrets" / BACKUP_KEY).exists():
        to_person_aside.print(
            f"A key was made: {home / 'secrets' / BACKUP_KEY}. No backup opens without it. Keep a copy of it and of the "
            "other keys there, away from this machine and from the backups.",
            highlight=False,
            soft_wrap=True,
        )
    key = secrets.key(home, BACKUP_KEY)
    # Written down first: no entry, no copy of everything. And signed for, so that a rehearsal proves that too.
    _write_down("hub.backed_up", {"file": path.name})
    sequencing.place_all()
    heads.publish(now=now)
    keys = _fingerprints(home)

    def describe(connection: Any) -> dict[str, Any]:
        taken_at = now.isoformat(timespec="seconds")
        return {"version": 1, "taken_at": taken_at, "audit": recovery.described(connection), "keys": keys}

    return backups.take(path, given=prepare.databases(), home=home, key=key, describe=describe)


def _write_down(action: str, detail: dict[str, Any]) -> None:
    from django.db import transaction
    from django.utils import timezone

    from jigsaw.hub.audit import operations

    with transaction.atomic():
        operations.record(actor=THE_HUB, action=action, detail=detail, now=timezone.now())


def _missing_rows(url: str, rows: dict[str, int]) -> list[str]:
    """Tables with fewer rows than when the backup was taken (a newer release may have added some)."""
    from jigsaw.hub.kit import backups, postgres

    with postgres.connect(url) as connection:
        found = backups.rows(connection)
    return [
        f"The table {name} had {many} rows, and has {found.get(name, 0)}."
        for name, many in sorted(rows.items())
        if found.get(name, 0) < many
    ]


# --- keys -----------------------------------------------------------------------------------------------------


def _fingerprints(home: Path) -> dict[str, str]:
    """Of each key that belongs to a backup, letters by which it is known again and nothing can be opened."""
    folder = home / "secrets"
    return {
        path.name: sha256(
            b"jigsaw key\n" + path.name.encode() + b"\n" + path.read_bytes().strip()
        ).hexdigest()[:16]
        for path in sorted(folder.iterdir())
        if path.is_file() and path.name not in MADE_ANEW
    }


def _backup_key(home: Path) -> bytes:
    """The key that backups are sealed with; never made here, because a new one would open nothing."""
    from jigsaw.hub.config import secrets
    from jigsaw.hub.kit.postgres import DatabaseTrouble

    if not (home / "secrets" / BACKUP_KEY).exists():
        raise DatabaseTrouble(
            f"There is no {BACKUP_KEY} in {home / 'secrets'}. Put the keys that belong to the backup there, each "
            "readable by you alone (chmod 600)."
        )
    return secrets.key(home, BACKUP_KEY)


def _other_keys(home: Path, about: dict[str, Any]) -> list[str]:
    """Keys of the backup that are not here, each with what it is for."""
    here = _fingerprints(home)
    return [
        f"{name} ({LOST_WITHOUT.get(name, 'what it opens stays closed')})"
        for name, letters in about["keys"].items()
        if here.get(name) != letters
    ]


def _refuse_other_keys(home: Path, about: dict[str, Any], without: set[str]) -> None:
    from jigsaw.hub.kit.postgres import DatabaseTrouble

    other = [one for one in _other_keys(home, about) if one.partition(" ")[0] not in without]
    if other:
        raise DatabaseTrouble(
            f"These keys of the backup are not in {home / 'secrets'}, or others lie there: {'; '.join(other)}. Nothing was "
            "restored. Put them there; or, for one that is lost for good, say --without and its name."
        )


def _needs_reason(reason: str) -> None:
    from jigsaw.hub.kit.errors import Invalid

    if not reason.strip():
        raise Invalid(
            "Say why the hub is restored, and by whom.", {"reason": "This is empty."}, "Give --reason."
        )


# --- answers --------------------------------------------------------------------------------------------------


def _found(about: dict[str, Any], proof: Any, began: float, more: list[str] | None = None) -> dict[str, Any]:
    wrong = [*proof.wrong, *(more or [])]
    return {
        "taken_at": about["taken_at"],
        "seconds": round(time.monotonic() - began, 1),
        "entries": proof.entries,
        "signed": proof.signed,
        "root": proof.root,
        "rows": sum(about["rows"].values()),
        "ok": not wrong,
        "wrong": wrong,
    }


def _answer(answer: dict[str, Any], words: str, json_: bool) -> None:
    if json_:
        as_json(answer)
    else:
        to_person.print(words if answer["ok"] else "NOT AS IT WAS.", highlight=False, soft_wrap=True)
        for one in answer["wrong"]:
            to_person.print(f"  {one}", highlight=False, soft_wrap=True)
    raise typer.Exit(DONE if answer["ok"] else NEEDS_A_PERSON)
