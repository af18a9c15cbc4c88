"""The rows of the dashboard: deadlines with whom they rest, who was told, and who nudged."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from afteractions.models import Escalation, Nudge, Obligation
from afteractions.queries.after_action_board import ROW
from majorops.people.models import Person
from majorops.prepared import among, prepared
from majorops.web.pagination import USUAL, KeysetPage, beyond, paginate_statement

SHOWN = (
    *ROW, "responsible__email", "responsible__team__name", "next_step", "next_step_at", "responsible_id",
    "incident__mim_id", "after_action__owner_id", "state", "met_at", "responsible__contact_key",
)  # fmt: skip
ORDER = ("due_at", "id")


def narrowed(
    queryset: QuerySet[Obligation],
    *,
    whose: Sequence[int] | None = None,
    team: int | None = None,
    teamless: bool = False,
    group: str | None = None,
    owner: int | None = None,
    email: str | None = None,
    kind: str | None = None,
    severity: str | None = None,
) -> QuerySet[Obligation]:
    """Those of the filters; what is None is not asked for."""
    if whose is not None:
        queryset = queryset.filter(among("responsible_id", whose))
    if team is not None:
        queryset = queryset.filter(responsible__team=team)
    if teamless:
        queryset = queryset.filter(responsible__team__isnull=True)
    if group is not None:
        queryset = queryset.filter(responsible__isnull=True, responsible_group=group)
    if owner is not None:
        queryset = queryset.filter(responsible=owner)
    if email is not None:
        queryset = queryset.filter(responsible__email=email)
    if kind is not None:
        queryset = queryset.filter(kind=kind)
    if severity is not None:
        queryset = queryset.filter(incident__severity=severity)
    return queryset


def deadlines(
    *, person: Person, since: datetime | None, until: datetime, **filters: Any
) -> QuerySet[Obligation]:
    """The open deadlines due between two instants that `person` may see; to be turned by `ORDER`."""
    obligations = Obligation.objects.open().visible_to(person).filter(due_at__lt=until)
    if since is not None:
        obligations = obligations.filter(due_at__gte=since)
    return narrowed(obligations, **filters)


def with_row_details(queryset: QuerySet[Obligation]) -> QuerySet[Any]:
    """The same with what a row shows: `told`, the highest manager who was told of the present deadline, and `nudged`,
    the last nudge; both are mappings, or None."""
    escalated = Escalation.objects.filter(
        obligation=OuterRef("pk"), due_at=OuterRef("due_at"), step__startswith="escalation"
    ).order_by("-id")
    nudged = Nudge.objects.filter(obligation=OuterRef("pk")).order_by("-id")
    return (
        queryset.select_related("incident", "after_action", "responsible__team")
        .annotate(
            told=Subquery(
                escalated.values(
                    said=JSONObject(step="step", at="at", to="to__full_name", email="to__email")
                )[:1]
            ),
            nudged=Subquery(
                nudged.values(said=JSONObject(at="at", by="by__full_name", email="by__email", word="word"))[
                    :1
                ]
            ),
        )
        .only(*SHOWN)
    )


def page(filters: dict[str, Any], cursor: str) -> KeysetPage:
    """One page of rows, oldest first. Raises BadInput for what is no cursor."""
    return paginate_statement(_page, Obligation, ORDER, cursor, **filters)


@prepared
def _page(*, first: datetime | None, second: int | None, backward: bool, **filters: Any) -> QuerySet[Any]:
    obligations = with_row_details(deadlines(**filters))
    if first is not None:
        obligations = obligations.filter(beyond(ORDER, first, second, smaller=backward))
    order = ("-due_at", "-id") if backward else ORDER
    return obligations.order_by(*order)[: USUAL + 1]
