"""Where a statement speaks of time, and of what kind that time is: dates, recurrences, hours, "soon"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)"
)
_DAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?"
_COUNT = r"(?:\d+|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|thirty|few|couple of)"
_LONG_SPAN = (
    r"(?:(?:business |working |calendar )?(?:days?|weeks?|months?|quarters?|sprints?|years?)|release cycles?|"
    r"iterations?)"
)
_SPAN = rf"(?:{_LONG_SPAN}|hours?|hrs?|h|min(?:ute)?s?)"
_AHEAD = r"(?:this|next|nxt|coming|following|current|upcoming)"
_SEASON = (
    r"(?:spring|summer|autumn|winter|christmas|xmas|easter|new year|black friday|thanksgiving|ramadan|diwali)"
)

# Alternatives in the order in which they are tried at a place; each is a kind.
_TIMES = re.compile(
    r"(?<![\w./-])(?:"
    r"(?P<never>24/7|24x7|n/a|50/50)|"
    rf"(?P<recurring>(?:each|every|per|once an?|twice an?|any)(?: (?:first|second|last|other|\d+|single))? "
    rf"(?:{_SPAN}|{_DAY}s?|night|morning|evening|{_MONTH}|shift|sprint|release)\b|(?:daily|weekly|monthly|quarterly|yearly|"
    r"annually|nightly|hourly)\b)|"
    rf"(?P<day>\d{{4}}-\d{{2}}(?:-\d{{2}})?(?![\w-])|\d{{1,2}}\.\d{{1,2}}\.(?:\d{{4}}|\d{{2}})?(?!\d)|"
    r"\d{1,2}/\d{1,2}(?:/(?:\d{4}|\d{2}))?(?![\d/%])|"
    rf"\d{{1,2}}(?:st|nd|rd|th)?\.? (?:of )?{_MONTH}\b\.?(?: \d{{4}})?|"
    rf"{_MONTH}\.? \d{{1,2}}(?:st|nd|rd|th)?\b(?!:)(?:,? \d{{4}})?|"
    r"the \d{1,2}(?:st|nd|rd|th)\b(?! (?:line|level|floor|party|time|edition|attempt|\w+ion)))|"
    rf"(?P<period>q[1-4](?:[ /-]?(?:20)?\d\d)?\b|h[12](?: 20\d\d)?\b(?! ?\w*/)|fy ?\d\d(?:\d\d)?\b|"
    r"(?:first|second|third|fourth|last|1st|2nd|3rd|4th) (?:quarter|half)\b(?: of)?|"
    r"(?:calendar )?(?:weeks?|wk|kw|cw) ?\d{1,2}\b|w ?\d{1,2}\b|sprint \d+\b)|"
    rf"(?P<end>(?:the )?(?:end|start|begin|beginning|middle|mid|close)(?: |-)(?:of )?(?:the |this |next )?"
    rf"(?:{_MONTH}|{_LONG_SPAN}|business|season|semester|q[1-4]|day|{_DAY})\b|"
    r"(?:year|month|quarter|season|semester|term|summer)[ -](?:end|start)\b|e\.?o\.?[dwmqy]\b)|"
    rf"(?P<ahead>{_AHEAD}(?: (?!the\b)[a-z]+){{0,3}} (?:{_SPAN}|{_DAY}|{_MONTH}|night|evening|morning|afternoon|"
    rf"release|version|stock-?take|season|"
    rf"roster|rota|weekend|{_SEASON}|window|freeze|meeting|review|cab)\b|tomorrow\b|tmrw?\b|tonight(?:['’]s)?\b|"
    r"(?:effective |with )immediate(?:ly)?(?: effect)?\b|from now on\b|as of now\b)|"
    r"(?P<today>today\b|(?:straight|right) ?away\b)|"
    rf"(?P<within>(?:with)?in (?:the (?:next|coming) |about |max\.? |at most )?{_COUNT} (?:more )?{_LONG_SPAN}\b|"
    rf"{_COUNT} {_LONG_SPAN} from now\b)|"
    rf"(?P<month>{_MONTH}(?: 20\d\d)?\b)|"
    rf"(?P<weekday>{_DAY}s?\b)|"
    rf"(?P<season>{_SEASON}\b)|"
    r"(?P<year>20\d\d\b)|"
    r"(?P<soon>a\.?s\.?a\.?p\.?\b|as soon as (?:possible|practical)\b|soon\b|going forward\b|in (?:the )?future\b|"
    r"at some point\b|some ?day\b|eventually\b|when time permits\b|next time\b|ongoing\b|moving forward\b)|"
    r"(?P<hour>\d{1,2}:\d{2}\b|\d{1,2} ?(?:am|pm)\b|noon\b|midnight\b)|"
    r"(?P<release>(?:release|rel\.?|cycle|wave|milestone|increment|pi) ?v?\d+(?:\.\d+)*\b|20\d\d\.\d\b)|"
    r"(?P<version>(?:version|ver\.?|v) ?\d+(?:\.\d+)*\b)|"
    rf"(?P<span>{_COUNT} ?{_SPAN}\b)|"
    r"(?P<given>\[date\])"
    r")",
    re.IGNORECASE,
)
# "may", "mar", "sat" and the like are times where they are written as such, or after what leads to a time.
_ORDINARY = re.compile(r"(?:may|mar|march|dec|sat|sun|fri|mon|wed|fall|spring|jan|tues?|august)$")
_LEADS_TO_A_TIME = re.compile(
    r"\b(?:by|in|on|until|till|before|from|since|of|for|this|due|during|mid|early|late)[ -]$", re.IGNORECASE
)
# "Section 3.2.", "step 4/5": numbers of places, not of days.
_PLACE = re.compile(
    r"\b(?:section|sec|chapter|step|clause|rev|version|item|no|nr|page|line|table|§)\.? ?$", re.IGNORECASE
)
_LOOK_BACK = 12


@dataclass(frozen=True, slots=True)
class Time:
    start: int
    end: int
    kind: str


def times(text: str) -> Iterator[Time]:
    """What speaks of time, in order; nothing overlaps."""
    for hit in _TIMES.finditer(text):
        kind = hit.lastgroup or ""
        before = text[max(0, hit.start() - _LOOK_BACK) : hit.start()]
        if (
            kind in ("month", "weekday", "season")
            and _ORDINARY.match(hit.group())
            and not _LEADS_TO_A_TIME.search(before)
        ):
            continue
        if kind == "month" and hit.group() in ("May", "March", "Mar") and not before.strip():
            continue
        if kind == "day" and _PLACE.search(before):
            continue
        yield Time(hit.start(), hit.end(), kind)
