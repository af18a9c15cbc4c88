"""When it was last asked what somebody's daily digest has to tell."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notices", "0002_preferences_and_digests")]
    operations = [
        migrations.AddField(
            model_name="preference",
            name="looked_at",
            field=models.DateTimeField(
                help_text="When it was last asked what the daily digest has to tell.", null=True
            ),
        ),
    ]
