"""Does the embedded PostgreSQL start, heal and stop, and is the service's role as humble as promised?"""

import contextlib
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from jigsaw.hub.kit import postgres, postgres_place
from jigsaw.hub.kit.postgres import Databases, DatabaseTrouble


def _pid(home: Path) -> int:
    pid = postgres.status(home).pid
    assert pid is not None
    return pid


def _remove(home: Path) -> None:
    postgres.stop(home)
    shutil.rmtree((home / "postgres").resolve(), ignore_errors=True)
    shutil.rmtree(home, ignore_errors=True)


@contextlib.contextmanager
def _new_home() -> Iterator[Path]:
    """A JIGSAW_HOME that the database's system account can enter, unlike pytest's tmp_path under root."""
    home = Path(tempfile.mkdtemp(prefix="jigsaw-test-"))
    home.chmod(0o755)
    try:
        yield home
    finally:
        _remove(home)


@pytest.fixture(scope="module")
def shared_home() -> Iterator[Path]:
    with _new_home() as home:
        postgres.start(home)
        postgres.prepare_roles(postgres.databases(home, {}))
        yield home


@pytest.fixture
def home(shared_home: Path) -> Path:
    """The shared cluster, running, whatever the test before did to it."""
    postgres.ensure_started(shared_home)
    return shared_home


@pytest.fixture
def given(home: Path) -> Databases:
    return postgres.databases(home, {})


@pytest.fixture
def note(given: Databases) -> Callable[[], str]:
    """Something committed, to be found again: calling the fixture reads it back through the app role."""
    words = f"written before {time.monotonic_ns()}"
    with postgres.connect(given.owner_url) as owner:
        owner.execute("CREATE TABLE IF NOT EXISTS note (id int PRIMARY KEY, words text)")
    with postgres.connect(given.app_url) as app:
        app.execute("DELETE FROM note")
        app.execute("INSERT INTO note VALUES (1, %s)", [words])

    def read() -> str:
        with postgres.connect(given.app_url) as app:
            row = app.execute("SELECT words FROM note WHERE id = 1").fetchone()
        assert row is not None and row[0] == words
        return words

    return read


def _one(url: str, query: str) -> object:
    with postgres.connect(url) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


# --- starting and stopping ----------------------------------------------------------------------


def test_a_first_start_makes_a_cluster_that_trusts_nobody(home: Path, given: Databases) -> None:
    assert given.embedded
    rules = (home / "postgres" / "data" / "pg_hba.conf").read_text().splitlines()
    methods = {line.split()[-1] for line in rules if line and not line.startswith("#")}
    assert methods == {"scram-sha-256"}
    found = postgres.status(home)
    with pytest.raises(psycopg.OperationalError, match="no password supplied"):
        psycopg.connect(host=found.socket_dir, port=found.port, user="postgres", dbname="postgres")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(host="127.0.0.1", port=found.port, user="jigsaw_app", password="x", dbname="jigsaw")


def test_it_speaks_utf8_and_sorts_the_same_everywhere(given: Databases) -> None:
    assert _one(given.app_url, "SHOW server_encoding") == "UTF8"
    assert _one(given.app_url, "SELECT upper('zoë ł')") == "ZOË Ł"
    assert _one(given.app_url, "SHOW timezone") == "UTC"


def test_it_is_durable(given: Databases) -> None:
    assert _one(given.app_url, "SHOW fsync") == "on"
    assert _one(given.app_url, "SHOW synchronous_commit") == "on"
    assert _one(given.app_url, "SHOW data_checksums") == "on"


def test_secrets_are_readable_by_their_owner_alone(home: Path, given: Databases) -> None:
    folder = home / "secrets"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    passwords = [path.read_text() for path in folder.iterdir()]
    assert len(set(passwords)) == len(passwords) >= 3
    assert all(len(password) >= 32 for password in passwords)


def test_addresses_hide_their_passwords_when_shown(given: Databases, home: Path) -> None:
    assert (home / "secrets" / "postgres-app").read_text() in given.app_url
    assert (home / "secrets" / "postgres-app").read_text() not in repr(given)


def test_a_restart_keeps_data_and_port(home: Path, note: Callable[[], str]) -> None:
    port = postgres.status(home).port
    assert postgres.stop(home)
    assert postgres.status(home).state == "stopped" and not postgres.crashed(home)
    assert not postgres.stop(home)
    assert postgres.start(home).port == port
    assert note()


