"""How long does a children-in-need census return take to load, and how much memory?

Writes a return of invented children, makes an empty database of its own, loads the return in a fresh process
as `jigsaw import cin` would, and drops the database again.

    python benchmarks/import_cin.py [CHILDREN]
"""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

REFERENCE = date(2026, 3, 31)
LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"


def run(children: int = 20_000) -> dict[str, Any]:
    """Load a return of this many children once; seconds and peak resident memory (MiB) of the loading process.

    `cpu_seconds` are those of the loading process alone: they mean the same on a busy machine.
    `again_seconds` is for loading the same file a second time, when nothing has changed.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "cin.xml")
        write_return(file, children)
        command = [sys.executable, __file__, "--load", str(file)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        size = file.stat().st_size
    return {
        "name": "import",
        "children": children,
        "file_mb": round(size / 2**20, 1),
        **json.loads(done.stdout),
    }


def write_return(file: Path, children: int) -> None:
    """A CIN census return of invented children, the same at every call."""
    chance = random.Random(2026)
    with file.open("w", encoding="utf-8") as out:
        out.write(
            '<?xml version="1.0" encoding="utf-8"?>\n<Message><Header><CollectionDetails><Collection>CIN'
            "</Collection><Year>2026</Year><ReferenceDate>2026-03-31</ReferenceDate></CollectionDetails>"
            "<Source><SourceLevel>L</SourceLevel><LEA>991</LEA></Source></Header><Children>\n"
        )
        for number in range(children):
            out.write(f"<Child>{''.join(_child(chance, number))}</Child>\n")
        out.write("</Children></Message>\n")


def _child(chance: random.Random, number: int) -> Iterator[str]:
    born = REFERENCE - timedelta(days=chance.randrange(30, 6500))
    yield (
        f"<ChildIdentifiers><LAchildID>SHT{number:07d}</LAchildID><UPN>{_upn(number)}</UPN>"
        f"<PersonBirthDate>{born}</PersonBirthDate><Sex>{chance.choice('MF')}</Sex></ChildIdentifiers>"
        f"<ChildCharacteristics><Ethnicity>{chance.choice(['WBRI', 'APKN', 'BAFR', 'MWBC'])}</Ethnicity>"
        f"<Disabilities><Disability>{chance.choice(['NONE', 'NONE', 'AUT', 'LD'])}</Disability></Disabilities>"
        "</ChildCharacteristics>"
    )
    for _referral in range(chance.choice([1, 1, 1, 2])):
        yield from _referral_details(chance)


def _referral_details(chance: random.Random) -> Iterator[str]:
    start = REFERENCE - timedelta(days=chance.randrange(20, 360))
    yield (
        f"<CINdetails><CINreferralDate>{start}</CINreferralDate><ReferralSource>1A</ReferralSource>"
        f"<PrimaryNeedCode>N{chance.randrange(1, 9)}</PrimaryNeedCode><ReferralNFA>0</ReferralNFA>"
        f"<Assessments><AssessmentActualStartDate>{start}</AssessmentActualStartDate>"
        "<FactorsIdentifiedAtAssessment><AssessmentFactors>3B</AssessmentFactors>"
        "<AssessmentFactors>4A</AssessmentFactors></FactorsIdentifiedAtAssessment></Assessments>"
    )
    if chance.random() < 0.6:
        yield f"<CINPlanDates><CINPlanStartDate>{start + timedelta(days=9)}</CINPlanStartDate></CINPlanDates>"
    if chance.random() < 0.3:
        yield f"<Section47><S47ActualStartDate>{start}</S47ActualStartDate></Section47>"
    if chance.random() < 0.2:
        yield (
            f"<ChildProtectionPlans><CPPstartDate>{start + timedelta(days=15)}</CPPstartDate>"
            "<InitialCategoryOfAbuse>NEG</InitialCategoryOfAbuse><NumberOfPreviousCPP>0</NumberOfPreviousCPP>"
            "</ChildProtectionPlans>"
        )
    yield "</CINdetails>"


def _upn(number: int) -> str:
    """A well-formed UPN of local authority 991, which does not exist."""
    body = (
        f"9914001{25:02d}{number % 1000:03d}"
        if number < 1000
        else f"991{4000 + number // 1000}25{number % 1000:03d}"
    )
    weights = range(2, 14)
    return LETTERS[sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 23] + body


def load(file: str) -> dict[str, Any]:
    """In this process: an empty database, the file loaded twice, what it took. Prints nothing."""
    from jigsaw.hub.cli.django_setup import setup

    setup()
    from django.utils import timezone

    from jigsaw.formats import READERS
    from jigsaw.hub.agencies import operations as agencies
    from jigsaw.hub.cli.acting import THE_HUB
    from jigsaw.hub.kit import prepare
    from jigsaw.hub.people import imports

    with prepare.fresh_database(f"jigsaw_bench_{os.getpid()}"):
        place = agencies.add_authority(
            actor=THE_HUB, gss_code="E06999991", dfe_code="991", name="Sharetown", now=timezone.now()
        )
        agency = agencies.add_agency(
            actor=THE_HUB,
            code="CSC",
            name="Children’s Social Care",
            sector="SC",
            authorities=[place],
            now=timezone.now(),
        )
        seconds, cpu_seconds = [], []
        for _time in range(2):
            began, cpu_began, now = time.monotonic(), time.process_time(), timezone.now()
            report = imports.load(
                actor=THE_HUB,
                agency=agency,
                format="cin",
                filename="cin.xml",
                reading=READERS["cin"](file, on=now.date()),
                now=now,
            )
            seconds.append(round(time.monotonic() - began, 2))
            cpu_seconds.append(round(time.process_time() - cpu_began, 2))
            if _time == 0:
                created = report.created
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "read": report.read,
        "created": created,
        "unchanged_again": report.unchanged,
        "seconds": seconds[0],
        "cpu_seconds": cpu_seconds[0],
        "again_seconds": seconds[1],
        "children_per_second": round(report.read / seconds[0]),
        "peak_mb": round(peak, 1),
    }


if __name__ == "__main__":
    if "--load" in sys.argv:
        print(json.dumps(load(sys.argv[2])))
    else:
        print(json.dumps(run(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000), indent=2))
