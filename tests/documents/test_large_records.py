"""Records far larger than any that a person types: pages and drawings have limits, and say what they leave out."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from afteractions.documents.pdf import PRINTED_ROWS, review_context
from afteractions.timeline import (
    DrawnEngagement,
    DrawnEvent,
    DrawnMilestone,
    DrawnMtm,
    DrawnPhase,
    DrawnTrack,
    Picture,
    draw_tall,
    draw_wide,
)
from incidents.api import outputs
from tests.documents.road import Road
from tests.pdf.documents import a_document

AT = datetime(2026, 3, 3, 9, tzinfo=UTC)
MANY = 2_000
LARGEST_PAGE = 400_000


def at(number: int) -> datetime:
    return AT + timedelta(seconds=7 * number)


def a_large_picture(count: int) -> Picture:
    some = range(count)
    return Picture(
        "Much",
        "Europe/Berlin",
        phases=tuple(DrawnPhase("Mitigating", at(n)) for n in some),
        tracks=tuple(DrawnTrack(f"Track {n}", at(n)) for n in some),
        events=tuple(DrawnEvent(at(n), "action", f"Step {n}") for n in some),
        milestones=(
            *(DrawnMilestone("Stakeholder communication", at(n)) for n in some),
            DrawnMilestone("Closed", at(count)),
        ),
        vendors=tuple(DrawnEngagement(f"Vendor {n}", at(n)) for n in some),
        mtms=tuple(DrawnMtm(f"MTM {n}", at(n)) for n in some),
    )


@pytest.mark.parametrize("draw", [draw_wide, draw_tall])
def test_a_drawing_of_a_very_large_record_stays_small_and_says_what_it_leaves_out(
    draw: Callable[[Picture], str],
) -> None:
    drawing = draw(a_large_picture(MANY))
    assert len(drawing) < LARGEST_PAGE
    assert "more phases" in drawing.lower()
    assert "Closed" in drawing


@pytest.mark.parametrize("draw", [draw_wide, draw_tall])
def test_the_time_of_a_drawing_grows_no_faster_than_the_text_in_it(draw: Callable[[Picture], str]) -> None:
    def seconds(length: int) -> float:
        words = ("word " * length)[:length]
        long = DrawnEvent(AT, "action", words), DrawnEvent(at(9), "decision", "x" * length, by=words)
        picture = replace(a_large_picture(3), events=long)
        tracks = tuple(DrawnTrack(words, at(n), outcome=words) for n in range(3))
        picture = replace(picture, tracks=tracks, phases=(DrawnPhase(words, AT),), title=words)
        started = time.process_time()
        for _ in range(3):
            draw(replace(picture))
        return time.process_time() - started

    seconds(1_000)
    assert seconds(100_000) < 3 * seconds(50_000) + 0.05
    assert seconds(100_000) < 2


def a_large_document(count: int, **said: Any) -> dict[str, Any]:
    return {
        "format": "majorops.incident/1",
        "external_id": "large",
        "title": "Much was captured",
        "severity": "critical",
        "timeline": [{"at": at(n).isoformat(), "kind": "action", "text": f"Step {n}."} for n in range(count)],
        **said,
    }


def beside_the_timeline(count: int) -> dict[str, Any]:
    """Of each thing that the page of an incident and its review name beside the timeline."""
    some, ended = range(count), at(MANY).isoformat()
    return {
        "services": [{"name": f"Service {n}"} for n in some],
        "people": [{"key": f"kim-{n}", "name": f"Kim Number {n}"} for n in some],
        "command": [{"role": "responder", "person": f"kim-{n}", "from": ended} for n in some],
        "tracks": [{"name": f"Track {n}", "opened_at": ended} for n in some],
        "vendors": [{"name": f"Vendor {n}", "engaged_at": ended} for n in some],
        "mtms": [{"number": n + 1, "started_at": ended} for n in some],
    }


@pytest.mark.django_db
def test_pages_of_a_record_with_thousands_of_entries_are_pages(
    road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outputs, "MOST_ENTRIES", 100)
    running = road.take(a_large_document(MANY), history=False)
    closes = {"closed": at(MANY).isoformat()}
    late = {"external_id": "closed", "milestones": closes, **beside_the_timeline(101)}
    much = a_large_document(MANY, **late)
    for event in much["timeline"][100:]:
        event["logged_at"] = at(2 * MANY).isoformat()
    closed = road.take(much, history=False)
    assert running is not None
    assert closed is not None
    for incident, first, last in ((running, MANY - 1, 0), (closed, 0, MANY - 1)):
        place = f"/incidents/{incident.reference}/"
        page = road.open(place)
        assert len(page) < LARGEST_PAGE
        assert f"Step {first}." in page
        assert f"Step {last}." not in page
        assert "?rows=2#log-title" in page
        assert f"Step {last}." in road.open(f"{place}?rows={MANY // 50}")
    draft = f"/after-actions/{closed.after_action.reference}/"
    for path in (f"{draft}draft/", f"{draft}read/"):
        page = road.open(path)
        assert len(page) < LARGEST_PAGE
        assert "Step 49." in page
        assert "Step 51." not in page
        assert "Step 51." in road.open(f"{path}?rows=2")
    assert "are marked in the timeline" in page
    answer = road.caller.get(f"incidents/{closed.reference}/")
    assert len(answer.content) < LARGEST_PAGE
    assert set(answer.json()["cut"]) == {"timeline", "services", "command", "tracks", "vendors", "mtms"}
    last = road.caller.get(f"incidents/{closed.reference}/events/", page_size=200).json()
    assert len(last["results"]) == 200
    assert last["next"]
    assert not road.broken


def test_the_paper_prints_what_was_highlighted_and_says_how_much_it_leaves_out() -> None:
    events = tuple(DrawnEvent(at(n), "action", f"Step {n}") for n in range(MANY))
    events = (*events[:-1], replace(events[-1], highlighted=True))
    context = review_context(a_document(replace(a_large_picture(1), events=events)), sha256="0" * 64)
    assert len(context["rows"]) == PRINTED_ROWS
    assert context["rows_left_out"] == MANY + 6 - PRINTED_ROWS
    assert any(row.text == f"Step {MANY - 1}" for row in context["rows"])
