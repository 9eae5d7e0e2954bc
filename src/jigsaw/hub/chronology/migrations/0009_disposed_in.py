from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("chronology", "0008_family_words")]

    operations = [
        migrations.AddField(
            model_name="entry",
            name="disposed_in",
            field=models.CharField(blank=True, default="", max_length=20),
        ),
    ]
