"""Which roles do the rules speak of?"""

from __future__ import annotations

from typing import Final

POLICE_DECISION_MAKER: Final = "police_decision_maker"
DATA_PROTECTION_OFFICER: Final = "data_protection_officer"
SAFEGUARDING_LEAD: Final = "named_safeguarding_lead"
SEALED_RECORDS_CUSTODIAN: Final = "sealed_records_custodian"
ADOPTION_MANAGER: Final = "adoption_manager"
CALDICOTT_GUARDIAN: Final = "caldicott_guardian"

# A recipient with one of these has a part in protecting the child or supporting the family.
PART_TO_PLAY: Final = frozenset(
    {
        "safeguarding_partner",
        "relevant_agency",
        "allocated_social_worker",
        "family_help_lead_practitioner",
        "lead_child_protection_practitioner",
        "designated_safeguarding_lead",
        "hub_practitioner",
        SAFEGUARDING_LEAD,
        POLICE_DECISION_MAKER,
    }
)
# Provides services under arrangements made by a listed body (Children Act 2004 s16LA(4)(c)).
COMMISSIONED: Final = frozenset({"commissioned_service", "relevant_agency"})

RELATED_TO_SUBJECT: Final = "related_to_subject"
MEMBER_OF_PUBLIC: Final = "member_of_public"

ROLE_WORDS: Final = {
    POLICE_DECISION_MAKER: "police decision maker",
    DATA_PROTECTION_OFFICER: "data protection officer",
    SAFEGUARDING_LEAD: "named or designated safeguarding lead",
    SEALED_RECORDS_CUSTODIAN: "custodian of sealed records",
    ADOPTION_MANAGER: "adoption team manager",
    CALDICOTT_GUARDIAN: "Caldicott Guardian",
}
