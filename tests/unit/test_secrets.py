"""The hub's secrets: made once, kept for their owner alone, or given by the environment."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from jigsaw.hub.config import secrets

GIVEN = "ab" * 32


def test_a_key_is_made_once_and_its_owners_alone(tmp_path: Path) -> None:
    made = secrets.key(tmp_path, "draft-key")
    assert len(made) == 32
    assert secrets.key(tmp_path, "draft-key") == made
    assert stat.S_IMODE((tmp_path / "secrets" / "draft-key").stat().st_mode) == 0o600


def test_what_the_environment_gives_goes_before_the_file_and_is_not_ours_to_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = secrets.key(tmp_path, "draft-key")
    monkeypatch.setenv("JIGSAW_SECRET_DRAFT_KEY", f"{GIVEN} {before.hex()}\n")
    assert secrets.key_ring(tmp_path, "draft-key") == [bytes.fromhex(GIVEN), before]
    with pytest.raises(RuntimeError, match="JIGSAW_SECRET_DRAFT_KEY"):
        secrets.change_key(tmp_path, "draft-key", bytes(32))
    monkeypatch.setenv("JIGSAW_SECRET_DRAFT_KEY", " ")
    assert secrets.key(tmp_path, "draft-key") == before, "an empty one gives nothing"


def test_a_key_that_others_can_read_or_that_is_empty_is_refused(tmp_path: Path) -> None:
    secrets.key(tmp_path, "draft-key")
    path = tmp_path / "secrets" / "draft-key"
    path.chmod(0o644)
    with pytest.raises(RuntimeError, match="chmod 600"):
        secrets.key(tmp_path, "draft-key")
    path.chmod(0o600)
    path.write_text("")
    with pytest.raises(RuntimeError, match="is empty"):
        secrets.key(tmp_path, "draft-key")
