"""An entry that corrects a meeting takes the meeting's actions along: to that entry they may move, and nowhere else."""

from django.db import migrations

MOVE_ALONG = """
DROP TRIGGER kept_columns ON incidents_mtmaction;
CREATE TRIGGER kept_columns BEFORE UPDATE OF title ON incidents_mtmaction
    FOR EACH ROW EXECUTE FUNCTION majorops_keep_columns('', 'title');
CREATE FUNCTION incidents_guard_mtm_of_action() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.mtm_id IS DISTINCT FROM OLD.mtm_id AND NOT EXISTS (
        SELECT FROM incidents_mtm m WHERE m.id = NEW.mtm_id AND m.corrects_id = OLD.mtm_id) THEN
        RAISE EXCEPTION 'UPDATE of incidents_mtmaction is refused: it moves only to what corrects its meeting'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_mtm_of_action BEFORE UPDATE OF mtm_id ON incidents_mtmaction
    FOR EACH ROW EXECUTE FUNCTION incidents_guard_mtm_of_action();
"""
UNDO = """
DROP TRIGGER guard_mtm_of_action ON incidents_mtmaction; DROP FUNCTION incidents_guard_mtm_of_action();
DROP TRIGGER kept_columns ON incidents_mtmaction;
CREATE TRIGGER kept_columns BEFORE UPDATE OF mtm_id, title ON incidents_mtmaction
    FOR EACH ROW EXECUTE FUNCTION majorops_keep_columns('', 'mtm_id', 'title');
"""


class Migration(migrations.Migration):
    dependencies = [("incidents", "0015_what_the_record_holds")]
    operations = [migrations.RunSQL(MOVE_ALONG, UNDO)]
