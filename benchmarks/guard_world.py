"""Worlds made by chance, to ask the database of them who sees what.

A few agencies, practitioners, persons, records and all that hangs on them; lent, released and ended at a few
times, on which the questions fall exactly too. Rows are inserted as the hub and never committed: foreign keys to
what is not there are not asked for until then.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg

from benchmarks import guard_world_kept
from benchmarks.guard_model import KEYS, Who
from jigsaw.hub.kit import context

START = datetime(2026, 11, 16, 10, 0, tzinfo=UTC)
TIMES = [START + timedelta(minutes=10 * step) for step in range(5)]
AGENCIES, PRACTITIONERS, PERSONS, RECORDS, ENTRIES, REQUESTS, CONCERNS = 5, 10, 40, 90, 110, 30, 24


@dataclass
class World:
    """Rows by table, and who may ask of them."""

    agencies: list[str]
    practitioners: list[tuple[str, str]]
    """(practitioner, agency)"""
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def askers(self) -> Iterator[Who]:
        """The hub, nobody, and every practitioner at every time: first those times at which most is lent and told."""
        yield Who(hub=True, at=TIMES[0])
        yield Who()
        yield from (Who(*one, at=TIMES[place]) for place in (2, 3, 1, 4, 0) for one in self.practitioners)


class _Dice(random.Random):
    def id(self) -> str:
        return str(UUID(int=self.getrandbits(128), version=4))

    def mostly(self, true: str, others: list[str]) -> str:
        """What is said of whose a row is, and now and then what somebody made up."""
        return self.choice(others) if self.random() < 0.1 else true

    def span(self) -> tuple[datetime, datetime | None]:
        begins = self.choice(TIMES)
        ends = self.choice([None, *(at for at in TIMES if at > begins)])
        return begins, ends


def make(seed: int) -> World:
    """A world; another seed makes another."""
    dice = _Dice(seed)
    agencies = [dice.id() for _ in range(AGENCIES)]
    world = World(agencies, [(dice.id(), agencies[place % AGENCIES]) for place in range(PRACTITIONERS)])
    persons = [{"id": dice.id()} for _ in range(PERSONS)]
    records = [
        {"id": (pk := dice.id()), "agency_id": dice.choice(agencies), "person_id": dice.choice(persons)["id"],
         "source_key": pk}
        for _ in range(RECORDS)
    ]  # fmt: skip
    world.rows = {"people_person": persons, "people_personrecord": records}
    world.rows |= _on_records(dice, records) | _rights(dice, world, records) | _index(dice, persons, records)
    world.rows |= _plans(dice, agencies, records)
    world.rows |= _imports(dice, agencies) | _happened(dice, agencies, records)
    world.rows |= _asked(dice, agencies, records)
    world.rows |= _answered(
        dice, world.rows["information_requests_recipient"], world.rows["chronology_entry"]
    )
    world.rows |= _raised(dice, agencies, records)
    world.rows |= _enquired(dice, agencies, records, world.rows["referrals_referral"])
    world.rows |= _decided(dice, world)
    world.rows |= _corrected(dice, world) | guard_world_kept.between_hubs(
        dice, world.practitioners, world.rows
    )
    # Last, so that the rest of the world is as it was without them.
    happened = world.rows["chronology_entry"], world.rows["chronology_release"]
    world.rows |= guard_world_kept.documents(dice, agencies, *happened)
    world.rows |= guard_world_kept.rows(
        dice, agencies=agencies, practitioners=world.practitioners, known=world.rows, start=START
    )
    return world


def _on_records(dice: _Dice, records: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    number = iter(range(1, 1_000_000))

    def each(share: float, **values: Any) -> list[dict[str, Any]]:
        chosen = [record for record in records if dice.random() < share]
        return [{"id": next(number), "record_id": record["id"], **values} for record in chosen]

    homes = each(0.9)
    for home in homes:
        home["protected"] = dice.random() < 0.25
    ties = []
    for _ in range(60):
        one, other = dice.sample(records, 2)
        ties.append(
            {"id": next(number), "record_id": one["id"], "to_id": other["id"], "kind": f"K{len(ties)}"}
        )
    asked = [
        {**row, "id": dice.id(), "state": "asked", "answered_at": None, "asked_at": START}
        for row in each(0.3)
    ]
    standings = [{**row, "id": dice.id(), "standing": "disputed", "reason": "Said"} for row in each(0.3)]
    return {
        "people_identifier": each(0.8),
        "people_address": homes,
        "people_contact": each(0.5),
        "people_relationship": ties,
        "people_involvement": each(0.6),
        "people_trace": asked,
        "people_numberstanding": standings,
    }


def _rights(dice: _Dice, world: World, records: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    grants, conflicts = [], {}
    for place in range(140):
        begins, ends = dice.span()
        agency = dice.choice(world.agencies)
        colleagues = [pk for pk, theirs in world.practitioners if theirs == agency]
        alone = dice.choice(colleagues) if dice.random() < 0.25 else None
        grants.append(
            {"id": dice.id(), "record_id": dice.choice(records)["id"], "agency_id": agency, "practitioner_id": alone,
             "purpose": dice.choice(["request", "enquiry"]), "reference": f"E-{place}", "given_at": begins,
             "ends_at": ends}
        )  # fmt: skip
    for practitioner, _agency in world.practitioners[: PRACTITIONERS // 2]:
        for _ in range(3):
            person = dice.choice(records)["person_id"]
            conflicts[practitioner, person] = {
                "id": dice.id(), "practitioner_id": practitioner, "person_id": person, "why": "Aunt"
            }  # fmt: skip
    opened = [
        {"id": dice.id(), "reference": f"B-{place}", "person_id": dice.choice(records)["person_id"],
         "practitioner_id": practitioner, "agency_id": agency, "reason": "At the gate", "opened_at": START,
         "ends_at": START + timedelta(hours=4)}
        for place, (practitioner, agency) in enumerate(world.practitioners * 3)
    ]  # fmt: skip
    return {
        "people_grant": grants,
        "people_conflict": list(conflicts.values()),
        "people_emergencyopening": opened,
    }


def _index(
    dice: _Dice, persons: list[dict[str, Any]], records: list[dict[str, Any]]
) -> dict[str, list[dict[str, Any]]]:
    """What is the hub's alone, a few rows of each."""
    some, people = records[:8], [person["id"] for person in persons[:8]]
    both = [
        {"id": dice.id(), "record_id": row["id"], "person_id": pk}
        for row, pk in zip(some, people, strict=True)
    ]
    return {
        "people_recordkey": [{"key": place, "record_id": row["id"]} for place, row in enumerate(some)],
        "people_matchrow": [{"record_id": row["id"], "columns": "{}"} for row in some],
        "people_joinedrow": [{"person_id": pk, "columns": "{}"} for pk in people],
        "people_linkdecision": [{**row, "verdict": "linked", "reason": "Same"} for row in both],
        "people_pairtoreview": [{**row, "id": dice.id(), "closed_at": None} for row in both],
        "people_pairreview": [{"id": dice.id(), "verdict": "same", "reason": "Same"} for _row in some],
        "people_relinking": [{"id": dice.id()} for _row in some],
        "people_proposal": [
            {"id": place, "kind": "join", "outcome": "waiting", "done_at": None} for place, _row in enumerate(some)
        ],
    }  # fmt: skip


