"""What is searched of incidents, meetings, services and vendors, folded. The columns are computed by PostgreSQL as they
are added (docs/decisions/what-is-searched-is-computed-by-the-database.md)."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import migrations
from django.db.models import GeneratedField

from majorops.searching import EveryText, Folded, Words


class Migration(migrations.Migration):
    dependencies = [("incidents", "0016_mtm_actions_move_along"), ("people", "0007_folded_words")]
    operations = [
        migrations.RemoveIndex("incident", "incident_search"),
        migrations.RemoveField("incident", "search"),
        migrations.AddField(
            "incident",
            "search",
            GeneratedField(
                expression=Words(
                    *(
                        "reference",
                        "title",
                        "organisation",
                        "business",
                        "unusual_factors",
                        "alert_source",
                        "root_cause",
                    ),
                    EveryText("summary"),
                    EveryText("tags"),
                ),
                output_field=SearchVectorField(),
                db_persist=True,
            ),
        ),
        migrations.AddIndex("incident", GinIndex(fields=["search"], name="incident_search")),
        migrations.RemoveIndex("mtm", "mtm_search"),
        migrations.RemoveField("mtm", "search"),
        migrations.AddField(
            "mtm",
            "search",
            GeneratedField(
                expression=Words(EveryText("notes")), output_field=SearchVectorField(), db_persist=True
            ),
        ),
        migrations.AddIndex("mtm", GinIndex(fields=["search"], name="mtm_search")),
        migrations.RemoveIndex("service", "service_trigrams"),
        migrations.AddIndex(
            "service", GinIndex(OpClass(Folded("name"), "gin_trgm_ops"), name="service_folded_trigrams")
        ),
        migrations.AddIndex("service", GinIndex(Words("name"), name="service_words")),
        migrations.AddIndex(
            "vendor", GinIndex(OpClass(Folded("name"), "gin_trgm_ops"), name="vendor_folded_trigrams")
        ),
        migrations.AddIndex("vendor", GinIndex(Words("name"), name="vendor_words")),
    ]
