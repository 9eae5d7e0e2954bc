"""An entry of a chronology, with all its versions, wherever others were told it."""

from jigsaw.hub.retention.things.shape import ENDED, UNSEALED, Thing, Words, gone

CANDIDATES = """
    SELECT root.id, root.agency_id, array_agg(DISTINCT version.kind),
           jsonb_build_object('recorded', max(version.recorded_at)::date)::text,
           jsonb_agg(DISTINCT jsonb_build_array(person.id, person.born, person.died_on, root.happened_on))::text
      FROM chronology_entry AS root
      JOIN chronology_entry AS version ON version.id = root.id OR version.first_id = root.id
      JOIN chronology_entrysubject AS subject ON subject.entry_id = version.id
      JOIN people_personrecord AS record ON record.id = subject.record_id
      JOIN people_person AS person ON person.id = record.person_id
     WHERE root.first_id IS NULL AND root.disposed_in = ''
       AND (root.happened_on < %(before)s OR root.id IN (
            SELECT theirs.entry_id FROM people_person AS dead
              JOIN people_personrecord AS said ON said.person_id = dead.id
              JOIN chronology_entrysubject AS theirs ON theirs.record_id = said.id
             WHERE dead.died_on IS NOT NULL))
       AND (%(thing)s::uuid IS NULL OR root.id = %(thing)s)
     GROUP BY root.id
"""
OF_CHAIN = "entry_id = ANY(%(chain)s)"

ENTRY = Thing(
    candidates=CANDIDATES,
    stands="SELECT EXISTS (SELECT FROM chronology_entry WHERE id = %(thing)s AND disposed_in = '')",
    called="SELECT id, '' FROM chronology_entry WHERE id = ANY(%(things)s)",
    ids={
        "chain": "SELECT id FROM chronology_entry WHERE id = %(thing)s OR first_id = %(thing)s",
        "people": "SELECT DISTINCT record.person_id FROM chronology_entrysubject AS subject"
        " JOIN people_personrecord AS record ON record.id = subject.record_id WHERE subject.entry_id = ANY(%(chain)s)",
        "days": "SELECT DISTINCT happened_on FROM chronology_entry WHERE id = ANY(%(chain)s)",
        "copies": "SELECT asked.id FROM rights_rightsrequest AS asked JOIN chronology_entry AS entry"
        " ON entry.agency_id = asked.agency_id WHERE entry.id = %(thing)s AND asked.kind = 'copy'"
        " AND asked.person_id = ANY(%(people)s) AND asked.given IS NOT NULL",
    },
    words=(
        Words(
            "chronology_release",
            OF_CHAIN,
            texts=("title", "text", "child_words", "source", "handling"),
            sets=UNSEALED | ENDED,
        ),
        Words(
            "disclosures_answereditem",
            OF_CHAIN,
            texts=("withheld_reason", "review_when", "reopened_why"),
            sets={
                "verdict": "jsonb_build_object('answer', verdict -> 'answer', 'findings', '[]'::jsonb)",
                "review_on": "NULL",
            },
        ),
        Words("disclosures_releaseproposal", OF_CHAIN, texts=("reason", "decided_why")),
        gone("chronology_familywords", OF_CHAIN),
        gone("corrections_writtenmeanwhile", OF_CHAIN),
        gone("patterns_pointed", OF_CHAIN),
        Words(
            "rights_redaction",
            "item = ANY(SELECT 'entry:' || one FROM unnest(%(chain)s::uuid[]) AS one"
            " UNION ALL SELECT 'document:' || id FROM chronology_document WHERE entry_id = ANY(%(chain)s))",
            texts=("words", "because", "decided_because"),
        ),
        Words(
            "chronology_releaseddocument",
            "document_id = ANY(SELECT id FROM chronology_document WHERE entry_id = ANY(%(chain)s))",
            goes=True,
        ),
        Words("chronology_document", OF_CHAIN, goes=True, large=("content",)),
        # What a family was given says no id: every entry of the same day goes from the kept copy.
        Words(
            "rights_rightsrequest",
            "id = ANY(%(copies)s)",
            sets={
                "given": "jsonb_set(given, '{items}', (SELECT coalesce(jsonb_agg(CASE WHEN item ->> 'kind' IN ('entry', 'document')"
                " AND (item ->> 'day')::date = ANY(%(days)s::date[]) THEN item || jsonb_build_object('parts',"
                " jsonb_build_array(jsonb_build_object('name', 'title', 'text', %(stone)s::text))) ELSE item END"
                " ORDER BY place), '[]'::jsonb)"
                " FROM jsonb_array_elements(given -> 'items') WITH ORDINALITY AS one(item, place)))"
            },
        ),
        gone("chronology_entrysubject", OF_CHAIN),
        Words(
            "chronology_entry",
            "id = ANY(%(chain)s)",
            texts=("text", "child_words", "source", "corrected_because"),
            sets=UNSEALED
            | {
                "title": "%(said)s",
                "protect": "'{}'",
                "sealed": "''",
                "police_grading": "''",
                "happened_at": "NULL",
                "happened_on": "date_trunc('year', happened_on)::date",
                "key_event": "false",
                "about_adult": "false",
                "special_category": "false",
                "disposed_in": "%(reference)s",
            },
        ),
    ),
    log={"entry ": "chain"},
)
