"""What looks like the name of a person whom nobody registered (domain.md, No names in root cause).

No list knows all names. A capitalised word counts by what it is (a given name, the shape of a family name, no
product, role or place) and by what stands around it ("said", "by", "Mr", "our DBA", an article before it).
"""

import re
import unicodedata
from collections.abc import Iterator

from afteractions.wording.persons import without_overlaps
from afteractions.wording.sentences import (
    BEFORE_A_PLACE,
    Match,
    acts,
    acts_like_a_person,
    before,
    begins_a_sentence,
    capitalised_runs,
    does_a_deed,
    fold,
    follows_an_article,
    follows_an_occupation,
    next_word,
    owns,
    previous_word,
)
from afteractions.wording.words.given_names import GIVEN_NAMES
from afteractions.wording.words.name_words import (
    BESIDE_NO_HANDLE,
    CYRILLIC_NAMES,
    FAMILY_NAMES,
    HAN_FAMILIES,
    HAN_FAMILIES_OF_TWO,
    HANGUL_FAMILIES,
    HONORIFICS,
    NO_HANDLES,
    NOT_OF_NAMES,
    ORDINARY_GIVEN_NAMES,
    ORDINARY_WORDS,
    PLACES,
    PRODUCT_NAMES,
    ROLE_MAILBOXES,
    WHERE,
)

_ADDRESS = re.compile(r"(?<![\w.+/-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+(?![:\w])")
_HANDLE = re.compile(r"(?<![\w@/.`])@[A-Za-z][\w-]*+(?:\.[a-z][\w-]*+)*+(?![\w-]*+/|\()")


