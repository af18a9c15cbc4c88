"""Whether a learning statement is specific, and whether it names an owner and a date (Seed.

Learning Statements).
"""

import re
from bisect import bisect_left

from afteractions.wording.sentences import before

# Intentions that are never a change, whatever follows.
_ALWAYS_VAGUE = re.compile(
    r"\b(?:(?:communications?|monitoring|testing|documentation|collaboration|coordination|alerting|"
    r"processes|training|culture|quality|teamwork|security|reliability|"
    r"awareness|observability|visibility|things|handovers?|procedures) (?:should|must|could|can|needs? to|"
    r"has to|have to|"
    r"will) (?:be |get )?(?:\w+ly )?(?:improved?|better|strengthened|enhanced|increased|reviewed|"
    r"optimi[sz]ed)|"
    r"mak(?:e|ing) (?:\w+ ){1,2}(?:safer|faster|better|easier|simpler|clearer|stronger|smoother|quicker)|"
    r"look(?:ing)? more closely|(?:talk|speak|talking|speaking) (?:to|with) each other(?: more)?|"
    r"think(?:ing)? ahead|good (?:teamwork|communication|collaboration|work)|"
    r"think(?:ing)? before \w+ing|mak(?:e|ing) (?:the |our |this |it )?(?:\w+ )?(?:more|better|less) \w+|"
    r"(?:communicat\w*|cooperat\w*|co-operat\w*|collaborat\w*|coordinat\w*|respond\w*|react\w*|act|"
    r"plan|prepare|"
    r"listen|test|document|monitor|escalate|work(?:ing)?) "
    r"(?:better|faster|quicker|sooner|harder|smarter|more(?! than)(?: \w+)?|earlier|clearly|effectively|"
    r"together better|"
    r"closely together|properly|thoroughly)(?! than \d)|"
    r"(?:better|more|clearer|improved) (?:communications?|teamwork|collaboration|cooperation|coordination)|"
    r"(?:more|greater|extra|increased) (?:vigilance|care|caution|attention|diligence|discipline|awareness|rigou?r|"
    r"transparency)|awareness (?:of|for|about|around) (?:\w+ ){1,4}(?:must|should|needs to|has to|will) be "
    r"(?:raised|increased|improved|strengthened)|"
    r"(?:be|being|stay|staying|remain|become|get) (?:(?:more|even more|extra|very|always|better|much more) )?"
    r"(?:careful|vigilant|mindful|proactive|diligent|aware|attentive|alert|cautious|thorough|prepared|"
    r"responsive|"
    r"focused|disciplined|transparent|thoughtful)|be better|"
    r"(?:pay|paying) (?:(?:more|closer|better|greater|extra) )?attention|exercise (?:more )?(?:caution|care)|"
    r"try(?:ing)? (?:harder|our best|to do better)|do(?:ing)? (?:better|our best)|"
    r"(?:rais|increas|improv|spread)(?:e|es|ing)? (?:the )?awareness|tak(?:e|ing) (?:more|better|greater|"
    r"extra) care|"
    r"(?:learn|learning) from (?:this|our|the) (?:\w+ )?(?:incidents?|mistakes?|outage|experience)|"
    r"think (?:more|harder|twice|ahead)|keep an eye on|keep (?:this|it|that) in mind|tak(?:e|ing) (?:this|"
    r"it) (?:more )?seriously|"
    r"(?:double|triple)[- ]check (?:everything|all|things|our work|your work|before|twice|more)|"
    r"(?:make sure|ensure|see to it) (?:that )?(?:this|it|such \w+|things) (?:does not|doesn['’]t|do not|"
    r"never|won['’]t|will "
    r"not|cannot) (?:ever )?(?:happens?|occurs?|repeats?)(?: again)?|"
    r"(?:do not|don['’]t|never|not) let (?:this|it|that|such things) happen(?: again)?|"
    r"(?:this|it) (?:must|should|will|can) (?:not|never) happen again|"
    r"(?:avoid|prevent)(?:ing)? (?:this|such|similar|these|future|further|making) (?:\w+ )?"
    r"(?:in (?:the )?future|again|issues?|incidents?|problems?|mistakes?|outages?|happening|from \w+ing)|"
    r"(?:avoid|prevent)(?:ing)? (?:mistakes|errors|incidents|outages|problems|issues)(?= in (?:the "
    r")?future| again|[.;,]|$)|"
    r"(?:do|handle|manage) (?:this|it|things) (?:better|differently|properly))\b",
    re.IGNORECASE,
)
# Vague when nothing says what is different: "improve monitoring", but not "improve monitoring of disk space
# on db-1".
_SUBJECTS = (
    r"(?:communications?|monitoring|testing|tests|test coverage|documentation|docs|processe?s?|"
    r"procedures?|training|"
    r"coordination|collaboration|cooperation|visibility|awareness|quality|reliability|resilience|"
    r"resiliency|robustness|stability|"
    r"response(?: times?)?|alerting|alerts|logging|observability|planning|preparation|preparedness|"
    r"reviews?|code reviews?|things?|"
    r"situation|options?|runbooks?|tooling|tools|security|performance|handovers?|onboarding|culture|"
    r"discipline|"
    r"standards?|practices?|best practices?|guidelines?|rules|policy|policies|workflow|teamwork|"
    r"knowledge(?: sharing)?|"
    r"attention|everything|architecture|infrastructure|system|systems|deployments?|releases?|capacity|"
    r"automation|checks|"
    r"escalations?|ownership|effort|care|issue|problem|incident|root cause)"
)
_THIN = re.compile(
    r"\b(?:improv\w*|better|more|enhanc\w*|strengthen\w*|increas\w*|tighten\w*|optimi[sz]\w*|review\w*|"
    r"look(?:s|ing)? (?:into|at)|consider\w*|reconsider\w*|think(?:ing)? about|investigat\w*|follow\w*|"
    r"adher\w* to|"
    r"respect|stick to|revisit\w*|rethink\w*|explor\w*|discuss\w*|evaluat\w*|assess\w*|analy[sz]e|work on|"
    r"focus on|"
    r"address|fix|rework|modernise|modernize|ensure|promote|encourage|foster|clarify|check) "
    r"(?:the |our |its |their |all |more |better |some |any |this |that |these )*"
    rf"(?:\w+ )?{_SUBJECTS}\b|"
    r"\b(?:improv(?:e|es|ing)|enhanc(?:e|es|ing)|strengthen(?:s|ing)?|optimi[sz](?:e|es|ing)) (?:the |our "
    r"|its |their )*\w+|"
    r"look(?:s|ing)? (?:into|at) (?:the |our |its |their )*\w+|"
    r"make sure (?:to|we|that we|everyone|everybody) \w+\b|"
    r"(?<=more )(?:training|testing|documentation|monitoring|automation|awareness|resources|people|staff)\b",
    re.IGNORECASE,
)
_THIN_REST_AT_MOST = 2
# A statement is a sentence or two: so much on either side belongs to what is judged.
_LOOKED_AT = 400
_SMALL = re.compile(
    r"soon|asap|going|forward|should|must|shall|will|would|could|have|needs?|with|from|that|this|them|they|there|generally|"
    r"overall|between|"
    r"during|across|further|future|where|when|more|better",
    re.IGNORECASE,
)

