"""The text of an External Message is approved before it goes out. What was sent before that was asked for counts as
approved when it was sent, by nobody in particular."""

import afteractions.vocabulary
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


SENT_BEFORE = """
UPDATE afteractions_externalmessage SET approved_at = settled_at WHERE status = 'sent' AND approved_at IS NULL;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("afteractions", "0007_close_out"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="externalmessage",
            name="approved_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="externalmessage",
            name="approved_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="externalmessage",
            name="asked_at",
            field=models.DateTimeField(help_text="Since when it waits for its approval.", null=True),
        ),
        migrations.AddField(
            model_name="externalmessage",
            name="asked_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="externalmessage",
            name="channel",
            field=models.CharField(blank=True, help_text="How it is to go out.", max_length=200),
        ),
        migrations.AddField(
            model_name="externalmessage",
            name="returned_reason",
            field=models.TextField(blank=True, help_text="Why it was not approved as it stood."),
        ),
        migrations.AddField(
            model_name="externalmessage",
            name="sent_where",
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.RunSQL(SENT_BEFORE, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="externalmessage",
            index=models.Index(fields=["due_at", "id"], name="messages_by_date"),
        ),
        migrations.AddIndex(
            model_name="statusnote",
            index=models.Index(
                condition=models.Q(("sent_at__isnull", True)),
                fields=["prepared_at", "id"],
                name="notes_to_send",
            ),
        ),
        migrations.AddConstraint(
            model_name="externalmessage",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", afteractions.vocabulary.MessageStatus["SENT"]), _negated=True),
                    ("approved_at__isnull", False),
                    _connector="OR",
                ),
                name="what_is_sent_was_approved",
            ),
        ),
    ]