# A name may begin anew at each half of a word, so the halves are counted, and no letter of them is tried twice.
_SIMPLE = r"(?<![\u0300-\u036f])[^\W\d_a-z](?:[^\W\d_]|[\u0300-\u036f])++"
_CAPITAL = rf"{_SIMPLE}(?:['’-][^\W\d_]++){{0,4}}+"
_INITIALS = re.compile(
    rf"(?<![\w.])(?:[^\W\d_]\.[ -]?){{1,3}}(?:(?:van|von|de|der|den|da|del|la|di) )*{_CAPITAL}"
)
_FAMILY_FIRST = re.compile(rf"(?<![\w.]){_CAPITAL}, (?:[^\W\d_a-z]\. ?){{1,2}}(?!\w)")
_ADDRESSED = re.compile(rf"(?<![\w-]){_SIMPLE}(?=-(?:san|sama|sensei|kun|ssi|nim)\b)")
_TITLES = "|".join(title.capitalize() for title in sorted(HONORIFICS))
_HONOURED = re.compile(
    rf"\b(?:{_TITLES}|Señora?)\.? (?:(?:van|von|de|der|den|da|del|la|di) )*{_CAPITAL}(?: {_CAPITAL})?"
)
_LETTERED = re.compile(rf"(?<!\w)(?P<given>{_CAPITAL}) [A-Z]\.")
_LOWER = re.compile(r"(?<![\w@./-])[a-z]{4,}(?![\w@/-]|\.\w)")
_UPPER = re.compile(r"(?<![\w-])(?P<given>[A-Z]{3,}) (?P<family>[A-Z'-]{3,})(?![\w-])")
_FAMILY_SHAPE = re.compile(
    r"(?:\w{2,}(?:owicz|ewicz|czyk|wski|wska|ński|ska|ski|sky|skiy|enko|chenko|uk|ovic|ovich|evic|evich|ovsky|ova|eva|kov|"
    r"nov|rov|lov|tov|dov|mov|sov|chev|yev|iev|sson|sdottir|dottir|qvist|kvist|strom|gren|lund|escu|oglu|opoulos|poulos|akis|"
    r"idis|adze|shvili|yan|nathan|swamy|murthy|ndez|rguez|elli|etti|ucci|ellini|hashi|moto|mann|stein|feld|meier|"
    r"maier|mayer|meyer|thaler|huber|hauser|bauer|inen|aitis|unas|kumar|pillai|wardena|ullah|zadeh|worth|bottom|"
    r"thwaite|borough|ington))"
)
_PREFIXED_FAMILY = re.compile(
    r"(?:Mc|Mac|Fitz)[A-Z]\w+|(?:O|D|N|Mc)['’][A-Z]\w+|(?:al|el|d|ben)['’-][A-Z]\w+"
)
_CAMEL = re.compile(r"[^\W\d_A-Z][A-Z]|[A-Z]{2}")
_CYRILLIC = re.compile(r"[А-ЯЁЇІЄ][а-яёїіє]+(?:-[А-ЯЁЇІЄ][а-яёїіє]+)?")
_CYRILLIC_FAMILY = re.compile(r"\w{2,}(?:ов|ев|ова|ева|енко|ский|ская|цкий|цкая|ович|евич|чук|швили|дзе|ян)")
_HAN = re.compile(r"[\u3400-\u9fff々]+")
_HAN_TITLE = re.compile(r"(?:さん|さま|くん|ちゃん|氏|様|君|先生|女士|小姐|经理|同学)")
_HANGUL = re.compile(r"(?<!\w)[가-힣]{3}(?=\W|$|씨|님|이|가|은|는|을|를|의)")
_FOREIGN = re.compile(
    r"(?<!\w)[\u0370-\u03ff\u0590-\u06ff\u0900-\u0dff\u0e00-\u0e7f][\u0300-\u0dff\u0e00-\u0e7f]+"
    r"(?: [\u0370-\u03ff\u0590-\u06ff\u0900-\u0dff][\u0300-\u0dff]+){0,2}"
)
_CODE_AFTER = re.compile(r"[ -]?[\d(_]|\.\w|/|:\w")
# A time of day before a name says when somebody did something.
_IN_CODE_OR_DATE = re.compile(r"[/_.#`$]$|(?<!\d:\d)\d(?:st|nd|rd|th)? $")
_AFTER_A_MONTH = re.compile(r"\b(?:January|February|March|April|May|June|July|August),? (?:and|or|to) $")
_INTRODUCED = re.compile(
    r"\b(?:(?:request|insistence|suggestion|advice|time|hands|desk|laptop|memory|mailbox|calendar|departure|"
    r"absence) of|"
    r"(?:visit|call|phone call|message|mail|approval|sign-off|word|request) (?:by|from|with)|apart from|"
    r"(?:edited|entered|written|approved|reviewed|signed) by|"
    r"(?:substitute|replacement|stand-in|deputy) (?:for|of)|"
    r"(?:author|owner|maintainer|contact|assignee|approver|cc|from|by):|"
    r"(?:Signed-off|Reviewed|Approved|Co-authored|Acked|Reported|Tested)-by:) $",
    re.IGNORECASE,
)
_AND_AFTER = re.compile(r" (?:and|or|&) ")
_AND_BEFORE = re.compile(r" (?:and|or|&) $")
_HAN_LENGTHS = range(2, 5)
_WORDS_OF_A_NAME_AT_MOST = 4
_SHORTEST_UNLISTED = 3

_SURE_GIVEN = GIVEN_NAMES - ORDINARY_WORDS - PRODUCT_NAMES - NOT_OF_NAMES
_NO_NAMES = NOT_OF_NAMES | PRODUCT_NAMES
_ELSEWHERE = _NO_NAMES | PLACES
_NOBODY = _ELSEWHERE | ORDINARY_WORDS
_NO_BEGINNINGS = NOT_OF_NAMES - ORDINARY_GIVEN_NAMES
_PLACES_AND_THINGS = (NOT_OF_NAMES | PLACES) - FAMILY_NAMES - ORDINARY_GIVEN_NAMES - PRODUCT_NAMES


