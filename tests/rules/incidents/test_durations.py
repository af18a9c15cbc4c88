import pytest

from majorops.formatting.durations import duration_words


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