def _plans(
    dice: _Dice, agencies: list[str], records: list[dict[str, Any]]
) -> dict[str, list[dict[str, Any]]]:
    """Mostly on the agency's own records; on another's too, since the guard must not take that on trust."""
    plans = []
    for record in records[::2]:
        agency = record["agency_id"] if dice.random() < 0.7 else dice.choice(agencies)
        row = {"id": dice.id(), "record_id": record["id"], "agency_id": agency, "kind": "looked_after"}
        plans.append({**row, "starts_on": START.date(), "closed_as": ""})
    alerts = [
        {
            "id": dice.id(),
            "reference": f"N-{place}",
            "record_id": plan["record_id"],
            "agency_id": plan["agency_id"],
        }
        for place, plan in enumerate(plans)
    ]
    return {"unscheduled_care_plan": plans, "unscheduled_care_alert": alerts, **_care(dice, agencies)}


def _care(dice: _Dice, agencies: list[str]) -> dict[str, list[dict[str, Any]]]:
    """What settings sent, who came and who was looked up there: a few rows of each agency."""
    own = [{"id": dice.id(), "agency_id": agency} for agency in agencies * 3]
    deliveries = [{**row, "digest": row["id"], "answer": "AA", "state": "taken"} for row in own]
    return {
        "unscheduled_care_delivery": deliveries,
        "unscheduled_care_deliverykey": [{"id": place, "key": "k"} for place, _row in enumerate(own)],
        "unscheduled_care_attendance": [
            {**row, "id": dice.id(), "key": row["id"], "match": "nobody"} for row in own
        ],
        "unscheduled_care_access": [
            {**row, "id": dice.id(), "how": "looked", "unscheduled": False} for row in own
        ],
    }


