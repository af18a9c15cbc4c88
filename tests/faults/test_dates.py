"""Many generated dates, in all zones, against a second computation that walks through time."""

from tests.faults.scale import much
from tests.faults.seen import Seen
from tests.rules.afteractions.deadlines.test_calendar_independently import cases, differences

DATES = much(200, 100_000)


def test_no_generated_date_differs(seen: Seen) -> None:
    """Generated dates in all zones against an independent computation"""
    differing = sum(bool(differences(case)) for case in cases(DATES))
    seen.done = f"{DATES} dates"
    seen.assert_nothing_lost(lost=differing, doubled=0)
