"""What a learning statement has: an object, a change to it, a measure, an owner, a date, weighed by a linear model.

Seed: Learning Statements, "Specific, named, actionable". A list of vague words does not generalise: whatever a
statement says, it is specific by what it has. The weights are trained by script/train_statements on the labelled texts
of the tests, and kept in statement_weights.json.
"""

import json
import math
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

WEIGHTS = Path(__file__).with_name("statement_weights.json")
LONGEST_JUDGED = 1_000

_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*")
_CHANGES = re.compile(
    r"\b(?:add|adds|adding|writ|creat|build|builds|configur|set|sets|cap|caps|limit|mov|delet|remov|renam|replac|rotat|"
    r"block|reject|requir|refus|split|lower|rais|pin|pins|test|automat|alert|page|pages|log|logs|publish|install|enabl|"
    r"disabl|document|updat|chang|schedul|stor|copy|copies|migrat|switch|turn|drill|restor|record|verif|validat|send|sends|"
    r"list|lists|stop|start|run|runs|put|puts|mak|giv|own|owns|upgrad|expos|measur|fail|fails|cut|cuts|keep|keeps)\w{0,3}\b",
    re.IGNORECASE,
)
_INTENTIONS = re.compile(
    r"\b(?:improv|better|more|enhanc|strengthen|increas|tighten|optimi[sz]|consider|ensur|promot|encourag|foster|clarif|"
    r"communicat|collaborat|coordinat|aware|awareness|careful|attention|vigilan|proactive|should|need|try|follow|adher|"
    r"respect|remember|avoid|prevent|felt|feel|feels|understand|know|be|read|learn|review|look|discuss|think|think|help|"
    r"support|align|focus|address|stay|important|sometimes|often|always|never|everyone|everybody|people|stakeholders|"
    r"appropriate|proper|properly|thorough|robust|quick|quickly|faster|sooner|earlier|timely|good|well|clear|clearly)\w{0,5}\b",
    re.IGNORECASE,
)
_MEASURE = re.compile(r"\d")
_NAMED = re.compile(
    r"`[^`]+`|\"[^\"]+\"|“[^”]+”|\b\w+[_/.]\w+\b|\b[A-Z]{2,}\b|\b[a-z]+[A-Z]\w*\b|\b\w+-\d+\b|\bstep \d+"
)
_PURPOSE = re.compile(
    r"\b(?:so that|when|whenever|before|after|until|instead of|rather than|for every|each|if|that|which|where|from|to|"
    r"in|on|of|with|by)\b",
    re.IGNORECASE,
)
_GAP = re.compile(r"\b(?:was|were|did not|had no|has no|does not|took|missing|lacked|no)\b", re.IGNORECASE)


def features(text: str) -> dict[str, float]:
    """What the statement has, as numbers of about one; what the model weighs."""
    text = text[:LONGEST_JUDGED]
    words = [word.lower() for word in _WORD.findall(text)]
    content = [word for word in words if len(word) > 3]
    found = {
        "length": math.log1p(len(words)) / 3,
        "content": math.log1p(len(set(content))) / 3,
        "changes": min(2, sum(1 for _ in _CHANGES.finditer(text))) / 2,
        "intentions": min(3, sum(1 for _ in _INTENTIONS.finditer(text))) / 3,
        "share of intentions": sum(1 for _ in _INTENTIONS.finditer(text)) / max(1, len(content)),
        "measure": float(bool(_MEASURE.search(text))),
        "named": float(bool(_NAMED.search(text))),
        "purpose": min(4, sum(1 for _ in _PURPOSE.finditer(text))) / 4,
        "gap": float(bool(_GAP.search(text))),
        "sentences": min(3, text.count(".") + text.count(";")) / 3,
        "inner capitals": min(2, len(re.findall(r"(?<=[a-z,] )[A-Z]\w+", text))) / 2,
    }
    for word in set(words):
        found[f"w:{_stem(word)}"] = 0.5
    return found


def _stem(word: str) -> str:
    return re.sub(r"(?:ing|ed|es|s|e|ly)$", "", word) if len(word) > 4 else word


@lru_cache(maxsize=1)
def weights() -> Mapping[str, float]:
    """The weights as trained, by the names of `features`."""
    read: dict[str, float] = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return read


def vagueness(text: str, by: Mapping[str, float] | None = None) -> float:
    """How likely a statement says nothing specific, from 0 to 1."""
    weighed = weights() if by is None else by
    score = weighed.get("", 0.0) + sum(
        weighed.get(name, 0.0) * value for name, value in features(text).items()
    )
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))


def missing(text: str) -> Iterator[str]:
    """The parts that a vague statement lacks, in words."""
    if not _CHANGES.search(text):
        yield "what will be done"
    if not _NAMED.search(text):
        yield "the step, tool or document that will be different"
    if not _MEASURE.search(text):
        yield "a number that shows it"
