"""Agreements as data: what is well written is read exactly, and what is not says where, why and what to do."""

import json
from copy import deepcopy
from datetime import date
from pathlib import Path

import pytest

from jigsaw.sharing_rules import agreements
from jigsaw.sharing_rules.agreements import UnreadableAgreement, compiled, read, wrong_chains
from jigsaw.sharing_rules.agreements.reference import KEYS, PARTY_KEYS, RULE_KEYS, page
from jigsaw.sharing_rules.finding import Answer
from jigsaw.sharing_rules.party import Party
from jigsaw.sharing_rules.vocabulary import CATEGORIES

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "agreement-format.md"
SHARETOWN = frozenset({"E06999991"})
SCHOOL = Party("School", "ED", code="SCH", authorities=SHARETOWN)
SOCIAL_CARE = Party("Social care", "SC", code="CSC", authorities=SHARETOWN)
TODAY = date(2026, 10, 14)


@pytest.fixture
def document():
    return agreements.sharetown()


def problems(document, **options):
    with pytest.raises(UnreadableAgreement) as refused:
        read(document, **options)
    return {problem.path: problem for problem in refused.value.problems}


def changed(document, **changes):
    return deepcopy(document) | changes


def says(*documents, on=TODAY, holder=SCHOOL, recipient=SOCIAL_CARE, category="education", mode="CONTENT"):
    agreed = compiled([read(each) for each in documents])
    return agreed.says(holder=holder, recipient=recipient, purpose="s47", category=category, mode=mode, on=on)


# Reading


def test_what_is_read_is_written_again_exactly(document):
    written = read(document).as_json()
    assert written == document
    assert read(json.loads(json.dumps(written))) == read(document)


def test_what_may_be_left_out_is_written_in_full(document):
    short = {k: v for k, v in document.items() if k not in {"about", "extends", "replaces", "restrictions"}}
    again = read(short).as_json()
    assert set(again) == set(document)
    assert read(again) == read(short)


@pytest.mark.parametrize("found", [None, [], "an agreement", 7])
def test_what_is_no_agreement_is_refused(found):
    assert "$" in problems(found)


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"colour": "green"}, "$.colour"),
        ({"format": "another/1"}, "$.format"),
        ({"version": 0}, "$.version"),
        ({"version": True}, "$.version"),
        ({"party": []}, "$.party"),
        ({"data": []}, "$.data"),
        ({"data": ["shoe size"]}, "$.data[0]"),
        ({"purpose": ["s47", "curiosity"]}, "$.purpose[1]"),
        ({"permittedUse": []}, "$.permittedUse"),
        ({"defaults": []}, "$.defaults"),
        ({"startDate": "1 January 2026"}, "$.startDate"),
        ({"endDate": "2026-02-30"}, "$.endDate"),
        ({"endDate": "2025-12-31"}, "$.endDate"),
        ({"extends": "SHARETOWN-CSA"}, "$.extends"),
        ({"replaces": ["SHARETOWN-CSA"]}, "$.replaces"),
        ({"extends": "OTHER", "replaces": ["OTHER"]}, "$.replaces"),
        ({"contact": {"name": "Nobody to reach"}}, "$.contact"),
        ({"identifier": {"value": "X"}}, "$.identifier.system"),
    ],
)
def test_each_fault_is_told_with_its_place_and_what_to_do(document, change, path):
    found = problems(changed(document, **change))
    assert path in found
    assert found[path].words.endswith((".", "”")) and found[path].next_step.endswith(".")


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"effect": "allow"}, "$.defaults[0].effect"),
        ({"modes": ["EXISTENCE", "RUMOUR"]}, "$.defaults[0].modes[1]"),
        ({"modes": []}, "$.defaults[0].modes"),
        ({"from": ["strangers"]}, "$.defaults[0].from[0]"),
        ({"purpose": ["care_act_s42"]}, "$.defaults[0].purpose[0]"),
        ({"effect": "review"}, "$.defaults[0].reviewRole"),
        ({"reviewRole": "named_safeguarding_lead"}, "$.defaults[0].reviewRole"),
        ({"effect": "review", "reviewRole": "the king"}, "$.defaults[0].reviewRole"),
        ({"validFrom": "2020-01-01"}, "$.defaults[0]"),
        ({"validFrom": "2027-01-01", "validUntil": "2026-01-01"}, "$.defaults[0].validUntil"),
        ({"clause": "1.2"}, "$.defaults"),
        ({"until": "2027-01-01"}, "$.defaults[0].until"),
    ],
)
def test_a_fault_in_a_clause_is_told(document, change, path):
    document["defaults"][0] |= change
    assert path in problems(document)


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"sector": "ZZ"}, "$.party[0].sector"),
        ({"authorities": []}, "$.party[0].authorities"),
        ({"catalogueId": []}, "$.party[0].catalogueId"),
        ({"code": "*"}, "$.party[0].code"),
    ],
)
def test_a_fault_in_a_party_is_told(document, change, path):
    document["party"][0] |= change
    assert path in problems(document)


