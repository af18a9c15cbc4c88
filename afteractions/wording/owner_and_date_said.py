"""What a learning statement has of an owner and of a date: whoever is mentioned, whatever time is, and how."""

from collections.abc import Iterator

from afteractions.wording.statement_parts import (
    Actor,
    Evidence,
    Features,
    Statement,
    Token,
    is_third_person,
    word_class,
)
from afteractions.wording.words.statement_words import (
    ACTORS,
    BEING,
    CHANGES,
    DETERMINERS,
    EVERYBODY,
    FIELDS,
    FIELDS_THAT_ACT,
    MODALS,
    NEGATIONS,
    OCCASIONS,
    OUTSIDERS,
    PAST,
    PREPOSITIONS,
    kind_of,
    words,
)

_OBJECT = words("""
determiner number quote identifier other s preposition to
""")
_DEALT_WITH = words("""
for with of preposition dealing
""")
# Who continues is known already.
_KEPT = words("continue continuing keep keeping carry")
_GETS = words("get gets receive receives")
_GIVEN = words("""
given told taught shown trained informed asked paid equipped provided offered invited briefed sent paged notified
reminded made encouraged expected thanked involved supported called contacted warned kept consulted
""")
_LEADING = words("""
will should to modal has not
""")
_NO_DATES = words("""
recurring soon hour span never version
""")
_DEADLINES = words("""
by before until till due deadline prior latest from starting start starts as
""")
# What makes an owner likely before it is weighed.
_HINTS = frozenset(
    [
        *(f"{kind} {place}" for kind in ("role", "name", "somebody") for place in ("first", "amid", "last")),
        "note before a time",
        "note of a field last",
    ]
)
_OWNING = words("""
owner owners owned owns responsible assigned assignee resp we everyone everybody people somebody someone
nobody
""")
_TIMING = words("""
before until till by from after starting start starts beginning begins since at for with on in due deadline
eta as latest prior ahead effective during valid live now already done next
""")
_NO_NOTE = frozenset().union(
    PREPOSITIONS,
    PAST,
    MODALS,
    BEING,
    NEGATIONS,
    ["stop", "start", "continue", "gap", "change", "action", "when", "if"],
)
_BEFORE_A_TIME = PREPOSITIONS | {"due", "deadline", "eta"}
_ANY = words("""
each every any a an another
""")
_NEXT = words("""
next coming upcoming following
""")


def of_the_owner(statement: Statement, acting: list[Actor]) -> Evidence:
    """Whoever may be the owner; one is enough."""
    tokens = statement.tokens
    features: Features = {}
    for token in tokens:
        if token.kind == "word" and token.lower in _OWNING and not statement.past[token.clause]:
            features[f"w:{token.lower}"] = 1.0
    if tokens and tokens[0].kind == "word":
        features[f"begins:{kind_of(tokens[0].lower)}"] = 0.5
        features["kept"] = float(tokens[0].lower in _KEPT)
    lefts = _lefts(statement, acting)
    candidates = [
        *(_of_an_actor(statement, row, left) for row, left in zip(acting, lefts, strict=True)),
        *_of_notes(statement),
    ]
    features["none"] = float(not any(_HINTS & candidate.keys() for candidate in candidates))
    return Evidence(features, candidates)


def _start(tokens: list[Token], actor: Actor) -> int:
    """The place at which an actor begins, with the articles before."""
    start = actor.first
    while start > 0 and tokens[start - 1].kind == "word" and tokens[start - 1].lower in DETERMINERS:
        start -= 1
    return start


def _lefts(statement: Statement, acting: list[Actor]) -> Iterator[str]:
    """What stands before each; before "B" and "C" in "with A, B and C" it is what stands before "A"."""
    tokens, end, left = statement.tokens, -1, ""
    for actor in acting:
        start = _start(tokens, actor)
        joined = 0 <= end < start <= end + 4 and all(
            token.text in (",", "/", "+") or word_class(token) in ("and", "other")
            for token in tokens[end + 1 : start]
        )
        left = left if joined and left in _DEALT_WITH else word_class(tokens[start - 1] if start else None)
        end = actor.last
        yield left


