-- For whom does the database answer? The context is a signed token (jigsaw.hub.kit.context):
--     practitioner|agency|scope|door|at|expires|backend pid|HMAC-SHA256
-- The key is in a schema into which the service's role cannot look. A token that is forged, over, or was made for
-- another connection is an error; none at all is nobody, to whom no row shows.

CREATE SCHEMA IF NOT EXISTS guard_secret;
REVOKE ALL ON SCHEMA guard_secret FROM PUBLIC;
CREATE TABLE IF NOT EXISTS guard_secret.key (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    inner_pad bytea NOT NULL,
    outer_pad bytea NOT NULL
);
CREATE TABLE IF NOT EXISTS guard_secret.installed (one boolean PRIMARY KEY DEFAULT true CHECK (one), digest text NOT NULL);
CREATE SCHEMA IF NOT EXISTS guard;
GRANT USAGE ON SCHEMA guard TO PUBLIC;

-- HMAC (RFC 2104) of what a token tells, with SHA-256 of PostgreSQL's own: no extension is needed.
CREATE OR REPLACE FUNCTION guard_secret.signature(told text) RETURNS text
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT encode(sha256(k.outer_pad || sha256(k.inner_pad || convert_to(told, 'UTF8'))), 'hex')
      FROM guard_secret.key AS k
$$;

-- A context for the hub itself, for functions of the guard that must look further; good for this statement.
CREATE OR REPLACE FUNCTION guard_secret.for_the_hub() RETURNS text
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
DECLARE told text := '||hub|guard|0|' || (extract(epoch FROM clock_timestamp())::bigint + 60) || '|' || pg_backend_pid();
BEGIN RETURN told || '|' || guard_secret.signature(told); END $$;

-- The parts of the context, or null if there is none. Asked once a statement by each of the functions below.
CREATE OR REPLACE FUNCTION guard.context() RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    token text := current_setting('jigsaw.context', true);
    told text;
    part text[];
    pads record;
BEGIN
    IF token IS NULL OR token = '' THEN
        RETURN NULL;
    END IF;
    told := left(token, -65);
    part := string_to_array(told, '|');
    SELECT k.inner_pad, k.outer_pad INTO pads FROM guard_secret.key AS k;
    IF encode(sha256(pads.outer_pad || sha256(pads.inner_pad || convert_to(told, 'UTF8'))), 'hex')
        IS DISTINCT FROM right(token, 64) OR substr(token, length(told) + 1, 1) <> '|'
        OR cardinality(part) <> 7 THEN
        RAISE insufficient_privilege USING MESSAGE = 'jigsaw: this context was not signed by the service';
    END IF;
    IF part[6]::bigint <= extract(epoch FROM clock_timestamp()) THEN
        RAISE insufficient_privilege USING MESSAGE = 'jigsaw: the time of this context is over';
    END IF;
    IF part[7]::int <> pg_backend_pid() THEN
        RAISE insufficient_privilege USING MESSAGE = 'jigsaw: this context belongs to another connection';
    END IF;
    RETURN part;
END $$;

CREATE OR REPLACE FUNCTION guard.practitioner() RETURNS uuid
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER SET search_path = '' AS $$
BEGIN RETURN nullif((guard.context())[1], '')::uuid; END $$;

CREATE OR REPLACE FUNCTION guard.agency() RETURNS uuid
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER SET search_path = '' AS $$
BEGIN RETURN nullif((guard.context())[2], '')::uuid; END $$;

-- Is this a step of the hub itself, which sees every agency's records?
CREATE OR REPLACE FUNCTION guard.hub() RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER SET search_path = '' AS $$
BEGIN RETURN coalesce((guard.context())[3] = 'hub', false); END $$;

-- The clock as the door read it.
CREATE OR REPLACE FUNCTION guard.at() RETURNS timestamptz
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER SET search_path = '' AS $$
BEGIN RETURN 'epoch'::timestamptz + (guard.context())[5]::bigint * interval '1 microsecond'; END $$;

-- Everyone to whom the practitioner is too close.
CREATE OR REPLACE FUNCTION guard.too_close() RETURNS uuid[]
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER SET search_path = '' AS $$
DECLARE who uuid := guard.practitioner();
BEGIN
    IF who IS NULL THEN
        RETURN '{}';
    END IF;
    RETURN coalesce((SELECT array_agg(person_id) FROM public.people_conflict WHERE practitioner_id = who), '{}');
END $$;

