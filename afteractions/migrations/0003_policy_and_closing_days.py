"""The policy of enforcement and the closing days, as rows that are only added; what each deadline was computed under."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone

from majorops.audit.append_only import append_only


def deliver(apps, schema_editor):
    """What everything that stands here already was computed under: no rules of its own are the product's."""
    apps.get_model("afteractions", "PolicyVersion").objects.create(
        number=0,
        at=timezone.now(),
        kind="delivered",
        what="this is what the product comes with",
        rules={},
        holidays=settings.HOLIDAYS,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("afteractions", "0002_guards"),
        ("incidents", "0002_guards"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ClosingDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("name", models.CharField(max_length=120)),
                ("is_closed", models.BooleanField(default=True)),
            ],
            options={
                "ordering": ["day", "version"],
            },
        ),
        migrations.CreateModel(
            name="PolicyVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(unique=True)),
                ("at", models.DateTimeField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("delivered", "As delivered"),
                            ("policy", "Warnings and ladder"),
                            ("closing_day", "Closing day"),
                            ("holidays", "Public holidays"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "what",
                    models.CharField(
                        help_text="What changed, as a clause that follows “because”.", max_length=300
                    ),
                ),
                ("reason", models.TextField(blank=True)),
                (
                    "changes",
                    models.JSONField(default=list, help_text="Rows of field, before, now, in words."),
                ),
                ("rules", models.JSONField(help_text="The whole policy: warnings, ladder, reminders.")),
                (
                    "holidays",
                    models.CharField(
                        help_text="The country or region whose public holidays are free.", max_length=20
                    ),
                ),
            ],
            options={
                "ordering": ["-number"],
            },
        ),
        migrations.AddField(
            model_name="obligation",
            name="computed_under",
            field=models.PositiveIntegerField(
                db_default=0,
                default=0,
                help_text="The number of the policy that its due instant and next step were computed under.",
            ),
        ),
        migrations.AddField(
            model_name="obligation",
            name="moved_because",
            field=models.TextField(
                blank=True,
                db_default="",
                help_text="From where the deadline moved here and why, when the calendar moved it.",
            ),
        ),
        migrations.AddIndex(
            model_name="obligation",
            index=models.Index(
                condition=models.Q(("set_aside_at__isnull", True), ("state", "open")),
                fields=["computed_under", "incident"],
                name="obligation_by_policy",
            ),
        ),
        migrations.AddField(
            model_name="policyversion",
            name="by",
            field=models.ForeignKey(
                help_text="Empty: the system.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="closingday",
            name="version",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="closing_day",
                to="afteractions.policyversion",
            ),
        ),
        migrations.AddConstraint(
            model_name="policyversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["delivered", "policy", "closing_day", "holidays"]),
                    models.Q(("what", ""), _negated=True),
                ),
                name="policy_change_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="policyversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "policy"), _negated=True),
                    models.Q(("by__isnull", False), models.Q(("reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="a_new_policy_says_who_and_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="closingday",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="a_closing_day_has_a_name"
            ),
        ),
        migrations.RunPython(deliver, migrations.RunPython.noop),
        append_only(["afteractions_policyversion", "afteractions_closingday"]),
    ]
