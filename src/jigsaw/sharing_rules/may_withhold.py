"""Is this decision not to share complete and well founded?"""

from __future__ import annotations

from typing import Final

from jigsaw.sharing_rules.check import Check, findings
from jigsaw.sharing_rules.checks.withholding_decider import withholding_decider
from jigsaw.sharing_rules.checks.withholding_detriment import withholding_detriment
from jigsaw.sharing_rules.checks.withholding_in_enquiry import withholding_in_enquiry
from jigsaw.sharing_rules.checks.withholding_is_looked_at_again import withholding_is_looked_at_again
from jigsaw.sharing_rules.checks.withholding_kind import withholding_kind
from jigsaw.sharing_rules.checks.withholding_reasons import withholding_reasons
from jigsaw.sharing_rules.checks.withholding_words_protect import withholding_words_protect
from jigsaw.sharing_rules.proposed import Withholding
from jigsaw.sharing_rules.verdict import Verdict

CHECKS: Final[tuple[Check[Withholding], ...]] = (
    withholding_kind,
    withholding_decider,
    withholding_reasons,
    withholding_is_looked_at_again,
    withholding_detriment,
    withholding_words_protect,
    withholding_in_enquiry,
)


def may_withhold(withholding: Withholding) -> Verdict:
    """Ask every check on withholding.

    DENY means that the decision is not yet complete, not that the holder must share.
    """
    return Verdict.of(findings(CHECKS, withholding))
