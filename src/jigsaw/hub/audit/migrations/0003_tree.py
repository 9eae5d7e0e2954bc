"""Each entry gets its place in the tree: what the sequencer needs to find the next, and tables nobody changes.

`xid` is the transaction that wrote an entry, `epoch` the number of times the database was restored, plus one. Both
come by default, so writing an entry costs no more than before. Entries from before get this migration's transaction
and keep their order by id.
"""

from django.db import migrations, models

COLUMNS = """
ALTER TABLE audit_entry ADD COLUMN epoch integer NOT NULL DEFAULT 1,
    ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX audit_entry_next ON audit_entry (epoch, xid, id);
INSERT INTO audit_tree (id, origin, size, epoch, after_xid, after_id)
    VALUES (1, 'jigsaw-audit-' || replace(gen_random_uuid()::text, '-', ''), 0, 1, 0, 0);
"""
UNDO_COLUMNS = """
ALTER TABLE audit_entry DROP COLUMN epoch, DROP COLUMN xid;
"""
PROTECT = """
CREATE TRIGGER audit_leaf_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_leaf
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_subtree_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_subtree
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_tree_stays BEFORE DELETE OR TRUNCATE ON audit_tree
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
DO $$
DECLARE other text;
BEGIN
    FOR other IN
        SELECT DISTINCT grantee FROM information_schema.role_table_grants
        WHERE table_name = 'audit_entry' AND table_schema = current_schema() AND grantee <> current_user
    LOOP
        EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON audit_leaf, audit_subtree FROM %I', other);
        EXECUTE format('REVOKE INSERT, DELETE, TRUNCATE ON audit_tree FROM %I', other);
    END LOOP;
END $$;
"""
UNPROTECT = """
DROP TRIGGER audit_leaf_is_append_only ON audit_leaf;
DROP TRIGGER audit_subtree_is_append_only ON audit_subtree;
DROP TRIGGER audit_tree_stays ON audit_tree;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_append_only")]
    operations = [
        migrations.CreateModel(
            name="Leaf",
            fields=[
                ("place", models.BigIntegerField(primary_key=True, serialize=False)),
                ("entry_id", models.BigIntegerField(unique=True)),
                ("hash", models.BinaryField()),
            ],
            options={"db_table": "audit_leaf"},
        ),
        migrations.CreateModel(
            name="Subtree",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "height", "index", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("height", models.SmallIntegerField()),
                ("index", models.BigIntegerField()),
                ("hash", models.BinaryField()),
            ],
            options={"db_table": "audit_subtree"},
        ),
        migrations.CreateModel(
            name="Tree",
            fields=[
                ("id", models.SmallIntegerField(primary_key=True, serialize=False)),
                ("origin", models.CharField(max_length=80)),
                ("size", models.BigIntegerField()),
                ("epoch", models.IntegerField()),
                ("after_xid", models.BigIntegerField()),
                ("after_id", models.BigIntegerField()),
            ],
            options={"db_table": "audit_tree"},
        ),
        migrations.RunSQL(COLUMNS, UNDO_COLUMNS),
        migrations.RunSQL(PROTECT, UNPROTECT),
    ]
