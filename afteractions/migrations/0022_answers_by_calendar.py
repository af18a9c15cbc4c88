"""An answer given in a calendar counts for the time that it was given to."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("afteractions", "0021_evidence_is_a_link_too"),
    ]

    operations = [
        migrations.AddField(
            model_name="meeting",
            name="time_sequence",
            field=models.PositiveIntegerField(
                default=0,
                help_text="The sequence since which it is at this time: answers to an earlier one count no more.",
            ),
        ),
    ]
