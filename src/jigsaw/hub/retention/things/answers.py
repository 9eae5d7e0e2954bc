"""What a family asked of an agency, and what it was told: a copy, who looked, an objection and what was decided on it.

What it said of entries stands beside them and goes with them; until then so does what was asked.
"""

from jigsaw.hub.retention.things.shape import Thing, gone

# What is to be erased and not signed for is not answered yet. An objection to the sharing itself is looked at whenever something is shared: as long as there is anything to share.
CANDIDATES = """
    SELECT asked.id, asked.agency_id, ARRAY[asked.kind]::text[],
           jsonb_build_object('recorded', greatest(asked.decided_at, max(redaction.decided_at))::date)::text,
           jsonb_agg(DISTINCT jsonb_build_array(person.id, person.born, person.died_on, asked.received_on))::text
      FROM rights_rightsrequest AS asked
      LEFT JOIN rights_redaction AS redaction ON redaction.request_id = asked.id
      JOIN LATERAL (
           WITH RECURSIVE goes_on AS (
               SELECT id, replaced_by_id FROM people_person WHERE id = asked.person_id
               UNION SELECT next.id, next.replaced_by_id FROM goes_on JOIN people_person AS next ON next.id = goes_on.replaced_by_id)
           SELECT id FROM goes_on WHERE replaced_by_id IS NULL) AS meant ON true
      JOIN people_person AS person ON person.id = meant.id
     WHERE asked.decided_at IS NOT NULL
       AND NOT coalesce(asked.given @> '{"items": [{"outcome": "erase"}]}', false)
       AND NOT EXISTS (SELECT FROM chronology_familywords AS said
                        WHERE said.agency_id = asked.agency_id AND said.reference = asked.reference)
       AND NOT (asked.as_such AND EXISTS (
           SELECT FROM people_personrecord AS record JOIN chronology_entrysubject AS subject ON subject.record_id = record.id
             JOIN chronology_entry AS entry ON entry.id = subject.entry_id
            WHERE record.person_id = person.id AND entry.agency_id = asked.agency_id))
       AND (asked.decided_at < %(before)s OR person.died_on IS NOT NULL)
       AND (%(thing)s::uuid IS NULL OR asked.id = %(thing)s)
     GROUP BY asked.id
"""

ANSWER = Thing(
    candidates=CANDIDATES,
    stands="SELECT EXISTS (SELECT FROM rights_rightsrequest WHERE id = %(thing)s)",
    called="SELECT id, reference FROM rights_rightsrequest WHERE id = ANY(%(things)s)",
    ids={"named": "SELECT reference FROM rights_rightsrequest WHERE id = %(thing)s"},
    words=(
        gone("rights_redaction", "request_id = %(thing)s"),
        gone("rights_rightsrequest", "id = %(thing)s"),
        gone("alerts_notice", "reference = ANY(%(named)s)", made=True),
    ),
    log={"rights ": "itself", "answer ": "itself"},
)
