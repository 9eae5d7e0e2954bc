"""Which rows may a query see? The policies of every table with personal data, in one place.

TABLES names each such table with its policies; a table that is in neither TABLES, BY_RIGHTS nor NOT_PERSONAL fails a
test. `guard` brings the database to what stands here.

One permissive policy a table says to whom a row shows at all; restrictive ones take away, whatever else allows. Every
value that depends on who asks is an uncorrelated sub-select: PostgreSQL works it out once a statement, never once a row.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

HUB = "(SELECT guard.hub())"
AGENCY = "(SELECT guard.agency())"
PRACTITIONER = "(SELECT guard.practitioner())"
AT = "(SELECT guard.at())"
TOO_CLOSE = "((SELECT guard.too_close())::uuid[])"
ENTRIES_TOO_CLOSE = "((SELECT guard.entries_too_close())::uuid[])"
CASES_TOO_CLOSE = "((SELECT guard.cases_too_close())::uuid[])"


@dataclass(frozen=True)
class Policies:
    """Who sees a row (`sees`), who may write it (`writes`; None: as `sees`), and what no permission overrides.

    `adds`: who may make one, where that is somebody else. `only`: functions that refuse one, to the hub as well.
    `keeps`: columns that stay as they were made, because who sees what follows from them.
    """

    sees: str
    writes: str | None = None
    never: tuple[tuple[str, str], ...] = ()
    adds: str | None = None
    only: tuple[str, ...] = ()
    keeps: tuple[str, ...] = ()


def _live(row: str, begins: str) -> str:
    """Begun and not over at the time of the act (the end exclusive)."""
    return f"{row}.{begins} <= {AT} AND ({row}.ends_at IS NULL OR {row}.ends_at > {AT})"


LENT = (
    f"EXISTS (SELECT FROM people_grant AS lent WHERE lent.record_id = people_personrecord.id"
    f" AND lent.agency_id = {AGENCY} AND {_live('lent', 'given_at')}"
    f" AND (lent.practitioner_id IS NULL OR lent.practitioner_id = {PRACTITIONER}))"
)
RELEASED = (
    f"EXISTS (SELECT FROM chronology_release AS told WHERE told.entry_id = chronology_entry.id"
    f" AND told.of_agency_id = chronology_entry.agency_id"
    f" AND told.to_agency_id = {AGENCY} AND {_live('told', 'released_at')})"
)
# A document leaves with a release of its own agency's, for as long as both say.
RELEASED_ALONG = (
    "EXISTS (SELECT FROM chronology_releaseddocument AS along"
    " JOIN chronology_release AS told ON told.id = along.release_id"
    " WHERE along.document_id = chronology_document.id AND told.of_agency_id = chronology_document.agency_id"
    f" AND told.to_agency_id = {AGENCY} AND {_live('told', 'released_at')}"
    f" AND (along.ends_at IS NULL OR along.ends_at > {AT}))"
)
# Whoever asks says so on both rows: a row of an agency's own making does not let it in.
ASKED = (
    "EXISTS (SELECT FROM information_requests_recipient AS asked"
    " WHERE asked.request_id = information_requests_informationrequest.id"
    " AND asked.from_agency_id = information_requests_informationrequest.from_agency_id"
    f" AND asked.agency_id = {AGENCY})"
)
OWN = f"{HUB} OR agency_id = {AGENCY}"
HUB_ALONE = Policies(sees=HUB)


def _with_record(table: str, column: str = "record_id", never: tuple[tuple[str, str], ...] = ()) -> Policies:
    """What hangs on a record shows with it, and is written by the agency that holds it."""
    record = f"SELECT FROM people_personrecord AS record WHERE record.id = {table}.{column}"
    return Policies(
        sees=f"{HUB} OR EXISTS ({record})",
        writes=f"{HUB} OR EXISTS ({record} AND record.agency_id = {AGENCY})",
        never=never,
    )


def _of_own_record(table: str) -> Policies:
    """The agency's own, and only with the record it hangs on: nobody too close sees it."""
    record = f"EXISTS (SELECT FROM people_personrecord AS record WHERE record.id = {table}.record_id)"
    return Policies(sees=f"{HUB} OR (agency_id = {AGENCY} AND {record})")