def test_starting_what_runs_changes_nothing(home: Path) -> None:
    before = _pid(home)
    assert postgres.start(home).pid == before
    assert postgres.ensure_started(home).pid == before


def test_another_program_on_its_port_makes_it_choose_a_new_one(home: Path, note: Callable[[], str]) -> None:
    old = postgres.status(home).port
    postgres.stop(home)
    with socket.socket() as squatter:
        squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        squatter.bind(("127.0.0.1", old or 0))
        squatter.listen()
        found = postgres.start(home)
    assert found.port != old
    assert _one(postgres.databases(home, {}).app_url, "SELECT count(*) FROM note") == 1


def test_starters_in_several_processes_get_one_server() -> None:
    program = (
        "import sys, pathlib; from jigsaw.hub.kit import postgres as p; h = pathlib.Path(sys.argv[1]);"
        "d = p.databases(h, {}); p.prepare_roles(d); p.connect(d.app_url).close(); print(p.status(h).pid)"
    )
    with _new_home() as home:
        starters = [
            subprocess.Popen([sys.executable, "-c", program, str(home)], stdout=subprocess.PIPE, text=True)
            for _ in range(3)
        ]
        answers = {starter.communicate(timeout=60)[0].strip() for starter in starters}
        assert [starter.returncode for starter in starters] == [0, 0, 0]
        assert answers == {str(_pid(home))}


def test_a_starter_killed_before_the_roles_were_in_order_is_made_up_for(home: Path, given: Databases) -> None:
    with postgres.connect(_superuser_url(home)) as superuser:
        superuser.execute("ALTER ROLE jigsaw_app NOLOGIN")
    (home / "postgres" / "prepared").unlink()
    before = _pid(home)
    assert postgres.ensure_started(home).pid == before
    assert _one(given.app_url, "SELECT 1") == 1


def test_a_long_home_still_has_a_socket_short_enough_for_the_kernel() -> None:
    with _new_home() as short:
        home = short / ("long, and 'odd' " * 6) / "var"
        try:
            found = postgres.start(home)
            assert found.socket_dir is not None and len(found.socket_dir) < 90
            assert stat.S_IMODE(os.stat(found.socket_dir).st_mode) == 0o700
            postgres.prepare_roles(postgres.databases(home, {}))
        finally:
            _remove(home)
        assert not Path(found.socket_dir).exists(), "a stopped server leaves nothing outside its home"


def test_a_home_the_account_cannot_enter_works_too() -> None:
    with _new_home() as outer:
        outer.chmod(0o700)
        home = outer / "var"
        try:
            postgres.start(home)
            assert (home / "postgres" / "data" / "PG_VERSION").exists()
            assert (home / "postgres").is_symlink() == (os.geteuid() == 0)
            postgres.prepare_roles(postgres.databases(home, {}))
        finally:
            _remove(home)


# --- healing ------------------------------------------------------------------------------------


def test_after_kill_9_nothing_committed_is_lost(home: Path, note: Callable[[], str]) -> None:
    for _ in range(3):
        os.kill(_pid(home), signal.SIGKILL)
        _wait_until_dead(home)
        assert postgres.crashed(home), "which is what the service heals by itself"
        started = time.monotonic()
        postgres.start(home)
        assert time.monotonic() - started < 10
        assert note() and not postgres.crashed(home)


def test_orphans_at_work_are_ended_before_a_new_server_starts(
    home: Path, given: Databases, note: Callable[[], str]
) -> None:
    with psycopg.connect(given.app_url, autocommit=True) as connection:
        backend = psutil.Process(connection.info.backend_pid)
        backend.suspend()  # a backend that cannot notice that its postmaster died
        os.kill(_pid(home), signal.SIGKILL)
        _wait_until_dead(home)
        postgres.start(home)
        assert not backend.is_running() or backend.status() == psutil.STATUS_ZOMBIE
    assert note()


