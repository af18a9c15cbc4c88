"""The timeline picture: complete, legible with ten and with three hundred events, and safe."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afteractions.timeline import (
    PAGE,
    PRINT,
    DrawnEngagement,
    DrawnEvent,
    DrawnMetric,
    DrawnMilestone,
    DrawnPhase,
    DrawnTrack,
    DrawnUpdate,
    Picture,
    draw_tall,
    draw_wide,
    picture_as_document,
    picture_from_document,
    table_rows,
)
from afteractions.timeline.axis import axis_of, local_midnights, round_local_times
from afteractions.timeline.marks import clustered
from afteractions.timeline.picture import KIND_LABELS, numbered_marks
from afteractions.timeline.stacking import stacked
from afteractions.timeline.svg import ROLES, text_width

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 3, 28, 20, 0, tzinfo=UTC)
STYLES = Path(__file__).parents[2] / "static/css/timeline.css"


def after(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def a_picture(count: int = 10, **changes: object) -> Picture:
    kinds = [kind for kind in KIND_LABELS if kind not in ("public", "internal")]
    given_events = tuple(
        DrawnEvent(after(number * 300 / count), kinds[number % len(kinds)], f"Step {number}", "Responder")
        for number in range(count)
    )
    return Picture(
        **{  # type: ignore[arg-type]
            "title": "Payments fail",
            "time_zone": "Europe/Berlin",
            "events": given_events,
            "phases": (DrawnPhase("Detected", after(0)), DrawnPhase("Mitigating", after(90))),
            "milestones": (DrawnMilestone("Alert fired", after(0)), DrawnMilestone("Closed", after(300))),
            **changes,
        }
    )


def drawn(markup: str) -> str:
    """All words of a drawing, in order; raises when it is not well-formed."""
    return " ".join(text for text in ElementTree.fromstring(markup).itertext() if text.strip())


def visible(markup: str) -> list[str]:
    root = ElementTree.fromstring(markup)
    return [element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text")]


@pytest.mark.parametrize("draw", [draw_wide, draw_tall])
def test_an_empty_picture_says_what_belongs_there(draw: object) -> None:
    assert "Nothing captured yet" in drawn(draw(Picture("Payments fail", "UTC")))  # type: ignore[operator]


@pytest.mark.parametrize("draw", [draw_wide, draw_tall])
def test_phases_milestones_tracks_events_updates_vendors_and_metrics_are_all_drawn(draw: object) -> None:
    picture = a_picture(
        tracks=(DrawnTrack("Database", after(10), after(15), after(100), "Failed over"),),
        updates=(DrawnUpdate(after(30), "public", "Status page", "We are looking into it"),),
        vendors=(DrawnEngagement("Northwind", after(40), after(60)),),
        metrics=(DrawnMetric("Time to Detect", after(0), after(4), 240),),
    )
    words = drawn(draw(picture))  # type: ignore[operator]
    for said in (
        "Detected",
        "Mitigating",
        "Alert fired",
        "Database",
        "Step 0",
        "Northwind",
        "Time to Detect",
        "4 min",
    ):
        assert said in words
    assert "Status page" in words


@pytest.mark.parametrize("draw", [draw_wide, draw_tall])
def test_the_picture_is_an_image_with_a_name_and_a_description(draw: object) -> None:
    root = ElementTree.fromstring(draw(a_picture()))  # type: ignore[operator]
    assert root.get("role") == "img"
    described = {element.get("id") for element in root}
    assert set((root.get("aria-labelledby") or "").split()) <= described


@pytest.mark.parametrize("draw", [draw_wide, draw_tall])
def test_typed_text_cannot_become_markup_or_break_the_drawing(draw: object) -> None:
    typed = "<script>alert(1)</script>\" ' & \x00\x0b\ud800 \N{FIRE ENGINE} שלום " + "W" * 400
    picture = a_picture(
        title=typed,
        events=(DrawnEvent(after(1), "action", typed, typed), DrawnEvent(after(200), typed, typed)),
        tracks=(DrawnTrack(typed, after(1), None, None, typed),),
        vendors=(DrawnEngagement(typed, None),),
        phases=(DrawnPhase(typed, after(2)),),
        milestones=(DrawnMilestone(typed, after(3)),),
    )
    markup = draw(picture)  # type: ignore[operator]
    assert "<script" not in markup
    assert "\x00" not in drawn(markup)


@pytest.mark.parametrize("draw", [draw_wide, draw_tall])
def test_no_style_attribute_is_written_because_the_content_policy_forbids_it(draw: object) -> None:
    assert "style=" not in draw(a_picture(300))  # type: ignore[operator]


def test_every_kind_has_its_own_shape_so_that_it_is_legible_without_colour() -> None:
    markup = draw_wide(a_picture(len(KIND_LABELS)))
    shapes = re.findall(r'<path d="([^"]+)"[^>]* stroke-linejoin', markup)
    outlines = {re.sub(r"-?[\d.]+", "", shape) + str(len(re.findall(r"[\d.]+", shape))) for shape in shapes}
    at_origin = {
        tuple(round(float(number), 1) for number in re.findall(r"-?[\d.]+", shape)) for shape in shapes
    }
    assert len(outlines) >= 6
    assert len(at_origin) >= len(KIND_LABELS) - 2


@given(st.lists(st.integers(0, 600), min_size=1, max_size=300))
def test_marks_and_their_numbers_never_overlap_and_none_is_lost(minutes: list[int]) -> None:
    events = tuple(DrawnEvent(after(minute), "action", "Step") for minute in minutes)
    marks = numbered_marks(Picture("P", "UTC", events=events))
    axis = axis_of([mark.at for mark in marks], zone=ZoneInfo("UTC"), left=138, right=1030)
    clusters = clustered(marks, lambda mark: axis.x(mark.at))
    assert [mark.number for cluster in clusters for mark in cluster.marks] == list(range(1, len(events) + 1))
    for earlier, later in pairwise(clusters):
        assert earlier.x + earlier.half_width <= later.x - later.half_width + 0.01


def test_three_hundred_events_keep_their_numbers_by_count_and_range() -> None:
    events = tuple(DrawnEvent(after(number), "action", "Step") for number in range(300))
    markup = draw_wide(Picture("P", "UTC", events=events))
    counts = [int(text[1:]) for text in visible(markup) if text.startswith("×")]
    assert sum(counts) == 300
    assert any(re.fullmatch(r"\d+…\d+", text) for text in visible(markup))


def test_three_hundred_events_stay_a_drawing_of_bounded_height_on_a_phone() -> None:
    root = ElementTree.fromstring(draw_tall(a_picture(300)))
    assert float(root.get("height") or 0) < 4500
    assert float(root.get("width") or 0) <= 340


@given(
    st.lists(st.tuples(st.floats(0, 900), st.text("abcdefgh ", min_size=3, max_size=30)), max_size=12),
    st.booleans(),
)
def test_names_and_the_lines_leading_to_them_never_meet(
    items: list[tuple[float, str]], hanging: bool
) -> None:
    items = sorted({round(x): text for x, text in items}.items())
    placed = stacked(items, left=0, right=1000, size=10, hanging=hanging)
    assert len(placed) == len(items)
    spans = []
    for item in placed:
        wide = text_width(item.text, 10)
        spans.append((item.x, item.x + wide) if item.anchor == "start" else (item.x - wide, item.x))
    for index, one in enumerate(placed):
        for other in range(index):
            same_row = one.row == placed[other].row
            apart = spans[index][1] <= spans[other][0] or spans[other][1] <= spans[index][0]
            assert not same_row or apart


def test_idle_weeks_are_folded_and_the_fold_says_how_long_it_is() -> None:
    core = tuple(DrawnEvent(after(minute), "action", "Step") for minute in range(0, 40, 2))
    late = DrawnEvent(after(21 * 1440), "action", "Last fix")
    words = drawn(draw_wide(Picture("P", "UTC", events=(*core, late))))
    assert "20 d 23 h folded" in words
    axis = axis_of([*(event.at for event in core), late.at], zone=ZoneInfo("UTC"), left=0, right=1000)
    assert axis.x(core[-1].at) - axis.x(core[0].at) > 500


def test_evenly_spread_entries_fold_nothing() -> None:
    instants = [after(60 * hour) for hour in range(12)]
    assert len(axis_of(instants, zone=ZoneInfo("UTC"), left=0, right=1000).stretches) == 1


@given(st.lists(st.integers(0, 60 * 24 * 30), min_size=2, max_size=60, unique=True))
def test_later_is_always_further_to_the_right(minutes: list[int]) -> None:
    instants = sorted(after(minute) for minute in minutes)
    axis = axis_of(instants, zone=BERLIN, left=138, right=1030)
    places = [axis.x(at) for at in instants]
    assert all(138 <= place <= 1030 for place in places)
    assert all(later > earlier for earlier, later in pairwise(places))


def test_ticks_are_at_round_local_times_also_where_the_zone_is_half_an_hour_off() -> None:
    kolkata = ZoneInfo("Asia/Kolkata")
    axis = axis_of([after(0), after(300)], zone=kolkata, left=0, right=900)
    assert {tick.at.astimezone(kolkata).minute for tick in axis.ticks()} <= {0, 30}


def test_the_hour_that_spring_skips_has_no_tick_and_the_change_is_marked() -> None:
    # Berlin, 29 March 2026: 02:00 CET becomes 03:00 CEST.
    first, last = datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2026, 3, 29, 4, tzinfo=UTC)
    times = [
        at.astimezone(BERLIN).strftime("%H:%M")
        for at in round_local_times(first, last, timedelta(hours=1), BERLIN)
    ]
    assert times == ["00:00", "01:00", "03:00", "04:00", "05:00", "06:00"]
    picture = Picture(
        "P", "Europe/Berlin", events=(DrawnEvent(first, "action", "a"), DrawnEvent(last, "action", "b"))
    )
    assert "clocks forward 1 h: CET → CEST" in drawn(draw_wide(picture))


def test_the_hour_that_autumn_repeats_has_both_its_ticks_and_the_change_is_marked() -> None:
    # Berlin, 25 October 2026: 03:00 CEST becomes 02:00 CET.
    first, last = datetime(2026, 10, 24, 23, tzinfo=UTC), datetime(2026, 10, 25, 3, tzinfo=UTC)
    times = [
        at.astimezone(BERLIN).strftime("%H:%M")
        for at in round_local_times(first, last, timedelta(hours=1), BERLIN)
    ]
    assert times == ["01:00", "02:00", "02:00", "03:00", "04:00"]
    picture = Picture(
        "P", "Europe/Berlin", events=(DrawnEvent(first, "action", "a"), DrawnEvent(last, "action", "b"))
    )
    assert "clocks back 1 h: CEST → CET" in drawn(draw_wide(picture))


def test_a_new_day_begins_at_the_local_midnight_and_is_named() -> None:
    assert list(local_midnights(START, after(300), BERLIN)) == [datetime(2026, 3, 28, 23, tzinfo=UTC)]
    assert {"Sat 28 Mar", "Sun 29 Mar"} <= set(visible(draw_wide(a_picture())))


def test_the_zone_is_named() -> None:
    shown = visible(draw_wide(a_picture()))
    assert "Europe/Berlin" in shown
    assert "2026 · CET, CEST" in shown


def test_a_phase_entered_again_is_called_so_in_picture_and_table() -> None:
    phases = tuple(
        DrawnPhase(label, after(at))
        for label, at in (("Mitigating", 10), ("Recovering", 90), ("Mitigating", 200))
    )
    picture = a_picture(phases=phases)
    assert "Mitigating again" in drawn(draw_wide(picture))
    assert "Mitigating (again)" in [row.text for row in table_rows(picture)]


def test_a_negative_metric_and_a_missing_one_are_shown_as_such() -> None:
    metrics = (
        DrawnMetric("Time to Detect", after(30), after(0), -1800),
        DrawnMetric("Time to Declare", after(0), None, None),
    )
    shown = visible(draw_wide(a_picture(metrics=metrics)))
    assert "−30 min (its end comes before its start)" in shown
    assert "not captured" in shown
    assert "not captured" in visible(draw_tall(a_picture(metrics=metrics)))


def test_a_track_without_a_lead_and_an_open_one_say_so() -> None:
    tracks = (DrawnTrack("Network", after(10), None, after(50)), DrawnTrack("Database", after(10), after(30)))
    words = drawn(draw_wide(a_picture(tracks=tracks)))
    assert "lead not captured" in words
    assert "lead after 20 min, not closed" in words


def test_what_was_recorded_after_the_fact_is_hollow_and_said() -> None:
    late = DrawnEvent(after(100), "decision", "Rolled back", after_the_fact=True)
    picture = a_picture(events=(late, DrawnEvent(after(10), "action", "Step")))
    assert 'stroke-dasharray="2 1.4"' in draw_wide(picture)
    assert 'stroke-dasharray="2 1.4"' not in draw_wide(
        a_picture(events=(DrawnEvent(after(10), "action", "Step"),))
    )
    assert [row.after_the_fact for row in table_rows(picture) if row.text == "Rolled back"] == [True]


def test_what_lies_after_the_close_is_shaded() -> None:
    assert "shaded: after the close" in drawn(draw_wide(a_picture(closed_at=after(200))))
    assert "shaded: after the close" not in drawn(draw_wide(a_picture(closed_at=after(300))))


def test_a_running_incident_ends_at_now() -> None:
    assert "now" in visible(draw_wide(a_picture(now=after(400))))


def test_the_table_has_every_instant_once_in_order_with_the_numbers_of_the_marks() -> None:
    picture = a_picture(12, updates=(DrawnUpdate(after(17), "internal", "Chat", "Bridge is open", "Scribe"),))
    rows = table_rows(picture)
    assert [row.at for row in rows] == sorted(row.at for row in rows)
    assert [row.number for row in rows if row.number] == list(range(1, 14))
    assert rows[0].day == "Sat 28 Mar 2026"
    assert rows[0].clock == "21:00 CET"
    assert [row.by for row in rows if row.text == "Chat: Bridge is open"] == ["Scribe"]


def test_a_picture_survives_being_frozen_as_json() -> None:
    picture = a_picture(
        5,
        tracks=(DrawnTrack("Database", after(10), None, after(100), "Failed over"),),
        updates=(DrawnUpdate(after(30), "public", "Status page", "We know"),),
        vendors=(DrawnEngagement("Northwind", None),),
        metrics=(DrawnMetric("Time to Detect", after(0), None, None),),
        closed_at=after(300),
    )
    assert picture_from_document(picture_as_document(picture)) == picture
    assert draw_wide(picture_from_document(picture_as_document(picture))) == draw_wide(picture)


def test_the_style_sheet_has_a_light_and_a_dark_colour_for_every_role_and_paper_has_the_light_ones() -> None:
    colours = dict(
        re.findall(r"--tl-([\w-]+): light-dark\((#\w{6}), #\w{6}\);", STYLES.read_text(encoding="utf-8"))
    )
    assert colours == {role: PRINT[role] for role in ROLES}
    assert all(PAGE[role] == f"var(--tl-{role})" for role in ROLES)


def test_the_drawing_for_paper_has_no_custom_property() -> None:
    assert "var(" not in draw_wide(a_picture(), palette=PRINT)


def test_single_instants_are_drawn_too() -> None:
    words = visible(draw_wide(Picture("P", "UTC", events=(DrawnEvent(START, "action", "Only this"),))))
    assert "Only this" in words
    assert "20:00" in words


@pytest.mark.parametrize("draw", [draw_wide, draw_tall])
def test_no_word_of_a_drawing_is_smaller_than_eleven_pixels(draw: Callable[[Picture], str]) -> None:
    picture = a_picture(300, tracks=(DrawnTrack("Database", after(1), after(2)),), now=after(400))
    sizes = [float(size) for size in re.findall(r'font-size="([0-9.]+)"', draw(picture))]
    assert sizes
    assert min(sizes) >= 11


def test_the_page_never_draws_the_wide_picture_smaller_than_its_measure() -> None:
    sheet = (Path(__file__).parents[2] / "static/css/timeline.css").read_text()
    wide = float(re.search(r'width="([0-9.]+)"', draw_wide(a_picture()))[1])
    least = float(re.search(r"\.timeline-wide \{\s*min-width: ([0-9.]+)rem", sheet)[1])
    assert least * 16 >= wide
