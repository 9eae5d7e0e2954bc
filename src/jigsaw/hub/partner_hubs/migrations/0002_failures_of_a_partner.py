from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partner_hubs", "0001_initial")]

    operations = [
        migrations.RemoveField(model_name="answeringkey", name="tried_at"),
        migrations.AddField(model_name="partnerhub", name="tried_at", field=models.DateTimeField(null=True)),
    ]
