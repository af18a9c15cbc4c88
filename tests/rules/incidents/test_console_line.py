from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.rules.console_line import (
    AssignRole,
    ChangeSeverity,
    EnterPhase,
    LineRefusal,
    LogEvent,
    OpenTrack,
    ReachMilestone,
    SendStatusUpdate,
    StartMtm,
    parse_line,
)
from incidents.rules.time_parsing import NoSuchTime, Spoken, spoken_time
from incidents.vocabulary import Audience, CommandRole, EventKind, MilestoneKind, Phase, Severity
from tests.rules.incidents.records import clock

NOW = clock("14:30")
ACTION = EventKind.ACTION


def understood(text, at=NOW, time_zone="Europe/Berlin", **said):
    return parse_line(text, at, time_zone, **said)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("14:05 failover started", LogEvent(clock("14:05"), ACTION, "failover started")),
        ("failover started", LogEvent(NOW, ACTION, "failover started")),
        ("  14:05:20   failover   started ", LogEvent(clock("14:05:20"), ACTION, "failover started")),
        ("yesterday 23:50 lights out", LogEvent(clock("23:50", day=2), ACTION, "lights out")),
        ("YESTERDAY 23:50 lights out", LogEvent(clock("23:50", day=2), ACTION, "lights out")),
        ("Today 9:05 lights out", LogEvent(clock("9:05"), ACTION, "lights out")),
        # What happens at this very minute is past.
        ("14:30 lights out", LogEvent(NOW, ACTION, "lights out")),
        ("today 14:30 lights out", LogEvent(NOW, ACTION, "lights out")),
        ("2026-03-03T13:30:00Z from the log", LogEvent(NOW, ACTION, "from the log")),
        ("today 9:05 lights out", LogEvent(clock("9:05"), ACTION, "lights out")),
        ("2026-03-01 14:05 first alarm", LogEvent(clock("14:05", day=1), ACTION, "first alarm")),
        ("2026-03-03T13:05:00Z from the log", LogEvent(clock("14:05"), ACTION, "from the log")),
        (
            "14:05 !decision stay on one site",
            LogEvent(clock("14:05"), EventKind.DECISION, "stay on one site"),
        ),
        ("!detection probe fails", LogEvent(NOW, EventKind.DETECTION, "probe fails")),
        ("ratio is 14:05", LogEvent(NOW, ACTION, "ratio is 14:05")),
        ("/phase mitigating", EnterPhase(NOW, Phase.MITIGATING)),
        ("/phase Mitigating 14:05", EnterPhase(clock("14:05"), Phase.MITIGATING)),
        ("/PHASE mitigating", EnterPhase(NOW, Phase.MITIGATING)),
        ("14:05 /phase mitigating", EnterPhase(clock("14:05"), Phase.MITIGATING)),
        ("/phase mitigating yesterday 23:50", EnterPhase(clock("23:50", day=2), Phase.MITIGATING)),
        ("/sev 1", ChangeSeverity(NOW, Severity.CRITICAL, "")),
        ("/sev P2 one region only", ChangeSeverity(NOW, Severity.HIGH, "one region only")),
        ("/sev low", ChangeSeverity(NOW, Severity.LOW, "")),
        (
            "/status public status-page: We are on it",
            SendStatusUpdate(NOW, Audience.PUBLIC, "status-page", "We are on it"),
        ),
        (
            "/status public status-page: 14:05 We are on it",
            SendStatusUpdate(clock("14:05"), Audience.PUBLIC, "status-page", "We are on it"),
        ),
        (
            "/status public 14:05 status-page: 13:00 was the start",
            SendStatusUpdate(clock("14:05"), Audience.PUBLIC, "status-page", "13:00 was the start"),
        ),
        ("!decision 14:05 fail over", LogEvent(clock("14:05"), EventKind.DECISION, "fail over")),
        (
            "/status internal 14:05 half of it is back",
            SendStatusUpdate(clock("14:05"), Audience.INTERNAL, "", "half of it is back"),
        ),
        ("/track Database failover", OpenTrack(NOW, "Database failover")),
        ("/mtm", StartMtm(NOW)),
        ("/mtm 14:05", StartMtm(clock("14:05"))),
        ("/milestone mitigated 14:05", ReachMilestone(clock("14:05"), MilestoneKind.MITIGATED, "")),
        (
            "/milestone stakeholder 14:05 board told",
            ReachMilestone(clock("14:05"), MilestoneKind.STAKEHOLDER_COMMUNICATION, "board told"),
        ),
        (
            "/role trl kim@example.org 14:05",
            AssignRole(clock("14:05"), CommandRole.TECHNICAL_RECOVERY_LEAD, "kim@example.org"),
        ),
        ("/role scribe contact:engineer-2", AssignRole(NOW, CommandRole.SCRIBE, "contact:engineer-2")),
    ],
)
def test_one_line_is_one_thing_to_do(text, expected):
    assert understood(text) == expected


