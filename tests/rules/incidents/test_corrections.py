"""What is corrected where it stands, and what a correction moves (domain.md, The incident record: a slip in the live
log is corrected in place by its writer within ten minutes, later by a correcting entry)."""

import pytest

from incidents.rules.corrections import is_corrected_in_place, moved_by, what_follows
from incidents.vocabulary import MilestoneKind, Phase
from tests.rules.incidents.records import clock

LOGGED = clock("10:00")


@pytest.mark.parametrize(
    ("now", "in_place"), [("9:59", False), ("10:00", True), ("10:10", True), ("10:10:01", False)]
)
def test_a_slip_is_corrected_in_place_within_ten_minutes(now: str, in_place: bool) -> None:
    assert is_corrected_in_place(LOGGED, clock(now), by_its_writer=True, is_settled=False) is in_place


def test_nobody_elses_entry_and_none_of_a_closed_incident_is_corrected_in_place() -> None:
    for logged_at, by_its_writer, is_settled in (
        (LOGGED, False, False),
        (LOGGED, True, True),
        (None, True, False),
    ):
        assert not is_corrected_in_place(
            logged_at, LOGGED, by_its_writer=by_its_writer, is_settled=is_settled
        )


@pytest.mark.parametrize(
    ("kind", "phase"),
    [
        (MilestoneKind.CONFIRMED, Phase.DETECTED),
        (MilestoneKind.OPENED, Phase.DECLARED),
        (MilestoneKind.CLOSED, Phase.CLOSED),
    ],
)
def test_a_milestone_moves_the_phase_that_was_entered_with_it(kind: MilestoneKind, phase: Phase) -> None:
    assert what_follows(kind).startswith(
        f"The phase “{phase.label}” moves with it where both have the same time. "
    )
    assert f"Correct the milestone “{kind.label}” instead" in moved_by(phase)


def test_other_milestones_and_phases_move_nothing_of_each_other() -> None:
    assert what_follows(MilestoneKind.MITIGATED).startswith("Counted anew: Time to Mitigate. ")
    assert what_follows(MilestoneKind.STAKEHOLDER_COMMUNICATION) == ""
    assert moved_by(Phase.MITIGATING) == ""
