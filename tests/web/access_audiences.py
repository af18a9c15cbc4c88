"""Who asks for what, the audiences that the rows of `access_rules` name, and what a row says."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

# Who asks. `guest` holds a link and no account; `outsider` an account and no part in anything.
CAST = frozenset({"mim", "owner", "attendee", "trl", "action_owner"})
SIGNED_IN = CAST | {"outsider", "manager", "communications", "auditor", "administrator"}
ROLES = SIGNED_IN | {"anonymous", "guest"}
# What is asked for: `own` and `restricted` have the cast; `others` belongs to other people.
THINGS = ("own", "others", "restricted")


@dataclass(frozen=True)
class Audience:
    """Who may act on one's own and on others'. On what is restricted: the same as on one's own, of those who see it.
    `by_link`: whoever holds the link."""

    own: frozenset[str]
    others: frozenset[str]
    by_link: bool = False

    def of(self, thing: str) -> frozenset[str]:
        match thing:
            case "others":
                return self.others
            case "restricted" if not self.by_link:
                return self.own & SEES["restricted"]
            case _:
                return self.own


def audience(own: Iterable[str], others: Iterable[str] = ()) -> Audience:
    return Audience(frozenset(own), frozenset(others))


# An object of one's own or others' is seen by everybody with an account; a restricted one by its people and Auditors.
SEES = {"own": SIGNED_IN, "others": SIGNED_IN, "restricted": CAST | {"auditor"}}

EVERYBODY = Audience(ROLES, ROLES, by_link=True)
ANYONE_SIGNED_IN = audience(SIGNED_IN, SIGNED_IN)
NOT_AUDITORS = audience(SIGNED_IN - {"auditor"}, SIGNED_IN - {"auditor"})
ADMINISTRATORS = audience({"administrator"}, {"administrator"})
AUDIT_READERS = audience({"auditor", "administrator"}, {"auditor", "administrator"})
COMMAND = audience({"mim", "administrator"}, {"administrator"})
ABOVE_THE_MIM = audience({"manager", "administrator"}, {"manager", "administrator"})
MANAGER = audience({"manager", "administrator"}, {"administrator"})
# An administrator does where nobody is above the MIM.
MANAGER_ALONE = audience({"manager"}, {"administrator"})
NOBODY = audience(())
# The incidents of the matrix are closed: those with a part add to their record.
PARTS = audience(CAST | {"administrator"}, {"administrator"})
TIMES = audience({"mim", "owner", "trl", "administrator"}, {"administrator"})
OWNERS = audience({"owner", "administrator"}, {"administrator"})
CHAIR = COMMAND
WRITERS = audience({"owner", "mim", "trl", "administrator"}, {"administrator"})
LEADS = audience({"owner", "mim", "administrator"}, {"administrator"})
RECOVERY_LEAD = audience({"trl", "administrator"}, {"administrator"})
RESPONDERS = audience({"mim", "trl", "administrator"}, {"administrator"})
BRINGERS = audience({"attendee", "owner", "administrator"}, {"administrator"})
INVITED = audience({"attendee", "mim", "administrator"}, {"administrator"})
ATTENDEES = audience({"attendee", "mim", "trl"})
# Those who write it, and whoever began the thread.
THREADS = audience(WRITERS.own | {"attendee"}, WRITERS.others)
ACTS = audience({"action_owner", "owner", "mim", "administrator"}, {"administrator"})
# The first deadline of a thing is the MIM's own.
NUDGERS = audience({"owner", "manager", "administrator"}, {"administrator"})
MESSENGERS = audience({"communications", "administrator"}, {"communications", "administrator"})


@dataclass(frozen=True)
class Rule:
    """Who may do what at one URL. `about` an object; `hides` it from whoever may not act (404, as if it were not
    there), and `without_door` from everybody, who is not sent to sign in either; `outside`: a page that is not ours and
    keeps its own rules; `steps` have a rule each, by their names."""

    methods: Mapping[str, Audience]
    about: bool = True
    hides: bool = False
    outside: bool = False
    without_door: bool = False
    steps: Mapping[str, "Rule"] = field(default_factory=dict)

    @property
    def by_link(self) -> bool:
        """Whether the address itself is the key."""
        return self.about and any(who.by_link for who in self.methods.values())


def page(get: Audience | None = None, post: Audience | None = None, **said: bool) -> Rule:
    methods = {"GET": get, "POST": post}
    return Rule({method: who for method, who in methods.items() if who is not None}, **said)


def call(**methods: Audience) -> Rule:
    return Rule({method.upper(): who for method, who in methods.items()})


def everywhere(rule: Rule) -> Rule:
    """The rule of a URL that is about no object."""
    return Rule(rule.methods, about=False, hides=rule.hides, outside=rule.outside)


READ = page(ANYONE_SIGNED_IN)
LIST = everywhere(READ)


def form(post: Audience) -> Rule:
    """A page that whoever sees the object may read, and that only some may send."""
    return page(ANYONE_SIGNED_IN, post)


def asked(post: Audience) -> Rule:
    """A page that is a form alone: whoever may not send it is told so at once."""
    return page(post, post)