def _imports(dice: _Dice, agencies: list[str]) -> dict[str, list[dict[str, Any]]]:
    batches = [{"id": dice.id(), "agency_id": agency} for agency in agencies]
    problems = [{"id": place, "batch_id": dice.choice(batches)["id"]} for place in range(12)]
    return {"people_importbatch": batches, "people_importproblem": problems}


def _happened(
    dice: _Dice, agencies: list[str], records: list[dict[str, Any]]
) -> dict[str, list[dict[str, Any]]]:
    entries, subjects, releases = [], [], []
    for _ in range(ENTRIES):
        entry = {
            "id": dice.id(),
            "agency_id": dice.choice(agencies),
            "source": "Register",
            "how_known": "fact",
        }
        entries.append(entry)
        own = [record for record in records if record["agency_id"] == entry["agency_id"]] or records
        for record in dice.sample(own, min(len(own), dice.choice([1, 1, 2, 3]))):
            subjects.append({"record_id": record["id"], "entry_id": entry["id"]})
        for _round in range(dice.choice([0, 1, 2, 3])):
            begins, ends = dice.span()
            releases.append(
                {"id": dice.id(), "entry_id": entry["id"], "of_agency_id": dice.mostly(entry["agency_id"], agencies),
                 "to_agency_id": dice.choice([one for one in agencies if one != entry["agency_id"]]),
                 "reference": f"E-{len(releases)}", "released_at": begins, "ends_at": ends}
            )  # fmt: skip
    spoken_of = [
        {"id": dice.id(), "entry_id": entry["id"], "agency_id": entry["agency_id"], "reference": f"S-{place}",
         "words": "It was not so.", "state": "open", "decided_on": None, "version": 1}
        for place, entry in enumerate(entries)
        if dice.random() < 0.3
    ]  # fmt: skip
    return {
        "chronology_entry": entries,
        "chronology_entrysubject": subjects,
        "chronology_release": releases,
        "chronology_familywords": spoken_of,
    }


def _asked(
    dice: _Dice, agencies: list[str], records: list[dict[str, Any]]
) -> dict[str, list[dict[str, Any]]]:
    number = iter(range(1, 1_000_000))
    requests, subjects, recipients, events = [], [], [], []
    for _ in range(REQUESTS):
        request = {
            "id": dice.id(),
            "from_agency_id": dice.choice(agencies),
            "needed": "All",
            "why": "To help",
        }
        requests.append(request)
        subjects += [
            {"id": next(number), "request_id": request["id"], "record_id": record["id"]}
            for record in dice.sample(records, dice.choice([1, 1, 2]))
        ]
        for agency in dice.sample(agencies, dice.choice([1, 2, 3])):
            recipient = {
                "id": (pk := dice.id()), "reference": pk[:20], "request_id": request["id"], "agency_id": agency,
                "from_agency_id": dice.mostly(request["from_agency_id"], agencies), "state": "sent", "answered_at": None,
            }  # fmt: skip
            recipients.append(recipient)
            events.append({"id": next(number), "recipient_id": pk, "kind": "sent"})
    return {
        "information_requests_informationrequest": requests,
        "information_requests_requestsubject": subjects,
        "information_requests_recipient": recipients,
        "information_requests_requestevent": events,
    }


