"""Finding the earlier incidents that may look like one: PostgreSQL's full text and trigrams, and shared services.

Rules weigh what is found (incidents.rules.likeness). Whatever a reader may not see is left out before anything is
counted, ranked or cut off, so that neither a proposal nor its place tells of it.
"""

from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.db.models import Exists, F, FloatField, OuterRef, QuerySet, Value
from django.db.models.expressions import CombinedExpression

from incidents.models import Incident, IncidentService, RepeatDecision
from incidents.models.incident import IncidentQuerySet
from incidents.rules.likeness import Candidate, SoughtIncident, rarest
from majorops.people.models import Person

# So many of the latest earlier incidents tell how common a word is.
SAMPLE = 1_000
BY_WORDS = 1_000
BY_SERVICE = 200
BY_TITLE = 50
# Words of one incident that are looked at: those of its own fields, then as many of its timeline as there is room for.
MOST_WORDS = 80
MOST_EVENTS = 50

# The kinds of token that are words, as the default parser counts them; of numbers and addresses none is looked for.
WORDS = """
SELECT root, (array_agg(token ORDER BY place))[1] FROM (
    SELECT root, token, place FROM ts_parse('default', %s) WITH ORDINALITY AS parsed(kind, token, place),
        LATERAL unnest(ts_lexize('english_stem', token)) root
    WHERE kind IN (1, 2, 10, 11)
) found GROUP BY root ORDER BY min(place) LIMIT %s
"""

COMMON = """
WITH sample AS MATERIALIZED (SELECT likeness FROM ({latest}) latest)
SELECT NULL, count(*) FROM sample
UNION ALL
SELECT word.lexeme, count(*) FROM sample, LATERAL unnest(sample.likeness) word WHERE word.lexeme = ANY(%s) GROUP BY 1
"""

CANDIDATES = """
SELECT i.id, i.organisation, similarity(i.title, %s), length(i.likeness),
    ARRAY(SELECT word.lexeme FROM unnest(i.likeness) word WHERE word.lexeme = ANY(%s)),
    ARRAY(SELECT s.name FROM incidents_incidentservice a JOIN incidents_service s ON s.id = a.service_id
        WHERE a.incident_id = i.id AND a.service_id = ANY(%s) ORDER BY s.name)
FROM incidents_incident i WHERE i.id IN ({found})
"""


def earlier_than(incident: Incident, reader: Person) -> IncidentQuerySet:
    """Those that began before it, that `reader` may see, and of which nobody said yet that it repeats them or not."""
    dismissed = RepeatDecision.objects.filter(incident=incident, repeat_of=OuterRef("pk"), is_repeat=False)
    return (
        Incident.objects.visible_to(reader)
        .filter(~Exists(dismissed), listed_at__lt=incident.listed_at)
        .exclude(pk__in=[key for key in (incident.pk, incident.repeat_of_id) if key])
        .order_by()
    )


def asked(incident: Incident, reader: Person) -> SoughtIncident:
    """What the incident speaks of, and how common that is among the latest of the earlier ones."""
    timeline = incident.timelineevents.order_by("at", "pk").values_list("text", flat=True)[:MOST_EVENTS]
    sentence = "\n".join(
        [
            incident.title,
            incident.root_cause,
            *(incident.summary or ()),
            *(incident.tags or ()),
            *(text for text in (incident.business, incident.unusual_factors, incident.alert_source) if text),
            *timeline,
        ]
    )
    words = dict(_rows(WORDS, [sentence, MOST_WORDS]))
    earlier = earlier_than(incident, reader)
    latest, latest_values = _sql(earlier.order_by("-listed_at").values("likeness")[:SAMPLE])
    counted = _rows(COMMON.format(latest=latest), [*latest_values, list(words)])
    known = dict(counted)
    among = known.pop(None)
    return SoughtIncident(words, known, among, incident.organisation)


def candidates(incident: Incident, reader: Person, looked_for: SoughtIncident) -> list[Candidate]:
    """The earlier incidents that share rare words, a service or the turn of the title, with what they share."""
    earlier = earlier_than(incident, reader)
    services = list(IncidentService.objects.filter(incident=incident).values_list("service", flat=True))
    arms: list[QuerySet[Any, Any]] = [
        earlier.order_by(CombinedExpression(F("title"), "<->", Value(incident.title), FloatField()))[
            :BY_TITLE
        ]
    ]
    if chosen := rarest(looked_for, SAMPLE):
        query = SearchQuery(" | ".join(f"'{root}'" for root in chosen), search_type="raw", config="simple")
        arms.append(earlier.filter(likeness=query).order_by("-listed_at")[:BY_WORDS])
    if services:
        sharing = IncidentService.objects.filter(incident=OuterRef("pk"), service__in=services)
        arms.append(earlier.filter(Exists(sharing)).order_by("-listed_at")[:BY_SERVICE])
    conditions, values = list[str](), list[Any]()
    for arm in arms:
        sql, given = _sql(arm.values("pk"))
        conditions.append(f"({sql})")
        values += given
    rows = _rows(
        CANDIDATES.format(found=" UNION ".join(conditions)),
        [incident.title, list(looked_for.words), services, *values],
    )
    return [
        Candidate(key, shared, size, alike, names, organisation)
        for key, organisation, alike, size, shared, names in rows
    ]


def _sql(query: QuerySet[Any, Any]) -> tuple[str, tuple[Any, ...]]:
    return query.query.sql_with_params()


def _rows(sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()
