"""An incident keeps when its close was entered: until then it was open to record, even where it is said to have ended
earlier. What is entered later is after the fact."""

from django.db import migrations, models

GUARD_ENTRY = """
CREATE OR REPLACE FUNCTION incidents_guard_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    closed timestamptz;
    ended boolean;
    made timestamptz;
BEGIN
    -- FOR SHARE: no entry slips past a close that is being written at the same time.
    SELECT {live_until}, ended_without_close INTO closed, ended
        FROM incidents_incident WHERE id = NEW.incident_id FOR SHARE;
    IF closed IS NULL AND NOT ended THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        RAISE EXCEPTION 'The incident is closed: an entry of % is not changed, a correction is a new entry', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    made := coalesce(NEW.logged_at, (to_jsonb(NEW) ->> TG_ARGV[0])::timestamptz);
    IF made IS NULL OR (closed IS NOT NULL AND made <= closed) THEN
        RAISE EXCEPTION 'The incident is closed: an entry of % is recorded after the fact or not at all', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
"""
# greatest() passes over what is NULL: an imported close has no second instant.
LIVE_UNTIL = "CASE WHEN closed_at IS NULL THEN NULL ELSE greatest(closed_at, close_logged_at) END"
GUARD_CLOSE = """
CREATE FUNCTION incidents_guard_close() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.closed_at IS NOT NULL AND NEW.closed_at IS NOT NULL THEN
        RAISE EXCEPTION 'The incident is closed: when its close was entered stays as it was'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.close_logged_at IS NOT NULL AND (NEW.closed_at IS NULL OR NOT EXISTS (
        SELECT 1 FROM incidents_milestone m WHERE m.incident_id = NEW.id AND m.kind = 'closed'
            AND m.at = NEW.closed_at AND m.logged_at = NEW.close_logged_at)) THEN
        RAISE EXCEPTION 'An incident is closed by its resolution milestone, and when that was entered'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_close BEFORE UPDATE ON incidents_incident FOR EACH ROW
    WHEN (NEW.close_logged_at IS DISTINCT FROM OLD.close_logged_at)
    EXECUTE FUNCTION incidents_guard_close();
"""
UNDO = (
    "DROP TRIGGER guard_close ON incidents_incident; DROP FUNCTION incidents_guard_close();"
    + GUARD_ENTRY.format(live_until="closed_at")
)


class Migration(migrations.Migration):
    dependencies = [("incidents", "0020_vendors_without_an_incident")]
    operations = [
        migrations.AddField(
            model_name="incident",
            name="close_logged_at",
            field=models.DateTimeField(
                blank=True,
                help_text="When its close was entered: until then it was open to record. Empty: imported.",
                null=True,
            ),
        ),
        migrations.RunSQL(GUARD_ENTRY.format(live_until=LIVE_UNTIL) + GUARD_CLOSE, UNDO),
    ]
