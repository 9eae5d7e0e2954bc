-- Fills the benchmark's own database from the temporary table `held` (one row a record; see filling.py).
-- Statements are separated by an empty line and run in order. Everything is written in the order in which it would
-- have been recorded, never child by child, so that a child's rows lie scattered over the tables as they do in use.

CREATE FUNCTION pg_temp.uuid7(at timestamptz) RETURNS uuid LANGUAGE sql VOLATILE AS $$
    SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0')
            || '7' || substr(md5(random()::text), 1, 3) || '8' || substr(md5(random()::text), 1, 15))::uuid
$$;

CREATE FUNCTION pg_temp.reference(letter text, n bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT letter || '-' || substr(h, 1, 4) || '-' || substr(h, 5) FROM (SELECT upper(lpad(to_hex(n), 8, '0')) AS h) AS x
$$;

-- Who does everything that needs a name: the first practitioner of each agency.
CREATE TEMP TABLE staff AS
SELECT DISTINCT ON (a.id) a.id AS agency, a.code, a.name AS agency_name, a.sector, p.id AS practitioner
FROM agencies_agency AS a JOIN agencies_practitioner AS p ON p.agency_id = a.id ORDER BY a.id, p.email;

INSERT INTO people_person (id, name, born, sex)
SELECT DISTINCT ON (person) person, given || ' ' || family, born, sex FROM held ORDER BY person, first DESC;

INSERT INTO people_personrecord
    (id, person_id, agency_id, system, source_key, given, family, other_names, born, sex, language, school, gp,
     content_hash, recorded_by_id, recorded_at)
SELECT record, person, agency, 'case-system', record::text, given, family, '[]', born, sex, 'English',
       CASE WHEN child THEN 'Sharetown Academy' ELSE '' END, 'Harbour Surgery', md5(record::text), practitioner,
       %(now)s - random() * interval '5 years'
FROM held JOIN staff USING (code) ORDER BY held.record;

INSERT INTO people_recordkey (key, record_id) SELECT unnest(keys), record FROM held ORDER BY record;

INSERT INTO people_matchrow (record_id, columns, protected, filed_as)
SELECT record, columns, false, %(edition)s FROM held ORDER BY record;

INSERT INTO people_identifier (record_id, kind, value, valid)
SELECT record, 'nhs_number', nhs, true FROM held WHERE has_number ORDER BY record;

INSERT INTO people_address (record_id, line, town, postcode, use, from_date, protected)
SELECT record, line, 'Sharetown', postcode, 'home', %(today)s::date - 900, random() < 0.002 FROM held ORDER BY record;

INSERT INTO people_contact (record_id, kind, value)
SELECT record, 'phone', phone FROM held ORDER BY record;

INSERT INTO people_involvement (record_id, service, worker, worker_phone, practitioner_id, from_date, until_date)
SELECT record, agency_name, 'A. Worker', '01632 960 001', practitioner, %(today)s::date - 700,
       CASE WHEN random() < 0.5 THEN %(today)s::date - (random() * 600)::int END
FROM held JOIN staff USING (code) WHERE random() < 0.7 ORDER BY record;

INSERT INTO people_linkdecision (id, record_id, person_id, verdict, reason, probability, evidence, model, decided_at)
SELECT gen_random_uuid(), record, person, 'linked', 'Same number, name and date of birth', 0.9999, '[]', 'rule',
       %(now)s - interval '1 year'
FROM held WHERE NOT first ORDER BY record;

CREATE TEMP TABLE home AS
SELECT a.record, b.record AS other, a.child, b.child AS other_child
FROM held AS a JOIN held AS b ON b.household = a.household AND b.code = a.code AND b.person <> a.person;

-- Parents of children whom the same agency knows.
INSERT INTO people_relationship (record_id, to_id, kind, parental_responsibility, source)
SELECT record, other, CASE WHEN sex = 'F' THEN 'MTH' ELSE 'FTH' END, true, agency_name
FROM home JOIN held USING (record) JOIN staff USING (code) WHERE NOT home.child AND other_child;

-- How much each agency has written about each: most little, a few very much, more about children.
CREATE TEMP TABLE share AS
SELECT record, person, agency, practitioner, sector, born,
       least(200, power(1 - random(), -1 / 1.2))
       * CASE WHEN child THEN 1 ELSE 0.3 END * CASE WHEN code = 'CSC' THEN 2 ELSE 1 END AS weight
FROM held JOIN staff USING (code);

CREATE TEMP TABLE written AS
SELECT pg_temp.uuid7(recorded_at) AS entry, record, agency, practitioner, sector, happened_on, recorded_at,
       random() < 0.15 AS shared_home, (random() * 1e9)::int AS dice
FROM (
    SELECT *, least(%(now)s, happened_on + random() * interval '3 days') AS recorded_at
    FROM (
        SELECT *, greatest(born, %(today)s::date - (3650 * power(random(), 1.7))::int) AS happened_on
        FROM (SELECT *, %(entries)s * weight / sum(weight) OVER () AS due FROM share) AS s
        CROSS JOIN LATERAL generate_series(1, floor(due + random())::int)
    ) AS dated
) AS rows
ORDER BY recorded_at;

CREATE TEMP TABLE kinds AS SELECT sector, array_agg(kind) AS codes FROM unnest(%(sectors)s::text[], %(kinds)s::text[])
AS k(sector, kind) GROUP BY sector;

INSERT INTO chronology_entry
    (id, agency_id, kind, title, text, child_words, happened_on, how_known, source, key_event, recorded_by_id, recorded_at)
SELECT entry, agency, codes[1 + dice %% cardinality(codes)],
       (%(titles)s::text[])[1 + dice %% cardinality(%(titles)s::text[])],
       (%(sentences)s::text[])[1 + dice %% 7] || ' ' || (%(sentences)s::text[])[1 + dice %% 11]
       || ' ' || (%(sentences)s::text[])[1 + dice %% 12],
       CASE WHEN dice %% 13 = 0 THEN 'I go to my room and turn the music up.' ELSE '' END,
       happened_on, (ARRAY['fact', 'fact', 'opinion', 'reported'])[1 + dice %% 4], 'Case note', dice %% 20 = 0,
       practitioner, recorded_at
FROM written JOIN kinds USING (sector) ORDER BY recorded_at;

INSERT INTO chronology_entrysubject (record_id, entry_id)
SELECT record, entry FROM written
UNION ALL
SELECT other, entry FROM written JOIN (SELECT DISTINCT ON (record) record, other FROM home ORDER BY record) AS one USING (record)
WHERE shared_home ORDER BY 2;

-- One entry in two hundred was corrected later.
CREATE TEMP TABLE corrected AS
SELECT pg_temp.uuid7(recorded_at + interval '1 hour') AS id, entry, record FROM written WHERE dice %% 200 = 7;

INSERT INTO chronology_entry
    (id, agency_id, kind, title, text, happened_on, how_known, source, recorded_by_id, recorded_at, supersedes_id,
     first_id, version, corrected_because)
SELECT c.id, e.agency_id, e.kind, e.title, 'Corrected: ' || e.text, e.happened_on, e.how_known, e.source,
       e.recorded_by_id, e.recorded_at + interval '1 hour', e.id, e.id, 2, 'A slip of the pen.'
FROM corrected AS c JOIN chronology_entry AS e ON e.id = c.entry;

INSERT INTO chronology_entrysubject (record_id, entry_id) SELECT record, id FROM corrected;

-- Children whom the front door and another agency know; concerns are raised about them, some again and again.
CREATE TEMP TABLE known AS
SELECT row_number() OVER (PARTITION BY hv ORDER BY random()) AS place, person, hv
FROM (
    SELECT person, bool_or(code = 'HV') AS hv FROM held WHERE child GROUP BY person
    HAVING bool_or(code = 'CSC') AND count(*) > 1
) AS children;

-- The newest concerns wait for the health visitors to answer, so they are about children whom these know.
CREATE TEMP TABLE concern AS
SELECT n, person, at, waits, due_at, state, pg_temp.reference('R', n) AS r, pg_temp.reference('E', n) AS e,
       pg_temp.uuid7(at) AS referral, pg_temp.uuid7(at) AS enquiry, pg_temp.uuid7(at) AS request,
       pg_temp.uuid7(at) AS named
FROM (
    SELECT n, waits, waits AS hv, dice, due_at - interval '3 days' AS at, due_at,
           CASE WHEN waits THEN 'open' WHEN dice %% 5 < 2 THEN 'decided' ELSE 'closed' END AS state
    FROM (
        SELECT n, n > %(enquiries)s - %(waiting)s AS waits, (random() * 1e9)::int AS dice,
               %(now)s + CASE WHEN n > %(enquiries)s - %(waiting)s THEN interval '2 days' - random() * interval '4 days'
                              ELSE - interval '10 days' - random() * interval '3 years' END AS due_at
        FROM generate_series(1, %(enquiries)s::bigint) AS n
    ) AS numbered
) AS dated
JOIN (SELECT hv, count(*) AS size FROM known GROUP BY hv) AS pool USING (hv)
JOIN known USING (hv)
WHERE known.place = 1 + dice %% size;

CREATE TEMP TABLE door AS SELECT agency, practitioner FROM staff WHERE code = 'CSC';

CREATE TEMP TABLE school AS SELECT agency, practitioner FROM staff WHERE code = 'SCH';

-- The school's referral is one more record of the child, filed under the same keys as the first.
CREATE TEMP TABLE named AS SELECT concern.*, held.record AS like_record, given, family, born, sex
FROM concern JOIN held USING (person) WHERE held.first;

INSERT INTO people_personrecord
    (id, person_id, agency_id, system, source_key, given, family, other_names, born, sex, content_hash, recorded_at)
SELECT named, person, agency, 'referral', r, given, family, '[]', born, sex, md5(r), at
FROM named CROSS JOIN school ORDER BY at;

INSERT INTO people_recordkey (key, record_id)
SELECT key, named FROM named JOIN people_recordkey AS k ON k.record_id = like_record;

INSERT INTO people_matchrow (record_id, columns, protected, filed_as)
SELECT named, columns, false, filed_as FROM named JOIN people_matchrow AS m ON m.record_id = like_record;

INSERT INTO referrals_referral
    (id, reference, authority_id, to_agency_id, from_agency_id, recorded_by_id, caller, wants, concern, parents_know,
     received_at, hear_by, state, acknowledged_at)
SELECT referral, r, (SELECT id FROM agencies_authority LIMIT 1), door.agency, school.agency, school.practitioner,
       'professional', 'act', (%(sentences)s::text[])[1 + n %% 12], 'told', at, at + interval '3 days', 'enquiry', at
FROM concern CROSS JOIN door CROSS JOIN school ORDER BY at;

INSERT INTO referrals_referralperson (referral_id, record_id, part) SELECT referral, named, 'child' FROM concern;

INSERT INTO referrals_rating (id, referral_id, code, reason, given_by_id, given_at, due_at)
SELECT gen_random_uuid(), referral, 'amber', 'Needs a closer look', practitioner, at, at + interval '3 days'
FROM concern CROSS JOIN door;

INSERT INTO enquiries_enquiry
    (id, reference, referral_id, agency_id, lead_id, purpose, state, opened_by_id, opened_at, closed_at)
SELECT enquiry, e, referral, agency, practitioner, %(purpose)s, state, practitioner, at,
       CASE WHEN state = 'closed' THEN at + interval '5 days' END
FROM concern CROSS JOIN door ORDER BY at;

INSERT INTO enquiries_enquirysubject (enquiry_id, record_id, child) SELECT enquiry, named, true FROM concern;

INSERT INTO information_requests_informationrequest
    (id, enquiry_id, from_agency_id, asked_by_id, purpose, headline, needed, why, rating, sent_at)
SELECT request, enquiry, agency, practitioner, %(purpose)s, 'What do you know?', 'Attendance, health and home',
       'To see whether the child is safe', 'amber', at
FROM concern CROSS JOIN door ORDER BY at;

INSERT INTO information_requests_requestsubject (request_id, record_id) SELECT request, named FROM concern ORDER BY at;

-- The health visitors and three other agencies are asked each time.
CREATE TEMP TABLE recipient AS
SELECT pg_temp.uuid7(at) AS id, concern.*, agency, practitioner, code,
       CASE WHEN NOT (waits AND (code = 'HV' OR n > %(enquiries)s - 50)) THEN 'answered'
            ELSE (ARRAY['sent', 'opened', 'claimed'])[1 + n %% 3] END AS how_far
FROM concern CROSS JOIN LATERAL (
    SELECT * FROM staff WHERE code NOT IN ('CSC', 'SCH', 'SSCP')
    ORDER BY code <> 'HV', md5(code || n) LIMIT 4
) AS asked;

INSERT INTO information_requests_recipient
    (id, reference, request_id, agency_id, from_agency_id, state, round, asked_at, due_at, holder_id, answered_at)
SELECT id, pg_temp.reference('Q', row_number() OVER (ORDER BY at, code)), request, recipient.agency, door.agency, how_far,
       1, at, due_at,
       CASE WHEN how_far IN ('claimed', 'answered') THEN recipient.practitioner END,
       CASE WHEN how_far = 'answered' THEN at + random() * interval '4 days' END
FROM recipient CROSS JOIN door ORDER BY at;

INSERT INTO information_requests_requestevent (recipient_id, kind, by_id, at, due_after)
SELECT id, 'sent', practitioner, at, due_at FROM recipient ORDER BY at;

-- Who was let in: the front door to the referral, each asked agency to the child it is asked about.
INSERT INTO people_grant (id, record_id, agency_id, purpose, reference, given_at, ends_at)
SELECT gen_random_uuid(), named, agency, 'enquiry', e, at, CASE WHEN state = 'closed' THEN at + interval '5 days' END
FROM concern CROSS JOIN door
UNION ALL
SELECT gen_random_uuid(), named, agency, 'request', e, at, CASE WHEN state = 'closed' THEN at + interval '5 days' END
FROM recipient ORDER BY 6;

-- What each answer released, at most forty pieces of it, and the decision and verdict behind it.
CREATE TEMP TABLE piece AS
SELECT * FROM (
    SELECT recipient.id AS recipient, recipient.at, state, e AS reference, w.entry, pg_temp.uuid7(recipient.at) AS release,
           row_number() OVER (PARTITION BY recipient.id ORDER BY w.happened_on DESC) AS place
    FROM recipient JOIN held USING (person, code) JOIN written AS w USING (record)
    WHERE how_far = 'answered' AND w.happened_on <= recipient.at
) AS newest WHERE place <= 40 ORDER BY at;

INSERT INTO chronology_release
    (id, entry_id, of_agency_id, to_agency_id, reference, in_part, title, text, child_words, released_at, ends_at)
SELECT release, entry, e.agency_id, door.agency, reference, false, title, text, child_words, at,
       CASE WHEN state = 'closed' THEN at + interval '5 days' END
FROM piece JOIN chronology_entry AS e ON e.id = entry CROSS JOIN door ORDER BY at;

CREATE TEMP TABLE answer AS
SELECT pg_temp.uuid7(at) AS id, pg_temp.uuid7(at) AS decision, id AS recipient, agency, practitioner, at
FROM recipient WHERE how_far = 'answered' ORDER BY at;

INSERT INTO decisions_decision (id, kind, outcome, reasons, decided_by_id, agency_id, decided_at)
SELECT decision, 'answer', 'shared', 'Needed to see whether the child is safe', practitioner, agency, at FROM answer;

INSERT INTO disclosures_answer (id, recipient_id, round, decision_id, answered_by_id, answered_at)
SELECT id, recipient, 1, decision, practitioner, at FROM answer;

INSERT INTO disclosures_answereditem (id, answer_id, entry_id, choice, release_id, verdict)
SELECT gen_random_uuid(), answer.id, entry, 'share', release, '{"answer": "PERMIT", "findings": []}'
FROM piece JOIN answer USING (recipient);

-- A log that has grown: most reads are of one person, one in ten of a list.
CREATE TEMP TABLE somebody AS SELECT row_number() OVER () AS n, id FROM people_person;

CREATE INDEX ON somebody (n);

INSERT INTO audit_entry
    (entry, at, practitioner, agency, roles, action, purpose, people, thing, detail, commitment, leaf)
SELECT pg_temp.uuid7(at), at, practitioner, agency, ARRAY['practitioner'], 'person.viewed', 'enquiry', people,
       'person ' || people[1], '{}', '', sha256(people[1]::text::bytea)
FROM (
    SELECT %(now)s - (1 - n / %(log)s::float) * interval '3 years' AS at,
           (SELECT array_agg(id) FROM somebody WHERE somebody.n BETWEEN x.first AND x.last) AS people,
           x.place
    FROM (
        SELECT n, first, first + CASE WHEN n %% 10 = 0 THEN 20 ELSE 0 END AS last, 1 + n %% (SELECT count(*) FROM staff) AS place
        FROM (
            SELECT n, 1 + (random() * (%(persons)s - 21))::bigint AS first FROM generate_series(1, %(log)s::bigint) AS n
        ) AS d
    ) AS x
) AS looks
JOIN (SELECT row_number() OVER () AS place, agency, practitioner FROM staff) AS s USING (place)
ORDER BY at;
