"""Any PostgreSQL 16 or newer by DATABASE_URL: the whole journey on a second server, over TCP."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from jigsaw.hub.kit import postgres


@pytest.fixture(scope="module")
def council_server() -> Iterator[str]:
    """Another server of the oldest supported version: the address a council would give."""
    with tempfile.TemporaryDirectory(prefix="jigsaw-council-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        running = postgres.start(home, major=16)
        password = (home / "secrets" / "postgres-superuser").read_text().strip()
        superuser = f"postgresql://postgres:{password}@127.0.0.1:{running.port}/postgres"
        with postgres.connect(superuser) as connection:
            connection.execute("CREATE ROLE council LOGIN CREATEDB CREATEROLE PASSWORD 'in-office-hours'")
            connection.execute("CREATE DATABASE safeguarding OWNER council")
            connection.execute("DROP ROLE jigsaw_app")
        yield f"postgresql://council:in-office-hours@127.0.0.1:{running.port}/safeguarding"
        postgres.stop(home)


def test_the_journey_runs_on_a_council_s_own_server(council_server: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "jigsaw", "demo", "--headless", "--json"],
        env={**os.environ, "JIGSAW_HOME": str(tmp_path), "DATABASE_URL": council_server},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["audit"]["ok"] and all(request["answered"] for request in report["requests"])
    assert not (tmp_path / "postgres").exists(), "nothing embedded was started"
