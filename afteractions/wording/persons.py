"""Names, handles and addresses of the people of this place in a text.

domain.md, No names in root cause. Case and diacritics are folded, and a name ends where a word ends, as the script has
it. A text is read once, whatever the number of people: its words lead to those that bear them.
"""

import re
import unicodedata
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from afteractions.wording.person_names import Name, is_named_like_a_person, parsed, words_of
from afteractions.wording.scripts import HAN, HAN_AND_KANA, TOKEN, WITHOUT_BLANKS, has_case, inner_words, stem
from afteractions.wording.sentences import (
    BEFORE_A_PLACE,
    Match,
    acts,
    before,
    begins_a_sentence,
    fold,
    folded,
    follows_an_article,
)
from afteractions.wording.words.name_words import (
    ARTICLES,
    NOT_OF_NAMES,
    ORDINARY_WORDS,
    PLACES,
    PRODUCT_NAMES,
)

_HAN_FORMS_OF_ADDRESS = "(?=さん|さま|くん|ちゃん|氏|様|君|先生|先輩|部長|課長)"
_SHORTEST_LOWER_CASE = 3
_SHORTEST_BARE_HANDLE = 3
_SHORTEST_UNSPACED_PART = 4
_CAPITAL_BEFORE = re.compile(r"([^\W\d_]+) $")
_CAPITAL_AFTER = re.compile(r" ([^\W\d_]+)")
_LONGEST_BESIDE = 30
_ANOTHER_HALF = re.compile(r"-(?!(?:led|san|sama|sensei|kun|chan|ji|ssi|nim)\b)[^\W\d_]")
_HALF_BEFORE = re.compile(r"[^\W\d_]-$")
# What may stand between two words of one part, and between two parts of one name.
_INSIDE = re.compile(r"['’ʼ`´‐‑.-]| ")
_BETWEEN = re.compile(r"[^\S\n]+|\.\s?|\s?[・·]\s?|[^\S\n][\"“'‘(]|[\"”'’)][^\S\n]")
_COMMA = re.compile(r",[^\S\n]*")
_LINE_END = re.compile(r"[^\S\n]*\n[^\S\n]*")
_LONGEST_BETWEEN = 20
_NO_NAMES_OF_OTHERS = ORDINARY_WORDS | PRODUCT_NAMES | NOT_OF_NAMES | PLACES
_NO_GIVEN_OR_FAMILY = ORDINARY_WORDS | NOT_OF_NAMES
_MONTHS = frozenset({"march", "april", "may", "june", "july", "august"})
_THINGS = (NOT_OF_NAMES | PLACES | PRODUCT_NAMES) - ORDINARY_WORDS
_NO_SURE_NAMES = ORDINARY_WORDS | PRODUCT_NAMES | NOT_OF_NAMES


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """Somebody registered. `responder`: of this incident, so that the given or family name alone is sure.

    Without an account somebody counts as a person only when named like one (`is_named_like_a_person`).
    """

    name: str
    handle: str = ""
    email: str = ""
    responder: bool = False
    has_account: bool = True


@dataclass(frozen=True, slots=True)
class _Hit:
    """A part of a name in the text: its words from the token `first` to the token `last`."""

    first: int
    last: int
    start: int
    end: int
    part: int