def test_two_parties_of_one_code_are_refused(document):
    document["party"].append(document["party"][0])
    assert "$.party" in problems(document)


def test_every_fault_is_told_at_once(document):
    document |= {"version": 0, "colour": "green", "endDate": "soon"}
    assert {"$.version", "$.colour", "$.endDate"} <= set(problems(document))


def test_laws_are_held_against_the_register_when_it_is_given(document):
    assert read(document, instruments=document["legalCompliance"])
    assert "$.legalCompliance[0]" in problems(document, instruments=["s47"])


def test_the_template_is_an_agreement_once_its_blanks_are_filled(document):
    template = agreements.template()
    told = problems(template)
    assert all("still to be filled in" in p.words or p.path.endswith("Date") for p in told.values())
    for key in ("uri", "identifier", "name", "contact", "party", "startDate", "endDate"):
        template[key] = document[key]
    assert read(template).clauses == read(document).clauses


# Contradictions


def opposite(document, **changes):
    """The agreement with a default that prohibits what its clause 1.2 permits, but for the changes."""
    against = {**document["defaults"][1], "clause": "9", "effect": "prohibit", "words": "", **changes}
    return changed(document, defaults=[*document["defaults"], against])


def test_a_clause_must_not_prohibit_what_another_of_equal_rank_permits(document):
    found = problems(opposite(document))["$.defaults[6]"]
    assert "Clause 9 and clause 1.2 contradict each other" in found.words
    assert "exception" in found.next_step


def test_a_sector_and_one_of_its_agencies_can_contradict(document):
    document["party"].append({**document["party"][3], "code": "academy", "name": "Academy", "agency": "SCH"})
    assert "$.defaults[6]" in problems(opposite(document, **{"from": ["academy"]}))


@pytest.mark.parametrize(
    "changes",
    [
        {"effect": "review", "reviewRole": "named_safeguarding_lead"},
        {"to": ["housing"], "data": ["offences"]},
        {"purpose": ["family_help"], "data": ["offences"]},
        {"modes": ["EXISTENCE"], "data": ["intelligence"]},
    ],
)
def test_what_does_not_meet_does_not_contradict(document, changes):
    assert read(opposite(document, **changes))


def test_clauses_of_different_days_do_not_contradict(document):
    document["defaults"][1]["validUntil"] = "2026-06-30"
    assert read(opposite(document, validFrom="2026-07-01", validUntil=None))
    assert "$.defaults[6]" in problems(opposite(document, validFrom="2026-06-30", validUntil=None))


def test_an_exception_may_prohibit_what_a_default_permits(document):
    against = opposite(document)["defaults"][-1]
    assert says(changed(document, exceptions=[against])).answer is Answer.DENY


# Chains and versions


def other(document, name, **changes):
    return changed(document, identifier={"value": name, "system": "urn:test"}, **changes)


