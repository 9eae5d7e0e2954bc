"""How many verdicts a second, and does Cedar say the same? The sharing rules alone: no database, no page.

Cases that are decided are made up from a seed; most would go but for one or two things. Speed is told per second of
this process's own time, and beside two references taken in turn: agreements asked alone, and Cedar.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import date, timedelta
from statistics import median
from typing import Any

from benchmarks import by_cedar
from benchmarks.share_cases import DATA, PLACES, PURPOSES, SECTORS, Case, cases, context, number, proposed
from benchmarks.share_cases import register as shipped_register
from benchmarks.share_cases import sharetown as shipped_agreement
from jigsaw.sharing_rules import agreements
from jigsaw.sharing_rules.agreements import Compiled, UnreadableAgreement, compiled, read
from jigsaw.sharing_rules.finding import Answer
from jigsaw.sharing_rules.may_share import may_share
from jigsaw.sharing_rules.party import Party
from jigsaw.sharing_rules.proposed import Proposed

TARGET_A_SECOND = 50_000
MODES = ("EXISTENCE", "CONTENT", "WHISPER")
AGENCIES = {"CSC": "SC", "POL": "PO", "SCH": "ED", "HOU": "HO"}
Progress = Callable[[str], None]


def run(
    *,
    verdicts: int = 30_000,
    repeats: int = 5,
    oracle: int = 100_000,
    seed: int = 1,
    progress: Progress = lambda words: None,
) -> dict[str, object]:
    """Time `verdicts` of them `repeats` times, and hold `oracle` cases of each sort against Cedar (0: none)."""
    progress("Making cases up …")
    law, agreed = shipped_register(), shipped_agreement()
    made = list(cases(verdicts, seed))
    asked = [_with_names(proposed(case, law, agreed), place) for place, case in enumerate(made)]
    progress("Timing …")
    timed = [_once(asked, agreed) for _run in range(repeats)]
    a_second = median(verdicts / whole for whole, _agreement in timed)
    answer: dict[str, object] = {
        "verdicts": verdicts,
        "answers": dict(Counter(may_share(_anew(each)).answer.value for each in asked)),
        "checks": len(may_share(asked[0]).findings),
        "verdicts_a_second": round(a_second),
        "microseconds": round(1e6 / a_second, 1),
        # The same work on a slow machine and on a fast one: a verdict, in askings of the agreements alone.
        "times_asking_the_agreements": round(median(whole / alone for whole, alone in timed), 1),
        "within_target": a_second >= TARGET_A_SECOND,
    }
    return answer | (_against_cedar(oracle, seed, law, agreed, progress) if oracle else {})


def _with_names(each: Proposed, place: int) -> Proposed:
    """One in ten has names to protect, and a text of some length to look for them in."""
    if place % 10:
        return each
    text = "She came in on Monday and told her teacher that she had not slept, and why. " * 4
    names = ("Alma Dray", "12 Mill Lane", "07700 900123")
    released = text if each.item.released_text else ""
    return replace(each, item=replace(each.item, released_text=released, identities_to_protect=names))


def _anew(each: Proposed) -> Proposed:
    """A copy that has not asked the agreements yet: what they say is kept with what is proposed."""
    return replace(each)


def _once(asked: Sequence[Proposed], agreed: Compiled) -> tuple[float, float]:
    """Seconds of this process for all verdicts, and for asking the agreements alone as often."""
    fresh = [_anew(each) for each in asked]
    began = time.process_time()
    for each in fresh:
        may_share(each)
    whole = time.process_time() - began
    questions = [
        {
            "holder": each.holder,
            "recipient": each.recipient,
            "purpose": each.purpose,
            "category": each.item.kind_of_data,
            "mode": each.mode,
            "on": each.today,
        }
        for each in asked
    ]
    began = time.process_time()
    for question in questions:
        agreed.says(**question)
    return whole, time.process_time() - began


def _against_cedar(
    count: int, seed: int, law: Any, agreed: Compiled, progress: Progress
) -> dict[str, object]:
    progress(f"Asking Cedar {count:,} times about the rules …")
    began = time.perf_counter()
    rules = [rules_differ(part, seed + place, law, agreed) for place, part in enumerate(_parts(count))]
    seconds = time.perf_counter() - began
    progress(f"Asking Cedar {count:,} times about agreements made up at random …")
    each = 500
    made_up = [agreements_differ(each, seed + place) for place in range(-(-count // each))]
    return {
        "oracle_rules": {
            "cases": count,
            "permitted": sum(p for _d, p in rules),
            "differ": sum(len(d) for d, _p in rules),
        },
        "oracle_agreements": {
            "cases": each * len(made_up),
            "permitted": sum(p for _d, p in made_up),
            "differ": sum(len(d) for d, _p in made_up),
        },
        "times_faster_than_cedar": round(seconds / _seconds_of_rules(count, seed, law, agreed), 1),
    }


def _parts(count: int, size: int = 5000) -> list[int]:
    return [min(size, count - start) for start in range(0, count, size)]


def _seconds_of_rules(count: int, seed: int, law: Any, agreed: Compiled) -> float:
    """What the rules need for as many, scaled up from a part."""
    some = [proposed(case, law, agreed) for case in cases(min(count, 5000), seed)]
    began = time.perf_counter()
    for each in some:
        may_share(each)
    return (time.perf_counter() - began) * count / len(some)


def rules_differ(count: int, seed: int, law: Any, agreed: Compiled) -> tuple[list[Case], int]:
    """The cases in which the rules and Cedar do not say the same, and how many the rules permit."""
    made = list(cases(count, seed))
    said = [may_share(proposed(case, law, agreed)).answer is Answer.PERMIT for case in made]
    allowed = by_cedar.allowed([context(case) for case in made], by_cedar.sharetown_policies())
    return [case for case, a, b in zip(made, said, allowed, strict=True) if a != b], sum(said)


def agreements_differ(count: int, seed: int) -> tuple[list[dict[str, Any]], int]:
    """The same for agreements made up at random, asked for themselves: parties, chains, versions and dates."""
    chance = random.Random(seed)
    documents = made_up(chance)
    agreed = compiled([read(document) for document in documents])
    questions = [_question(chance, documents) for _ in range(count)]
    said = [_says(agreed, question) is Answer.PERMIT for question in questions]
    allowed = by_cedar.allowed(questions, by_cedar.agreements_as_cedar(documents))
    return [q for q, a, b in zip(questions, said, allowed, strict=True) if a != b], sum(said)


def _question(chance: random.Random, documents: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What some clause speaks of, but for a thing or two."""
    document = chance.choice(documents)
    rule = chance.choice([*document["defaults"], *document["exceptions"]])
    first, last = (date.fromisoformat(document[key]) for key in ("startDate", "endDate"))
    day = first + timedelta(chance.randrange(-20, (last - first).days + 20))
    wild = chance.choice([0.0, 0.0, 0.1, 0.3])

    def mostly(codes: Sequence[str], all_of: Sequence[str], *others: str) -> str:
        return chance.choice(others if chance.random() < wild else all_of if codes == ["*"] else codes)

    return {
        **_side(chance, document, rule["from"], "giver", wild),
        **_side(chance, document, rule["to"], "receiver", wild),
        "purpose": mostly(rule["purpose"], document["purpose"], *PURPOSES, ""),
        "data": mostly(rule["data"], document["data"], *DATA, ""),
        "mode": mostly(rule["modes"], rule["modes"], *MODES),
        "day": number(day),
    }


