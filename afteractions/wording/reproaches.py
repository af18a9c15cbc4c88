"""What turns the deed of somebody into a reproach: that it was done by mistake, without care, or not at all; whose
error it was; what would have been; that nobody minded. Each repetition is bounded, for the sake of long texts."""

from afteractions.wording.somebody import ACTOR, BETWEEN, DEPARTMENT, GROUP, SOMEBODY

# Words within one clause.
_WORDS = r"(?:,? [\w'’/-]+)"
# What whoever takes care does, and a reproach says was left out.
_CARE = (
    r"(?:\w+ly |even |ever |any |first )?(?:test(?:ing|s)?|ask(?:ing)?|tell(?:ing)?|read(?:ing)?|check(?:ing|s)?|"
    r"look(?:ing)?|open(?:ing)?|think(?:ing)?|verif(?:ying|ication)|review(?:ing)?|consult(?:ing|ation)?|"
    r"inform(?:ing)?|notif(?:ying|ication)|wait(?:ing)?|permission|understanding|considering|announcing|"
    r"coordinat(?:ing|ion)|discussing|warning|bothering|hesitation|(?:a second )?thought)"
)
_DEEDS = (
    r"entered|clicked|typed|ran|pulled|unplugged|pressed|pasted|closed|opened|deleted|dropped|picked|selected|chose|"
    r"used|edited|changed|restarted|rolled back|shut down|switched off|mounted|connected|copied|sent|applied|loaded|"
    r"removed"
)
_THEIRS = r"(?:their|its|his|her)"
_REPROACHES = (
    r"(?:had been |was |were )?warned(?: \w+)? and|look(?:ed|ing) the other way|turn(?:ed|ing) a blind eye|"
    rf"dragg(?:ed|ing) {_THEIRS} feet|sat on (?!call)|slept through|gave up|hop(?:ed|ing) for the best|did nothing|"
    rf"(?:was|were) in a hurry|(?:did not|didn['’]t|had not|hadn['’]t) (?:do|done) {_THEIRS} (?:jobs?|homework|duty)|"
    rf"had done {_THEIRS} (?:jobs?|homework|duty)|insist(?:ed|ing) on|pressured|against (?:all |every |the )?advice|"
    r"waved (?:it |them |\w+ )?through|kept \w+(?: \w+)? to (?:himself|herself|themselves)|had no business|"
    r"lost interest|played down|covered up|lied about"
)
_NEGLECTED = (
    r"overlooked|ignored|neglected|forgot|missed|misread|misjudged|botched|rushed|refused to|skipped|"
    r"(?:did not|didn['’]t|never|failed to|neither) (?:even |once )?"
    r"(?:read|answer|tell|ask|look|check|test|listen|react|respond|escalate|bother|care|announce|inform|notify|warn|call|"
    r"think|verify|follow)(?:e?d)?"
)
_ERRORS = (
    r"typos?|slips?|lapses?|oversights?|mistakes?|errors?|blunders?|omissions?|carelessness|negligence|sloppiness|"
    r"(?:misjudge?|judge?)ments?|misunderstandings?|inattention|copy[- ](?:and|&)[- ]paste|failures?|misconfigurations?"
)
_ONE_OF = r"(?:(?:the|an?|our|one of (?:the|our)|some) )?(?:[\w-]+ ){0,2}?"
_MINDED = (
    r"cared|could (?:be bothered|care less)|couldn['’]t (?:be bothered|care less)|"
    r"took (?:the )?(?:responsibility|ownership|blame)"
)

PATTERNS = (
    # A deed, and the manner that makes it a reproach.
    rf"\b{ACTOR}\b{_WORDS}{{1,9}}? (?:by (?:accident|mistake)|accidentally|mistakenly|in error|carelessly)\b",
    rf"\b{ACTOR}\b{_WORDS}{{1,9}}? (?:without|instead of) {_CARE}\b",
    rf"(?<!\bwas )(?<!\bwere )(?<!\bbeen )(?<!\bis )\b(?:approved|signed off|merged|waived|accepted|released)"
    rf"{_WORDS}{{0,6}}? without {_CARE}\b",
    rf"\b(?:{ACTOR}|users?)\b{BETWEEN} (?:{_DEEDS}){_WORDS}{{0,6}}? (?:the|an?) wrong\b",
    rf"\b{ACTOR}\b{_WORDS}{{0,5}}? (?:{_REPROACHES})\b",
    rf"\b{SOMEBODY}\b{_WORDS}{{1,6}}? (?:never|clearly) (?:\w+ )?(?:tested|checked|read|looked|asked|"
    r"understood|did not)\b",
    rf"\b(?:{DEPARTMENT}|{GROUP})\b{BETWEEN} (?:{_NEGLECTED})\b",
    # The error as a noun, and whose it is.
    rf"\b(?:{_ERRORS}) (?:made |committed |caused )?(?:by|of|from|on the part of) {_ONE_OF}{ACTOR}\b",
    r"\b\w+(?:['’]s|s['’]) (?:fault|oversight|negligence|carelessness|laziness|incompetence|sloppiness)\b",
    rf"\bfault of {_ONE_OF}{ACTOR}\b",
    # What would have been, had somebody behaved.
    rf"(?:\bhad|\bif(?: only)?) {_ONE_OF}{SOMEBODY}(?: had)?(?: only| just| simply)? (?:read|followed|checked|tested|"
    r"looked|asked|listened|waited|thought|done|paid|known|bothered|verified|spoken)\b",
    # Nobody minded.
    rf"\b(?:{ACTOR}|none of (?:the|our) \w+){BETWEEN} (?:{_MINDED})\b",
    r"\b(?:could not|couldn['’]t) (?:even )?be bothered\b",
    r"\b(?:impatient|careless|hasty|overconfident|arrogant|absent-minded|distracted|forgetful|clueless|sleepy) "
    rf"(?:[\w-]+ )?{SOMEBODY}\b",
)
