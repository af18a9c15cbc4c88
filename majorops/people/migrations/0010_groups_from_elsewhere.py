"""Which groups a directory elsewhere gave. A group that is taken away by hand is forgotten here too, whatever the road."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FORGET = """
CREATE FUNCTION people_forget_external_membership() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM people_externalmembership WHERE person_id = OLD.person_id AND group_id = OLD.group_id;
    RETURN NULL;
END $$;
CREATE TRIGGER forget_external_membership AFTER DELETE ON people_person_groups
    FOR EACH ROW EXECUTE FUNCTION people_forget_external_membership();
"""
UNDO = """
DROP TRIGGER forget_external_membership ON people_person_groups;
DROP FUNCTION people_forget_external_membership();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("people", "0009_one_address_an_account"),
    ]
    operations = [
        migrations.CreateModel(
            name="ExternalMembership",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[("sign_in", "Single sign-on"), ("scim", "SCIM")], max_length=10
                    ),
                ),
                ("given_at", models.DateTimeField()),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="auth.group"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="external_memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person", "group", "source"), name="a_source_gives_a_group_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source__in", ["sign_in", "scim"])),
                        name="a_group_is_given_by_a_known_source",
                    ),
                ],
            },
        ),
        migrations.RunSQL(FORGET, UNDO),
    ]
