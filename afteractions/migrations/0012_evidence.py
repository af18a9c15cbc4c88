"""Files of evidence and their withdrawals, rows that are only added; what attendees owe becomes a deadline."""

import afteractions.models.preparation
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from majorops.audit.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("afteractions", "0011_searched"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="obligation",
            name="kind",
            field=models.CharField(
                choices=[
                    ("decide", "Decide whether to hold the After Action"),
                    ("schedule", "Schedule the After Action"),
                    ("distribute", "Distribute the draft"),
                    ("hold", "Hold the After Action"),
                    ("publish", "Publish the Learning Review"),
                    ("status_note", "Send the status note"),
                    ("review_actions", "Review the action items"),
                    ("action_item", "Complete the action item"),
                    ("external_message", "Send the external message"),
                    ("vendor_rca", "Obtain the vendor's RCA"),
                    ("vendor_item", "Close the vendor's open item"),
                    ("mtm_summary", "Publish the MTM summary"),
                    ("next_mtm", "Start the next MTM"),
                    ("read_draft", "Read the draft"),
                    ("evidence", "Bring the evidence"),
                ],
                max_length=20,
            ),
        ),
        migrations.CreateModel(
            name="EvidenceFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "reference",
                    models.CharField(
                        default=afteractions.models.preparation.evidence_reference,
                        editable=False,
                        max_length=20,
                        unique=True,
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("note", models.TextField(blank=True, help_text="What it shows.")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("pdf", "PDF"),
                            ("png", "PNG picture"),
                            ("jpeg", "JPEG picture"),
                            ("gif", "GIF picture"),
                            ("webp", "WebP picture"),
                            ("text", "Text"),
                        ],
                        max_length=8,
                    ),
                ),
                ("size", models.PositiveIntegerField(help_text="In bytes.")),
                ("sha256", models.CharField(max_length=64)),
                ("content", models.BinaryField()),
                ("at", models.DateTimeField()),
                (
                    "after_action",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence_files",
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
            },
        ),
        migrations.CreateModel(
            name="EvidenceWithdrawal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "file",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="withdrawal",
                        to="afteractions.evidencefile",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="evidencefile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("name", ""), _negated=True),
                    ("size__gt", 0),
                    ("sha256__regex", "^[0-9a-f]{64}$"),
                ),
                name="evidence_is_named_and_hashed",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidencefile",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["pdf", "png", "jpeg", "gif", "webp", "text"])),
                name="evidence_is_of_a_known_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidencewithdrawal",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="a_withdrawal_of_evidence_says_why"
            ),
        ),
        append_only(["afteractions_evidencefile", "afteractions_evidencewithdrawal"]),
    ]
