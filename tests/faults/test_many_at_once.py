"""Many at once: writers of one draft, a meeting that moves while deadlines are swept, a row that cannot be handled."""

import logging
import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from threading import Event

import icalendar
import pytest
from django.db import connection

from afteractions.models import AfterAction, Escalation, Obligation, Section
from afteractions.operations.enforcement.sweep import sweep as sweep_what_is_due
from afteractions.operations.meeting.scheduling import reschedule
from afteractions.vocabulary import ObligationKind
from incidents.exchange.importing import import_document
from incidents.models import Incident
from majorops.notices.models import Notice
from majorops.people.models import Person
from tests.api.caller import ROOT, Caller
from tests.factories.afteractions import HOUR, MEETING, SCHEDULED, a_meeting, an_after_action, fresh
from tests.factories.incidents import OPENED, a_closed_incident
from tests.factories.people import a_mim, a_person, an_administrator
from tests.faults.scale import much
from tests.faults.seen import Seen

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS, SAVES = much((8, 10), (50, 200))
MOVES = much(20, 1000)
ROWS = much(100, 1000)


def in_a_thread(work: Callable[[int], object]) -> Callable[[int], object]:
    """`work` with its database connection closed behind it."""

    def done(number: int) -> object:
        try:
            return work(number)
        finally:
            connection.close()

    return done


def test_no_save_is_lost_without_its_writer_knowing(seen: Seen, caplog: pytest.LogCaptureFixture) -> None:
    """Writers save one section of one draft at once"""
    # A warning for each late save would be kept for the report.
    caplog.set_level(logging.ERROR, "django.request")
    after_action = an_after_action()
    callers = [Caller(an_administrator(f"Writer {number}")) for number in range(WRITERS)]
    path = f"{ROOT}after-actions/{after_action.reference}/sections/went_well/"
    answers: list[str] = []

    def write(number: int) -> int:
        """Reads, adds an entry of its own and saves, time and again; answers how often it was told that it was late."""
        caller, refused = callers[number], 0
        for save in range(SAVES):
            read = caller.client.get(path)
            kept = read.json()["content"][-40:]
            content = [*kept, {"text": f"Writer {number} says {save}", "kind": "action"}]
            answer = caller.client.put(
                path,
                {"content": content},
                content_type="application/json",
                headers={"If-Match": read["ETag"]},
            )
            if answer.status_code == 200:
                answers.append(answer["ETag"])
            elif answer.status_code == 412:
                refused += 1
            else:
                raise AssertionError(answer.content.decode())
        return refused

    before = Section.objects.filter(after_action=after_action, key="went_well").values_list(
        "version", flat=True
    )
    began = next(iter(before), 0)
    with ThreadPoolExecutor(WRITERS) as all_of_them:
        refused = sum(map(int, all_of_them.map(in_a_thread(write), range(WRITERS))))
    version = Section.objects.get(after_action=after_action, key="went_well").version
    assert refused > 0, "Nobody came in anybody's way: this shows nothing"
    seen.done = f"{WRITERS} writers, {SAVES} saves each, {refused} told that they were late"
    # Each save that was taken is a version of its own, made from the one before it.
    seen.assert_nothing_lost(
        lost=WRITERS * SAVES - refused - len(set(answers)), doubled=version - began - len(answers)
    )


@contextmanager
def sweeping(now: object) -> Iterator[None]:
    """A sweep after another in another thread."""
    asked_to_end = Event()

    def sweep(_: int) -> None:
        while not asked_to_end.is_set():
            sweep_what_is_due(now=now)  # type: ignore[arg-type]

    with ThreadPoolExecutor(1) as beside:
        running = beside.submit(in_a_thread(sweep), 0)
        try:
            yield
        finally:
            asked_to_end.set()
        running.result()


