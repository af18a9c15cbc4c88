"""Vendors against their contracts: the response to an engagement, and the RCA by its date."""

from dataclasses import dataclass

from django.db.models import BigIntegerField, F, Func, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast, Concat

from afteractions.models import Obligation, VendorFollowUp
from afteractions.queries.insights.filters import InsightFilters, hidden, rows, share
from afteractions.vocabulary import HELD_TO, ObligationKind
from incidents.models import Incident, VendorEngagement
from majorops.people.models import Person

# The entry that an engagement and its corrections go back to: their follow-up hangs on that one.
FIRST = """(
    WITH RECURSIVE back(id, corrects_id) AS (
        SELECT {0} UNION ALL
        SELECT before.id, before.corrects_id FROM incidents_vendorengagement before
            JOIN back ON before.id = back.corrects_id)
    SELECT id FROM back WHERE corrects_id IS NULL)"""
# When the RCA is due follows from the date that was agreed and from the contract: its deadline says it, and where
# none holds, none is due.
# The last word on an engagement is the one that nothing corrects; the SLA is the one stated at the time, else the
# contract's.
ENGAGED = """
SELECT v.id, v.name, v.response_sla_minutes, v.rca_term_days, count(*), count(e.responded_at),
    count(*) FILTER (WHERE {sla} IS NOT NULL AND e.responded_at IS NOT NULL AND e.engaged_at IS NOT NULL),
    count(*) FILTER (WHERE e.responded_at - e.engaged_at <= make_interval(mins => {sla})),
    floor(percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM e.responded_at - e.engaged_at)))::bigint,
    count(rca.due_at) FILTER (WHERE rca.due_at < %s OR u.rca_received_at IS NOT NULL),
    count(*) FILTER (WHERE u.rca_received_at <= rca.due_at),
    count(*) FILTER (WHERE u.rca_received_at > rca.due_at),
    count(*) FILTER (WHERE u.rca_received_at IS NULL AND rca.due_at < %s)
FROM incidents_vendorengagement e JOIN incidents_vendor v ON v.id = e.vendor_id
    JOIN incidents_incident i ON i.id = e.incident_id
    LEFT JOIN people_person p ON p.id = i.mim_id
    CROSS JOIN LATERAL (SELECT {first} AS id) first
    LEFT JOIN afteractions_vendorfollowup u ON u.engagement_id = first.id
    LEFT JOIN LATERAL (
        SELECT due_at FROM afteractions_obligation
        WHERE incident_id = e.incident_id AND kind = 'vendor_rca' AND subject_key = 'vendor:' || first.id
            AND state IN ({held_to}) ORDER BY id DESC LIMIT 1) rca ON true
WHERE coalesce(e.engaged_at, i.listed_at) >= %s AND coalesce(e.engaged_at, i.listed_at) < %s
    AND NOT EXISTS (SELECT FROM incidents_vendorengagement later WHERE later.corrects_id = e.id)
    AND i.id NOT IN ({hidden}) {narrowed}
GROUP BY v.id ORDER BY count(*) DESC, v.name
"""
PARTS = {
    "sla": "coalesce(e.response_sla_minutes, v.response_sla_minutes)",
    "first": FIRST.format("e.id, e.corrects_id"),
    "held_to": ", ".join(f"'{state.value}'" for state in HELD_TO),
}


@dataclass(frozen=True, slots=True)
class VendorKept:
    """One vendor: its engagements, how many responses were captured and could be judged by an SLA, how many were
    within it; its RCAs that were due or came."""

    key: int
    name: str
    sla_minutes: int | None
    rca_term_days: int | None
    engagements: int
    responded: int
    judged: int
    within: int
    median_response: int | None
    rca_due: int
    rca_on_time: int
    rca_late: int
    rca_overdue: int

    @property
    def within_share(self) -> int | None:
        return share(self.within, self.judged)

    @property
    def rca_share(self) -> int | None:
        return share(self.rca_on_time, self.rca_due)


def vendors(person: Person, filters: InsightFilters) -> list[VendorKept]:
    """The vendors engaged in the period, those engaged most often first. One statement."""
    unseen, values = hidden(person)
    narrowed, more = "", list[object]()
    if filters.team is not None:
        narrowed, more = " AND p.team_id = %s", [filters.team]
    if filters.severity:
        narrowed, more = f"{narrowed} AND i.severity = %s", [*more, filters.severity]
    engaged = rows(
        ENGAGED.format(**PARTS, hidden=unseen, narrowed=narrowed),
        [filters.at, filters.at, filters.since, filters.until, *values, *more],
    )
    return [VendorKept(*text) for text in engaged]


def engagements_behind(
    person: Person, filters: InsightFilters, *, vendor: int | None = None
) -> QuerySet[VendorEngagement]:
    """The engagements that a number counts, each with the dates of its RCA (`rca_due_at`, `rca_received_at`), to be
    turned by (`-incident`, `-id`)."""
    vendor_engagements = VendorEngagement.objects.filter(
        Q(engaged_at__gte=filters.since, engaged_at__lt=filters.until)
        | Q(
            engaged_at__isnull=True,
            incident__listed_at__gte=filters.since,
            incident__listed_at__lt=filters.until,
        ),
        corrections__isnull=True,
        incident__in=Incident.objects.visible_to(person),
    )
    if vendor is not None:
        vendor_engagements = vendor_engagements.filter(vendor=vendor)
    if filters.team is not None:
        vendor_engagements = vendor_engagements.filter(incident__mim__team=filters.team)
    if filters.severity:
        vendor_engagements = vendor_engagements.filter(incident__severity=filters.severity)
    first = Func(
        F("id"), F("corrects_id"), template=FIRST.format("%(expressions)s"), output_field=BigIntegerField()
    )
    follow_up = VendorFollowUp.objects.filter(engagement=OuterRef("first"))
    deadline = Obligation.objects.filter(
        incident=OuterRef("incident"),
        kind=ObligationKind.VENDOR_RCA,
        subject_key=Concat(Value("vendor:"), Cast(OuterRef("first"), TextField())),
        state__in=HELD_TO,
    )
    return vendor_engagements.annotate(first=first).annotate(
        rca_due_at=Subquery(deadline.order_by("-id").values("due_at")[:1]),
        rca_received_at=Subquery(follow_up.values("rca_received_at")),
    )
