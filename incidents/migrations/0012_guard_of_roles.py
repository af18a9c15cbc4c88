"""PostgreSQL holds it: a role recorded after the close waits for its confirmation, and an assignment that was written
only says until when it was held."""

from django.db import migrations

GUARD = """
CREATE FUNCTION incidents_guard_assignment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF to_jsonb(NEW) - 'until_at' IS DISTINCT FROM to_jsonb(OLD) - 'until_at' THEN
            RAISE EXCEPTION 'A role that was recorded only changes until when it was held: a correction is a new entry'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END IF;
    -- Command follows from the incident's own column, which a reopening gives back.
    IF NOT NEW.needs_confirmation AND NEW.role <> 'mim' AND (NEW.corrects_id IS NOT NULL OR EXISTS (
        SELECT 1 FROM incidents_incident i WHERE i.id = NEW.incident_id
            AND (i.closed_at IS NOT NULL OR i.ended_without_close))) THEN
        RAISE EXCEPTION 'A role recorded or corrected after the close waits for its confirmation'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_assignment BEFORE INSERT OR UPDATE ON incidents_commandassignment
    FOR EACH ROW EXECUTE FUNCTION incidents_guard_assignment();
"""
UNDO = """
DROP TRIGGER guard_assignment ON incidents_commandassignment;
DROP FUNCTION incidents_guard_assignment();
"""


class Migration(migrations.Migration):
    dependencies = [("incidents", "0011_roles_recorded_late_wait")]
    operations = [migrations.RunSQL(GUARD, UNDO)]
