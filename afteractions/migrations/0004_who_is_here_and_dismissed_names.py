"""Attendance as it is ticked, and the words of a root cause of which somebody said that they are no name."""

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

from majorops.audit.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("afteractions", "0003_policy_and_closing_days"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="attendee",
            name="is_here",
            field=models.BooleanField(
                help_text="As the chair ticks while the meeting goes on; its end makes it an Attendance.",
                null=True,
            ),
        ),
        migrations.CreateModel(
            name="DismissedName",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
                (
                    "after_action",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dismissed_names",
                        to="afteractions.afteraction",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("after_action"),
                        django.db.models.functions.text.Lower("text"),
                        name="a_name_is_dismissed_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="a_dismissed_name_has_its_text"
                    ),
                ],
            },
        ),
        append_only(["afteractions_dismissedname"]),
    ]
