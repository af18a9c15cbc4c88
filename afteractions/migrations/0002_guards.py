"""What must never happen to a review: a mandatory one skipped, a closed one reopened, a revision or a reading changed."""

from django.db import migrations

from majorops.audit.append_only import append_only, never_deleted

GUARD = """
CREATE FUNCTION afteractions_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.status = 'closed' AND NEW.status <> 'closed' THEN
        RAISE EXCEPTION 'Closed is final' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.published_at IS NOT NULL AND NEW.published_at IS DISTINCT FROM OLD.published_at THEN
        RAISE EXCEPTION 'A review is published once' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.decision = 'skip' AND (SELECT requirement_level FROM incidents_incident WHERE id = NEW.incident_id FOR SHARE) = 'mandatory' THEN
        RAISE EXCEPTION 'A mandatory After Action cannot be skipped' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.status = 'closed' AND EXISTS (SELECT 1 FROM afteractions_externalmessage m
            WHERE m.after_action_id = NEW.id AND m.status = 'planned') THEN
        RAISE EXCEPTION 'An external message is neither sent nor withdrawn' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_after_action BEFORE INSERT OR UPDATE ON afteractions_afteraction
    FOR EACH ROW EXECUTE FUNCTION afteractions_guard();

CREATE FUNCTION afteractions_guard_requirement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- The other road to a skipped mandatory one: the requirement rises afterwards. It is then held after all.
    IF NEW.requirement_level = 'mandatory' AND OLD.requirement_level <> 'mandatory' AND EXISTS (
        SELECT 1 FROM afteractions_afteraction a WHERE a.incident_id = NEW.id AND a.decision = 'skip') THEN
        RAISE EXCEPTION 'A skipped After Action must be taken up before its incident becomes mandatory'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER guard_requirement AFTER UPDATE OF requirement_level ON incidents_incident
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION afteractions_guard_requirement();

CREATE FUNCTION afteractions_guard_waiver() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state = 'waived' AND NEW.kind IN ('decide', 'schedule', 'distribute', 'hold', 'publish')
       AND (SELECT requirement_level FROM incidents_incident WHERE id = NEW.incident_id) = 'mandatory' THEN
        RAISE EXCEPTION 'What is mandatory cannot be waived' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_waiver BEFORE INSERT OR UPDATE ON afteractions_obligation
    FOR EACH ROW EXECUTE FUNCTION afteractions_guard_waiver();
"""
UNDO = """
DROP TRIGGER guard_after_action ON afteractions_afteraction; DROP FUNCTION afteractions_guard();
DROP TRIGGER guard_requirement ON incidents_incident; DROP FUNCTION afteractions_guard_requirement();
DROP TRIGGER guard_waiver ON afteractions_obligation; DROP FUNCTION afteractions_guard_waiver();
"""


class Migration(migrations.Migration):
    dependencies = [("afteractions", "0001_initial"), ("incidents", "0002_guards")]
    operations = [
        migrations.RunSQL(GUARD, UNDO),
        append_only(
            [
                "afteractions_transition",
                "afteractions_antipatternoccurrence",
                "afteractions_meetingmove",
                "afteractions_attendance",
                "afteractions_sectiontext",
                "afteractions_revision",
                "afteractions_reading",
                "afteractions_actionextension",
                "afteractions_itemdisposition",
                "afteractions_escalation",
            ]
        ),
        never_deleted(
            [
                "afteractions_afteraction",
                "afteractions_meeting",
                "afteractions_change",
                "afteractions_comment",
                "afteractions_externalmessage",
                "afteractions_obligation",
            ]
        ),
    ]
