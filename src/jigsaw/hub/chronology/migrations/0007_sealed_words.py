"""The words of what is sealed are kept sealed, each row's under a key of its own: also those that stood here before."""

from django.db import migrations, models
from django.db.models import Q

from jigsaw.hub.kit import sealed_words
from jigsaw.hub.kit.sealed_words import none_in_plain

ENTRY = ("title", "text", "child_words", "source", "protect", "corrected_because")
RELEASE = ("title", "text", "child_words", "source", "handling")


def seal_what_is_there(apps, schema_editor):
    entry, release = (apps.get_model("chronology", name) for name in ("Entry", "Release"))
    # The owner is bound by the tables' guard as well, and has no practitioner to act for.
    for table in (entry, release):
        schema_editor.execute(f"ALTER TABLE {table._meta.db_table} NO FORCE ROW LEVEL SECURITY")
    for rows, words in (
        (entry.objects.exclude(sealed=""), ENTRY),
        (release.objects.exclude(entry__sealed=""), RELEASE),
    ):
        for row in rows.using(schema_editor.connection.alias).iterator():
            _seal(row, words)


def _seal(row, words):
    plain = {name: getattr(row, name) for name in words}
    bound_to = sealed_words.bound_to(row._meta.db_table, row.pk)
    row.words_key, row.sealed_words = sealed_words.sealed(plain, bound_to=bound_to)
    for name, value in plain.items():
        setattr(row, name, sealed_words.stand_in(value))
    row.save(update_fields=["words_key", "sealed_words", *words])


class Migration(migrations.Migration):
    dependencies = [("chronology", "0006_corrections_by_agency")]
    operations = [
        *(
            migrations.AddField(model, name, models.BinaryField(editable=False, null=True))
            for model in ("entry", "release")
            for name in ("words_key", "sealed_words")
        ),
        migrations.RunPython(seal_what_is_there, migrations.RunPython.noop),
        migrations.AddConstraint(
            "entry",
            models.CheckConstraint(
                condition=none_in_plain(
                    "title", "text", "child_words", "source", "corrected_because", when=~Q(sealed="")
                )
                & (Q(sealed="") | Q(protect=[])),
                name="what_is_sealed_is_kept_sealed",
            ),
        ),
    ]
