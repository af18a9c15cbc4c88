from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_append_only")]
    operations = [
        migrations.AddField(
            model_name="auditentry",
            name="road",
            field=models.CharField(
                blank=True,
                choices=[
                    ("page", "Page"),
                    ("api", "API"),
                    ("command", "Command"),
                    ("scim", "SCIM"),
                    ("sign_in", "Sign-in"),
                    ("system", "The system"),
                ],
                db_default="",
                default="",
                help_text="How it came in. Empty: written before that was kept.",
                max_length=10,
            ),
        )
    ]
