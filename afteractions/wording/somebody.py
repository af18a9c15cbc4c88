"""Who is somebody, in the words of a root cause: people by what they do, teams and departments; no system."""

# An operator who is somebody is called so; one that is called by a product ("Kubernetes operator") is a program.
_OPERATOR_OF = (
    "the an our one some another that each any every of or and two both night day shift duty console control room "
    "desk human network system systems plant machine tired new junior senior experienced"
)
_OPERATOR = (
    "(?:" + "|".join(f"(?<=\\b{word} )" for word in _OPERATOR_OF.split()) + r"|(?<=^)|(?<=\. ))operators?"
)
# As root causes speak of people. An agent is a program.
SOMEBODY = (
    rf"(?:{_OPERATOR}|engineers?|developers?|programmers?|coders?|administrators?|admins?|"
    r"sysadmins?|"
    r"on-?call(?: (?:engineer|person|staff|developer))?|responders?|technicians?|reviewers?|approvers?|"
    r"authors?|"
    r"committers?|contractors?|consultants?|deployers?|maintainers?|newcomers?|juniors?|members?|"
    r"employees?|colleagues?|coworkers?|co-workers?|staff|personnel|"
    r"analysts?|"
    r"dbas?|sres?|architects?|testers?|managers?|supervisors?|leads?|leaders?|interns?|trainees?|"
    r"apprentices?|"
    r"new (?:hire|starter|joiner)s?|teams?|crew|(?<!change )(?<!incident )(?<!access )(?<!configuration "
    r")(?<!lifecycle )management|"
    r"(?:support|service desk|help ?desk|human) agents?|"
    r"somebody|someone|nobody|no one|no-one|everybody|everyone|anyone|anybody|whoever|individuals?|"
    r"persons?|people|guys?|folks?|specialists?|officers?|(?:product|service|business) owners?|"
    r"humans?|he|she|they|we|who)"
)
# Between somebody and the deed: "the person on duty simply forgot".
BETWEEN = (
    r"(?: (?:\w+ly|just|again|also|then|once|had|has|have|apparently|on duty|on call|on shift|on site|in "
    r"charge|"
    r"responsible|involved|concerned|was on (?:call|duty|shift)|at the (?:desk|console|time)|doing the "
    r"\w+|running the \w+|\w+ing|from (?:the )?\w+ (?:level|line|shift|team)|making "
    r"the \w+))*"
)
# A department that acts, where its name begins what is said: "Operations overlooked", and no "write operations".
_BEFORE = (
    *("^", r"[.,;:!?] ", r"\n", r"\band ", r"\bbut ", r"\bthat ", r"\bbecause "),
    *(r"\bwhen ", r"\bas ", r"\bby ", r"\bin ", r"\bour "),
)
_DEPARTMENTS = (
    r"operations|ops|devops|dev|devs|development|support|security|marketing|finance|sales|legal|engineering|(?-i:IT)|"
    r"qa|facilities|procurement|purchasing|hr|infosec|leadership|(?:service|help) ?desk|"
    r"customer (?:care|service|success)"
)
DEPARTMENT = f"(?:{'|'.join(f'(?<={before})' for before in _BEFORE)})(?:{_DEPARTMENTS})"
GROUP = r"(?:the|our) (?:\w+ )?(?:desk|group|squad|department|shift|office|supplier)"
ACTOR = rf"(?:{SOMEBODY}|{DEPARTMENT}|{GROUP})"
