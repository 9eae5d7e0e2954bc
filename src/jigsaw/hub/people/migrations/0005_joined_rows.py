import django.db.models.deletion
from django.db import migrations, models

# Whatever changes a record's row or moves a record to another person, the copy is forgotten with it: no code has to
# remember to, and a statement written by hand cannot leave an old one behind.
FORGET = """
CREATE FUNCTION people_forget_joined() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'people_personrecord' THEN
        DELETE FROM people_joinedrow WHERE person_id IN (OLD.person_id, NEW.person_id);
    ELSE
        DELETE FROM people_joinedrow AS joined USING people_personrecord AS record
        WHERE record.id = coalesce(NEW.record_id, OLD.record_id) AND joined.person_id = record.person_id;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER forget_joined_when_moved AFTER UPDATE OF person_id ON people_personrecord
    FOR EACH ROW WHEN (OLD.person_id <> NEW.person_id) EXECUTE FUNCTION people_forget_joined();
CREATE TRIGGER forget_joined_when_filed AFTER INSERT OR UPDATE OR DELETE ON people_matchrow
    FOR EACH ROW EXECUTE FUNCTION people_forget_joined();
"""
REMEMBER = """
DROP TRIGGER forget_joined_when_filed ON people_matchrow;
DROP TRIGGER forget_joined_when_moved ON people_personrecord;
DROP FUNCTION people_forget_joined;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0004_traced_numbers")]

    operations = [
        migrations.CreateModel(
            name="JoinedRow",
            fields=[
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="joined_row",
                        serialize=False,
                        to="people.person",
                    ),
                ),
                ("columns", models.TextField()),
                ("protected", models.BooleanField(default=False)),
                ("filed_as", models.CharField(max_length=20)),
            ],
        ),
        migrations.RunSQL(FORGET, REMEMBER),
    ]
