"""A locked library with a published weakness is named, with the day by which SECURITY.md promises another."""

from __future__ import annotations

import json
import re
import runpy
import zipfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
TOLD = runpy.run_path(str(ROOT / "scripts/weak-libraries"))
DJANGO = TOLD["locked"]()["PyPI", "django"]


def advisory(
    version: str = "", *, name: str = "Django", severity: str = "HIGH", **more: Any
) -> dict[str, Any]:
    """One as OSV hands them out, about this version, or about all before 99."""
    events = [{"introduced": "0"}, {"fixed": "99.0"}]
    affected = {"package": {"ecosystem": "PyPI", "name": name}}
    affected |= {"versions": [version]} if version else {"ranges": [{"type": "ECOSYSTEM", "events": events}]}
    said = {
        "id": "GHSA-1",
        "aliases": ["CVE-2026-1"],
        "published": "2026-11-06T10:00:00Z",
        "affected": [affected],
    }
    return {**said, "database_specific": {"severity": severity}, **more}


def run(tmp_path: Path, *documents: dict[str, Any], on: str, more: tuple[str, ...] = ()) -> int:
    for number, one in enumerate(documents):
        (tmp_path / f"{number}.json").write_text(json.dumps(one))
    return int(TOLD["main"]([str(tmp_path), "--on", on, *more]))


@pytest.mark.parametrize(
    ("severity", "last", "late"),
    [
        ("HIGH", "2026-11-13", "2026-11-14"),
        ("MODERATE", "2026-12-06", "2026-12-07"),
        ("", "2026-11-13", "2026-11-14"),
    ],
)
def test_a_weak_library_is_late_the_day_after_its_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], severity: str, last: str, late: str
) -> None:
    assert run(tmp_path, advisory(severity=severity), on=last) == 0
    assert (
        f"django {DJANGO}: GHSA-1" in (said := capsys.readouterr().out)
        and f"by {last}; without it: 99.0" in said
    )
    assert run(tmp_path, advisory(severity=severity), on=late) == 1
    assert f"LATE since {last}" in capsys.readouterr().out


def test_what_attackers_use_has_two_working_days(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kev = tmp_path / "kev" / "known.txt"
    kev.parent.mkdir()
    kev.write_text(json.dumps({"vulnerabilities": [{"cveID": "CVE-2026-1"}]}))
    used = ("--exploited", str(kev))
    assert run(tmp_path, advisory(severity="LOW"), on="2026-11-10", more=used) == 0, "published on a Friday"
    assert run(tmp_path, advisory(severity="LOW"), on="2026-11-11", more=used) == 1
    assert "known to be used by attackers" in capsys.readouterr().out


def test_what_is_about_others_or_withdrawn_says_nothing_and_no_better_version_needs_somebody(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    others = [advisory("0.1"), advisory(name="nothing-of-ours"), advisory(withdrawn="2026-11-07T00:00:00Z")]
    assert run(tmp_path, *others, on="2027-11-06") == 0
    assert "3 advisories read, 0 weaknesses" in capsys.readouterr().out
    assert run(tmp_path, advisory(DJANGO), on="2026-11-06") == 1
    assert "NO VERSION WITHOUT IT" in capsys.readouterr().out


def test_an_archive_is_read_and_what_is_no_advisory_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("GHSA-1.json", json.dumps(advisory()))
    assert TOLD["main"]([str(tmp_path / "all.zip"), "--on", "2027-01-01"]) == 1
    (tmp_path / "no.json").write_text('{"affected": [{"package": 1}]}')
    assert TOLD["main"]([str(tmp_path / "no.json")]) == 2
    (tmp_path / "no.json").write_text("not JSON")
    assert TOLD["main"]([str(tmp_path / "no.json")]) == 2


def test_a_range_ends_before_what_fixes_it_and_begins_again() -> None:
    events = [{"fixed": "2.0"}, {"introduced": "1.0"}, {"introduced": "3.0"}, {"last_affected": "3.1"}]
    affected = {"ranges": [{"type": "ECOSYSTEM", "events": events}]}
    found = {
        one: TOLD["is_affected"](one, affected) for one in ("0.9", "1.0", "1.9", "2.0", "3.0", "3.1", "3.2")
    }
    assert [one for one, is_ in found.items() if is_] == ["1.0", "1.9", "3.0", "3.1"]


def test_the_times_are_those_that_are_promised() -> None:
    promised = re.findall(
        r"^\| (?:known|critical|any other).*\| (\d+) (working days|days)",
        (ROOT / "SECURITY.md").read_text(),
        re.M,
    )
    assert promised == [
        (str(TOLD["USED_WORKING_DAYS"]), "working days"),
        (str(TOLD["DAYS"][TOLD["HIGH"]]), "days"),
        (str(TOLD["DAYS"][TOLD["OTHER"]]), "days"),
    ]
