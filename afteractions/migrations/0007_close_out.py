"""What each responder says at the close of the bridge: rows that are only added."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from majorops.audit.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("afteractions", "0006_root_causes_published"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CloseOutAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("worked", models.TextField(blank=True)),
                ("slowed", models.TextField(blank=True)),
                (
                    "after_action",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="close_out_answers",
                        to="afteractions.afteraction",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "indexes": [
                    models.Index(fields=["after_action", "person", "-id"], name="close_out_of_a_person")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("worked", ""), _negated=True),
                            models.Q(("slowed", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="a_close_out_says_something",
                    )
                ],
            },
        ),
        append_only(["afteractions_closeoutanswer"]),
    ]
