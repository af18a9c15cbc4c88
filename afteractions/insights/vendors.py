"""Vendors against their contracts: the response to an engagement, and the RCA by its date."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from afteractions.insights.asked import Asked, hidden, rows, share
from incidents.models import Incident, VendorEngagement
from majorops.people.models import Person

# The last word on an engagement is the one that nothing corrects; the SLA is the one stated at the time, else the
# contract's.
ENGAGED = """
SELECT v.id, v.name, v.response_sla_minutes, v.rca_term_days, count(*), count(e.responded_at),
    count(*) FILTER (WHERE {sla} IS NOT NULL AND e.responded_at IS NOT NULL AND e.engaged_at IS NOT NULL),
    count(*) FILTER (WHERE e.responded_at - e.engaged_at <= make_interval(mins => {sla})),
    floor(percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM e.responded_at - e.engaged_at)))::bigint,
    count(u.rca_due_at) FILTER (WHERE u.rca_due_at < %s OR u.rca_received_at IS NOT NULL),
    count(*) FILTER (WHERE u.rca_received_at <= u.rca_due_at),
    count(*) FILTER (WHERE u.rca_received_at > u.rca_due_at),
    count(*) FILTER (WHERE u.rca_received_at IS NULL AND u.rca_due_at < %s)
FROM incidents_vendorengagement e JOIN incidents_vendor v ON v.id = e.vendor_id
    JOIN incidents_incident i ON i.id = e.incident_id
    LEFT JOIN people_person p ON p.id = i.mim_id
    LEFT JOIN afteractions_vendorfollowup u ON u.engagement_id = e.id
WHERE coalesce(e.engaged_at, i.listed_at) >= %s AND coalesce(e.engaged_at, i.listed_at) < %s
    AND NOT EXISTS (SELECT FROM incidents_vendorengagement later WHERE later.corrects_id = e.id)
    AND i.id NOT IN ({hidden}) {narrowed}
GROUP BY v.id ORDER BY count(*) DESC, v.name
""".replace("{sla}", "coalesce(e.response_sla_minutes, v.response_sla_minutes)")


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


def vendors(person: Person, asked: Asked) -> list[VendorKept]:
    """The vendors engaged in the period, those engaged most often first. One statement."""
    unseen, values = hidden(person)
    narrowed, more = "", list[object]()
    if asked.team is not None:
        narrowed, more = " AND p.team_id = %s", [asked.team]
    if asked.severity:
        narrowed, more = f"{narrowed} AND i.severity = %s", [*more, asked.severity]
    found = rows(
        ENGAGED.format(hidden=unseen, narrowed=narrowed),
        [asked.at, asked.at, asked.since, asked.until, *values, *more],
    )
    return [VendorKept(*said) for said in found]


def engagements_behind(
    person: Person, asked: Asked, *, vendor: int | None = None
) -> QuerySet[VendorEngagement]:
    """The engagements that a number counts, to be turned by (`-incident`, `-id`)."""
    found = VendorEngagement.objects.filter(
        Q(engaged_at__gte=asked.since, engaged_at__lt=asked.until)
        | Q(
            engaged_at__isnull=True,
            incident__listed_at__gte=asked.since,
            incident__listed_at__lt=asked.until,
        ),
        corrections__isnull=True,
        incident__in=Incident.objects.visible_to(person),
    )
    if vendor is not None:
        found = found.filter(vendor=vendor)
    if asked.team is not None:
        found = found.filter(incident__mim__team=asked.team)
    if asked.severity:
        found = found.filter(incident__severity=asked.severity)
    return found
