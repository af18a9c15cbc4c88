"""The same of the timeline: the largest table, in a transaction of its own, so that no other one waits for it."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import migrations
from django.db.models import GeneratedField

from majorops.searching import Words


class Migration(migrations.Migration):
    dependencies = [("incidents", "0017_folded_words")]
    operations = [
        migrations.RemoveIndex("timelineevent", "event_search"),
        migrations.RemoveField("timelineevent", "search"),
        migrations.AddField(
            "timelineevent",
            "search",
            GeneratedField(expression=Words("text"), output_field=SearchVectorField(), db_persist=True),
        ),
        migrations.AddIndex("timelineevent", GinIndex(fields=["search"], name="event_search")),
    ]