def _of_an_actor(statement: Statement, actor: Actor, left: str) -> Features:
    tokens = statement.tokens
    first, last = actor.first, actor.last
    start = _start(tokens, actor)
    before = tokens[start - 1] if start else None
    after_place = _past_brackets(tokens, last + 1)
    after = tokens[after_place] if after_place < len(tokens) else None
    # Whoever is told, served, met or given something is weighed apart from those who may act.
    receives = left in _DEALT_WITH or _is_given(tokens, after_place)
    kind = f"{actor.kind} dealt with" if receives else actor.kind
    right = word_class(after)
    if after is not None and after.kind == "word" and right == "s" and after_place + 1 < len(tokens):
        right = (
            f"s {word_class(tokens[after_place + 1])}"
            if word_class(tokens[after_place + 1]) in _OBJECT
            else "s"
        )
    past = statement.past[tokens[last].clause] if tokens[last].clause < len(statement.past) else False
    alone = (
        len(statement.segments[tokens[last].segment]) == last - start + 1
        if tokens[last].segment < len(statement.segments)
        else False
    )
    place = "first" if not start else "last" if after_place >= len(tokens) - 1 else "amid"
    features = {
        f"{kind} left {left}": 0.5,
        f"{kind} right {right}": 0.5,
        f"{left} {kind} {right}": 1.0,
        f"{kind} {place}": 0.5,
        f"{kind} {'told' if past else 'now'}": 0.5,
        f"{kind} {'told' if past else 'now'} {right}": 0.5,
        f"{kind} alone {alone} {place}": 1.0,
        f"{kind} {'one word' if first == last else 'words'}": 0.3,
    }
    if actor.kind == "role":
        head, dealt = tokens[last].lower, kind.removeprefix(actor.kind)
        sort = (
            "everybody"
            if head in EVERYBODY and first == last
            else "field"
            if head in FIELDS_THAT_ACT
            else "outsider"
            if head in OUTSIDERS
            else "letters"
            if tokens[last].text.isupper()
            else "role"
        )
        features |= {
            f"head {head}": 0.5,
            f"sort {sort}{dealt}": 1.0,
            f"sort {sort}{dealt} {right}": 0.5,
            f"sort {sort} left {left}": 0.5,
        }
    if receives:
        features["dealt with"] = 1.0
    if right in _LEADING and after_place + 1 < len(tokens):
        features[f"{kind} {right} {word_class(tokens[after_place + 1])}"] = 1.0
    if tokens[last].lower.endswith(("'s", "s'")):
        features[f"{kind} has"] = 1.0
    if before is not None and before.kind == "word":
        features[f"{kind} after {before.lower}"] = 0.5
    if after is not None and after.kind == "word":
        features[f"{kind} before {after.lower}"] = 0.5
    if start > 1 and before is not None and before.kind == "word" and tokens[start - 2].kind == "word":
        features[f"{word_class(tokens[start - 2])} {left} {kind}"] = 0.5
    return features


def _is_given(tokens: list[Token], place: int) -> bool:
    """Whether "(shall) be given", "are told" or "get" follows: then somebody else acts."""
    while place < len(tokens) and tokens[place].lower in MODALS | BEING and tokens[place].lower not in _GETS:
        place += 1
    if place >= len(tokens):
        return False
    word = tokens[place].lower
    return word in _GETS or (word in _GIVEN and tokens[place - 1].lower in BEING)


def _past_brackets(tokens: list[Token], place: int) -> int:
    """The place after "(...)", where such follows."""
    if place < len(tokens) and tokens[place].text == "(":
        for number in range(place, min(place + 6, len(tokens))):
            if tokens[number].text == ")":
                return number + 1
    return place


