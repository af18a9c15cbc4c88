"""The evidence of an anti-pattern grows with what follows, in rows of its own."""

import django.db.models.deletion
from django.db import migrations, models

from majorops.audit.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("afteractions", "0019_what_a_revision_holds"),
    ]

    operations = [
        migrations.CreateModel(
            name="AntiPatternEvidence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("text", models.TextField()),
                (
                    "occurrence",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="growth",
                        to="afteractions.antipatternoccurrence",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="evidence_says_something"
                    )
                ],
            },
        ),
        append_only(["afteractions_antipatternevidence"]),
    ]
