"""Who may open what: every URL of the product has a row here, and tests hold it to that row.

A row says for each method who may act. Whoever is signed in and sees the object, but may not act, is told so (403);
whoever does not see it finds nothing (404); whoever is not signed in is sent to sign in (302, in the API 401).
A method without an audience is not there (405).
"""

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


INCIDENT_STEPS = {
    **dict.fromkeys(("event", "status", "impact", "track", "role", "vendor", "mtm", "service"), asked(PARTS)),
    **dict.fromkeys(("phase", "milestone", "severity"), asked(TIMES)),
    **dict.fromkeys(
        (
            "no-mtm",
            "hand-over",
            "repeat",
            "not-a-repeat",
            "restrict",
            "unrestrict",
            "admit",
            "close",
            "reopen",
        ),
        asked(COMMAND),
    ),
    "claim": asked(NOBODY),
    "confirm-lowering": asked(MANAGER_ALONE),
}
STEPS_OF_ENTRIES = {
    **dict.fromkeys(("event", "status", "track-change", "vendor-change", "mtm-change"), asked(PARTS)),
    **dict.fromkeys(("milestone", "phase"), asked(TIMES)),
    # The lead's role, which carries rights.
    "role-end": asked(COMMAND),
    "role-confirm": asked(LEADS),
    "lead-confirm": asked(LEADS),
}
MEETING_STEPS = {
    **dict.fromkeys(("note", "attend", "action", "review", "confirm", "ahead", "end"), page(post=PARTS)),
    "summary": page(post=COMMAND),
}
PROPOSERS = audience({"action_owner", "owner", "administrator"}, {"administrator"})
HANDS_ON = audience(ACTS.own | {"manager"}, ACTS.others)
ACTION_STEPS = {
    **dict.fromkeys(("start", "progress", "complete", "extend", "cancel"), asked(ACTS)),
    "effect": asked(LEADS),
    "hand-on": asked(HANDS_ON),
    "propose": asked(PROPOSERS),
}

