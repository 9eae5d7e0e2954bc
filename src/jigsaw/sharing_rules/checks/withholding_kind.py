"""Is a recognised ground for withholding chosen?"""

from jigsaw.sharing_rules.check import Reply, check, deny, permit
from jigsaw.sharing_rules.proposed import Withholding
from jigsaw.sharing_rules.withholding import GROUNDS


@check(
    code="withholding-kind",
    question="Is a recognised ground for withholding chosen?",
    source="Information Commissioner's Office, data sharing code of practice, Annex B (decision form); "
    "Children Act 2004 s16LA(3)",
    source_date="2026-04-29",
)
def withholding_kind(withholding: Withholding) -> Reply:
    """A decision not to share rests on a ground that others can recognise and count.

    PERMIT when one of the known grounds is chosen. DENY otherwise.
    """
    if withholding.kind not in GROUNDS:
        return deny(
            "No recognised ground for withholding is chosen.",
            next_step="Choose the ground that fits best. If none does, sharing is probably right.",
        )
    return permit(f"The ground is that {GROUNDS[withholding.kind].words}.")
