"""What each Major Technical Meeting said of the actions of the ones before."""

import django.db.models.deletion
import incidents.vocabulary
from django.conf import settings
from django.db import migrations, models

from majorops.audit.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0006_figures"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MtmActionReview",
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
                        choices=[("done", "Done"), ("goes_on", "Goes on"), ("dropped", "Dropped")],
                        max_length=10,
                    ),
                ),
                ("word", models.TextField(blank=True, help_text="Why it is dropped, or what holds it up.")),
                ("at", models.DateTimeField()),
                (
                    "action",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="incidents.mtmaction",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "mtm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="incidents.mtm",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", incidents.vocabulary.MtmReview["DROPPED"]), _negated=True),
                            models.Q(("word", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="an_mtm_action_is_dropped_with_a_word",
                    )
                ],
            },
        ),
        append_only(["incidents_mtmactionreview"]),
    ]
