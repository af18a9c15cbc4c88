"""Reading incidents: lists that a person may see, and one whole record in a constant number of statements."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet

from incidents.models import (
    CommandAssignment,
    Incident,
    IncidentService,
    Milestone,
    Mtm,
    MtmDecision,
    PhaseEntry,
    RecoveryTrack,
    Service,
    StatusUpdate,
    TimelineEvent,
    Vendor,
    VendorEngagement,
)
from incidents.models.incident import IncidentQuerySet
from incidents.queries.record import read_record
from incidents.vocabulary import IncidentStatus, Severity
from majorops.errors import BadInput
from majorops.people.models import Person
from majorops.prepared import prepared
from majorops.searching import EveryText, Words, asked_for, query_of_whole_words
from majorops.web.pagination import USUAL, KeysetPage, beyond, paginate_statement

# What the rules are told of, for many incidents at once: a statement each.
RECORD = (
    Prefetch("milestones", Milestone.objects.select_related("by")),
    "impactstatements",
    "severity_changes",
    Prefetch("phaseentrys", PhaseEntry.objects.select_related("by")),
    Prefetch("timelineevents", TimelineEvent.objects.select_related("by", "logged_by")),
    Prefetch("statusupdates", StatusUpdate.objects.select_related("by")),
    Prefetch("commandassignments", CommandAssignment.objects.select_related("person")),
    Prefetch("recoverytracks", RecoveryTrack.objects.select_related("lead", "service")),
    Prefetch("vendorengagements", VendorEngagement.objects.select_related("vendor")),
    Prefetch("mtms", Mtm.objects.all()),
    Prefetch("mtm_decisions", MtmDecision.objects.select_related("by")),
)

FILTERS = ("severity", "status", "service", "search")
ORDER = ("-listed_at", "-id")
# Long or meant for other pages: a list leaves them in the database, and takes of its references what names them.
UNLISTED = {
    "document_sha256",
    "imported_review",
    "likeness",
    "organisation",
    "recorded_at",
    "recorded_by",
    "repeat_of_external_id",
    "root_cause",
    "search",
    "source_url",
    "summary",
    "tags",
}
LISTED = (
    *(field.name for field in Incident._meta.concrete_fields if field.name not in UNLISTED),
    *(f"mim__{name}" for name in ("email", "full_name", "contact_key")),
    *(f"repeat_of__{name}" for name in ("reference", "restricted")),
)


# A root cause that came with an import is kept for look-alikes, and told to nobody before its review is out.
BUT_FOR_ITS_CAUSE = Words(
    *("reference", "title", "business", "unusual_factors", "alert_source", "organisation"),
    EveryText("summary"),
    EveryText("tags"),
)


def incident_list(person: Person, filters: Mapping[str, str] | None = None) -> QuerySet[Incident]:
    """The incidents that `person` may see, newest first, narrowed by `severity`, `status`, `service` (a name) and
    `search` (its words as the search over everything finds them, or a reference). Raises BadInput for unknown words."""
    return _narrowed(person=person, **_narrowing(filters or {}))


def turn_incidents(person: Person, filters: Mapping[str, str], cursor: str) -> KeysetPage:
    """One page of that list, each with `after_action_reference`. Raises BadInput for what is no cursor, too."""
    return paginate_statement(_page, Incident, ORDER, cursor, person=person, **_narrowing(filters))


def _narrowing(filters: Mapping[str, str]) -> dict[str, str | None]:
    """What the filters ask for; None for what they leave open."""
    data = {name: filters.get(name, "").strip() or None for name in FILTERS}
    for name, known in (("severity", Severity.keys()), ("status", IncidentStatus.keys())):
        word = data[name]
        if word is not None and word not in known:
            raise BadInput.of(name, f"“{word[:80]}” is unknown. Choose one of: {', '.join(known)}.")
    search = data["search"]
    return {**data, "search": search and query_of_whole_words(search), "reference": search and search.upper()}


def _narrowed(
    *,
    person: Person,
    severity: str | None,
    status: str | None,
    service: str | None,
    search: str | None,
    reference: str | None,
) -> QuerySet[Incident]:
    incidents: IncidentQuerySet = Incident.objects.visible_to(person)
    if severity is not None:
        incidents = incidents.filter(severity=severity)
    if status is not None:
        incidents = incidents.filter(status=status)
    if service is not None:
        affected = IncidentService.objects.filter(service__name__iexact=service)
        incidents = incidents.filter(pk__in=affected.values("incident"))
    if search is not None:
        query = asked_for(search)
        is_out = Q(root_cause="") | Q(after_action__first_distributed_at__isnull=False) | Q(untold=query)
        incidents = incidents.alias(untold=BUT_FOR_ITS_CAUSE).filter(
            Q(search=query) & is_out | Q(reference=reference)
        )
    return incidents.select_related("mim", "repeat_of").only(*LISTED)


@prepared
def _page(
    *, first: datetime | None, second: int | None, backward: bool, **filters: Any
) -> QuerySet[Incident]:
    incidents = _narrowed(**filters)
    if first is not None:
        incidents = incidents.filter(beyond(["listed_at", "id"], first, second, smaller=not backward))
    order = ("listed_at", "id") if backward else ORDER
    return with_after_action(incidents).order_by(*order)[: USUAL + 1]


def find_incident(person: Person, reference: str) -> Incident | None:
    """The incident with all that the API says of its own row; None when it is not there, and when `person` may not see
    it."""
    return next(iter(_incident_rows(person=person, reference=reference)), None)


@prepared
def _incident_rows(*, person: Person, reference: str) -> QuerySet[Incident]:
    incidents = (
        Incident.objects.visible_to(person).filter(reference=reference).select_related("mim", "repeat_of")
    )
    return with_after_action(incidents.only(*LISTED, "organisation", "source_url"))


def with_after_action(incidents: QuerySet[Incident]) -> QuerySet[Incident]:
    """The same incidents with the reference of the After Action as `after_action_reference`. No further statement."""
    return incidents.annotate(after_action_reference=F("after_action__reference"))


def incident_page(incident: Incident) -> Incident:
    """The incident with its whole record at hand, in one statement at 5 entries and at 50."""
    return read_record(incident)


HAS_A_CONTRACT = (
    Q(taken_in=True)
    | Q(response_sla_minutes__isnull=False)
    | Q(rca_term_days__isnull=False)
    | Q(service_manager__isnull=False)
    | Q(representative__isnull=False)
    | ~Q(escalation_contact="")
)


# Of a service: it is no name that an incident alone speaks of.
IS_KEPT = Q(taken_in=True) | Q(owner__isnull=False) | Q(team__isnull=False)


def vendors_known_to(person: Person) -> QuerySet[Vendor]:
    """The vendors with a contract, and those engaged on an incident that `person` may see: a name that only a
    restricted incident speaks of is not told to others."""
    engaged = VendorEngagement.objects.filter(incident__in=Incident.objects.visible_to(person))
    known = Vendor.objects.filter(HAS_A_CONTRACT | Q(pk__in=engaged.values("vendor")))
    return known.select_related("service_manager", "representative")


def services_known_to(person: Person) -> QuerySet[Service]:
    """The services on the list or with an owner or a team, those of no incident, and those of one that `person` may
    see: a name that only a restricted incident speaks of is not told to others."""
    affected = IncidentService.objects.filter(service=OuterRef("pk"))
    visible = affected.filter(incident__in=Incident.objects.visible_to(person))
    return Service.objects.filter(IS_KEPT | ~Exists(affected) | Exists(visible))


def visible_references(person: Person, references: Iterable[str]) -> set[str]:
    """Which of these references are incidents that `person` may see."""
    return set(
        Incident.objects.visible_to(person)
        .filter(reference__in=list(references))
        .values_list("reference", flat=True)
    )