PAGES: dict[str, Rule] = {
    "home": LIST,
    "search": LIST,
    "search_suggestions": LIST,
    "incidents:list": LIST,
    "incidents:declare": everywhere(asked(NOT_AUDITORS)),
    "incidents:import": everywhere(asked(NOT_AUDITORS)),
    "incidents:people": LIST,
    "incidents:services": LIST,
    "incidents:vendor_terms": LIST,
    "incidents:detail": READ,
    "incidents:live": READ,
    "incidents:line": page(post=PARTS),
    "incidents:history": READ,
    "incidents:look_alikes": READ,
    "incidents:export": READ,
    "incidents:step": Rule({}, steps=INCIDENT_STEPS),
    "incidents:step_of": Rule({}, steps=STEPS_OF_ENTRIES),
    "incidents:mtm": READ,
    "incidents:mtm_step": Rule({}, steps=MEETING_STEPS),
    "afteractions:board": LIST,
    "afteractions:overdue": LIST,
    # A row that may not be nudged is told as such; the page itself is everybody's.
    "afteractions:overdue_together": everywhere(page(post=ANYONE_SIGNED_IN)),
    "afteractions:save_view": everywhere(form(ANYONE_SIGNED_IN)),
    "afteractions:open_view": LIST,
    "afteractions:delete_view": everywhere(page(audience({"mim"}), audience({"mim"}), hides=True)),
    "afteractions:library": LIST,
    "afteractions:messages": LIST,
    "afteractions:notes": LIST,
    "afteractions:insights": LIST,
    "afteractions:insights_topic": LIST,
    "afteractions:insights_list": LIST,
    "afteractions:left_behind": LIST,
    # Of the MIM of the thing: whoever stands above, and administrators.
    "afteractions:left_by": everywhere(asked(ABOVE_THE_MIM)),
    "afteractions:actions": LIST,
    "afteractions:service_memory": LIST,
    "afteractions:incident_memory": READ,
    "afteractions:administration": everywhere(page(ADMINISTRATORS)),
    "afteractions:hide_first_steps": everywhere(page(post=ADMINISTRATORS)),
    "afteractions:mail": everywhere(asked(ADMINISTRATORS)),
    "afteractions:organisation": everywhere(asked(ADMINISTRATORS)),
    "afteractions:sign_in": everywhere(asked(ADMINISTRATORS)),
    # Once there is an administrator nobody finds it, whatever the key.
    "afteractions:audit": everywhere(page(AUDIT_READERS)),
    "afteractions:setup": Rule({"GET": NOBODY, "POST": NOBODY}, about=False, hides=True, without_door=True),
    **dict.fromkeys(
        (
            "afteractions:new_person",
            "afteractions:import_people",
            "afteractions:person",
            "afteractions:disable_person",
            "afteractions:services",
            "afteractions:service",
            "afteractions:teams",
            "afteractions:team",
        ),
        everywhere(asked(ADMINISTRATORS)),
    ),
    **dict.fromkeys(
        (
            "afteractions:enable_person",
            "afteractions:invite_person",
            "afteractions:remove_second_factor",
            "afteractions:forget_tries",
            "afteractions:end_persons_session",
            "afteractions:end_persons_token",
            "afteractions:delete_service",
            "afteractions:delete_team",
        ),
        everywhere(page(post=ADMINISTRATORS)),
    ),
    "afteractions:directory": everywhere(page(ADMINISTRATORS)),
    "afteractions:people_example": everywhere(page(ADMINISTRATORS)),
    "afteractions:set_aside": everywhere(asked(ADMINISTRATORS)),
    "afteractions:policy": everywhere(form(ADMINISTRATORS)),
    "afteractions:close_day": everywhere(page(post=ADMINISTRATORS)),
    "afteractions:open_day": everywhere(asked(ADMINISTRATORS)),
    "afteractions:people_to_ask": LIST,
    "afteractions:action": READ,
    "afteractions:action_step": Rule({}, steps=ACTION_STEPS),
    "afteractions:workspace": READ,
    "afteractions:deadlines": READ,
    "afteractions:history": READ,
    "afteractions:difference": READ,
    "afteractions:pdf": READ,
    "afteractions:export": READ,
    "afteractions:rca": READ,
    "afteractions:draft": READ,
    "afteractions:take_gap": page(post=WRITERS),
    "afteractions:take_row": page(post=WRITERS),
    "afteractions:take_close_out": page(post=WRITERS),
    "afteractions:people_known": page(WRITERS),
    "afteractions:not_a_name": page(post=WRITERS),
    "afteractions:section": form(WRITERS),
    "afteractions:row": page(post=WRITERS),
    "afteractions:draft_live": page(WRITERS),
    "afteractions:confirm": page(post=RECOVERY_LEAD),
    "afteractions:assessments": form(NOBODY),
    "afteractions:close_out": form(RESPONDERS),
    "afteractions:reading_list": form(WRITERS),
    "afteractions:reading_list_tick": page(post=WRITERS),
    "afteractions:evidence": form(NOT_AUDITORS),
    "afteractions:ask_evidence": page(post=LEADS),
    "afteractions:evidence_file": READ,
    "afteractions:withdraw_evidence": page(post=BRINGERS),
    "afteractions:read": READ,
    "afteractions:acknowledge": page(post=NOT_AUDITORS),
    "afteractions:comment": page(post=NOT_AUDITORS),
    "afteractions:resolve": page(post=THREADS),
    "afteractions:people": READ,
    "afteractions:propose": page(post=CHAIR),
    "afteractions:add_attendee": page(post=CHAIR),
    "afteractions:naming": form(LEADS),
    "afteractions:decide_attendee": page(post=CHAIR),
    "afteractions:answer": page(post=INVITED),
    "afteractions:let_guest_in": page(post=LEADS),
    "afteractions:take_back_link": page(post=LEADS),
    "afteractions:decide": form(CHAIR),
    "afteractions:start": form(CHAIR),
    "afteractions:schedule": form(CHAIR),
    "afteractions:distribute": form(OWNERS),
    "afteractions:amend": form(OWNERS),
    "afteractions:withdraw": form(OWNERS),
    "afteractions:waive": form(MANAGER),
    "afteractions:request": form(NOT_AUDITORS),
    "afteractions:meeting": READ,
    "afteractions:start_meeting": page(post=CHAIR),
    "afteractions:attendance": page(post=CHAIR),
    "afteractions:decision": page(post=CHAIR),
    # What the draft takes from its writers, the page of the meeting takes too.
    "afteractions:action_captured": page(post=WRITERS),
    "afteractions:anti_pattern": page(post=CHAIR),
    "afteractions:finish": page(post=CHAIR),
    # An administrator answers for nobody.
    "afteractions:meeting_question": page(post=ATTENDEES),
    "afteractions:publication": READ,
    # The MIM as well: agree, publish and close may be one step of the chair.
    "afteractions:publish": page(post=LEADS),
    "afteractions:erratum": page(post=OWNERS),
    "afteractions:message": form(MESSENGERS),
    "afteractions:answer_message": page(post=LEADS),
    "afteractions:settle": page(post=MESSENGERS),
    "afteractions:send_note": page(post=OWNERS),
    "afteractions:vendor": page(post=LEADS),
    "afteractions:vendors": LIST,
    "afteractions:vendors_due": LIST,
    "afteractions:vendor_new": everywhere(asked(ADMINISTRATORS)),
    "afteractions:vendor_history": LIST,
    "afteractions:vendor_contract": everywhere(asked(ADMINISTRATORS)),
    "afteractions:actions_review": form(CHAIR),
    "afteractions:guest": page(EVERYBODY),
    "afteractions:guest_read": page(post=EVERYBODY),
    "afteractions:guest_answer": page(post=EVERYBODY),
    "afteractions:guest_question": page(post=EVERYBODY),
    "afteractions:guest_bring": page(post=EVERYBODY),
    "afteractions:guest_evidence": page(EVERYBODY),
    "afteractions:guest_comment": page(post=EVERYBODY),
    "notices:inbox": LIST,
    "notices:bell": LIST,
    "notices:read_all": everywhere(page(post=ANYONE_SIGNED_IN)),
    "notices:try_again": everywhere(page(post=ADMINISTRATORS)),
    "notices:open": page(audience({"mim"}), hides=True),
    "notices:mail": LIST,
    "notices:mail_detail": page(audience({"mim", "administrator"}, {"administrator"}), hides=True),
    "people:me": everywhere(form(ANYONE_SIGNED_IN)),
    "people:away": everywhere(page(post=ANYONE_SIGNED_IN)),
    # One's own alone: of anybody else's it says what it says of none.
    "people:back_again": everywhere(page(post=audience({"mim"}), hides=True)),
    "notices:settings": everywhere(form(ANYONE_SIGNED_IN)),
    "people:make_token": everywhere(page(post=ANYONE_SIGNED_IN)),
    "people:revoke": everywhere(page(ANYONE_SIGNED_IN, audience({"mim"}), hides=True)),
    "people:end_session": everywhere(page(post=audience({"mim"}), hides=True)),
    "people:end_other_sessions": everywhere(page(post=ANYONE_SIGNED_IN)),
    "healthz": everywhere(page(EVERYBODY)),
    "readyz": everywhere(page(EVERYBODY)),
    "favicon": everywhere(page(EVERYBODY)),
    "metrics": everywhere(page(EVERYBODY)),
}

