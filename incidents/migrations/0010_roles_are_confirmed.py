"""A role recorded or corrected after the close carries no right until it is confirmed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from majorops.audit.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0009_contracts_have_versions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddField(
            model_name="commandassignment",
            name="needs_confirmation",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.CreateModel(
            name="RoleConfirmation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "assignment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="confirmation",
                        to="incidents.commandassignment",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="role_confirmations",
                        to="incidents.incident",
                    ),
                ),
            ],
            options={"ordering": ["id"]},
        ),
        append_only(["incidents_roleconfirmation"]),
    ]
