"""Directories of staff that tell the hub who joins and who leaves."""

import django.db.models.deletion
from django.db import migrations, models

import jigsaw.hub.kit.ids


class Migration(migrations.Migration):
    dependencies = [("agencies", "0005_outside_identities")]
    operations = [
        migrations.CreateModel(
            name="StaffDirectory",
            fields=[
                (
                    "id",
                    models.UUIDField(default=jigsaw.hub.kit.ids.uuid7, primary_key=True, serialize=False),
                ),
                ("provider", models.CharField(blank=True, max_length=30)),
                ("secret_hash", models.CharField(max_length=64, unique=True)),
                ("active", models.BooleanField(default=True)),
                ("added_at", models.DateTimeField()),
                (
                    "agency",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agencies.agency"
                    ),
                ),
            ],
            options={"verbose_name_plural": "staff directories"},
        )
    ]
