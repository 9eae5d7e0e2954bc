"""What might somebody propose to share? Seeded cases, each told twice: to the sharing rules, and to Cedar.

A case is plain values, chosen so that most would go but for one or two things. `proposed` tells it to the rules as
the hub would; `context` tells Cedar only what was chosen, so neither learns from the other what follows.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import jigsaw
from jigsaw.sharing_rules import agreements, instruments
from jigsaw.sharing_rules.agreements import Compiled
from jigsaw.sharing_rules.instruments import Register
from jigsaw.sharing_rules.proposed import Grounds, Item, Party, Proposed, Release, Request

LAW = Path(jigsaw.__file__).parent / "hub" / "agreements" / "data" / "legal_instruments.json"
PURPOSES = (
    "s47",
    "s17",
    "s16LA",
    "s16H",
    "s27",
    "family_help",
    "operation_encompass",
    "immediate_danger",
    "crime_prevention",
    "transfer",
    "care_act_s42",
)
DATA = (
    "existence",
    "identity_and_contact",
    "family_and_household",
    "education",
    "special_educational_needs",
    "child_health",
    "child_mental_health",
    "adult_health",
    "domestic_abuse",
    "police_incidents",
    "missing_and_exploitation",
    "offences",
    "intelligence",
    "social_care",
    "plans_and_care",
    "housing",
    "child_account",
    "family_account",
    "voluntary_support",
)
SECTORS = ("SC", "PO", "HE", "ED", "HO", "VC")
GATEWAYS = (
    "s47",
    "s10",
    "s11",
    "s16LA",
    "s16H",
    "s17",
    "s27",
    "cda1998_s115",
    "care_act_s42",
    "operation_encompass",
    "common_law",
    "s14B",
    "",
    "s999",
)
PLACES = {"Sharetown": "E06999991", "Northvale": "E06999992", "elsewhere": "E06999999"}
ROLES = {
    "sealed": "sealed_records_custodian",
    "adoption": "adoption_manager",
    "protected_address": "named_safeguarding_lead",
    "informant": "named_safeguarding_lead",
}
STEPS = ("none", "proposed", "released", "alone", "wrong_role")
# The codes of duties and powers that are purposes as well.
ALSO_PURPOSES = {"s47", "s17", "s16LA", "s16H", "s27", "operation_encompass", "care_act_s42"}


def register() -> Register:
    """The register of law as it is shipped."""
    return instruments.read(json.loads(LAW.read_text(encoding="utf-8"))["entries"])


def sharetown() -> Compiled:
    """The agreement of Sharetown, compiled."""
    return agreements.compiled([agreements.read(agreements.sharetown())])


@dataclass(frozen=True, slots=True)
class Case:
    """What was chosen, by name."""

    chosen: dict[str, Any]

    def __getattr__(self, name: str) -> Any:
        return self.chosen[name]


def cases(count: int, seed: int) -> Iterator[Case]:
    """So many cases, the same for the same seed."""
    chance = random.Random(seed)
    for _ in range(count):
        yield Case(_chosen(chance))


# Before, on and after the first and the last day of Sharetown's agreement.
EDGES = (date(2025, 12, 31), date(2026, 1, 1), date(2028, 12, 31), date(2029, 1, 1))
# What an item may be for, with the duty or power that fits and who then tells whom; an empty list: anybody.
STORIES = (
    ("s47", ["s47", "s16LA", "s10"], [], ["SC", "PO", "HE", "ED"]),
    ("s17", ["s10", "s17", "s16LA"], [], ["SC", "HE", "ED"]),
    ("s27", ["s27", "s10"], ["ED", "HO", "HE"], ["SC"]),
    ("family_help", ["s10", "s11", "s17"], [], ["SC", "HE", "ED"]),
    ("s16H", ["s16H"], [], ["SC", "PO", "HE"]),
    ("s16LA", ["s16LA"], [], ["SC", "PO", "HE", "ED"]),
    ("operation_encompass", ["operation_encompass"], ["PO"], ["ED"]),
    ("crime_prevention", ["cda1998_s115", "common_law"], [], ["PO"]),
    ("immediate_danger", ["s47", "common_law", ""], [], []),
    ("transfer", ["s10", "s17"], ["SC"], ["SC"]),
    ("s47", ["s47"], [], ["HO", "VC"]),
    ("care_act_s42", ["care_act_s42"], [], ["SC"]),
)
SPOILERS = {
    "giver": ["XX", ""],
    "receiver": ["XX", "", *SECTORS],
    "giver_place": ["elsewhere"],
    "receiver_place": ["elsewhere"],
    "recipient_partner": [False],
    "recipient_related": [True],
    "recipient_public": [True],
    "asked": [False],
    "asked_of_holder": [False],
    "live": [False],
    "about_them": [False],
    "stated": ["curiosity", "", *PURPOSES],
    "own_purpose": list(PURPOSES),
    "basis": ["art6_a", "art6_b", "art6_ea", "art6_f", "art6_c", "art6_d", "", "because", "part3_s35"],
    "gateway": list(GATEWAYS),
    "special": [True],
    "condition": ["", "art9_a", "art9_h", "art9_z", "art10", "sch8_4"],
    "why_no_consent": ["", "busy"],
    "part3": [True, False],
    "grade": ["2BC", "2EP", "B24", "", "-"],
    "handling": ["C", "?"],
    "agreed_to_sharing": [True],
    "interest_weighed": [True],
    "data": [*DATA, "nothing known"],
    "mode": ["EXISTENCE", "WHISPER"],
    "whole_file": [True],
    "sealed": [True],
    "adoption": [True],
    "protected_address": [True],
    "informant": [True],
    "document": [True],
    "name_noted": [True],
    "how_known": ["", "probably"],
    "has_source": [False],
    "has_text": [False],
    "dated": [False],
    "happened_days_ago": [-1, 1824, 1825, 1826, 1827, 3000],
    "adult_only": [True],
    "reasons_given": [False],
    "told": [""],
    "told_why": [False],
    "objected": [True],
    "objection_answered": [False],
    "day": [date(2026, 2, 4), date(2026, 2, 5), date(2026, 9, 29), date(2026, 9, 30), *EDGES, *EDGES],
}
"""By name, what would spoil a case that would go, or at least change what it rests on."""


def _chosen(chance: random.Random) -> dict[str, Any]:
    """A case that mostly would go, with none to four of its values chosen to spoil it."""
    purpose, gateways, givers, receivers = chance.choice(STORIES)
    giver = chance.choice(givers or SECTORS)
    intelligence = giver == "PO" and chance.random() < 0.2
    special = chance.random() < 0.35
    part3 = intelligence or chance.random() < 0.02
    day = date(2026, 10, 1) + timedelta(chance.randrange(0, 700))
    chosen: dict[str, Any] = {
        "giver": giver,
        "receiver": chance.choice(receivers or SECTORS),
        "giver_place": chance.choice(["Sharetown", "Northvale"]),
        "receiver_place": chance.choice(["Sharetown", "Northvale"]),
        "giver_commissioned": chance.random() < 0.7,
        "receiver_commissioned": chance.random() < 0.7,
        "recipient_partner": chance.random() < 0.8,
        "recipient_related": False,
        "recipient_public": False,
        "asked": chance.random() < 0.9,
        "asked_of_holder": True,
        "live": True,
        "about_them": True,
        "stated": purpose,
        "own_purpose": chance.choice(["", purpose]),
        "basis": "art6_d" if purpose == "immediate_danger" else chance.choice(["art6_e", "art6_e", "art6_c"]),
        "gateway": chance.choice(gateways),
        "special": special,
        "condition": "sch8_4" if part3 else chance.choice(["art9_g_sch1_18", "art9_h"]),
        "why_no_consent": chance.choice(["cannot", "not_reasonable", "prejudice"]),
        "part3": part3,
        "intelligence": intelligence,
        "grade": chance.choice(["1AP", "2BP", "3DP"]) if intelligence else "-",
        "handling": "P",
        "agreed_to_sharing": False,
        "interest_weighed": False,
        # What the police tell of somebody may be intelligence and yet be filed under something else.
        "data": chance.choice(["intelligence", "police_incidents"]) if intelligence else chance.choice(DATA),
        "mode": chance.choice(["CONTENT", "CONTENT", "CONTENT", "EXISTENCE"]),
        "whole_file": False,
        **{kind: False for kind in ROLES},
        **{f"{kind}_release": chance.choice(STEPS) for kind in ROLES},
        "how_known": chance.choice(["fact", "opinion", "reported", "child"]),
        "has_source": True,
        "has_text": True,
        "dated": True,
        "happened_days_ago": chance.randrange(0, 1500),
        "adult_only": chance.random() < 0.3,
        "reasons_given": True,
        "told": chance.choice(["told", "will_tell", "not_told"]),
        "told_why": True,
        "objected": chance.random() < 0.2,
        "objection_answered": True,
        "document": chance.random() < 0.3,
        "name_noted": chance.random() < 0.1,
        "day": day,
    }
    for name in chance.sample(list(SPOILERS), chance.choice([0, 1, 1, 1, 2, 4])):
        chosen[name] = chance.choice(SPOILERS[name])
    chosen["intelligence"] = chosen["intelligence"] or chosen["grade"] != "-"
    chosen["happened"] = chosen["day"] - timedelta(chosen.pop("happened_days_ago"))
    return chosen


def proposed(case: Case, law: Register, agreed: Compiled) -> Proposed:
    """The case as the hub would put it to the rules."""
    ungraded = "intelligence" if case.intelligence else "something"
    kind = "whole_file" if case.whole_file else ungraded
    return Proposed(
        item=Item(
            kind=kind,
            how_known=case.how_known,
            source="the register" if case.has_source else " ",
            text="Seen on Monday.",
            released_text="Seen on Monday." if case.has_text else "",
            happened_on=case.happened if case.dated else None,
            about_child=not case.adult_only,
            about_adult_only=case.adult_only,
            police_grading=None if case.grade == "-" else case.grade,
            handling=case.handling,
            sealed=case.sealed,
            adoption=case.adoption,
            special_category=case.special,
            category=case.data if case.data in DATA else "",
            protected_address=case.protected_address,
            informant=case.informant,
            identities_to_protect=("Alma Dray",) if case.name_noted else (),
            unread_documents=int(case.document),
        ),
        holder=_party(case, "giver"),
        recipient=_party(case, "receiver"),
        request=Request(
            reference="R",
            purpose_code=case.stated,
            asked_of_holder=case.asked_of_holder,
            live=case.live,
            subjects_match=case.about_them,
        )
        if case.asked
        else None,
        decision=Grounds(
            lawful_basis=case.basis,
            reasons="It helps to protect him." if case.reasons_given else "ok",
            gateway=case.gateway,
            condition=case.condition,
            sch1_18_reason=case.why_no_consent,
            part3=case.part3,
            consent_result="given" if case.agreed_to_sharing else "",
            told_family=case.told,
            told_why="It would put her at risk." if case.told_why else "",
            purpose=case.own_purpose,
            objected=case.objected,
            objection_answer="He cannot speak for himself." if case.objection_answered else "",
            public_interest="Her safety outweighs it." if case.interest_weighed else "",
        ),
        today=case.day,
        edition="2024",
        register=law,
        agreements=agreed,
        mode=case.mode,
        releases=tuple(_releases(case)),
    )


def _party(case: Case, side: str) -> Party:
    roles = {"commissioned_service"} if case.chosen[f"{side}_commissioned"] else set()
    if side == "receiver":
        named = {
            "safeguarding_partner": "partner",
            "related_to_subject": "related",
            "member_of_public": "public",
        }
        roles |= {role for role, flag in named.items() if case.chosen[f"recipient_{flag}"]}
    place = PLACES[case.chosen[f"{side}_place"]]
    return Party(side, case.chosen[side], frozenset(roles), authorities=frozenset({place}))


def _releases(case: Case) -> Iterator[Release]:
    for kind, role in ROLES.items():
        step = case.chosen[f"{kind}_release"]
        # What the police know, the police release.
        police = kind == "informant" and (case.giver == "PO" or case.intelligence)
        right = "police_decision_maker" if police else role
        if step != "none":
            yield Release(
                kind=kind,
                proposed_by="Ros",
                reason="A child's safety needs it.",
                released_by={"proposed": "", "alone": "Ros"}.get(step, "Ade"),
                released_role="caldicott_guardian" if step == "wrong_role" else right,
            )


def context(case: Case) -> dict[str, Any]:
    """The case as Cedar reads it: days as numbers, and what it is for."""
    told = {name: value for name, value in case.chosen.items() if not name.endswith("_place")}
    purpose = case.stated if case.asked else _unasked(case)
    here = ("Sharetown", "Northvale")
    return {
        **told,
        "purpose": purpose,
        "purpose_known": purpose in PURPOSES,
        "data": case.data if case.data in DATA else "",
        "giver_here": case.giver_place in here and case.giver in SECTORS,
        "receiver_here": case.receiver_place in here and case.receiver in SECTORS,
        "life_at_risk": case.basis == "art6_d",
        "in_danger": case.basis == "art6_d" or purpose == "immediate_danger",
        "day": number(case.day),
        "happened": number(case.happened),
    }


def _unasked(case: Case) -> str:
    if case.own_purpose:
        return str(case.own_purpose)
    if case.gateway in ALSO_PURPOSES:
        return str(case.gateway)
    return "immediate_danger" if case.basis == "art6_d" else ""


def number(day: date) -> int:
    """20260930 for 30 September 2026."""
    return day.year * 10_000 + day.month * 100 + day.day