def _of_notes(statement: Statement) -> Iterator[Features]:
    """Short notes between marks, such as "Pricing devs" or "(storage)": an owner, though no word says so."""
    segments = statement.segments
    places = {id(token): place for place, token in enumerate(statement.tokens)}
    for number, segment in enumerate(segments):
        values = [token for token in segment if token.kind in ("word", "identifier", "name")]
        others = len(segment) - len(values)
        if not 0 < len(values) <= 4 or others or any(word.lower in _NO_NOTE for word in values):
            continue
        if any(
            is_third_person(word.lower) or (word.lower in CHANGES and word.lower not in FIELDS)
            for word in values
        ):
            continue
        place = "first" if not number else "last" if number == len(segments) - 1 else "amid"
        timed = number + 1 < len(segments) and all(
            token.kind in ("time", "number") or token.lower in _BEFORE_A_TIME
            for token in segments[number + 1]
        )
        capital = values[0].text[0].isupper()
        mark = statement.tokens[begin - 1] if (begin := places[id(segment[0])]) else None
        features = {
            f"note {place}": 1.0,
            f"note {place} after {word_class(mark)}": 1.0,
            f"note {place} {'Capital' if capital else 'small'} {min(3, len(values))}": 0.5,
            f"note ends {values[-1].lower[-3:]}": 0.5,
        }
        if timed:
            features["note before a time"] = 1.0
        if values[-1].lower in FIELDS or values[0].lower in FIELDS:
            features[f"note of a field {place}"] = 1.0
        if values[-1].kind == "identifier" and values[-1].text.isalpha():
            features[f"note of letters {place}"] = 0.5
        if any(word.lower in ACTORS or word.kind == "name" for word in values):
            features[f"note of a role {place}"] = 1.0
        yield features


def of_the_date(statement: Statement) -> Evidence:
    """Whatever may be the date; one is enough."""
    whole: Features = {"none": 1.0}
    items: list[Features] = []
    for number, token in enumerate(statement.tokens):
        if token.kind == "time":
            items.append(_of_a_time(statement, number))
            if token.time not in _NO_DATES:
                whole["none"] = 0.0
        elif token.kind == "word" and token.lower in _TIMING:
            whole[f"w:{token.lower}"] = 0.5
            if occasion := dict(_of_an_occasion(statement.tokens, number)):
                items.append(occasion)
    return Evidence(whole, items)


def _of_a_time(statement: Statement, number: int) -> Features:
    tokens = statement.tokens
    token = tokens[number]
    sort = "rhythm" if token.time in _NO_DATES else "date"
    when = "told" if statement.past[token.clause] else "now"
    place = "last" if token.clause == len(statement.clauses) - 1 else "amid"
    before = tokens[number - 1] if number else None
    if before is not None and before.lower == "the" and number > 1:
        before = tokens[number - 2]
    after = tokens[number + 1] if number + 1 < len(tokens) else None
    left = before.lower if before is not None and before.kind in ("word", "mark") else word_class(before)
    features = {
        "time": 1.0,
        token.time: 1.0,
        f"{left} {token.time}": 1.0,
        f"{left} {sort}": 0.7,
        f"{token.time} {word_class(after)}": 0.5,
        f"{token.time} {when}": 0.7,
        f"{sort} {when} {place}": 1.0,
    }
    if left in _DEADLINES:
        features[f"deadline {token.time}"] = 1.0
    if len(statement.segments[token.segment]) == 1:
        features[f"{token.time} alone"] = 1.0
        end = "end" if token.segment == len(statement.segments) - 1 else "amid"
        features[f"{token.time} alone {end}"] = 1.0
        features[f"{sort} alone"] = 0.5
    return features


def _of_an_occasion(tokens: list[Token], number: int) -> Iterator[tuple[str, float]]:
    """ "Before the freeze" says when, and so does "at the renewal"; "before a restart" does not."""
    word = tokens[number].lower
    for place in range(number + 1, min(number + 6, len(tokens))):
        token = tokens[place]
        if token.kind == "time":
            return
        if token.kind in ("stop", "mark", "arrow"):
            break
        if token.lower in _ANY:
            yield f"{word} any", 1.0
            return
        if (
            token.kind == "identifier"
            and token.text.isupper()
            and token.text.isalpha()
            and place == number + 1
        ):
            yield f"{word} letters", 1.0
        if token.lower in _NEXT:
            yield f"{word} next", 1.0
        if token.lower in OCCASIONS:
            yield f"{word} occasion", 1.0
            if word in _DEADLINES:
                yield "deadline occasion", 1.0
            yield "occasion", 0.5
            return
