"""Roles recorded or corrected after the close so far wait for their confirmation like those to come."""

from django.db import migrations

# The guard of a closed record would refuse this one change, which no entry of it asks for.
MARK = """
ALTER TABLE incidents_commandassignment DISABLE TRIGGER guard_entry;
UPDATE incidents_commandassignment a SET needs_confirmation = true
    FROM incidents_incident i
    WHERE i.id = a.incident_id
        AND (a.corrects_id IS NOT NULL OR coalesce(a.logged_at, a.from_at) > i.closed_at);
ALTER TABLE incidents_commandassignment ENABLE TRIGGER guard_entry;
"""


class Migration(migrations.Migration):
    dependencies = [("incidents", "0010_roles_are_confirmed")]
    operations = [migrations.RunSQL(MARK, migrations.RunSQL.noop)]
