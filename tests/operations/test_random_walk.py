"""Walks through the process at random: no step, in or out of turn, leads where domain.md forbids.

320 short walks among all tests, the same each time; 2,000 longer ones by script/walk, others each time. A walk that
fails prints its steps, and the blob that repeats it.
"""

import os

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.faults.seen import Seen
from tests.operations.walk.cast import STAGES, a_cast
from tests.operations.walk.walker import Walk

LONG = os.environ.get("MAJOROPS_WALK") == "long"
WALKS, STEPS = (2000, 30) if LONG else (320, 4)
EACH = -(-WALKS // len(STAGES))

# What so many steps write into the audit in any case, each under its own name.
WRITTEN = {
    "amended",
    "assigned a role",
    "changed the severity",
    "closed",
    "commented",
    "decided",
    "decided who attends",
    "distributed",
    "entered a phase",
    "held the meeting",
    "logged an event",
    "published",
    "reached a milestone",
    "read",
    "reopened",
    "requested",
    "rescheduled",
    "scheduled",
    "started the meeting",
    "stated alert info",
    "withdrew",
}


@pytest.mark.django_db
def test_no_walk_through_the_process_leads_to_a_state_that_is_forbidden(seen: Seen) -> None:
    """A random walk through the whole process."""
    Walk.cast = a_cast()
    Walk.taken.clear()
    Walk.written.clear()
    for number, stage in enumerate(STAGES):
        _walk_from(stage, number)
    never = {name for name, (taken, _) in Walk.taken.items() if not taken}
    # A short walk may miss a step that waits for others; most are taken all the same.
    assert len(never) <= (0 if LONG else 10), f"steps that were refused each time: {sorted(never)}"
    assert WRITTEN - Walk.written == set()
    seen.held, seen.done = "no forbidden state", f"{EACH * len(STAGES)} walks of up to {STEPS} steps"


def _walk_from(stage: str, number: int) -> None:
    """As many walks from each stage: drawn at random, some would hardly be set out from."""
    Walk.set_out_from(stage)
    run_state_machine_as_test(
        Walk if LONG else seed(number)(Walk),
        settings=settings(
            max_examples=EACH,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            print_blob=LONG,
            suppress_health_check=list(HealthCheck),
        ),
    )