_ROLE_WORDS = (
    r"(?:leads?|leaders?|managers?|owners?|engineers?|developers?|teams?|squads?|group|guild|director|"
    r"officers?|"
    r"head of \w+|chief|administrators?|admins?|sysadmins?|dbas?|sres?|mim|trl|architects?|analysts?|"
    r"coordinators?|"
    r"commanders?|liaisons?|responders?|on-?call|scribe|representative|vendor|supplier|contractor|"
    r"provider|desk|"
    r"helpdesk|committee|board|cto|cio|ciso|vp|department|staff|specialists?|technicians?|testers?|"
    r"operators?|"
    r"chair|stewards?|trainers?|crew|chapter|tribe|secops|netops|devops|noc|soc|cab|product manager)"
)
_ROLE = re.compile(
    rf"\b{_ROLE_WORDS}\b"
    r"(?=[\w ,'’-]{0,40}?\b(?:to|will|shall|must|should|is|are|has|have|by|before|\w+ing|\w+s)\b|"
    r"[\s:),.;-]*$|(?: asap)?(?:[:)\]]| (?:→|->|=>|–|—) )|"
    r"(?<=s) (?!of |for |with |in |on |and )\w+ (?:the|an?|all|each|every|our|its) )",
    re.IGNORECASE,
)
# "The duty managers stay ...": who begins the sentence does it, unless it is about what they lack.
_SUBJECT_ROLE = re.compile(
    rf"(?:the|our|all|all the) (?:\w+ ){{0,2}}?(?=\w+s ){_ROLE_WORDS} "
    r"(?!need|lack|want|have|had|were|are|did|do|of|in|on|for|at|who|that|and|or|could|may|can)[a-z]+\b",
    re.IGNORECASE,
)
_ANY_ROLE = re.compile(rf"\b{_ROLE_WORDS}\b", re.IGNORECASE)
# Departments are owners only where they begin the clause: "Security rotates the key", not "improve security by May".
_DEPARTMENT = re.compile(
    r"(?:^|[.;:(\[] *|\bby |\bowner:? )(?:the |our )?(?:\w+ )?(?:engineering|security|platform|operations|"
    r"ops|communications|support|"
    r"compliance|finance|legal|marketing|procurement|networking|infrastructure|qa|(?-i:IT)|hr|storage|management)"
    r"(?: (?:to|will|shall|must|(?:should|is to|are to|is going to)(?! be\b)|"
    r"owns?|adds?|writes?|moves?|sets?|\w+es|\w{3,}s)\b|[,)\]]| by )",
    re.IGNORECASE,
)
_BY_A_ROLE = re.compile(
    r"\b(?:owner|owned by|assigned to|assignee|responsible|resp\.)\s*(?::|is|are)?\s*\S+|"
    r"(?<!\w)@[A-Za-z][\w-]+|"
    r"\[(?:name|owner)\]|\bnamed (?:standby|owner|lead|contact|deputy)\b",
    re.IGNORECASE,
)
# Who is only dealt with does not do it: "better communication with the vendor".
_DEALT_WITH = re.compile(
    r"\b(?:with|between|among|amongst|for|of|to|across|about|within|against|towards?|tell|ask|inform|"
    r"notify|remind|page|pages|"
    r"train|involve|contact|from|on|in|at)(?: the| our| an?| all| every| each| other| any| its| "
    r"their)*(?: [\w-]+){0,3} $",
    re.IGNORECASE,
)
_VERB_OF_AN_OWNER = re.compile(r"(?:[\w-]+ ){0,2}?(?:will|shall|must|to)\b", re.IGNORECASE)
_THING_OF_A_ROLE = re.compile(
    r"['’]s\b|-|\s(?:elections?|nodes?|replicas?|pods?|partitions?|rotations?|schedules?|tables?|accounts?|"
    r"access|permissions?|portals?|contracts?|tickets?)\b"
)

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)"
)
_DAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?"
_SPAN = (
    r"(?:days?|weeks?|months?|quarters?|sprints?|years?|release(?: cycle)?s?|iterations?|hours?|"
    r"business days?)"
)
_DATE = re.compile(
    r"\b(?:\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./](?:\d{4}|\d{2})\b|\d{1,2}\.\d{1,2}\.(?!\d)|"
    rf"\d{{1,2}}(?:st|nd|rd|th)?\.? (?:of )?{_MONTH}\b|{_MONTH}\.? \d{{1,4}}(?:st|nd|rd|th)?\b|"
    rf"(?:by|before|until|in|end of|from|during|this|next|early|late|mid)[ -](?:the )?(?:end of )?{_MONTH}\b|"
    r"(?:due|by|before|until|on) \d{1,2}/\d{1,2}\b|(?:before|until) the (?:\w+ ){0,3}(?:freeze|season|peak|audit|"
    r"renewal|launch)\b|(?:first|second) half of (?:20\d\d|(?:the|this|next) (?:year|quarter|month))\b|"
    r"(?:first|second|third|fourth|last) quarter\b|(?:before|by) (?:christmas|easter|new year|summer|winter)\b|"
    rf"(?:by|before|until|on|this|next|from|due)(?: the)?(?: next| coming)? {_DAY}\b|"
    rf"(?:this|next|coming|following|current)(?: \w+)? {_SPAN}\b|"
    rf"(?:with)?in (?:the next |the coming )?(?:\d+|an?|one|two|three|four|five|six|seven|eight|ten|"
    rf"twelve|thirty) "
    rf"(?:more |business |working )?{_SPAN}\b|"
    rf"end of (?:the |this |next )?(?:{_SPAN}|day|business|q[1-4])\b|"
    r"q[1-4](?:[ /-]?(?:20)?\d\d)?\b|h[12] 20\d\d\b|(?:by|before|until|in) 20\d\d\b(?!-)|"
    r"(?:calendar )?weeks? \d{1,2}\b|(?:kw|cw|wk) ?\d{1,2}\b|"
    r"tomorrow\b|today\b|tonight\b|eod\b|eow\b|eom\b|before the next \w+)|\[date\]",
    re.IGNORECASE,
)
# When it is due says nothing of who is dealt with: "In Q3 the engineers replace the keys".
_WHEN = re.compile(rf"\b(?:by|before|until|with?in|in|on|from|at)(?: the)? {_DATE.pattern}", re.IGNORECASE)
# Who begins the sentence: "Haruto Nishikawa is going to".
_SUBJECT = re.compile(
    r"^(?:[A-Z][\w'’-]+ ){1,3}(?=(?:is|are|will|shall|must|should|to)\b)(?:(?:is|are) (?:going )?)?"
)
# What is done already needs no date any more.
_DONE = re.compile(
    r"\b(?:(?:(?:was|were|has been|have been|is now|are now|already|now) (?:(?!not\b)\w+ )?\w+(?:ed|en|t))|"
    r"(?<!be )(?:updated|added|removed|replaced|changed|documented|automated|extended|corrected) (?:with|by|to "
    r"include))\b",
    re.IGNORECASE,
)
_GAP_FIRST = re.compile(
    r"^[^.;]*\b(?:was|were|has been|have been|took|did not|does not)\b[^.;]*[.;]\s+", re.IGNORECASE
)
# What happened then is no date of what will be done.
_PAST_FIRST = re.compile(
    r"^[^.;]*\b(?:was|were|had been)\b[^.;]*[.;]\s+(?=.*\b(?:will|shall|must|is to|are to)\b)", re.IGNORECASE
)


