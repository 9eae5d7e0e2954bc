"""The few entries that were withdrawn are found without looking through all versions."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("chronology", "0004_release_of_agency")]
    operations = [
        migrations.AddIndex(
            "entry",
            models.Index(fields=["first"], condition=Q(withdrawn=True), name="entries_withdrawn"),
        )
    ]