def _with(
    table: str,
    column: str,
    parent: str,
    *,
    to: str = "",
    written_by: str = "",
    never: tuple[tuple[str, str], ...] = (),
) -> Policies:
    """Shows with the row it belongs to, `whole`: `to` those of whom that is true, and is `written_by` those."""

    def whole(also: str) -> str:
        return (
            f"{HUB} OR EXISTS (SELECT FROM {parent} AS whole WHERE whole.id = {table}.{column}"
            f"{also and f' AND {also}'})"
        )

    return Policies(sees=whole(to), writes=whole(written_by) if written_by else None, never=never)


def _about_nobody_too_close(column: str) -> tuple[tuple[str, str], ...]:
    """`column` is the case that the row is, or belongs to."""
    return (("about_nobody_too_close", f"{column} <> ALL {CASES_TOO_CLOSE}"),)


OF_NO_ENTRY_TOO_CLOSE = (("about_nobody_too_close", f"entry_id <> ALL {ENTRIES_TOO_CLOSE}"),)
# The reasons of an answer show with it; no row of an agency's own making brings another's to light.
ANSWERED_WITH_IT = (
    "EXISTS (SELECT FROM disclosures_answer AS answer"
    " JOIN information_requests_recipient AS asked ON asked.id = answer.recipient_id"
    " WHERE answer.decision_id = decisions_decision.id AND asked.agency_id = decisions_decision.agency_id)"
)
ANSWERED_BY_OWN = (
    "EXISTS (SELECT FROM information_requests_recipient AS asked"
    f" WHERE asked.id = whole.recipient_id AND asked.agency_id = {AGENCY})"
)


HOLDERS_ALONE = (
    "a_protected_address_is_its_holders",
    f"NOT protected OR {HUB} OR EXISTS (SELECT FROM people_personrecord AS record"
    f" WHERE record.id = people_address.record_id AND record.agency_id = {AGENCY})",
)

