"""Insights: the numbers of the pages, as they are."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from afteractions.models import AfterAction
from afteractions.queries.insights.deadlines import Kept, Tally, deadlines
from afteractions.queries.insights.filters import MOST_MONTHS, USUAL, Asked
from afteractions.queries.insights.findings import anti_patterns, gaps, repeats
from afteractions.queries.insights.learning import learnings
from afteractions.queries.insights.times import Spread, Times, times
from afteractions.queries.insights.vendors import vendors
from incidents.vocabulary import Severity
from majorops.web.api.output_types import Answer, a_text, maybe_number, maybe_text
from majorops.web.api.viewsets import ApiViewSet

FILTERS = [
    OpenApiParameter(
        "months",
        int,
        description=f"How many months, the present one included: 1 to {MOST_MONTHS}, else {USUAL}.",
    ),
    OpenApiParameter("team", int, description="The number of a team."),
    OpenApiParameter("severity", str, enum=Severity.keys()),
]


def a_month(**said: Any) -> serializers.DateField:
    return serializers.DateField(help_text="The first day of the month.", **said)


class TallyShown(Answer):
    due = serializers.IntegerField()
    on_time = serializers.IntegerField()
    late = serializers.IntegerField()
    missed = serializers.IntegerField()
    overdue = serializers.IntegerField()
    share = maybe_number(help_text="Met on time, per cent.")


class TallyOfMonth(TallyShown):
    month = a_month()


class DeadlineShown(TallyShown):
    kind = maybe_text(help_text="null: all of them.")
    median_lateness = maybe_number(help_text="Seconds, of those not met on time.")
    months = TallyOfMonth(many=True)


class SpreadShown(Answer):
    incidents = serializers.IntegerField()
    captured = serializers.IntegerField()
    out_of_order = serializers.IntegerField(help_text="Negative ones: findings, in no percentile.")
    p25 = maybe_number()
    median = maybe_number(help_text="Seconds.")
    p75 = maybe_number()
    p90 = maybe_number()


class SpreadOfMonth(SpreadShown):
    month = a_month()


class SpreadOfSeverity(SpreadShown):
    severity = a_text()


class TimeShown(SpreadShown):
    metric = a_text()
    months = SpreadOfMonth(many=True)
    severities = SpreadOfSeverity(many=True)


class RepeatsShown(Answer):
    month = a_month()
    incidents = serializers.IntegerField()
    repeats = serializers.IntegerField()


class GapShown(Answer):
    kind = a_text()
    incidents = serializers.IntegerField()
    gaps = serializers.IntegerField()
    share = maybe_number(help_text="Of the closed incidents, per cent.")


class CountOfMonth(Answer):
    month = a_month()
    count = serializers.IntegerField()


class AntiPatternCounted(Answer):
    kind = a_text()
    count = serializers.IntegerField()
    months = CountOfMonth(many=True)


class VendorMeasured(Answer):
    vendor = a_text()
    engagements = serializers.IntegerField()
    response_sla_minutes = maybe_number()
    responses_captured = serializers.IntegerField()
    responses_judged = serializers.IntegerField()
    responses_within_sla = serializers.IntegerField()
    median_response = maybe_number(help_text="Seconds.")
    rca_term_days = maybe_number()
    rca_due = serializers.IntegerField()
    rca_on_time = serializers.IntegerField()
    rca_late = serializers.IntegerField()
    rca_overdue = serializers.IntegerField()


class LearningCounted(Answer):
    month = a_month(allow_null=True)
    captured = serializers.IntegerField()
    learned = serializers.IntegerField()
    cancelled = serializers.IntegerField()
    open = serializers.IntegerField()
    median_time_to_evidence = maybe_number(help_text="Seconds from publication.")


class InsightsShown(Answer):
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    deadlines = DeadlineShown(many=True)
    times = TimeShown(many=True)
    repeats = RepeatsShown(many=True)
    gaps = GapShown(many=True)
    anti_patterns = AntiPatternCounted(many=True)
    vendors = VendorMeasured(many=True)
    learnings = LearningCounted(many=True)


class Insights(ApiViewSet):
    queryset = AfterAction.objects.none()

    @extend_schema(parameters=FILTERS, responses=InsightsShown)
    def show(self, request: Request) -> Response:
        """What the past months say, of everything that you may see

        Deadlines by the month in which they fell due, times and gaps by the month of the close, anti-patterns by the
        month in which they were named, vendors by that of the engagement, learnings by that of the publication.
        """
        person, asked = self.person, Asked.read(request.query_params.dict(), at=self.now)
        closed = repeats(person, asked)
        return Response(
            {
                "since": asked.since,
                "until": asked.until,
                "deadlines": [_deadline(each) for each in deadlines(person, asked)],
                "times": [_time(each) for each in times(person, asked)],
                "repeats": [
                    {"month": each.month, "incidents": each.incidents, "repeats": each.repeats}
                    for each in closed
                ],
                "gaps": [
                    {
                        "kind": each.kind.value,
                        "incidents": each.incidents,
                        "gaps": each.gaps,
                        "share": each.share,
                    }
                    for each in gaps(person, asked, sum(month.incidents for month in closed))
                ],
                "anti_patterns": [
                    {
                        "kind": each.kind.value,
                        "count": each.all,
                        "months": [
                            {"month": month, "count": count} for month, count in sorted(each.months.items())
                        ],
                    }
                    for each in anti_patterns(person, asked)
                ],
                "vendors": [
                    {
                        "vendor": each.name,
                        "engagements": each.engagements,
                        "response_sla_minutes": each.sla_minutes,
                        "responses_captured": each.responded,
                        "responses_judged": each.judged,
                        "responses_within_sla": each.within,
                        "median_response": each.median_response,
                        "rca_term_days": each.rca_term_days,
                        "rca_due": each.rca_due,
                        "rca_on_time": each.rca_on_time,
                        "rca_late": each.rca_late,
                        "rca_overdue": each.rca_overdue,
                    }
                    for each in vendors(person, asked)
                ],
                "learnings": [
                    {
                        "month": each.month,
                        "captured": each.captured,
                        "learned": each.learned,
                        "cancelled": each.cancelled,
                        "open": each.open,
                        "median_time_to_evidence": each.median,
                    }
                    for each in learnings(person, asked)
                ],
            }
        )


def _tally(tally: Tally) -> dict[str, Any]:
    counts = {outcome.value: count for outcome, count in tally.counts.items()}
    return {"due": tally.all, **counts, "share": tally.on_time}


def _deadline(kept: Kept) -> dict[str, Any]:
    return {
        "kind": kept.kind.value if kept.kind else None,
        **_tally(kept.sum),
        "median_lateness": kept.median_lateness,
        "months": [{"month": month, **_tally(tally)} for month, tally in sorted(kept.months.items())],
    }


def _spread(each: Spread) -> dict[str, Any]:
    return {
        "incidents": each.incidents,
        "captured": each.captured,
        "out_of_order": each.out_of_order,
        "p25": each.low,
        "median": each.median,
        "p75": each.high,
        "p90": each.p90,
    }


def _time(found: Times) -> dict[str, Any]:
    return {
        "metric": found.measure.value,
        **_spread(found.whole),
        "months": [{"month": month, **_spread(each)} for month, each in sorted(found.months.items())],
        "severities": [
            {"severity": severity.value, **_spread(each)}
            for severity, each in sorted(found.severities.items(), key=lambda pair: pair[0].rank)
        ],
    }
