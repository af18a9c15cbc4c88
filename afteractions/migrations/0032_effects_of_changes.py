"""How the effect of a change will be seen, when to look, and how strong it is."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import migrations, models
from django.db.models import GeneratedField, Q

from majorops.searching import Words


class Migration(migrations.Migration):
    dependencies = [("afteractions", "0031_deadlines_of_the_running_incident")]
    operations = [
        migrations.AddField(
            "change",
            "effect",
            models.TextField(
                blank=True,
                db_default="",
                default="",
                help_text="How it will be seen that the change works.",
            ),
        ),
        migrations.AddField(
            "change",
            "look_on",
            models.DateField(blank=True, help_text="When to look whether it works.", null=True),
        ),
        migrations.AddField(
            "change",
            "strength",
            models.CharField(
                blank=True,
                choices=[
                    ("stronger", "Stronger"),
                    ("intermediate", "Intermediate"),
                    ("weaker", "Weaker"),
                ],
                db_default="",
                default="",
                max_length=12,
            ),
        ),
        migrations.RemoveIndex("change", "change_search"),
        migrations.RemoveField("change", "search"),
        migrations.AddField(
            "change",
            "search",
            GeneratedField(
                expression=Words("reference", "change", "gap", "effect"),
                output_field=SearchVectorField(),
                db_persist=True,
            ),
        ),
        migrations.AddIndex("change", GinIndex(fields=["search"], name="change_search")),
        migrations.AddConstraint(
            "change",
            models.CheckConstraint(
                condition=Q(strength__in=["", "stronger", "intermediate", "weaker"]),
                name="the_strength_of_a_change_is_known",
            ),
        ),
        migrations.AddConstraint(
            "change",
            models.CheckConstraint(
                condition=~Q(kind="continue") | Q(look_on__isnull=True, strength=""),
                name="what_goes_on_is_not_looked_at_again",
            ),
        ),
    ]
