"""What an agency's record says of somebody: numbers, addresses, relations, links, and what stands in the index. The last to go.

It is due only when nothing that stands points at it. With the last record of all of a person, what is said of the person goes,
too: their name, why somebody opened their page in an emergency, and every word of the log about them. The person's row stays,
empty, because the log names it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jigsaw.hub.people import holding
from jigsaw.hub.retention.things.shape import Thing, Words, gone

# Their own birth counts, however old they were when it was written, and that of whoever they are something to: a mother's
# record is about her child as well.
CANDIDATES = """
    WITH RECURSIVE asked AS (
        SELECT agency_id, person_id AS person FROM rights_rightsrequest
        UNION SELECT asked.agency_id, person.replaced_by_id
          FROM asked JOIN people_person AS person ON person.id = asked.person WHERE person.replaced_by_id IS NOT NULL)
    SELECT record.id, record.agency_id, '{}'::text[],
           jsonb_build_object('recorded', greatest(record.recorded_at::date, max(works.until_date), max(lent.ends_at)::date))::text,
           jsonb_agg(DISTINCT jsonb_build_array(about.id, about.born, about.died_on,
               coalesce(about.born, record.recorded_at::date)))::text
      FROM people_personrecord AS record
      JOIN people_person AS person ON person.id = record.person_id
      JOIN LATERAL (
           SELECT person.id, coalesce(record.born, person.born) AS born, coalesce(record.died_on, person.died_on) AS died_on
           UNION SELECT them.id, coalesce(theirs.born, them.born), coalesce(theirs.died_on, them.died_on)
             FROM people_relationship AS tie JOIN people_personrecord AS theirs ON theirs.id = tie.to_id
             JOIN people_person AS them ON them.id = theirs.person_id WHERE tie.record_id = record.id) AS about ON true
      LEFT JOIN people_involvement AS works ON works.record_id = record.id
      LEFT JOIN people_grant AS lent ON lent.record_id = record.id
     WHERE NOT EXISTS (SELECT FROM chronology_entrysubject AS held WHERE held.record_id = record.id)
       AND NOT EXISTS (SELECT FROM corrections_writtenmeanwhile AS held WHERE held.record_id = record.id)
       AND NOT EXISTS (SELECT FROM referrals_referralperson AS held WHERE held.record_id = record.id)
       AND NOT EXISTS (SELECT FROM enquiries_enquirysubject AS held WHERE held.record_id = record.id)
       AND NOT EXISTS (SELECT FROM information_requests_requestsubject AS held WHERE held.record_id = record.id)
       AND NOT EXISTS (SELECT FROM encompass_notice AS held WHERE held.record_id = record.id)
       AND NOT EXISTS (SELECT FROM unscheduled_care_plan AS held WHERE held.record_id = record.id)
       AND NOT EXISTS (SELECT FROM unscheduled_care_alert AS held WHERE held.record_id = record.id)
       AND NOT EXISTS (SELECT FROM unscheduled_care_access AS held WHERE held.record_id = record.id)
       AND NOT EXISTS (SELECT FROM people_involvement AS held
                        WHERE held.record_id = record.id AND (held.until_date IS NULL OR held.until_date >= %(today)s))
       AND NOT EXISTS (SELECT FROM people_grant AS held WHERE held.record_id = record.id AND held.ends_at IS NULL)
       AND NOT EXISTS (SELECT FROM people_emergencyopening AS held
                        WHERE held.person_id = record.person_id AND held.reviewed_at IS NULL)
       AND NOT EXISTS (SELECT FROM partner_hubs_neveranswer_records AS on_it JOIN partner_hubs_neveranswer AS held
                           ON held.id = on_it.neveranswer_id
                        WHERE on_it.personrecord_id = record.id AND held.taken_off_at IS NULL)
       AND NOT EXISTS (SELECT FROM asked WHERE asked.person = record.person_id AND (asked.agency_id = record.agency_id
           OR NOT EXISTS (SELECT FROM people_personrecord AS other
                           WHERE other.person_id = record.person_id AND other.id <> record.id)))
       AND (coalesce(record.died_on, person.died_on) IS NOT NULL
           OR EXISTS (SELECT FROM unnest(%(written_by)s::date[], %(born_by)s::date[]) AS rule(written, born)
                       WHERE record.recorded_at::date <= rule.written
                         AND coalesce(record.born, person.born, record.recorded_at::date) <= rule.born))
       AND (%(thing)s::uuid IS NULL OR record.id = %(thing)s)
     GROUP BY record.id, person.id
