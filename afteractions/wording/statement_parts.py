"""A learning statement read once: its tokens, the clauses they stand in, who may act in it, and what speaks of time."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from afteractions.wording.dates import times
from afteractions.wording.words.statement_words import (
    ABSTRACTIONS,
    ACTORS,
    BEING,
    CHANGES,
    DEALING,
    DETERMINERS,
    FIELDS,
    HAPPENED,
    INTENTIONS,
    JUDGEMENTS,
    MODALS,
    NO_DOERS,
    OTHER_ACTORS,
    PAST,
    PRAISE,
    PREPOSITIONS,
    THINGS,
    words,
)

_TOKEN = re.compile(
    r"(?P<quote>`[^`\n]{1,80}`|\"[^\"\n]{1,120}\"|“[^”\n]{1,120}”|(?<!\w)['‘][^'’\n]{2,80}['’](?!\w))|"
    r"(?P<arrow>-+>|=>|→|➔)|"
    r"(?P<number>[<>≤≥=~]{0,2} ?\d(?:[\d.,']*\d)?(?:%| ?%)?)(?![\w/_-]*[a-z_]\w)|"
    r"(?P<word>@?[^\W_][\w'’&+]*(?:[-_/\\.][\w'’&+]+)*\\?@?)|"
    r"(?P<stop>[.!?;\n]+)|(?P<mark>[,:()\[\]|–—/+=*-])"
)
# Longer ones are no identifier, and would be looked through again from each of their signs.
LONGEST_IDENTIFIER = 80
_IDENTIFIER = re.compile(
    r"\w*\d\w*[a-zA-Z_]|\w*[a-zA-Z_][\w-]*\d|\w+_\w+|\w+\.\w{2,}|[a-z]+[A-Z]\w*|[A-Z]{2,}s?$|\w+[/\\]\w+|[A-Z]+-\w+"
)
_UNIT = words("""
ms s sec secs second seconds min mins minute minutes h hr hrs hour hours gb mb tb kb kib mib gib g m k req
msgs messages percent cores pods nodes instances stores users calls people staff copies pieces times kg km v a
kw days day weeks months
""")
_COUNTS = words("""
two three four five six seven eight nine ten twelve twenty thirty dozen
""")
_MARKS_THAT_PART = frozenset(",:()[]|–—-/")
NAME = "name"
_ROLE_WORDS = ACTORS | FIELDS
_NO_NAME = (
    CHANGES
    | INTENTIONS
    | ABSTRACTIONS
    | ACTORS
    | FIELDS
    | PREPOSITIONS
    | DETERMINERS
    | BEING
    | MODALS
    | PAST
    | PRAISE
    | JUDGEMENTS
)
_HEADS = ACTORS | OTHER_ACTORS
_RANK = re.compile(r"(?:1st|2nd|3rd|[1-4]th|l[1-4])")
_WILL = words("will shall must")
_OF_AND = words("of for")
_OF = words("""
head director vp chief dept department owner manager office
""")


Features = dict[str, float]


@dataclass(slots=True)
class Token:
    text: str
    lower: str
    start: int
    end: int
    # word, number, identifier, quote, arrow, stop, mark, time, name
    kind: str
    time: str = ""
    clause: int = 0
    segment: int = 0


@dataclass(slots=True)
class Statement:
    """`clauses` and `segments`: the tokens between full stops, and between marks of any kind."""

    tokens: list[Token]
    clauses: list[list[Token]] = field(default_factory=list)
    segments: list[list[Token]] = field(default_factory=list)
    past: list[bool] = field(default_factory=list)


def read(text: str, persons: Iterable[tuple[int, int]] = ()) -> Statement:
    """The parts of a text. `persons`: where it names somebody."""
    statement = Statement(list(_tokens(text, persons)))
    clause: list[Token] = []
    segment: list[Token] = []
    for token in statement.tokens:
        token.clause, token.segment = len(statement.clauses), len(statement.segments)
        if token.kind in ("stop", "arrow") or token.lower == ":":
            if clause:
                statement.clauses.append(clause)
            clause = []
        else:
            clause.append(token)
        if token.kind in ("stop", "arrow") or token.text in _MARKS_THAT_PART:
            if segment:
                statement.segments.append(segment)
            segment = []
        else:
            segment.append(token)
    if clause:
        statement.clauses.append(clause)
    if segment:
        statement.segments.append(segment)
    statement.past = [_is_past(row) for row in statement.clauses]
    return statement


def _is_past(clause: list[Token]) -> bool:
    """Whether a clause tells what happened: "was affected", but not "affected hosts are listed"."""
    for number, token in enumerate(clause):
        if is_third_person(token.lower) or token.lower in ("will", "shall", "must"):
            return False
        if token.lower in PAST or token.lower in HAPPENED:
            before = clause[number - 1].lower if number else ""
            if token.lower in PAST or before not in BEING | DETERMINERS | {"", "all", "to"}:
                return True
    return False


def _tokens(text: str, persons: Iterable[tuple[int, int]]) -> Iterator[Token]:
    """Words, with each time and each person as one token."""
    whole = sorted(
        [
            *((row.start, row.end, row) for row in times(text)),
            *((start, end, None) for start, end in persons),
        ],
        key=lambda item: (item[0], -item[1]),
    )
    place = 0
    for start, end, time in whole:
        if start < place:
            continue
        yield from _plain(text, place, start)
        data = text[start:end]
        yield Token(data, data.lower(), start, end, "time" if time else NAME, time.kind if time else "")
        place = end
    yield from _plain(text, place, len(text))


def _plain(text: str, begin: int, end: int) -> Iterator[Token]:
    for hit in _TOKEN.finditer(text, begin, end):
        kind = hit.lastgroup or "mark"
        data = hit.group()
        if (
            kind == "word"
            and _IDENTIFIER.match(data[:LONGEST_IDENTIFIER])
            and data.lower() not in _ROLE_WORDS
        ):
            kind = "identifier"
        elif data.lower() in _COUNTS:
            kind = "number"
        yield Token(data, data.lower().replace("’", "'"), hit.start(), hit.end(), kind)


def is_unit(token: Token) -> bool:
    """Whether a word is what numbers count: "ms", "GB", "stores"."""
    return token.lower in _UNIT


def is_third_person(word: str) -> bool:
    """Whether a word may say what somebody does: "moves", "adds"."""
    return word.endswith("s") and not word.endswith("ss") and (word in CHANGES or word in INTENTIONS)


def word_class(token: Token | None) -> str:
    """What kind of neighbour a token is."""
    if token is None:
        return "edge"
    if token.kind in ("stop", "arrow", "number", "identifier", "quote", NAME):
        return token.kind
    if token.kind == "mark":
        return token.text
    if token.kind == "time":
        return "time"
    word = token.lower
    for name, members in _CLASSES:
        if word in members:
            return name
    if is_third_person(word):
        return "does"
    if word in CHANGES or word in INTENTIONS:
        return "verbing" if word.endswith("ing") else "verb"
    if word.endswith("ing"):
        return "ing"
    if word.endswith("ed"):
        return "ed"
    if word.endswith("ly"):
        return "ly"
    if word.endswith("s") and not word.endswith("ss"):
        return "s"
    return "other"


_CLASSES = (
    ("to", frozenset({"to"})),
    ("by", frozenset({"by"})),
    ("until", frozenset({"until", "till", "before", "from"})),
    ("for", frozenset({"for"})),
    ("with", frozenset({"with", "between", "among"})),
    ("of", frozenset({"of"})),
    ("and", frozenset({"and", "&", "or", "+", "und"})),
    ("will", frozenset({"will", "shall", "must", "'ll"})),
    ("should", frozenset({"should", "could", "would", "may", "might", "can", "need", "needs"})),
    ("who", frozenset({"who", "that", "which", "if", "when", "so"})),
    ("has", frozenset({"has", "have"})),
    ("past", PAST),
    ("gets", frozenset({"get", "gets", "receives", "getting"})),
    ("is", BEING),
    ("preposition", PREPOSITIONS),
    ("determiner", DETERMINERS),
    ("modal", MODALS),
    ("owner", frozenset({"owner", "responsible", "owns", "assigned", "assignee", "resp"})),
    ("dealing", DEALING),
)


_NEVER_OF_ROLES = PREPOSITIONS | PAST | BEING | MODALS | DEALING


@dataclass(frozen=True, slots=True)
class Actor:
    """Who may act: `first` and `last` are places of tokens, `kind` says by what they are known. `sure`: by a word
    that is said of hardly anything else."""

    first: int
    last: int
    kind: str
    sure: bool = True


def actors(statement: Statement) -> Iterator[Actor]:
    """Everybody who is mentioned, by the last word of what they are called."""
    tokens = statement.tokens
    number = taken = 0
    while number < len(tokens):
        token = tokens[number]
        if token.kind == NAME or token.text.startswith("@"):
            yield Actor(number, number, NAME)
        elif token.kind == "word" and _is_head(tokens, number):
            first = number
            while first > taken and number - first < 4 and _belongs(tokens[first - 1]):
                first -= 1
            while first < number and (
                tokens[first].lower in DETERMINERS or tokens[first].lower in ("and", "&", "of")
            ):
                first += 1
            number = _end_of_role(tokens, number)
            yield Actor(first, number, "role", sure=token.lower not in OTHER_ACTORS)
            taken = number + 1
        elif last := _end_of_somebody(tokens, number):
            yield Actor(number, last - 1, "somebody")
            number = last - 1
        elif last := _end_of_a_body(tokens, number):
            yield Actor(number + 1, last - 1, "body", sure=False)
            number = last - 1
        elif token.kind == "word" and _is_doer(token.lower):
            yield Actor(number, number, "doer", sure=False)
        number += 1


def _is_head(tokens: list[Token], number: int) -> bool:
    """Whether a word is the last of a role: "owner" in "owner: storage" is none, nor "team" in "team lead"."""
    if tokens[number].text == "IT":
        return True
    word = tokens[number].lower.removesuffix("'s").removesuffix(".")
    last = word.rsplit("/", 1)[-1].rsplit("-", 1)[-1]
    if not {word, last} & _HEADS and not word.endswith(("ops", "sec")):
        return False
    after = tokens[number + 1] if number + 1 < len(tokens) else None
    return after is None or after.kind != "word" or after.lower not in _HEADS


def _end_of_role(tokens: list[Token], number: int) -> int:
    """The last word of "head of network operations"."""
    if tokens[number].lower in _OF and number + 2 < len(tokens) and tokens[number + 1].lower in ("of", "for"):
        number += 2
        while number + 1 < len(tokens) and tokens[number + 1].lower in _ROLE_WORDS:
            number += 1
    return number


def _end_of_somebody(tokens: list[Token], number: int) -> int:
    """Where unknown words end that begin a clause and are to do something, as in "Sofia to remove"; 0 where none do."""
    if (
        number
        and tokens[number - 1].kind not in ("stop", "arrow", "time")
        and tokens[number - 1].text not in ":,–—-("
    ):
        return 0
    for place in range(number, min(number + 3, len(tokens) - 1)):
        token = tokens[place]
        if token.kind not in ("word", "identifier") or token.lower in _NO_NAME or not token.text.isalpha():
            return 0
        if place > number and not token.text[0].isupper():
            return 0
        after = tokens[place + 1].lower
        if after in ("to", "will", "shall") or (token.text[0].isupper() and is_third_person(after)):
            return place + 1
    return 0


def _end_of_a_body(tokens: list[Token], number: int) -> int:
    """Where "The Exchange" ends that begins a clause and will do something; 0 where nothing like that stands."""
    if tokens[number].lower not in ("the", "our") or (
        number and tokens[number - 1].kind not in ("stop", "arrow")
    ):
        return 0
    for place in range(number + 1, min(number + 6, len(tokens))):
        token = tokens[place]
        if token.lower in _WILL:
            return place if place > number + 1 else 0
        if (
            token.kind not in ("word", "identifier")
            or token.lower in THINGS
            or token.lower in _NEVER_OF_ROLES - _OF_AND
        ):
            return 0
    return 0


def _is_doer(word: str) -> bool:
    """Whether a word ends as those do that say what somebody does: "forecaster", "electrician"."""
    return (
        len(word) > 5
        and word.removesuffix("s").endswith(("er", "or", "ist", "ician", "man", "woman", "eer", "men"))
        and word not in NO_DOERS
        and word not in THINGS
        and word not in CHANGES
        and word not in ABSTRACTIONS
    )


def _belongs(token: Token) -> bool:
    """Whether a word goes with what follows it, as "storage" does with "team"."""
    if token.kind == "identifier":
        return bool(_RANK.fullmatch(token.lower)) or not any(map(str.isdigit, token.text))
    if token.kind != "word" or token.lower in _NEVER_OF_ROLES:
        return False
    return not is_third_person(token.lower) and token.lower not in {
        "when",
        "if",
        "so",
        "because",
        "as",
        "that",
        "or",
    }


def is_abstract(word: str) -> bool:
    """Whether a word is an abstraction, by the list or by its ending: a partition, a document or a rotation is none."""
    return word in ABSTRACTIONS or (
        word not in THINGS and word.endswith(("ness", "ment", "tion", "ship", "ance", "ence", "ity", "ture"))
    )


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is weighed for one kind of finding: `whole` of the statement, `each` of whatever may be what is wanted, of
    which one is enough."""

    whole: Features
    each: list[Features] = field(default_factory=list)
