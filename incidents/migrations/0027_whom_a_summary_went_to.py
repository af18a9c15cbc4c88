from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("incidents", "0026_one_name_is_one_row")]

    operations = [
        migrations.AddField(
            model_name="mtmsummary",
            name="sent_to",
            field=models.JSONField(default=list, help_text="The names of those whom it went to."),
        ),
    ]
