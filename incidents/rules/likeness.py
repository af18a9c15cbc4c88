"""How alike two incidents are, and why, in words: what proposes that one repeats an earlier one.

Domain: Repeat incidents. The database finds the candidates; these functions weigh what they share. A word weighs the
more the fewer earlier incidents speak of it, so that no list of words to leave out is needed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt
from typing import Final

PROPOSED: Final = 5
NAMED_WORDS: Final = 4
# What each kind of evidence counts for beside the words, which alone make some 0.2 to 0.8 of a likeness.
TITLE_WEIGHS: Final = 0.2
SERVICE_WEIGHS: Final = 0.04
SAME_ORGANISATION: Final = 0.1
# Below this nothing is proposed: a common service or a common turn of speech is no resemblance.
LEAST: Final = 0.15
# Words that more earlier incidents speak of together are weighed, and not looked for.
COMMON_SHARE: Final = 0.1
# A title this much alike, by its trigrams, is evidence that is worth a mention.
TITLES_ALIKE: Final = 0.3


@dataclass(frozen=True)
class SoughtIncident:
    """The incident for which earlier ones are looked for. `words`: the root of each word it speaks of, and the word as
    it stands there. `known_in`: in how many of `among` earlier incidents each root occurs."""

    words: Mapping[str, str]
    known_in: Mapping[str, int]
    among: int
    organisation: str | None = None

    def weight(self, root: str) -> float:
        """Next to nothing for a word that every earlier incident speaks of."""
        return log((self.among + 1) / (self.known_in.get(root, 0) + 0.5))


@dataclass(frozen=True)
class Candidate:
    """An earlier incident: the roots that both speak of, how many it speaks of in all, and how alike the titles are by
    their trigrams, 0 to 1."""

    key: int
    shared: Sequence[str]
    size: int
    title_likeness: float
    services: Sequence[str] = ()
    organisation: str | None = None


@dataclass(frozen=True)
class LookAlike:
    key: int
    score: float
    services: tuple[str, ...]
    words: tuple[str, ...]
    evidence: str


def look_alikes(
    filters: SoughtIncident, candidates: Iterable[Candidate], limit: int = PROPOSED
) -> list[LookAlike]:
    """The likest first, each with its evidence in words."""
    scored = sorted(
        ((likeness(filters, candidate), candidate) for candidate in candidates),
        key=lambda pair: (-pair[0], -pair[1].key),
    )
    return [_explained(filters, score, row) for score, row in scored[:limit] if score >= LEAST]


def likeness(filters: SoughtIncident, candidate: Candidate) -> float:
    """From 0. The words of both, rare ones above common ones, over what each says: a long record is not like all."""
    weights = {root: filters.weight(root) for root in filters.words}
    usual = sum(weights.values()) / (len(weights) or 1)
    shared = sum(weights[root] for root in candidate.shared)
    score = shared / (usual * sqrt(len(weights) * candidate.size)) if shared else 0.0
    if candidate.title_likeness >= TITLES_ALIKE:
        score += TITLE_WEIGHS * candidate.title_likeness
    if candidate.services:
        score += SERVICE_WEIGHS
    if filters.organisation and filters.organisation == candidate.organisation:
        score += SAME_ORGANISATION
    return score


def rarest(filters: SoughtIncident, most: int) -> list[str]:
    """The words to look for. `most` is how many earlier incidents are counted at the most: where there are no more,
    every word that they know; among more, the rarest of which one in ten speak together, and those that none knew."""
    is_counted = filters.among < most
    chosen, expected = list[str](), 0.0
    for root in sorted(filters.words, key=lambda root: (filters.known_in.get(root, 0), root)):
        known = filters.known_in.get(root, 0)
        if is_counted and not known:
            continue
        expected += known
        if not is_counted and expected > COMMON_SHARE * filters.among:
            break
        chosen.append(root)
    return chosen


def _explained(filters: SoughtIncident, score: float, candidate: Candidate) -> LookAlike:
    roots = sorted(candidate.shared, key=lambda root: (-filters.weight(root), root))
    words = tuple(dict.fromkeys(filters.words[root].lower() for root in roots))[:NAMED_WORDS]
    reasons = []
    if candidate.services:
        reasons.append(f"same service{'s' * (len(candidate.services) > 1)} {_listed(candidate.services)}")
    if words:
        reasons.append(f"both speak of {_listed(words)}")
    if candidate.title_likeness >= TITLES_ALIKE:
        reasons.append("the titles are much alike")
    sentence = "; ".join(reasons)
    return LookAlike(
        candidate.key, score, tuple(candidate.services), words, sentence[0].upper() + sentence[1:] + "."
    )


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
