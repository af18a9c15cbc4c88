"""What a meeting agreed and a review published stays, against raw SQL too: its instants, the text of its sections, its
changes, who was there, what went out and to whom the draft is closed again. What the product itself changes afterwards
leaves its entry first: a version of a section, an extension of a date."""

from django.db import migrations

from majorops.audit.append_only import columns_kept

GUARD = """
CREATE FUNCTION afteractions_guard_instants() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.incident_id, NEW.reference, NEW.created_at) IS DISTINCT FROM (OLD.incident_id, OLD.reference, OLD.created_at) THEN
        RAISE EXCEPTION 'An After Action stays that of its incident' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.reviewed_at IS NOT NULL AND
        (NEW.reviewed_at, NEW.external_messages_answered_at, NEW.distributed_at, NEW.first_distributed_at) IS DISTINCT FROM
        (OLD.reviewed_at, OLD.external_messages_answered_at, OLD.distributed_at, OLD.first_distributed_at) THEN
        RAISE EXCEPTION 'The meeting agreed: when it did, and since when the draft was out, stays'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.closed_at IS NOT NULL AND NEW.closed_at IS DISTINCT FROM OLD.closed_at THEN
        RAISE EXCEPTION 'An After Action is closed once' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_instants BEFORE UPDATE OF incident_id, reference, created_at, reviewed_at, distributed_at,
    external_messages_answered_at, first_distributed_at, closed_at ON afteractions_afteraction
    FOR EACH ROW EXECUTE FUNCTION afteractions_guard_instants();

CREATE FUNCTION afteractions_guard_section() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.after_action_id, NEW.key) IS DISTINCT FROM (OLD.after_action_id, OLD.key) THEN
        RAISE EXCEPTION 'A section stays that of its review' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    -- An erratum begins with a version that is kept: nothing of a published review is written over.
    IF (NEW.content, NEW.version) IS DISTINCT FROM (OLD.content, OLD.version)
        AND EXISTS (SELECT FROM afteractions_afteraction a WHERE a.id = NEW.after_action_id AND a.published_at IS NOT NULL)
        AND NOT EXISTS (
            SELECT FROM afteractions_sectiontext t
            WHERE t.section_id = NEW.id AND t.version = NEW.version AND t.content = NEW.content)
        OR NEW.version < OLD.version THEN
        RAISE EXCEPTION 'The review is published: a section changes by a version of its text, which is kept'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_section BEFORE UPDATE OF after_action_id, key, content, version ON afteractions_section
    FOR EACH ROW EXECUTE FUNCTION afteractions_guard_section();

CREATE FUNCTION afteractions_guard_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    agreed boolean;
    published boolean;
BEGIN
    IF OLD.resolved_at IS NOT NULL AND OLD.mtm_action_id IS NULL AND
        (NEW.status, NEW.resolved_at, NEW.resolved_by_id, NEW.evidence, NEW.resolution_reason) IS DISTINCT FROM
        (OLD.status, OLD.resolved_at, OLD.resolved_by_id, OLD.evidence, OLD.resolution_reason) THEN
        RAISE EXCEPTION 'An item that is done or cancelled stays so' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    SELECT a.reviewed_at IS NOT NULL, a.published_at IS NOT NULL INTO agreed, published
        FROM afteractions_afteraction a WHERE a.id = OLD.after_action_id;
    IF OLD.removed_at IS NOT NULL OR NOT coalesce(agreed, false) THEN
        RETURN NEW;
    END IF;
    IF NEW.removed_at IS NOT NULL AND (published OR OLD.kind <> 'continue') THEN
        RAISE EXCEPTION 'The meeting agreed on this change: it is not taken out'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.kind = 'continue' THEN
        RETURN NEW;
    END IF;
    IF NEW.kind = 'continue' OR published AND (NEW.kind, NEW.gap, NEW.change) IS DISTINCT FROM (OLD.kind, OLD.gap, OLD.change) THEN
        RAISE EXCEPTION 'The meeting agreed on this change: its words stay' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF published AND NEW.due_on IS DISTINCT FROM OLD.due_on AND (NEW.due_on IS NULL OR NEW.due_on IS DISTINCT FROM (
        SELECT e.to_due_on FROM afteractions_actionextension e WHERE e.change_id = NEW.id ORDER BY e.id DESC LIMIT 1)) THEN
        RAISE EXCEPTION 'The change was published with its date: that moves by an extension with its reason'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_change BEFORE UPDATE OF status, resolved_at, resolved_by_id, evidence, resolution_reason, kind, gap,
    change, due_on, removed_at ON afteractions_change
    FOR EACH ROW EXECUTE FUNCTION afteractions_guard_change();

CREATE FUNCTION afteractions_guard_attendance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT held_until FROM afteractions_meeting WHERE id = NEW.meeting_id FOR SHARE) IS NOT NULL THEN
        RAISE EXCEPTION 'The meeting was held: who was there was recorded with it'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_attendance BEFORE INSERT ON afteractions_attendance
    FOR EACH ROW EXECUTE FUNCTION afteractions_guard_attendance();
"""
UNDO = """
DROP TRIGGER guard_instants ON afteractions_afteraction; DROP FUNCTION afteractions_guard_instants();
DROP TRIGGER guard_section ON afteractions_section; DROP FUNCTION afteractions_guard_section();
DROP TRIGGER guard_change ON afteractions_change; DROP FUNCTION afteractions_guard_change();
DROP TRIGGER guard_attendance ON afteractions_attendance; DROP FUNCTION afteractions_guard_attendance();
"""


# What migration 0019 kept of these two gives way to more columns.
MEETING = columns_kept(
    "afteractions_meeting",
    ["held_from", "held_until", "held_by_id", "agreed", "override_reason"],
    since="held_until",
)
MESSAGE = columns_kept(
    "afteractions_externalmessage",
    ["audience", "text", "due_at", "status", "sent_where", "settled_at", "settled_by_id", "reason"],
    since="settled_at",
)


class Migration(migrations.Migration):
    dependencies = [("afteractions", "0028_organisational_change")]
    operations = [
        migrations.RunSQL(GUARD, UNDO),
        migrations.RunSQL(MEETING.reverse_sql, MEETING.sql),
        columns_kept(
            "afteractions_meeting",
            [
                *(
                    "after_action_id",
                    "round",
                    "starts_at",
                    "ends_at",
                    "location",
                    "scheduled_at",
                    "scheduled_by_id",
                ),
                *("breach_reason", "held_from", "held_until", "held_by_id", "agreed", "override_reason"),
            ],
            since="held_until",
        ),
        migrations.RunSQL(MESSAGE.reverse_sql, MESSAGE.sql),
        columns_kept(
            "afteractions_externalmessage",
            [
                *(
                    "after_action_id",
                    "audience",
                    "channel",
                    "text",
                    "due_at",
                    "created_at",
                    "created_by_id",
                    "status",
                ),
                *("asked_at", "asked_by_id", "approved_at", "approved_by_id", "returned_reason"),
                *("sent_where", "settled_at", "settled_by_id", "reason"),
            ],
            since="settled_at",
        ),
        columns_kept("afteractions_guestlink", ["revoked_at", "expires_at"], since="revoked_at"),
        columns_kept("afteractions_change", ["after_action_id", "reference", "created_at", "created_by_id"]),
    ]