class _TextWords:
    """A text by its words: for each of them, where it stands."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[tuple[int, int]] = []
        self.places: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
        for number, hit in enumerate(TOKEN.finditer(text)):
            start, end = hit.span()
            self.tokens.append((start, end))
            word = hit.group()
            plain = fold(word)
            self.places[plain].append((number, start, end))
            if word[0].isupper() and (root := stem(plain)):
                self.places[root].append((number, start, end))
            for inner, outer in inner_words(word):
                self.places[fold(word[inner:outer])].append((number, start + inner, start + outer))
        self.words = frozenset(self.places)
        self.plain = [fold(text[start:end]) for start, end in self.tokens]
        self.unspaced = folded(text) if WITHOUT_BLANKS.search(text) else None

    def between(self, end: int, start: int) -> str | None:
        """What stands between two offsets; None when it is more than may stand inside a name."""
        return self.text[end:start] if 0 <= start - end <= _LONGEST_BETWEEN else None


def known_names(text: str, people: Iterable[KnownPerson]) -> list[Match]:
    """The registered names in the text, longest first where they overlap, in the order of the text.

    The given or family name alone of somebody who was no responder is not certain.
    """
    data = _TextWords(text)
    matches: list[Match] = []
    for person in people:
        # Thousands are registered and few are mentioned: most are ruled out by the words alone.
        name = parsed(person.name)
        addresses = _addresses_of(person.handle, person.email, person.name)
        if not addresses[1].isdisjoint(data.words):
            matches += _addresses_in(data, addresses[0])
        mentioned = (name.unspaced and data.unspaced) or not name.words.isdisjoint(data.words)
        if mentioned and _counts(person):
            matches += _names_of(person, name, data)
    return list(_joined(without_overlaps(matches), text))


def _counts(person: KnownPerson) -> bool:
    """Whether the name is a person's: a contact's only when it reads like one, an account's unless all of its words
    are those of roles and systems."""
    if not person.has_account:
        return is_named_like_a_person(person.name)
    return not all(fold(word) in NOT_OF_NAMES for word in words_of(person.name))


def _joined(matches: list[Match], text: str) -> Iterator[Match]:
    """Parts of a name that stand side by side are one: "García Fuentes" of María José García Fuentes."""
    last: Match | None = None
    for match in matches:
        beside = last is not None and text[last.end : match.start] == " " and text[match.start].isupper()
        if last is not None and beside and last.certain == match.certain:
            last = Match(last.start, match.end, last.certain)
            continue
        if last is not None:
            yield last
        last = match
    if last is not None:
        yield last


def without_overlaps(matches: Iterable[Match]) -> list[Match]:
    """The longest first where they overlap, in the order of the text."""
    kept: list[tuple[int, int, bool]] = []
    for match in sorted(matches, key=lambda item: (item.start - item.end, not item.certain, item.start)):
        place = bisect_left(kept, (match.end,))
        if not place or kept[place - 1][1] <= match.start:
            insort(kept, (match.start, match.end, match.certain))
    return [Match(*row) for row in kept]


@lru_cache(maxsize=16384)
def _addresses_of(handle: str, email: str, name: str) -> tuple[tuple[tuple[str, ...], ...], frozenset[str]]:
    """The ways to write somebody's address or handle, each as its words and what stands between them, before the first
    word first; and the first words of all."""
    handle = handle.lstrip("@").strip()
    written = [email] if email else []
    if handle:
        written.append(f"@{handle}")
        if fold(handle) not in _NO_SURE_NAMES and len(handle) >= _SHORTEST_BARE_HANDLE:
            written.append(handle)
    if email:
        written.append(f"@{email.split('@')[0]}")
    plain = [re.sub(r"[\W_]", "", fold(word)) for word in words_of(name)]
    if len(plain) > 1 and all(word.isascii() and word for word in plain) and not set(plain) <= NOT_OF_NAMES:
        given, family = plain[0], plain[-1]
        written += [f"@{given}{mark}{family}" for mark in ("", ".", "_", "-")]
        written += [f"@{given[0]}{family}", f"@{given[0]}.{family}"]
        if {given, family} & _NO_GIVEN_OR_FAMILY != {given, family}:
            written.append(f"{given}.{family}")
    forms = tuple(dict.fromkeys(_pieces(row) for row in written))
    return forms, frozenset(form[1] for form in forms if len(form) > 1)


def _pieces(address: str) -> tuple[str, ...]:
    pieces: list[str] = []
    end = 0
    for hit in TOKEN.finditer(address):
        pieces += [address[end : hit.start()], fold(hit.group())]
        end = hit.end()
    return tuple(pieces)


def _addresses_in(data: _TextWords, forms: Iterable[tuple[str, ...]]) -> Iterator[Match]:
    for form in forms:
        if len(form) < 2:
            continue
        words, marks = form[1::2], form[2::2]
        for number, start, _ in data.places.get(words[0], ()):
            last = number + len(words) - 1
            if data.plain[number : last + 1] != list(words):
                continue
            here = data.tokens[number : last + 1]
            apart = [data.text[one[1] : two[0]] for one, two in pairwise(here)]
            begin = start - len(form[0])
            if apart != list(marks) or begin < 0 or data.text[begin:start] != form[0]:
                continue
            # "@ann" is not in "x@ann" or "@@ann", and "ann" not in "@ann".
            previous = data.text[begin - 1 : begin]
            if not (
                previous == "@"
                or (form[0] and (previous.isalnum() or previous in ("_", ".", "/")) and previous)
            ):
                yield Match(begin, here[-1][1])


def _names_of(person: KnownPerson, name: Name, data: _TextWords) -> Iterator[Match]:
    if name.unspaced:
        if data.unspaced is not None:
            yield from _names_without_blanks(person, name.unspaced, data)
        return
    hits = _hits(name, data)
    run: list[_Hit] = []
    for hit in [*hits, None]:
        if run and hit is not None and _go_together(run, hit, name, data):
            run.append(hit)
            continue
        if run:
            yield from _judged(person, name, data, run)
        run = [hit] if hit is not None else []


def _hits(name: Name, data: _TextWords) -> list[_Hit]:
    """Where the parts of a name stand in the text, in its order, the longest of those that overlap."""
    hits: list[_Hit] = []
    for number, part in enumerate(name.parts):
        for words, accented in part.forms:
            for first, start, end in data.places.get(words[0], ()):
                last = first + len(words) - 1
                if last >= len(data.tokens) or data.plain[first + 1 : last + 1] != list(words[1:]):
                    continue
                here = data.tokens[first : last + 1]
                if any(not _INSIDE.fullmatch(data.text[one[1] : two[0]]) for one, two in pairwise(here)):
                    continue
                stop = here[-1][1] if len(words) > 1 else end
                # "ue" was an umlaut only where the text has one.
                if not accented or not data.text[start:stop].isascii():
                    hits.append(_Hit(first, last, start, stop, number))
    kept: list[_Hit] = []
    for hit in sorted(hits, key=lambda one_hit: (one_hit.start, -one_hit.end, one_hit.part)):
        if not kept or hit.start >= kept[-1].end:
            kept.append(hit)
        # A name that bears one word twice, as Ali Ali.
        elif (hit.start, hit.end) == (kept[-1].start, kept[-1].end) and (
            len(kept) > 1 and kept[-1].part == kept[-2].part != hit.part
        ):
            kept[-1] = hit
    return kept


def _go_together(run: list[_Hit], hit: _Hit, name: Name, data: _TextWords) -> bool:
    """Whether a part of the name goes on with what stands before it: the next one, or the given after the family."""
    last = run[-1]
    if hit.part in [row.part for row in run[-len(name.parts) :]] or len(run) >= len(name.parts):
        return False
    between = data.between(last.end, hit.start)
    if between is None:
        return False
    if _BETWEEN.fullmatch(between):
        return True
    if _COMMA.fullmatch(between):
        return hit.part < last.part
    if _LINE_END.fullmatch(between):
        return hit.part > last.part
    words = [fold(word.group().strip(".")) for word in TOKEN.finditer(between)]
    initials = {part.initial for part in name.parts}
    return (
        bool(words)
        and not re.search(r"[^\w\s.]|\n", between)
        and all(
            word in name.particles or (len(word) == 1 and (word in initials or between.count(".") == 1))
            for word in words
        )
    )


def _judged(person: KnownPerson, name: Name, data: _TextWords, run: list[_Hit]) -> Iterator[Match]:
    """Two parts of one name side by side are the full name, and so is one with the initial of another. One alone is
    weighed by how it is written."""
    start, end = run[0].start, run[-1].end
    start, end = _with_initials(name, data, run, start, end)
    if len(run) > 1 or (start, end) != (run[0].start, run[0].end):
        # "The pods will grant access" does not name Will Grant.
        only_ordinary = all(fold(part.written) in _NO_GIVEN_OR_FAMILY for part in name.parts)
        if data.text[start].isupper() or not only_ordinary:
            yield Match(start, end)
        return
    match = Match(start, end)
    if len(name.parts) == 1 and fold(name.parts[0].written) not in _NO_SURE_NAMES:
        yield match
    # A letter alone is an initial: it may be anybody's.
    elif len(name.parts[run[0].part].written.rstrip(".")) > 1:
        yield from _weighed(match, data.text) if person.responder else _weighed_of_others(match, data.text)


def _with_initials(name: Name, data: _TextWords, run: list[_Hit], start: int, end: int) -> tuple[int, int]:
    """A run with the capital letters beside it that stand for the other parts of the name: "I. Sørensen", "Ingrid S."""
    used = {hit.part for hit in run}
    others = {part.initial for number, part in enumerate(name.parts) if number not in used}
    first, last = run[0].first - 1, run[-1].last + 1
    while (
        first >= 0
        and others
        and _is_initial(data, first, others)
        and (data.text[data.tokens[first][1] : start] in ("", " ", ".", ". "))
    ):
        start = data.tokens[first][0]
        others = others - {data.plain[first]}
        first -= 1
    if (
        last < len(data.tokens)
        and _is_initial(data, last, others)
        and (
            data.text[end : data.tokens[last][0]] in (" ", ", ")
            and data.text[data.tokens[last][1] :][:1] == "."
        )
    ):
        end = data.tokens[last][1] + 1
    return start, end