def possible_names(text: str) -> list[Match]:
    """What looks like the name of a person whom nobody registered.

    Roles, systems, products and places are left alone.
    """
    spans = {
        *_full_names(text),
        *_single_names(text),
        *_written_with_initials(text),
        *_honoured(text),
        *_in_lower_case(text),
        *_in_capitals(text),
        *_in_other_scripts(text),
    }
    spans |= set(_beside_others(text, spans))
    return without_overlaps(Match(start, end, certain=False) for start, end in sorted(spans))


def personal_addresses(text: str) -> list[Match]:
    """The e-mail addresses and handles of persons, known here or not; those of roles, of code and of packages are left
    alone."""
    return without_overlaps(Match(start, end, certain=False) for start, end in _addresses(text))


def _is_given(word: str) -> bool:
    """Whether a word, or the first half of a double name, is a given name and nothing else."""
    return word in _SURE_GIVEN or ("-" in word and word.split("-")[0] in GIVEN_NAMES)


def _is_family(word: str) -> bool:
    """Whether a word as written is a frequent family name or has the shape of one."""
    plain = fold(word)
    if plain in _ELSEWHERE or plain in ORDINARY_WORDS:
        return False
    halves = plain.split("-")
    return (
        any(half in FAMILY_NAMES for half in halves)
        or _FAMILY_SHAPE.fullmatch(halves[-1]) is not None
        or _PREFIXED_FAMILY.search(word) is not None
    )


def _full_names(text: str) -> Iterator[tuple[int, int]]:
    for whole in capitalised_runs(text):
        run = _without_a_beginning(text, whole)
        if not 2 <= len(run) <= _WORDS_OF_A_NAME_AT_MOST:
            continue
        if _is_full_name(text, run):
            yield run[0].start(), run[-1].end()


def _without_a_beginning(text: str, run: list[re.Match[str]]) -> list[re.Match[str]]:
    """A run without the words that only begin the sentence or say what somebody is: "Yesterday Anna Schmidt"."""
    first = 0
    while (
        first < len(run)
        and fold(run[first].group()) in _NO_BEGINNINGS
        and (begins_a_sentence(text, run[first].start()) or len(run) - first > 2)
    ):
        beginning = fold(run[first].group())
        first += 1
        # "The Baker Street exchange": what follows an article is a thing, unless it is surely a name.
        if beginning in {"the", "a", "an", "this", "that", "no"} and not (
            first < len(run) and _is_given(fold(run[first].group()))
        ):
            return []
    return run[first:]


def _is_full_name(text: str, run: list[re.Match[str]]) -> bool:
    written = [word.group() for word in run]
    plain = [fold(word) for word in written]
    start, end = run[0].start(), run[-1].end()
    if any(_CAMEL.search(word) and not _PREFIXED_FAMILY.search(word) for word in written):
        return False
    rest_is_open = all(
        word not in _ELSEWHERE or word in ORDINARY_WORDS or word in GIVEN_NAMES for word in plain[1:]
    )
    if _is_given(plain[0]) and (plain[0] not in PLACES or _is_family(written[-1]) or acts(text, start, end)):
        return rest_is_open and not follows_an_article(text, start)
    if any(word in _PLACES_AND_THINGS for word in plain) or follows_an_article(text, start):
        return plain[0] in _SURE_GIVEN and rest_is_open and does_a_deed(text, end)
    products = [word for word in plain if word in PRODUCT_NAMES]
    if products:
        return (
            plain[0] in GIVEN_NAMES and rest_is_open and (_is_family(written[-1]) or acts(text, start, end))
        )
    if _is_family(written[-1]) or _is_given(plain[-1]):
        return True
    named = acts(text, start, end) or _is_introduced(text, start)
    if plain[0] in ORDINARY_GIVEN_NAMES:
        return named or not begins_a_sentence(text, start)
    if any(not word.isascii() for word in written):
        return named or previous_word(text, start) not in WHERE
    if all(word in ORDINARY_WORDS for word in plain):
        return acts_like_a_person(text, start, end)
    if begins_a_sentence(text, start):
        like_a_person = acts_like_a_person(text, start, end) or _is_introduced(text, start)
        return like_a_person or does_a_deed(text, end) or owns(text, end)
    return named


