"""The Caldicott principles stand beside a decision as questions, and stop nothing."""

from jigsaw.sharing_rules.may_share import CHECKS, may_share
from jigsaw.sharing_rules.prompts import CALDICOTT, prompts


def test_all_eight_are_asked_whatever_the_verdict(propose):
    for verdict in (may_share(propose()), may_share(propose(item={"sealed": True}))):
        assert sorted(prompt.principle.number for prompt in prompts(verdict)) == list(range(1, 9))


def test_those_about_which_something_was_found_come_first(propose):
    asked = prompts(may_share(propose(decision={"told_family": ""})))
    assert (asked[0].principle.number, [f.check for f in asked[0].open_findings]) == (8, ["family-told"])
    assert [prompt.principle.number for prompt in asked[1:]] == [1, 2, 3, 4, 5, 6, 7]


def test_each_names_checks_that_exist():
    known = {check.code for check in CHECKS}
    assert all(principle.answered_by and set(principle.answered_by) <= known for principle in CALDICOTT)
    assert all(principle.prompt.endswith("?") for principle in CALDICOTT)
