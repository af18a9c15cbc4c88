"""What was imported and published of root causes before look-alikes were looked for."""

from django.db import migrations

IMPORTED = """
UPDATE incidents_incident i SET root_cause = concat_ws('. ', i.imported_review #>> '{root_cause,failure}', (
        SELECT string_agg(factor, '. ') FROM jsonb_array_elements_text(
            CASE jsonb_typeof(i.imported_review #> '{root_cause,contributing_factors}')
                WHEN 'array' THEN i.imported_review #> '{root_cause,contributing_factors}' ELSE '[]'::jsonb END) factor))
    WHERE jsonb_typeof(i.imported_review -> 'root_cause') = 'object';
"""
# Of a review that was imported and then published, what was published counts.
PUBLISHED = """
UPDATE incidents_incident i SET root_cause = concat_ws('. ', nullif(s.content ->> 'failure', ''), (
        SELECT string_agg(factor, '. ') FROM jsonb_array_elements_text(
            CASE jsonb_typeof(s.content -> 'contributing_factors')
                WHEN 'array' THEN s.content -> 'contributing_factors' ELSE '[]'::jsonb END) factor))
    FROM afteractions_afteraction a
    JOIN afteractions_section s ON s.after_action_id = a.id AND s.key = 'root_cause'
    WHERE a.incident_id = i.id AND a.published_at IS NOT NULL AND jsonb_typeof(s.content) = 'object';
"""


class Migration(migrations.Migration):
    dependencies = [
        ("afteractions", "0005_index_of_recalculation_alone"),
        ("incidents", "0004_look_alikes"),
    ]
    operations = [migrations.RunSQL(IMPORTED + PUBLISHED, migrations.RunSQL.noop)]
