from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("referrals", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="referral",
            name="advice",
            field=models.TextField(blank=True, default=""),
            preserve_default=False,
        ),
    ]
