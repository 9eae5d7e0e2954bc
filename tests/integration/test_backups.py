"""A backup opens with its key alone, comes back whole into an empty hub, and proves the log it holds."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from benchmarks import point_in_time
from django.conf import settings
from django.db import transaction
from typer.testing import CliRunner

import databases_in_tests
from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.audit import heads, operations, queries, recovery, sequencing
from jigsaw.hub.audit.models import Entry, Words
from jigsaw.hub.chronology import documents
from jigsaw.hub.chronology.models import Document, EntrySubject
from jigsaw.hub.config import recovering
from jigsaw.hub.config.command_line import app
from jigsaw.hub.kit import backups, guard, postgres, prepare
from jigsaw.hub.kit.actor import SYSTEM
from jigsaw.hub.kit.postgres import DatabaseTrouble
from jigsaw.papers import cleaning
from people_in_tests import MONDAY, Town, make_town
from practice_in_tests import Practice

KEY = b"\x05" * 32
HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def hub(django_db_setup: None, django_db_blocker: Any) -> Iterator[postgres.Databases]:
    """A hub with a town and a log of which a head is signed."""
    real, settings.AUDIT_SIGNING_KEY = settings.AUDIT_SIGNING_KEY, lambda: b"\x06" * 32
    with django_db_blocker.unblock(), databases_in_tests.fresh("jigsaw_backups") as given:
        _with_a_letter(make_town())
        with transaction.atomic():
            operations.record(actor=SYSTEM, action="tried", words="Katie Walsh", now=MONDAY)
        sequencing.place_all()
        heads.publish(now=MONDAY)
        yield given
        heads._beside(heads.origin()).unlink()
    settings.AUDIT_SIGNING_KEY = real


LETTER = b"Dear Amina, the scar is two centimetres long."


def _with_a_letter(town: Town) -> None:
    """The health visitors hold a letter, sealed under a key of its own."""
    practice = Practice(town)
    entry = practice.write(town.amina, practice.hold(town.amina))
    paper = cleaning.clean(LETTER)
    documents.attach(actor=town.amina, entry=entry.pk, title="Letter", paper=paper, scanned=False, now=MONDAY)


@pytest.fixture(scope="module")
def backup(hub: postgres.Databases, tmp_path_factory: Any) -> Path:
    path = tmp_path_factory.mktemp("backups") / "town.backup"
    take(path, hub)
    return path


def take(path: Path, given: postgres.Databases) -> dict[str, Any]:
    def describe(connection: Any) -> dict[str, Any]:
        return {"taken_at": "2026-11-22", "audit": recovery.described(connection), "keys": {}}

    return backups.take(path, given=given, home=Path(settings.HOME), key=KEY, describe=describe)


def test_it_is_sealed_and_its_owners_alone(backup: Path) -> None:
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    content = backup.read_bytes()
    assert not any(words in content for words in (b"PGDMP", b"audit_entry", b"Katie", b"taken_at"))
    assert [path.name for path in backup.parent.iterdir()] == [backup.name], "nothing half made is left"


def test_it_comes_back_whole_and_proves_its_log(hub: postgres.Databases, backup: Path) -> None:
    told = backups.description(backup, key=KEY)
    before = queries.verify()
    with transaction.atomic():
        operations.record(actor=SYSTEM, action="later", now=MONDAY)
    with prepare.empty_database("jigsaw_rehearsed") as given:
        prepare.restored(backup, given=given, key=KEY)
        proof = recovery.proved(told["audit"])
        assert not proof.wrong and (proof.entries, proof.root) == (before.entries, before.root)
        assert proof.signed == told["audit"]["size"] > 0
        assert Words.objects.get().words == "Katie Walsh"
        assert not Entry.objects.filter(action="later").exists()
        assert _letter_opened() == LETTER
        rows = backups.backup_url(given, Path(settings.HOME), os.environ)
        rows = postgres.url_of_database(rows, "jigsaw_rehearsed")
        assert recovering._missing_rows(rows, told["rows"]) == []
        assert recovering._missing_rows(rows, {"audit_entry": 10**6}) != []
        postgres.refuse_privileged(given.app_url)
        guard.refuse_unguarded(given.app_url)
        assert rights(given.owner_url) == rights(hub.owner_url), "not one right more than before"


def _letter_opened() -> bytes:
    """What whoever attached the letter is handed; it stands in no row as it is."""
    letter = Document.objects.get()
    assert LETTER not in bytes(Document._base_manager.values_list("content", flat=True).get())
    person = EntrySubject.objects.get(entry=letter.entry_id).record.person_id
    amina = agencies.actor_by_email("amina@hv.example")
    return documents.read(amina, person, letter.pk, now=MONDAY).content


def rights(url: str) -> dict[str, str]:
    """Who may do what with each table, column, function and schema, and which policies hold."""
    with postgres.connect(url) as owner:
        rows = owner.execute("""
            SELECT 'table ' || oid::regclass, coalesce(relacl,
                acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner))::text || relrowsecurity || relforcerowsecurity FROM pg_class
            WHERE relkind IN ('r', 'S', 'v') AND relnamespace::regnamespace::text IN ('public', 'guard', 'guard_secret')
            UNION ALL SELECT 'function ' || oid::regprocedure, coalesce(proacl, acldefault('f', proowner))::text || prosecdef FROM pg_proc
            WHERE pronamespace::regnamespace::text IN ('public', 'guard', 'guard_secret')
            UNION ALL SELECT 'schema ' || nspname, coalesce(nspacl, acldefault('n', nspowner))::text FROM pg_namespace WHERE nspname !~ '^pg_'
            UNION ALL SELECT 'default ' || defaclobjtype::text, defaclacl::text FROM pg_default_acl
            UNION ALL SELECT 'policy ' || tablename || policyname, qual || coalesce(with_check, '') FROM pg_policies
            UNION ALL SELECT 'trigger ' || tgrelid::regclass || tgname, tgenabled::text FROM pg_trigger
            WHERE NOT tgisinternal
        """).fetchall()
    return dict(rows)


def test_what_was_not_signed_for_shows(hub: postgres.Databases, backup: Path) -> None:
    told = backups.description(backup, key=KEY)["audit"]
    assert recovery.proved(told).wrong == ()
    assert recovery.proved(told | {"size": 10**6}).wrong
    assert recovery.proved(told | {"head": ""}).wrong
    other = told["head"].splitlines()
    other[2] = "A" * 43 + "="
    assert len(recovery.proved(told | {"head": "\n".join(other) + "\n"}).wrong) == 2, "signature and root"


def test_neither_a_hub_nor_a_file_is_ever_written_over(hub: postgres.Databases, backup: Path) -> None:
    with pytest.raises(DatabaseTrouble, match="a hub in the database"):
        backups.restore(backup, into=hub.owner_url, key=KEY)
    with pytest.raises(DatabaseTrouble, match="there already"):
        take(backup, hub)


def test_another_key_or_half_a_file_restores_nothing(
    hub: postgres.Databases, backup: Path, tmp_path: Path
) -> None:
    half = tmp_path / "half.backup"
    half.write_bytes(backup.read_bytes()[:-100])
    with prepare.empty_database("jigsaw_not_restored") as given:
        for path, key in ((backup, b"\x06" * 32), (half, KEY)):
            with pytest.raises(DatabaseTrouble, match="does not open"):
                backups.restore(path, into=given.owner_url, key=key)
        with postgres.connect(given.owner_url) as owner:
            assert backups.tables(owner) == []


def test_neither_keys_nor_sessions_are_in_it(hub: postgres.Databases, backup: Path) -> None:
    with prepare.empty_database("jigsaw_keyless") as given:
        backups.restore(backup, into=given.owner_url, key=KEY)
        with postgres.connect(given.owner_url) as owner:
            for table in backups.NOT_KEPT:
                assert owner.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


def test_a_role_that_sees_not_every_row_takes_none(hub: postgres.Databases, tmp_path: Path) -> None:
    outside = postgres.Databases(owner_url=hub.owner_url, app_url=hub.app_url, embedded=False)
    with pytest.raises(DatabaseTrouble, match="DATABASE_BACKUP_URL"):
        backups.backup_url(outside, Path(settings.HOME), {})
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_BACKUP_URL", hub.owner_url)
        with pytest.raises(DatabaseTrouble, match="bound by row-level security"):
            take(tmp_path / "x.backup", outside)
    assert list(tmp_path.iterdir()) == []


def test_keys_of_the_backup_that_are_not_here_are_named(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    folder.mkdir()
    for name in ("draft-key", "audit-signing-key", "session-key"):
        (folder / name).write_text(f"{name} of then")
    about = {"keys": recovering._fingerprints(tmp_path)}
    assert set(about["keys"]) == {"draft-key", "audit-signing-key"} and "then" not in str(about)
    recovering._refuse_other_keys(tmp_path, about, set())
    (folder / "draft-key").write_text("another")
    (folder / "audit-signing-key").unlink()
    with pytest.raises(DatabaseTrouble, match=r"audit-signing-key .*draft-key .*Nothing was restored"):
        recovering._refuse_other_keys(tmp_path, about, set())
    with pytest.raises(DatabaseTrouble, match="draft-key"):
        recovering._refuse_other_keys(tmp_path, about, {"audit-signing-key"})
    recovering._refuse_other_keys(tmp_path, about, {"audit-signing-key", "draft-key"})


def test_the_commands_take_one_rehearse_it_and_refuse_to_restore_over_a_hub(
    hub: postgres.Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepare, "databases", lambda: hub)

    def asked(*words: str) -> Any:
        return CliRunner().invoke(app, [*words])

    done = asked("backup", str(tmp_path), "--json")
    assert done.exit_code == 0, done.output
    taken = json.loads(done.stdout)
    [file] = tmp_path.iterdir()
    assert (
        str(file) == taken["file"]
        and taken["keys"]
        and Entry.objects.filter(action="hub.backed_up").count() == 1
    )
    done = asked("rehearse", str(file), "--json")
    found = json.loads(done.stdout)
    assert done.exit_code == 0 and found["ok"] and found["signed"] == found["entries"], found
    assert Entry.objects.latest("id").action == "hub.restore_rehearsed"
    done = asked("restore", str(file), "--reason", "Tried.")
    assert isinstance(done.exception, DatabaseTrouble) and "a hub in the database" in str(done.exception)
    done = asked("restore", str(file), "--reason", " ")
    assert done.exit_code == 1 and "why" in str(done.exception)


# --- into another home, and to a point in time ------------------------------------------------------------------


def _home() -> Path:
    home = Path(tempfile.mkdtemp(prefix="jigsaw-recovery-"))
    home.chmod(0o755)
    return home


def _jigsaw(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from jigsaw.hub.config.command_line import main; main()", *words]
    env = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
    return subprocess.run(
        command, env={**env, "JIGSAW_HOME": str(home)}, capture_output=True, text=True, timeout=120
    )


def test_a_restore_into_an_empty_home_begins_an_epoch_and_the_log_goes_on(
    hub: postgres.Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepare, "databases", lambda: hub)
    file, home = tmp_path / "x.backup", _home()
    assert CliRunner().invoke(app, ["backup", str(file)]).exit_code == 0
    try:
        refused = _jigsaw(home, "restore", str(file), "--reason", "Tried.")
        assert refused.returncode == 2 and "There is no backup-key" in refused.stderr
        (home / "secrets").mkdir(mode=0o700, exist_ok=True)
        for name in (*json.loads(_told(file)), recovering.BACKUP_KEY):
            shutil.copy(Path(settings.HOME) / "secrets" / name, home / "secrets" / name)
        (home / "secrets" / "draft-key").write_text("ab" * 32)
        refused = _jigsaw(home, "restore", str(file), "--reason", "Tried.")
        assert refused.returncode == 2 and "draft-key (drafts are sealed with it" in refused.stderr
        done = _jigsaw(home, "restore", str(file), "--reason", "Tried.", "--without", "draft-key", "--json")
        assert done.returncode == 0, done.stderr
        answer = json.loads(done.stdout)
        assert answer["ok"] and answer["epoch"] == 2 and answer["signed"] == answer["entries"]
        verified = json.loads(_jigsaw(home, "audit", "verify", "--json").stdout)
        assert verified["ok"] and verified["entries"] == answer["entries"] + 1, "and that it was restored"
    finally:
        postgres.stop(home)
        shutil.rmtree((home / "postgres").resolve(), ignore_errors=True)
        shutil.rmtree(home)


def _told(file: Path) -> str:
    from jigsaw.hub.config import secrets

    key = secrets.key(Path(settings.HOME), recovering.BACKUP_KEY)
    return json.dumps(list(backups.description(file, key=key)["keys"]))


def test_a_server_comes_back_as_it_was_a_moment_before_the_harm() -> None:
    """What docs/how-to/recover-to-a-point-in-time.md tells the administrator of an external server, with its programs."""
    with point_in_time.homes() as made:
        url = point_in_time.archiving(made, timeout=30)
        point_in_time.base_backup(url, made)
        with postgres.connect(url) as connection:
            connection.execute("CREATE TABLE kept (said text)")
            connection.execute("INSERT INTO kept VALUES ('after the base backup')")
            [[moment]] = connection.execute("SELECT clock_timestamp()::text").fetchall()
            time.sleep(0.05)
            connection.execute("DELETE FROM kept")
            [[last]] = connection.execute("SELECT pg_walfile_name(pg_current_wal_insert_lsn())").fetchall()
            connection.execute("SELECT pg_switch_wal()")
            until = time.monotonic() + 20
            while not (made.archive / last).exists() and time.monotonic() < until:
                time.sleep(0.05)
        postgres.stop(made.first)
        with postgres.connect(point_in_time.bring_back(made, until=moment)) as connection:
            assert connection.execute("SELECT said FROM kept").fetchall() == [("after the base backup",)]


def test_of_a_server_that_is_gone_only_what_was_not_archived_yet_is_lost() -> None:
    """A short part of `jigsaw bench recovery`: one second to wait instead of thirty."""
    with point_in_time.homes() as made:
        found = point_in_time.lost(made, seconds=3.0, timeout=1)
    assert found["gaps"] == 0 and found["acknowledged"] > found["lost"]
    assert 0 < found["lost_seconds"] <= 3.0
