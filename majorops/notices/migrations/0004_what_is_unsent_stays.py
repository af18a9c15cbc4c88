"""What somebody is still to be told is not deleted: a notice goes once it was sent."""

from django.db import migrations

GUARD = """
CREATE FUNCTION notices_guard_unsent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'This notice was not sent yet: it stays until it is' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER guard_unsent BEFORE DELETE ON notices_notice
    FOR EACH ROW WHEN (OLD.sent_at IS NULL) EXECUTE FUNCTION notices_guard_unsent();
"""
UNDO = "DROP TRIGGER guard_unsent ON notices_notice; DROP FUNCTION notices_guard_unsent();"


class Migration(migrations.Migration):
    dependencies = [("notices", "0003_looked_at")]
    operations = [migrations.RunSQL(GUARD, UNDO)]