def _answered(
    dice: _Dice, recipients: list[dict[str, Any]], entries: list[dict[str, Any]]
) -> dict[str, list[dict[str, Any]]]:
    answers, items, proposals = [], [], []
    for recipient in dice.sample(recipients, len(recipients) * 2 // 3):
        answer = {"id": dice.id(), "recipient_id": recipient["id"], "round": 1, "decision_id": dice.id()}
        answers.append(answer)
        items += [
            {"id": dice.id(), "answer_id": answer["id"], "entry_id": entry["id"], "choice": "withhold",
             "withheld_kind": "consent", "withheld_reason": "Not now", "verdict": {}}
            for entry in dice.sample(entries, 2)
        ]  # fmt: skip
        proposals.append(
            {"id": dice.id(), "recipient_id": recipient["id"], "entry_id": dice.choice(entries)["id"],
             "kind": "sealed", "role": "custodian", "reason": "Her safety", "released": None}
        )  # fmt: skip
    return {
        "disclosures_answer": answers,
        "disclosures_answereditem": items,
        "disclosures_releaseproposal": proposals,
    }


def _raised(
    dice: _Dice, agencies: list[str], records: list[dict[str, Any]]
) -> dict[str, list[dict[str, Any]]]:
    number = iter(range(1, 1_000_000))
    named = iter(dice.sample(records, len(records)))
    concerns, persons, statements, ratings, feedback = [], [], [], [], []
    for _ in range(CONCERNS):
        concern = {
            "id": (pk := dice.id()), "reference": pk[:20], "from_agency_id": dice.choice(agencies),
            "to_agency_id": dice.choice(agencies), "wants": "act", "parents_know": "told",
            "closing_id": dice.choice([None, dice.id()]),
        }  # fmt: skip
        concerns.append(concern)
        persons += [
            {"id": next(number), "referral_id": pk, "record_id": next(named)["id"], "part": "child"}
            for _each in range(dice.choice([1, 2, 3]))
        ]
        statements.append({"id": next(number), "referral_id": pk, "how_known": "fact"})
        ratings.append({"id": dice.id(), "referral_id": pk, "reason": "Said"})
        feedback += [
            {"id": dice.id(), "referral_id": pk, "to_agency_id": agency, "audience": "contributor"}
            for agency in dice.sample(agencies, dice.choice([0, 1, 2]))
        ]
    return {
        "referrals_referral": concerns,
        "referrals_referralperson": persons,
        "referrals_statement": statements,
        "referrals_rating": ratings,
        "referrals_feedback": feedback,
    }


def _enquired(
    dice: _Dice, agencies: list[str], records: list[dict[str, Any]], concerns: list[dict[str, Any]]
) -> dict[str, list[dict[str, Any]]]:
    number = iter(range(1, 1_000_000))
    enquiries = [
        {"id": (pk := dice.id()), "reference": pk[:20], "referral_id": concern["id"],
         "agency_id": dice.mostly(concern["to_agency_id"], agencies), "closed_at": None}
        for concern in dice.sample(concerns, CONCERNS * 2 // 3)
    ]  # fmt: skip
    subjects = [
        {"id": next(number), "enquiry_id": enquiry["id"], "record_id": record["id"]}
        for enquiry in enquiries
        for record in dice.sample(records, dice.choice([1, 1, 2]))
    ]
    thresholds = [
        {"id": dice.id(), "enquiry_id": enquiry["id"], "decision_id": dice.id()} for enquiry in enquiries
    ]
    return {
        "enquiries_enquiry": enquiries,
        "enquiries_enquirysubject": subjects,
        "enquiries_thresholddecision": thresholds,
    }


def _decided(dice: _Dice, world: World) -> dict[str, list[dict[str, Any]]]:
    """A decision for each answer, threshold and closing, mostly of whoever gave it, and somebody who took part."""
    rows = world.rows
    asked = {row["id"]: row["agency_id"] for row in rows["information_requests_recipient"]}
    leads = {row["id"]: row["agency_id"] for row in rows["enquiries_enquiry"]}
    givers = {row["decision_id"]: asked[row["recipient_id"]] for row in rows["disclosures_answer"]}
    givers |= {row["decision_id"]: leads[row["enquiry_id"]] for row in rows["enquiries_thresholddecision"]}
    givers |= {
        row["closing_id"]: row["to_agency_id"] for row in rows["referrals_referral"] if row["closing_id"]
    }
    decisions = [
        {"id": pk, "agency_id": dice.mostly(giver, world.agencies), "reasons": "Seen", "supersedes_id": None}
        for pk, giver in givers.items()
    ]
    participants = [
        {"id": place, "decision_id": decision["id"]} for place, decision in enumerate(decisions, start=1)
    ]
    return {"decisions_decision": decisions, "decisions_participant": participants}


def _corrected(dice: _Dice, world: World) -> dict[str, list[dict[str, Any]]]:
    persons, entries = world.rows["people_person"], world.rows["chronology_entry"]
    corrections, told, written = [], [], []
    avoided = world.rows["people_conflict"]
    for place in range(16):
        stayed, came = dice.sample(persons, 2)
        heard = dice.sample(world.practitioners, 3)
        if place % 2:
            close = avoided[place % len(avoided)]
            who, came = close["practitioner_id"], {"id": close["person_id"]}
            if stayed["id"] == came["id"]:
                stayed = next(person for person in persons if person["id"] != came["id"])
            heard += [one for one in world.practitioners if one[0] == who and one not in heard]
        correction = {"id": (pk := dice.id()), "reference": pk[:20], "stayed_id": stayed["id"], "came_id": came["id"],
                      "since": None}  # fmt: skip
        corrections.append(correction)
        told += [
            {"id": len(told) + place, "correction_id": pk, "practitioner_id": practitioner}
            for place, (practitioner, _agency) in enumerate(heard)
        ]
        written += [
            {"id": dice.id(), "correction_id": pk, "entry_id": entry["id"]}
            for entry in dice.sample(entries, 3)
        ]
    return {
        "corrections_correction": corrections,
        "corrections_told": told,
        "corrections_writtenmeanwhile": written,
    }


# --- in the database --------------------------------------------------------------------------------------------


def tell(connection: psycopg.Connection[Any], who: Who) -> None:
    """Say to the transaction for whom it is, as a door does."""
    told = ""
    if who.hub:
        told = _token(connection, context.Context("tests", scope=context.HUB, at=who.at))
    elif who.agency:
        told = _token(connection, context.Context("web", UUID(who.practitioner), UUID(who.agency), at=who.at))
    connection.execute("SELECT set_config('jigsaw.context', %s, true)", [told])


def _token(connection: psycopg.Connection[Any], meant: context.Context) -> str:
    return context.token(meant, pid=connection.info.backend_pid)


def put(connection: psycopg.Connection[Any], world: World) -> None:
    """Insert every row, as the hub, in the transaction that is open."""
    tell(connection, Who(hub=True, at=START))
    for table, rows in world.rows.items():
        empty = _empty(connection, table)
        whole = [{**empty, **row} for row in rows]
        connection.execute(
            f"INSERT INTO {table} SELECT * FROM jsonb_populate_recordset(NULL::{table}, %s)",
            [json.dumps(whole, default=str)],
        )


ERASED = ("audit_words",)
"""Tables whose rows nobody changes: they are erased, or stay."""
_EMPTY = {"boolean": False, "smallint": 1, "integer": 0, "bigint": 0, "double precision": 0, "jsonb": {}, "ARRAY": [],
          "date": "2020-01-01", "timestamp with time zone": START, "uuid": str(UUID(int=1))}  # fmt: skip


def _empty(connection: psycopg.Connection[Any], table: str) -> dict[str, Any]:
    """A value for every column that must have one."""
    rows = connection.execute(
        "SELECT column_name, data_type, is_nullable FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = %s",
        [table],
    ).fetchall()
    return {name: None if null == "YES" else _EMPTY.get(kind, "") for name, kind, null in rows}


def shown(connection: psycopg.Connection[Any], world: World) -> dict[str, set[str]]:
    """By table, the ids of all rows that show to whom the transaction is for: one statement."""
    parts = (f"SELECT '{table}', {_name(table)} FROM {table}" for table in world.rows)
    return _by_table(world, connection.execute(" UNION ALL ".join(parts)).fetchall())


def changed(connection: psycopg.Connection[Any], world: World) -> dict[str, set[str]]:
    """By table, the ids of all rows that they can change, or erase. What is changed is taken back."""
    found: list[tuple[str, str]] = []
    for table in world.rows:
        column = KEYS.get(table, ("id",))[0]
        with connection.transaction(force_rollback=True):
            act = f"DELETE FROM {table}" if table in ERASED else f"UPDATE {table} SET {column} = {column}"
            rows = connection.execute(f"{act} RETURNING '{table}', {_name(table)}")
            found += rows.fetchall()
    return _by_table(world, found)


def _name(table: str) -> str:
    return " || '/' || ".join(f"{column}::text" for column in KEYS.get(table, ("id",)))


def _by_table(world: World, rows: list[Any]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {table: set() for table in world.rows}
    for table, pk in rows:
        found[table].add(pk)
    return found
