"""Whatever is recorded, the sharing rules answer, explain themselves and never grow softer."""

import json
from dataclasses import fields, replace
from datetime import date
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

import jigsaw
from jigsaw.sharing_rules import agreements, identities, instruments
from jigsaw.sharing_rules.checks.special_category_condition import WHY_NO_CONSENT
from jigsaw.sharing_rules.finding import Answer
from jigsaw.sharing_rules.identities import identities_in, partly_in, showing_in
from jigsaw.sharing_rules.may_share import CHECKS, may_share
from jigsaw.sharing_rules.may_withhold import CHECKS as WITHHOLDING_CHECKS
from jigsaw.sharing_rules.may_withhold import may_withhold
from jigsaw.sharing_rules.proposed import Grounds, Item, Party, Proposed, Release, Request, Withholding
from jigsaw.sharing_rules.roles import COMMISSIONED, PART_TO_PLAY
from jigsaw.sharing_rules.verdict import Verdict
from jigsaw.sharing_rules.vocabulary import CATEGORIES, MODES, PURPOSES, SECTORS
from jigsaw.sharing_rules.withholding import GROUNDS, TRIGGERS, NewInformation, reopens

LAW = Path(jigsaw.__file__).parent / "hub" / "agreements" / "data" / "legal_instruments.json"
REGISTER = instruments.read(json.loads(LAW.read_text(encoding="utf-8"))["entries"])
LAWS = set(REGISTER.by_code)
AGREED = agreements.compiled([agreements.read(agreements.sharetown())])
AREAS = ["E06999991", "E06999992", "E06999999"]
WORDS = st.sampled_from(["Alma Dray", "the child said", "61%", "12 Mill Lane", "O’Neill", "Zoë", "  ", ""])
TEXT = st.one_of(st.text(max_size=40), st.lists(WORDS, max_size=5).map(" ".join))
DATES = st.dates(min_value=date(1990, 1, 1), max_value=date(2035, 1, 1))


def code(known):
    """A code that the rules know, or anything else that somebody may have typed."""
    return st.one_of(st.sampled_from(sorted(known)), st.sampled_from(["", "?"]), st.text(max_size=8))


ROLES = st.frozensets(
    code(PART_TO_PLAY | COMMISSIONED | {"related_to_subject", "member_of_public"}), max_size=3
)
PARTIES = st.builds(
    Party,
    agency=TEXT,
    sector=code(SECTORS),
    roles=ROLES,
    code=code({"SCH", "CSC", "POL"}),
    authorities=st.frozensets(st.sampled_from(AREAS), max_size=2),
)
REQUESTS = st.builds(
    Request,
    reference=TEXT,
    purpose_code=code(PURPOSES),
    asked_of_holder=st.booleans(),
    live=st.booleans(),
    subjects_match=st.booleans(),
)
ITEM_PARTS = {
    "kind": code({"intelligence", "whole_file", "school_attendance"}),
    "how_known": code({"fact", "opinion", "reported", "child"}),
    "source": TEXT,
    "text": TEXT,
    "released_text": TEXT,
    "happened_on": st.none() | DATES,
    "about_child": st.booleans(),
    "about_adult_only": st.booleans(),
    "identities_to_protect": st.lists(TEXT, max_size=3).map(tuple),
    "police_grading": st.none() | code({"1AP", "2BC", "3EP", "B24"}),
    "handling": code({"P", "C"}),
    "sealed": st.booleans(),
    "adoption": st.booleans(),
    "special_category": st.booleans(),
    "handling_conditions": st.lists(st.sampled_from(["A1", "S2"]), max_size=2).map(tuple),
    "category": code(CATEGORIES),
    "protected_address": st.booleans(),
    "informant": st.booleans(),
    "unread_documents": st.integers(0, 3),
}
ITEMS = st.builds(Item, **ITEM_PARTS)
DECISIONS = st.builds(
    Grounds,
    lawful_basis=code(LAWS),
    reasons=TEXT,
    gateway=code(LAWS),
    condition=code(LAWS),
    sch1_18_reason=code(WHY_NO_CONSENT),
    part3=st.booleans(),
    consent_result=code({"given", "refused"}),
    told_family=code({"told", "will_tell", "not_told"}),
    told_why=TEXT,
    purpose=code(PURPOSES),
    service_consent=code({"given", "refused"}),
    objected=st.booleans(),
    objection_answer=TEXT,
    public_interest=TEXT,
)
RELEASES = st.builds(
    Release,
    kind=code({"sealed", "adoption", "protected_address", "informant"}),
    proposed_by=TEXT,
    reason=TEXT,
    released_by=TEXT,
    released_role=code({"sealed_records_custodian", "adoption_manager", "named_safeguarding_lead"}),
)
PROPOSED = st.builds(
    Proposed,
    item=ITEMS,
    holder=PARTIES,
    recipient=PARTIES,
    request=st.none() | REQUESTS,
    decision=DECISIONS,
    today=DATES,
    edition=st.sampled_from(["2015", "2018", "2024"]),
    register=st.just(REGISTER),
    agreements=st.sampled_from([AGREED, agreements.compiled([])]),
    mode=code(MODES),
    releases=st.lists(RELEASES, max_size=2).map(tuple),
    bundled=st.booleans(),
)
WITHHOLDINGS = st.builds(
    Withholding,
    kind=code(GROUNDS),
    reasons=TEXT,
    review_trigger=TEXT,
    today=DATES,
    review_on=st.none() | DATES,
    words_for_requester=TEXT,
    identities_to_protect=st.lists(TEXT, max_size=3).map(tuple),
    request=st.none() | REQUESTS,
    gateway=code(LAWS),
    detriment_considered=st.booleans(),
    advice_from=TEXT,
    decider_roles=ROLES,
    decided_on=st.none() | DATES,
    triggers=st.frozensets(code(TRIGGERS), max_size=2),
)


