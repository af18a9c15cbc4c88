"""What came due while an incident ran, as a vendor's RCA or the summary of an MTM, belongs to its After Action."""

from django.db import migrations

ATTACH = """
UPDATE afteractions_obligation AS obligation SET after_action_id = after_action.id
FROM afteractions_afteraction AS after_action
WHERE obligation.after_action_id IS NULL AND after_action.incident_id = obligation.incident_id;
"""


class Migration(migrations.Migration):
    dependencies = [("afteractions", "0030_no_guest_link_is_kept")]
    operations = [migrations.RunSQL(ATTACH, migrations.RunSQL.noop)]