SEEN = call(get=ANYONE_SIGNED_IN)
RECORD = call(post=PARTS)


def post(who: Audience) -> Rule:
    return call(post=who)


CALLS: dict[str, Rule] = {
    "incidents-api:incident-list": everywhere(call(get=ANYONE_SIGNED_IN, post=NOT_AUDITORS)),
    "incidents-api:incident-import-": everywhere(post(NOT_AUDITORS)),
    "incidents-api:incident-detail": SEEN,
    "incidents-api:incident-close": post(COMMAND),
    "incidents-api:incident-command": RECORD,
    "incidents-api:incident-confirm-role": post(LEADS),
    "incidents-api:incident-confirm-lead": post(LEADS),
    "incidents-api:incident-events": call(get=ANYONE_SIGNED_IN, post=PARTS),
    "incidents-api:incident-export": SEEN,
    "incidents-api:incident-look-alikes": SEEN,
    "incidents-api:incident-handover": post(COMMAND),
    "incidents-api:incident-impact": RECORD,
    "incidents-api:incident-join-track": RECORD,
    "incidents-api:incident-milestones": post(TIMES),
    "incidents-api:incident-mtm-decision": post(COMMAND),
    "incidents-api:incident-not-a-repeat-of": post(COMMAND),
    "incidents-api:incident-mtms": RECORD,
    "incidents-api:incident-mtm": call(get=ANYONE_SIGNED_IN, post=PARTS),
    "incidents-api:incident-review-mtm-action": RECORD,
    "incidents-api:incident-phases": post(TIMES),
    "incidents-api:incident-publish-mtm-summary": post(COMMAND),
    "incidents-api:incident-reopen": post(COMMAND),
    "incidents-api:incident-repeat-of": post(COMMAND),
    "incidents-api:incident-correct-event": RECORD,
    "incidents-api:incident-say-more-of-track": RECORD,
    "incidents-api:incident-say-more-of-vendor": RECORD,
    "incidents-api:incident-severity": post(TIMES),
    "incidents-api:incident-status-updates": RECORD,
    "incidents-api:incident-tracks": RECORD,
    "incidents-api:incident-vendors": RECORD,
    "afteractions-api:after-action-list": everywhere(call(get=ANYONE_SIGNED_IN, post=NOT_AUDITORS)),
    "afteractions-api:after-action-detail": SEEN,
    "afteractions-api:after-action-amend": post(OWNERS),
    "afteractions-api:after-action-amend-published": post(OWNERS),
    "afteractions-api:after-action-anti-patterns": post(CHAIR),
    "afteractions-api:after-action-attendees": post(CHAIR),
    "afteractions-api:after-action-close-outs": call(get=ANYONE_SIGNED_IN, post=RESPONDERS),
    "afteractions-api:after-action-reading-list": call(get=ANYONE_SIGNED_IN, post=WRITERS),
    "afteractions-api:after-action-tick-off": post(WRITERS),
    "afteractions-api:after-action-evidence": call(get=ANYONE_SIGNED_IN, post=NOT_AUDITORS),
    "afteractions-api:after-action-evidence-file": SEEN,
    "afteractions-api:after-action-withdraw-evidence": post(BRINGERS),
    "afteractions-api:after-action-comments": call(get=ANYONE_SIGNED_IN, post=NOT_AUDITORS),
    "afteractions-api:after-action-confirm": post(RECOVERY_LEAD),
    "afteractions-api:after-action-decide": post(CHAIR),
    "afteractions-api:after-action-distribute": post(OWNERS),
    "afteractions-api:after-action-export": SEEN,
    "afteractions-api:after-action-hold": post(CHAIR),
    "afteractions-api:after-action-pdf": SEEN,
    "afteractions-api:after-action-publish": post(LEADS),
    "afteractions-api:after-action-read-": post(NOT_AUDITORS),
    "afteractions-api:after-action-reschedule": post(CHAIR),
    "afteractions-api:after-action-schedule": post(CHAIR),
    "afteractions-api:after-action-section": call(get=ANYONE_SIGNED_IN, put=WRITERS),
    "afteractions-api:after-action-add-row": post(WRITERS),
    "afteractions-api:after-action-row": call(get=ANYONE_SIGNED_IN, patch=WRITERS, delete=WRITERS),
    "afteractions-api:after-action-start": post(CHAIR),
    "afteractions-api:after-action-vendors": SEEN,
    "afteractions-api:after-action-waive": post(MANAGER),
    "afteractions-api:after-action-withdraw": post(OWNERS),
    "afteractions-api:action-item-list": LIST,
    "afteractions-api:action-item-detail": SEEN,
    "afteractions-api:action-item-cancel": post(ACTS),
    "afteractions-api:action-item-complete": post(ACTS),
    "afteractions-api:action-item-effect": post(LEADS),
    "afteractions-api:action-item-extend": post(ACTS),
    "afteractions-api:action-item-settle": post(CHAIR),
    "afteractions-api:action-item-start": post(ACTS),
    "afteractions-api:action-item-progress": SEEN,
    "afteractions-api:action-item-report-progress": post(ACTS),
    "afteractions-api:action-item-proposals": SEEN,
    "afteractions-api:action-item-propose": post(PROPOSERS),
    "afteractions-api:action-item-decline": post(CHAIR),
    "afteractions-api:obligation-list": LIST,
    "afteractions-api:obligation-nudge": post(NUDGERS),
    "afteractions-api:external-message-list": LIST,
    "afteractions-api:external-message-detail": call(get=ANYONE_SIGNED_IN, patch=MESSENGERS),
    "afteractions-api:external-message-starting-texts": SEEN,
    "afteractions-api:external-message-ask-for-approval": post(MESSENGERS),
    "afteractions-api:external-message-approve": post(LEADS),
    "afteractions-api:external-message-send": post(MESSENGERS),
    "afteractions-api:external-message-withdraw": post(MESSENGERS),
    "afteractions-api:after-action-start-meeting": post(CHAIR),
    "afteractions-api:after-action-empty-seats": call(get=ANYONE_SIGNED_IN),
    "afteractions-api:after-action-decisions": call(get=ANYONE_SIGNED_IN, post=CHAIR),
    "afteractions-api:after-action-guest-links": call(get=ANYONE_SIGNED_IN, post=LEADS),
    "afteractions-api:after-action-revoke": post(LEADS),
    "afteractions-api:left-behind-list": LIST,
    "afteractions-api:left-behind-detail": everywhere(call(get=ABOVE_THE_MIM)),
    "afteractions-api:left-behind-hand-over": everywhere(post(ABOVE_THE_MIM)),
    "afteractions-api:status-note-list": LIST,
    "afteractions-api:status-note-send": post(OWNERS),
    "afteractions-api:vendor-list": LIST,
    "afteractions-api:vendor-detail": SEEN,
    "afteractions-api:vendor-items": post(LEADS),
    "afteractions-api:vendor-plan": post(LEADS),
    "afteractions-api:vendor-close-item": post(LEADS),
    "afteractions-api:vendor-move-item": post(LEADS),
    "afteractions-api:vendor-rca": post(LEADS),
    "afteractions-api:contract-list": everywhere(call(get=ANYONE_SIGNED_IN, post=ADMINISTRATORS)),
    "afteractions-api:contract-detail": everywhere(call(get=ANYONE_SIGNED_IN, put=ADMINISTRATORS)),
    "afteractions-api:comment-list": LIST,
    "afteractions-api:comment-resolve": post(THREADS),
    "afteractions-api:service-memory": LIST,
    "afteractions-api:wording": everywhere(post(ANYONE_SIGNED_IN)),
    "afteractions-api:audit": everywhere(call(get=AUDIT_READERS)),
    "afteractions-api:search": Rule({"GET": ANYONE_SIGNED_IN}, about=False),
    "afteractions-api:insights": everywhere(call(get=ANYONE_SIGNED_IN)),
    "afteractions-api:policy": everywhere(call(get=ANYONE_SIGNED_IN, put=ADMINISTRATORS)),
    "afteractions-api:policy-close": everywhere(post(ADMINISTRATORS)),
    "afteractions-api:policy-take-back": everywhere(post(ADMINISTRATORS)),
    "api-people": everywhere(call(get=ANYONE_SIGNED_IN, post=ADMINISTRATORS)),
    "api-people-import": everywhere(post(ADMINISTRATORS)),
    "api-person": everywhere(call(get=ANYONE_SIGNED_IN, patch=ADMINISTRATORS)),
    "api-person-disable": everywhere(post(ADMINISTRATORS)),
    "api-person-enable": everywhere(post(ADMINISTRATORS)),
    "api-person-invite": everywhere(post(ADMINISTRATORS)),
    "api-teams": everywhere(call(get=ANYONE_SIGNED_IN, post=ADMINISTRATORS)),
    "api-team": everywhere(call(get=ANYONE_SIGNED_IN, patch=ADMINISTRATORS, delete=ADMINISTRATORS)),
    "incidents-api:service-list": everywhere(call(get=ANYONE_SIGNED_IN, post=ADMINISTRATORS)),
    "incidents-api:service-detail": everywhere(
        call(get=ANYONE_SIGNED_IN, patch=ADMINISTRATORS, delete=ADMINISTRATORS)
    ),
    "api-my-tokens": everywhere(call(get=ANYONE_SIGNED_IN, post=ANYONE_SIGNED_IN)),
    "api-my-token": Rule({"DELETE": audience({"mim"})}, about=False, hides=True),
    "api-my-sessions": LIST,
    "api-my-session": Rule({"DELETE": audience({"mim"})}, about=False, hides=True),
    "schema": LIST,
    "api-docs": LIST,
    "api-nowhere": Rule({"GET": audience(())}, about=False, hides=True),
}

