from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notices", "0004_what_is_unsent_stays")]
    operations = [
        migrations.AlterField(
            model_name="notice",
            name="url",
            field=models.CharField(
                blank=True,
                help_text="The path of the one place to act; of a path that is a key, whose it is (delivery.places).",
                max_length=500,
            ),
        ),
    ]
