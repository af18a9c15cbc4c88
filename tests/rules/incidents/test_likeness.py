"""How alike two incidents are, and the evidence in words (domain.md, Repeat incidents: for each closing incident the
system proposes earlier incidents that look alike, with the evidence)."""

from dataclasses import replace
from math import log

import pytest

from incidents.rules.likeness import Candidate, SoughtIncident, likeness, look_alikes, rarest

# Of ten earlier incidents one speaks of a certificate, all speak of an outage.
KNOWN = {"certif": 1, "ingress": 2, "expir": 2, "probe": 2, "renew": 3, "outag": 10}
WORDS = {"certif": "certificate", "ingress": "ingress", "outag": "Outage"}
SOUGHT = SoughtIncident(WORDS, KNOWN, among=10, organisation="Example")
NOTHING = Candidate(1, (), 3, 0.0)


def like(candidate: Candidate = NOTHING, **more) -> float:
    return likeness(SOUGHT, replace(candidate, **more))


def test_nothing_in_common_is_no_likeness() -> None:
    assert like() == 0
    assert like(organisation="Another") == 0
    assert likeness(replace(SOUGHT, organisation=None), NOTHING) == 0
    assert look_alikes(SOUGHT, [NOTHING]) == []


def test_a_word_weighs_the_more_the_fewer_earlier_incidents_speak_of_it() -> None:
    assert SOUGHT.weight("certif") == log(11 / 1.5)
    assert SOUGHT.weight("never heard") == log(11 / 0.5)
    assert like(shared=("certif",)) > like(shared=("ingress",)) > like(shared=("outag",)) > 0
    weights = [SOUGHT.weight(root) for root in WORDS]
    assert like(shared=("certif",)) == pytest.approx(weights[0] / (sum(weights) / 3 * 3))
    assert like(shared=("certif",), size=300) < like(shared=("certif",)) / 9, "a long record is not like all"


@pytest.mark.parametrize(
    ("what", "counts"),
    [
        ({"title_likeness": 0.29}, 0),
        ({"title_likeness": 0.3}, 0.06),
        ({"title_likeness": 1.0}, 0.2),
        ({"services": ("Checkout",)}, 0.04),
        ({"organisation": "Example"}, 0.1),
        ({"title_likeness": 1.0, "services": ("Checkout",), "organisation": "Example"}, 0.34),
    ],
)
def test_titles_services_and_the_organisation_count_beside_the_words(what: dict, counts: float) -> None:
    assert like(**what) == pytest.approx(counts)


def test_an_incident_without_words_is_compared_by_the_rest() -> None:
    assert likeness(SoughtIncident({}, {}, 0), replace(NOTHING, title_likeness=1.0)) == pytest.approx(0.2)


def test_the_likest_five_are_proposed_and_of_equal_ones_the_latest_first() -> None:
    candidates = [replace(NOTHING, key=key, title_likeness=0.9 if key == 2 else 0.8) for key in range(1, 8)]
    assert [each.key for each in look_alikes(SOUGHT, candidates)] == [2, 7, 6, 5, 4]
    # A common service alone, or the same organisation alone, is no resemblance.
    weak = [replace(NOTHING, services=("Checkout",)), replace(NOTHING, organisation="Example")]
    assert look_alikes(SOUGHT, weak) == []


@pytest.mark.parametrize(
    ("what", "evidence"),
    [
        ({"shared": ("certif",)}, "Both speak of certificate."),
        ({"shared": ("outag", "ingress", "certif")}, "Both speak of certificate, ingress and outage."),
        (
            {"shared": ("certif",), "services": ("Checkout",)},
            "Same service Checkout; both speak of certificate.",
        ),
        (
            {"title_likeness": 0.9, "services": ("Checkout", "Ledger")},
            "Same services Checkout and Ledger; the titles are much alike.",
        ),
        (
            {"title_likeness": 0.3, "services": ("Checkout",), "organisation": "Example"},
            "Same service Checkout; the titles are much alike.",
        ),
        (
            {
                "services": ("Checkout",),
                "organisation": "Example",
                "shared": ("outag",),
                "title_likeness": 0.29,
            },
            "Same service Checkout; both speak of outage.",
        ),
    ],
)
def test_the_evidence_is_said_in_words(what: dict, evidence: str) -> None:
    [found] = look_alikes(SOUGHT, [replace(NOTHING, **what)])
    assert found.evidence == evidence
    assert found.services == what.get("services", ())


def test_the_four_rarest_words_are_named_each_once() -> None:
    words = {root: root.capitalize() for root in KNOWN} | {"certifi": "CERTIF"}
    sought = SoughtIncident(words, KNOWN | {"certifi": 1}, among=10)
    [found] = look_alikes(sought, [replace(NOTHING, shared=tuple(words))])
    assert found.words == ("certif", "expir", "ingress", "probe")


@pytest.mark.parametrize(
    ("known_in", "among", "chosen"),
    [
        # Where all are counted every word that they know is looked for, and none that they do not.
        ({"a": 4, "b": 9, "c": 1}, 99, ["c", "a", "b"]),
        # Among more, the rarest of which one in ten speak together, and those that none knew.
        ({"a": 4, "b": 5, "c": 1}, 100, ["d", "c", "a", "b"]),
        ({"a": 4, "b": 6, "c": 1}, 100, ["d", "c", "a"]),
    ],
)
def test_the_words_to_look_for_are_the_rarest(known_in: dict, among: int, chosen: list[str]) -> None:
    sought = SoughtIncident({root: root for root in "abcd"}, known_in, among)
    assert rarest(sought, 100) == chosen
