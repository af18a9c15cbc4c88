"""An address is one account whatever its case, and the manager tree has no cycle: held by the database."""

from django.db import migrations, models
from django.db.models.functions import Lower

GUARD = """
CREATE FUNCTION people_guard_manager() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Two changes at once could each make half of a cycle.
    PERFORM pg_advisory_xact_lock(7203115);
    IF EXISTS (
        WITH RECURSIVE above(id, manager_id) AS (
            SELECT id, manager_id FROM people_person WHERE id = NEW.manager_id
            UNION SELECT p.id, p.manager_id FROM people_person p JOIN above a ON p.id = a.manager_id)
        SELECT 1 FROM above WHERE id = NEW.id) THEN
        RAISE EXCEPTION 'The manager tree has no cycle: this manager reports to the person, directly or through others'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_manager BEFORE INSERT OR UPDATE OF manager_id ON people_person
    FOR EACH ROW WHEN (NEW.manager_id IS NOT NULL AND NEW.manager_id <> NEW.id)
    EXECUTE FUNCTION people_guard_manager();
"""
UNDO = "DROP TRIGGER guard_manager ON people_person; DROP FUNCTION people_guard_manager();"


class Migration(migrations.Migration):
    dependencies = [("people", "0004_addresses_in_small_letters")]
    operations = [
        migrations.AddConstraint(
            model_name="person",
            constraint=models.UniqueConstraint(
                Lower("email"), name="an_address_is_one_account_whatever_its_case"
            ),
        ),
        migrations.RunSQL(GUARD, UNDO),
    ]
