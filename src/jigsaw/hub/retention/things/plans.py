"""A plan with all that it was before, who came or was looked up because of it, and the alerts that went out.

An attendance goes with the last plan that it counts for: it holds what a setting said of who came.
"""

from jigsaw.hub.retention.things.shape import Thing, Words, gone

# Its rows: the newest, and each that another took the place of.
CANDIDATES = """
    WITH RECURSIVE version AS (
        SELECT id AS newest, id FROM unscheduled_care_plan WHERE replaced_by_id IS NULL
           AND (%(thing)s::uuid IS NULL OR id = %(thing)s)
        UNION ALL
        SELECT version.newest, earlier.id FROM version
          JOIN unscheduled_care_plan AS earlier ON earlier.replaced_by_id = version.id)
    SELECT newest.id, newest.agency_id, array_agg(DISTINCT newest.kind),
           jsonb_build_object('recorded', greatest(max(plan.recorded_at), max(plan.closed_at), max(alert.acted_at),
               max(seen.at), newest.ends_on)::date)::text,
           jsonb_agg(DISTINCT jsonb_build_array(person.id, person.born, person.died_on, newest.starts_on))::text
      FROM version
      JOIN unscheduled_care_plan AS newest ON newest.id = version.newest
      JOIN unscheduled_care_plan AS plan ON plan.id = version.id
      LEFT JOIN unscheduled_care_alert AS alert ON alert.plan_id = plan.id
      LEFT JOIN unscheduled_care_access AS seen ON seen.plan_id = plan.id
      JOIN people_personrecord AS record ON record.id = plan.record_id
      JOIN people_person AS person ON person.id = record.person_id
     WHERE newest.closed_as <> '' OR newest.ends_on < %(today)s
     GROUP BY newest.id
    HAVING max(plan.recorded_at) < %(before)s OR bool_or(person.died_on IS NOT NULL)
"""
OF_PLAN = "plan_id = ANY(%(chain)s)"
OF_ALERT = "alert_id = ANY(%(alerts)s)"

PLAN = Thing(
    candidates=CANDIDATES,
    stands="SELECT EXISTS (SELECT FROM unscheduled_care_plan WHERE id = %(thing)s)",
    called="SELECT id, to_char(starts_on, 'FMDD FMMonth YYYY') FROM unscheduled_care_plan WHERE id = ANY(%(things)s)",
    ids={
        "chain": "WITH RECURSIVE version AS (SELECT %(thing)s::uuid AS id UNION SELECT earlier.id FROM version"
        " JOIN unscheduled_care_plan AS earlier ON earlier.replaced_by_id = version.id) SELECT id FROM version",
        # One alert serves all plans of a child at the same agency: what another plan's access hangs on goes with that.
        "alerts": "SELECT alert.id FROM unscheduled_care_alert AS alert WHERE alert.plan_id = ANY(%(chain)s)"
        " AND NOT EXISTS (SELECT FROM unscheduled_care_access AS other"
        " WHERE other.alert_id = alert.id AND other.plan_id <> ALL(%(chain)s))",
        "accesses": "SELECT id FROM unscheduled_care_access WHERE plan_id = ANY(%(chain)s)",
        "attendances": "SELECT DISTINCT seen.attendance_id FROM unscheduled_care_access AS seen"
        " WHERE seen.id = ANY(%(accesses)s) AND seen.attendance_id IS NOT NULL"
        " AND NOT EXISTS (SELECT FROM unscheduled_care_access AS other WHERE other.attendance_id = seen.attendance_id"
        " AND other.plan_id <> ALL(%(chain)s))",
        "named": "SELECT reference FROM unscheduled_care_alert WHERE id = ANY(%(alerts)s)",
    },
    words=(
        gone("patterns_pointed", OF_ALERT),
        gone("unscheduled_care_alertpush", OF_ALERT),
        Words(
            "unscheduled_care_alert",
            "plan_id = ANY(%(chain)s) AND id <> ALL(%(alerts)s)",
            sets={
                "plan_id": "(SELECT other.plan_id FROM unscheduled_care_access AS other"
                " WHERE other.alert_id = unscheduled_care_alert.id AND other.plan_id <> ALL(%(chain)s)"
                " ORDER BY other.at, other.id LIMIT 1)"
            },
            made=True,
        ),
        gone("unscheduled_care_access", OF_PLAN),
        # What a setting said of who came, the authority was never told.
        gone("unscheduled_care_attendance", "id = ANY(%(attendances)s)", others=True),
        gone("unscheduled_care_alert", "id = ANY(%(alerts)s)"),
        gone("unscheduled_care_plan", "id = ANY(%(chain)s)"),
        gone("alerts_notice", "reference = ANY(%(named)s)", made=True),
    ),
    log={"plan ": "chain", "alert ": "alerts", "access ": "accesses", "attendance ": "attendances"},
)
