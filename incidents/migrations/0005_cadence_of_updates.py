"""Each incident keeps how often a status update was due while it ran: a later policy makes no gap in an old record."""

from django.db import migrations, models

GUARD = """
CREATE FUNCTION incidents_guard_cadence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The incident is closed: how often a status update was due stays as it was'
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER guard_cadence BEFORE UPDATE ON incidents_incident FOR EACH ROW
    WHEN ((OLD.closed_at IS NOT NULL OR OLD.ended_without_close)
          AND (NEW.critical_update_minutes, NEW.high_update_minutes)
              IS DISTINCT FROM (OLD.critical_update_minutes, OLD.high_update_minutes))
    EXECUTE FUNCTION incidents_guard_cadence();
"""
UNDO = "DROP TRIGGER guard_cadence ON incidents_incident; DROP FUNCTION incidents_guard_cadence();"


class Migration(migrations.Migration):
    dependencies = [("incidents", "0004_look_alikes")]
    operations = [
        migrations.AddField(
            model_name="incident",
            name="critical_update_minutes",
            field=models.PositiveSmallIntegerField(
                default=30,
                db_default=30,
                help_text="How often a status update is due while it is Critical, as long as it runs.",
            ),
        ),
        migrations.AddField(
            model_name="incident",
            name="high_update_minutes",
            field=models.PositiveSmallIntegerField(
                default=60, db_default=60, help_text="The same while it is High."
            ),
        ),
        migrations.AddConstraint(
            model_name="incident",
            constraint=models.CheckConstraint(
                name="status_updates_are_minutes_apart",
                condition=models.Q(critical_update_minutes__gt=0, high_update_minutes__gt=0),
            ),
        ),
        migrations.RunSQL(GUARD, UNDO),
    ]
