"""A release says whose entry it is, so that the database can tell by the row alone who may see it."""

import django.db.models.deletion
from django.db import migrations, models

FILL = """
UPDATE chronology_release SET of_agency_id = entry.agency_id
  FROM chronology_entry AS entry WHERE entry.id = chronology_release.entry_id
"""


class Migration(migrations.Migration):
    dependencies = [("chronology", "0003_versions"), ("agencies", "0003_postcodes")]
    operations = [
        migrations.AddField(
            "release",
            "of_agency",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agencies.agency"
            ),
        ),
        migrations.RunSQL([FILL, "SET CONSTRAINTS ALL IMMEDIATE"], migrations.RunSQL.noop),
        migrations.AlterField(
            "release",
            "of_agency",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agencies.agency"
            ),
        ),
    ]