# Pages of the sign-in and of the administration keep their own rules; what matters here is the door.
BEFORE_SIGN_IN = Rule({"GET": EVERYBODY}, about=False, outside=True)
OF_AN_ACCOUNT = Rule({"GET": ANYONE_SIGNED_IN}, about=False, outside=True)
OF_STAFF = Rule({"GET": ADMINISTRATORS}, about=False, outside=True)

# Let in by a token of their own and by nothing that a person has.
OF_DIRECTORIES = Rule({"GET": NOBODY}, about=False, outside=True)

# What no administrator does by hand: deadlines follow from facts, and whoever or whatever acted is not deleted.
NOBODYS_IN_ADMINISTRATION = {
    "admin:autocomplete",
    "admin:afteractions_obligation_add",
    "admin:afteractions_obligation_delete",
    "admin:incidents_service_delete",
    "admin:incidents_vendor_delete",
    "admin:people_person_delete",
    "admin:people_team_delete",
}

OTHERS: dict[str, Rule] = {
    **dict.fromkeys(
        (
            "account_login",
            "account_logout",
            "account_inactive",
            "account_signup",
            "account_email_verification_sent",
            "account_confirm_email",
            "account_confirm_login_code",
            "account_reset_password",
            "account_reset_password_done",
            "account_reset_password_from_key",
            "account_reset_password_from_key_done",
            "mfa_authenticate",
            "socialaccount_login_cancelled",
            "socialaccount_login_error",
            "socialaccount_signup",
            "openid_connect_login",
            "openid_connect_callback",
            "accounts/social/login/cancelled/",
            "accounts/social/login/error/",
            "accounts/social/signup/",
            "accounts/social/connections/",
        ),
        BEFORE_SIGN_IN,
    ),
    **dict.fromkeys(
        (
            "account_reauthenticate",
            "account_email",
            "account_change_password",
            "account_set_password",
            "mfa_index",
            "mfa_reauthenticate",
            "mfa_activate_totp",
            "mfa_deactivate_totp",
            "mfa_view_recovery_codes",
            "mfa_generate_recovery_codes",
            "mfa_download_recovery_codes",
            "socialaccount_connections",
        ),
        OF_AN_ACCOUNT,
    ),
    "administration": OF_STAFF,
    **dict.fromkeys(
        (
            "scim:config",
            "scim:resource_types",
            "scim:resource_type",
            "scim:schemas",
            "scim:schema",
            "scim:not_offered",
            "scim:users",
            "scim:user",
            "scim:groups",
            "scim:group",
            "scim:nowhere",
        ),
        OF_DIRECTORIES,
    ),
}

RULES: dict[str, Rule] = {**PAGES, **CALLS, **OTHERS}
