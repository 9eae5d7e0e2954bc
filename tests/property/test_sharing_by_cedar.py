"""Cedar, told the rules apart from the Python, allows what the sharing rules permit, and nothing else.

The whole of it, a hundred thousand cases of each sort, is `jigsaw bench share`.
"""

from copy import deepcopy

import pytest
from benchmarks import by_cedar, share
from benchmarks.share_cases import cases, context, proposed, register, sharetown

from jigsaw.sharing_rules import agreements
from jigsaw.sharing_rules.finding import Answer
from jigsaw.sharing_rules.may_share import CHECKS, may_share

MADE = list(cases(5000, seed=7))
LAW = register()
# These read texts, which Cedar cannot.
OF_TEXTS = {"identities-protected", "police-source-not-named"}


@pytest.fixture(scope="module")
def allowed():
    return by_cedar.allowed([context(case) for case in MADE], by_cedar.sharetown_policies())


@pytest.fixture(scope="module")
def verdicts():
    agreed = sharetown()
    return [may_share(proposed(case, LAW, agreed)) for case in MADE]


def test_the_rules_permit_what_cedar_allows_and_nothing_else(verdicts, allowed):
    assert [verdict.answer is Answer.PERMIT for verdict in verdicts] == allowed
    assert 0.1 < sum(allowed) / len(allowed) < 0.9, "cases that all end alike prove nothing"


@pytest.mark.parametrize("code", sorted({check.code for check in CHECKS} - OF_TEXTS))
def test_cedar_notices_when_a_rule_is_missing(code, verdicts, allowed):
    without = [all(f.answer is Answer.PERMIT for f in v.findings if f.check != code) for v in verdicts]
    assert without != allowed


@pytest.mark.parametrize("clause", [rule["clause"] for rule in agreements.sharetown()["defaults"]])
def test_cedar_notices_when_a_clause_that_permits_is_missing(clause, allowed):
    assert differs(lambda document: drop(document, "defaults", clause), allowed)


@pytest.mark.parametrize("clause", ["2.1", "2.4", "2.7"])
def test_cedar_notices_when_an_exception_is_missing(clause, allowed):
    assert differs(lambda document: drop(document, "exceptions", clause), allowed)


@pytest.mark.parametrize("change", [{"startDate": "2026-01-02"}, {"endDate": "2028-12-30"}])
def test_cedar_notices_when_the_days_are_wrong(change, allowed):
    assert differs(lambda document: document.update(change), allowed)


def test_cedar_notices_when_another_authority_is_let_in(allowed):
    def widen(document):
        for party in document["party"]:
            party["authorities"].append("E06999999")

    assert differs(widen, allowed)


def drop(document, part, clause):
    document[part] = [rule for rule in document[part] if rule["clause"] != clause]


def differs(change, allowed):
    document = deepcopy(agreements.sharetown())
    change(document)
    agreed = agreements.compiled([agreements.read(document)])
    return [may_share(proposed(case, LAW, agreed)).answer is Answer.PERMIT for case in MADE] != allowed


def test_agreements_made_up_at_random_are_understood_alike():
    found = [share.agreements_differ(60, seed) for seed in range(40)]
    assert [differ for differ, _permitted in found if differ] == []
    assert sum(permitted for _differ, permitted in found) > 300


def test_the_benchmark_tells_speed_and_that_nothing_differs():
    told = share.run(verdicts=1000, repeats=1, oracle=600)
    assert (told["oracle_rules"]["differ"], told["oracle_agreements"]["differ"]) == (0, 0)
    assert told["verdicts_a_second"] > 0 and set(told["answers"]) == {"PERMIT", "REVIEW", "DENY"}
