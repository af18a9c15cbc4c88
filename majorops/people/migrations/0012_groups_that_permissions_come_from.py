"""The groups that permissions come from are there from the first day; of teams whose names are one, whatever their case
and blanks, all but the first get a number."""

from django.db import migrations

GROUPS = ("MIM", "Communications", "Internal Liaison", "Service Manager", "Auditor", "Administrator")


def make_groups(apps, schema_editor):
    group = apps.get_model("auth", "Group")
    for name in GROUPS:
        group.objects.get_or_create(name=name)


def number_doubles(apps, schema_editor):
    team = apps.get_model("people", "Team")
    taken = set()
    for row in team.objects.order_by("pk"):
        name, number = " ".join(row.name.split()), 1
        while (called := name if number == 1 else f"{name[:190]} ({number})").upper() in taken:
            number += 1
        taken.add(called.upper())
        if called != row.name:
            row.name = called
            row.save(update_fields=["name"])


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0011_organisation"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]
    operations = [
        migrations.RunPython(make_groups, migrations.RunPython.noop),
        migrations.RunPython(number_doubles, migrations.RunPython.noop),
    ]
