"""The reference page says what the rules do today."""

from pathlib import Path

from jigsaw.sharing_rules import may_share, may_withhold
from jigsaw.sharing_rules.reference import SPEC, page, tried

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "sharing-rules.md"
RULES = (*may_share.CHECKS, *may_withhold.CHECKS)


def test_the_page_is_current():
    assert PAGE.read_text(encoding="utf-8") == page(), (
        "Run: python -m jigsaw.sharing_rules.reference > docs/reference/sharing-rules.md"
    )


def test_every_rule_is_listed_once():
    files = {path.stem for path in (Path(may_share.__file__).parent / "checks").glob("*.py")} - {"__init__"}
    assert {rule.ask.__name__ for rule in RULES} == files
    assert len({rule.code for rule in RULES}) == len(RULES)


def test_code_and_file_share_a_name():
    assert [rule.code for rule in RULES] == [rule.ask.__name__.replace("_", "-") for rule in RULES]


def test_every_rule_says_when_it_permits():
    for rule in RULES:
        assert "PERMIT when" in rule.explanation, rule.code
        assert "REVIEW" in rule.explanation or "DENY" in rule.explanation, rule.code


def test_every_rule_was_tried_both_ways():
    """Its tests hold it to somebody who may and somebody who must not: fewer than two cannot."""
    told = tried(SPEC)
    assert [rule.code for rule in RULES if len(told.get(rule.code, [])) < 2] == []
