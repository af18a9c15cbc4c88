"""Attendees take the required seats that nobody has; a meeting keeps the address that its invitations come from."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("afteractions", "0015_whom_a_note_went_to"),
    ]

    operations = [
        migrations.AddField(
            model_name="attendee",
            name="fills",
            field=models.CharField(
                blank=True,
                help_text="The required seat that this person takes, as the rule names it.",
                max_length=250,
            ),
        ),
        migrations.AddField(
            model_name="meeting",
            name="organizer",
            field=models.CharField(
                blank=True,
                help_text="The address that every invitation of this UID comes from.",
                max_length=254,
            ),
        ),
    ]