def test_an_agreement_that_leads_back_to_itself_is_refused(document):
    chain = [
        other(document, "A", extends="B"),
        other(document, "B", replaces=["C"]),
        other(document, "C", extends="A"),
    ]
    with pytest.raises(UnreadableAgreement, match="leads back to itself"):
        says(*chain)
    assert {p.path for p in wrong_chains([read(each) for each in chain])} == {"$.extends"}


def test_an_agreement_that_extends_one_that_is_not_there_is_refused(document):
    with pytest.raises(UnreadableAgreement, match="not among the agreements"):
        says(other(document, "A", extends="B"))


def test_the_same_version_must_not_be_there_twice(document):
    with pytest.raises(UnreadableAgreement, match="two of SHARETOWN-CSA v1"):
        says(document, changed(document, name="Another"))


def test_a_newer_version_takes_over_on_its_first_day(document):
    newer = changed(document, version=2, startDate="2026-10-14", endDate="2027-01-31")
    assert says(document, newer, on=date(2026, 10, 13)).version == 1
    assert says(document, newer).version == 2
    ended = says(document, newer, on=date(2027, 2, 1))
    assert (ended.answer, ended.covered) == (Answer.REVIEW, False)
    assert "until 31 January 2027" in ended.words


def test_a_replaced_agreement_ends_the_day_before(document):
    newer = other(document, "NEW", startDate="2026-10-14", replaces=["SHARETOWN-CSA"])
    assert says(document, newer, on=date(2026, 10, 13)).agreement == "SHARETOWN-CSA"
    assert says(document, newer).agreement == "NEW"


def test_what_extends_another_holds_only_with_it(document):
    base = other(document, "BASE", endDate="2026-10-13")
    annex = other(document, "ANNEX", extends="BASE")
    assert says(base, annex, on=date(2026, 10, 13)).answer is Answer.PERMIT
    assert says(base, annex).answer is Answer.REVIEW


def test_a_later_start_is_told(document):
    assert "only from 1 January 2026" in says(document, on=date(2025, 5, 1)).words


def test_an_agency_is_a_party_by_its_own_code_wherever_it_is(document):
    document["party"] = [
        document["party"][0],
        {**document["party"][3], "agency": "SCH", "code": "academy"},
    ]
    document["defaults"] = [{**document["defaults"][1], "from": ["academy"], "to": ["social_care"]}]
    document["exceptions"] = []
    elsewhere = Party("School", "ED", code="SCH", authorities=frozenset({"E06999999"}))
    another = Party("Another school", "ED", code="HPS", authorities=SHARETOWN)
    assert says(document, holder=elsewhere).answer is Answer.PERMIT
    assert says(document, holder=another).answer is Answer.REVIEW


# Words, ODRL, changes


def test_plain_english_names_every_party_datum_clause_and_duty(document):
    agreement = read(document)
    told = "\n".join(agreements.in_words(agreement))
    for words in (
        *(party.name for party in agreement.parties),
        *(CATEGORIES[code].name for code in agreement.data),
        *(clause.number for clause in agreement.clauses),
        *agreement.recipient_responsibilities,
        *agreement.restrictions,
        "31 December 2028",
        "the Caldicott Guardian decides",
    ):
        assert words in told, words


def test_whom_it_affects_says_under_which_clauses(document):
    lines = agreements.whom_it_affects(read(document))
    (housing,) = [line for line in lines if line.startswith("Landlords")]
    assert "receives under clauses 1.4, 2.2, 2.3, 2.4 and 2.5" in housing
    named = agreements.whom_it_affects(read(document), places={"E06999991": "Sharetown"})
    assert all("(every such agency in Sharetown and E06999992)" in line for line in named)


def test_faults_are_told_in_the_order_of_the_document(document):
    document["party"][2]["sector"] = "ZZ"
    document |= {"version": 0, "colour": "green", "endDate": "soon", "uri": ""}
    assert list(problems(document)) == ["$.uri", "$.version", "$.party[2].sector", "$.endDate", "$.colour"]


