"""An event of the live log is corrected in place for ten minutes, and keeps what it said before; nothing else of it
changes, ever."""

from django.db import migrations, models

GUARD_EVENT = """
CREATE FUNCTION incidents_guard_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    said text[] := ARRAY['kind', 'text', 'evidence_url', 'at', 'earlier', 'search'];
    was jsonb;
    kept jsonb;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.earlier IS DISTINCT FROM '[]'::jsonb THEN
            RAISE EXCEPTION 'An event that was just logged said nothing before'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF to_jsonb(NEW) - 'search' = to_jsonb(OLD) - 'search' THEN
        RETURN NEW;
    END IF;
    IF to_jsonb(NEW) - said IS DISTINCT FROM to_jsonb(OLD) - said THEN
        RAISE EXCEPTION 'An event keeps whose it is and when it was logged'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    kept := NEW.earlier -> -1;
    was := jsonb_build_object('kind', OLD.kind, 'text', OLD.text, 'evidence_url', OLD.evidence_url);
    IF jsonb_typeof(NEW.earlier) IS DISTINCT FROM 'array'
        OR jsonb_array_length(NEW.earlier) <> jsonb_array_length(OLD.earlier) + 1
        OR NEW.earlier - -1 IS DISTINCT FROM OLD.earlier
        OR kept - 'at' - 'until' IS DISTINCT FROM was
        OR (kept ->> 'at')::timestamptz IS DISTINCT FROM OLD.at THEN
        RAISE EXCEPTION 'An event that is corrected in place keeps what it said before'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF coalesce((kept ->> 'until')::timestamptz NOT BETWEEN OLD.logged_at AND OLD.logged_at + interval '10 minutes', true) THEN
        RAISE EXCEPTION 'An event is corrected in place for ten minutes, later by an entry that refers to it'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF EXISTS (SELECT FROM incidents_reopening r WHERE r.incident_id = OLD.incident_id AND r.at >= OLD.logged_at) THEN
        RAISE EXCEPTION 'The incident was closed over this event: a correction is a new entry'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_event BEFORE INSERT OR UPDATE ON incidents_timelineevent
    FOR EACH ROW EXECUTE FUNCTION incidents_guard_event();
"""
UNDO = "DROP TRIGGER guard_event ON incidents_timelineevent; DROP FUNCTION incidents_guard_event();"


class Migration(migrations.Migration):
    dependencies = [("incidents", "0012_guard_of_roles")]
    operations = [
        migrations.AddField(
            model_name="timelineevent",
            name="earlier",
            field=models.JSONField(default=list, db_default=models.Value([], models.JSONField())),
        ),
        migrations.RunSQL(GUARD_EVENT, UNDO),
    ]