def test_a_zombie_postmaster_counts_as_dead(home: Path, note: Callable[[], str]) -> None:
    zombie = os.fork()
    if zombie == 0:
        os._exit(0)
    try:
        while psutil.Process(zombie).status() != psutil.STATUS_ZOMBIE:
            time.sleep(0.01)
        _restart_over_a_pid_file_naming(home, zombie)
        assert psutil.Process(zombie).status() == psutil.STATUS_ZOMBIE
        assert note()
    finally:
        os.waitpid(zombie, 0)


def test_a_pid_inherited_by_another_program_counts_as_dead(home: Path, note: Callable[[], str]) -> None:
    with subprocess.Popen(["sleep", "60"]) as other:
        try:
            _restart_over_a_pid_file_naming(home, other.pid)
            assert other.poll() is None, "a program that is not ours was harmed"
            assert note()
        finally:
            other.kill()


def test_a_pid_inherited_by_another_database_counts_as_dead(home: Path, note: Callable[[], str]) -> None:
    with _new_home() as elsewhere:
        other = postgres.start(elsewhere).pid
        assert other is not None
        _restart_over_a_pid_file_naming(home, other)
        assert _pid(elsewhere) == other
        assert note()


def test_an_unreadable_pid_file_is_cleared_away(home: Path, note: Callable[[], str]) -> None:
    postgres.stop(home)
    (home / "postgres" / "data" / "postmaster.pid").write_text("")
    postgres.start(home)
    assert note()


def test_half_an_initdb_is_done_over() -> None:
    with _new_home() as home:
        partial = home / "postgres" / "data.partial"
        partial.mkdir(parents=True)
        (partial / "PG_VERSION").write_text("18\n")
        (partial / "rubbish").write_text("left by a power cut")
        postgres.start(home)
        assert not partial.exists()
        assert not (home / "postgres" / "data" / "rubbish").exists()


def test_a_lost_superuser_password_is_set_anew(home: Path, note: Callable[[], str]) -> None:
    postgres.stop(home)
    (home / "secrets" / "postgres-superuser").unlink()
    postgres.start(home)
    assert note()


def test_a_lost_app_password_is_set_anew_at_the_next_start(home: Path) -> None:
    postgres.stop(home)
    (home / "secrets" / "postgres-app").unlink()
    assert _one(postgres.databases(home, {}).app_url, "SELECT 1") == 1


def test_wrong_ownership_is_put_right_or_explained(home: Path, note: Callable[[], str]) -> None:
    postgres.stop(home)
    data = home / "postgres" / "data"
    if os.geteuid() == 0:
        os.chown(data, 0, 0)
        os.chown(data / "PG_VERSION", 0, 0)
        postgres.start(home)
        assert note()
        assert (data / "PG_VERSION").stat().st_uid == data.stat().st_uid != 0
    postgres.stop(home)
    stranger = postgres_place.Account(name="", uid=data.stat().st_uid + 1, gid=0, switch=False)
    with pytest.raises(DatabaseTrouble, match="chown -R"):
        postgres_place.ensure_ownership(data, stranger)


def test_a_server_that_will_not_start_shows_the_end_of_its_log(home: Path) -> None:
    postgres.stop(home)
    settings = home / "postgres" / "data" / "postgresql.conf"
    whole = settings.read_text()
    settings.write_text(whole + "\nshared_buffers = 'plenty'\n")
    try:
        with pytest.raises(DatabaseTrouble, match=r"did not start[\s\S]*shared_buffers"):
            postgres.start(home)
    finally:
        settings.write_text(whole)


def _wait_until_dead(home: Path) -> None:
    deadline = time.monotonic() + 10
    while postgres.status(home).state != "stopped":
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _restart_over_a_pid_file_naming(home: Path, pid: int) -> None:
    """Start where a dead server left its pid file and its socket's lock file, both naming ``pid``."""
    lock = Path(str(postgres.status(home).socket_dir), f".s.PGSQL.{postgres.status(home).port}.lock")
    pid_file = home / "postgres" / "data" / "postmaster.pid"
    old = pid_file.read_text()
    os.kill(_pid(home), signal.SIGKILL)
    _wait_until_dead(home)
    stale = old.split("\n", 1)[1]
    pid_file.write_text(f"{pid}\n{stale}")
    lock.write_text(f"{pid}\n{stale}")
    assert postgres.status(home).state == "stopped"
    assert postgres.start(home).pid != pid


# --- roles --------------------------------------------------------------------------------------


