"""Services and vendors say which of them have a name that an older one has, in other letters."""

from django.db import migrations

from incidents.models.names import is_double


class Migration(migrations.Migration):
    dependencies = [("incidents", "0023_sight_stays_with_its_reason")]
    operations = [
        migrations.AddField(model_name="service", name="is_double", field=is_double()),
        migrations.AddField(model_name="vendor", name="is_double", field=is_double()),
    ]
