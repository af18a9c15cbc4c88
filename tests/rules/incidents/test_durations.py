"""Lengths of time and spans in words."""

import pytest

from incidents.rules.formatting import span_words
from majorops.formatting.durations import duration_words
from tests.rules.incidents.records import clock


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "not captured"),
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (6120, "1 h 42 min"),
        (7199, "1 h 59 min"),
        (7200, "2 h"),
        (86400, "1 d"),
        (93600, "1 d 2 h"),
        (-480, "−8 min"),
        (-1, "−1 s"),
    ],
)
def test_a_length_of_time_reads_the_same_everywhere(seconds, words):
    assert duration_words(seconds) == words


@pytest.mark.parametrize(
    ("until", "words"),
    [
        (clock("23:40"), "Tue 3 Mar 2026 23:05 CET to 23:40 CET"),
        (clock("0:15", day=4), "Tue 3 Mar 2026 23:05 CET to Wed 4 Mar 2026 00:15 CET"),
    ],
)
def test_a_span_names_the_day_of_its_end_only_where_it_is_another(until, words):
    assert span_words(clock("23:05"), until, "Europe/Berlin") == words
