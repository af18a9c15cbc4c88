"""What is searched of reviews, folded: each section (people, migration 0007)."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import migrations
from django.db.models import GeneratedField

from majorops.searching import EveryText, Words


class Migration(migrations.Migration):
    dependencies = [("afteractions", "0022_answers_by_calendar"), ("people", "0007_folded_words")]
    operations = [
        migrations.RemoveIndex("section", "section_search"),
        migrations.RemoveField("section", "search"),
        migrations.AddField(
            "section",
            "search",
            GeneratedField(
                expression=Words(EveryText("content")), output_field=SearchVectorField(), db_persist=True
            ),
        ),
        migrations.AddIndex("section", GinIndex(fields=["search"], name="section_search")),
    ]
