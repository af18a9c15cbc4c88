"""The address of an account is the one that it has: those that the library kept beside it opened it too, former ones as
well."""

from django.db import migrations


def forget_addresses(apps, schema_editor):
    apps.get_model("account", "EmailAddress").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0008_an_administrator_stays"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]
    operations = [migrations.RunPython(forget_addresses, migrations.RunPython.noop)]