TABLES: dict[str, Policies] = {
    # Who somebody is.
    "people_personrecord": Policies(
        sees=f"{OWN} OR {LENT}",
        writes=OWN,
        never=(("nobody_too_close", f"person_id <> ALL {TOO_CLOSE}"),),
    ),
    "people_person": Policies(
        sees=f"{HUB} OR EXISTS (SELECT FROM people_personrecord AS record WHERE record.person_id = people_person.id)",
        writes=HUB,
        never=(("nobody_too_close", f"id <> ALL {TOO_CLOSE}"),),
    ),
    "people_identifier": _with_record("people_identifier"),
    "people_address": _with_record("people_address", never=(HOLDERS_ALONE,)),
    "people_contact": _with_record("people_contact"),
    "people_relationship": Policies(
        sees=f"{HUB} OR (EXISTS (SELECT FROM people_personrecord AS record WHERE record.id = record_id)"
        " AND EXISTS (SELECT FROM people_personrecord AS record WHERE record.id = to_id))",
        writes=f"{HUB} OR EXISTS (SELECT FROM people_personrecord AS record"
        f" WHERE record.id = record_id AND record.agency_id = {AGENCY})",
    ),
    "people_involvement": _with_record("people_involvement"),
    "people_trace": _with_record("people_trace"),
    "people_numberstanding": _with_record("people_numberstanding"),
    "people_numberreport": _with_record("people_numberreport"),
    "people_importbatch": Policies(sees=OWN),
    "people_importproblem": _with("people_importproblem", "batch_id", "people_importbatch"),
    # Who may see it, and who must not.
    "people_grant": Policies(sees=OWN, writes=HUB),
    "people_emergencyopening": Policies(
        sees=OWN, writes=HUB, never=(("nobody_too_close", f"person_id <> ALL {TOO_CLOSE}"),)
    ),
    "people_unusuallook": Policies(sees=OWN, never=(("nobody_too_close", f"person_id <> ALL {TOO_CLOSE}"),)),
    "people_conflict": Policies(sees=f"{HUB} OR practitioner_id = {PRACTITIONER}", writes=HUB),
    # The index over all agencies: only the hub reads it, in a search or to link.
    "people_recordkey": HUB_ALONE,
    "people_matchrow": HUB_ALONE,
    "people_joinedrow": HUB_ALONE,
    "people_linkdecision": HUB_ALONE,
    "people_pairtoreview": HUB_ALONE,
    "people_pairreview": HUB_ALONE,
    "people_relinking": HUB_ALONE,
    "people_proposal": HUB_ALONE,
    # That there is a plan: its authority's; settings see it through a step of the hub.
    "unscheduled_care_plan": _of_own_record("unscheduled_care_plan"),
    "unscheduled_care_alert": _of_own_record("unscheduled_care_alert"),
    # What a setting sent, and who came or was looked up there: its own.
    "unscheduled_care_delivery": Policies(sees=OWN),
    "unscheduled_care_deliverykey": HUB_ALONE,
    "unscheduled_care_attendance": Policies(sees=OWN),
    "unscheduled_care_access": Policies(sees=OWN),
    # Two who were taken for one: whoever saw it, and what their own agency wrote meanwhile.
    "corrections_correction": Policies(
        sees=f"{HUB} OR EXISTS (SELECT FROM corrections_told AS told"
        f" WHERE told.correction_id = corrections_correction.id AND told.practitioner_id = {PRACTITIONER})",
        writes=HUB,
        never=(("nobody_too_close", f"stayed_id <> ALL {TOO_CLOSE} AND came_id <> ALL {TOO_CLOSE}"),),
    ),
    "corrections_told": Policies(sees=f"{HUB} OR practitioner_id = {PRACTITIONER}", writes=HUB),
    "corrections_writtenmeanwhile": replace(
        _with(
            "corrections_writtenmeanwhile", "entry_id", "chronology_entry", to=f"whole.agency_id = {AGENCY}"
        ),
        writes=HUB,
    ),
    # What a family asks of an agency, and what it answered: that agency's alone.
    "rights_rightsrequest": Policies(
        sees=OWN, never=(("nobody_too_close", f"person_id <> ALL {TOO_CLOSE}"),)
    ),
    "rights_redaction": _with("rights_redaction", "request_id", "rights_rightsrequest"),
    # What of it is past its time, held back or disposed of: that agency's alone.
    "retention_dueitem": Policies(sees=OWN, never=(("nobody_too_close", f"NOT people && {TOO_CLOSE}"),)),
    "retention_hold": Policies(
        sees=OWN, never=(("nobody_too_close", f"person_id IS NULL OR person_id <> ALL {TOO_CLOSE}"),)
    ),
    "retention_disposal": Policies(sees=OWN),
    # Of which children another hub may be told, and what it asked: answered by the hub, shown to nobody.
    "partner_hubs_filedperson": HUB_ALONE,
    "partner_hubs_filedtoken": HUB_ALONE,
    "partner_hubs_askedofus": HUB_ALONE,
    "partner_hubs_neveranswer": HUB_ALONE,
    "partner_hubs_neveranswer_records": HUB_ALONE,
    # What a practitioner asked another hub, and its one word.
    "partner_hubs_question": Policies(
        sees=f"{HUB} OR practitioner_id = {PRACTITIONER}",
        never=(("nobody_too_close", f"person_id <> ALL {TOO_CLOSE}"),),
    ),
    # The words behind an entry of the log: written by whoever acts, nobody signed in or not; read to verify alone.
    "audit_words": Policies(sees=HUB, adds="true"),
    # What happened.
    "chronology_entry": Policies(
        sees=f"{OWN} OR {RELEASED}",
        writes=OWN,
        never=(("about_nobody_too_close", f"id <> ALL {ENTRIES_TOO_CLOSE}"),),
    ),
    "chronology_entrysubject": _with("chronology_entrysubject", "entry_id", "chronology_entry"),
    "chronology_release": Policies(
        sees=f"{HUB} OR of_agency_id = {AGENCY} OR (to_agency_id = {AGENCY}"
        f" AND {_live('chronology_release', 'released_at')})",
        writes=f"{HUB} OR of_agency_id = {AGENCY}",
        never=OF_NO_ENTRY_TOO_CLOSE,
        only=("what_is_sealed_leaves_by_two",),
        keeps=("entry_id", "to_agency_id", "of_agency_id"),
    ),
    # What a family says of it: its agency's; whoever was told the entry reads it through a step of the hub.
    "chronology_familywords": Policies(
        sees=OWN, never=OF_NO_ENTRY_TOO_CLOSE, keeps=("entry_id", "agency_id")
    ),
    "chronology_document": Policies(
        sees=f"{OWN} OR {RELEASED_ALONG}",
        writes=OWN,
        never=OF_NO_ENTRY_TOO_CLOSE,
        keeps=("entry_id", "agency_id"),
    ),
    "chronology_releaseddocument": replace(
        _with(
            "chronology_releaseddocument",
            "release_id",
            "chronology_release",
            written_by=f"whole.of_agency_id = {AGENCY}",
        ),
        keeps=("release_id", "document_id"),
    ),
    # What the police told a school: theirs, and each agency's to which it went.
    "encompass_notice": Policies(
        sees=f"{HUB} OR from_agency_id = {AGENCY} OR EXISTS (SELECT FROM encompass_delivery AS told"
        f" WHERE told.notice_id = encompass_notice.id AND told.from_agency_id = encompass_notice.from_agency_id"
        f" AND told.to_agency_id = {AGENCY})",
        writes=f"{HUB} OR from_agency_id = {AGENCY}",
        never=_about_nobody_too_close("id"),
    ),
    "encompass_delivery": Policies(
        sees=f"{HUB} OR from_agency_id = {AGENCY} OR to_agency_id = {AGENCY}",
        adds=f"{HUB} OR from_agency_id = {AGENCY}",
        writes=f"{HUB} OR to_agency_id = {AGENCY}",
        never=_about_nobody_too_close("notice_id"),
        keeps=("notice_id", "to_agency_id", "from_agency_id"),
    ),
    # Patterns in it: the agency's whose practitioner was told. The service asks of each record that it points at, too.
    "patterns_pattern": Policies(sees=OWN, never=(("nobody_too_close", f"person_id <> ALL {TOO_CLOSE}"),)),
    "patterns_pointed": _with("patterns_pointed", "pattern_id", "patterns_pattern"),
    "patterns_look": HUB_ALONE,
    # A concern, and what came of it.
    "referrals_referral": Policies(
        sees=f"{HUB} OR to_agency_id = {AGENCY} OR from_agency_id = {AGENCY}",
        writes=f"{HUB} OR to_agency_id = {AGENCY}",
        adds=f"{HUB} OR from_agency_id = {AGENCY}",
        never=_about_nobody_too_close("id"),
    ),
    **{
        said: _with(said, "referral_id", "referrals_referral", written_by=f"whole.from_agency_id = {AGENCY}")
        for said in ("referrals_referralperson", "referrals_statement")
    },
    "referrals_rating": _with(
        "referrals_rating", "referral_id", "referrals_referral", to=f"whole.to_agency_id = {AGENCY}"
    ),
    "referrals_feedback": Policies(
        sees=f"{HUB} OR to_agency_id = {AGENCY} OR EXISTS (SELECT FROM referrals_referral AS whole"
        f" WHERE whole.id = referrals_feedback.referral_id AND whole.to_agency_id = {AGENCY})",
        never=_about_nobody_too_close("referral_id"),
    ),
    # An enquiry is its lead agency's; the reasons of an answer are read by whoever asked, too.
    "enquiries_enquiry": Policies(sees=OWN, never=_about_nobody_too_close("id")),
    "enquiries_enquirysubject": _with("enquiries_enquirysubject", "enquiry_id", "enquiries_enquiry"),
    "enquiries_thresholddecision": _with("enquiries_thresholddecision", "enquiry_id", "enquiries_enquiry"),
    "decisions_decision": Policies(
        sees=f"{OWN} OR {ANSWERED_WITH_IT}", writes=OWN, never=_about_nobody_too_close("id")
    ),
    "decisions_participant": _with(
        "decisions_participant",
        "decision_id",
        "decisions_decision",
        written_by=f"whole.agency_id = {AGENCY}",
    ),
    # What one agency asks another, and what it answers.
    "information_requests_informationrequest": Policies(
        sees=f"{HUB} OR from_agency_id = {AGENCY} OR {ASKED}",
        writes=f"{HUB} OR from_agency_id = {AGENCY}",
        never=_about_nobody_too_close("id"),
    ),
    "information_requests_requestsubject": _with(
        "information_requests_requestsubject",
        "request_id",
        "information_requests_informationrequest",
        written_by=f"whole.from_agency_id = {AGENCY}",
    ),
    "information_requests_recipient": Policies(
        sees=f"{HUB} OR agency_id = {AGENCY} OR from_agency_id = {AGENCY}",
        adds=f"{HUB} OR from_agency_id = {AGENCY}",
        never=_about_nobody_too_close("request_id"),
        keeps=("request_id", "agency_id", "from_agency_id"),
    ),
    "information_requests_requestevent": replace(
        _with("information_requests_requestevent", "recipient_id", "information_requests_recipient"),
        adds=f"{HUB} OR EXISTS (SELECT FROM information_requests_recipient AS whole"
        " WHERE whole.id = information_requests_requestevent.recipient_id)",
        writes=HUB,
    ),
    "disclosures_answer": _with(
        "disclosures_answer",
        "recipient_id",
        "information_requests_recipient",
        written_by=f"whole.agency_id = {AGENCY}",
    ),
    "disclosures_answereditem": _with(
        "disclosures_answereditem",
        "answer_id",
        "disclosures_answer",
        written_by=ANSWERED_BY_OWN,
        never=OF_NO_ENTRY_TOO_CLOSE,
    ),
    "disclosures_releaseproposal": _with(
        "disclosures_releaseproposal",
        "recipient_id",
        "information_requests_recipient",
        to=f"whole.agency_id = {AGENCY}",
        never=OF_NO_ENTRY_TOO_CLOSE,
    ),
}

