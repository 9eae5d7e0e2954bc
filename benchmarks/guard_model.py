"""Who may see and change which row: the need-to-know rules once more, in plain Python.

Written apart from the policies of `jigsaw.hub.kit.policies` and from the rules of the domains: it knows neither. It is
asked of worlds (`guard_world`), whose rows are plain dictionaries, and answers with the ids of rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Row = Mapping[str, Any]
World = Mapping[str, list[Row]]
Ids = set[str]


@dataclass(frozen=True)
class Who:
    """Who asks, and as of when. No agency: nobody, to whom nothing shows. `hub`: the hub itself."""

    practitioner: str = ""
    agency: str = ""
    at: datetime | None = None
    hub: bool = False


def sees(world: World, who: Who) -> dict[str, Ids]:
    """By table, the ids of the rows that show to them."""
    shows = _shows(world, who)
    return {
        table: {name(table, row) for row in rows if who.hub or shows(table, row)}
        for table, rows in world.items()
    }


def changes(world: World, who: Who) -> dict[str, Ids]:
    """By table, the ids of the rows that they may change: those of their agency alone."""
    shown = sees(world, who)
    own = {row["id"] for row in world["people_personrecord"] if row["agency_id"] == who.agency}
    released = {row["id"] for row in world["chronology_release"] if row["of_agency_id"] == who.agency}
    held = {
        "people_personrecord": lambda row: row["agency_id"] == who.agency,
        "people_importbatch": lambda row: row["agency_id"] == who.agency,
        "people_importproblem": lambda row: True,
        **dict.fromkeys(OF_CARE, lambda row: True),
        "chronology_entry": lambda row: row["agency_id"] == who.agency,
        "chronology_entrysubject": lambda row: True,
        "chronology_release": lambda row: row["of_agency_id"] == who.agency,
        "chronology_familywords": lambda row: row["agency_id"] == who.agency,
        "chronology_document": lambda row: row["agency_id"] == who.agency,
        "chronology_releaseddocument": lambda row: row["release_id"] in released,
        "partner_hubs_question": lambda row: True,
        **dict.fromkeys(OF_AN_AGENCY_AND_SOMEBODY, lambda row: True),
        **dict.fromkeys(("patterns_pointed", "rights_redaction", "retention_dueitem", "retention_disposal"), lambda row: True),
        "encompass_notice": lambda row: row["from_agency_id"] == who.agency,
        "encompass_delivery": lambda row: row["to_agency_id"] == who.agency,
        **_changes_of_cases(world, who),
        **dict.fromkeys([*OF_A_RECORD, "people_address", "people_relationship"], lambda row: row["record_id"] in own),
    }  # fmt: skip
    return {
        table: {
            name(table, row)
            for row in rows
            if name(table, row) in shown[table] and (who.hub or (table in held and held[table](row)))
        }
        for table, rows in world.items()
    }


def name(table: str, row: Row) -> str:
    """What a row is called: its key, in words."""
    return "/".join(str(row[column]) for column in KEYS.get(table, ("id",)))


KEYS = {
    "people_recordkey": ("key", "record_id"),
    "people_matchrow": ("record_id",),
    "people_joinedrow": ("person_id",),
    "chronology_entrysubject": ("record_id", "entry_id"),
    "audit_words": ("entry",),
    "patterns_look": ("person_id",),
}
OF_A_RECORD = (
    "people_identifier",
    "people_contact",
    "people_involvement",
    "people_trace",
    "people_numberstanding",
    "people_numberreport",
)
# An agency's own, about one person (or, of a hold, nobody): never to whoever avoids them.
OF_AN_AGENCY_AND_SOMEBODY = (
    "patterns_pattern",
    "people_unusuallook",
    "rights_rightsrequest",
    "retention_hold",
)
OF_CARE = (
    "unscheduled_care_plan",
    "unscheduled_care_alert",
    "unscheduled_care_delivery",
    "unscheduled_care_attendance",
    "unscheduled_care_access",
)


def _live(row: Row, begins: str, at: datetime) -> bool:
    return row[begins] <= at and (row["ends_at"] is None or at < row["ends_at"])


def _shows(world: World, who: Who) -> Callable[[str, Row], bool]:
    """For one who is not the hub: does this row of this table show?"""
    at = who.at
    if not who.agency or at is None:
        return lambda _table, _row: False
    avoided = {
        row["person_id"] for row in world["people_conflict"] if row["practitioner_id"] == who.practitioner
    }
    lent = {
        row["record_id"]
        for row in world["people_grant"]
        if row["agency_id"] == who.agency
        and row["practitioner_id"] in (None, who.practitioner)
        and _live(row, "given_at", at)
    }
    records = {
        row["id"]: row
        for row in world["people_personrecord"]
        if row["person_id"] not in avoided and (row["agency_id"] == who.agency or row["id"] in lent)
    }
    own = {pk for pk, row in records.items() if row["agency_id"] == who.agency}
    persons = {row["person_id"] for row in records.values()}
    about_avoided = _entries_about(world, avoided)
    told = {
        (row["entry_id"], row["of_agency_id"])
        for row in world["chronology_release"]
        if row["to_agency_id"] == who.agency and _live(row, "released_at", at)
    }
    entries = {
        row["id"]
        for row in world["chronology_entry"]
        if row["id"] not in about_avoided
        and (row["agency_id"] == who.agency or (row["id"], row["agency_id"]) in told)
    }
    batches = {row["id"] for row in world["people_importbatch"] if row["agency_id"] == who.agency}
    heard = {(row["correction_id"], row["practitioner_id"]) for row in world["corrections_told"]}
    own_entries = {
        row["id"]
        for row in world["chronology_entry"]
        if row["id"] in entries and row["agency_id"] == who.agency
    }
    releases = {
        row["id"]: row
        for row in world["chronology_release"]
        if row["entry_id"] not in about_avoided
        and (
            row["of_agency_id"] == who.agency
            or (row["to_agency_id"] == who.agency and _live(row, "released_at", at))
        )
    }
    along = {
        (row["document_id"], releases[row["release_id"]]["of_agency_id"])
        for row in world["chronology_releaseddocument"]
        if row["release_id"] in releases
        and releases[row["release_id"]]["to_agency_id"] == who.agency
        and _live(releases[row["release_id"]], "released_at", at)
        and (row["ends_at"] is None or at < row["ends_at"])
    }
    cases = _cases(world, who, avoided, about_avoided)

    def own_of(table: str) -> set[Any]:
        return {
            row["id"]
            for row in world[table]
            if row["agency_id"] == who.agency and row["person_id"] not in avoided
        }

    rules: dict[str, Callable[[Row], bool]] = {
        "people_personrecord": lambda row: row["id"] in records,
        "people_person": lambda row: row["id"] in persons,
        **dict.fromkeys(OF_A_RECORD, lambda row: row["record_id"] in records),
        "people_address": lambda row: row["record_id"] in (own if row["protected"] else records),
        "people_relationship": lambda row: row["record_id"] in records and row["to_id"] in records,
        **dict.fromkeys(OF_CARE, lambda row: row["agency_id"] == who.agency),
        **dict.fromkeys(
            OF_CARE[:2], lambda row: row["agency_id"] == who.agency and row["record_id"] in records
        ),
        "people_importbatch": lambda row: row["id"] in batches,
        "people_importproblem": lambda row: row["batch_id"] in batches,
        "people_grant": lambda row: row["agency_id"] == who.agency,
        "people_emergencyopening": lambda row: row["agency_id"] == who.agency and row["person_id"] not in avoided,
        "people_conflict": lambda row: row["practitioner_id"] == who.practitioner,
        "chronology_entry": lambda row: row["id"] in entries,
        "chronology_entrysubject": lambda row: row["entry_id"] in entries,
        "chronology_release": lambda row: row["id"] in releases,
        "chronology_document": lambda row: row["entry_id"] not in about_avoided
        and (row["agency_id"] == who.agency or (row["id"], row["agency_id"]) in along),
        "chronology_releaseddocument": lambda row: row["release_id"] in releases,
        "chronology_familywords": lambda row: row["entry_id"] not in about_avoided
        and row["agency_id"] == who.agency,
        "corrections_correction": lambda row: (row["id"], who.practitioner) in heard
        and not {row["stayed_id"], row["came_id"]} & avoided,
        "corrections_told": lambda row: row["practitioner_id"] == who.practitioner,
        "corrections_writtenmeanwhile": lambda row: row["entry_id"] in own_entries,
        "partner_hubs_question": lambda row: row["practitioner_id"] == who.practitioner
        and row["person_id"] not in avoided,
        **dict.fromkeys(
            OF_AN_AGENCY_AND_SOMEBODY,
            lambda row: row["agency_id"] == who.agency and row["person_id"] not in avoided,
        ),
        "patterns_pointed": lambda row: row["pattern_id"] in own_of("patterns_pattern"),
        "rights_redaction": lambda row: row["request_id"] in own_of("rights_rightsrequest"),
        "retention_dueitem": lambda row: row["agency_id"] == who.agency and not set(row["people"]) & avoided,
        "retention_disposal": lambda row: row["agency_id"] == who.agency,
        **_told_by_the_police(world, who, avoided),
        **cases,
    }  # fmt: skip
    return lambda table, row: table in rules and rules[table](row)


def _told_by_the_police(world: World, who: Who, avoided: set[Any]) -> dict[str, Callable[[Row], bool]]:
    """A notice is the police’s and theirs to whom the police say that it went; about nobody whom the practitioner avoids."""
    records = {row["id"] for row in world["people_personrecord"] if row["person_id"] in avoided}
    close = {row["id"] for row in world["encompass_notice"] if row["record_id"] in records}
    told = {
        (row["notice_id"], row["from_agency_id"])
        for row in world["encompass_delivery"]
        if row["to_agency_id"] == who.agency
    }
    return {
        "encompass_notice": lambda row: (
            row["id"] not in close
            and (row["from_agency_id"] == who.agency or (row["id"], row["from_agency_id"]) in told)
        ),
        "encompass_delivery": lambda row: (
            row["notice_id"] not in close and who.agency in (row["from_agency_id"], row["to_agency_id"])
        ),
    }


def _entries_about(world: World, persons: set[Any]) -> set[Any]:
    records = {row["id"] for row in world["people_personrecord"] if row["person_id"] in persons}
    return {row["entry_id"] for row in world["chronology_entrysubject"] if row["record_id"] in records}


# --- cases: concerns, enquiries, what is asked and answered, what is decided ----------------------------------------------------------------------------


def _cases(
    world: World, who: Who, avoided: set[Any], entries_avoided: set[Any]
) -> dict[str, Callable[[Row], bool]]:
    """Who sent and who received a concern see it, who leads an enquiry that, who asked and who was asked a request.

    The one who was asked sees what it wants to let out. Nothing about anybody whom the practitioner avoids, asked
    about, named or told of.
    """
    records = {row["id"] for row in world["people_personrecord"] if row["person_id"] in avoided}
    close = {
        row["request_id"]
        for row in world["information_requests_requestsubject"]
        if row["record_id"] in records
    }
    close_concerns = {
        row["referral_id"] for row in world["referrals_referralperson"] if row["record_id"] in records
    }
    close_enquiries = {
        row["enquiry_id"] for row in world["enquiries_enquirysubject"] if row["record_id"] in records
    }
    concerns = {
        row["id"]: row
        for row in world["referrals_referral"]
        if who.agency in (row["from_agency_id"], row["to_agency_id"]) and row["id"] not in close_concerns
    }
    received = {pk for pk, row in concerns.items() if row["to_agency_id"] == who.agency}
    led = {
        row["id"]
        for row in world["enquiries_enquiry"]
        if row["agency_id"] == who.agency and row["id"] not in close_enquiries
    }
    recipients = {
        row["id"]: row
        for row in world["information_requests_recipient"]
        if who.agency in (row["agency_id"], row["from_agency_id"]) and row["request_id"] not in close
    }
    asked = {
        (row["request_id"], row["from_agency_id"])
        for row in recipients.values()
        if row["agency_id"] == who.agency
    }
    requests = {
        row["id"]
        for row in world["information_requests_informationrequest"]
        if row["id"] not in close
        and (row["from_agency_id"] == who.agency or (row["id"], row["from_agency_id"]) in asked)
    }
    answers = {row["id"] for row in world["disclosures_answer"] if row["recipient_id"] in recipients}
    request_of = {row["id"]: row["request_id"] for row in world["information_requests_recipient"]}
    close_decisions = (
        {row["closing_id"] for row in world["referrals_referral"] if row["id"] in close_concerns}
        | {
            row["decision_id"]
            for row in world["enquiries_thresholddecision"]
            if row["enquiry_id"] in close_enquiries
        }
        | {
            row["decision_id"]
            for row in world["disclosures_answer"]
            if request_of[row["recipient_id"]] in close
        }
    )
    read = {
        (row["decision_id"], recipients[row["recipient_id"]]["agency_id"])
        for row in world["disclosures_answer"]
        if row["id"] in answers
    }
    decisions = {
        row["id"]
        for row in world["decisions_decision"]
        if row["id"] not in close_decisions
        and (row["agency_id"] == who.agency or (row["id"], row["agency_id"]) in read)
    }
    return {
        "referrals_referral": lambda row: row["id"] in concerns,
        "referrals_referralperson": lambda row: row["referral_id"] in concerns,
        "referrals_statement": lambda row: row["referral_id"] in concerns,
        "referrals_rating": lambda row: row["referral_id"] in received,
        "referrals_feedback": lambda row: (
            row["referral_id"] not in close_concerns
            and (row["to_agency_id"] == who.agency or row["referral_id"] in received)
        ),
        "enquiries_enquiry": lambda row: row["id"] in led,
        "enquiries_enquirysubject": lambda row: row["enquiry_id"] in led,
        "enquiries_thresholddecision": lambda row: row["enquiry_id"] in led,
        "decisions_decision": lambda row: row["id"] in decisions,
        "decisions_participant": lambda row: row["decision_id"] in decisions,
        "information_requests_informationrequest": lambda row: row["id"] in requests,
        "information_requests_requestsubject": lambda row: row["request_id"] in requests,
        "information_requests_recipient": lambda row: row["id"] in recipients,
        "information_requests_requestevent": lambda row: row["recipient_id"] in recipients,
        "disclosures_answer": lambda row: row["id"] in answers,
        "disclosures_answereditem": lambda row: (
            row["answer_id"] in answers and row["entry_id"] not in entries_avoided
        ),
        "disclosures_releaseproposal": lambda row: (
            row["recipient_id"] in recipients
            and recipients[row["recipient_id"]]["agency_id"] == who.agency
            and row["entry_id"] not in entries_avoided
        ),
    }


def _changes_of_cases(world: World, who: Who) -> dict[str, Callable[[Row], bool]]:
    """A request is its asker's, an answer is its giver's; how far it is, both say.

    A concern is its front door's once it is sent, its words stay its sender's.
    """
    sender = {row["id"]: row["from_agency_id"] for row in world["referrals_referral"]}
    decider = {row["id"]: row["agency_id"] for row in world["decisions_decision"]}
    asker = {row["id"]: row["from_agency_id"] for row in world["information_requests_informationrequest"]}
    asked = {row["id"]: row["agency_id"] for row in world["information_requests_recipient"]}
    giver = {row["id"]: asked[row["recipient_id"]] for row in world["disclosures_answer"]}
    return {
        "referrals_referral": lambda row: row["to_agency_id"] == who.agency,
        "referrals_referralperson": lambda row: sender[row["referral_id"]] == who.agency,
        "referrals_statement": lambda row: sender[row["referral_id"]] == who.agency,
        **dict.fromkeys(
            (
                "referrals_rating",
                "referrals_feedback",
                "enquiries_enquiry",
                "enquiries_enquirysubject",
                "enquiries_thresholddecision",
            ),
            lambda row: True,
        ),
        "decisions_decision": lambda row: row["agency_id"] == who.agency,
        "decisions_participant": lambda row: decider[row["decision_id"]] == who.agency,
        "information_requests_informationrequest": lambda row: row["from_agency_id"] == who.agency,
        "information_requests_requestsubject": lambda row: asker[row["request_id"]] == who.agency,
        "information_requests_recipient": lambda row: True,
        "disclosures_answer": lambda row: giver[row["id"]] == who.agency,
        "disclosures_answereditem": lambda row: giver[row["answer_id"]] == who.agency,
        "disclosures_releaseproposal": lambda row: True,
    }
