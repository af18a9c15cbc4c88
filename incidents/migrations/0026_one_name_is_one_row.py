"""One service or vendor of a name, whatever its case and blanks."""

from django.db import migrations

from incidents.models.names import name_is_one


class Migration(migrations.Migration):
    dependencies = [("incidents", "0025_doubles_are_named")]
    operations = [
        migrations.AddConstraint(model_name="service", constraint=name_is_one("service")),
        migrations.AddConstraint(model_name="vendor", constraint=name_is_one("vendor")),
    ]
