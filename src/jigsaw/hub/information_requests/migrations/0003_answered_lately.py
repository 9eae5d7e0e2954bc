"""An index for how many of an agency’s answers of the last weeks came in time, which its inbox says."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("information_requests", "0002_recipient_from_agency")]
    operations = [
        migrations.AddIndex(
            "recipient",
            models.Index(
                fields=["agency", "answered_at"], name="answered_lately", condition=models.Q(state="answered")
            ),
        )
    ]
