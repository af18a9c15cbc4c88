"""Time against length for everything that reads typed text, and the limits that are said (domain's limit: 20,000)."""

import pytest

from tests.load.lengths import ALWAYS, PAIRS, READERS, SEEDS, ratio, seconds

LENGTH = 4_000
# Of the seeds a part in each run; script/lengths tries all of them, and longer.
TRIED = [*SEEDS[::4], *ALWAYS, *PAIRS]


@pytest.mark.parametrize("name", READERS)
def test_twice_the_text_takes_at_most_three_times_as_long(name):
    grown = {seed: ratio(READERS[name], seed, LENGTH)[0] for seed in TRIED}
    assert {seed: times for seed, times in grown.items() if times > 3} == {}


@pytest.mark.parametrize("name", READERS)
def test_as_much_as_anybody_may_type_is_read_while_they_wait(name):
    text = ("The deploy removed the primary because Ann Lee and Tom Baker ran step 4. " * 1400)[:100_000]
    assert seconds(READERS[name], text) < 4


def test_what_grows_with_the_square_of_the_text_is_noticed():
    def square(text: str) -> None:
        for _ in text:
            for _ in text:
                pass

    assert ratio(square, "word ", 1_500)[0] > 3
