"""Wording that blames a person without naming one (domain.md, No names in root cause.

Seed: The Blame Session). Who is blamed is somebody, never a system: a check may fail and a job may miss its window.
"""

import re

from afteractions.wording.reproaches import PATTERNS
from afteractions.wording.somebody import BETWEEN, SOMEBODY

# What only people are accused of.
_FAULT = (
    r"(?:forgot|failed to|neglected|overlooked|missed|ignored|misread|mistyped|misspelled|misunderstood|"
    r"misjudged|"
    r"misinterpreted|misconfigured|mishandled|botched|bungled|messed up|screwed up|panicked|mistakenly|"
    r"wrongly|"
    r"incorrectly|erroneously|accidentally|unwittingly|inadvertently|carelessly|recklessly|negligently|"
    r"hastily|"
    r"blindly|foolishly|should(?: have|['’]ve|n['’]t have| not have| never have)(?= (?:\w+ly )?(?:\w+ed|"
    r"been(?! (?:paged|"
    r"alerted|notified|told|informed|given|warned|trained|asked))|known|seen|done|thought|caught|read|"
    r"gone|taken|"
    r"given|made|kept|paid|put|set|run|written|found|had|left)\b)|ought to have|"
    r"(?:could|might) have (?:noticed|known|checked|asked|prevented|avoided)|"
    r"(?:did not|didn['’]t|never) (?!have\b|get\b|receive\b|own\b|exist\b|reach\b|work\b|include\b|need\b|"
    r"fit\b)|"
    r"(?:was|were)(?: not|n['’]t) (?:paying|careful|attentive|aware|competent|watching|listening|following|"
    r"thinking|checking|awake|qualified|diligent|thorough|concentrating|focused|vigilant|experienced|"
    r"cautious)|"
    r"(?:was|were) (?:unaware|too \w+|careless|negligent|asleep|distracted|tired|drunk|lazy|inattentive|"
    r"sloppy|reckless|"
    r"incompetent|incapable|overconfident|complacent|confused|impatient|at fault|to blame|responsible for "
    r"the)|"
    r"made (?:an? |the |some |several )?(?:\w+ )?(?:mistake|error|blunder|slip|typo|assumption)s?|made an? |"
    r"bothered|thought|rubber[- ]stamped|had no (?:idea|clue)|knew better|slept|fell asleep|cut corners|"
    r"got it wrong|"
    r"rushed|took (?:a )?shortcuts?|refused to|chose to ignore|was confused|skipped|assumed|broke|"
    r"violated|breached|disobeyed|disregarded|lost (?:focus|concentration)|"
    r"(?:broke|did not follow) the rules?|did nothing|been (?:more|less) (?:careful|attentive|vigilant|"
    r"cautious|thorough|diligent|careless|hasty|alert|focused|experienced)|"
    r"(?:(?!received|showed)\w+ed|ran|chose|put|set|took|gave|sent|cut|read) the wrong)"
)
_MAKERS = (
    r"(?:engineer|operator|developer|administrator|admin|technician|contractor|dba|intern|reviewer|"
    r"responder|vendor)"
)

# What forgets without being somebody.
_SYSTEMS = (
    "agent app application balancer bot broker browser cache checker client cluster container controller daemon "
    "database device driver exporter firewall gateway instance job kernel library node parser pod poller probe "
    "process proxy queue replica resolver router scheduler script server service switch system tool worker"
)
_BY_NO_SYSTEM = "".join(f"(?<!{system} )" for system in _SYSTEMS.split())

