"""The groups that permissions come from stay under their names, and a team is one whatever the letters of its name:
held by the database."""

from django.db import migrations, models

import majorops.one_name

NAMES = "'MIM', 'Communications', 'Internal Liaison', 'Service Manager', 'Auditor', 'Administrator'"
GUARD = f"""
CREATE FUNCTION people_guard_groups() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The group % stays under its name: permissions come from it', OLD.name
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
DROP TRIGGER guard_group_renamed ON auth_group;
DROP TRIGGER guard_group_removed ON auth_group;
DROP FUNCTION people_guard_administrators_group();
CREATE TRIGGER guard_group_renamed BEFORE UPDATE OF name ON auth_group
    FOR EACH ROW WHEN (OLD.name IN ({NAMES}) AND NEW.name <> OLD.name) EXECUTE FUNCTION people_guard_groups();
CREATE TRIGGER guard_group_removed BEFORE DELETE ON auth_group
    FOR EACH ROW WHEN (OLD.name IN ({NAMES})) EXECUTE FUNCTION people_guard_groups();
"""
UNDO = """
CREATE FUNCTION people_guard_administrators_group() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The group Administrator stays under its name: without it nobody administers'
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
DROP TRIGGER guard_group_renamed ON auth_group;
DROP TRIGGER guard_group_removed ON auth_group;
CREATE TRIGGER guard_group_renamed BEFORE UPDATE OF name ON auth_group
    FOR EACH ROW WHEN (OLD.name = 'Administrator' AND NEW.name <> 'Administrator')
    EXECUTE FUNCTION people_guard_administrators_group();
CREATE TRIGGER guard_group_removed BEFORE DELETE ON auth_group
    FOR EACH ROW WHEN (OLD.name = 'Administrator') EXECUTE FUNCTION people_guard_administrators_group();
DROP FUNCTION people_guard_groups();
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0012_groups_that_permissions_come_from")]
    operations = [
        migrations.RunSQL(GUARD, UNDO),
        migrations.AddConstraint(
            model_name="team",
            constraint=models.UniqueConstraint(
                majorops.one_name.OneName("name"), name="a_team_is_one_whatever_the_letters_of_its_name"
            ),
        ),
    ]
