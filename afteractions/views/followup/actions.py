"""Action items: mine, my teams', all; one item with its history. Whoever may see the review sees its items."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.html import format_html_join
from django.views.decorators.vary import vary_on_headers

from afteractions.access import can_act_on, can_check_effect, can_hand_on, can_propose
from afteractions.models import ActionExtension, ActionProgress, Change, ItemDisposition, ItemProposal
from afteractions.queries.after_action_board import Circle
from afteractions.queries.after_actions import action_filters, actions_narrowed, actions_visible_to
from afteractions.rules.review.statement_text import learning_statement
from afteractions.views.followup.action_history import history_of
from afteractions.views.person_fields import offered, person_words
from afteractions.vocabulary import ActionStatus, ChangeKind
from majorops import clock
from majorops.errors import BadInput, NotFound
from majorops.people.models import Person
from majorops.prepared import among, prepared
from majorops.web.htmx import is_partial_request
from majorops.web.pagination import USUAL, beyond, paginate_statement
from majorops.web.signed_in import GET, signed_in
from majorops.web.spreadsheet import MOST_ROWS, spreadsheet

WHOSE = (("mine", "Mine"), ("teams", "My teams’"), ("all", "All"))
FILTERS = ("status", "owner", "overdue")
ORDER = ("due_on", "id")
MOST_UNDATED = 20
COLUMNS = (
    "Reference", "Action item", "Kind", "Owner", "Due", "Status", "Resolved (UTC)", "Evidence or reason", "Gap",
    "Incident", "Title", "Severity", "After Action",
)  # fmt: skip
# What a row shows, and what tells whether this person may act on it.
ROW = (
    "reference", "change", "kind", "status", "version", "due_on", "resolved_at", "owner_words", "owner_id",
    "mtm_action_id",
    "after_action__owner_id", "after_action__incident__reference", "after_action__incident__title",
    "after_action__incident__time_zone", "after_action__incident__mim_id",
)  # fmt: skip
NAMED = ("full_name", "email", "contact_key", "account_id", "is_active", "time_zone")
HEAVY = tuple(f"after_action__incident__{name}" for name in ("search", "imported_review", "summary"))


# The fields by which forms name somebody who can sign in.
PERSON_FIELDS = ("owner", "to", "manager", "lead", "hand_over_to")


@signed_in(GET)
@vary_on_headers("HX-Request")
def actions(request: HttpRequest) -> HttpResponseBase:
    """The list of one tab; tab, filters and page stand in the address. `?format=csv` gives all of it."""
    person, now = request.user, clock.now()
    filters = {name: request.GET.get(name, "").strip() for name in FILTERS}
    whose = request.GET.get("whose", "mine")
    context: dict[str, Any] = {
        "at": now,
        "filters": filters,
        "whose": whose,
        "is_filtered": any(filters.values()),
        "statuses": ActionStatus.choices(),
        "tabs": [{"label": label, "url": f"?whose={key}", "current": key == whose} for key, label in WHOSE],
    }
    try:
        query = _tab_filters(person, whose, filters, at=now)
        if request.GET.get("format") == "csv":
            return spreadsheet("action-items.csv", COLUMNS, _lines(_narrowed(**query).order_by(*ORDER)))
        cursor = request.GET.get("cursor", "")
        turned = paginate_statement(_dated, Change, ORDER, cursor, **query)
        undated = [] if cursor else _undated(**query)
        context |= {
            "rows": [
                (change, zone_of(change), can_act_on(person, change))
                for change in with_people([*undated, *turned.rows])
            ],
            "next": turned.following,
            "previous": turned.preceding,
        }
    except BadInput as refused:
        context["refused"] = refused.sentence
    is_part = is_partial_request(request)
    return render(
        request, "afteractions/partials/action_rows.html" if is_part else "afteractions/actions.html", context
    )


def _tab_filters(person: Person, whose: str, filters: dict[str, str], *, at: datetime) -> dict[str, Any]:
    """What a tab asks for. Without a status, for what is not resolved."""
    status = filters["status"]
    match whose:
        case "mine":
            owners: list[int] | None = list(Circle.of(person).me)
        case "teams":
            owners = list(_in_my_teams(person))
        case "all":
            owners = None
        case _:
            raise BadInput.of("whose", "Choose one of: mine, teams, all.")
    data = {**filters, "status": "" if status == "any" else status}
    return {
        "person": person,
        "owners": owners,
        "is_open": not status,
        **action_filters(data, at=at),
    }


def _narrowed(
    *, person: Person, owners: Sequence[int] | None, is_open: bool, **filters: Any
) -> QuerySet[Change]:
    changes = actions_narrowed(person, **filters)
    if is_open:
        changes = changes.filter(resolved_at__isnull=True)
    if owners is not None:
        changes = changes.filter(among("owner_id", owners))
    return changes.select_related("after_action__incident").defer(*HEAVY)


@prepared
def _dated(*, first: date | None, second: int | None, backward: bool, **filters: Any) -> QuerySet[Change]:
    changes = _narrowed(**filters).filter(due_on__isnull=False)
    if first is not None:
        changes = changes.filter(beyond(ORDER, first, second, smaller=backward))
    return changes.only(*ROW).order_by(*(f"-{name}" if backward else name for name in ORDER))[: USUAL + 1]


@prepared
def _undated(**filters: Any) -> QuerySet[Change]:
    return _narrowed(**filters).filter(due_on__isnull=True).only(*ROW).order_by("id")[:MOST_UNDATED]


def zone_of(change: Change) -> str:
    """Where the day ends that the item is due on: where its owner is."""
    return change.owner.time_zone if change.owner else change.after_action.incident.time_zone


def _in_my_teams(person: Person) -> set[int]:
    """Whoever is in my team, in a team that I lead, or below me."""
    teams = Q(team__lead=person)
    if person.team_id is not None:
        teams |= Q(team=person.team_id)
    members = Person.objects.filter(teams).order_by().values_list("pk", flat=True)
    return {*members, *Circle.of(person).below}


def with_people(changes: list[Change]) -> list[Change]:
    """The same with their owners, the MIM and the owner of the review: in one statement for all, because as joins they
    cost the planner more than the rows."""
    keys = {
        key
        for change in changes
        for key in (change.owner_id, change.after_action.owner_id, change.after_action.incident.mim_id)
        if key is not None
    }
    people = {person.pk: person for person in _people(keys=list(keys))}
    for change in changes:
        review = change.after_action
        change.owner = people.get(change.owner_id)
        review.owner = people.get(review.owner_id)
        review.incident.mim = people.get(review.incident.mim_id)
    return changes


@prepared
def _people(*, keys: Sequence[int]) -> QuerySet[Person]:
    return Person.objects.filter(among("pk", keys)).only(*NAMED)


def _lines(queryset: QuerySet[Change]) -> Iterator[list[Any]]:
    for change in queryset.select_related("owner", "after_action__incident")[:MOST_ROWS].iterator(
        chunk_size=1000
    ):
        incident = change.after_action.incident
        yield [
            change.reference,
            change.sentence,
            ChangeKind(change.kind).label,
            change.owner or change.owner_words,
            change.due_on.isoformat() if change.due_on else "",
            ActionStatus(change.status).label,
            f"{change.resolved_at.astimezone(UTC):%Y-%m-%d %H:%M}" if change.resolved_at else "",
            change.evidence or change.resolution_reason,
            change.gap,
            incident.reference,
            incident.title,
            incident.severity_label,
            change.after_action.reference,
        ]


def get_action(person: Person, reference: str) -> Change:
    """The action item, of a draft as well, if `person` may know of its review. Raises NotFound otherwise."""
    for row in _action(person=person, reference=reference):
        return row
    raise NotFound(f"There is no action item {reference[:40]} that you may see.")


@prepared
def _action(*, person: Person, reference: str) -> QuerySet[Change]:
    return (
        actions_visible_to(person)
        .filter(reference=reference)
        .select_related(
            "owner__account", "owner__team", "resolved_by", "created_by",
            "after_action__incident__mim__account", "after_action__owner__account",
        )
        .defer(*HEAVY)
    )  # fmt: skip


@signed_in(GET)
def action(request: HttpRequest, reference: str) -> HttpResponse:
    """One item: the gap it closes, its learning, its dates, and what can be done with it."""
    return render(
        request, "afteractions/action.html", page_of(request.user, get_action(request.user, reference))
    )


def page_of(person: Person, change: Change) -> dict[str, Any]:
    """What the page of one item shows."""
    dispositions = ItemDisposition.objects.select_related("by")
    proposals = ItemProposal.objects.select_related("by", "answered_by")
    extensions = ActionExtension.objects.select_related("by")
    text = Change.objects.prefetch_related(
        Prefetch("extensions", extensions),
        Prefetch("dispositions", dispositions),
        Prefetch("proposals", proposals),
        Prefetch("progress", ActionProgress.objects.select_related("by")),
    ).get(pk=change.pk)
    owner = str(change.owner) if change.owner else change.owner_words
    return {
        "at": clock.now(),
        "change": change,
        "aa": change.after_action,
        "incident": change.after_action.incident,
        "zone": zone_of(change),
        "may_act": can_act_on(person, change),
        "may_hand_on": can_hand_on(person, change),
        "statement": ""
        if change.mtm_action_id
        else learning_statement(ChangeKind(change.kind), change.gap, change.change, owner, change.due_on),
        "may_check_effect": change.after_action.reviewed_at is not None
        and change.status != ActionStatus.CANCELLED
        and change.kind != ChangeKind.CONTINUE
        and can_check_effect(person, change.after_action),
        "may_propose": change.after_action.published_at is not None and can_propose(person, change),
        "proposals": text.proposals.all(),
        "extensions": text.extensions.all(),
        "dispositions": text.dispositions.all(),
        "history": history_of(
            change,
            extensions=text.extensions.all(),
            proposals=text.proposals.all(),
            dispositions=text.dispositions.all(),
            progress=text.progress.all(),
        ),
    }


@signed_in(GET)
def people_to_ask(request: HttpRequest) -> HttpResponse:
    """Those with an account whose name begins as typed, as the options of a list."""
    offers = offered(next(filter(None, map(request.GET.get, PERSON_FIELDS)), ""), scope="")
    return HttpResponse(
        format_html_join("", '<option value="{}"></option>', ((person_words(row),) for row in offers))
    )
