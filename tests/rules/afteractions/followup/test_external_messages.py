"""What an External Message may begin with, and what is still to be filled in (Seed: "the communications team should be
putting together necessary messaging")."""

import pytest

from afteractions.rules.followup.external_messages import MessageFacts, blanks, starting_texts

SAID = MessageFacts(
    "Checkout down",
    "Tue 3 Mar 2026 14:05 CET",
    "1 h 42 min",
    ("Checkout", "Search", "Ledger"),
    ("Alert on it",),
)
SILENT = MessageFacts("Checkout down", "", "", (), ())
OF_THE_RECORD = {"which services", "when it began", "how long", "what you change, in the reader's words"}


def test_a_blank_is_what_stands_in_brackets_each_once_and_a_link_is_none() -> None:
    text = "[who] and [who], see [the page](https://example.org) or [] or [no] at [an address]"
    assert blanks(text) == ("who", "an address")


def test_there_is_a_text_for_each_audience() -> None:
    texts = starting_texts(SAID)
    assert [each.key for each in texts] == ["customers", "status_page", "partners", "regulator", "staff"]
    assert all(blanks(each.text) for each in texts), "what only people know is left to them"


@pytest.mark.parametrize("number", range(5))
def test_what_the_record_holds_is_said_and_the_rest_is_left_open(number: int) -> None:
    said, silent = starting_texts(SAID)[number].text, starting_texts(SILENT)[number].text
    assert not OF_THE_RECORD & set(blanks(said))
    assert "Tue 3 Mar 2026 14:05 CET" in said
    assert "It lasted 1 h 42 min." in said
    assert {"when it began", "how long"} <= set(blanks(silent))
    assert ("which services" in blanks(silent)) == ("Checkout, Search and Ledger" in said)
    assert ("what you change, in the reader's words" in blanks(silent)) == ("- Alert on it" in said)


@pytest.mark.parametrize(
    ("services", "words"),
    [(("Checkout",), "rely on Checkout."), (("Checkout", "Search"), "Checkout and Search.")],
)
def test_services_are_listed_as_people_say_them(services: tuple[str, ...], words: str) -> None:
    customers = starting_texts(MessageFacts("Down", "", "", services, ()))[0]
    assert words in customers.text
