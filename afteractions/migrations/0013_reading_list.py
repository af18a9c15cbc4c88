"""What is said of the owner's reading list, rows that are only added; changes that need executive action."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from majorops.audit.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("afteractions", "0012_evidence"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="change",
            name="executive_reason",
            field=models.TextField(
                blank=True,
                db_default="",
                default="",
                help_text="Why this needs executive action; empty: it needs none.",
            ),
        ),
        migrations.CreateModel(
            name="ReadingListNote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=80)),
                ("text", models.CharField(blank=True, max_length=300)),
                ("url", models.CharField(blank=True, max_length=2000)),
                ("is_read", models.BooleanField()),
                ("at", models.DateTimeField()),
                (
                    "after_action",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reading_list",
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
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("key", ""), _negated=True),
                            models.Q(("text", ""), ("is_read", False), _connector="OR"),
                        ),
                        name="a_reading_list_note_says_of_what",
                    )
                ],
            },
        ),
        append_only(["afteractions_readinglistnote"]),
    ]
