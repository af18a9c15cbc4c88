"""Somebody who can administer stays, whatever road is taken: held by the database, for two changes at once as well."""

from django.db import migrations

GUARD = """
CREATE FUNCTION people_guard_administrators() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before jsonb := to_jsonb(OLD);
    was_one boolean;
BEGIN
    IF TG_TABLE_NAME = 'people_person' THEN
        IF NOT OLD.is_active OR OLD.email IS NULL OR TG_OP = 'UPDATE' AND NEW.is_active AND NEW.email IS NOT NULL THEN
            RETURN NULL;
        END IF;
        SELECT EXISTS (
            SELECT FROM people_person_groups m JOIN auth_group g ON g.id = m.group_id
            WHERE m.person_id = (before ->> 'id')::bigint AND g.name = 'Administrator') INTO was_one;
    ELSE
        SELECT EXISTS (
            SELECT FROM people_person p, auth_group g
            WHERE p.id = (before ->> 'person_id')::bigint AND p.is_active AND p.email IS NOT NULL
                AND g.id = (before ->> 'group_id')::bigint AND g.name = 'Administrator') INTO was_one;
    END IF;
    IF NOT was_one THEN
        RETURN NULL;
    END IF;
    -- Two changes at once could each leave the other's administrator as the last.
    PERFORM pg_advisory_xact_lock(7203116);
    IF NOT EXISTS (
        SELECT FROM people_person p JOIN people_person_groups m ON m.person_id = p.id JOIN auth_group g ON g.id = m.group_id
        WHERE p.is_active AND p.email IS NOT NULL AND g.name = 'Administrator') THEN
        RAISE EXCEPTION 'The last administrator stays: make somebody else one first'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER guard_administrators AFTER UPDATE OF is_active, email OR DELETE ON people_person
    FOR EACH ROW EXECUTE FUNCTION people_guard_administrators();
CREATE TRIGGER guard_administrators AFTER UPDATE OR DELETE ON people_person_groups
    FOR EACH ROW EXECUTE FUNCTION people_guard_administrators();

CREATE FUNCTION people_guard_administrators_group() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The group Administrator stays under its name: without it nobody administers'
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER guard_group_renamed BEFORE UPDATE OF name ON auth_group
    FOR EACH ROW WHEN (OLD.name = 'Administrator' AND NEW.name <> 'Administrator')
    EXECUTE FUNCTION people_guard_administrators_group();
CREATE TRIGGER guard_group_removed BEFORE DELETE ON auth_group
    FOR EACH ROW WHEN (OLD.name = 'Administrator') EXECUTE FUNCTION people_guard_administrators_group();
"""
UNDO = """
DROP TRIGGER guard_group_renamed ON auth_group; DROP TRIGGER guard_group_removed ON auth_group;
DROP FUNCTION people_guard_administrators_group();
DROP TRIGGER guard_administrators ON people_person; DROP TRIGGER guard_administrators ON people_person_groups;
DROP FUNCTION people_guard_administrators();
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0007_folded_words"), ("auth", "0012_alter_user_first_name_max_length")]
    operations = [migrations.RunSQL(GUARD, UNDO)]
