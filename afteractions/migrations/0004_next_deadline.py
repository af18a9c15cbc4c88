"""The next deadline stands on the After Action; lists, boards and the library are read by index."""

import datetime
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.fields.json
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models


NEXT = """
UPDATE afteractions_afteraction SET next_due_at = (
    SELECT min(due_at) FROM afteractions_obligation
    WHERE after_action_id = afteractions_afteraction.id AND state = 'open' AND kind <> 'action_item')
"""


class Migration(migrations.Migration):
    dependencies = [
        ("afteractions", "0003_guards"),
        ("incidents", "0003_guards"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="afteraction",
            name="next_due_at",
            field=models.DateTimeField(
                editable=False,
                help_text="The earliest open obligation, action items aside; reconciled with the obligations.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="afteraction",
            name="due_order",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.functions.comparison.Coalesce(
                    "next_due_at",
                    models.Value(datetime.datetime(9999, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)),
                ),
                output_field=models.DateTimeField(),
            ),
        ),
        migrations.AddIndex(
            model_name="afteraction",
            index=models.Index(
                condition=models.Q(
                    models.Q(("decision", "skip"), _negated=True),
                    models.Q(("history", False), ("started_at__isnull", False), _connector="OR"),
                ),
                fields=["status", "due_order", "id"],
                name="after_action_due_by_status",
            ),
        ),
        migrations.AddIndex(
            model_name="afteraction",
            index=models.Index(
                condition=models.Q(
                    models.Q(("decision", "skip"), _negated=True),
                    models.Q(("history", False), ("started_at__isnull", False), _connector="OR"),
                ),
                fields=["due_order", "id"],
                name="after_action_due",
            ),
        ),
        migrations.AddIndex(
            model_name="afteraction",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", False)),
                fields=["-closed_at", "-id"],
                name="after_action_closed",
            ),
        ),
        migrations.AddIndex(
            model_name="change",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.search.SearchVector("change", "gap", config="english"),
                name="change_words",
            ),
        ),
        migrations.AddIndex(
            model_name="change",
            index=models.Index(
                condition=models.Q(("removed_at__isnull", True)),
                fields=["due_on", "id"],
                name="change_by_date",
            ),
        ),
        migrations.AddIndex(
            model_name="section",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.search.SearchVector(
                    django.db.models.fields.json.KeyTextTransform("failure", "content"), config="english"
                ),
                condition=models.Q(("key", "root_cause")),
                name="root_cause_words",
            ),
        ),
        migrations.RunSQL(NEXT, migrations.RunSQL.noop),
    ]
