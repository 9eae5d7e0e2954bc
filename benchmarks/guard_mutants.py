"""Policies broken on purpose, each as a slip of somebody who changes `jigsaw.hub.kit.policies`: all must be found.

Each is the statements that break it, run by the owner after `guard.install`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import psycopg

from benchmarks import guard_cases, guard_world
from benchmarks.guard_world import World
from jigsaw.hub.kit import guard, policies
from jigsaw.hub.kit.policies import AGENCY, AT, HUB, PRACTITIONER, TABLES, Policies

Change = Callable[[Policies], Policies]


def is_found(owner: psycopg.Connection[Any], world: World, name: str) -> bool:
    """Does anybody of this world see it? The slip is undone.

    The world stands in the open transaction for what is in MUTANTS; for OPENED it is put there anew.
    """
    with owner.transaction(force_rollback=True):
        for statement in OPENED.get(name) or MUTANTS[name]:
            owner.execute(statement.encode())
        if name in OPENED:
            guard_world.put(owner, world)
        told = guard_cases.ask_all(owner, world, changing=True, until_wrong=True)
    return bool(told.leaks or told.refusals)


def _changed(table: str, change: Change) -> list[str]:
    """The table's policies anew, with one thing changed. Raises ValueError if the slip slips past them."""
    broken = change(TABLES[table])
    if broken == TABLES[table]:
        raise ValueError(f"This changes nothing in the policies of {table}.")
    anew = (
        statement for statement in guard.for_table(table, broken) if statement.startswith("CREATE POLICY")
    )
    return [_DROP.format(table=table), *anew]


_DROP = """
DO $$
DECLARE policy record;
BEGIN
    FOR policy IN SELECT policyname FROM pg_policies WHERE tablename = '{table}' LOOP
        EXECUTE format('DROP POLICY %I ON {table}', policy.policyname);
    END LOOP;
END $$
"""


def _sees(table: str, *swaps: tuple[str, str]) -> list[str]:
    """What shows, with words swapped for others."""

    def change(policies: Policies) -> Policies:
        sees = policies.sees
        for old, new in swaps:
            if old not in sees:
                raise ValueError(f"{old!r} is not in the policies of {table}.")
            sees = sees.replace(old, new)
        return replace(policies, sees=sees, writes=policies.writes or policies.sees)

    return _changed(table, change)


def _writes(table: str, writes: str) -> list[str]:
    return _changed(table, lambda policies: replace(policies, writes=writes))


def _never(table: str, *rules: tuple[str, str]) -> list[str]:
    return _changed(table, lambda policies: replace(policies, never=rules))


def _function(name: str, returns: str, body: str) -> list[str]:
    return [
        f"CREATE OR REPLACE FUNCTION guard.{name}() RETURNS {returns} LANGUAGE sql STABLE SECURITY DEFINER"
        f" SET search_path = '' AS $$ {body} $$"
    ]


DOCUMENT = "chronology_document"
RECORD, ENTRY, RELEASE = "people_personrecord", "chronology_entry", "chronology_release"
LENT_ENDS = f"(lent.ends_at IS NULL OR lent.ends_at > {AT})"
TOLD_ENDS = f"(told.ends_at IS NULL OR told.ends_at > {AT})"
REQUEST, RECIPIENT = "information_requests_informationrequest", "information_requests_recipient"
ANSWER, ITEM = "disclosures_answer", "disclosures_answereditem"
PROPOSAL = "disclosures_releaseproposal"
CONCERN, FEEDBACK = "referrals_referral", "referrals_feedback"
CORRECTION, QUESTION = "corrections_correction", "partner_hubs_question"
WRITTEN = "corrections_writtenmeanwhile"
NOTICE, ASKED = "encompass_notice", "rights_rightsrequest"
ENQUIRY, DECISION = "enquiries_enquiry", "decisions_decision"
RELEASE_ENDS = f"(chronology_release.ends_at IS NULL OR chronology_release.ends_at > {AT})"

