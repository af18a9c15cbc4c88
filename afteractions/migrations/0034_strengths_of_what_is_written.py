"""What is written already gets the strength that its words propose; a day to look again only where it is still to be
published, so that nobody is asked at once for the effect of everything."""

from django.db import migrations

from afteractions.rules.learning import proposed_strength

LOOKS = """
UPDATE afteractions_change c SET look_on = c.due_on + 30 FROM afteractions_afteraction a
WHERE a.id = c.after_action_id AND a.published_at IS NULL AND NOT a.history
    AND c.kind <> 'continue' AND c.mtm_action_id IS NULL AND c.due_on IS NOT NULL AND c.look_on IS NULL
"""


def propose_strengths(apps, schema_editor):
    changes = apps.get_model("afteractions", "Change").objects
    rows = changes.filter(mtm_action__isnull=True, strength="").exclude(kind="continue").only("change")
    batch = []
    for row in rows.iterator(chunk_size=2000):
        row.strength = proposed_strength(row.change).value
        batch.append(row)
        if len(batch) == 2000:
            changes.bulk_update(batch, ["strength"])
            batch = []
    changes.bulk_update(batch, ["strength"])


class Migration(migrations.Migration):
    dependencies = [("afteractions", "0033_learned_means_proved")]
    operations = [
        migrations.RunSQL(LOOKS, migrations.RunSQL.noop),
        migrations.RunPython(propose_strengths, migrations.RunPython.noop),
    ]
