"""Wording that blames a person without naming one (domain.md, No names in root cause.

Seed: The Blame Session).
"""

import re

# Somebody, as root causes speak of people. An operator of Kubernetes is a program.
_SOMEBODY = (
    r"(?:(?<!kubernetes )(?<!k8s )(?<!prometheus )(?<!database )(?<!ingress )operator|engineers?|developers?|"
    r"administrators?|admins?|sysadmins?|on-?call(?: engineer| person)?|responders?|technicians?|reviewers?|"
    r"authors?|contractors?|employees?|colleagues?|staff|analysts?|dbas?|managers?|leads?|interns?|teams?|somebody|"
    r"someone|nobody|no one|people|he|she|they|who)"
)
_FAULT = (
    r"(?:forgot|failed to|neglected|overlooked|missed|ignored|misread|mistyped|misunderstood|misjudged|mistakenly|"
    r"wrongly|incorrectly|accidentally|inadvertently|carelessly|should have|should not have|shouldn['’]t have|"
    r"ought to have|did not|didn['’]t|was not|wasn['’]t|were not|weren['’]t|was unaware|was too|were too|made an? |"
    r"was careless|were careless|assumed|skipped|broke the rules?|did nothing|was at fault|was to blame)"
)

# One row a pattern: what is blamed, in words that systems do not earn.
_PATTERNS = (
    r"\b(?:human|operator|user|pilot|manual|people|engineer|personnel|administrator|admin)[ -]errors?\b(?! (?:rate|"
    r"message|page|code|handl|budget|report))",
    r"\bfat[- ]finger(?:ed|ing|s)?\b",
    rf"\b{_SOMEBODY}\b(?: \w+){{0,2}}? {_FAULT}",
    r"\bforgot(?:ten)?\b(?! password)",
    r"\bshould(?: have|['’]ve) (?:known|noticed|reali[sz]ed|been more careful|paid|thought|been aware|remembered|"
    r"double[- ]checked|known better|seen (?:this|it) coming)\b",
    r"\b(?:careless(?:ly|ness)?|negligen(?:t|tly|ce)|sloppy|sloppiness|sloppily|"
    r"incompeten(?:t|ce)|reckless(?:ly|ness)?|"
    r"inattenti(?:ve|on)|complacen(?:t|cy)|stupid(?:ly|ity)?|dumb|blunders?|clums(?:y|iness)|ignoran(?:t|ce))\b",
    r"\b(?:lack of|insufficient|not enough|poor) (?:attention|care|diligence|discipline|judge?ment|common sense|"
    r"competence|skill)\b(?! label)",
    r"\b(?:(?:did|was|were|do)(?: not|n['’]t)|not) pay(?:ing)? (?:enough )?attention\b",
    r"\b(?:is|was|were|are) (?:at fault|to blame)\b",
    r"\b(?:his|her|their|whose|(?:engineer|operator|developer|team)['’]s) (?:fault|mistake|error|oversight)\b",
    r"\b(?:(?:made|making) an? (?:\w+ )?mistake|mistake (?:by|of) (?:the|an?) (?:\w+ )?(?:engineer|operator|developer|"
    r"administrator|team|colleague))\b",
    r"\bcaused by (?:an? |the )?(?:\w+ )?(?:engineer|operator|developer|administrator|technician|contractor)s?\b",
    r"\b(?:inexperienced|untrained|junior|lazy) (?:\w+ )?(?:engineer|operator|developer|administrator|admin|staff|"
    r"technician|responder|colleague)s?\b",
)
_BLAME = tuple(re.compile(pattern, re.IGNORECASE) for pattern in _PATTERNS)


def blaming_passages(text: str) -> list[tuple[int, int]]:
    """The passages that blame somebody, as (start, end) in the order of the text, without overlaps."""
    found = sorted(
        (hit.span() for pattern in _BLAME for hit in pattern.finditer(text)),
        key=lambda span: (span[0], -span[1]),
    )
    kept: list[tuple[int, int]] = []
    for start, end in found:
        if not kept or start >= kept[-1][1]:
            kept.append((start, end - (text[end - 1] == " ")))
    return kept