def vague_passages(text: str) -> list[tuple[int, int]]:
    """The passages that name no change, as (start, end)."""
    always = [hit.span() for hit in _ALWAYS_VAGUE.finditer(text)]
    found = list(always)
    for hit in _THIN.finditer(text):
        place = bisect_left(always, (hit.end(),))
        overlaps = place and always[place - 1][1] > hit.start()
        rest = [] if overlaps else _said_besides(text, hit.start(), hit.end())
        if len(rest) <= _THIN_REST_AT_MOST and not overlaps:
            found.append(hit.span())
    return sorted(found)


def names_an_owner(text: str) -> bool:
    """Whether somebody is to do it: a role is enough, and so is an owner in square brackets."""
    if _BY_A_ROLE.search(text) or _DEPARTMENT.search(text) or _SUBJECT_ROLE.match(text):
        return True
    return any(_does_it(text, role) for role in _ROLE.finditer(text))


def names_a_date(text: str) -> bool:
    """Whether it says by when; "next quarter" does, and what is done already needs no date."""
    begin, rest = text[:_LOOKED_AT], text[_LOOKED_AT:]
    if _DATE.search(_PAST_FIRST.sub("", begin) + rest):
        return True
    return bool(_DONE.search(_GAP_FIRST.sub("", begin) + rest))


def _does_it(text: str, role: re.Match[str]) -> bool:
    """Whether a role that is mentioned is the one who acts."""
    if _THING_OF_A_ROLE.match(text, role.end()):
        return False
    clause = re.split(r"[.;:,(]\s", _WHEN.sub("", before(text, role.start(), _LOOKED_AT)))[-1]
    return (
        _DEALT_WITH.search(clause) is None
        or _VERB_OF_AN_OWNER.match(text[role.end() : role.end() + _LOOKED_AT].lstrip()) is not None
    )


def _said_besides(text: str, start: int, end: int) -> list[str]:
    """The words that could be specific: neither the passage itself nor owner, date and small words."""
    rest = _SUBJECT.sub(" ", before(text, start, _LOOKED_AT)) + " " + text[end : end + _LOOKED_AT]
    rest = _BY_A_ROLE.sub(" ", _ANY_ROLE.sub(" ", _DATE.sub(" ", rest)))
    return [word for word in re.findall(r"[\w-]+", rest) if len(word) > 3 and not _SMALL.fullmatch(word)]
