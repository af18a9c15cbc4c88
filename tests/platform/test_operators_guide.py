"""docs/operation.md names commands, metrics and words of health that are there, and leaves no metric out."""

import re

from django.core.management import get_commands

from majorops.embedded.state import CHECKOUT
from majorops.web.health.gauges import registered
from majorops.web.health.heartbeat import EVERY_SECONDS, PROCESSES
from majorops.web.health.state import AWAY_AFTER

GUIDE = (CHECKOUT / "docs/operation.md").read_text()
BESIDE_THE_GAUGES = {
    "majorops_process_age_seconds",
    "majorops_http_requests_total",
    "majorops_http_request_duration_seconds",
}


def test_each_command_of_the_guide_is_one() -> None:
    named = set(re.findall(r"(?:script/manage|manage\.py) (\w+)", GUIDE))
    assert named >= {"backup", "restore", "verify_audit", "migrate", "keep_deadlines"}
    assert named - get_commands().keys() == set()


def test_each_metric_stands_in_the_guide_and_no_other() -> None:
    named = set(re.findall(r"majorops_\w+", GUIDE))
    assert named == {gauge.name for gauge in registered()} | BESIDE_THE_GAUGES


def test_the_guide_says_when_a_process_counts_as_away() -> None:
    assert f"every {EVERY_SECONDS:g} s, and count as away after {AWAY_AFTER.seconds}" in GUIDE
    assert {row.split(" | ")[0].strip("| ") for row in GUIDE.splitlines() if row.startswith("|")} >= set(
        PROCESSES
    )