def _side(
    chance: random.Random, document: dict[str, Any], codes: list[str], side: str, wild: float
) -> dict[str, Any]:
    party = chance.choice([p for p in document["party"] if codes == ["*"] or p["code"] in codes])
    stray = chance.random() < wild
    sector = chance.choice([*SECTORS, "XX"]) if stray else party["sector"]
    places = chance.sample(list(PLACES.values()), chance.randint(0, 2)) if stray else party["authorities"][:1]
    return {f"{side}_code": party["agency"], side: sector, f"{side}_places": places}


def _says(agreed: Compiled, question: dict[str, Any]) -> Answer:
    holder, recipient = (
        Party(
            name,
            question[name],
            code=question[f"{name}_code"],
            authorities=frozenset(question[f"{name}_places"]),
        )
        for name in ("giver", "receiver")
    )
    day = question["day"]
    return agreed.says(
        holder=holder,
        recipient=recipient,
        purpose=question["purpose"],
        category=question["data"],
        mode=question["mode"],
        on=date(day // 10_000, day // 100 % 100, day % 100),
    ).answer


def made_up(chance: random.Random) -> list[dict[str, Any]]:
    """One to four agreements that hold together: some in versions, some that extend or replace another."""
    documents: list[dict[str, Any]] = []
    while len(documents) < chance.randint(1, 4):
        document = _document(chance, documents)
        try:
            compiled([read(each) for each in (*documents, document)])
        except UnreadableAgreement:
            continue  # Contradicts itself or leads back to itself: another is made up instead.
        documents.append(document)
    return documents


def _document(chance: random.Random, among: list[dict[str, Any]]) -> dict[str, Any]:
    document = deepcopy(agreements.sharetown())
    first = date(2026, 1, 1) + timedelta(chance.randrange(0, 400))
    last = first + timedelta(chance.randrange(0, 500))
    others = [each["identifier"]["value"] for each in among]
    own = chance.choice([*others, f"A{len(among)}", f"A{len(among)}"])
    versions = [each["version"] for each in among if each["identifier"]["value"] == own]
    parties = [_party(chance, place) for place in range(chance.randint(2, 4))]
    document |= {
        "identifier": {"value": own, "system": "urn:test"},
        "version": max(versions, default=0) + 1,
        "party": parties,
        "data": list(DATA[:3]),
        "purpose": list(PURPOSES[:4]),
        "startDate": first.isoformat(),
        "endDate": last.isoformat(),
        "extends": chance.choice([None, None, None, *others]),
        "replaces": chance.sample(others, 1) if others and chance.random() < 0.2 else [],
        # Sharetown's speaks of more kinds of information than these do.
        "retention": [],
    }
    document["defaults"] = [
        _rule(chance, f"1.{n}", parties, first, last) for n in range(chance.randint(1, 3))
    ]
    document["exceptions"] = [
        _rule(chance, f"2.{n}", parties, first, last) for n in range(chance.randint(0, 3))
    ]
    return document


def _party(chance: random.Random, place: int) -> dict[str, Any]:
    code = chance.choice([*AGENCIES, "", "", ""])
    return {
        "code": f"p{place}",
        "name": f"Party {place}",
        "catalogueId": [f"urn:p{place}"],
        "sector": AGENCIES.get(code) or chance.choice(SECTORS),
        "authorities": chance.sample(list(PLACES.values()), chance.choice([1, 2, 3])),
        "agency": code,
    }


def _rule(
    chance: random.Random, clause: str, parties: list[dict[str, Any]], first: date, last: date
) -> dict[str, Any]:
    effect = chance.choice(["permit", "permit", "permit", "review", "prohibit"])
    codes = [party["code"] for party in parties]

    def some(of: Sequence[str]) -> list[str]:
        return ["*"] if chance.random() < 0.4 else chance.sample(list(of), chance.randint(1, len(of)))

    length = (last - first).days
    since = first + timedelta(chance.randint(0, length)) if chance.random() < 0.2 else None
    return {
        "clause": clause,
        "effect": effect,
        "from": some(codes),
        "to": some(codes),
        "purpose": some(PURPOSES[:4]),
        "data": some(DATA[:3]),
        "modes": chance.choice([["EXISTENCE"], ["CONTENT"], ["EXISTENCE", "CONTENT"]]),
        "words": "",
        "reviewRole": "named_safeguarding_lead" if effect == "review" else "",
        "validFrom": since.isoformat() if since else None,
        "validUntil": None,
    }
