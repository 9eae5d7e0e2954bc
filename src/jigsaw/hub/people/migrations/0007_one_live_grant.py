"""A record whose lending was ended may be lent again for the same purpose: only live grants are unique."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0006_relinking"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="grant", name="one_grant_a_purpose"),
        migrations.AddConstraint(
            model_name="grant",
            constraint=models.UniqueConstraint(
                fields=["record", "agency", "reference"], condition=Q(ends_at=None), name="one_live_grant"
            ),
        ),
    ]
