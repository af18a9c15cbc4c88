"""What a Major Technical Meeting agreed is an action item: the row that it hangs on."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("afteractions", "0016_seats_and_organisers"),
        ("incidents", "0009_contracts_have_versions"),
    ]

    operations = [
        migrations.AddField(
            model_name="change",
            name="mtm_action",
            field=models.OneToOneField(
                help_text="What a Major Technical Meeting agreed.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="item",
                to="incidents.mtmaction",
            ),
        ),
        migrations.AddConstraint(
            model_name="change",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("mtm_action__isnull", True),
                    models.Q(("kind", "start"), ("removed_at__isnull", True)),
                    _connector="OR",
                ),
                name="what_an_mtm_agreed_is_an_action_and_stays",
            ),
        ),
    ]
