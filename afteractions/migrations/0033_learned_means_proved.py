"""What was seen of the effect of a change, kept as it was said; what came back with a repeat, and what takes up what did
not work."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from majorops.audit.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("afteractions", "0032_effects_of_changes"),
        ("incidents", "0026_one_name_is_one_row"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="EffectCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("effective", "Effective"),
                            ("not_effective", "Not effective"),
                            ("no_longer_applies", "No longer applies"),
                        ],
                        max_length=20,
                    ),
                ),
                ("seen", models.TextField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.AddField(
            model_name="change",
            name="came_back_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="change",
            name="came_back_with",
            field=models.ForeignKey(
                help_text="The repeat that says so.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="incidents.incident",
            ),
        ),
        migrations.AddField(
            model_name="change",
            name="effect_checked_at",
            field=models.DateTimeField(
                help_text="When somebody first said what was seen, since it came back where it did.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="change",
            name="learning",
            field=models.CharField(
                blank=True,
                choices=[
                    ("captured", "Captured"),
                    ("done", "Done"),
                    ("learned", "Learned"),
                    ("came_back", "It came back"),
                    ("not_effective", "Not effective"),
                ],
                db_default="",
                default="",
                help_text="What was seen of its effect and still counts; empty: nothing yet.",
                max_length=14,
            ),
        ),
        migrations.AddField(
            model_name="change",
            name="takes_up",
            field=models.ForeignKey(
                help_text="The change of the same review that was not effective, and that this one is made instead of.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="taken_up_by",
                to="afteractions.change",
            ),
        ),
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
                    ("effect_check", "Check the effect of the change"),
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
        migrations.AddConstraint(
            model_name="change",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("learning", ""),
                    models.Q(
                        ("effect_checked_at__isnull", False), ("learning", "learned"), ("status", "done")
                    ),
                    models.Q(("effect_checked_at__isnull", False), ("learning", "not_effective")),
                    models.Q(("came_back_at__isnull", False), ("learning", "came_back")),
                    _connector="OR",
                ),
                name="what_was_learned_was_made_and_seen",
            ),
        ),
        migrations.AddConstraint(
            model_name="change",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("came_back_at__isnull", True), ("came_back_with__isnull", True)),
                    models.Q(("came_back_at__isnull", False), ("came_back_with__isnull", False)),
                    _connector="OR",
                ),
                name="what_came_back_came_with_a_repeat",
            ),
        ),
        migrations.AddConstraint(
            model_name="change",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("takes_up__isnull", True),
                    models.Q(("takes_up", models.F("id")), _negated=True),
                    _connector="OR",
                ),
                name="a_change_takes_up_another",
            ),
        ),
        migrations.AddField(
            model_name="effectcheck",
            name="by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="effectcheck",
            name="change",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="effect_checks",
                to="afteractions.change",
            ),
        ),
        migrations.AddConstraint(
            model_name="effectcheck",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("outcome__in", ["effective", "not_effective", "no_longer_applies"]),
                    models.Q(("seen", ""), _negated=True),
                ),
                name="an_effect_check_says_what_was_seen",
            ),
        ),
        append_only(["afteractions_effectcheck"]),
    ]
