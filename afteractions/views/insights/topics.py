"""The topics of insights: from what was counted to panels with charts, tables and the lists behind each number."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString

from afteractions.operations.meeting.questions import FEWEST_SHOWN
from afteractions.queries.insights.deadlines import NOT_MET, KindTally, Outcome, Tally, deadlines
from afteractions.queries.insights.filters import InsightFilters, share
from afteractions.queries.insights.findings import GapCount, Repeats, anti_patterns, gaps, repeats
from afteractions.queries.insights.learning import Became, Learned, learnings
from afteractions.queries.insights.meetings import Answers, meeting_answers
from afteractions.queries.insights.times import Measure, Spread, Times, times
from afteractions.queries.insights.vendors import vendors
from afteractions.timeline.charts import Bar, Dot, Rank, month_bars, month_dots, month_name, ranking
from afteractions.views.insights.panels import NOTHING, Cell, Panel, Table, lasting, number, percent
from afteractions.vocabulary import MeetingQuestion
from majorops.formatting.durations import duration_words
from majorops.people.models import Person

MOST_RANKED = 12
Opens = Callable[..., str]


def _opens(filters: InsightFilters, subject: str) -> Opens:
    """The address of the list behind a number."""
    path = reverse("afteractions:insights_list", args=[subject])
    return lambda **more: path + filters.query(**more)


def deadline_panels(person: Person, filters: InsightFilters) -> list[Panel]:
    tallies = deadlines(person, filters)
    opens = _opens(filters, "deadlines")
    return [
        Panel(
            "Met on time",
            "Of the deadlines that fell due in each month, the share met in time. Late: met after its date. Missed: "
            "its date passed, and it ended unmet. Still overdue: its date passed, and it is not met yet. What "
            "was handed on or given another date is one deadline, by its last date. Waived and superseded ones count "
            "neither way.",
            charts=[_kept_chart(place, kept, filters) for place, kept in enumerate(tallies)],
            names=[_kind(kept) for kept in tallies],
            tables=[
                Table(
                    "Deadlines by kind",
                    ("Deadline", "Due", "On time", "Share", "Late", "Missed", "Still overdue", "Median lateness"),
                    [_kept_row(kept, opens) for kept in tallies],
                ),
                Table(
                    "Share met on time, by month",
                    ("Deadline", *(month_name(month) for month in filters.months)),
                    [_kept_months(kept, filters, opens) for kept in tallies],
                ),
            ]
            if tallies[0].sum.all
            else (),
            nothing="No deadline fell due in these months. Each one is counted by the month in which it falls due.",
        )
    ]  # fmt: skip


def _kind(kept: KindTally) -> str:
    return kept.kind.label if kept.kind else "All deadlines"


def _tally_words(tally: Tally) -> str:
    return "none due" if not tally.all else f"{tally.on_time} % of {tally.all} on time"


def _kept_chart(place: int, kept: KindTally, filters: InsightFilters) -> SafeString:
    bars = []
    for month in filters.months:
        tally = kept.months.get(month, Tally())
        share = tally.on_time
        description = f"{month_name(month)}: {_tally_words(tally)}."
        bars.append(Bar(month, share, "" if share is None else f"{share} %", description))
    title = f"{_kind(kept)}: share met on time by month"
    return month_bars(f"deadline-{place}", title, bars, most=100, tone="green")


def _kept_row(kept: KindTally, opens: Opens) -> list[Cell]:
    kind = kept.kind or ""
    counts = kept.sum.counts
    return [
        Cell(_kind(kept)),
        number(kept.sum.all, opens(kind=kind)),
        number(counts[Outcome.ON_TIME], opens(kind=kind, outcome=Outcome.ON_TIME)),
        percent(kept.sum.on_time, opens(kind=kind)),
        *(number(counts[row], opens(kind=kind, outcome=row)) for row in NOT_MET),
        lasting(kept.median_lateness, opens(kind=kind, outcome="not_met")),
    ]


def _kept_months(kept: KindTally, filters: InsightFilters, opens: Opens) -> list[Cell]:
    cells = []
    for month in filters.months:
        tally = kept.months.get(month, Tally())
        share = tally.on_time
        url = opens(kind=kept.kind or "", month=month)
        cells.append(Cell(NOTHING) if share is None else Cell(f"{share} % of {tally.all}", url))
    return [Cell(_kind(kept)), *cells]


def time_panels(person: Person, filters: InsightFilters) -> list[Panel]:
    opens = _opens(filters, "incidents")
    return [_time_panel(place, row, filters, opens) for place, row in enumerate(times(person, filters))]


def _time_panel(place: int, times: Times, filters: InsightFilters, opens: Opens) -> Panel:
    columns = ("Incidents", "Not captured", "Median", "Middle half", "90 of 100 within", "Out of order")
    months = {month: times.months.get(month, Spread(0, 0, 0)) for month in filters.months}
    dots = [Dot(month, row.low, row.median, row.high, row.p90, _spread_words(month_name(month), row))
            for month, row in months.items()]  # fmt: skip
    measure = times.measure
    return Panel(
        measure.label,
        f"{measure.about} The dot is the median, the bar the middle half, the tick where 90 of 100 lie below.",
        charts=[month_dots(f"time-{place}", f"{measure.label} by month of the close", dots)],
        names=["By month of the close"],
        tables=[
            Table(
                f"{measure.label} by month",
                ("Month", *columns),
                [
                    [Cell(month_name(month)), *_spread(row, measure, opens, month=month)]
                    for month, row in months.items()
                ]
                + [[Cell("All months"), *_spread(times.whole, measure, opens)]],
            ),
            Table(
                f"{measure.label} by severity",
                ("Severity", *columns),
                [
                    [Cell(severity.label), *_spread(time, measure, opens, severity=severity)]
                    for severity, time in sorted(times.severities.items(), key=lambda pair: pair[0].rank)
                ],
            ),
        ]
        if times.whole.incidents
        else (),
        nothing="No incident was closed in these months. Each closed incident is counted by the month of its close.",
    )


def _spread_words(name: str, spread: Spread) -> str:
    if spread.median is None:
        return f"{name}: nothing captured."
    return f"{name}: median {duration_words(spread.median)}, 90 of 100 within {duration_words(spread.p90)}."


def _spread(spread: Spread, measure: Measure, opens: Opens, **more: Any) -> list[Cell]:
    captured = opens(measure=measure, captured="yes", **more)
    half = NOTHING if spread.low is None else f"{duration_words(spread.low)} to {duration_words(spread.high)}"
    return [
        number(spread.incidents, opens(**more)),
        number(spread.not_captured, opens(measure=measure, captured="no", **more)),
        lasting(spread.median, captured),
        Cell(half, captured if spread.low is not None else ""),
        lasting(spread.p90, captured),
        number(spread.out_of_order, captured),
    ]


def finding_panels(person: Person, filters: InsightFilters) -> list[Panel]:
    incidents = _opens(filters, "incidents")
    closed = repeats(person, filters)
    counted = gaps(person, filters, sum(row.incidents for row in closed))
    return [
        _repeats(closed, incidents),
        _anti_patterns(person, filters),
        _meetings(meeting_answers(person, filters)),
        _gaps(counted, incidents),
    ]


def _repeats(months: list[Repeats], opens: Opens) -> Panel:
    bars = []
    for month in months:
        description = f"{month_name(month.month)}: {month.repeats} of {month.incidents}."
        bars.append(Bar(month.month, month.repeats, str(month.repeats), description))
    most = max((month.repeats for month in months), default=0)
    return Panel(
        "Repeats",
        "Incidents that repeat an earlier one: a prior learning was not implemented.",
        charts=[month_bars("repeats", "Repeats by month of the close", bars, most=most, tone="red")],
        names=["Repeats by month of the close"],
        tables=[
            Table(
                "Repeats by month",
                ("Month", "Closed incidents", "Repeats", "Share"),
                [
                    [
                        Cell(month_name(month.month)),
                        number(month.incidents, opens(month=month.month)),
                        number(month.repeats, opens(month=month.month, repeats="yes")),
                        percent(month.share, opens(month=month.month, repeats="yes") if month.repeats else ""),
                    ]
                    for month in months
                ],
            )
        ]
        if any(month.incidents for month in months)
        else (),
        nothing="No incident was closed in these months.",
    )  # fmt: skip


def _meetings(months: list[Answers]) -> Panel:
    """Nothing leads behind these numbers: they are totals, and no list of who said what."""

    def said(yes_of: tuple[int, int] | None) -> Cell:
        return Cell(f"{share(*yes_of)} % of {yes_of[1]}") if yes_of else Cell(NOTHING)

    return Panel(
        "After the meeting",
        "What those who attended answered: the share that said yes, of how many answers. Meetings with fewer than "
        f"{FEWEST_SHOWN} answers are left out, and nothing is kept by person.",
        tables=[
            Table(
                "Answers by month of the meeting",
                ("Month", *(question.label for question in MeetingQuestion)),
                [
                    [
                        Cell(month_name(row.month)),
                        *(said(row.counted.get(question)) for question in MeetingQuestion),
                    ]
                    for row in months
                ],
            )
        ]
        if months
        else (),
        nothing="Nobody answered the questions after a meeting in these months.",
    )


def _anti_patterns(person: Person, filters: InsightFilters) -> Panel:
    tallies, months = anti_patterns(person, filters), filters.months
    opens = _opens(filters, "anti-patterns")
    most = max((count for row in tallies for count in row.months.values()), default=0)
    charts = []
    for place, row in enumerate(tallies):
        bars = [Bar(month, row.months.get(month, 0), str(row.months.get(month, 0)),
                    f"{month_name(month)}: {row.months.get(month, 0)}.") for month in months]  # fmt: skip
        charts.append(
            month_bars(f"pattern-{place}", f"{row.kind.label} by month", bars, most=most, tone="amber")
        )
    any_named = any(row.all for row in tallies)
    return Panel(
        "Anti-patterns over time",
        "Each occurrence as it was named, by the system or the chair, in the month in which it was named.",
        charts=charts if any_named else (),
        names=[row.kind.label for row in tallies] if any_named else (),
        tables=[
            Table(
                "Anti-patterns by month",
                ("Anti-pattern", *(month_name(month) for month in months), "All"),
                [
                    [
                        Cell(row.kind.label),
                        *(
                            number(row.months.get(month, 0), opens(kind=row.kind, month=month))
                            for month in months
                        ),
                        number(row.all, opens(kind=row.kind)),
                    ]
                    for row in tallies
                ],
            )
        ]
        if any_named
        else (),
        nothing="No anti-pattern was named in these months. The chair names one in the meeting; some the system finds.",
    )


def _gaps(gap_counts: list[GapCount], opens: Opens) -> Panel:
    closed = gap_counts[0].of if gap_counts else 0
    ranks = [
        Rank(gap_count.kind.label, gap_count.incidents, f"{gap_count.share} % ({gap_count.incidents})")
        for gap_count in gap_counts[:MOST_RANKED]
    ]
    return Panel(
        "Gaps in the record",
        f"What the records of the {closed} closed incidents do not hold and should: fix the capture, not the record.",
        charts=[ranking("gaps", "Incidents with each kind of gap, the commonest first", ranks, most=closed)]
        if ranks
        else (),
        names=["The commonest gaps"] if ranks else (),
        tables=[
            Table(
                "Gaps by kind",
                ("Gap", "Incidents", "Share", "Gaps"),
                [
                    [
                        Cell(gap_count.kind.label),
                        number(gap_count.incidents, opens(gap=gap_count.kind)),
                        percent(gap_count.share, opens(gap=gap_count.kind)),
                        number(gap_count.gaps, opens(gap=gap_count.kind)),
                    ]
                    for gap_count in gap_counts
                ],
            )
        ]
        if gap_counts
        else (),
        nothing="No closed incident of these months has a gap in its record.",
    )


def vendor_panels(person: Person, filters: InsightFilters) -> list[Panel]:
    engaged, opens = vendors(person, filters), _opens(filters, "vendors")
    judged = [row for row in engaged if row.within_share is not None][:MOST_RANKED]
    promised = [row for row in engaged if row.rca_share is not None][:MOST_RANKED]
    charts, names = list[SafeString](), list[str]()
    if judged:
        ranks = [
            Rank(row.name, row.within_share or 0, f"{row.within_share} % of {row.judged}") for row in judged
        ]
        charts.append(ranking("vendor-response", "Responses within the SLA", ranks, most=100, tone="green"))
        names.append("Responses within the SLA")
    if promised:
        ranks = [
            Rank(row.name, row.rca_share or 0, f"{row.rca_share} % of {row.rca_due}") for row in promised
        ]
        charts.append(ranking("vendor-rca", "RCAs received by their date", ranks, most=100, tone="green"))
        names.append("RCAs received by their date")
    return [
        Panel(
            "Vendors against their contracts",
            "By the month of the engagement. A response counts against the SLA stated at the time, else the "
            "contract’s; an RCA against the date it was due.",
            charts=charts,
            names=names,
            tables=[
                Table(
                    "Vendors",
                    ("Vendor", "Engagements", "Response SLA", "Responses captured", "Within SLA", "Median response",
                     "RCA term", "RCAs due", "On time", "Late", "Overdue"),
                    [
                        [
                            Cell(row.name, opens(vendor=row.key)),
                            number(row.engagements, opens(vendor=row.key)),
                            lasting(None if row.sla_minutes is None else row.sla_minutes * 60),
                            number(row.responded, opens(vendor=row.key)),
                            Cell(f"{row.within} of {row.judged}", opens(vendor=row.key))
                            if row.judged
                            else Cell(NOTHING),
                            lasting(row.median_response, opens(vendor=row.key)),
                            Cell(NOTHING if row.rca_term_days is None else f"{row.rca_term_days} days"),
                            *(number(count, opens(vendor=row.key)) for count in
                              (row.rca_due, row.rca_on_time, row.rca_late, row.rca_overdue)),
                        ]
                        for row in engaged
                    ],
                )
            ]
            if engaged
            else (),
            nothing="No vendor was engaged in these months. Engagements are logged on the incident while it runs.",
        )
    ]  # fmt: skip


def learning_panels(person: Person, asked: InsightFilters) -> list[Panel]:
    found = learnings(person, asked)
    opens = _opens(asked, "learning")
    bars = []
    for each in found.months:
        told = "none captured" if each.share is None else f"{each.learned} of {each.captured} learned"
        shown = "" if each.share is None else f"{each.share} %"
        if each.month is not None:
            bars.append(Bar(each.month, each.share, shown, f"{month_name(each.month)}: {told}."))
    states = (
        "Captured",
        "Learned",
        "Share learned",
        "Done",
        "Not effective",
        "It came back",
        "Not done yet",
        "Cancelled",
    )

    def counts(each: Learned, **of: Any) -> list[Cell]:
        return [
            number(each.captured, opens(**of)),
            number(each.learned, opens(**of, became=Became.LEARNED)),
            percent(each.share, opens(**of) if each.captured else ""),
            number(each.done, opens(**of, became=Became.DONE)),
            number(each.not_effective, opens(**of, became=Became.NOT_EFFECTIVE)),
            number(each.came_back, opens(**of, became=Became.CAME_BACK)),
            number(each.open, opens(**of, became=Became.OPEN)),
            number(each.cancelled, opens(**of, became=Became.CANCELLED)),
        ]

    return [
        Panel(
            "Captured against learned",
            "A learning is captured when its review is published, done when its action is made with evidence, and "
            "learned when somebody saw that it works. It came back when a repeat of the incident was confirmed.",
            charts=[month_bars("learned", "Share learned, by month of publication", bars, most=100, tone="green")],
            names=["Share learned by now, by month of publication"],
            tables=[
                Table(
                    "Learnings by month of publication",
                    ("Month", *states, "Median time to evidence"),
                    [
                        [
                            Cell(month_name(each.month) if each.month else "All months"),
                            *counts(each, month=each.month),
                            lasting(each.median, opens(month=each.month)),
                        ]
                        for each in (*found.months, found.whole)
                    ],
                ),
                Table(
                    "Learnings by the strength of their change",
                    ("Strength", *states),
                    [
                        [Cell(each.strength.label), *counts(each, strength=each.strength)]
                        for each in found.strengths
                        if each.strength
                    ],
                ),
            ]
            if found.whole.captured
            else (),
            nothing="No Learning Review with action items was published in these months.",
        )
    ]  # fmt: skip


TOPICS: dict[str, tuple[str, Callable[[Person, InsightFilters], list[Panel]]]] = {
    "deadlines": ("Deadlines", deadline_panels),
    "times": ("Times", time_panels),
    "findings": ("Findings", finding_panels),
    "vendors": ("Vendors", vendor_panels),
    "learning": ("Learning", learning_panels),
}
