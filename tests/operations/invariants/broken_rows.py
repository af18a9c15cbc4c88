"""Rows that a CHECK or UNIQUE refuses, and what a plausible row of a table says: raw SQL, by the name of each."""

from collections.abc import Mapping

AT = "timestamptz '2026-03-03 09:00+00'"
SOON = "timestamptz '2026-03-03 10:00+00'"
LATER = "timestamptz '2026-03-03 11:00+00'"
EARLY = "time '08:00'"
KEPT = "its rows are kept as they were written"

# What a plausible row of a table says, beyond a value of the right type in each column.
PLAUSIBLE: Mapping[str, Mapping[str, str]] = {
    "people_apitoken": {"scope": "'all'"},
    "people_externalmembership": {"source": "'scim'"},
    "people_person": {"email": "gen_random_uuid() || '@majorops.example'"},
    "incidents_timelineevent": {"earlier": "'[]'"},
    "incidents_incident": {"severity": "'high'", "highest_severity": "'high'", "requirement_level": "''"},
    "afteractions_afteraction": {"status": "'draft'", "decision": "''"},
    "afteractions_externalmessage": {"status": "'planned'"},
    "incidents_commandassignment": {"needs_confirmation": "true"},
    "afteractions_meeting": {"ends_at": LATER},
    "afteractions_change": {"status": "'open'", "kind": "'start'", "strength": "''", "learning": "''"},
    "afteractions_effectcheck": {"outcome": "'effective'"},
    "afteractions_obligation": {"state": "'open'", "kind": "'action_item'"},
    "afteractions_evidencefile": {"kind": "'pdf'", "sha256": "repeat('0', 64)", "url": "''"},
    "afteractions_policyversion": {"kind": "'closing_day'"},
    "afteractions_itemproposal": {"state": "'waiting'", "disposition": "'done'"},
    "notices_preference": {"mail": "'at_once'"},
    "afteractions_actionextension": {"to_due_on": "date '2026-03-31'"},
}
# Entries of the record are guarded by when they were made.
LOGGED = {"logged_at": AT}

