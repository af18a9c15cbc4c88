"""Insights: the numbers of the pages, as they are."""

from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from afteractions.models import AfterAction
from afteractions.queries.insights.deadlines import KindTally, Tally, deadlines
from afteractions.queries.insights.filters import MOST_MONTHS, USUAL, InsightFilters
from afteractions.queries.insights.findings import PatternTally, anti_patterns, gaps, repeats
from afteractions.queries.insights.learning import learnings
from afteractions.queries.insights.times import Times, times
from afteractions.queries.insights.vendors import vendors
from afteractions.vocabulary import Strength
from incidents.vocabulary import Severity
from majorops.web.api.outputs import Output, a_text, maybe_number, maybe_text
from majorops.web.api.serializers import WordField
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


def a_month(**data: Any) -> serializers.DateField:
    return serializers.DateField(help_text="The first day of the month.", **data)


class TallyShown(Output):
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

    def to_representation(self, kept: KindTally) -> dict[str, Any]:
        months = [{"month": month, **_tally(tally)} for month, tally in sorted(kept.months.items())]
        own = {"kind": kept.kind, "median_lateness": kept.median_lateness, "months": months}
        return super().to_representation({**_tally(kept.sum), **own})


class SpreadShown(Output):
    incidents = serializers.IntegerField()
    captured = serializers.IntegerField()
    out_of_order = serializers.IntegerField(help_text="Negative ones: findings, in no percentile.")
    p25 = maybe_number(source="low")
    median = maybe_number(help_text="Seconds.")
    p75 = maybe_number(source="high")
    p90 = maybe_number()


class SpreadOfMonth(SpreadShown):
    month = a_month()


class SpreadOfSeverity(SpreadShown):
    severity = a_text()


class TimeShown(SpreadShown):
    metric = a_text(source="measure")
    months = SpreadOfMonth(many=True)
    severities = SpreadOfSeverity(many=True)

    def to_representation(self, times: Times) -> dict[str, Any]:
        months = [{"month": month, **asdict(spread)} for month, spread in sorted(times.months.items())]
        severities = [
            {"severity": severity, **asdict(spread)}
            for severity, spread in sorted(times.severities.items(), key=lambda pair: pair[0].rank)
        ]
        own = {"measure": times.measure, "months": months, "severities": severities}
        return super().to_representation({**asdict(times.whole), **own})


class RepeatsShown(Output):
    month = a_month()
    incidents = serializers.IntegerField()
    repeats = serializers.IntegerField()


class GapShown(Output):
    kind = a_text()
    incidents = serializers.IntegerField()
    gaps = serializers.IntegerField()
    share = maybe_number(help_text="Of the closed incidents, per cent.")


class CountOfMonth(Output):
    month = a_month()
    count = serializers.IntegerField()


class AntiPatternCounted(Output):
    kind = a_text()
    count = serializers.IntegerField(source="all")
    months = CountOfMonth(many=True)

    def get_months(self, counted: PatternTally) -> list[dict[str, Any]]:
        return [{"month": month, "count": count} for month, count in sorted(counted.months.items())]


class VendorMeasured(Output):
    vendor = a_text(source="name")
    engagements = serializers.IntegerField()
    response_sla_minutes = maybe_number(source="sla_minutes")
    responses_captured = serializers.IntegerField(source="responded")
    responses_judged = serializers.IntegerField(source="judged")
    responses_within_sla = serializers.IntegerField(source="within")
    median_response = maybe_number(help_text="Seconds.")
    rca_term_days = maybe_number()
    rca_due = serializers.IntegerField()
    rca_on_time = serializers.IntegerField()
    rca_late = serializers.IntegerField()
    rca_overdue = serializers.IntegerField()


class LearningsOfStrength(Output):
    strength = WordField(Strength)
    captured = serializers.IntegerField()
    learned = serializers.IntegerField(help_text="Seen to work.")
    done = serializers.IntegerField(help_text="Made, and not looked at yet.")
    not_effective = serializers.IntegerField()
    came_back = serializers.IntegerField(help_text="Learned, until a repeat was confirmed.")
    cancelled = serializers.IntegerField()
    open = serializers.IntegerField()


class LearningCounted(Output):
    month = a_month(allow_null=True)
    captured = serializers.IntegerField()
    learned = serializers.IntegerField(help_text="Seen to work.")
    done = serializers.IntegerField(help_text="Made, and not looked at yet.")
    not_effective = serializers.IntegerField()
    came_back = serializers.IntegerField(help_text="Learned, until a repeat was confirmed.")
    cancelled = serializers.IntegerField()
    open = serializers.IntegerField()
    median_time_to_evidence = maybe_number(source="median", help_text="Seconds from publication.")


class InsightsShown(Output):
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    deadlines = DeadlineShown(many=True)
    times = TimeShown(many=True)
    repeats = RepeatsShown(many=True)
    gaps = GapShown(many=True)
    anti_patterns = AntiPatternCounted(many=True)
    vendors = VendorMeasured(many=True)
    learnings = LearningCounted(many=True)
    learnings_by_strength = LearningsOfStrength(many=True)


class Insights(ApiViewSet):
    queryset = AfterAction.objects.none()

    @extend_schema(parameters=FILTERS, responses=InsightsShown)
    def show(self, request: Request) -> Response:
        """What the past months say, of everything that you may see

        Deadlines by the month in which they fell due, times and gaps by the month of the close, anti-patterns by the
        month in which they were named, vendors by that of the engagement, learnings by that of the publication.
        """
        person, filters = self.person, InsightFilters.read(request.query_params.dict(), at=self.now)
        closed = repeats(person, filters)
        captured = learnings(person, filters)
        insights = {
            "since": filters.since,
            "until": filters.until,
            "deadlines": deadlines(person, filters),
            "times": times(person, filters),
            "repeats": closed,
            "gaps": gaps(person, filters, sum(month.incidents for month in closed)),
            "anti_patterns": anti_patterns(person, filters),
            "vendors": vendors(person, filters),
            "learnings": [captured.whole, *captured.months],
            "learnings_by_strength": captured.strengths,
        }
        return Response(InsightsShown.of(insights))


def _tally(tally: Tally) -> dict[str, Any]:
    counts = {outcome.value: count for outcome, count in tally.counts.items()}
    return {"due": tally.all, **counts, "share": tally.on_time}
