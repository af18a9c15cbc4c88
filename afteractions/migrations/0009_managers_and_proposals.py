"""Nudges, saved views, what owners propose for the 30-day review, and what ended after its deadline."""

import afteractions.models.nudges_and_saved_views
import afteractions.vocabulary
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

from majorops.audit.append_only import append_only, never_deleted


class Migration(migrations.Migration):
    dependencies = [
        ("afteractions", "0008_messages_are_approved"),
        ("incidents", "0004_look_alikes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ItemProposal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("review_round", models.PositiveSmallIntegerField()),
                (
                    "disposition",
                    models.CharField(
                        choices=[("done", "Done"), ("extended", "Extended"), ("cancelled", "Cancelled")],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("reason", models.TextField(blank=True)),
                ("evidence", models.TextField(blank=True)),
                ("due_on", models.DateField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting for the MIM"),
                            ("accepted", "Accepted"),
                            ("changed", "Settled otherwise"),
                            ("declined", "Declined"),
                            ("replaced", "Replaced"),
                        ],
                        db_default="waiting",
                        default=afteractions.vocabulary.ProposalState["WAITING"],
                        max_length=10,
                    ),
                ),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "word",
                    models.TextField(
                        blank=True, db_default="", help_text="What the MIM said with the answer."
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Nudge",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("day", models.DateField(help_text="The day of `at` in UTC.")),
                ("word", models.CharField(blank=True, db_default="", max_length=1000)),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
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
                        default=afteractions.models.nudges_and_saved_views.view_reference,
                        editable=False,
                        max_length=20,
                        unique=True,
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                (
                    "filters",
                    models.CharField(
                        blank=True, help_text="What follows the ? of the address.", max_length=400
                    ),
                ),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["name", "id"],
            },
        ),
        migrations.AddIndex(
            model_name="obligation",
            index=models.Index(
                condition=models.Q(("ended_at__gt", models.F("due_at"))),
                fields=["ended_at"],
                name="obligation_ended_late",
            ),
        ),
        migrations.AddField(
            model_name="itemproposal",
            name="answered_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="itemproposal",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="itemproposal",
            name="change",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="proposals",
                to="afteractions.change",
            ),
        ),
        migrations.AddField(
            model_name="nudge",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="nudges_sent",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="nudge",
            name="obligation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="nudges",
                to="afteractions.obligation",
            ),
        ),
        migrations.AddField(
            model_name="nudge",
            name="to",
            field=models.ForeignKey(
                help_text="Who must meet the deadline; nobody while it is a group's.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="nudges_received",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="savedview",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="saved_views",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="itemproposal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", afteractions.vocabulary.ProposalState["WAITING"])),
                fields=("change",),
                name="one_proposal_waits_for_an_answer",
            ),
        ),
        migrations.AddConstraint(
            model_name="itemproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("disposition__in", ["done", "extended", "cancelled"]),
                    ("state__in", ["waiting", "accepted", "changed", "declined", "replaced"]),
                ),
                name="a_proposal_is_of_a_known_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="itemproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("answered_at__isnull", True),
                        ("state", afteractions.vocabulary.ProposalState["WAITING"]),
                    ),
                    models.Q(
                        models.Q(("state", afteractions.vocabulary.ProposalState["WAITING"]), _negated=True),
                        ("answered_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="an_answered_proposal_has_its_instant",
            ),
        ),
        migrations.AddConstraint(
            model_name="itemproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", afteractions.vocabulary.ProposalState["DECLINED"]), _negated=True),
                    models.Q(("word", ""), _negated=True),
                    _connector="OR",
                ),
                name="a_declined_proposal_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="nudge",
            constraint=models.UniqueConstraint(
                fields=("obligation", "day"), name="a_deadline_is_nudged_once_a_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.UniqueConstraint(
                models.F("person"),
                django.db.models.functions.text.Lower("name"),
                name="a_view_has_a_name_of_its_own",
            ),
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="a_view_has_a_name"
            ),
        ),
        append_only(["afteractions_nudge"]),
        never_deleted(["afteractions_itemproposal"]),
    ]
