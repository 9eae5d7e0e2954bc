"""Versions of an entry are numbered, say why they were made, and lead to the first; an entry can be withdrawn."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

# Corrections made before: numbered along their chain. No page asked for a reason then.
NUMBER_EARLIER_ONES = """
WITH RECURSIVE chain AS (
    SELECT id, id AS first_id, 1 AS version FROM chronology_entry WHERE supersedes_id IS NULL
    UNION ALL
    SELECT newer.id, chain.first_id, chain.version + 1
    FROM chronology_entry newer JOIN chain ON newer.supersedes_id = chain.id
)
UPDATE chronology_entry entry
SET first_id = chain.first_id, version = chain.version, corrected_because = 'Corrected before reasons were asked for.'
FROM chain WHERE chain.id = entry.id AND chain.version > 1
"""


class Migration(migrations.Migration):
    dependencies = [
        ("chronology", "0002_release_source"),
    ]

    operations = [
        migrations.AddField(
            model_name="entry",
            name="first",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="later_versions",
                to="chronology.entry",
            ),
        ),
        migrations.AddField(
            model_name="entry", name="version", field=models.PositiveSmallIntegerField(default=1)
        ),
        migrations.AddField(model_name="entry", name="corrected_because", field=models.TextField(blank=True)),
        migrations.AddField(model_name="entry", name="withdrawn", field=models.BooleanField(default=False)),
        migrations.RunSQL(NUMBER_EARLIER_ONES, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.UniqueConstraint(fields=["first", "version"], name="one_version_of_a_number"),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(
                condition=(
                    Q(version=1, supersedes=None, first=None, corrected_because="", withdrawn=False)
                    | (
                        Q(version__gt=1, supersedes__isnull=False, first__isnull=False)
                        & ~Q(corrected_because="")
                    )
                ),
                name="a_correction_says_why",
            ),
        ),
    ]