def test_as_odrl_each_part_has_its_place(document):
    policy = agreements.as_odrl(read(document))
    assert (policy["@type"], policy["uid"].endswith("#v1")) == ("Agreement", True)
    by_uid = {rule["uid"].rsplit("-", 1)[-1]: rule for rule in policy["permission"] + policy["prohibition"]}
    health = by_uid["2.3"]
    assert health in policy["permission"]
    assert {d.get("jigsaw:decidedBy") for d in health["duty"]} >= {"caldicott_guardian"}
    assert by_uid["2.4"] in policy["prohibition"] and "duty" not in by_uid["2.4"]
    assert {c["leftOperand"] for c in by_uid["1.2"]["constraint"]} == {"purpose", "dateTime"}
    assert by_uid["1.2"]["jigsaw:yieldsTo"], "a default tells which exceptions go before it"
    assert [p["vcard:fn"] for p in by_uid["1.5"]["assigner"]] == ["Police"]
    assert len(policy["obligation"]) == len(document["securityMeasure"])
    json.dumps(policy)


def test_what_changed_is_told_in_words_and_in_what_follows(document):
    old = read(document)
    newer = changed(document, version=2, endDate="2029-12-31", restrictions=[])
    newer["party"] = newer["party"][:5]
    newer["defaults"] = [r for r in newer["defaults"] if r["clause"] != "1.4"]
    newer["defaults"][1]["to"] = ["social_care"]
    for rule in newer["exceptions"]:
        rule["to"] = ["*"] if "charities" in rule["to"] else rule["to"]
    new = read(newer)
    told = " ".join(change.words for change in agreements.changes(old, new))
    assert "The last day was 31 December 2028 and is 31 December 2029." in told
    assert "Commissioned charities (VC, E06999991 and E06999992) leaves." in told
    assert "Clause 1.4 is gone" in told and "Clause 1.2 was" in told
    follows = agreements.consequences(old, new, on=TODAY)
    stricter = [each for each in follows if each.before is Answer.PERMIT]
    assert any(
        "Landlords and housing services and Commissioned charities. Who somebody is" in each.words
        for each in stricter
    )
    assert not any(each.loosens for each in stricter)


def test_taking_out_an_exception_is_told_as_loosening(document):
    newer = changed(document, version=2)
    newer["exceptions"] = [r for r in newer["exceptions"] if r["clause"] != "2.7"]
    (told,) = agreements.consequences(read(document), read(newer), on=TODAY)
    assert (told.before, told.after, told.loosens) == (Answer.REVIEW, Answer.PERMIT, True)
    assert "to Schools and colleges" in told.words and "Offences and youth justice" in told.words


def test_another_person_who_decides_is_told(document):
    newer = changed(document, version=2)
    newer["exceptions"] = [r for r in newer["exceptions"] if r["clause"] != "2.6"]
    told = agreements.consequences(read(document), read(newer), on=TODAY)
    assert told and not any(each.loosens for each in told)
    assert all(
        each.words.startswith("the police decision maker decides → the named or designated safeguarding lead")
        for each in told
    )


def test_nothing_changed_is_nothing_told(document):
    again = read(changed(document, version=2))
    assert agreements.changes(read(document), again) == []
    assert agreements.consequences(read(document), again, on=TODAY) == []


# The page


def test_the_page_of_the_format_is_current_and_has_every_key(document):
    assert PAGE.read_text(encoding="utf-8") == page(), (
        "Run: python -m jigsaw.sharing_rules.agreements.reference > docs/reference/agreement-format.md"
    )
    written = read(document).as_json()
    assert [key for key, *_rest in KEYS] == list(written)
    assert [key for key, *_rest in PARTY_KEYS] == list(written["party"][0])
    assert [key for key, *_rest in RULE_KEYS] == list(written["defaults"][0])
