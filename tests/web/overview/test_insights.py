"""Insights: what is counted is what the reader may see, and every number opens the list that it counts."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest

from afteractions.models import AfterAction, AntiPatternOccurrence, Change, Obligation, VendorFollowUp
from afteractions.operations.followup.vendors import attach_rca
from afteractions.queries.insights.deadlines import Outcome, deadlines, deadlines_behind
from afteractions.queries.insights.filters import InsightFilters, edges, share
from afteractions.queries.insights.findings import anti_patterns, gaps, repeats
from afteractions.queries.insights.learning import learnings
from afteractions.queries.insights.times import Measure, times
from afteractions.queries.insights.vendors import vendors
from afteractions.queries.vendors import told
from afteractions.views.insights.topics import TOPICS
from afteractions.vocabulary import AntiPattern, ObligationKind, ObligationState, Status
from incidents.models import Incident, IncidentFigures, Vendor
from incidents.operations.close import close
from incidents.operations.log import reach_milestone
from incidents.operations.response.vendors import engage, update_engagement
from incidents.rules.gaps.expectations import GapKind
from incidents.vocabulary import MilestoneKind, Severity
from majorops.people.models import Person, Team
from tests.factories.incidents import OPENED, a_closed_incident, an_incident, minutes
from tests.factories.people import a_mim, a_person, an_auditor
from tests.web.overview.looking import HTMX, look, main_of, many_overdue, statements, words

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
# A Friday of the month in which the factories' incidents are.
NOW = datetime(2026, 3, 27, 12, tzinfo=UTC)
PAGES = ["/insights/", *(f"/insights/{topic}/" for topic in TOPICS)]


def asked(**said: Any) -> InsightFilters:
    return InsightFilters.read({name: str(value) for name, value in said.items()}, at=NOW)


def a_deadline(mim: Person, *, met: timedelta | None = None, state: str = "met", **said: Any) -> Obligation:
    """A deadline of the 10th of March that ended so long after it."""
    [after_action] = many_overdue(1, mim, due_at=datetime(2026, 3, 10, tzinfo=UTC), **said)
    obligation = Obligation.objects.get(after_action=after_action, kind=ObligationKind.SCHEDULE)
    items = Obligation.objects.filter(after_action=after_action, kind=ObligationKind.ACTION_ITEM)
    items.update(due_at=NOW + 90 * DAY)
    if met is not None:
        obligation.state, obligation.met_at = state, obligation.due_at + met
        obligation.ended_at = obligation.met_at
        obligation.save()
    return obligation


def links_of(answer: Any) -> list[tuple[str, str]]:
    """Each number of the page with the list that it opens."""
    found = re.findall(r'<td[^>]*><a href="([^"]*/list/[^"]*)">([^<]+)</a>', answer.content.decode())
    return [(unescape(url), shown) for url, shown in found]


def test_each_deadline_is_met_or_not_in_the_month_in_which_it_fell_due() -> None:
    mim = a_mim()
    a_deadline(mim, met=-DAY)
    a_deadline(mim, met=2 * DAY, state="met_late")
    a_deadline(mim, met=4 * DAY, state="met_late")
    a_deadline(mim, met=DAY, state="superseded")
    all_kinds, schedule = deadlines(mim, asked())
    assert (all_kinds.kind, schedule.kind) == (None, ObligationKind.SCHEDULE)
    assert schedule.sum.counts == {Outcome.ON_TIME: 1, Outcome.LATE: 2, Outcome.MISSED: 0, Outcome.OVERDUE: 0}
    assert schedule.sum.on_time == 33
    assert schedule.median_lateness == 3 * 86400
    assert schedule.months[asked().months[-1]].all == 3
    a_deadline(mim)
    assert deadlines(mim, asked())[1].sum.counts[Outcome.OVERDUE] == 1


def test_the_times_have_median_spread_and_nine_of_ten() -> None:
    mim = a_mim()
    for number in range(1, 12):
        a_closed_incident(mim, opened_at=OPENED + timedelta(hours=3 * number), lasting=minutes(10 * number))
    found = {each.measure: each for each in times(mim, asked())}
    resolve = found[Measure.TIME_TO_RESOLVE].whole
    assert (resolve.low, resolve.median, resolve.high, resolve.p90) == (35 * 60, 60 * 60, 85 * 60, 100 * 60)
    assert found[Measure.TIME_TO_RESOLVE].severities[Severity.HIGH] == resolve
    detect = found[Measure.TIME_TO_DETECT].whole
    assert (detect.incidents, detect.captured, detect.median) == (11, 0, None)


def test_a_time_out_of_order_is_counted_and_moves_no_median() -> None:
    mim = a_mim()
    a_closed_incident(mim)
    incident = a_closed_incident(mim, opened_at=OPENED + DAY)
    IncidentFigures.objects.filter(incident=incident).update(time_to_resolve=-60)
    resolve = times(mim, asked())[-1].whole
    assert (resolve.captured, resolve.out_of_order, resolve.median) == (2, 1, 90 * 60)


def test_gaps_repeats_and_anti_patterns_are_counted_by_kind() -> None:
    mim = a_mim()
    incident = a_closed_incident(mim, "critical")
    IncidentFigures.objects.filter(incident=incident).update(is_repeat=True)
    [month] = [each for each in repeats(mim, asked()) if each.incidents]
    assert (month.month.isoformat(), month.incidents, month.repeats) == ("2026-03-01", 1, 1)
    found = {each.kind: each for each in gaps(mim, asked(), 1)}
    assert found[GapKind.NO_ALERT_TIME].share == 100
    after_action = AfterAction.objects.get(incident=incident)
    for key, at in (("first", NOW - DAY), ("second", NOW - 40 * DAY)):
        AntiPatternOccurrence.objects.create(
            after_action=after_action, kind=AntiPattern.RETELL, named_at=at, evidence="Read aloud", key=key
        )
    [retell] = [each for each in anti_patterns(mim, asked()) if each.kind is AntiPattern.RETELL]
    assert retell.all == 2
    assert sorted(retell.months.values()) == [1, 1]


def test_vendors_are_held_to_the_sla_that_was_stated() -> None:
    mim = a_mim()
    incident = an_incident(mim)
    for answered in (10, 40):
        engage(
            incident, vendor="Nordlicht Netz", by=mim, at=OPENED + minutes(5), now=OPENED + minutes(60),
            responded_at=OPENED + minutes(5 + answered), response_sla_minutes=15,
        )  # fmt: skip
    [vendor] = vendors(mim, asked())
    assert (vendor.engagements, vendor.judged, vendor.within, vendor.within_share) == (2, 2, 1, 50)
    assert vendor.median_response == 25 * 60


def an_rca_awaited(mim: Person) -> VendorFollowUp:
    """The follow-up of a vendor whose contract gives it five days, long passed."""
    Vendor.objects.create(name="Nordlicht Netz", rca_term_days=5, service_manager=mim)
    incident = an_incident(mim)
    said = {"by": mim, "at": OPENED + minutes(5), "now": OPENED + minutes(5)}
    engagement = engage(incident, vendor="Nordlicht Netz", root_cause_related=True, **said)
    reach_milestone(
        incident, kind=MilestoneKind.RECOVERED, by=mim, at=OPENED + minutes(30), now=OPENED + minutes(30)
    )
    close(incident, by=mim, at=OPENED + minutes(40), now=OPENED + minutes(40))
    return VendorFollowUp.objects.get(engagement=engagement)


def test_an_rca_is_due_by_the_contract_and_stays_so_when_the_engagement_is_corrected() -> None:
    mim = a_mim()
    follow_up = an_rca_awaited(mim)
    engagement = follow_up.engagement
    [vendor] = vendors(mim, asked())
    assert (vendor.rca_due, vendor.rca_overdue) == (1, 1)
    corrected = {"by": mim, "at": OPENED + DAY, "now": OPENED + DAY}
    update_engagement(engagement, effect="They failed over", **corrected)
    [vendor] = vendors(mim, asked())
    assert (vendor.engagements, vendor.rca_due, vendor.rca_overdue) == (1, 1, 1)
    attach_rca(follow_up, name="rca.pdf", content=b"%PDF-1.7\n%%EOF\n", by=mim, at=NOW - DAY, now=NOW - DAY)
    [vendor] = vendors(mim, asked())
    assert (vendor.rca_due, vendor.rca_overdue, vendor.rca_late, vendor.rca_share) == (1, 0, 1, 0)
    listed = look(mim, "/insights/vendors/list/", NOW).context["rows"]
    [[*_, (_, due), (_, received)]] = listed
    assert received.at == NOW - DAY
    assert due.at is not None
    assert OPENED + 4 * DAY < due.at < OPENED + 7 * DAY


@pytest.mark.parametrize("counts_neither_way", [ObligationState.HISTORY, ObligationState.WAIVED])
def test_an_rca_of_the_past_and_a_waived_one_count_neither_way(counts_neither_way: ObligationState) -> None:
    mim = a_mim()
    follow_up = an_rca_awaited(mim)
    VendorFollowUp.objects.update(rca_due_at=OPENED + 5 * DAY)
    deadline = Obligation.objects.filter(kind=ObligationKind.VENDOR_RCA)
    waiver = {"ended_at": NOW, "ended_by": mim, "ended_reason": "The vendor is no more"}
    said = waiver if counts_neither_way == ObligationState.WAIVED else {}
    deadline.update(state=counts_neither_way, next_step="", next_step_at=None, **said)
    [vendor] = vendors(mim, asked())
    assert (vendor.engagements, vendor.rca_due, vendor.rca_overdue) == (1, 0, 0)
    [[*_, (_, due), _]] = look(mim, "/insights/vendors/list/", NOW).context["rows"]
    assert due.at is None
    [row] = told(follow_up.engagement.vendor, [follow_up.engagement], person=mim)
    assert row.rca is None


def test_what_was_captured_is_done_with_the_evidence_and_learned_once_it_works() -> None:
    mim = a_mim()
    many_overdue(2, mim, due_at=OPENED + 9 * DAY, status=Status.CLOSED)
    change = Change.objects.first()
    assert change is not None
    change.status, change.evidence, change.resolved_at = "done", "Merged", OPENED + 12 * DAY
    change.strength = "weaker"
    change.save()
    whole = learnings(mim, asked()).whole
    assert (whole.captured, whole.learned, whole.done, whole.open, whole.share) == (2, 0, 1, 1, 0)
    change.learning, change.effect_checked_at = "learned", OPENED + 20 * DAY
    change.save()
    found = learnings(mim, asked())
    whole = found.whole
    assert (whole.captured, whole.learned, whole.done, whole.open, whole.share) == (2, 1, 0, 1, 50)
    assert found.months[-1].captured == 2
    assert [(each.captured, each.learned) for each in found.strengths] == [(0, 0), (0, 0), (1, 1)]
    page = main_of(look(mim, "/insights/learning/", NOW))
    assert "Learnings by the strength of their change" in page
    listed = look(mim, "/insights/learning/list/?strength=weaker&became=learned", NOW).context["rows"]
    [[*_, (_, by_now), _, _]] = listed
    assert by_now.words == "Learned"
    assert whole.median == int((OPENED + 12 * DAY - (OPENED + 8 * DAY)).total_seconds())


def test_what_is_restricted_counts_only_for_those_who_may_know_of_it() -> None:
    mim, outsider, auditor = a_mim(), a_person("Olga Reyes"), an_auditor()
    a_deadline(mim, met=-DAY, restricted=True)
    running = an_incident(mim, restricted=True)
    engage(running, vendor="Nordlicht Netz", by=mim, at=OPENED + minutes(5), now=OPENED + minutes(5))
    reach_milestone(
        running, kind=MilestoneKind.RECOVERED, by=mim, at=OPENED + minutes(30), now=OPENED + minutes(30)
    )
    close(running, by=mim, at=OPENED + minutes(40), now=OPENED + minutes(40))
    after_action = AfterAction.objects.get(incident=running)
    AntiPatternOccurrence.objects.create(
        after_action=after_action, kind=AntiPattern.RETELL, named_at=NOW - DAY, evidence="Read aloud", key="1"
    )
    many_overdue(1, mim, due_at=OPENED + 9 * DAY, status=Status.CLOSED, restricted=True)
    for reader, sees in ((mim, True), (auditor, True), (outsider, False)):
        said = asked()
        counted = [
            deadlines(reader, said)[0].sum.all,
            times(reader, said)[0].whole.incidents,
            sum(each.incidents for each in repeats(reader, said)),
            len(gaps(reader, said, 1)),
            sum(each.all for each in anti_patterns(reader, said)),
            len(vendors(reader, said)),
            learnings(reader, said).whole.captured,
        ]
        assert all(counted) if sees else not any(counted), (reader, counted)
        lists = ["deadlines", "incidents", "anti-patterns", "vendors", "learning"]
        for subject in lists:
            answer = look(reader, f"/insights/{subject}/list/", NOW)
            assert ("Nothing here" in main_of(answer)) is not sees, (subject, reader)
            table = b"".join(look(reader, f"/insights/{subject}/list/?format=csv", NOW).streaming_content)
            assert (len(table.splitlines()) > 1) is sees


def test_every_number_opens_the_list_that_it_counts() -> None:
    mim = a_mim()
    a_deadline(mim, met=-DAY)
    a_deadline(mim, met=2 * DAY, state="met_late")
    a_closed_incident(mim, "critical")
    many_overdue(2, mim, due_at=OPENED + 9 * DAY, status=Status.CLOSED)
    opened = 0
    for page in PAGES[1:]:
        for url, shown in links_of(look(mim, page, NOW)):
            answer = look(mim, url, NOW)
            assert answer.status_code == 200
            rows = answer.content.decode().count("<tr>") - 1
            if "gap=" in url and shown.isdecimal():
                # An incident may have several gaps of a kind.
                assert 0 < rows <= int(shown), (url, shown)
            elif shown.isdecimal():
                assert rows == int(shown), (url, shown)
            else:
                assert rows > 0, (url, shown)
            opened += 1
    assert opened > 30


def test_filters_stand_in_the_address_and_narrow_every_topic() -> None:
    team = Team.objects.create(name="Payments")
    mim = a_mim()
    Person.objects.filter(pk=mim.pk).update(team=team)
    a_closed_incident(mim, "critical")
    a_closed_incident(a_mim("Tomasz Okonkwo"), opened_at=OPENED + DAY)
    assert times(mim, asked())[0].whole.incidents == 2
    assert times(mim, asked(team=team.pk))[0].whole.incidents == 1
    assert times(mim, asked(severity="high"))[0].whole.incidents == 1
    for page in PAGES:
        answer = look(mim, f"{page}?months=12&team={team.pk}&severity=critical", NOW)
        assert answer.status_code == 200
        assert all(f"team={team.pk}" in url and "months=12" in url for url, _ in links_of(answer))


@pytest.mark.parametrize(
    "query",
    [
        "months=0", "months=x", "months=999", "severity=x", "team=x",
        "month=x", "month=2026-13", "month=2026-05-01", "month=9999-12", "month=0001-01", f"month={10**30}-1",
    ],
)  # fmt: skip
def test_an_unknown_filter_is_said(query: str) -> None:
    mim = a_mim()
    for page in ("/insights/", "/insights/times/", "/insights/deadlines/list/", "/insights/incidents/list/"):
        answer = look(mim, f"{page}?{query}", NOW)
        assert answer.status_code == 200
        assert "Choose another filter" in words(answer) or "from a number" in words(answer), page


def test_a_part_of_the_page_is_given_to_htmx() -> None:
    answer = look(a_mim(), "/insights/times/?months=12", NOW, headers=HTMX)
    assert b"<html" not in answer.content


def test_empty_insights_say_what_belongs_there() -> None:
    mim = a_mim()
    assert "No deadline fell due in these months" in main_of(look(mim, "/insights/", NOW))
    for page in PAGES:
        assert "<svg xmlns" not in look(mim, page, NOW).content.decode().partition("<main")[2]


def test_what_is_not_there_is_not_found() -> None:
    mim = a_mim()
    assert look(mim, "/insights/weather/", NOW).status_code == 404
    assert look(mim, "/insights/weather/list/", NOW).status_code == 404


@pytest.mark.parametrize(
    "page", [*PAGES, "/insights/deadlines/list/", "/insights/incidents/list/", "/insights/learning/list/"]
)
def test_a_page_asks_as_often_at_five_as_at_fifty(page: str) -> None:
    mim = a_mim()
    counts = []
    for number in (5, 45):
        many_overdue(number, mim, due_at=OPENED + 9 * DAY, status=Status.CLOSED)
        for incident in Incident.objects.filter(figures__isnull=True):
            IncidentFigures.objects.create(
                incident=incident, at=OPENED + DAY, severity="high", is_repeat=False, gaps=["no_mim"]
            )
        counts.append(statements(mim, page, NOW))
    assert counts[0] == counts[1] <= 12


def test_months_are_whole_and_of_the_organisation(settings: Any) -> None:
    settings.ORGANISATION_TIME_ZONE = "America/New_York"
    first, second, end = edges(datetime(2026, 3, 1, 2, tzinfo=UTC), 2)
    # In New York it is still February.
    assert [each.date().isoformat() for each in (first, second, end)] == [
        "2026-01-01",
        "2026-02-01",
        "2026-03-01",
    ]
    assert first.astimezone(UTC).hour == 5


def test_a_share_is_whole_only_when_all_of_it_is() -> None:
    assert [share(0, 0), share(0, 3), share(3, 3), share(999, 1000), share(1, 1000)] == [None, 0, 100, 99, 1]


def test_an_item_handed_on_or_given_another_date_is_one_deadline() -> None:
    mim = a_mim()
    [after_action] = many_overdue(1, mim, due_at=datetime(2026, 3, 10, tzinfo=UTC))
    Obligation.objects.filter(after_action=after_action, kind=ObligationKind.SCHEDULE).update(
        due_at=NOW + DAY
    )
    item = Obligation.objects.get(after_action=after_action, kind=ObligationKind.ACTION_ITEM)
    for days in (1, 2):
        earlier = Obligation.objects.get(pk=item.pk)
        earlier.pk, earlier.state, earlier.ended_at = None, ObligationState.MISSED, item.due_at + days * DAY
        earlier.next_step, earlier.next_step_at = "", None
        earlier.due_at -= days * DAY
        Obligation.objects.filter(pk=item.pk).update(state="superseded", ended_at=NOW, next_step_at=None)
        earlier.save(force_insert=True)
    item.pk = None
    item.save(force_insert=True)
    [every, kept] = deadlines(mim, asked())
    assert kept.kind is ObligationKind.ACTION_ITEM
    assert (kept.sum.all, kept.sum.counts[Outcome.OVERDUE], kept.sum.counts[Outcome.MISSED]) == (1, 1, 0)
    assert every.sum.all == 1
    assert deadlines_behind(mim, asked()).count() == 1
    # What nothing followed was missed, and stays counted.
    Obligation.objects.filter(pk=item.pk).update(state="missed", ended_at=NOW, next_step_at=None)
    assert deadlines(mim, asked())[1].sum.counts[Outcome.MISSED] == 1
    assert deadlines_behind(mim, asked(), outcome=Outcome.MISSED).count() == 1


def test_an_rca_is_counted_alike_as_a_deadline_and_with_its_vendor() -> None:
    mim = a_mim()
    an_rca_awaited(mim)
    row = Obligation.objects.get(kind=ObligationKind.VENDOR_RCA)
    later = row.due_at + 5 * DAY
    Obligation.objects.filter(pk=row.pk).update(
        state="missed", ended_at=row.due_at + DAY, next_step="", next_step_at=None
    )
    row.pk, row.due_at = None, later
    row.save(force_insert=True)
    [kept] = [each for each in deadlines(mim, asked()) if each.kind is ObligationKind.VENDOR_RCA]
    [vendor] = vendors(mim, asked())
    assert (kept.sum.all, kept.sum.counts[Outcome.OVERDUE]) == (vendor.rca_due, vendor.rca_overdue) == (1, 1)
    assert deadlines_behind(mim, asked(), kind=ObligationKind.VENDOR_RCA).count() == 1
