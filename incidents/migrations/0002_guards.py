"""The record is append-only once its incident is closed, and never loses a row: held here, not only in the forms."""

from django.db import migrations

from majorops.audit.append_only import append_only, never_deleted

# The instant that tells when an entry was made, for those imported without one.
ENTRIES = {
    "incidents_milestone": "at",
    "incidents_impactstatement": "at",
    "incidents_phaseentry": "entered_at",
    "incidents_timelineevent": "at",
    "incidents_statusupdate": "sent_at",
    "incidents_commandassignment": "from_at",
    "incidents_recoverytrack": "opened_at",
    "incidents_vendorengagement": "engaged_at",
    "incidents_mtm": "started_at",
}

GUARD_ENTRY = """
CREATE FUNCTION incidents_guard_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    closed timestamptz;
    ended boolean;
    made timestamptz;
BEGIN
    -- FOR SHARE: no entry slips past a close that is being written at the same time.
    SELECT closed_at, ended_without_close INTO closed, ended
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

GUARD_INCIDENT = """
CREATE FUNCTION incidents_guard_incident() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    fact text;
    was jsonb := to_jsonb(OLD);
    is_now jsonb := to_jsonb(NEW);
BEGIN
    IF NEW.reference IS DISTINCT FROM OLD.reference OR NEW.recorded_at IS DISTINCT FROM OLD.recorded_at THEN
        RAISE EXCEPTION 'An incident keeps its reference and the time it was recorded'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.closed_at IS NULL AND NOT OLD.ended_without_close THEN
        RETURN NEW;
    END IF;
    FOREACH fact IN ARRAY ARRAY['title', 'external_id', 'document_sha256', 'source_url', 'organisation', 'summary',
                                'tags', 'time_zone', 'imported_review'] LOOP
        IF was -> fact IS DISTINCT FROM is_now -> fact THEN
            RAISE EXCEPTION 'The incident is closed: its % stays as recorded', fact
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END LOOP;
    IF NEW.closed_at IS NULL AND OLD.closed_at IS NOT NULL OR OLD.ended_without_close AND NOT NEW.ended_without_close THEN
        IF NOT EXISTS (SELECT 1 FROM incidents_reopening r WHERE r.incident_id = NEW.id
                       AND r.closed_at_before IS NOT DISTINCT FROM OLD.closed_at) THEN
            RAISE EXCEPTION 'A closed incident opens again only by a reopening with its reason'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END IF;
    -- What the incident says now is what an entry made after the fact says.
    FOREACH fact IN ARRAY ARRAY['impact_started', 'alert_fired', 'confirmed', 'opened', 'mitigated', 'recovered', 'closed'] LOOP
        IF was -> (fact || '_at') IS DISTINCT FROM is_now -> (fact || '_at') AND NOT EXISTS (
            SELECT 1 FROM incidents_milestone m WHERE m.incident_id = NEW.id AND m.kind = fact
                AND m.at = (is_now ->> (fact || '_at'))::timestamptz AND m.logged_at IS NOT NULL) THEN
            RAISE EXCEPTION 'The incident is closed: % changes by a new milestone that corrects the old one', fact
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END LOOP;
    FOREACH fact IN ARRAY ARRAY['alert_source', 'external', 'customers_affected', 'business', 'revenue_exposure',
                                'sla_status', 'regulatory_exposure', 'unusual_factors'] LOOP
        IF was -> fact IS DISTINCT FROM is_now -> fact AND NOT EXISTS (
            SELECT 1 FROM incidents_impactstatement s WHERE s.incident_id = NEW.id AND s.field = fact
                AND coalesce(s.value, 'null'::jsonb) = is_now -> fact AND s.logged_at IS NOT NULL) THEN
            RAISE EXCEPTION 'The incident is closed: % changes by a new statement', fact
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END LOOP;
    IF (NEW.severity, NEW.highest_severity) IS DISTINCT FROM (OLD.severity, OLD.highest_severity) AND NOT EXISTS (
        SELECT 1 FROM incidents_severitychange c WHERE c.incident_id = NEW.id AND c.severity = NEW.severity
            AND c.highest_severity = NEW.highest_severity AND c.logged_at IS NOT NULL) THEN
        RAISE EXCEPTION 'The incident is closed: its severity changes by an entry of the severity history'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_incident BEFORE UPDATE ON incidents_incident
    FOR EACH ROW EXECUTE FUNCTION incidents_guard_incident();
"""

TRIGGERS = "\n".join(
    f"CREATE TRIGGER guard_entry BEFORE INSERT OR UPDATE ON {table} "
    f"FOR EACH ROW EXECUTE FUNCTION incidents_guard_entry('{instant}');"
    for table, instant in ENTRIES.items()
)
UNDO = (
    "\n".join(f"DROP TRIGGER guard_entry ON {table};" for table in ENTRIES)
    + "DROP TRIGGER guard_incident ON incidents_incident;"
    + "DROP FUNCTION incidents_guard_entry(); DROP FUNCTION incidents_guard_incident();"
)


class Migration(migrations.Migration):
    dependencies = [("incidents", "0001_initial"), ("audit", "0002_append_only")]
    operations = [
        migrations.RunSQL(GUARD_ENTRY + GUARD_INCIDENT + TRIGGERS, UNDO),
        never_deleted(["incidents_incident", "incidents_mtmaction", *ENTRIES]),
        append_only(
            [
                "incidents_severitychange",
                "incidents_requirementdecision",
                "incidents_reopening",
                "incidents_handover",
                "incidents_repeatdecision",
                "incidents_mtmdecision",
                "incidents_mtmsummary",
            ]
        ),
    ]
