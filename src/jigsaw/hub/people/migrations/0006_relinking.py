import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import jigsaw.hub.kit.ids


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0005_joined_rows"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Relinking",
            fields=[
                ("id", models.UUIDField(default=jigsaw.hub.kit.ids.uuid7, primary_key=True, serialize=False)),
                ("made_at", models.DateTimeField()),
                ("model", models.CharField(max_length=60)),
                ("records", models.IntegerField()),
                ("persons", models.IntegerField()),
                ("pairs", models.IntegerField()),
                ("seconds", models.FloatField()),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Proposal",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=4)),
                ("records", models.JSONField()),
                ("probability", models.FloatField()),
                ("evidence", models.JSONField(default=list)),
                ("sources", models.JSONField(default=list)),
                ("rests_on", models.CharField(max_length=64)),
                ("outcome", models.CharField(default="waiting", max_length=8)),
                ("done_at", models.DateTimeField(null=True)),
                (
                    "done_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                (
                    "relinking",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="proposals",
                        to="people.relinking",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["relinking", "kind", "outcome"], name="proposals_by_kind")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["join", "part", "ask"])), name="a_proposal_is_one_of"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("done_at", None), ("outcome", "waiting")),
                            models.Q(("outcome__in", ["done", "changed"]), ("done_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="a_proposal_waits_or_is_done",
                    ),
                ],
            },
        ),
    ]
