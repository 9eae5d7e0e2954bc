"""Each asked agency's row says who asked, so that the database can tell by the row alone who may see it."""

import django.db.models.deletion
from django.db import migrations, models

FILL = """
UPDATE information_requests_recipient SET from_agency_id = request.from_agency_id
  FROM information_requests_informationrequest AS request
 WHERE request.id = information_requests_recipient.request_id
"""


class Migration(migrations.Migration):
    dependencies = [("information_requests", "0001_initial"), ("agencies", "0003_postcodes")]
    operations = [
        migrations.AddField(
            "recipient",
            "from_agency",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agencies.agency"
            ),
        ),
        migrations.RunSQL([FILL, "SET CONSTRAINTS ALL IMMEDIATE"], migrations.RunSQL.noop),
        migrations.AlterField(
            "recipient",
            "from_agency",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agencies.agency"
            ),
        ),
    ]
