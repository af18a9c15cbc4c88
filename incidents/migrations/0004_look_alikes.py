"""Earlier look-alikes: the words of an incident and its root cause, indexed, and the trigrams of its title.

pg_trgm comes with PostgreSQL and is a trusted extension: the owner of the schema creates it where it may create in the
database (GRANT CREATE ON DATABASE), a superuser once and beforehand where it may not.

The root causes that stand in the database already are taken over by afteractions 0006, in a transaction of its own: here,
beside a column that rewrites the table, PostgreSQL refuses to index what was just changed.
"""

from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.contrib.postgres.operations import TrigramExtension
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import migrations, models
from django.db.models.functions import Cast


class Migration(migrations.Migration):
    dependencies = [("incidents", "0003_validated_and_open")]

    operations = [
        TrigramExtension(),
        migrations.AddField(
            model_name="incident",
            name="root_cause",
            field=models.TextField(
                blank=True,
                default="",
                db_default="",
                help_text="As its published or imported Learning Review says it: later incidents are compared with it.",
            ),
        ),
        migrations.AddField(
            model_name="incident",
            name="likeness",
            field=models.GeneratedField(
                db_persist=True,
                expression=SearchVector(
                    "title",
                    Cast("summary", models.TextField()),
                    Cast("tags", models.TextField()),
                    "business",
                    "unusual_factors",
                    "alert_source",
                    "root_cause",
                    config="english",
                ),
                help_text="The words by which look-alikes are found.",
                output_field=SearchVectorField(),
            ),
        ),
        migrations.AddIndex(
            model_name="incident",
            index=GinIndex(fields=["likeness"], name="incident_likeness"),
        ),
        migrations.AddIndex(
            model_name="incident",
            index=GistIndex(fields=["title"], name="incident_title_trigrams", opclasses=["gist_trgm_ops"]),
        ),
    ]
