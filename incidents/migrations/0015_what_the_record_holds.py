"""What the record holds besides its entries is kept as well: who attended a meeting, what it agreed, who worked on a
track, the services affected, and the names of what a closed record speaks of."""

from django.db import migrations

from majorops.audit.append_only import append_only, columns_kept

GUARD_NAMES = """
CREATE FUNCTION incidents_guard_service_name() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.name IS DISTINCT FROM OLD.name AND EXISTS (
        SELECT FROM incidents_incidentservice a JOIN incidents_incident i ON i.id = a.incident_id
        WHERE a.service_id = OLD.id AND (i.closed_at IS NOT NULL OR i.ended_without_close)) THEN
        RAISE EXCEPTION 'A closed record speaks of this service: its name stays as it was written'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_service_name BEFORE UPDATE OF name ON incidents_service
    FOR EACH ROW EXECUTE FUNCTION incidents_guard_service_name();

CREATE FUNCTION incidents_guard_vendor_name() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.name IS DISTINCT FROM OLD.name AND EXISTS (
        SELECT FROM incidents_vendorengagement e JOIN incidents_incident i ON i.id = e.incident_id
        WHERE e.vendor_id = OLD.id AND (i.closed_at IS NOT NULL OR i.ended_without_close)) THEN
        RAISE EXCEPTION 'A closed record speaks of this vendor: its name stays as it was written'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_vendor_name BEFORE UPDATE OF name ON incidents_vendor
    FOR EACH ROW EXECUTE FUNCTION incidents_guard_vendor_name();
"""
UNDO = """
DROP TRIGGER guard_service_name ON incidents_service; DROP FUNCTION incidents_guard_service_name();
DROP TRIGGER guard_vendor_name ON incidents_vendor; DROP FUNCTION incidents_guard_vendor_name();
"""


class Migration(migrations.Migration):
    dependencies = [("incidents", "0014_roles_are_guarded_after_entries")]
    operations = [
        append_only(["incidents_mtmattendance", "incidents_trackmember", "incidents_incidentservice"]),
        # Its status follows from later meetings, its owner and date from whoever follows it up.
        columns_kept("incidents_mtmaction", ["mtm_id", "title"]),
        migrations.RunSQL(GUARD_NAMES, UNDO),
    ]
