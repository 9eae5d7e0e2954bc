"""Set up as behind TLS, has Django anything to say against these settings? Nothing."""

from __future__ import annotations

import os
import subprocess
import sys


def test_behind_tls_djangos_own_check_for_deployment_finds_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "INFO"],
        env={**os.environ, "JIGSAW_HTTPS": "1", "JIGSAW_HOSTS": "hub.sharetown.example"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout
