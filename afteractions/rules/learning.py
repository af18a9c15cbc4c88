"""Whether a learning statement is specific, and whether it names an owner and a date (Seed.

Learning Statements).
"""

import re

# Intentions that are never a change, whatever follows.
_ALWAYS_VAGUE = re.compile(
    r"\b(?:communicat\w* (?:better|more(?: \w+)?|earlier|clearly|effectively)|better communication|"
    r"(?:be|being|stay|remain) (?:more )?(?:careful|vigilant|mindful|proactive|diligent|aware|attentive|alert)|"
    r"(?:pay|paying) (?:more|closer|better) attention|"
    r"try(?:ing)? harder|do(?:ing)? better|work(?:ing)? (?:harder|smarter)|"
    r"rais(?:e|ing) awareness|take (?:more|better|greater) care|"
    r"(?:learn|learning) from (?:this|our|the) (?:incident|mistakes?)|think (?:more|harder|twice)|"
    r"make sure (?:that )?(?:this|it) (?:does not|doesn['’]t|never) happens? again|"
    r"(?:avoid|prevent) (?:this|such|similar) (?:\w+ )?"
    r"(?:in (?:the )?future|again|issues?|incidents?|problems?|mistakes?))\b",
    re.IGNORECASE,
)
# Vague when nothing says what is different: "improve monitoring", but not "improve monitoring of disk space
# on db-1".
_THIN = re.compile(
    r"\b(?:improv\w*|better|more|enhanc\w*|strengthen\w*|increas\w*|tighten\w*|optimi[sz]\w*|review\w*|"
    r"look(?:ing)? into|consider\w*|reconsider\w*|think(?:ing)? about|investigat\w*) (?:the |our |its |their )?"
    r"(?:\w+ )?(?:communications?|monitoring|testing|tests|documentation|docs|processe?s?|procedures?|training|"
    r"coordination|collaboration|visibility|awareness|quality|reliability|resilience|response|alerting|observability|"
    r"planning|preparation|reviews?|code reviews?|things?|situation|options?)\b",
    re.IGNORECASE,
)
_THIN_REST_AT_MOST = 2
_SMALL = re.compile(
    r"should|must|shall|will|would|could|have|needs?|with|from|that|this|them|they|there|generally|overall|between|"
    r"during|across|further|future|where|when|more|better",
    re.IGNORECASE,
)

_ROLE = re.compile(
    r"\b(?:lead|leads|leader|manager|managers|owner|owners|engineers?|engineering|developers?|team|teams|squad|group|"
    r"guild|director|officer|head of \w+|administrators?|admins?|dba|dbas|sre|sres|mim|architects?|analysts?|"
    r"coordinator|commander|liaison|responder|on-?call|scribe|representative|vendor|supplier|desk|helpdesk|committee|"
    r"board|cto|cio|ciso|vp|department|staff|specialist|product owner|devops|operations|ops|secops|netops|platform|"
    r"security|compliance|communications|support)\b"
    r"(?=[\w ]{0,40}?\b(?:to|will|shall|is|are|has|have|adds?|adding|updates?|updating|by|before|owns?|writes?|writing|"
    r"creates?|creating|\w+ing|\w+s)\b|[\s:),.;-]*$|[:)\]])",
    re.IGNORECASE,
)
_BY_A_ROLE = re.compile(
    r"\b(?:owner|owned by|assigned to|assignee|responsible|resp\.)\s*(?::|is|are)?\s*\S+|@[A-Za-z][\w-]+|"
    r"\[(?:name|owner)\]",
    re.IGNORECASE,
)

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)"
)
_DAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?"
_SPAN = r"(?:days?|weeks?|months?|quarters?|sprints?|years?|release(?: cycle)?s?|iterations?|hours?|business days?)"
_DATE = re.compile(
    r"\b(?:\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./](?:\d{4}|\d{2})\b|\d{1,2}\.\d{1,2}\.(?!\d)|"
    rf"\d{{1,2}}(?:st|nd|rd|th)?\.? (?:of )?{_MONTH}\b|{_MONTH}\.? \d{{1,4}}(?:st|nd|rd|th)?\b|"
    rf"(?:by|before|until|in|end of|from|during|this|next|early|late|mid)[ -](?:the )?(?:end of )?{_MONTH}\b|"
    rf"(?:by|before|until|on|this|next|from)(?: the)?(?: next| coming)? {_DAY}\b|"
    rf"(?:this|next|coming|following|current)(?: \w+)? {_SPAN}\b|"
    rf"(?:with)?in (?:the next |the coming )?(?:\d+|an?|one|two|three|four|five|six|seven|eight|ten|twelve|thirty) "
    rf"(?:more |business |working )?{_SPAN}\b|"
    rf"end of (?:the |this |next )?(?:{_SPAN}|day|business)\b|"
    r"q[1-4](?:[ /-]?(?:20)?\d\d)?\b|h[12] 20\d\d\b|(?:by|before|until|in) 20\d\d\b|"
    r"tomorrow\b|today\b|tonight\b|eod\b|eow\b|eom\b|before the next \w+)|\[date\]",
    re.IGNORECASE,
)
# What is done already needs no date any more.
_DONE = re.compile(
    r"\b(?:(?:(?:was|were|has been|have been|is now|are now|already|now) (?:\w+ )?\w+(?:ed|en|t))|"
    r"(?:updated|added|removed|replaced|changed|documented|automated|extended|corrected) (?:with|by|to include))\b",
    re.IGNORECASE,
)
_GAP_FIRST = re.compile(
    r"^[^.]*\b(?:was|were|has been|have been|took|did not|does not)\b[^.]*\.\s+", re.IGNORECASE
)


def vague_passages(text: str) -> list[tuple[int, int]]:
    """The passages that name no change, as (start, end)."""
    found = [hit.span() for hit in _ALWAYS_VAGUE.finditer(text)]
    for hit in _THIN.finditer(text):
        rest = _said_besides(text, hit.start(), hit.end())
        overlaps = any(hit.start() < end and start < hit.end() for start, end in found)
        if len(rest) <= _THIN_REST_AT_MOST and not overlaps:
            found.append(hit.span())
    return sorted(found)


def names_an_owner(text: str) -> bool:
    """Whether somebody is to do it: a role is enough, and so is an owner in square brackets."""
    return bool(_ROLE.search(text) or _BY_A_ROLE.search(text))


def names_a_date(text: str) -> bool:
    """Whether it says by when; "next quarter" does, and what is done already needs no date."""
    if _DATE.search(text):
        return True
    return bool(_DONE.search(_GAP_FIRST.sub("", text)))


def _said_besides(text: str, start: int, end: int) -> list[str]:
    """The words that could be specific: neither the passage itself nor owner, date and small words."""
    rest = _DATE.sub(" ", text[:start] + " " + text[end:])
    rest = _BY_A_ROLE.sub(" ", _ROLE.sub(" ", rest))
    return [word for word in re.findall(r"[\w-]+", rest) if len(word) > 3 and not _SMALL.fullmatch(word)]