def test_a_meeting_that_moves_while_deadlines_are_swept_warns_of_its_last_time_alone(seen: Seen) -> None:
    """A meeting moved again and again while the sweep runs"""
    after_action = an_after_action()
    a_meeting(after_action)
    chance = random.Random()
    now = SCHEDULED + HOUR
    moved = 0
    starts_at = MEETING
    with sweeping(now + timedelta(hours=20)):
        while moved < MOVES:
            hours = chance.choice([hours for hours in range(-3, 4) if MEETING + hours * HOUR != starts_at])
            starts_at = MEETING + hours * HOUR
            reschedule(
                fresh(after_action),
                starts_at=starts_at,
                ends_at=starts_at + HOUR,
                reason="The expert is ill.",
                by=after_action.incident.mim,
                at=now,
                now=now,
            )
            moved += 1
    sweep_what_is_due(now=now + timedelta(hours=20))
    row = Obligation.objects.get(kind=ObligationKind.DISTRIBUTE, state="open")
    assert row.due_at == starts_at - timedelta(hours=48)
    of_old_times = Notice.objects.filter(
        about_type="obligation", sent_at__isnull=True, withheld=False, channel="mail"
    ).exclude(due_at__in=Obligation.objects.filter(state="open").values("due_at"))
    calendars = Notice.objects.filter(recipient=after_action.incident.mim).exclude(calendar="").order_by("id")
    events = [next(iter(icalendar.Calendar.from_ical(each.calendar).walk("VEVENT"))) for each in calendars]
    assert len({str(event["UID"]) for event in events}) == 1
    numbers = [int(event["SEQUENCE"]) for event in events]
    assert numbers == sorted(numbers)
    steps = Escalation.objects.values_list("obligation", "due_at", "step", "to")
    seen.done = f"{moved} moves, last SEQUENCE {numbers[-1]}"
    seen.assert_nothing_lost(
        lost=moved + 1 - len(set(numbers)), doubled=of_old_times.count() + len(steps) - len(set(steps))
    )


def test_one_poisoned_row_holds_up_no_other(seen: Seen) -> None:
    """One poisoned deadline among many"""
    administrator = an_administrator()
    mim, bad = a_mim(manager=a_person("Greta Holm")), a_mim("Piet Aalders")
    incident = a_closed_incident(mim, severity="low")
    due_at = OPENED + timedelta(hours=30)
    Obligation.objects.bulk_create(
        Obligation(
            kind="status_note",
            incident=incident,
            subject_key=f"transition:{number}",
            due_at=due_at,
            responsible=bad if number == ROWS // 2 else mim,
            created_at=OPENED,
            next_step="breach",
            next_step_at=due_at,
        )
        for number in range(ROWS)
    )
    Person.objects.filter(pk=bad.pk).update(time_zone="Nowhere/At_All")
    sweep_what_is_due(now=due_at)
    told = Escalation.objects.filter(step="breach").values("obligation").distinct().count()
    aside = Obligation.objects.filter(set_aside_at__isnull=False)
    shown = Notice.objects.filter(recipient=administrator, channel="inbox", step="set_aside:1").count()
    seen.done = f"1 of {ROWS}, {aside.count()} set aside and shown"
    assert (aside.count(), shown) == (1, 1)
    seen.assert_nothing_lost(lost=ROWS - 1 - told, doubled=Escalation.objects.count() - 2 * (ROWS - 1))


def test_an_import_delivered_twenty_times_at_once_is_one_row(seen: Seen) -> None:
    """One import delivered many times at once"""
    times = much(20, 200)
    mim = a_mim()
    document = {
        "format": "majorops.incident/1",
        "external_id": "elsewhere-7",
        "title": "Checkout fails",
        "severity": "critical",
        "time_zone": "UTC",
        "milestones": {"opened": "2026-03-03T09:00:00Z", "closed": "2026-03-03T10:40:00Z"},
    }

    def deliver(_: int) -> str:
        return import_document(document, history=False, by=mim, now=SCHEDULED).incident.reference

    with ThreadPoolExecutor(20) as all_at_once:
        answers = list(all_at_once.map(in_a_thread(deliver), range(times)))
    found = Incident.objects.filter(external_id="elsewhere-7").count()
    seen.done = f"{times} deliveries"
    rows = AfterAction.objects.count() + found
    seen.assert_nothing_lost(lost=times - len(answers), doubled=len(set(answers)) - 1 + rows - 2)
