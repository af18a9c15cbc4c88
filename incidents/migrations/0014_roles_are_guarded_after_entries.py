"""Triggers fire by their names: that an entry of a closed record is not changed is said first, for roles as for all."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("incidents", "0013_events_corrected_in_place")]
    operations = [
        migrations.RunSQL(
            "ALTER TRIGGER guard_assignment ON incidents_commandassignment RENAME TO guard_role;",
            "ALTER TRIGGER guard_role ON incidents_commandassignment RENAME TO guard_assignment;",
        )
    ]