def test_the_app_role_is_humble(given: Databases) -> None:
    query = (
        "SELECT rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole OR rolreplication"
        " FROM pg_roles WHERE rolname = session_user"
    )
    assert _one(given.app_url, query) is False
    postgres.refuse_privileged(given.app_url)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "CREATE TEMPORARY TABLE mine (id int)",
        "CREATE SCHEMA mine",
        "CREATE DATABASE mine",
        "CREATE ROLE mine",
        "ALTER TABLE note DISABLE ROW LEVEL SECURITY",
        "TRUNCATE note",
        "DROP TABLE note",
        "SET ROLE jigsaw_owner",
        "SET log_min_messages = 'debug1'",
        "COPY note TO PROGRAM 'cat'",
    ],
)
def test_the_app_role_may_not(given: Databases, note: Callable[[], str], statement: str) -> None:
    with postgres.connect(given.app_url) as app, pytest.raises(psycopg.Error) as refused:
        app.execute(statement)
    assert refused.value.sqlstate == "42501"  # insufficient privilege, and not some other mistake
    assert note()


def test_the_app_role_uses_what_the_owner_makes_later(given: Databases) -> None:
    with postgres.connect(given.owner_url) as owner:
        owner.execute("CREATE TABLE later (id bigserial PRIMARY KEY, words text)")
        try:
            with postgres.connect(given.app_url) as app:
                app.execute("INSERT INTO later (words) VALUES ('a')")
                app.execute("UPDATE later SET words = 'b'")
                assert app.execute("SELECT words FROM later").fetchone() == ("b",)
                app.execute("DELETE FROM later")
        finally:
            owner.execute("DROP TABLE later")


def test_preparing_again_does_not_give_back_what_a_migration_revoked(given: Databases) -> None:
    with postgres.connect(given.owner_url) as owner:
        owner.execute("CREATE TABLE strict (id int)")
        try:
            owner.execute("REVOKE UPDATE, DELETE ON strict FROM jigsaw_app")
            postgres.prepare_roles(given)
            with postgres.connect(given.app_url) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute("DELETE FROM strict")
        finally:
            owner.execute("DROP TABLE strict")


def test_the_owner_is_no_superuser(given: Databases) -> None:
    query = "SELECT rolsuper OR rolbypassrls OR rolcreaterole FROM pg_roles WHERE rolname = session_user"
    assert _one(given.owner_url, query) is False


def test_what_was_typed_stays_out_of_the_log(home: Path, given: Databases) -> None:
    with postgres.connect(given.app_url) as app, contextlib.suppress(psycopg.Error):
        app.execute("SELECT CAST(%s AS date)", ["told-in-confidence"])
    with postgres.connect(given.app_url) as app, contextlib.suppress(psycopg.Error):
        app.execute("SELECT 'told-in-confidence' FROM nowhere")
    logs = list((home / "postgres" / "log").glob("*.log"))
    assert logs
    assert not [path for path in logs if "told-in-confidence" in path.read_text()]


# --- refusing a privileged service --------------------------------------------------------------


def _superuser_url(home: Path) -> str:
    password = (home / "secrets" / "postgres-superuser").read_text()
    return f"postgresql://postgres:{password}@127.0.0.1:{postgres.status(home).port}/jigsaw"


@pytest.mark.parametrize(
    ("make", "unmake", "words"),
    [
        ("ALTER ROLE jigsaw_app SUPERUSER", "ALTER ROLE jigsaw_app NOSUPERUSER", "superuser"),
        ("ALTER ROLE jigsaw_app BYPASSRLS", "ALTER ROLE jigsaw_app NOBYPASSRLS", "BYPASSRLS"),
        ("GRANT jigsaw_owner TO jigsaw_app", "REVOKE jigsaw_owner FROM jigsaw_app", "the table note"),
        ("CREATE TABLE won (); ALTER TABLE won OWNER TO jigsaw_app", "DROP TABLE won", "the table won"),
        (
            "ALTER DATABASE jigsaw OWNER TO jigsaw_app",
            "ALTER DATABASE jigsaw OWNER TO jigsaw_owner",
            "the database jigsaw",
        ),
    ],
)
def test_a_privileged_app_role_is_refused(
    home: Path, given: Databases, note: Callable[[], str], make: str, unmake: str, words: str
) -> None:
    with postgres.connect(_superuser_url(home)) as superuser:
        superuser.execute(make)
        try:
            with pytest.raises(DatabaseTrouble, match=words):
                postgres.refuse_privileged(given.app_url)
        finally:
            superuser.execute(unmake)
    postgres.refuse_privileged(given.app_url)


