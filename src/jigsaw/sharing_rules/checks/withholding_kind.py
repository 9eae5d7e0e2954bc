"""Is a recognised ground for withholding chosen?"""

from typing import Final

from jigsaw.sharing_rules.check import Reply, check, deny, permit
from jigsaw.sharing_rules.proposed import Withholding

KINDS: Final = {
    "detriment_to_child": "sharing would do the child more harm than not sharing",
    "not_relevant": "it is not relevant",
    "not_necessary": "it is not necessary",
    "prejudice_to_investigation": "it would harm an investigation",
    "identity_protection": "it would reveal a protected identity",
    "serious_harm": "it would be likely to cause serious harm",
    "third_party_confidence": "it was given in confidence by a third party",
    "legal_privilege": "it is legally privileged",
    "adoption_or_gender_recognition": "the law on adoption or gender recognition restricts it",
    "court_order": "a court order restricts it",
    "not_authorised_part3": "no law authorises its use (Part 3, section 36(4))",
    "awaiting_advice": "advice is awaited",
}


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
    if withholding.kind not in KINDS:
        return deny(
            "No recognised ground for withholding is chosen.",
            next_step="Choose the ground that fits best. If none does, sharing is probably right.",
        )
    return permit(f"The ground is that {KINDS[withholding.kind]}.")
