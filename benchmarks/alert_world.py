"""`python -m benchmarks.alert_world fill PERSONS PLANS | look MANY [EVERY]`: a person index with plans, and looks timed
in it, one after another or one every so many milliseconds.

Works on the hub of JIGSAW_HOME and answers as JSON. Everybody is invented.
"""

from __future__ import annotations

import json
import random
import sys
import time
from typing import Any

SETTINGS = (("ED", "RXX01", "127.0.0.1"), ("WIC", "RXX02", "127.0.0.2"))
"""Code, ODS code (also MSH-4), and the address from which each setting's system sends."""
CLINICIAN, WORKER = "clinician@hosp.example", "feeds@hosp.example"
CHOSEN = """
    CREATE TEMP TABLE chosen AS
    SELECT record, person_id, row_number() OVER () AS place FROM (
        SELECT DISTINCT ON (person_id) id AS record, person_id FROM people_personrecord
        WHERE born > current_date - interval '17 years' ORDER BY person_id, id
    ) AS children ORDER BY md5(person_id::text) LIMIT %(plans)s
"""
FILL = (
    "UPDATE people_personrecord SET agency_id = %(agency)s FROM chosen WHERE id = record AND agency_id <> %(agency)s",
    """
    INSERT INTO unscheduled_care_plan (id, record_id, agency_id, authority_id, kind, starts_on, system, source_key,
        recorded_at, closed_as, reason)
    SELECT gen_random_uuid(), record, %(agency)s, %(authority)s,
        (ARRAY['child_protection', 'looked_after'])[1 + place %% 2], current_date - (place %% 700)::int, 'bench',
        place::text, now() - interval '1 day', '', ''
    FROM chosen
    """,
    # Two looks in the year before of each child.
    """
    INSERT INTO unscheduled_care_alert (id, reference, record_id, agency_id, plan_id, setting_id, told_at, state,
        acted_at, what_was_done)
    SELECT gen_random_uuid(), 'N-' || upper(lpad(to_hex(plan.source_key::int * 2 + nth), 8, '0')), plan.record_id,
        plan.agency_id, plan.id, setting.id, now() - (nth * 90 + plan.source_key::int %% 90) * interval '1 day',
        'acted_on', now(), 'Rang the ward.'
    FROM unscheduled_care_plan AS plan, generate_series(0, 1) AS nth, unscheduled_care_setting AS setting
    WHERE setting.code = 'ED' AND nth * 90 + plan.source_key::int %% 90 > 1
    """,
    """
    INSERT INTO unscheduled_care_access (id, plan_id, record_id, alert_id, setting_id, agency_id, how, unscheduled, at,
        practitioner_id, role)
    SELECT gen_random_uuid(), plan_id, record_id, alert.id, setting_id, setting.agency_id, 'looked', true, told_at,
        practitioner.id, 'Nurse'
    FROM unscheduled_care_alert AS alert JOIN unscheduled_care_setting AS setting ON setting.id = alert.setting_id,
        agencies_practitioner AS practitioner WHERE practitioner.email = %(clinician)s
    """,
)
# Of those with a plan and one number that is nobody else's with a plan.
WITH_PLANS = """
    SELECT split_part(r.given, ' ', 1), r.family, to_char(p.born, 'YYYYMMDD'), i.value
    FROM unscheduled_care_plan AS plan JOIN people_personrecord AS r ON r.id = plan.record_id
    JOIN people_person AS p ON p.id = r.person_id
    JOIN people_identifier AS i ON i.record_id = r.id AND i.kind = 'nhs_number' AND i.valid
    WHERE p.born IS NOT NULL AND r.given <> '' AND NOT EXISTS (
        SELECT FROM people_identifier AS other JOIN people_personrecord AS o ON o.id = other.record_id
        WHERE other.value = i.value AND other.kind = 'nhs_number' AND o.person_id <> r.person_id
    )
    ORDER BY md5(r.id::text) LIMIT %(many)s
"""
WITHOUT_PLANS = """
    SELECT split_part(r.given, ' ', 1), r.family, to_char(r.born, 'YYYYMMDD'), i.value
    FROM people_personrecord AS r
    JOIN people_identifier AS i ON i.record_id = r.id AND i.kind = 'nhs_number' AND i.valid
    WHERE r.born IS NOT NULL AND r.given <> '' AND NOT EXISTS (
        SELECT FROM people_identifier AS other JOIN people_personrecord AS o ON o.id = other.record_id
        JOIN people_personrecord AS same ON same.person_id = o.person_id
        JOIN unscheduled_care_plan AS plan ON plan.record_id = same.id WHERE other.value = i.value
    )
    LIMIT %(many)s
"""


