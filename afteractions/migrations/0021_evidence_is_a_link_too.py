"""Evidence may be a link: its address is what it holds."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("afteractions", "0020_evidence_grows"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="evidencefile",
            name="evidence_is_of_a_known_kind",
        ),
        migrations.AddField(
            model_name="evidencefile",
            name="url",
            field=models.CharField(
                blank=True, help_text="Of a link: where it leads, which is its content.", max_length=2000
            ),
        ),
        migrations.AlterField(
            model_name="evidencefile",
            name="kind",
            field=models.CharField(
                choices=[
                    ("pdf", "PDF"),
                    ("png", "PNG picture"),
                    ("jpeg", "JPEG picture"),
                    ("gif", "GIF picture"),
                    ("webp", "WebP picture"),
                    ("text", "Text"),
                    ("link", "Link"),
                ],
                max_length=8,
            ),
        ),
        migrations.AddConstraint(
            model_name="evidencefile",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["pdf", "png", "jpeg", "gif", "webp", "text", "link"])),
                name="evidence_is_of_a_known_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidencefile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kind", "link"),
                        models.Q(("url", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("kind", "link"), _negated=True),
                        ("url", ""),
                    ),
                    _connector="OR",
                ),
                name="a_link_says_where_it_leads",
            ),
        ),
    ]
