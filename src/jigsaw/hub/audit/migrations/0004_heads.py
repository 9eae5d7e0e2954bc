"""Signed heads, the keys they are signed with, witnesses and epochs: none of it is ever changed by the service."""

from django.db import migrations, models

TABLES = ("audit_epoch", "audit_key", "audit_head", "audit_witnessed", "audit_seen")
PROTECT = "".join(
    f"CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
    " FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();"
    for table in TABLES
)
RIGHTS = """
DO $$
DECLARE other text;
BEGIN
    FOR other IN
        SELECT DISTINCT grantee FROM information_schema.role_table_grants
        WHERE table_name = 'audit_entry' AND table_schema = current_schema() AND grantee <> current_user
    LOOP
        EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON audit_key, audit_head, audit_witnessed, audit_seen FROM %I',
                       other);
        EXECUTE format('REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON audit_epoch FROM %I', other);
        EXECUTE format('REVOKE DELETE, TRUNCATE ON audit_alarm FROM %I', other);
    END LOOP;
END $$;
"""
UNPROTECT = "".join(f"DROP TRIGGER {table}_is_append_only ON {table};\n" for table in TABLES)


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0003_tree"),
    ]

    operations = [
        migrations.CreateModel(
            name="Epoch",
            fields=[
                ("number", models.IntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("size", models.BigIntegerField()),
            ],
            options={
                "db_table": "audit_epoch",
            },
        ),
        migrations.CreateModel(
            name="Head",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("epoch", models.IntegerField()),
                ("size", models.BigIntegerField(db_index=True)),
                ("root", models.BinaryField()),
                ("at", models.DateTimeField()),
                ("note", models.TextField()),
            ],
            options={
                "db_table": "audit_head",
            },
        ),
        migrations.CreateModel(
            name="Key",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public", models.BinaryField()),
                ("at", models.DateTimeField()),
                ("handover", models.TextField()),
            ],
            options={
                "db_table": "audit_key",
            },
        ),
        migrations.CreateModel(
            name="Witnessed",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("witness", models.CharField(max_length=80)),
                ("public", models.BinaryField()),
                ("size", models.BigIntegerField()),
                ("note", models.TextField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "audit_witnessed",
            },
        ),
        migrations.CreateModel(
            name="Alarm",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=30)),
                ("since", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "audit_alarm",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("kind",),
                        name="one_open_audit_alarm_a_kind",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Seen",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("origin", models.CharField(max_length=80)),
                ("public", models.BinaryField()),
                ("epoch", models.IntegerField()),
                ("size", models.BigIntegerField()),
                ("root", models.BinaryField()),
                ("note", models.TextField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "audit_seen",
                "indexes": [models.Index(fields=["origin", "id"], name="audit_seen_of")],
            },
        ),
        migrations.RunSQL(PROTECT, UNPROTECT),
        migrations.RunSQL(RIGHTS, migrations.RunSQL.noop),
    ]