def fill(persons: int, plans: int) -> dict[str, Any]:
    """Fill this hub, which must be empty; what it holds, and how long that took."""
    from django.db import connections
    from django.utils import timezone

    from benchmarks import index_filling
    from jigsaw.hub.kit import context, guard, prepare

    began = time.perf_counter()
    prepare.database()
    context.process_acts("tests")
    held = index_filling.fill(persons=persons, seed=1, progress=_say)
    _people_of_the_hospital(timezone.now())
    _say(f"Keeping {plans:,} plans …")
    owner = connections["owner"]
    with owner.cursor() as cursor, guard.set_aside(owner.connection):
        cursor.execute("SELECT a.id, f.authority_id FROM agencies_agency AS a "
                       "JOIN agencies_agency_authorities AS f ON f.agency_id = a.id WHERE a.code = 'CSC'")  # fmt: skip
        agency, authority = cursor.fetchone()
        values = {"plans": plans, "agency": agency, "authority": authority, "clinician": CLINICIAN}
        for statement in (CHOSEN, *FILL):
            cursor.execute(statement, values)
        cursor.execute("SELECT count(*) FROM unscheduled_care_plan")
        kept = cursor.fetchone()[0]
    with owner.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return {**held, "plans": kept, "filled_in_seconds": round(time.perf_counter() - began, 1)}


def _people_of_the_hospital(now: Any) -> None:
    from jigsaw.hub.agencies import operations as agencies
    from jigsaw.hub.agencies import queries
    from jigsaw.hub.kit.actor import SYSTEM
    from jigsaw.hub.unscheduled_care import settings

    hospital = queries.agency_by_code("HOSP")
    for email, title, role in (
        (CLINICIAN, "Nurse", "emergency_clinician"),
        (WORKER, "Analyst", "feed_worker"),
    ):
        account = agencies.Account(
            email=email, name=title, job_title=title, agency=hospital, roles=(role,), password="argon2$unusable"
        )  # fmt: skip
        agencies.add_practitioner(actor=SYSTEM, account=account, now=now)
    for code, ods, address in SETTINGS:
        settings.add(
            actor=SYSTEM, agency=hospital, code=code, name=code, ods_code=ods, facility=ods, addresses=[address],
            worked_on_by=queries.account_by_email(WORKER), now=now,
        )  # fmt: skip


# --- the look ---------------------------------------------------------------------------------------------------


def look(many: int, every: int = 0) -> dict[str, Any]:
    """Times of `many` looks by the number of a child with a plan, of as many by others', and of the page that shows
    what there is: server time by Django's client, ms, from the request to the answer with the commit between."""
    from django.db import connections
    from django.urls import reverse
    from django.utils import timezone

    from benchmarks import pages
    from jigsaw.hub.agencies import queries
    from jigsaw.hub.config import web_server
    from jigsaw.hub.kit import context, prepare

    prepare.static_files()
    context.process_acts("tests")
    with connections["default"].cursor() as cursor:
        cursor.execute(WITH_PLANS, {"many": many})
        numbers = [row[3] for row in cursor.fetchall()]
        cursor.execute(WITHOUT_PLANS, {"many": many})
        others = [row[3] for row in cursor.fetchall()]
    context.process_acts("commands")
    browser = pages.browser(queries.actor_by_email(CLINICIAN))
    asked = [(number, "look_with_plan") for number in numbers] + [
        (one, "look_without_plan") for one in others
    ]
    random.Random(1).shuffle(asked)
    times: dict[str, list[float]] = {"look": [], "look_with_plan": [], "look_without_plan": [], "shown": []}
    warm = len(asked) // 10
    due = time.monotonic()
    for place, (number, whose) in enumerate(asked):
        if place == warm:
            web_server.settle()  # as the server does
        time.sleep(max(due - time.monotonic(), 0))
        due += every / 1000
        began = time.perf_counter()
        answer = browser.post(reverse("care"), {"told": number, "care": "unscheduled"})
        took = (time.perf_counter() - began) * 1000
        if place >= warm:
            times["look"].append(took)
            times[whose].append(took)
        if answer.status_code == 302:
            began = time.perf_counter()
            shown = browser.get(answer["Location"])
            if shown.status_code != 200:
                raise RuntimeError(f"{answer['Location']} answered {shown.status_code}")
            if place >= warm:
                times["shown"].append((time.perf_counter() - began) * 1000)
    return {"times": times, "asked_at": str(timezone.now())}


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    from jigsaw.hub.cli.django_setup import setup

    setup()
    what, *numbers_told = sys.argv[1:]
    print(json.dumps({"fill": fill, "look": look}[what](*map(int, numbers_told))))
