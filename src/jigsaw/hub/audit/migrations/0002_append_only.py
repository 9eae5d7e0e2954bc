"""Nobody changes the log: a trigger stops even the owner's slip, and the app role loses the right.

Words may be erased (the commitment stays), so deleting from audit_words is allowed; changing is not.
"""

from django.db import migrations

PROTECT = """
CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The audit log is append-only: % on % is refused.', TG_OP, TG_TABLE_NAME;
END $$;
CREATE TRIGGER audit_entry_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_words_never_change BEFORE UPDATE OR TRUNCATE ON audit_words
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
DO $$
DECLARE other text;
BEGIN
    FOR other IN
        SELECT DISTINCT grantee FROM information_schema.role_table_grants
        WHERE table_name = 'audit_entry' AND table_schema = current_schema() AND grantee <> current_user
    LOOP
        EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON audit_entry FROM %I', other);
        EXECUTE format('REVOKE UPDATE, TRUNCATE ON audit_words FROM %I', other);
    END LOOP;
END $$;
"""
UNPROTECT = """
DROP TRIGGER audit_entry_is_append_only ON audit_entry;
DROP TRIGGER audit_words_never_change ON audit_words;
DROP FUNCTION audit_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunSQL(PROTECT, UNPROTECT)]
