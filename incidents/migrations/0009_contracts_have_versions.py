"""Contracts of vendors are changed on a page: a version tells who was there before."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0008_searched"),
    ]

    operations = [
        migrations.AddField(
            model_name="vendor",
            name="version",
            field=models.PositiveIntegerField(default=1),
        ),
    ]
