"""Fills a database with incidents and everything that follows them, many at a time, by the schema's owner."""

import psycopg

PEOPLE = 2_000
EVENTS = 20
ITEMS = 5
SERVICES = 200

# What a fresh incident of number n looks like: a new one each hour, backwards from now, one in ten High and so on.
SEVERITY = "(ARRAY['critical','high','high','medium','low'])[1 + n % 5]"
LEVEL = "CASE n % 5 WHEN 0 THEN 'mandatory' WHEN 1 THEN 'mandatory' WHEN 2 THEN 'recommended' ELSE 'not_required' END"
BEGAN = "now() - make_interval(hours => n)"

STATEMENTS = (
    """INSERT INTO people_team (name) SELECT 'Team ' || n FROM generate_series(1, 100) n""",
    f"""INSERT INTO people_person (password, is_superuser, email, full_name, handle, job_title, team_id, manager_id,
            time_zone, is_active, joined_at, contact_scope, contact_email)
        SELECT '!', false, 'person' || n || '@load.example', 'Person Number ' || n, '', '', (SELECT min(id) FROM people_team) + n % 100,
            NULL, 'Europe/London', true, now(), '', '' FROM generate_series(1, {PEOPLE}) n""",
    """UPDATE people_person p SET manager_id = first.id + (p.id - first.id) / 8
        FROM (SELECT min(id) AS id FROM people_person WHERE email LIKE 'person%@load.example') first
        WHERE p.id > first.id AND p.email LIKE 'person%@load.example'""",
    f"""INSERT INTO incidents_service (name, owner_id)
        SELECT 'Service ' || n, (SELECT min(id) FROM people_person) + n FROM generate_series(1, {SERVICES}) n""",
)

