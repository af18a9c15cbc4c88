"""What is overdue and due soon: for managers their own tree first, for everybody what they may see."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.vary import vary_on_headers

from afteractions.operations.deadlines import reminders
from afteractions.queries.after_action_board import BUTTON, zone_of
from afteractions.queries.overdue.facets import COUNTED, anti_patterns, completion, counts_of, trend
from afteractions.queries.overdue.filters import WEEK, Filters, Tree
from afteractions.queries.overdue.rows import ORDER, deadlines, page, with_row_details
from afteractions.rules.deadlines.escalation import StepKind
from afteractions.rules.deadlines.nudging import NUDGE_EVERY
from afteractions.vocabulary import ObligationKind
from incidents.views.context import reader_zone
from incidents.vocabulary import Severity
from majorops import clock
from majorops.errors import BadInput
from majorops.formatting.formats import days_overdue
from majorops.people.groups import GroupName
from majorops.people.models import Person
from majorops.web.htmx import is_partial_request
from majorops.web.signed_in import GET, signed_in
from majorops.web.spreadsheet import MOST_ROWS, spreadsheet

MOST_PARTS = 12
MOST_OPTIONS = 50
COLUMNS = (
    "What", "Incident", "Title", "Severity", "Who", "E-mail", "Team", "Due (UTC)", "Last day", "Overdue since (days)",
    "Escalation step", "Told", "Told at (UTC)", "Next step at (UTC)", "Nudged by", "Nudged at (UTC)", "After Action",
)  # fmt: skip


@signed_in(GET)
@vary_on_headers("HX-Request")
def overdue(request: HttpRequest) -> HttpResponseBase:
    """The list, oldest first, with its counts; filters and page stand in the address. `?format=csv` gives all of it."""
    person, now = request.user, clock.now()
    tree = Tree.of(person)
    manages = bool(tree.below)
    context: dict[str, Any] = {"at": now, "manages": manages, "counted": COUNTED}
    try:
        filters = Filters.read(request.GET.dict(), manages=manages)
        query = filters.asked(person, tree, at=now)
        if request.GET.get("format") == "csv":
            return spreadsheet("overdue.csv", COLUMNS, _lines(query, reader_zone(person), now))
        turned = page(query, request.GET.get("cursor", ""))
        counts = counts_of(person, tree, filters, at=now)
        patterns = anti_patterns(person, tree, filters, at=now)
        weeks = trend(person, tree, filters, counts, at=now)
        context |= {
            "filters": filters,
            "written": filters.written(manages=manages),
            "rows": [row_of(row, person, tree, at=now) for row in turned.rows],
            "may_act": not person.only_reads,
            "next": turned.following,
            "previous": turned.preceding,
            "counts": counts,
            "choices": _choices(filters, counts),
            "tallies": _tallies(counts),
            "completion": completion(person, tree, filters, at=now),
            "weeks": weeks,
            "most": max(1, *(number for _, number in weeks)),
            "patterns": patterns,
            "patterns_named": sum(part.count for part in patterns),
            "views": person.saved_views.all(),
        }
    except BadInput as refused:
        context |= {"refused": refused.sentence, "filters": Filters()}
    is_part = is_partial_request(request)
    return render(
        request,
        "afteractions/partials/overdue_results.html" if is_part else "afteractions/overdue.html",
        context,
    )


def row_of(row: Any, person: Person, tree: Tree, *, at: datetime) -> dict[str, Any]:
    """What one row shows, and whether `person` may nudge."""
    escalated, nudged = _with_instant(row.told), _with_instant(row.nudged)
    next_step = row.next_step.partition(":")
    return {
        "row": row,
        "zone": zone_of(row),
        "what": reminders.what(row),
        "url": reminders.place(row),
        "button": BUTTON[ObligationKind(row.kind)],
        "group": GroupName(row.responsible_group).label if row.responsible_id is None else "",
        "told": escalated,
        "step": escalated["step"].partition(":")[2] if escalated else "",
        "next_step": next_step[2] if next_step[0] == "escalation" else "",
        "ladder_ended": _ladder_ended(row, escalated, at=at),
        "nudged": nudged,
        "may_nudge": _may_nudge(row, person, tree, nudged, at=at),
    }


def _ladder_ended(row: Any, description: dict[str, Any] | None, *, at: datetime) -> str:
    """That nobody higher will hear of what is overdue, and who knows: the policy gives each kind so many steps."""
    if row.due_at > at or row.next_step.partition(":")[0] not in ("", StepKind.REMINDER):
        return ""
    if description is None:
        return "No manager is told of this kind of deadline: only whoever must meet it"
    return f"That was the last step: nobody higher is told, {description['to'] or description['email']} knows"


def _may_nudge(row: Any, person: Person, tree: Tree, nudged: dict[str, Any] | None, *, at: datetime) -> bool:
    """The rule of access without a statement for each row: the whole page has read who stands below."""
    if row.responsible_id in tree.me or person.only_reads or row.due_at - at > WEEK:
        return False
    if nudged is not None and at - nudged["at"] < NUDGE_EVERY:
        return False
    owner = row.after_action.owner_id if row.after_action else None
    answers_for_it = bool({row.incident.mim_id, owner} & set(tree.me))
    return answers_for_it or row.responsible_id in tree.below or person.is_administrator


def _with_instant(data: dict[str, Any] | None) -> dict[str, Any] | None:
    return {**data, "at": datetime.fromisoformat(data["at"])} if data else None


def _choices(filters: Filters, counts: Any) -> dict[str, list[tuple[str, str]]]:
    """The options of each filter with how many there are; what is chosen stays among them."""
    choices = {}
    for name, parts in (
        ("branch", counts.branches),
        ("team", counts.teams),
        ("owner", counts.owners),
        ("kind", counts.kinds),
        ("severity", counts.severities),
        ("age", [part for part in counts.ages if part.count]),
    ):
        options = [(part.value, f"{part.label} ({part.count})") for part in parts[:MOST_OPTIONS]]
        chosen = getattr(filters, name)
        written = "" if chosen is None else str(chosen)
        if written and written not in [value for value, _ in options]:
            options.append((written, f"{_named(name, written)} (0)"))
        choices[name] = options
    return choices


def _named(name: str, value: str) -> str:
    if name == "kind":
        return ObligationKind(value).label
    if name == "severity":
        return Severity(value).label
    return value if name == "owner" and "@" in value else "As chosen"


def _tallies(counts: Any) -> list[dict[str, Any]]:
    """The counts beside the list; each line opens its rows."""
    kept = (
        ("age", "By how much", counts.ages),
        ("branch", "By report and below", counts.branches),
        ("team", "By team", counts.teams),
        ("owner", "With whom", counts.owners),
        ("severity", "Severity", counts.severities),
        ("kind", "What", counts.kinds),
    )
    return [
        {
            "name": name,
            "title": title,
            "parts": [
                (part.label, part.count, {name: part.value}) for part in parts[:MOST_PARTS] if part.count
            ],
            "more": max(0, len(parts) - MOST_PARTS),
        }
        for name, title, parts in kept
        if parts
    ]


def _lines(filters: dict[str, Any], reader: ZoneInfo, now: datetime) -> Iterator[list[Any]]:
    obligations = with_row_details(deadlines(**filters)).order_by(*ORDER)
    for row in obligations[:MOST_ROWS].iterator(chunk_size=1000):
        escalated, nudged = _with_instant(row.told), _with_instant(row.nudged)
        incident, responsible = row.incident, row.responsible
        yield [
            reminders.what(row),
            incident.reference,
            incident.title,
            incident.severity_label,
            reminders.whose(row),
            responsible.identifier if responsible else "",
            responsible.team.name if responsible and responsible.team else "",
            _utc(row.due_at),
            row.due_on.isoformat() if row.due_on else "",
            days_overdue(row.due_at, at=now, on=row.due_on, zone=ZoneInfo(zone_of(row)), reader=reader),
            escalated["step"].partition(":")[2] if escalated else "",
            escalated["to"] if escalated else "",
            _utc(escalated["at"]) if escalated else "",
            _utc(row.next_step_at),
            nudged["by"] if nudged else "",
            _utc(nudged["at"]) if nudged else "",
            row.after_action.reference if row.after_action else "",
        ]


def _utc(at: datetime | None) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M}" if at else ""