# One row a pattern: what is blamed, in words that systems do not earn.
_PATTERNS = (
    r"\b(?:human|operator|user|pilot|people|engineer|personnel|administrator|admin|individual|personal|"
    r"staff|manual|"
    r"operational|developer|typing)[ -](?:errors?|mistakes?|failings?)\b(?![ -](?:rate|messages?|page|"
    r"code|handl|budget|report|"
    r"count|log|metric|correct|prevent))",
    r"\bfat[- ]finger(?:ed|ing|s)?\b|\bpebkac\b|\blayer[- ]8\b",
    rf"\b(?:any|every) (?:competent|experienced|good|decent|careful|sane|reasonable) {SOMEBODY} would\b",
    rf"\b{SOMEBODY}\b{BETWEEN} {_FAULT}",
    rf"{_BY_NO_SYSTEM}(?<!operator )\bforgot(?= |[.,;])(?! (?:my |your |the )?passwords?\b)",
    r"\b(?:because|since|as|if only) (?:people|engineers|operators|they|somebody|someone|the (?:team|"
    r"operator|engineer)) "
    r"(?:was|were|is|are)(?: not|n['’]t) \w+",
    r"\b(?:should(?: have|['’]ve)|ought to have|must have|could have) (?:known|noticed|reali[sz]ed|been "
    r"more careful|paid|thought|"
    r"been aware|remembered|double[- ]checked|known better|seen (?:this|it) coming|been paying|asked "
    r"(?:first|before))\b",
    r"(?<![\"“])\b(?:careless(?:ly|ness)?|negligen(?:t|tly|ce)|sloppiness|sloppily|sloppy(?! quorum)|"
    r"incompeten(?:t|ce)|reckless(?:ly|ness)?|inattenti(?:ve|veness|on)|complacen(?:t|cy)|stupid(?:ly|"
    r"ity)?|dumb"
    r"(?! (?:terminal|pipe|client))|blunders?|clums(?:y|ily|iness)|ignoran(?:t|ce)|irresponsib(?:le|ly|"
    r"ility)|"
    r"unprofessional(?:ly|ism)?|laziness|thoughtless(?:ly|ness)?|foolish(?:ly|ness)?|idiot(?:ic)?|"
    r"inept(?:itude)?|"
    r"amateurish|shoddy|inexperience|culpable|oversight by|unforgivable|inexcusable|misconduct|"
    r"malpractice)\b(?! whisper)",
    r"\b(?:lack of|insufficient|not enough|poor|bad|missing|inadequate) (?:attention|care|diligence|"
    r"discipline|"
    r"judge?ment|common sense|competence|skills?|vigilance|concentration|responsibility|ownership|"
    r"professionalism)\b"
    r"(?! (?:label|field|record|tag))",
    r"\b(?:(?:did|was|were|do|does|is|are)(?: not|n['’]t)|not|never|fail(?:ed|ing)? to|without) "
    r"pay(?:ing)? (?:\w+ )?attention\b",
    r"\b(?:is|was|were|are) (?:at fault|to blame)\b",
    r"\b(?:did not|didn['’]t|never) (?:even |really |stop to )?(?:think|bother)\b",
    r"\b(?:is|was|were) the (?:fault|mistake) of (?:the|an?|our) \w+(?: \w+)?|"
    rf"\bthe (?:fault|mistake|oversight|negligence) of (?:the|an?|our) (?:\w+ )?(?:{_MAKERS}|team|"
    rf"colleague|person)s?\b",
    r"\b(?:his|her|their own|their|whose|(?:\w+er|\w+or|team|dba|intern|technician|admin|colleague|person|"
    r"vendor)['’]s) "
    r"(?:fault|mistake|error|oversight|negligence|carelessness)\b",
    rf"\b(?:(?:made|making) an? (?:\w+ )?mistake|(?:mistake|error|oversight|slip|blunder)s? (?:made "
    rf")?(?:by|of|on the part of) "
    rf"(?:the|an?|our|one of the) (?:[\w-]+ )?(?:{_MAKERS}|team|colleague|person|staff)s?)\b",
    rf"\bcaused by (?:an? |the |our )?(?:[\w-]+ )?{_MAKERS}s?\b(?=[.,;:]|$| who| of| on| during| in| at| "
    rf"with| not)",
    r"\b(?:inexperienced|untrained|unqualified|junior|lazy|incapable|unskilled) (?:\w+ )?(?:engineer|"
    r"operator|developer|"
    r"administrator|admin|staff|technician|responder|colleague|employee|contractor|team member|dba|"
    r"person)s?\b",
    rf"\b(?:failure|inability|refusal) (?:of|by) (?:the|an?|our) (?:\w+ )?(?:lead|{_MAKERS})s? to\b",
    r"\b(?:human|the) (?:failure|failing) of the (?:operator|engineer|team)\b",
    r"\b(?:blame|fault) (?:lies|rests|is|falls) (?:with|on) (?:the|an?|our) \w+",
    r"\b(?:should|must|needs? to|has to) be (?:re-?trained|disciplined|fired|punished|reprimanded|sanctioned|"
    r"dismissed)(?= |[.,;]|$)(?! by)",
    r"\b(?:rookie|beginner['’]s|silly|foolish|obvious|avoidable|embarrassing|amateur|unforced|personal) "
    r"(?:mistake|error|blunder)s?\b",
    r"\bheld? (?:responsible|accountable|to account)\b",
)
_BLAME = tuple(re.compile(pattern, re.IGNORECASE) for pattern in (*_PATTERNS, *PATTERNS))


def blaming_passages(text: str) -> list[tuple[int, int]]:
    """The passages that blame somebody, as (start, end) in the order of the text, without overlaps."""
    spans = sorted(
        (hit.span() for pattern in _BLAME for hit in pattern.finditer(text)),
        key=lambda span: (span[0], -span[1]),
    )
    kept: list[tuple[int, int]] = []
    for start, end in spans:
        end -= text[end - 1] == " "
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
        elif end > kept[-1][1]:
            kept[-1] = (kept[-1][0], end)
    return kept
