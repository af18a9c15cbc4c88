"""Who may know of a restricted incident, and why: no row says another person or reason than it did, and one whose reason
nothing takes back stays. A role, the lead of a track and a part in what follows end, and the product takes the row with
them; whether one of those still holds is the rule of its operations, not told a second time here."""

from django.db import migrations

from majorops.audit.append_only import columns_kept

GUARD = """
CREATE FUNCTION incidents_guard_access() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Somebody may know of this incident because: %. That stays', OLD.why
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER guard_access BEFORE DELETE ON incidents_incidentaccess
    FOR EACH ROW WHEN (OLD.why IN ('declared it', 'was let in', 'owns a service involved', 'works on a recovery track',
        'named in the record', 'imported it'))
    EXECUTE FUNCTION incidents_guard_access();
"""
UNDO = "DROP TRIGGER guard_access ON incidents_incidentaccess; DROP FUNCTION incidents_guard_access();"


class Migration(migrations.Migration):
    dependencies = [("incidents", "0022_what_was_decided_is_kept")]
    operations = [
        migrations.RunSQL(GUARD, UNDO),
        columns_kept("incidents_incidentaccess", ["incident_id", "person_id", "why", "since"]),
    ]
