"""A hub in a process and a database of its own, for tests of two hubs: `python hub_of_its_own.py make|ask …`.

`make CHILDREN` prepares the database of JIGSAW_HOME and holds the children of a JSON list; `ask HUB KEY` asks another
hub about the child with that key, as the screener Grace. Either prints one JSON document.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import date
from typing import Any


def make(children: str) -> dict[str, Any]:
    from jigsaw.hub.kit import prepare
    from jigsaw.hub.people import operations as people
    from jigsaw.hub.people.records import At, Facts
    from people_in_tests import make_town

    prepare.database()
    town = make_town(timezone.now())
    for child in json.loads(children):
        home = At(line="1 Mill Road", postcode=child["postcode"], protected=child.get("protected", False))
        facts = Facts(
            given=child["given"],
            family=child["family"],
            born=date.fromisoformat(child["born"]),
            identifiers=(("nhs_number", child["nhs"]),) if "nhs" in child else (),
            addresses=(home,),
        )
        people.hold(
            actor=town.ros,
            agency=town.school.pk,
            system="sims",
            source_key=child["key"],
            facts=facts,
            now=timezone.now(),
        )
    return {"made": True}


def ask(hub: str, key: str) -> dict[str, Any]:
    from jigsaw.hub.agencies import queries as agencies
    from jigsaw.hub.partner_hubs import operations, queries
    from jigsaw.hub.partner_hubs.states import Purpose
    from jigsaw.hub.people.models import PersonRecord

    grace = agencies.actor_by_email("grace@csc.example")
    person = PersonRecord.objects.get(source_key=key).person_id
    pk = operations.ask(
        actor=grace, person=person, hub=hub, purpose=Purpose.MOVED, why="They moved.", now=timezone.now()
    )
    found = queries.question(grace, pk, now=timezone.now())
    return {"question": pk, "answer": found.answer, "why_none": found.why_none}


def asked(letter: str) -> dict[str, Any]:
    """What this hub wrote down about a question of another."""
    from jigsaw.hub.audit.models import Entry

    [entry] = Entry.objects.filter(action="partner_hub.asked_us", thing=letter)
    return {"detail": entry.detail, "people": [str(one) for one in entry.people], "purpose": entry.purpose}


def hospital(number: str) -> dict[str, Any]:
    """Two settings of the health agency send from this machine, and the child with this NHS number has a plan."""
    from benchmarks.alert_world import SETTINGS

    from jigsaw.hub.agencies import queries as agencies
    from jigsaw.hub.kit.actor import SYSTEM
    from jigsaw.hub.people import numbers
    from jigsaw.hub.unscheduled_care import operations, settings
    from plans_in_tests import PROTECTION

    [person] = numbers.persons_under(number)
    grace = agencies.actor_by_email("grace@csc.example")
    operations.keep(actor=grace, person=person, said=PROTECTION, now=timezone.now())
    works = agencies.account_by_email("amina@hv.example")
    for code, ods, address in SETTINGS:
        settings.add(
            actor=SYSTEM, agency=works.agency, code=code, name=code, ods_code=ods, facility=ods, addresses=[address],
            worked_on_by=works, now=timezone.now(),
        )  # fmt: skip
    return {"made": True}


def sign_head() -> dict[str, Any]:
    from jigsaw.hub.audit import heads, operations, sequencing
    from jigsaw.hub.kit.actor import SYSTEM

    with transaction.atomic():
        operations.record(actor=SYSTEM, action="tried", now=timezone.now())
    sequencing.place_all()
    return {"signed": heads.publish(now=timezone.now())}


def log() -> dict[str, Any]:
    """What was done here, and the alarms that sound."""
    from jigsaw.hub.audit import heads
    from jigsaw.hub.audit.models import Entry

    return {"actions": list(Entry.objects.values_list("action", flat=True)), "alarms": heads.open_alarms()}


def saw_otherwise() -> dict[str, Any]:
    """As if this hub had seen another beginning of the other's log, with the same key."""
    from jigsaw.hub.audit.models import Seen

    last = Seen.objects.latest("id")
    last.pk, last.root = None, b"\x01" * 32
    last.save(force_insert=True)
    return {"saw": last.size}


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "jigsaw.hub.config.settings"
    import django

    django.setup()
    from jigsaw.hub.kit import context

    context.process_acts("tests")
    from django.db import transaction
    from django.utils import timezone

    acts = {
        "make": make,
        "ask": ask,
        "hospital": hospital,
        "asked": asked,
        "sign_head": sign_head,
        "log": log,
        "saw_otherwise": saw_otherwise,
    }
    act = acts[sys.argv[1]]
    print(json.dumps(act(*sys.argv[2:]), default=str))
