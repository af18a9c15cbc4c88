"""What was decided about a closed incident stays: the requirement, whether it repeats an earlier one, who commands it.
Each changes only to what the latest entry about it says. Whether it came as history, and from whom, never changes."""

from django.db import migrations

from majorops.audit.append_only import columns_kept

GUARD = """
CREATE FUNCTION incidents_guard_decided() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.requirement_level, NEW.requirement_rule, NEW.requirement_reason)
            IS DISTINCT FROM (OLD.requirement_level, OLD.requirement_rule, OLD.requirement_reason)
        OR NEW.requirement_decided_at IS DISTINCT FROM OLD.requirement_decided_at
            -- A reopened incident keeps the last answer, without the instant of its decision.
            AND NOT (NEW.requirement_decided_at IS NULL AND NEW.closed_at IS NULL AND NOT NEW.ended_without_close) THEN
        IF (SELECT (d.level, d.rule, d.reason, d.decided_at) FROM incidents_requirementdecision d
            WHERE d.incident_id = NEW.id ORDER BY d.id DESC LIMIT 1) IS DISTINCT FROM
                (NEW.requirement_level, NEW.requirement_rule, NEW.requirement_reason, NEW.requirement_decided_at) THEN
            RAISE EXCEPTION 'The incident is closed: its requirement changes by a decision, which is kept'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    IF (NEW.is_repeat, NEW.repeat_of_id, NEW.repeat_of_external_id)
            IS DISTINCT FROM (OLD.is_repeat, OLD.repeat_of_id, OLD.repeat_of_external_id) THEN
        IF (SELECT (d.is_repeat, d.repeat_of_id) FROM incidents_repeatdecision d
            WHERE d.incident_id = NEW.id ORDER BY d.id DESC LIMIT 1) IS DISTINCT FROM (NEW.is_repeat, NEW.repeat_of_id)
            OR NEW.repeat_of_external_id IS NOT NULL
                AND NEW.repeat_of_external_id IS DISTINCT FROM OLD.repeat_of_external_id THEN
            RAISE EXCEPTION 'The incident is closed: what it repeats changes by a decision, which is kept'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    IF NEW.mim_id IS DISTINCT FROM OLD.mim_id AND (NEW.mim_id IS NULL OR
        (SELECT h.to_person_id FROM incidents_handover h WHERE h.incident_id = NEW.id ORDER BY h.id DESC LIMIT 1)
            IS DISTINCT FROM NEW.mim_id
        AND NOT EXISTS (
            SELECT FROM incidents_roleconfirmation c JOIN incidents_commandassignment a ON a.id = c.assignment_id
            WHERE c.incident_id = NEW.id AND a.role = 'mim' AND a.person_id = NEW.mim_id AND NOT EXISTS (
                SELECT FROM incidents_handover h WHERE h.incident_id = NEW.id AND h.at > c.at))) THEN
        RAISE EXCEPTION 'The incident is closed: its MIM changes by a handover, or a role that is confirmed'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_decided BEFORE UPDATE OF requirement_level, requirement_rule, requirement_reason,
    requirement_decided_at, is_repeat, repeat_of_id, repeat_of_external_id, mim_id ON incidents_incident
    FOR EACH ROW WHEN (OLD.closed_at IS NOT NULL OR OLD.ended_without_close)
    EXECUTE FUNCTION incidents_guard_decided();
"""
UNDO = "DROP TRIGGER guard_decided ON incidents_incident; DROP FUNCTION incidents_guard_decided();"


class Migration(migrations.Migration):
    dependencies = [("incidents", "0021_guards_of_the_close")]
    operations = [
        migrations.RunSQL(GUARD, UNDO),
        columns_kept("incidents_incident", ["history", "recorded_by_id"]),
    ]