def test_an_open_connection_can_be_asked_and_stays_open(given: Databases) -> None:
    with postgres.connect(given.app_url) as app:
        postgres.refuse_privileged(app)
        assert app.execute("SELECT 1").fetchone() == (1,)
    with pytest.raises(DatabaseTrouble, match="owns the database jigsaw"):
        postgres.refuse_privileged(given.owner_url)


# --- databases for tests ------------------------------------------------------------------------


def test_databases_are_copied_and_dropped(given: Databases) -> None:
    first = postgres.create_database(given.owner_url, "first")
    with postgres.connect(first) as owner:
        owner.execute("CREATE TABLE kept (id int)")
    second = postgres.create_database(given.owner_url, "second", template="first")
    try:
        assert _one(second, "SELECT count(*) FROM kept") == 0
        with pytest.raises(DatabaseTrouble, match="already"):
            postgres.create_database(given.owner_url, "second")
        with postgres.connect(first), pytest.raises(DatabaseTrouble, match="in use"):
            postgres.create_database(given.owner_url, "third", template="first")
    finally:
        postgres.drop_database(given.owner_url, "second")
        postgres.drop_database(given.owner_url, "first")
    postgres.drop_database(given.owner_url, "first")
    with pytest.raises(DatabaseTrouble, match="no such role or database"):
        postgres.connect(second)


# --- an external server -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def external() -> Iterator[str]:
    """The superuser's TCP address on a second server, of the oldest version that Jigsaw supports."""
    with _new_home() as home:
        postgres.start(home, major=16)
        yield _superuser_url(home)


@pytest.fixture
def admin(external: str) -> Iterator[str]:
    """An ordinary administering role with an empty database of its own, as an office would be given."""
    with postgres.connect(external) as superuser:
        superuser.execute("CREATE ROLE council LOGIN CREATEROLE PASSWORD 'p@ss/word'")
        superuser.execute("CREATE DATABASE safeguarding OWNER council")
        superuser.execute("DROP ROLE jigsaw_app")
        try:
            yield external.replace(external.split("@")[0], "postgresql://council:p%40ss%2Fword").replace(
                "/jigsaw", "/safeguarding"
            )
        finally:
            superuser.execute("DROP DATABASE safeguarding WITH (FORCE)")
            superuser.execute("DROP ROLE council")
            superuser.execute("DROP ROLE IF EXISTS plain")
            superuser.execute("DROP ROLE IF EXISTS jigsaw_app")
            superuser.execute("CREATE ROLE jigsaw_app")


def test_one_address_makes_the_app_role_itself(admin: str, tmp_path: Path) -> None:
    given = postgres.databases(tmp_path, {"DATABASE_URL": admin})
    assert (given.embedded, given.owner_url) == (False, admin)
    for _ in range(2):
        postgres.prepare_roles(given)
    assert _one(given.app_url, "SELECT user || ' in ' || current_database()") == "jigsaw_app in safeguarding"
    postgres.refuse_privileged(given.app_url)
    assert not (tmp_path / "postgres").exists(), "no embedded server is made beside an external one"


def test_a_lost_password_of_our_own_app_role_is_renewed(admin: str, tmp_path: Path) -> None:
    postgres.prepare_roles(postgres.databases(tmp_path, {"DATABASE_URL": admin}))
    (tmp_path / "secrets" / "external-app").unlink()
    given = postgres.databases(tmp_path, {"DATABASE_URL": admin})
    postgres.prepare_roles(given)
    postgres.refuse_privileged(given.app_url)


def test_two_addresses_are_taken_as_given(admin: str, external: str, tmp_path: Path) -> None:
    with postgres.connect(external) as superuser:
        superuser.execute("CREATE ROLE plain LOGIN PASSWORD 'plain'")
    app = admin.replace("council:p%40ss%2Fword", "plain:plain")
    given = postgres.databases(tmp_path, {"DATABASE_URL": app, "DATABASE_OWNER_URL": admin})
    postgres.prepare_roles(given)
    with postgres.connect(given.owner_url) as owner:
        owner.execute("CREATE TABLE shown (id int)")
    assert _one(given.app_url, "SELECT count(*) FROM shown") == 0
    assert not (tmp_path / "secrets").exists()