-- Every entry about somebody to whom the practitioner is too close, whoever else it is about. Their records are
-- hidden from the practitioner, so the hub itself looks; the owner is bound by the policies like anybody.
CREATE OR REPLACE FUNCTION guard.entries_too_close() RETURNS uuid[]
LANGUAGE plpgsql STABLE PARALLEL UNSAFE SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    persons uuid[] := guard.too_close();
    before text := current_setting('jigsaw.context', true);
    found uuid[];
BEGIN
    IF cardinality(persons) = 0 THEN
        RETURN '{}';
    END IF;
    PERFORM set_config('jigsaw.context', guard_secret.for_the_hub(), true);
    SELECT coalesce(array_agg(DISTINCT s.entry_id), '{}') INTO found
      FROM public.people_personrecord AS r JOIN public.chronology_entrysubject AS s ON s.record_id = r.id
     WHERE r.person_id = ANY(persons);
    PERFORM set_config('jigsaw.context', before, true);
    RETURN found;
END $$;

-- Every case (concern, enquiry, request, what was decided in one, notice of domestic abuse) about somebody to whom the practitioner is too
-- close, whoever else it is about: looked up as above.
CREATE OR REPLACE FUNCTION guard.cases_too_close() RETURNS uuid[]
LANGUAGE plpgsql STABLE PARALLEL UNSAFE SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    persons uuid[] := guard.too_close();
    before text := current_setting('jigsaw.context', true);
    found uuid[];
BEGIN
    IF cardinality(persons) = 0 THEN
        RETURN '{}';
    END IF;
    PERFORM set_config('jigsaw.context', guard_secret.for_the_hub(), true);
    WITH record AS (SELECT r.id FROM public.people_personrecord AS r WHERE r.person_id = ANY(persons)),
    concern AS (SELECT p.referral_id AS id FROM record JOIN public.referrals_referralperson AS p ON p.record_id = record.id),
    enquiry AS (SELECT s.enquiry_id AS id FROM record JOIN public.enquiries_enquirysubject AS s ON s.record_id = record.id),
    request AS (
        SELECT s.request_id AS id
          FROM record JOIN public.information_requests_requestsubject AS s ON s.record_id = record.id
    ),
    notice AS (SELECT n.id FROM record JOIN public.encompass_notice AS n ON n.record_id = record.id),
    decision AS (
        SELECT r.closing_id AS id FROM public.referrals_referral AS r WHERE r.id IN (SELECT id FROM concern)
        UNION ALL
        SELECT t.decision_id FROM public.enquiries_thresholddecision AS t WHERE t.enquiry_id IN (SELECT id FROM enquiry)
        UNION ALL
        SELECT a.decision_id FROM public.information_requests_recipient AS r
          JOIN public.disclosures_answer AS a ON a.recipient_id = r.id WHERE r.request_id IN (SELECT id FROM request)
    )
    SELECT coalesce(array_agg(DISTINCT one.id), '{}') INTO found
      FROM (TABLE concern UNION ALL TABLE enquiry UNION ALL TABLE request UNION ALL TABLE notice UNION ALL TABLE decision) AS one
     WHERE one.id IS NOT NULL;
    PERFORM set_config('jigsaw.context', before, true);
    RETURN found;
END $$;

-- Columns from which it follows who sees what stay as they were made, whoever may change the rest of the row.
CREATE OR REPLACE FUNCTION guard.stays_as_made() RETURNS trigger
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    RAISE insufficient_privilege USING MESSAGE = 'jigsaw: whose a row of ' || TG_TABLE_NAME || ' is does not change';
END $$;

-- Sealed and adoption records, protected addresses and what would show who told are released only where one person
-- proposed it for whoever asked and another granted it: the same rule again that the sharing rules ask.
CREATE OR REPLACE FUNCTION guard.what_is_sealed_leaves_by_two() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    before text := current_setting('jigsaw.context', true);
    refused boolean;
BEGIN
    PERFORM set_config('jigsaw.context', guard_secret.for_the_hub(), true);
    refused := EXISTS (SELECT FROM public.chronology_entry AS e WHERE e.id = new.entry_id AND e.sealed <> '')
        AND NOT EXISTS (
            SELECT FROM public.disclosures_releaseproposal AS p
              JOIN public.information_requests_recipient AS r ON r.id = p.recipient_id
             WHERE p.entry_id = new.entry_id AND p.released AND r.from_agency_id = new.to_agency_id
        );
    PERFORM set_config('jigsaw.context', before, true);
    IF refused THEN
        RAISE insufficient_privilege USING MESSAGE = 'jigsaw: what is sealed is released by two people';
    END IF;
    RETURN new;
END $$;