def _single_names(text: str) -> Iterator[tuple[int, int]]:
    for whole in capitalised_runs(text):
        run = _without_a_beginning(text, whole)
        if len(run) != 1 or (len(whole) > 1 and follows_an_article(text, run[0].start())):
            continue
        if _is_single_name(text, run[0]):
            yield run[0].span()


def _is_single_name(text: str, item: re.Match[str]) -> bool:
    written, (start, end) = item.group(), item.span()
    word = fold(written)
    first = begins_a_sentence(text, start)
    occupied = follows_an_occupation(text, start)
    if _CAMEL.search(written) and not _PREFIXED_FAMILY.search(written):
        return False
    if follows_an_article(text, start) or (word in NOT_OF_NAMES and word not in ORDINARY_WORDS):
        return False
    if _CODE_AFTER.match(text, end) or _IN_CODE_OR_DATE.search(before(text, start)):
        return False
    if BEFORE_A_PLACE.search(before(text, start)):
        return False
    if word in {"may", "june", "august", "april"} and _AFTER_A_MONTH.search(before(text, start)):
        return False
    like_a_person = acts_like_a_person(text, start, end)
    if word in PLACES or word in PRODUCT_NAMES:
        return word in GIVEN_NAMES and (like_a_person or occupied)
    if word in ORDINARY_WORDS:
        given = word in ORDINARY_GIVEN_NAMES or word in GIVEN_NAMES
        if first:
            return given and ((does_a_deed(text, end) and word != "rose") or like_a_person)
        return like_a_person or (given and (does_a_deed(text, end) or owns(text, end) or _is_by(text, start)))
    if _is_given(word):
        return previous_word(text, start) not in WHERE or acts(text, start, end)
    if _is_family(written):
        return acts(text, start, end) or occupied or _is_introduced(text, start)
    if len(written) < _SHORTEST_UNLISTED:
        return False
    if first:
        return _is_introduced(text, start) or (not written.isascii() and acts(text, start, end))
    return like_a_person or _is_introduced(text, start) or (not written.isascii() and acts(text, start, end))


