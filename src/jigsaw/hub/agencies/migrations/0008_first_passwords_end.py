"""A first password ends by itself; those there are already count from now on."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone


def given_now(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Nobody knows when they were given: their owners have all the time from here."""
    practitioners = apps.get_model("agencies", "Practitioner").objects.using(editor.connection.alias)
    practitioners.filter(password_is_first=True).update(password_given_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0007_first_passwords"),
    ]

    operations = [
        migrations.AddField(
            model_name="practitioner",
            name="password_given_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.RunPython(given_now, migrations.RunPython.noop),
    ]
