"""A notice of domestic abuse that the police sent (Operation Encompass), with what became of it wherever it went.

It goes from the school, too: what the school wrote of the child because of it are entries of its own.
"""

from jigsaw.hub.retention.things.shape import Thing, gone

CANDIDATES = """
    SELECT notice.id, notice.from_agency_id, '{}'::text[],
           jsonb_build_object('recorded', greatest(notice.sent_at, max(told.opened_at), max(told.acknowledged_at))::date)::text,
           jsonb_agg(DISTINCT jsonb_build_array(person.id, least(person.born, notice.born), person.died_on,
               notice.happened_at::date))::text
      FROM encompass_notice AS notice
      LEFT JOIN encompass_delivery AS told ON told.notice_id = notice.id
      JOIN people_personrecord AS record ON record.id = notice.record_id
      JOIN people_person AS person ON person.id = record.person_id
     WHERE (notice.sent_at < %(before)s OR person.died_on IS NOT NULL)
       AND (%(thing)s::uuid IS NULL OR notice.id = %(thing)s)
     GROUP BY notice.id
"""

NOTICE = Thing(
    candidates=CANDIDATES,
    stands="SELECT EXISTS (SELECT FROM encompass_notice WHERE id = %(thing)s)",
    called="SELECT id, reference FROM encompass_notice WHERE id = ANY(%(things)s)",
    ids={
        "deliveries": "SELECT id FROM encompass_delivery WHERE notice_id = %(thing)s",
        "named": "SELECT reference FROM encompass_notice WHERE id = %(thing)s",
    },
    words=(
        gone("encompass_delivery", "id = ANY(%(deliveries)s)"),
        gone("encompass_notice", "id = %(thing)s"),
        gone("alerts_notice", "reference = ANY(%(named)s)", made=True),
    ),
    log={"notice ": "itself", "delivery ": "deliveries"},
)