def _beside_others(text: str, spans: set[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """ "Giorgi and Anahit edited the state": who stands beside a name may be one too, if it is nothing else."""
    starts, ends = {start for start, _ in spans}, {end for _, end in spans}
    for whole in capitalised_runs(text):
        run = _without_a_beginning(text, whole)
        plain = [fold(word.group()) for word in run]
        if not run or len(run) > _WORDS_OF_A_NAME_AT_MOST or any(word in _NOBODY for word in plain):
            continue
        start, end = run[0].start(), run[-1].end()
        after, previous = _AND_AFTER.match(text, end), _AND_BEFORE.search(text, max(0, start - 5), start)
        beside = (after and after.end() in starts) or (previous and previous.start() in ends)
        written = any(_CAMEL.search(word.group()) for word in run) or len(run[0].group()) < _SHORTEST_UNLISTED
        if beside and not written and not follows_an_article(text, start):
            yield start, end


def _is_introduced(text: str, start: int) -> bool:
    """ "at the request of", "Reviewed-by:": after these stands somebody, whatever the name."""
    return _INTRODUCED.search(before(text, start)) is not None


def _is_by(text: str, start: int) -> bool:
    return previous_word(text, start) in {"by", "from", "with", "asked", "told", "to", "and"}


def _written_with_initials(text: str) -> Iterator[tuple[int, int]]:
    for match in _INITIALS.finditer(text):
        family = re.split(r"[. ]", match.group())[-1]
        initials = re.match(r"(?:\w\.[ -]?)+", match.group())
        upper = initials is not None and initials.group().upper() == initials.group()
        if upper and family[0].isupper() and fold(family) not in _ELSEWHERE:
            yield match.span()
    for match in _FAMILY_FIRST.finditer(text):
        family = match.group().split(",")[0]
        if fold(family) not in _ELSEWHERE:
            yield match.start(), match.start() + len(match.group().rstrip())
    for match in _LETTERED.finditer(text):
        if _is_given(fold(match["given"])):
            yield match.span()


def _honoured(text: str) -> Iterator[tuple[int, int]]:
    return (match.span() for form in (_HONOURED, _ADDRESSED) for match in form.finditer(text))


def _addresses(text: str) -> Iterator[tuple[int, int]]:
    nobody = ROLE_MAILBOXES | _NO_NAMES
    for match in _ADDRESS.finditer(text):
        mailbox = fold(match.group().split("@")[0])
        if not any(part in nobody for part in [mailbox, *re.split(r"[.+_-]", mailbox)]):
            yield match.span()
    for match in _HANDLE.finditer(text):
        handle = match.group()[1:]
        parts = re.split(r"[-_.]", fold(handle))
        code = _CAMEL.search(handle) or handle[0].isupper() or fold(handle) in NO_HANDLES
        named = previous_word(text, match.start()) in BESIDE_NO_HANDLE or next_word(text, match.end()) in (
            BESIDE_NO_HANDLE
        )
        of_a_role = parts[0] not in _SURE_GIVEN and any(part in nobody | NO_HANDLES for part in parts)
        if not code and not named and not of_a_role:
            yield match.span()


def _in_lower_case(text: str) -> Iterator[tuple[int, int]]:
    """ "tomasz restarted the node": a sure given name that does something, however carelessly it is written."""
    for match in _LOWER.finditer(text):
        word = match.group()
        if word in _SURE_GIVEN and word not in PLACES and not follows_an_article(text, match.start()):
            by = previous_word(text, match.start()) == "by"
            if by or does_a_deed(text, match.end()) or acts_like_a_person(text, *match.span()):
                yield match.span()


def _in_capitals(text: str) -> Iterator[tuple[int, int]]:
    """ "TOMASZ BERGMANN": a sure given name before a word that is nothing else."""
    for match in _UPPER.finditer(text):
        given, family = fold(match["given"]), fold(match["family"])
        if given in _SURE_GIVEN and family not in _ELSEWHERE:
            yield match.span()


def _in_other_scripts(text: str) -> Iterator[tuple[int, int]]:
    yield from _cyrillic(text)
    latin = sum(1 for letter in text if letter.isascii() and letter.isalpha())
    for match in _HAN.finditer(text):
        yield from _han(text, match, among_latin=latin > len(text) / 2)
    for match in _HANGUL.finditer(text):
        if unicodedata.normalize("NFC", match.group())[0] in HANGUL_FAMILIES:
            yield match.span()
    for match in _FOREIGN.finditer(text):
        if latin > len(text) / 2 and acts(text, *match.span()):
            yield match.span()


def _cyrillic(text: str) -> Iterator[tuple[int, int]]:
    previous: re.Match[str] | None = None
    for match in [*_CYRILLIC.finditer(text), None]:
        if match is None:
            break
        word = fold(match.group())
        named = word in CYRILLIC_NAMES or _CYRILLIC_FAMILY.fullmatch(match.group()) is not None
        joined = previous is not None and text[previous.end() : match.start()] == " "
        if joined and previous is not None and (named or fold(previous.group()) in CYRILLIC_NAMES):
            yield previous.start(), match.end()
        elif named and (word in CYRILLIC_NAMES or not begins_a_sentence(text, match.start())):
            yield match.span()
        previous = match


def _han(text: str, item: re.Match[str], *, among_latin: bool) -> Iterator[tuple[int, int]]:
    data = item.group()
    family = data[:2] in HAN_FAMILIES_OF_TWO or data[0] in HAN_FAMILIES
    titled = _HAN_TITLE.match(text, item.end())
    if family and len(data) in _HAN_LENGTHS and (among_latin or titled):
        yield item.span()