# For each CHECK: rows that break it and nothing before it. Rows of `UPDATE` refer to themselves.
IN_REVIEW = {"status": "'in_review'", "distributed_at": AT, "first_distributed_at": AT}
REVIEWED = {**IN_REVIEW, "status": "'reviewed'", "reviewed_at": AT, "external_messages_answered_at": AT}
CLOSED = {**REVIEWED, "status": "'closed'", "published_at": AT, "closed_at": AT}
ENDED = {"ended_at": AT, "next_step_at": "NULL"}
HELD = {"held_from": AT, "held_until": SOON, "agreed": "true"}
NULL = "NULL"
CASES: Mapping[str, list[Mapping[str, str]]] = {
    "a_known_repeat_is_a_repeat": [{"repeat_of_id": "1", "is_repeat": "false"}],
    "closed_incident_has_a_requirement": [{"closed_at": AT}, {"ended_without_close": "true"}],
    "ended_without_close_has_no_close": [
        {"ended_without_close": "true", "closed_at": AT, "requirement_level": "'optional'"}
    ],
    "incident_has_a_title": [{"title": "''"}],
    "status_updates_are_minutes_apart": [{"critical_update_minutes": "0"}, {"high_update_minutes": "0"}],
    "incident_severity_is_known": [{"severity": "'grave'"}, {"severity": "''"}],
    "incident_highest_severity_is_known": [{"highest_severity": "'grave'"}],
    "incident_requirement_is_known": [{"requirement_level": "'perhaps'"}],
    "assignment_ends_after_it_begins": [{"from_at": SOON, "until_at": AT}],
    "track_closes_after_it_opens": [{"opened_at": SOON, "closed_at": AT}],
    "vendor_responds_after_it_is_engaged": [{"engaged_at": SOON, "responded_at": AT}],
    "an_mtm_action_is_dropped_with_a_word": [{"outcome": "'dropped'", "word": "''"}],
    "mtm_ends_after_it_starts": [{"started_at": SOON, "ended_at": AT}],
    "event_says_something": [{"text": "''"}],
    "after_action_status_is_known": [{"status": "'lost'"}],
    "a_decision_has_its_instant": [
        {"decision": "'hold'"},
        {"decision": "''", "decided_at": AT},
        {"decision": "'perhaps'", "decided_at": AT},
    ],
    "a_skipped_one_stays_a_draft": [{**IN_REVIEW, "decision": "'skip'", "decided_at": AT}],
    "status_fits_its_instants": [
        {"reviewed_at": AT},
        {"published_at": AT},
        {**IN_REVIEW, "distributed_at": NULL},
        {**IN_REVIEW, "first_distributed_at": NULL},
        {**IN_REVIEW, "published_at": AT},
        {**REVIEWED, "reviewed_at": NULL},
        {**REVIEWED, "external_messages_answered_at": NULL},
        {**REVIEWED, "closed_at": AT},
        {**CLOSED, "published_at": NULL},
        {**CLOSED, "closed_at": NULL},
    ],
    "what_is_sent_was_approved": [{"status": "'sent'", "settled_at": AT}],
    "a_note_is_sent_to_somebody": [{"sent_at": AT, "sent_to": "'[]'"}],
    "evidence_says_something": [{"text": "''"}],
    "a_settled_message_has_its_instant": [
        {"status": "'sent'", "approved_at": AT},
        {"settled_at": AT},
        {"status": "'lost'"},
    ],
    "removing_a_required_attendee_takes_a_reason": [
        {"requirement": "'required'", "included": "false", "decided_reason": "''"}
    ],
    "a_held_meeting_says_whether_it_agreed": [
        {**HELD, "agreed": NULL},
        {**HELD, "held_from": NULL},
        {"agreed": "true"},
        {**HELD, "held_from": SOON, "held_until": AT},
    ],
    "meeting_ends_after_it_starts": [{"starts_at": AT, "ends_at": AT}],
    "what_an_mtm_agreed_is_an_action_and_stays": [
        {"mtm_action_id": "1", "kind": "'continue'"},
        {"mtm_action_id": "1", "kind": "'start'", "removed_at": AT},
    ],
    "a_change_says_something": [{"change": "''"}],
    "a_resolved_action_has_its_instant": [
        {"status": "'done'", "resolved_at": AT, "evidence": "''"},
        {"status": "'done'", "evidence": "'seen'"},
        {"status": "'cancelled'", "resolved_at": AT, "resolution_reason": "''"},
        {"status": "'open'", "resolved_at": AT},
        {"status": "'lost'"},
    ],
    "progress_says_something": [{"text": "''"}],
    "the_strength_of_a_change_is_known": [{"strength": "'strong'"}],
    "what_goes_on_is_not_looked_at_again": [
        {"kind": "'continue'", "strength": "'weaker'"},
        {"kind": "'continue'", "look_on": "date '2026-03-31'"},
    ],
    "what_was_learned_was_made_and_seen": [
        {"learning": "'captured'"},
        {"learning": "'learned'", "effect_checked_at": AT},
        {"learning": "'not_effective'", "effect_checked_at": NULL},
        {"learning": "'came_back'"},
    ],
    "what_came_back_came_with_a_repeat": [{"came_back_at": AT}, {"came_back_with_id": "1"}],
    "an_effect_check_says_what_was_seen": [{"seen": "''"}, {"outcome": "'fine'"}],
    "an_extension_moves_the_date": [{"from_due_on": "date '2026-03-31'"}],
    "obligation_state_is_known": [{**ENDED, "state": "'lost'"}],
    "obligation_met_has_its_instant": [{**ENDED, "state": "'met'"}, {**ENDED, "state": "'met_late'"}],
    "only_an_open_obligation_is_enforced": [{**ENDED, "state": "'met'", "met_at": AT, "next_step_at": SOON}],
    "an_open_obligation_has_not_ended": [{"ended_at": AT}, {"state": "'missed'"}],
    "a_waiver_says_who_and_why": [
        {**ENDED, "state": "'waived'", "ended_reason": "'agreed'"},
        {**ENDED, "state": "'waived'", "ended_by_id": "1", "ended_reason": "''"},
    ],
    "evidence_is_named_and_hashed": [{"name": "''"}, {"size": "0"}, {"sha256": "'ABC'"}],
    "a_link_says_where_it_leads": [
        {"kind": "'link'", "url": "''"},
        {"kind": "'pdf'", "url": "'https://graphs.example'"},
    ],
    "evidence_is_of_a_known_kind": [{"kind": "'exe'"}],
    "a_withdrawal_of_evidence_says_why": [{"reason": "''"}],
    "a_reading_list_note_says_of_what": [{"key": "''"}, {"text": "'A log'", "is_read": "true"}],
    "a_close_out_says_something": [{"worked": "''", "slowed": "''"}],
    "a_dismissed_name_has_its_text": [{"text": "''"}],
    "a_proposal_is_of_a_known_kind": [
        {"disposition": "'lost'"},
        {"state": "'lost'", "answered_at": AT},
    ],
    "an_answered_proposal_has_its_instant": [{"answered_at": AT}, {"state": "'accepted'"}],
    "a_declined_proposal_says_why": [{"state": "'declined'", "answered_at": AT, "word": "''"}],
    "a_view_has_a_name": [{"name": "''"}],
    "somebody_is_responsible": [{"responsible_group": "''"}],
    "policy_change_is_known": [{"kind": "'lost'"}, {"what": "''"}],
    "a_new_policy_says_who_and_why": [
        {"kind": "'policy'", "by_id": NULL, "reason": "'Too late'"},
        {"kind": "'policy'", "by_id": "1", "reason": "''"},
    ],
    "a_closing_day_has_a_name": [{"name": "''"}],
    "notice_has_a_recipient": [{"address": "''"}],
    "only_what_is_collected_is_in_a_digest": [{"digest_id": "1"}],
    "mail_is_wanted_in_a_known_way": [{"mail": "'lost'"}],
    "quiet_hours_have_a_beginning_and_an_end": [{"quiet_from": EARLY}, {"quiet_until": EARLY}],
    "an_absence_ends_after_it_began": [{"until_on": "date '2026-03-02'"}],
    "a_group_is_given_by_a_known_source": [{"source": "'rumour'"}],
    "a_token_is_for_something_known": [{"scope": "'lost'"}],
    "there_is_one_organisation": [{"id": "2"}],
    "a_token_ends_after_it_was_made": [{"created_at": AT, "expires_at": AT}],
    "person_is_an_account_or_a_contact": [{"email": NULL}, {"contact_key": "'noc'"}],
    "only_a_contact_is_linked_to_an_account": [{"account_id": "1"}],
}
SELF_REFERENCES: Mapping[str, str] = {
    "incident_does_not_repeat_itself": "is_repeat = true, repeat_of_id = id",
    "person_is_not_their_own_manager": "manager_id = id",
    "nobody_is_their_own_substitute": "substitute_id = person_id",
    "a_change_takes_up_another": "takes_up_id = id",
}
# Where a UNIQUE holds for some rows only: what makes a row one of them.
AMONG: Mapping[str, Mapping[str, str]] = {
    "one_meeting_is_ahead": {"held_until": NULL},
    "one_open_obligation_of_a_kind": {"state": "'open'"},
    "one_proposal_waits_for_an_answer": {"state": "'waiting'"},
    "a_view_has_a_name_of_its_own": {"name": "'Late'"},
    "mtm_number_is_used_once": {"corrects_id": NULL},
    "contact_key_is_unique_in_its_scope": {"email": NULL},
    "a_source_gives_a_group_once": {"source": "'scim'"},
    "a_name_is_dismissed_once": {"text": "'Winterbourne'"},
    # The same name in other letters and with other blanks, which the plain UNIQUE of the column lets pass.
    "a_service_is_one_whatever_the_letters_of_its_name": {
        "name": "CASE WHEN EXISTS (SELECT FROM incidents_service WHERE name = 'Card payments')"
        " THEN E' card\\t PAYMENTS ' ELSE 'Card payments' END"
    },
    "a_vendor_is_one_whatever_the_letters_of_its_name": {
        "name": "CASE WHEN EXISTS (SELECT FROM incidents_vendor WHERE name = 'Cloudgate GmbH')"
        " THEN E'cloudgate \\n gmbh' ELSE 'Cloudgate GmbH' END"
    },
    "a_team_is_one_whatever_the_letters_of_its_name": {
        "name": "CASE WHEN EXISTS (SELECT FROM people_team WHERE name = 'Card payments')"
        " THEN E' card\\t PAYMENTS ' ELSE 'Card payments' END"
    },
    "a_directory_has_one_group_of_a_name": {
        "display_name": "CASE WHEN EXISTS (SELECT FROM scim_scimgroup) THEN 'CHOIR' ELSE 'choir' END"
    },
    "a_directory_names_one_account_so": {
        "user_name": "CASE WHEN EXISTS (SELECT FROM scim_scimuser) THEN 'ADA' ELSE 'ada' END"
    },
    "a_scim_token_has_a_name_of_its_own": {
        "name": "CASE WHEN EXISTS (SELECT FROM scim_scimtoken) THEN 'HARBOUR' ELSE 'harbour' END"
    },
    # The same address in other letters, which the plain UNIQUE of the column lets pass.
    "an_address_is_one_account_whatever_its_case": {
        "email": "CASE WHEN EXISTS (SELECT FROM people_person WHERE email = 'Ada@majorops.example')"
        " THEN 'aDA@majorops.example' ELSE 'Ada@majorops.example' END"
    },
}
# What a row says that was settled, after which it keeps what it says.
SETTLED: Mapping[str, Mapping[str, str]] = {
    "afteractions_meeting": HELD,
    "afteractions_revisionpdf": {"made_at": AT, "content": "'\\x25504446'"},
    "afteractions_statusnote": {"sent_at": AT, "sent_to": """'["Ada Moreau"]'"""},
    "afteractions_externalmessage": {"status": "'sent'", "settled_at": AT, "approved_at": AT},
    "afteractions_guestlink": {"revoked_at": AT},
    "afteractions_vendorfollowup": {"rca_received_at": AT, "rca_file": "'\\x25504446'"},
    "afteractions_vendoritem": {"closed_at": AT, "closed_by_id": "1", "outcome": "'They came'"},
}
# Another value of a type than a plausible row has.
OTHERWISE: Mapping[str, str] = {
    "boolean": "NULL",
    "timestamp with time zone": "timestamptz '2026-03-03 12:00+00'",
    "date": "date '2026-03-09'",
    "jsonb": """'["Nobody"]'""",
    "bytea": "'\\x00'",
}
