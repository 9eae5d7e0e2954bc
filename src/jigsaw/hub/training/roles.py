"""The roles a partnership starts with, in plain English. An administrator may change them."""

from __future__ import annotations

from datetime import datetime

from jigsaw.hub.agencies import operations as agencies
from jigsaw.hub.kit.actor import Actor

EVERYDAY = ("referral.make", "request.answer", "people.find", "people.emergency", "chronology.add")

ROLES = {
    "practitioner": (
        "Practitioner",
        "Works with children or their families. Raises concerns, answers requests, and adds to the agency’s own "
        "records.",
        EVERYDAY,
    ),
    "emergency_clinician": (
        "Clinician in unscheduled care",
        "Sees in an emergency department, walk-in centre or other setting of unscheduled care whether somebody there "
        "has a plan, and whom to ring.",
        ("care.look",),
    ),
    "feed_worker": (
        "Keeper of a system’s messages",
        "Works on messages of an agency’s system that could not be used, and decides whom they mean.",
        ("care.messages",),
    ),
    "named_safeguarding_lead": (
        "Safeguarding lead",
        "The designated or named lead of an agency. Does what a practitioner does, hands requests over, decides on "
        "what is in doubt, and sees who has looked at a child’s information.",
        (
            *(*EVERYDAY, "request.assign", "audit.view", "item.release", "people.emergency_review"),
            "rights.answer",
        ),
    ),
    "police_decision_maker": (
        "Police decision maker",
        "Decides for the police on what may be shared, intelligence with conditions included.",
        (*EVERYDAY, "request.assign", "item.release"),
    ),
    "sealed_records_custodian": (
        "Custodian of sealed records",
        "Keeps an agency’s sealed records, and decides whether an item of them is released.",
        ("item.release",),
    ),
    "adoption_manager": (
        "Adoption team manager",
        "Decides whether an item of an adoption record is released.",
        ("item.release",),
    ),
    "caldicott_guardian": (
        "Caldicott Guardian",
        "Decides for a health body where health information is in doubt. Their advice is noted with the answer.",
        EVERYDAY,
    ),
    "data_protection_officer": (
        "Data protection officer",
        "Decides for an agency where the law that fits is in doubt. Their advice is noted with the answer. Answers what "
        "families ask about their information, and decides what becomes of what is past its time.",
        (*EVERYDAY, "audit.view", "rights.answer", "retention.decide"),
    ),
    "call_taker": (
        "Call-taker",
        "Writes down what members of the public and callers say, for the front door.",
        ("referral.make",),
    ),
    "screener": (
        "Screener",
        "A qualified social worker at the front door. Finds out who a concern is about, rates it, and opens an "
        "enquiry or closes it with advice.",
        (
            *("referral.make", "referral.screen", "people.find", "people.find_any", "people.link"),
            *("people.emergency", "numbers.trace", "enquiry.lead", "plans.keep", "care.alerts"),
        ),
    ),
    "social_worker": (
        "Social worker",
        "Leads enquiries: asks agencies, reads their answers, tells those who helped what came of it. Keeps the plans "
        "of the authority’s children.",
        ("enquiry.lead", "plans.keep", "care.alerts", *EVERYDAY),
    ),
    "team_manager": (
        "Team manager",
        "Decides what happens next for a child, sees who has looked at a child’s information, and says about which "
        "children no other area is ever answered.",
        (
            *("enquiry.lead", "threshold.decide", "audit.view", "request.assign", "partner_hubs.silence"),
            *("plans.keep", "care.alerts"),
            "people.emergency_review",
            "rights.answer",
        ),
    ),
    "records_officer": (
        "Records officer",
        "Keeps an agency’s records in order: loads its files, traces NHS numbers that are missing or in doubt, and decides "
        "what becomes of what is past its time.",
        ("people.find", "import.run", "numbers.trace", "retention.decide"),
    ),
    "data_steward": (
        "Data steward",
        "Looks after the index of people: decides whether two records are one person, and settles it where "
        "reviewers disagree.",
        ("people.find", "people.find_any", "people.link", "people.settle"),
    ),
    "board_member": (
        "Board member",
        "Sees how well sharing works, in figures. Sees no child’s details.",
        ("oversight.view",),
    ),
    "agreements_manager": (
        "Agreements manager",
        "Writes the partners’ sharing agreements, sends them for signing, and has them reviewed. Sees no child’s "
        "details.",
        ("agreement.draft",),
    ),
    "agency_signatory": (
        "Signatory",
        "Signs sharing agreements for the agency, such as its Caldicott Guardian or chief officer.",
        ("agreement.sign",),
    ),
    "administrator": (
        "Administrator",
        "Looks after accounts, roles, local settings and imports. Sees no child’s details.",
        ("settings.manage", "import.run"),
    ),
}


def install(*, actor: Actor, now: datetime) -> None:
    """Add the roles, or bring them back to what they were."""
    for code, (name, description, permissions) in ROLES.items():
        agencies.add_role(
            actor=actor, code=code, name=name, description=description, permissions=permissions, now=now
        )