def _is_initial(data: _TextWords, number: int, others: set[str]) -> bool:
    start, end = data.tokens[number]
    return end - start == 1 and data.text[start].isupper() and data.plain[number] in others


def _names_without_blanks(person: KnownPerson, name: str, data: _TextWords) -> Iterator[Match]:
    """The full name anywhere, and of a responder a part of it that is long, or stands before a form of address."""
    text = data.unspaced
    parts = [fold(part) for part in name.split()]
    whole = "".join(parts)
    if text is None or len(whole) < 2 or (not set(whole) <= text.letters and not person.responder):
        return
    if HAN_AND_KANA.search(whole):
        pattern = r"[ \u3000・·]?".join(re.escape(letter) for letter in whole)
    else:
        pattern = r"\s*".join(re.escape(part) for part in parts)
    patterns = [pattern] if set(whole) <= text.letters else []
    if person.responder:
        patterns += _parts_without_blanks(parts)
    for row in patterns:
        for hit in re.finditer(row, text.text):
            start, end = text.span(*hit.span())
            yield Match(start, _whole(data.text, end))


def _parts_without_blanks(parts: list[str]) -> Iterator[str]:
    if not HAN.search(parts[0]):
        yield from (
            re.escape(part) for part in parts if len(part) >= _SHORTEST_UNSPACED_PART and len(parts) > 1
        )
        return
    families = parts[:1] if len(parts) > 1 else [parts[0][:2], parts[0][:1]]
    for family in families:
        yield re.escape(family) + _HAN_FORMS_OF_ADDRESS
        if len(family) > 1:
            yield rf"(?<!\w){re.escape(family)}(?!\w)"


