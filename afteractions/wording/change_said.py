"""What a learning statement has of a change: words, classes of words, and what stands beside what."""

import math
from collections import Counter
from itertools import pairwise

from afteractions.wording.statement_parts import Actor, Evidence, Features, Statement, is_abstract, is_unit
from afteractions.wording.words.statement_words import CHANGES, CLASSES_OF, EMPTY, kind_of


def of_the_change(text: str, statement: Statement, acting: list[Actor]) -> Evidence:
    """What speaks for a change, and against one: a single clause that names one is enough."""
    return Evidence(_of_the_whole(text, statement, acting), _of_clauses(statement, acting))


def _of_the_whole(text: str, statement: Statement, acting: list[Actor]) -> Features:
    tokens = statement.tokens
    hidden = {number for row in acting for number in range(row.first, row.last + 1)}
    content: list[str] = []
    classes: Counter[str] = Counter()
    features: Features = {}
    sequence: list[str] = ["^"]
    for number, token in enumerate(tokens):
        past = token.clause < len(statement.past) and statement.past[token.clause]
        if token.kind == "time":
            # An hour or a rhythm is part of the change, a date is not.
            if token.time in ("hour", "recurring", "span", "release"):
                classes["rhythm"] += 1
                sequence.append("<rhythm>")
            elif token.time == "soon":
                classes["soon"] += 1
            continue
        if number in hidden:
            sequence.append("<actor>")
            continue
        if token.kind in ("number", "identifier", "quote", "arrow"):
            classes[f"{token.kind}{' told' if past else ''}"] += 1
            sequence.append(f"<{token.kind}>")
            continue
        if token.kind != "word":
            if token.kind == "stop" or token.text in ":":
                sequence.append("^")
            continue
        word = token.lower
        sequence.append(word)
        features[f"w:{_stem(word)}"] = 0.5
        if len(word) > 4:
            features[f"e:{word[-4:]}"] = 0.25
        for name in CLASSES_OF.get(word, ()):
            classes[name] += 1
        if word in CHANGES and not past:
            classes["change now"] += 1
        if is_abstract(word):
            classes["abstract shape"] += 1
        if len(word) > 3 and word not in EMPTY:
            content.append(word)
            classes["rest told" if past else "rest"] += 1
        if token.text[0].isupper() and sequence[-2] != "^":
            classes["capital"] += 1
        if is_unit(token) and number and tokens[number - 1].kind == "number":
            classes["unit"] += 1
    words = sum(token.kind == "word" for token in tokens) or 1
    for name, times in classes.items():
        features[f"c:{name}"] = 1.0
        if times > 1:
            features[f"c:{name} twice"] = 1.0
        features[f"s:{name}"] = 3 * min(1.0, times / words)
    for first, second in pairwise(sequence):
        features[f"b:{kind_of(first)} {kind_of(second)}"] = 0.5
    for clause, past in zip(statement.clauses, statement.past, strict=True):
        begin = [token for token in clause if token.kind != "mark"][:1]
        if begin:
            features[f"begins:{kind_of(begin[0].lower) if begin[0].kind == 'word' else begin[0].kind}"] = 1.0
        if not past:
            features["c:clause now"] = 1.0
    features["length"] = math.log1p(words) / 3
    features["content"] = math.log1p(len(set(content))) / 2
    features["things"] = (
        math.log1p(classes["thing"] + classes["identifier"] + classes["number"] + classes["quote"]) / 2
    )
    features["clauses"] = min(4, len(statement.clauses)) / 4
    past_clauses = sum(statement.past)
    features["told alone"] = float(bool(past_clauses) and past_clauses == len(statement.clauses))
    features["told first"] = float(
        len(statement.clauses) > 1 and statement.past[0] and not statement.past[-1]
    )
    if tokens and tokens[0].lower in ("continue", "keep", "keeping", "continuing"):
        features["kept"] = 1.0
        for name in ("thing", "rhythm", "number", "identifier", "praise", "judgement", "hour", "change"):
            features[f"kept {name}"] = float(classes[name] > 0)
    features["question"] = float("?" in text)
    features["cry"] = float("!" in text)
    return features


def _of_clauses(statement: Statement, acting: list[Actor]) -> list[Features]:
    """What each clause has, as one that names a change is enough."""
    hidden = {id(statement.tokens[number]) for row in acting for number in range(row.first, row.last + 1)}
    sentences = []
    for clause, text in zip(statement.clauses, statement.past, strict=True):
        seen: Counter[str] = Counter()
        tokens = [token for token in clause if id(token) not in hidden]
        for token in tokens:
            if token.kind == "time":
                seen["rhythm"] += token.time in ("hour", "recurring", "span", "release", "version")
            elif token.kind != "word":
                seen[token.kind] += token.kind != "mark"
            else:
                for name in CLASSES_OF.get(token.lower, ()):
                    seen[name] += 1
                seen["unit"] += is_unit(token)
                seen["rest"] += len(token.lower) > 3 and token.lower not in EMPTY
        here = [name for name in _TELLING if seen[name]]
        when = "told" if text else "now"
        features = {f"clause {when}": 1.0, f"clause rest {min(6, seen['rest'])}": 0.5}
        features |= {f"clause {name}": 0.5 for name in here}
        features |= {
            f"clause {when} {first}+{second}": 0.5 for first in here for second in here if first < second
        }
        features["clause things"] = (
            math.log1p(seen["thing"] + seen["number"] + seen["identifier"] + seen["quote"] + seen["rest"]) / 2
        )
        sentences.append(features)
    return sentences


_TELLING = (
    "change",
    "thing",
    "number",
    "identifier",
    "quote",
    "arrow",
    "rhythm",
    "unit",
    "judgement",
    "intention",
    "hedge",
    "modal",
    "everybody",
    "not",
    "abstraction",
    "being",
)


def _stem(word: str) -> str:
    if len(word) <= 4:
        return word
    for ending in ("ing", "ed", "es", "s", "e", "ly"):
        if word.endswith(ending):
            return word.removesuffix(ending)
    return word