def test_a_wrong_password_is_never_changed_but_explained(admin: str, external: str, tmp_path: Path) -> None:
    with postgres.connect(external) as superuser:
        superuser.execute("CREATE ROLE plain LOGIN PASSWORD 'plain'")
    app = admin.replace("council:p%40ss%2Fword", "plain:mistyped")
    given = postgres.databases(tmp_path, {"DATABASE_URL": app, "DATABASE_OWNER_URL": admin})
    with pytest.raises(DatabaseTrouble, match=r"refused the password: role 'plain'.*DATABASE_URL") as refused:
        postgres.prepare_roles(given)
    assert "mistyped" not in str(refused.value)
    assert _one(app.replace("mistyped", "plain"), "SELECT 1") == 1


def test_an_owner_who_may_not_make_roles_is_told_what_to_ask_for(
    admin: str, external: str, tmp_path: Path
) -> None:
    with postgres.connect(external) as superuser:
        superuser.execute("ALTER ROLE council NOCREATEROLE")
    given = postgres.databases(tmp_path, {"DATABASE_URL": admin})
    with pytest.raises(DatabaseTrouble, match="CREATE ROLE jigsaw_app LOGIN PASSWORD"):
        postgres.prepare_roles(given)


def test_a_server_that_is_not_there_is_named(tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        with pytest.raises(DatabaseTrouble, match=f"does not answer.*127.0.0.1:{port}"):
            postgres.connect(f"postgresql://someone:secret@127.0.0.1:{port}/safeguarding")


@pytest.mark.parametrize(
    "environ",
    [
        {"DATABASE_URL": "not an address"},
        {"DATABASE_URL": "postgresql://somewhere/"},
        {"DATABASE_URL": "mysql://role:secret@somewhere/safeguarding"},
        {"DATABASE_OWNER_URL": "postgresql://role:secret@somewhere/safeguarding"},
    ],
)
def test_an_address_that_cannot_be_read_is_refused_in_words(tmp_path: Path, environ: dict[str, str]) -> None:
    with pytest.raises(DatabaseTrouble, match="DATABASE_URL") as refused:
        postgres.databases(tmp_path, environ)
    assert "secret" not in str(refused.value)


# --- what Django is told ------------------------------------------------------------------------


def test_django_is_told_everything_the_address_says(given: Databases) -> None:
    entry = postgres.django_database(given.app_url)
    assert entry["ENGINE"] == "django.db.backends.postgresql"
    with psycopg.connect(
        host=entry["HOST"],
        port=entry["PORT"],
        user=entry["USER"],
        password=entry["PASSWORD"],
        dbname=entry["NAME"],
        **entry["OPTIONS"],
    ) as connection:
        assert connection.info.user == "jigsaw_app"


def test_an_external_address_keeps_its_options() -> None:
    entry = postgres.django_database("postgresql://r:p%40ss@db.example:6543/safe?sslmode=verify-full")
    assert (entry["HOST"], entry["PORT"], entry["PASSWORD"]) == ("db.example", "6543", "p@ss")
    assert entry["OPTIONS"] == {"sslmode": "verify-full"}


def test_the_launcher_needs_no_django() -> None:
    program = "import sys, jigsaw.hub.kit.postgres; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0


# --- for people ---------------------------------------------------------------------------------


def test_people_can_start_ask_and_stop(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JIGSAW_HOME", str(home))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("DATABASE_OWNER_URL", raising=False)
    answers = []
    for verb in ("status", "stop", "stop", "status", "start", "urls"):
        assert postgres.main([verb]) == 0
        answers.append(capsys.readouterr().out.split()[0])
    assert answers[:5] == ["running", "stopped", "was", "stopped", "running"]
    assert answers[5].startswith("DATABASE_OWNER_URL=postgresql://jigsaw_owner:")
    monkeypatch.setenv("DATABASE_URL", "postgresql://role:secret@somewhere/safeguarding")
    assert postgres.main(["stop"]) == 2
    assert "DATABASE_URL is set" in capsys.readouterr().err
