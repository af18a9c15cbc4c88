"""A status note says whom it went to, and is sent to somebody."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("afteractions", "0014_decisions_are_searched")]

    operations = [
        migrations.AddField(
            model_name="statusnote",
            name="sent_to",
            field=models.JSONField(default=list, help_text="The names of those whom it went to."),
        ),
        # Not asked of the notes that were sent before: nobody kept whom they went to.
        AddConstraintNotValid(
            model_name="statusnote",
            constraint=models.CheckConstraint(
                name="a_note_is_sent_to_somebody",
                condition=models.Q(
                    ("sent_at__isnull", True), models.Q(("sent_to", []), _negated=True), _connector="OR"
                ),
            ),
        ),
    ]