INCIDENT = (
    f"""INSERT INTO incidents_incident (reference, document_sha256, title, time_zone, restricted, history,
            ended_without_close, recorded_at, version, severity, highest_severity, impact_started_at, alert_fired_at,
            confirmed_at, opened_at, mitigated_at, recovered_at, closed_at, external, customers_affected, business,
            is_repeat, mim_id, requirement_level, requirement_rule, requirement_reason, requirement_decided_at)
        SELECT 'INC-L' || n, '', 'Payments ' || (ARRAY['queue','gateway','ledger','cache','search'])[1 + n % 5] || ' failure number ' || n,
            'Europe/London', n % 50 = 0, false, false, {BEGAN}, 1, {SEVERITY}, {SEVERITY}, {BEGAN}, {BEGAN} + interval '2 min',
            {BEGAN} + interval '6 min', {BEGAN} + interval '10 min',
            CASE WHEN n % 200 <> 1 THEN {BEGAN} + interval '60 min' END, CASE WHEN n % 200 <> 1 THEN {BEGAN} + interval '90 min' END,
            CASE WHEN n % 200 <> 1 THEN {BEGAN} + interval '95 min' END, n % 2 = 0, n % 900, 'Orders waited while the ledger was rebuilt',
            false, person.id + n % {PEOPLE}, CASE WHEN n % 200 <> 1 THEN {LEVEL} ELSE '' END, CASE WHEN n % 200 <> 1 THEN 2 END,
            'Filled for a measurement.', CASE WHEN n % 200 <> 1 THEN {BEGAN} + interval '95 min' END
        FROM generate_series(:first, :last) n,
             (SELECT min(id) AS id FROM people_person WHERE email LIKE 'person%@load.example') person""",
    f"""INSERT INTO incidents_timelineevent (incident_id, at, logged_at, kind, text, logged_by_id, by_id)
        SELECT i.id, i.began_at + make_interval(mins => e * 4), i.began_at + make_interval(mins => e * 4, secs => 20),
            (ARRAY['action','decision','investigation','impact','communication'])[1 + e % 5],
            'Event ' || e || ': the ledger was compared with the queue and found to lag', i.mim_id, i.mim_id
        FROM incidents_incident i, generate_series(1, {EVENTS}) e
        WHERE i.reference = ANY(SELECT 'INC-L' || n FROM generate_series(:first, :last) n)""",
    """INSERT INTO incidents_milestone (incident_id, kind, at, logged_at, text)
        SELECT i.id, k.kind, k.at, k.at, '' FROM incidents_incident i, LATERAL (VALUES ('impact_started', i.impact_started_at),
            ('alert_fired', i.alert_fired_at), ('confirmed', i.confirmed_at), ('opened', i.opened_at),
            ('mitigated', i.mitigated_at), ('recovered', i.recovered_at), ('closed', i.closed_at)) k(kind, at)
        WHERE k.at IS NOT NULL AND i.reference = ANY(SELECT 'INC-L' || n FROM generate_series(:first, :last) n)""",
    """INSERT INTO incidents_phaseentry (incident_id, phase, entered_at, logged_at)
        SELECT i.id, p.phase, i.began_at + p.after, i.began_at + p.after FROM incidents_incident i,
            (VALUES ('detected', interval '6 min'), ('declared', interval '10 min'), ('investigating', interval '12 min'),
                    ('mitigating', interval '50 min'), ('recovering', interval '62 min'), ('validating', interval '85 min')) p(phase, after)
        WHERE i.reference = ANY(SELECT 'INC-L' || n FROM generate_series(:first, :last) n)""",
    f"""INSERT INTO incidents_incidentservice (incident_id, service_id, position)
        SELECT i.id, s.id + i.id % {SERVICES}, 0 FROM incidents_incident i, (SELECT min(id) AS id FROM incidents_service WHERE name LIKE 'Service %') s
        WHERE i.reference = ANY(SELECT 'INC-L' || n FROM generate_series(:first, :last) n)""",
    """INSERT INTO incidents_incidentaccess (incident_id, person_id, why, since)
        SELECT i.id, i.mim_id, 'held a role', i.began_at FROM incidents_incident i
        WHERE i.reference = ANY(SELECT 'INC-L' || n FROM generate_series(:first, :last) n)""",
    """INSERT INTO incidents_commandassignment (incident_id, role, person_id, from_at, logged_at)
        SELECT i.id, r.role, i.mim_id + r.step, i.began_at, i.began_at FROM incidents_incident i,
            (VALUES ('mim', 0), ('technical_recovery_lead', -1)) r(role, step)
        WHERE i.mim_id > (SELECT min(id) + 1 FROM people_person) AND i.reference = ANY(SELECT 'INC-L' || n FROM generate_series(:first, :last) n)""",
    # What the rules would say of these records, as the operations keep it.
    """INSERT INTO incidents_incidentfigures (incident_id, at, severity, is_repeat, time_to_detect, time_to_declare,
            time_to_mitigate, time_to_resolve, gaps)
        SELECT i.id, i.closed_at, i.severity, i.id % 20 = 0, 240 + i.id % 600, 240 + i.id % 300, 3000 + i.id % 4000,
            4800 + i.id % 9000, (ARRAY['no_alert_source','no_revenue_exposure','no_sla_status','phase_skipped','role_not_assigned',
                'role_not_assigned','no_stakeholder_communication','regulatory_exposure_unknown'])[1:(3 + i.id % 6)::int]
        FROM incidents_incident i
        WHERE i.closed_at IS NOT NULL AND i.reference = ANY(SELECT 'INC-L' || n FROM generate_series(:first, :last) n)""",
    # 8 of 10 are closed, the rest at other stages; 1 in 50 has something overdue.
    """INSERT INTO afteractions_afteraction (reference, incident_id, status, version, created_at, clock_from, history, decision,
            decided_at, decision_reason, lapsed, request_reason, owner_id, first_distributed_at, distributed_at, reviewed_at,
            published_at, closed_at, external_messages_answered_at)
        SELECT 'AA-L' || substr(i.reference, 6), i.id, s.status, 1, i.began_at, i.began_at, false, 'hold', i.began_at, '', false, '',
            i.mim_id, d.at, d.at, r.at, p.at, CASE WHEN s.status = 'closed' THEN p.at END, r.at
        FROM incidents_incident i,
            LATERAL (SELECT CASE WHEN i.id % 50 = 1 THEN 'draft' WHEN i.id % 50 = 2 THEN 'in_review' WHEN i.id % 50 = 3 THEN 'reviewed' ELSE 'closed' END) s(status),
            LATERAL (SELECT CASE WHEN s.status <> 'draft' THEN i.began_at + interval '2 days' END) d(at),
            LATERAL (SELECT CASE WHEN s.status IN ('reviewed','closed') THEN i.began_at + interval '5 days' END) r(at),
            LATERAL (SELECT CASE WHEN s.status IN ('closed') THEN i.began_at + interval '6 days' END) p(at)
        WHERE i.closed_at IS NOT NULL AND i.reference = ANY(SELECT 'INC-L' || n FROM generate_series(:first, :last) n)""",
    """INSERT INTO afteractions_section (after_action_id, key, content, version, updated_at)
        SELECT a.id, k.key, k.content::jsonb, 1, a.created_at FROM afteractions_afteraction a, (VALUES
            ('summary', '{"business_impact": "Orders waited.", "customer_impact": "One in five."}'),
            ('expected', '[{"expected": "The standby takes over.", "actual": "It did not.", "kind": "procedure", "reference": "DB-4", "assessment": null, "assessed_by": null}]'),
            ('root_cause', '{"failure": "a ledger that was rebuilt twice", "contributing_factors": ["no lock", "no alert"], "should_have_happened": [], "certainty": "known"}'),
            ('went_well', '[{"text": "The bridge was staffed within five minutes.", "kind": "action"}]'),
            ('changes', '[]')) k(key, content)
        WHERE a.reference = ANY(SELECT 'AA-L' || n FROM generate_series(:first, :last) n)""",
    f"""INSERT INTO afteractions_change (reference, after_action_id, kind, gap, change, owner_id, owner_words, due_on, position, created_at,
            status, resolved_at, evidence, resolution_reason, version)
        SELECT 'ACT-' || substr(a.reference, 5) || '-' || c, a.id, 'start', 'No lock on rebuilds', 'Take a lock before the ledger is rebuilt',
            a.owner_id, '', (a.created_at + interval '30 days')::date, c, a.created_at,
            CASE WHEN a.id % 50 = 4 THEN 'open' ELSE 'done' END, CASE WHEN a.id % 50 = 4 THEN NULL ELSE a.created_at + interval '20 days' END,
            'Merged.', '', 1
        FROM afteractions_afteraction a, generate_series(1, {ITEMS}) c
        WHERE a.reference = ANY(SELECT 'AA-L' || n FROM generate_series(:first, :last) n)""",
    """INSERT INTO afteractions_revision (after_action_id, number, kind, content, sha256, created_at, reason, substantial)
        SELECT a.id, 1, CASE WHEN a.published_at IS NULL THEN 'draft' ELSE 'published' END, '{}'::jsonb, repeat('0', 64), a.created_at, '', true
        FROM afteractions_afteraction a WHERE a.status <> 'draft'
            AND a.reference = ANY(SELECT 'AA-L' || n FROM generate_series(:first, :last) n)""",
    """INSERT INTO afteractions_meeting (after_action_id, round, starts_at, ends_at, location, uid, sequence, scheduled_at, breach_reason, override_reason, notes, organizer, time_sequence,
            held_from, held_until, agreed)
        SELECT a.id, 1, a.created_at + interval '5 days', a.created_at + interval '5 days 1 hour', '', 'load-' || a.id, 0, a.created_at, '', '', '', '', 0,
            CASE WHEN a.reviewed_at IS NOT NULL THEN a.created_at + interval '5 days' END,
            CASE WHEN a.reviewed_at IS NOT NULL THEN a.created_at + interval '5 days 1 hour' END,
            CASE WHEN a.reviewed_at IS NOT NULL THEN true END
        FROM afteractions_afteraction a WHERE a.reference = ANY(SELECT 'AA-L' || n FROM generate_series(:first, :last) n)""",
    """INSERT INTO afteractions_attendee (after_action_id, person_id, requirement, roles, reason, included, decided_reason, response, bring, fills, added_at)
        SELECT a.id, a.owner_id + s, 'required', '["MIM"]'::jsonb, 'Chairs the meeting.', true, '', 'none', '', '', a.created_at
        FROM afteractions_afteraction a, generate_series(0, 3) s, (SELECT max(id) AS id FROM people_person) last
        WHERE a.owner_id + 3 <= last.id AND a.reference = ANY(SELECT 'AA-L' || n FROM generate_series(:first, :last) n)""",
    """INSERT INTO afteractions_obligation (kind, incident_id, after_action_id, subject_key, subject_label, due_at, responsible_id, responsible_group,
            state, met_at, created_at, ended_at, ended_reason, next_step, next_step_at, failures, last_error)
        SELECT k.kind, a.incident_id, a.id, 'meeting:1', '', a.created_at + k.after, a.owner_id, '',
            CASE WHEN a.status = 'closed' THEN 'met' ELSE 'open' END, CASE WHEN a.status = 'closed' THEN a.created_at + k.after END, a.created_at,
            CASE WHEN a.status = 'closed' THEN a.created_at + k.after END, '', '', NULL, 0, ''
        FROM afteractions_afteraction a, (VALUES ('schedule', interval '1 day'), ('distribute', interval '3 days'), ('hold', interval '7 days'), ('publish', interval '7 days')) k(kind, after)
        WHERE a.reference = ANY(SELECT 'AA-L' || n FROM generate_series(:first, :last) n)""",
    """INSERT INTO afteractions_obligation (kind, incident_id, after_action_id, change_id, subject_key, subject_label, due_at, due_on, responsible_id, responsible_group,
            state, met_at, created_at, ended_at, ended_reason, next_step, next_step_at, failures, last_error)
        SELECT 'action_item', a.incident_id, a.id, c.id, 'action:' || c.reference, c.change, c.due_on + interval '1 day', c.due_on, c.owner_id, '',
            CASE WHEN c.resolved_at IS NULL THEN 'open' ELSE 'met' END, c.resolved_at, a.created_at, c.resolved_at, '', '', NULL, 0, ''
        FROM afteractions_change c JOIN afteractions_afteraction a ON a.id = c.after_action_id
        WHERE a.reference = ANY(SELECT 'AA-L' || n FROM generate_series(:first, :last) n)""",
)  # fmt: skip

# What the operations keep beside their rows.
KEPT = """UPDATE afteractions_afteraction a SET next_due_at = due.at
    FROM (SELECT after_action_id, min(due_at) AS at FROM afteractions_obligation WHERE state = 'open' AND kind <> 'action_item' GROUP BY 1) due
    WHERE due.after_action_id = a.id"""


def people(owner: psycopg.Connection) -> None:
    """2,000 people in 100 teams with a manager tree, 200 services."""
    with owner.transaction():
        owner.execute("SET LOCAL session_replication_role = replica")
        for statement in STATEMENTS:
            owner.execute(statement.encode())


def incidents(owner: psycopg.Connection, first: int, last: int) -> None:
    """Incidents number `first` to `last` with their records, After Actions, reviews, items and obligations."""
    with owner.transaction():
        # Rows as the operations would have left them: the guards that read each one again are not what is measured.
        owner.execute("SET LOCAL session_replication_role = replica")
        for statement in INCIDENT:
            owner.execute(statement.replace(":first", str(first)).replace(":last", str(last)).encode())
        owner.execute(KEPT.encode())
    owner.autocommit = True
    # As autovacuum leaves an installation that grew to this size.
    owner.execute("VACUUM ANALYZE")