MUTANTS: dict[str, list[str]] = {
    "records: the end of a purpose is forgotten": _sees(RECORD, (LENT_ENDS, "true")),
    "records: a purpose without an end is no purpose": _sees(RECORD, ("lent.ends_at IS NULL OR ", "")),
    "records: the end is still in": _sees(RECORD, ("lent.ends_at >", "lent.ends_at >=")),
    "records: seen before they are lent": _sees(RECORD, (f"lent.given_at <= {AT}", "true")),
    "records: not yet seen at the moment they are lent": _sees(
        RECORD, ("lent.given_at <=", "lent.given_at <")
    ),
    # Said twice, in the policies of records and of grants: either alone still holds.
    "records: what is lent to one agency is lent to all": [
        *_sees(RECORD, (f"lent.agency_id = {AGENCY} AND ", "")),
        *_sees("people_grant", (f"agency_id = {AGENCY}", "true")),
    ],
    "records: what is lent to one practitioner is lent to their agency": _sees(
        RECORD, (f"lent.practitioner_id IS NULL OR lent.practitioner_id = {PRACTITIONER}", "true")
    ),
    "records: lent to a practitioner alone, or not at all": _sees(
        RECORD, ("lent.practitioner_id IS NULL OR ", "")
    ),
    "records: whatever is lent at all": _sees(RECORD, ("lent.record_id = people_personrecord.id", "true")),
    "records: held and lent, instead of held or lent": _sees(RECORD, (" OR EXISTS", " AND EXISTS")),
    "records: own ones are forgotten": _sees(RECORD, (f"OR agency_id = {AGENCY} ", "")),
    "records: own ones are the practitioner’s": _sees(
        RECORD, (f"OR agency_id = {AGENCY} ", f"OR agency_id = {PRACTITIONER} ")
    ),
    "records: the hub sees no more than anybody": _sees(RECORD, (f"{HUB} OR ", "")),
    "records: those too close are let in": _never(RECORD),
    "records: being too close allows instead of forbidding": [
        *_never(RECORD),
        f"CREATE POLICY close ON {RECORD} FOR SELECT USING (person_id <> ALL {policies.TOO_CLOSE})",
    ],
    "records: what may be read may be changed": _writes(RECORD, TABLES[RECORD].sees),
    "records: anybody’s may be changed": _writes(RECORD, "true"),
    "persons: everybody shows": _sees("people_person", ("record.person_id = people_person.id", "true")),
    "numbers: of everybody": _sees("people_identifier", ("record.id = people_identifier.record_id", "true")),
    "numbers: changed by whoever was lent the record": _writes(
        "people_identifier", TABLES["people_identifier"].sees
    ),
    "addresses: protected ones are shown": _never("people_address"),
    "addresses: protected ones are shown to whoever was lent the record": _never(
        "people_address",
        (
            "a_protected_address_is_its_holders",
            TABLES["people_address"].never[0][1].replace(f" AND record.agency_id = {AGENCY}", ""),
        ),
    ),
    "addresses: none but protected ones": _never(
        "people_address",
        ("a_protected_address_is_its_holders", TABLES["people_address"].never[0][1].replace("NOT ", "")),
    ),
    "relationships: one end is enough": _sees("people_relationship", (") AND EXISTS", ") OR EXISTS")),
    "import problems: of everybody": _sees(
        "people_importproblem", ("whole.id = people_importproblem.batch_id", "true")
    ),
    "grants: everybody’s": _sees("people_grant", (f"agency_id = {AGENCY}", "true")),
    "grants: whoever is lent something may lend": _writes("people_grant", TABLES["people_grant"].sees),
    "conflicts: of colleagues": _sees(
        "people_conflict", (f"practitioner_id = {PRACTITIONER}", f"{PRACTITIONER} IS NOT NULL")
    ),
    "emergencies: of other agencies": _sees("people_emergencyopening", (f"agency_id = {AGENCY}", "true")),
    "emergencies: about those too close": _never("people_emergencyopening"),
    "emergencies: changed without the hub": _writes(
        "people_emergencyopening", TABLES["people_emergencyopening"].sees
    ),
    "plans: of every authority": _sees("unscheduled_care_plan", (f"agency_id = {AGENCY} AND ", "")),
    "plans: of those too close": _sees(
        "unscheduled_care_plan", ("record.id = unscheduled_care_plan.record_id", "true")
    ),
    "alerts: of every authority": _sees("unscheduled_care_alert", (f"agency_id = {AGENCY} AND ", "")),
    "messages: of every setting": _sees("unscheduled_care_delivery", (f"agency_id = {AGENCY}", "true")),
    "attendances: of every setting": _sees("unscheduled_care_attendance", (f"agency_id = {AGENCY}", "true")),
    "accesses: of every setting": _sees("unscheduled_care_access", (f"agency_id = {AGENCY}", "true")),
    "index: open to agencies": _sees("people_recordkey", (HUB, f"({HUB} OR {AGENCY} IS NOT NULL)")),
    # Said twice, in the policies of entries and of releases.
    "entries: the end of a release is forgotten": [
        *_sees(ENTRY, (TOLD_ENDS, "true")),
        *_sees(RELEASE, (RELEASE_ENDS, "true")),
    ],
    "entries: seen before they are released": [
        *_sees(ENTRY, (f"told.released_at <= {AT}", "true")),
        *_sees(RELEASE, (f"chronology_release.released_at <= {AT}", "true")),
    ],
    "entries: what one agency is told all are told": [
        *_sees(ENTRY, (f"told.to_agency_id = {AGENCY} AND ", "")),
        *_sees(RELEASE, (f"to_agency_id = {AGENCY} AND ", "")),
    ],
    "entries: own ones are forgotten": _sees(ENTRY, (f"OR agency_id = {AGENCY} ", "")),
    "entries: everybody’s": _sees(ENTRY, (f"OR agency_id = {AGENCY} ", "OR true ")),
    "entries: about those too close": _never(ENTRY),
    "entries: changed by whoever was told": _writes(ENTRY, TABLES[ENTRY].sees),
    "subjects: of every entry": _sees(
        "chronology_entrysubject", ("whole.id = chronology_entrysubject.entry_id", "true")
    ),
    "family words: of every agency’s entries": _sees(
        "chronology_familywords", (f"agency_id = {AGENCY}", "true")
    ),
    "family words: about those too close": _never("chronology_familywords"),
    "documents: of every agency": _sees(DOCUMENT, (f"OR agency_id = {AGENCY} ", "OR true ")),
    "documents: seen after they were taken back": _sees(
        DOCUMENT, (f" AND (along.ends_at IS NULL OR along.ends_at > {AT})", "")
    ),
    "documents: whoever writes a release lets themselves in": _sees(
        DOCUMENT, (" AND told.of_agency_id = chronology_document.agency_id", "")
    ),
    "documents: about those too close": _never(DOCUMENT),
    "documents: changed by whoever was sent them": _writes(DOCUMENT, TABLES[DOCUMENT].sees),
    "documents: what left with every release": _sees(
        "chronology_releaseddocument", ("whole.id = chronology_releaseddocument.release_id", "true")
    ),
    "releases: kept after their end": _sees(RELEASE, (RELEASE_ENDS, "true")),
    "releases: hidden from whoever released": _sees(RELEASE, (f"OR of_agency_id = {AGENCY} ", "")),
    "releases: about those too close": _never(RELEASE),
    "releases: changed by whoever was told": _writes(RELEASE, TABLES[RELEASE].sees),
    "releases: whoever writes one lets themselves in": _sees(
        ENTRY, (" AND told.of_agency_id = chronology_entry.agency_id", "")
    ),
    "requests: of everybody": _sees(REQUEST, (f"from_agency_id = {AGENCY} OR", "true OR")),
    "requests: kept from whoever asked": _sees(REQUEST, (f"from_agency_id = {AGENCY} OR ", "")),
    "requests: kept from whoever is asked": _sees(REQUEST, (f" OR {policies.ASKED}", "")),
    "requests: one that is asked is asked everything": _sees(
        REQUEST, ("asked.request_id = information_requests_informationrequest.id", "true")
    ),
    "requests: whoever says they are asked is": _sees(
        REQUEST, (" AND asked.from_agency_id = information_requests_informationrequest.from_agency_id", "")
    ),
    # Said twice, in the policies of requests and of those asked.
    "requests: about those too close": [*_never(REQUEST), *_never(RECIPIENT)],
    "requests: changed by whoever is asked": _writes(REQUEST, TABLES[REQUEST].sees),
    "requests: subjects of every request": _sees(
        "information_requests_requestsubject",
        ("whole.id = information_requests_requestsubject.request_id", "true"),
    ),
    "requests: whoever is asked says about whom": _writes(
        "information_requests_requestsubject", TABLES["information_requests_requestsubject"].sees
    ),
    "asked: what others are asked": _sees(
        RECIPIENT, (f"{HUB} OR agency_id", f"{AGENCY} IS NOT NULL OR agency_id")
    ),
    "asked: kept from whoever asked": _sees(RECIPIENT, (f" OR from_agency_id = {AGENCY}", "")),
    "asked: kept from whoever is asked": _sees(RECIPIENT, (f"agency_id = {AGENCY} OR ", "")),
    "asked: about those too close": _never(RECIPIENT),
    "asked: what happened to every request": _sees(
        "information_requests_requestevent",
        ("whole.id = information_requests_requestevent.recipient_id", "true"),
    ),
    "asked: what happened may be written anew": _writes(
        "information_requests_requestevent", TABLES["information_requests_requestevent"].sees
    ),
    "answers: everybody’s": _sees(ANSWER, ("whole.id = disclosures_answer.recipient_id", "true")),
    "answers: changed by whoever asked": _writes(ANSWER, TABLES[ANSWER].sees),
    "items: of every answer": _sees(ITEM, ("whole.id = disclosures_answereditem.answer_id", "true")),
    "items: changed by whoever asked": _writes(ITEM, TABLES[ITEM].sees),
    "items: about those too close": _never(ITEM),
    "proposals: shown to whoever asked": _sees(PROPOSAL, (f" AND whole.agency_id = {AGENCY}", "")),
    "proposals: everybody’s": _sees(
        PROPOSAL, ("whole.id = disclosures_releaseproposal.recipient_id", "true")
    ),
    "proposals: about those too close": _never(PROPOSAL),
    "concerns: of everybody": _sees(CONCERN, (f"to_agency_id = {AGENCY}", "true")),
    "concerns: kept from their sender": _sees(CONCERN, (f" OR from_agency_id = {AGENCY}", "")),
    "concerns: kept from the front door": _sees(CONCERN, (f"to_agency_id = {AGENCY} OR ", "")),
    "concerns: about those too close": _never(CONCERN),
    "concerns: changed by their sender": _writes(CONCERN, TABLES[CONCERN].sees),
    "concerns: whom every one names": _sees(
        "referrals_referralperson", ("whole.id = referrals_referralperson.referral_id", "true")
    ),
    "concerns: the sender’s words changed by the front door": _writes(
        "referrals_statement", TABLES["referrals_statement"].sees
    ),
    "concerns: the sender sees the rating": _sees(
        "referrals_rating", (f" AND whole.to_agency_id = {AGENCY}", "")
    ),
    "feedback: everybody’s": _sees(FEEDBACK, (f"{HUB} OR to_agency_id = {AGENCY}", f"{AGENCY} IS NOT NULL")),
    "feedback: the sender of a concern sees what others are told": _sees(
        FEEDBACK, (f" AND whole.to_agency_id = {AGENCY}", "")
    ),
    "feedback: kept from whoever is told": _sees(FEEDBACK, (f" OR to_agency_id = {AGENCY}", "")),
    "feedback: about those too close": _never(FEEDBACK),
    "enquiries: of everybody": _sees(ENQUIRY, (f"agency_id = {AGENCY}", f"{AGENCY} IS NOT NULL")),
    "enquiries: about those too close": _never(ENQUIRY),
    "enquiries: subjects of every one": _sees(
        "enquiries_enquirysubject", ("whole.id = enquiries_enquirysubject.enquiry_id", "true")
    ),
    "enquiries: thresholds of every one": _sees(
        "enquiries_thresholddecision", ("whole.id = enquiries_thresholddecision.enquiry_id", "true")
    ),
    "decisions: of everybody": _sees(DECISION, (f"OR agency_id = {AGENCY}", f"OR {AGENCY} IS NOT NULL")),
    "decisions: on every answer": _sees(DECISION, ("answer.decision_id = decisions_decision.id", "true")),
    "decisions: whoever answers with one lets themselves in": _sees(
        DECISION, (" AND asked.agency_id = decisions_decision.agency_id", "")
    ),
    "decisions: kept from whoever asked": _sees(DECISION, (f" OR {policies.ANSWERED_WITH_IT}", "")),
    "decisions: about those too close": _never(DECISION),
    "decisions: changed by whoever asked": _writes(DECISION, TABLES[DECISION].sees),
    "decisions: who took part in every one": _sees(
        "decisions_participant", ("whole.id = decisions_participant.decision_id", "true")
    ),
    # Said twice, in the policies of corrections and of who was told.
    "corrections: told to one, told to all": [
        *_sees(CORRECTION, (f" AND told.practitioner_id = {PRACTITIONER}", "")),
        *_sees("corrections_told", (f"practitioner_id = {PRACTITIONER}", f"{PRACTITIONER} IS NOT NULL")),
    ],
    "corrections: all that there are": _sees(
        CORRECTION, ("told.correction_id = corrections_correction.id", "true")
    ),
    "corrections: of those too close": _never(CORRECTION),
    "corrections: of those too close, where they came": _never(
        CORRECTION, ("nobody_too_close", f"stayed_id <> ALL {policies.TOO_CLOSE}")
    ),
    "corrections: changed by who was told": _writes(CORRECTION, TABLES[CORRECTION].sees),
    "corrections: who else was told": _sees(
        "corrections_told", (f"practitioner_id = {PRACTITIONER}", f"{PRACTITIONER} IS NOT NULL")
    ),
    "corrections: what others wrote meanwhile": _sees(WRITTEN, (f" AND whole.agency_id = {AGENCY}", "")),
    "questions to hubs: of colleagues": _sees(
        QUESTION, (f"practitioner_id = {PRACTITIONER}", f"{PRACTITIONER} IS NOT NULL")
    ),
    "questions to hubs: about those too close": _never(QUESTION),
    "notices of abuse: whoever writes a delivery lets themselves in": _sees(
        NOTICE, (" AND told.from_agency_id = encompass_notice.from_agency_id", "")
    ),
    "notices of abuse: about those too close": _never(NOTICE),
    "notices of abuse: changed by the school": _writes(NOTICE, TABLES[NOTICE].sees),
    "deliveries of them: of every agency": _sees(
        "encompass_delivery", (f"OR to_agency_id = {AGENCY}", "OR true")
    ),
    "what families asked: of every agency": _sees(ASKED, (f"agency_id = {AGENCY}", "true")),
    "what families asked: about those too close": _never(ASKED),
    "what was left out: of every answer": _sees(
        "rights_redaction", ("whole.id = rights_redaction.request_id", "true")
    ),
    "past its time: of every agency": _sees("retention_dueitem", (f"agency_id = {AGENCY}", "true")),
    "past its time: about those too close": _never("retention_dueitem"),
    "past its time: too close to all, not to one of them": _never(
        "retention_dueitem", ("nobody_too_close", f"NOT people <@ {policies.TOO_CLOSE}")
    ),
    "holds: of every agency": _sees("retention_hold", (f"agency_id = {AGENCY}", "true")),
    "holds: about those too close": _never("retention_hold"),
    "holds: on nobody, so hidden": _never(
        "retention_hold", ("nobody_too_close", f"person_id <> ALL {policies.TOO_CLOSE}")
    ),
    "register of disposals: of every agency": _sees("retention_disposal", (f"agency_id = {AGENCY}", "true")),
    "patterns: about those too close": _never("patterns_pattern"),
    "patterns: what every pattern points at": _sees(
        "patterns_pointed", ("whole.id = patterns_pointed.pattern_id", "true")
    ),
    "unusual looks: about those too close": _never("people_unusuallook"),
    "never answered: shown to agencies": _sees(
        "partner_hubs_neveranswer", (HUB, f"({HUB} OR {AGENCY} IS NOT NULL)")
    ),
    "the log’s words: read by agencies": _sees("audit_words", (HUB, f"({HUB} OR {AGENCY} IS NOT NULL)")),
    "every step is the hub’s": _function("hub", "boolean", "SELECT true"),
    "nobody is as good as the hub": _function(
        "hub", "boolean", "SELECT coalesce((guard.context())[3], 'hub') = 'hub'"
    ),
    "the clock of the database, not of the act": _function("at", "timestamptz", "SELECT now()"),
    "agency and practitioner are swapped": _function(
        "agency", "uuid", "SELECT nullif((guard.context())[1], '')::uuid"
    ),
    "no case is too close": _function("cases_too_close", "uuid[]", "SELECT '{}'::uuid[]"),
    "nobody is too close": _function("too_close", "uuid[]", "SELECT '{}'::uuid[]"),
}

OPENED: dict[str, list[str]] = {
    "a table is left open": ["ALTER TABLE people_contact DISABLE ROW LEVEL SECURITY"],
    "the owner is not bound": ["ALTER TABLE people_involvement NO FORCE ROW LEVEL SECURITY"],
}
"""What cannot be done while rows wait for their foreign keys: asked of before the world is put into the database."""
