"""A vendor that no incident names was taken in by somebody, whatever its contract says."""

from typing import Any

from django.db import migrations


def take_in(apps: Any, schema_editor: Any) -> None:
    vendors = apps.get_model("incidents", "Vendor").objects.using(schema_editor.connection.alias)
    vendors.filter(engagements__isnull=True).update(taken_in=True)


class Migration(migrations.Migration):
    dependencies = [("incidents", "0019_vendors_taken_in")]
    operations = [migrations.RunPython(take_in, migrations.RunPython.noop, elidable=True)]
