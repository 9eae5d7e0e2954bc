"""Never a silent allow: unknown codes, expired or contradictory agreements and odd days never permit anything."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from benchmarks.share import made_up
from hypothesis import assume, given
from hypothesis import strategies as st

from jigsaw.sharing_rules import agreements
from jigsaw.sharing_rules.agreements import UnreadableAgreement, compiled, read
from jigsaw.sharing_rules.finding import Answer
from jigsaw.sharing_rules.party import Party
from jigsaw.sharing_rules.vocabulary import CATEGORIES, MODES, PURPOSES, SECTORS

AREAS = ["E06999991", "E06999992", "E06999999"]
ENGLAND = ZoneInfo("Europe/London")
TOWN = compiled([read(agreements.sharetown())])
PARTIES = st.builds(
    Party,
    agency=st.just("A"),
    sector=st.sampled_from([*SECTORS, "XX"]),
    code=st.sampled_from(["", "SCH", "CSC", "POL"]),
    authorities=st.frozensets(st.sampled_from(AREAS), min_size=1, max_size=2),
)
QUESTIONS = st.fixed_dictionaries(
    {
        "holder": PARTIES,
        "recipient": PARTIES,
        "purpose": st.sampled_from(sorted(PURPOSES)),
        "category": st.sampled_from(sorted(CATEGORIES)),
        "mode": st.sampled_from(sorted(MODES)),
        "on": st.dates(date(2025, 6, 1), date(2029, 6, 1)),
    }
)
SEEDS = st.integers(0, 10_000)


@given(QUESTIONS, st.sampled_from(["purpose", "category", "mode"]), st.text(max_size=12))
def test_an_unknown_code_never_permits(question, part, word):
    assume(word not in {*PURPOSES, *CATEGORIES, *MODES})
    said = TOWN.says(**{**question, part: word})
    assert said.answer is not Answer.PERMIT and not said.covered


@given(QUESTIONS, st.sampled_from(["holder", "recipient"]))
def test_an_agency_of_nowhere_is_never_covered(question, side):
    nowhere = Party("A", question[side].sector)
    assert not TOWN.says(**{**question, side: nowhere}).covered


@given(QUESTIONS)
def test_before_its_first_and_after_its_last_day_an_agreement_permits_nothing(question):
    said = TOWN.says(**question)
    if not date(2026, 1, 1) <= question["on"] <= date(2028, 12, 31):
        assert said.answer is not Answer.PERMIT and not said.covered


@given(QUESTIONS)
def test_every_answer_explains_itself(question):
    said = TOWN.says(**question)
    assert said.words.endswith(".")
    assert said.answer is Answer.PERMIT or said.next_step
    assert (said.answer is Answer.REVIEW) == bool(said.review_role)
    assert said.covered == bool(said.reference)
    assert said.answer is not Answer.PERMIT or said.covered


@given(QUESTIONS, st.integers(0, 5))
def test_one_more_prohibition_never_softens_an_answer(question, place):
    document = agreements.sharetown()
    document["exceptions"].append(
        {
            **document["defaults"][place],
            "clause": "9",
            "effect": "prohibit",
            "modes": sorted(MODES),
            "words": "Never",
        }
    )
    stricter = compiled([read(document)]).says(**question)
    assert stricter.answer.severity >= TOWN.says(**question).answer.severity


@given(QUESTIONS, SEEDS)
def test_agreements_that_differ_permit_only_what_none_of_them_stops(question, seed):
    documents = [d | {"extends": None, "replaces": []} for d in made_up(Random(seed))]
    alone = {d["identifier"]["value"]: d for d in documents if d["version"] == 1}
    several = [read(document) for document in alone.values()]
    said = [compiled([each]).says(**question) for each in several]
    together = compiled(several).says(**question)
    covered = [each.answer.severity for each in said if each.covered]
    assert together.answer.severity == max(covered, default=together.answer.severity)
    assert together.answer is not Answer.PERMIT or covered


@given(QUESTIONS, SEEDS)
def test_the_order_in_which_agreements_are_given_changes_nothing(question, seed):
    several = [read(document) for document in made_up(Random(seed))]
    assert compiled(several).says(**question) == compiled(several[::-1]).says(**question)


@given(SEEDS)
def test_what_is_read_is_written_again_exactly(seed):
    for document in made_up(Random(seed)):
        assert read(read(document).as_json()) == read(document)


@given(SEEDS, st.sampled_from(["effect", "modes", "purpose", "data", "from", "to", "clause"]), st.data())
def test_a_spoilt_document_is_refused_or_means_the_same(seed, key, data):
    document = made_up(Random(seed))[0]
    spoilt = data.draw(st.sampled_from([None, "", 7, [], ["?"], {}, [7], "permit all"]))
    document["defaults"][0] = {**document["defaults"][0], key: spoilt}
    try:
        again = read(document).as_json()
    except UnreadableAgreement as refused:
        assert all(problem.path and problem.next_step for problem in refused.problems)
    else:
        assert again["defaults"][0][key] == spoilt


@pytest.mark.parametrize(
    "change", [datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)]
)
def test_when_the_clocks_change_no_minute_is_of_a_day_on_which_the_agreement_does_not_hold(change):
    """The day is that of England: around the change it is the same day, before and after, without a gap."""
    document = agreements.sharetown()
    day = change.astimezone(ENGLAND).date()
    document |= {"startDate": day.isoformat(), "endDate": day.isoformat()}
    agreed = compiled([read(document)])
    area = frozenset(AREAS[:1])
    for minutes in range(-180, 181, 15):
        at = (change + timedelta(minutes=minutes)).astimezone(ENGLAND).date()
        said = agreed.says(
            holder=Party("A", "ED", authorities=area),
            recipient=Party("B", "SC", authorities=area),
            purpose="s47",
            category="education",
            mode="CONTENT",
            on=at,
        )
        assert said.covered == (at == day)


def test_a_moment_is_no_day_and_is_refused_rather_than_guessed():
    with pytest.raises(TypeError):
        TOWN.says(
            holder=Party("A", "ED", authorities=frozenset(AREAS[:1])),
            recipient=Party("B", "SC", authorities=frozenset(AREAS[:1])),
            purpose="s47",
            category="education",
            mode="CONTENT",
            on=datetime(2026, 10, 14, 12, tzinfo=UTC),
        )


@given(st.lists(QUESTIONS, min_size=2, max_size=6))
def test_what_was_asked_before_changes_no_answer(questions):
    """Answers are kept by clauses and day: that something is held must not be answered as what is held."""
    asked = [{**q, "mode": mode} for q in questions for mode in MODES]
    kept = [TOWN.says(**q) for q in (*asked, *asked[::-1])]
    fresh = [compiled([read(agreements.sharetown())]).says(**q) for q in asked]
    assert kept == [*fresh, *fresh[::-1]]


@pytest.mark.parametrize(("mode", "answer"), [("CONTENT", Answer.REVIEW), ("EXISTENCE", Answer.DENY)])
def test_after_its_last_day_what_is_held_goes_to_a_person_and_that_it_is_held_is_not_shown(mode, answer):
    area = frozenset(AREAS[:1])
    for each in (*MODES, mode):
        said = TOWN.says(
            holder=Party("A", "ED", authorities=area),
            recipient=Party("B", "SC", authorities=area),
            purpose="s47",
            category="education",
            mode=each,
            on=date(2029, 1, 1),
        )
    assert said.answer is answer