"""
OF_RECORD = "record_id = %(thing)s"
OF_NOBODY_LEFT = "person_id = ANY(%(left)s)"
NOT_HERE_ANY_MORE = "(agency_id = ANY(%(agency)s) AND person_id = ANY(%(here)s) OR person_id = ANY(%(left)s))"
# By which field and how closely, without what each of them says there.
WITHOUT_WORDS = {
    "evidence": "(SELECT coalesce(jsonb_agg(jsonb_build_array(said -> 0, said -> 1, '') ORDER BY place), '[]'::jsonb)"
    " FROM jsonb_array_elements(evidence) WITH ORDINALITY AS one(said, place))"
}


def _summed_up(ids: Mapping[str, Any]) -> None:
    """What is said in one place of whoever has other records says nothing of this one any more."""
    holding.refresh_all(ids["met"])


RECORD = Thing(
    candidates=CANDIDATES,
    stands="SELECT EXISTS (SELECT FROM people_personrecord WHERE id = %(thing)s)",
    called="SELECT id, btrim(given || ' ' || family) FROM people_personrecord WHERE id = ANY(%(things)s)",
    ids={
        "agency": "SELECT agency_id FROM people_personrecord WHERE id = %(thing)s",
        # Whom it speaks of, and everybody whom it ever spoke of or who leads to them.
        "met": "WITH RECURSIVE known AS ("
        " (SELECT person_id AS id FROM people_personrecord WHERE id = %(thing)s"
        " UNION SELECT person_id FROM people_linkdecision WHERE record_id = %(thing)s"
        " UNION SELECT before_id FROM people_linkdecision WHERE record_id = %(thing)s AND before_id IS NOT NULL)"
        " UNION SELECT person.id FROM known JOIN people_person AS person ON person.replaced_by_id = known.id)"
        " SELECT id FROM known",
        "left": "SELECT one FROM unnest(%(met)s::uuid[]) AS one WHERE NOT EXISTS (SELECT FROM people_personrecord AS other"
        " WHERE other.person_id = one AND other.id <> %(thing)s)",
        "here": "SELECT one FROM unnest(%(met)s::uuid[]) AS one WHERE NOT EXISTS (SELECT FROM people_personrecord AS other"
        " WHERE other.person_id = one AND other.id <> %(thing)s AND other.agency_id = ANY(%(agency)s))",
        "pairs": "SELECT id FROM people_pairtoreview WHERE record_id = %(thing)s OR person_id = ANY(%(left)s)",
        "reviews": "SELECT id FROM people_pairreview WHERE pair_id = ANY(%(pairs)s)",
        "patterns": "SELECT id FROM patterns_pattern WHERE agency_id = ANY(%(agency)s) AND person_id = ANY(%(here)s)"
        " OR person_id = ANY(%(left)s)",
        "emergencies": "SELECT id FROM people_emergencyopening WHERE agency_id = ANY(%(agency)s)"
        " AND person_id = ANY(%(here)s) OR person_id = ANY(%(left)s)",
        "holds": "SELECT id FROM retention_hold WHERE person_id = ANY(%(left)s)",
        "attendances": "SELECT came.id FROM unscheduled_care_attendance AS came WHERE came.person_id = ANY(%(left)s)"
        " AND NOT EXISTS (SELECT FROM unscheduled_care_access AS seen WHERE seen.attendance_id = came.id)",
        "filed": "SELECT id FROM partner_hubs_filedperson WHERE person_id = ANY(%(left)s)",
        # Files of which no other record is left, up to the one that it came with last.
        "batches": "SELECT batch.id FROM people_importbatch AS batch JOIN people_personrecord AS record"
        " ON record.id = %(thing)s AND record.agency_id = batch.agency_id AND batch.loaded_at <= record.recorded_at"
        " WHERE record.batch_id IS NOT NULL AND NOT EXISTS (SELECT FROM people_personrecord AS other"
        " WHERE other.batch_id = batch.id AND other.id <> %(thing)s)",
    },
    words=(
        gone("people_joinedrow", "person_id = ANY(%(met)s)", made=True),
        gone("people_recordkey", OF_RECORD, made=True),
        gone("people_matchrow", OF_RECORD, made=True),
        gone("partner_hubs_filedtoken", "filed_id = ANY(%(filed)s)", made=True),
        gone("partner_hubs_filedperson", "id = ANY(%(filed)s)", made=True),
        gone("patterns_look", OF_NOBODY_LEFT, made=True),
        gone("people_identifier", OF_RECORD),
        gone("people_numberstanding", OF_RECORD),
        gone("people_numberreport", OF_RECORD),
        gone("people_trace", OF_RECORD),
        gone("people_address", OF_RECORD),
        gone("people_contact", OF_RECORD),
        gone("people_relationship", "record_id = %(thing)s OR to_id = %(thing)s"),
        gone("people_involvement", OF_RECORD),
        gone("people_grant", OF_RECORD),
        # How it was linked: on what others say of the same person as well.
        gone("people_linkdecision", OF_RECORD, others=True),
        Words("people_linkdecision", "person_id = ANY(%(left)s)", texts=("reason",), others=True),
        Words(
            "people_linkdecision",
            "person_id = ANY(%(met)s) OR before_id = ANY(%(met)s)",
            sets=WITHOUT_WORDS,
            made=True,
        ),
        Words(
            "people_pairtoreview",
            "decided_id = ANY(%(reviews)s) AND id <> ALL(%(pairs)s)",
            sets={"decided_id": "NULL"},
            made=True,
        ),
        gone("people_pairreview", "id = ANY(%(reviews)s)", others=True),
        gone("people_pairtoreview", "id = ANY(%(pairs)s)", others=True),
        Words("people_pairtoreview", "person_id = ANY(%(met)s)", sets=WITHOUT_WORDS, made=True),
        gone(
            "people_proposal",
            "person_id = ANY(%(left)s) OR records @> to_jsonb(%(thing)s::text)",
            others=True,
        ),
        Words("people_proposal", "person_id = ANY(%(met)s)", sets=WITHOUT_WORDS, made=True),
        gone("partner_hubs_neveranswer_records", "personrecord_id = %(thing)s", others=True),
        Words("partner_hubs_neveranswer", OF_NOBODY_LEFT, texts=("reason", "taken_off_reason"), others=True),
        gone("people_conflict", OF_NOBODY_LEFT, others=True),
        Words("people_emergencyopening", "id = ANY(%(emergencies)s)", texts=("reason", "found"), others=True),
        Words("people_unusuallook", NOT_HERE_ANY_MORE, texts=("found",), others=True),
        gone("patterns_pointed", "pattern_id = ANY(%(patterns)s)", others=True),
        gone("patterns_pattern", "id = ANY(%(patterns)s)", others=True),
        gone("retention_hold", "id = ANY(%(holds)s)", others=True),
        gone("unscheduled_care_attendance", "id = ANY(%(attendances)s)", others=True),
        gone("people_importproblem", "batch_id = ANY(%(batches)s)"),
        Words("people_importbatch", "id = ANY(%(batches)s)", texts=("filename",)),
        gone("people_personrecord", "id = %(thing)s"),
        Words(
            "people_person",
            "id = ANY(%(left)s)",
            sets={
                "name": "''",
                "born": "NULL",
                "expected_on": "NULL",
                "died_on": "NULL",
                "sex": "''",
            },
        ),
    ),
    log={
        "record ": "itself",
        "person ": "left",
        "pair ": "pairs",
        "pattern ": "patterns",
        "emergency ": "emergencies",
        "hold ": "holds",
        "attendance ": "attendances",
    },
    people="left",
    afterwards=_summed_up,
)
