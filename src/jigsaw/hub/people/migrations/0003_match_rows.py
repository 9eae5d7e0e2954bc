import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0002_pairs_to_review")]

    operations = [
        migrations.CreateModel(
            name="MatchRow",
            fields=[
                (
                    "record",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="match_row",
                        serialize=False,
                        to="people.personrecord",
                    ),
                ),
                ("columns", models.TextField()),
                ("protected", models.BooleanField(default=False)),
                ("filed_as", models.CharField(max_length=20)),
            ],
            options={
                "indexes": [models.Index(fields=["filed_as"], name="filed_as_of_old")],
            },
        ),
        # Every record has a row; those of no edition are filed before the hub serves.
        migrations.RunSQL(
            "INSERT INTO people_matchrow (record_id, columns, protected, filed_as) "
            "SELECT id, '', false, '' FROM people_personrecord",
            migrations.RunSQL.noop,
        ),
    ]