BY_RIGHTS = {
    "audit_entry": "Ids and codes of who did what, no words: the service may add to it and read it, and no more. It is"
    " found by whom it is about, by an index over arrays; PostgreSQL asks no such index under row-level security,"
    " because array operators are not leakproof, and would read the whole log for each child’s page.",
}
"""Tables about people that rights and triggers guard, and row-level security would not: with the reason why."""

NOT_PERSONAL = {
    **dict.fromkeys(
        ("django_migrations", "django_content_type", "django_session", "auth_permission", "auth_group",
         "auth_group_permissions"),
        "Django’s own: a session holds a practitioner’s id.",
    ),
    **dict.fromkeys(
        ("agencies_partnership", "agencies_authority", "agencies_agency", "agencies_agency_authorities",
         "agencies_agency_front_door_for", "agencies_team", "agencies_role", "agencies_practitioner",
         "agencies_practitioner_roles", "agencies_wrongtries", "agencies_secondfactor", "agencies_recoverycode", "agencies_outsideidentity", "agencies_staffdirectory", "agreements_localsetting",
         "agreements_instrumentcheck", "agreements_sharingagreement", "agreements_agreementversion",
         "agreements_agreementsignature"),
        "The partnership itself: practitioners at work, whom every agency may know; nobody who is looked after.",
    ),
    **dict.fromkeys(
        ("partner_hubs_ourhub", "partner_hubs_partnerhub", "partner_hubs_askingkey", "partner_hubs_answeringkey",
         "partner_hubs_letterseen"),
        "Hubs and their keys.",
    ),
    **dict.fromkeys(
        ("audit_leaf", "audit_subtree", "audit_tree", "audit_epoch", "audit_key", "audit_head", "audit_alarm",
         "audit_witnessed", "audit_seen"),
        "Hashes of the log, and what was signed of them.",
    ),
    "unscheduled_care_setting": "Settings of agencies, and by what their systems are known.",
    **dict.fromkeys(
        ("unscheduled_care_alerthook", "unscheduled_care_alertpush"),
        "Addresses of authorities’ systems, and ids and times of what they were told.",
    ),
    "kit_draft": "Sealed, and opened with its owner’s id and form alone.",
    "kit_submission": "Tokens of forms.",
    "kit_outboxmessage": "Ids and codes.",
    "retention_lookedfordue": "Days and counts.",
    "alerts_notice": "References and addresses of pages; no name.",
    "alerts_reminder": "That somebody was told by e-mail that something waits, and when.",
    "alerts_reminderwish": "Whether a practitioner wishes to be told by e-mail.",
}  # fmt: skip
