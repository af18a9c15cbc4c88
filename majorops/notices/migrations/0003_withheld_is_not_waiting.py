"""What was withheld leaves the queue's index: the cost of a delivery depends on what waits alone."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("notices", "0002_initial")]
    operations = [
        migrations.RemoveIndex("notice", "notice_waiting"),
        migrations.AddIndex(
            "notice",
            models.Index(
                fields=["next_try_at"],
                name="notice_waiting",
                condition=Q(sent_at__isnull=True, set_aside_at__isnull=True, withheld=False),
            ),
        ),
        migrations.AlterField(
            "notice",
            "withheld",
            models.BooleanField(
                default=False,
                help_text="Not sent: the recipient may no longer see it, or what it says no longer holds.",
            ),
        ),
    ]
