"""The index of what was computed under an earlier policy is for that question alone: the sweep must not take it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("afteractions", "0004_who_is_here_and_dismissed_names")]
    operations = [
        migrations.RemoveIndex(model_name="obligation", name="obligation_by_policy"),
        migrations.AddIndex(
            model_name="obligation",
            index=models.Index(
                condition=models.Q(
                    ("computed_under__gte", 0), ("set_aside_at__isnull", True), ("state", "open")
                ),
                fields=["computed_under", "incident"],
                name="obligation_by_policy",
            ),
        ),
    ]