def explains_itself(verdict: Verdict) -> bool:
    return all(
        finding.words.endswith(".")
        and finding.source
        and date.fromisoformat(finding.source_date)
        and (finding.answer is Answer.PERMIT or finding.next_step)
        and (finding.answer is Answer.REVIEW) == bool(finding.review_role)
        for finding in verdict.findings
    )


@given(PROPOSED)
def test_every_check_answers_and_explains_itself(proposed):
    verdict = may_share(proposed)
    assert [finding.check for finding in verdict.findings] == [check.code for check in CHECKS]
    assert explains_itself(verdict)


@given(PROPOSED)
def test_the_answer_is_the_strictest(proposed):
    verdict = may_share(proposed)
    answers = {finding.answer for finding in verdict.findings}
    expected = next(a for a in (Answer.DENY, Answer.REVIEW, Answer.PERMIT) if a in answers)
    assert verdict.answer is expected


@given(PROPOSED)
def test_a_verdict_survives_storage(proposed):
    verdict = may_share(proposed)
    assert Verdict.from_json(json.loads(json.dumps(verdict.as_json()))) == verdict


@given(PROPOSED, st.sampled_from(["Alma Dray", "12 Mill Lane", "07700 900123"]), st.booleans())
def test_protecting_a_name_that_shows_always_stops_the_release(proposed, identity, shout):
    said = identity.upper() if shout else identity
    item = replace(proposed.item, released_text=f"{proposed.item.released_text} {said}.")
    before = may_share(replace(proposed, item=item))
    protected = replace(item, identities_to_protect=(*item.identities_to_protect, identity))
    after = may_share(replace(proposed, item=protected))
    assert after.answer is Answer.DENY
    assert after.answer.severity >= before.answer.severity


@given(PROPOSED, TEXT)
def test_protecting_one_more_name_never_softens_the_verdict(proposed, identity):
    item = replace(proposed.item, identities_to_protect=(*proposed.item.identities_to_protect, identity))
    after = may_share(replace(proposed, item=item))
    assert after.answer.severity >= may_share(proposed).answer.severity


@given(PROPOSED, st.sampled_from(["sealed", "adoption", "protected_address", "informant"]))
def test_closing_a_record_never_softens_the_verdict(proposed, closing):
    closed = replace(proposed, item=replace(proposed.item, **{closing: True}))
    assert may_share(closed).answer.severity >= may_share(proposed).answer.severity


@given(PROPOSED)
def test_no_words_repeat_what_the_practitioner_wrote(proposed):
    marked = replace(
        proposed, item=replace(proposed.item, text="Xyzzyx", released_text="Xyzzyx", source="Xyzzyx")
    )
    assert "Xyzzyx" not in " ".join(f.words + f.next_step for f in may_share(marked).findings)


@given(WITHHOLDINGS)
def test_withholding_answers_and_explains_itself(withholding):
    verdict = may_withhold(withholding)
    assert [finding.check for finding in verdict.findings] == [check.code for check in WITHHOLDING_CHECKS]
    assert explains_itself(verdict)
    assert Verdict.from_json(verdict.as_json()) == verdict


@given(WITHHOLDINGS, code(TRIGGERS), DATES)
def test_news_from_before_the_decision_or_about_others_opens_nothing_but_the_day_s_own_clock(
    withholding, kind, day
):
    elsewhere = reopens(withholding, NewInformation(kind, day, concerns_subjects=False))
    day_came = withholding.review_on is not None and withholding.review_on <= day
    assert bool(elsewhere) == day_came
    if day < (withholding.decided_on or withholding.today):
        assert reopens(withholding, NewInformation(kind, day)) == elsewhere


@given(WITHHOLDINGS, st.sampled_from(["section_47", "immediate_danger"]), DATES)
def test_a_section_47_enquiry_opens_everything_withheld_before_it(withholding, kind, day):
    decided = replace(withholding, decided_on=min(day, withholding.today))
    assert reopens(decided, NewInformation(kind, day))


LETTERS = st.text("abcdefghijklmnopqrstuvwxyzéö", min_size=1, max_size=8)


@given(st.lists(LETTERS, min_size=1, max_size=3), st.sampled_from([" ", "  ", "-", "\n", "\u00a0", ""]))
@settings(max_examples=200)
def test_a_name_is_found_whatever_its_spacing_and_capitals(parts, gap):
    identity = " ".join(parts)
    assert identities_in(f"He saw ({gap.join(parts).upper()}) there", (identity,)) == (identity,)


def read_slowly(text, identity):
    """Whether the identity shows, letter by letter, with none of the short cuts."""
    plain, words = identities._plain(text + "é")[:-1], identities._words(identity)
    if not words:
        return False
    orders = (words, words[-1:] + words[:-1])
    return any(identities._pattern(order).search(plain) for order in orders)


@given(
    st.lists(st.one_of(LETTERS, st.sampled_from([" ", "-", "’s", "É", ".", "_"])), max_size=12),
    LETTERS,
    LETTERS,
)
@settings(max_examples=300)
def test_looking_for_the_letters_first_finds_the_same(parts, first, last):
    text, identity = "".join([*parts, first[:3], " ", last, *parts[::-1]]), f"{first} {last}"
    assert (identities_in(text, (identity,)) == (identity,)) == read_slowly(text, identity)
    assert showing_in(text, (identity,)) == (
        identities_in(text, (identity,)),
        partly_in(text, (identity,)),
    )


def test_generated_items_cover_every_part():
    """A part added to `Item` must be added to the strategy above, or these tests go blind."""
    assert {part.name for part in fields(Item)} == set(ITEM_PARTS)
