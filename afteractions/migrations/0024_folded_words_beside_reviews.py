"""The same of changes, comments and what meetings decided."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import migrations
from django.db.models import GeneratedField

from majorops.searching import Words


class Migration(migrations.Migration):
    dependencies = [("afteractions", "0023_folded_words")]
    operations = [
        migrations.RemoveIndex("change", "change_search"),
        migrations.RemoveField("change", "search"),
        migrations.AddField(
            "change",
            "search",
            GeneratedField(
                expression=Words("reference", "change", "gap"),
                output_field=SearchVectorField(),
                db_persist=True,
            ),
        ),
        migrations.AddIndex("change", GinIndex(fields=["search"], name="change_search")),
        migrations.RemoveIndex("comment", "comment_search"),
        migrations.RemoveField("comment", "search"),
        migrations.AddField(
            "comment",
            "search",
            GeneratedField(expression=Words("text"), output_field=SearchVectorField(), db_persist=True),
        ),
        migrations.AddIndex("comment", GinIndex(fields=["search"], name="comment_search")),
        migrations.RemoveIndex("meetingdecision", "decision_search"),
        migrations.RemoveField("meetingdecision", "search"),
        migrations.AddField(
            "meetingdecision",
            "search",
            GeneratedField(expression=Words("text"), output_field=SearchVectorField(), db_persist=True),
        ),
        migrations.AddIndex("meetingdecision", GinIndex(fields=["search"], name="decision_search")),
    ]
