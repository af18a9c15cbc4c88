"""What those who attended said after the meetings, as totals by month."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from afteractions.operations.meeting.questions import FEWEST_SHOWN
from afteractions.queries.insights.filters import InsightFilters, hidden, rows
from afteractions.vocabulary import MeetingQuestion
from majorops.people.models import Person

SAID = """
SELECT width_bucket(m.held_until, %s::timestamptz[]), t.question, sum(t.shown_yes), sum(t.shown)
FROM afteractions_questiontally t JOIN afteractions_meeting m ON m.id = t.meeting_id
JOIN afteractions_afteraction a ON a.id = m.after_action_id JOIN incidents_incident i ON i.id = a.incident_id
LEFT JOIN people_person p ON p.id = i.mim_id
WHERE m.held_until >= %s AND m.held_until < %s AND t.shown >= %s AND a.incident_id NOT IN ({hidden}) {narrowed}
GROUP BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Answers:
    """How many said yes to each question about the meetings of a month, of how many."""

    month: date
    counted: Mapping[MeetingQuestion, tuple[int, int]]


def meeting_answers(person: Person, filters: InsightFilters) -> list[Answers]:
    """The months in which meetings were held that enough people answered questions about. One statement.

    Of a meeting with fewer than FEWEST_SHOWN answers nothing is counted: with one such meeting in a month the total
    would be that meeting's.
    """
    unseen, values = hidden(person)
    narrowed, more = "", list[object]()
    if filters.team is not None:
        narrowed, more = " AND p.team_id = %s", [filters.team]
    if filters.severity:
        narrowed, more = f"{narrowed} AND i.severity = %s", [*more, filters.severity]
    parameters = [list(filters.edges[:-1]), filters.since, filters.until, FEWEST_SHOWN, *values, *more]
    months: dict[date, dict[MeetingQuestion, tuple[int, int]]] = {}
    for bucket, question, yes, of in rows(SAID.format(hidden=unseen, narrowed=narrowed), parameters):
        months.setdefault(filters.months[bucket - 1], {})[MeetingQuestion(question)] = (int(yes), int(of))
    return [Answers(month, counted) for month, counted in sorted(months.items())]