@pytest.mark.parametrize(
    ("text", "way_out"),
    [
        ("", "14:05 failover started"),
        ("   ", "14:05 failover started"),
        ("14:05", "What happened?"),
        ("14:35 too early", "yesterday 14:35"),
        ("2026-03-04 14:05 tomorrow", "still to come"),
        ("2026-03-03T15:05:00Z ahead", "still to come"),
        ("25:10 lights out", "as in 14:05"),
        ("2026-02-30 14:05 lights out", "no day 2026-02-30"),
        ("2026-02-30T14:05:00Z lights out", "There is no such time: 2026-02-30T14:05:00Z"),
        ("1969-12-31 14:05 lights out", "no day 1969-12-31"),
        ("2200-01-01 14:05 lights out", "no day 2200-01-01"),
        ("2199-12-31 14:05 lights out", "still to come"),
        ("3:07 pm lights out", "24 hours"),
        ("!thought hm", "decision"),
        ("/phase", "Which phase?"),
        ("/phase thinking", "mitigating"),
        ("/phase mitigating soon", "event of its own"),
        ("/sev 7", "critical"),
        ("/status loud hello", "public"),
        ("/status public", "What does the update say?"),
        ("/status public page:", "What does the update say?"),
        ("/track", "What is the recovery track called?"),
        ("/role trl", "Who takes the role?"),
        ("/role king a@example.org", "trl"),
        ("/milestone", "Which milestone?"),
        (
            "/milestone foo",
            "There is no milestone foo. Choose one of: impact, alert, confirmed, declared, mitigated, validated, "
            "closed, stakeholder.",
        ),
        ("/dance", "/phase, /milestone"),
        ("a\x00b", "NUL"),
    ],
)
def test_what_is_not_understood_is_refused_with_the_way_out(text, way_out):
    answer = understood(text)

    assert isinstance(answer, LineRefusal)
    assert way_out in answer.sentence


def test_after_midnight_a_time_of_the_evening_means_yesterday():
    assert understood("23:50 lights out", clock("0:10")) == LogEvent(
        clock("23:50", day=2), ACTION, "lights out"
    )


def test_a_bare_time_before_the_incident_opened_is_not_put_a_day_back():
    line, morning = "23:55 rollback finished", clock("9:05")

    assert understood(line, morning, opened_at=clock("23:50", day=2)) == understood(line, morning)
    for typed in (line, "/phase mitigating 23:55"):
        refused = understood(typed, morning, opened_at=clock("8:00"))
        assert isinstance(refused, LineRefusal)
        assert "write: yesterday 23:55" in refused.sentence
    said = understood("yesterday 23:55 rollback finished", morning, opened_at=clock("8:00"))
    assert said == understood(line, morning)


def test_the_day_before_is_meant_up_to_half_a_day_back_and_from_the_opening_on():
    noon = clock("11:50")
    assert understood("23:50 lights out", noon).at == clock("23:50", day=2)
    assert isinstance(understood("23:49 lights out", noon), LineRefusal)
    opened_at = clock("23:55", day=2)
    assert understood("23:55 lights out", clock("0:10"), opened_at=opened_at).at == opened_at
    assert isinstance(understood("23:54 lights out", clock("0:10"), opened_at=opened_at), LineRefusal)


def test_a_day_since_1970_is_taken_and_blanks_around_a_time_are_not():
    assert spoken_time(" 1970-01-01 14:05  lights out ", NOW, "UTC") == Spoken(
        datetime(1970, 1, 1, 14, 5, tzinfo=UTC), "lights out"
    )
    with pytest.raises(NoSuchTime, match="is not a time of day"):
        spoken_time("24:00 lights out", NOW, "UTC")


def test_a_minute_ahead_is_refused_and_not_put_a_day_back():
    assert isinstance(understood("14:31 failover started"), LineRefusal)


def test_a_time_that_the_clocks_skipped_is_refused():
    after = datetime(2026, 3, 29, 6, 0, tzinfo=UTC)

    for typed in ("2026-03-29 02:30 lights out", "02:30 lights out"):
        answer = understood(typed, after)
        assert isinstance(answer, LineRefusal)
        assert "skipped 02:30 on Sun 29 Mar 2026" in answer.sentence


def test_of_a_time_shown_twice_the_later_that_is_past_is_meant():
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)

    assert understood("02:30 lights out", second + timedelta(minutes=5)).at == second
    assert understood("02:30 lights out", first + timedelta(minutes=5)).at == first


@given(st.text(max_size=80), st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kolkata", "America/New_York"]))
def test_any_line_is_answered_and_nothing_lies_ahead(text, time_zone):
    answer = understood(text, time_zone=time_zone)

    if isinstance(answer, LineRefusal):
        assert answer.sentence.strip()
    else:
        assert answer.at <= NOW


@given(
    st.integers(0, 23),
    st.integers(0, 59),
    st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kolkata", "America/New_York", "Australia/Lord_Howe"]),
    st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: clock("12:00") + timedelta(minutes=minutes)),
)
def test_a_bare_time_of_day_is_past_and_never_over_a_day_back(hour, minute, time_zone, now):
    answer = understood(f"{hour}:{minute:02} something", now, time_zone)

    if isinstance(answer, LogEvent):
        assert timedelta(0) <= now - answer.at <= timedelta(hours=25)