def _whole(text: str, end: int) -> int:
    """The end with the combining marks of the last letter."""
    while end < len(text) and unicodedata.combining(text[end]):
        end += 1
    return end


def _weighed(match: Match, text: str) -> Iterator[Match]:
    """A given or family name that stands alone, judged by how it is written."""
    written = text[match.start : match.end]
    word = fold(written)
    capital = written[0].isupper()
    if _is_half_of_a_double_name(match, text):
        return
    if word in _NO_SURE_NAMES:
        if not capital or _is_of_a_thing(match, text) or (word in _MONTHS and _is_of_a_date(match, text)):
            return
        inside = not begins_a_sentence(text, match.start)
        # "An inexperienced" is no deed of somebody called An.
        acting = acts(text, match.start, match.end) and (inside or word not in ARTICLES)
        if acting or (word in ORDINARY_WORDS and inside and word not in _MONTHS):
            yield Match(match.start, match.end, certain=word not in PRODUCT_NAMES)
        elif word in PRODUCT_NAMES and inside:
            yield Match(match.start, match.end, certain=False)
    elif BEFORE_A_PLACE.search(before(text, match.start)):
        return
    elif capital or len(written) >= _SHORTEST_LOWER_CASE:
        yield match


def _weighed_of_others(match: Match, text: str) -> Iterator[Match]:
    """The same of somebody who had no part in the incident: less sure, and never in lower case."""
    written = text[match.start : match.end]
    word = fold(written)
    if _is_half_of_a_double_name(match, text):
        return
    small = has_case(written) and not written[0].isupper()
    if small or len(written) < _SHORTEST_LOWER_CASE or _is_of_a_thing(match, text):
        return
    if word not in _NO_NAMES_OF_OTHERS or (
        word in ORDINARY_WORDS
        and not begins_a_sentence(text, match.start)
        and acts(text, match.start, match.end)
    ):
        yield Match(match.start, match.end, certain=False)


def _is_half_of_a_double_name(match: Match, text: str) -> bool:
    """Whether a hyphen joins it to another name: "José" in "María-José" is somebody else."""
    return (
        _HALF_BEFORE.search(before(text, match.start, 2)) is not None
        or _ANOTHER_HALF.match(text, match.end) is not None
    )


def _is_of_a_date(match: Match, text: str) -> bool:
    """Whether a number stands beside the name of a month: "12 May", "May 4"."""
    return (
        before(text, match.start, 5).rstrip(" ,thndrs.")[-1:].isdigit()
        or text[match.end : match.end + 2].strip(" ,").isdigit()
    )


def _is_of_a_thing(match: Match, text: str) -> bool:
    """Whether the word belongs to the name of a thing or a place: "the Baker Street exchange", "San Jose"."""
    if follows_an_article(text, match.start) or BEFORE_A_PLACE.search(before(text, match.start)):
        return True
    previous = _CAPITAL_BEFORE.search(before(text, match.start, _LONGEST_BESIDE))
    after = _CAPITAL_AFTER.match(text[match.end : match.end + _LONGEST_BESIDE])
    beside = [fold(row[1]) for row in (previous, after) if row and row[1][0].isupper()]
    return any(word in _THINGS for word in beside)
