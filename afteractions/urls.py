"""The pages of what follows an incident."""

from django.urls import URLPattern, path

from afteractions.views.administration import (
    audit,
    index,
    mail,
    people_import,
    policy,
    services,
    set_aside,
    setup,
    sign_in,
    teams,
)
from afteractions.views.administration import people as accounts
from afteractions.views.followup import (
    action_steps,
    actions,
    actions_review,
    external_messages,
    leavers,
    overdue,
    overdue_steps,
    status_notes,
    vendors,
)
from afteractions.views.insights import pages
from afteractions.views.meeting import meeting, people, scheduling
from afteractions.views.overview import asking, board, library, service_memory
from afteractions.views.reading import archive, evidence, guest, history, reading, reading_list
from afteractions.views.workspace import (
    assessing,
    close_out,
    deadlines,
    drafting,
    entry,
    publication,
    row_saving,
    steps,
    taking,
    together,
)

app_name = "afteractions"
PERSON = "administration/people/<int:person_id>/"
AA = "after-actions/<str:reference>/"

the_workspace = [
    path(AA, entry.open_workspace, name="workspace"),
    path(f"{AA}deadlines/", deadlines.deadlines, name="deadlines"),
    path(f"{AA}history/", history.history, name="history"),
    path(f"{AA}history/difference/", history.difference, name="difference"),
    path(f"{AA}pdf/", archive.pdf, name="pdf"),
    path(f"{AA}export/", archive.export, name="export"),
    path(f"{AA}rca/<int:follow_up_id>/", archive.rca, name="rca"),
]
the_draft = [
    path(f"{AA}draft/", drafting.draft, name="draft"),
    path(f"{AA}draft/rows/", taking.take_row, name="take_row"),
    path(f"{AA}draft/gaps/", drafting.take_gap, name="take_gap"),
    path(f"{AA}draft/close-out/", close_out.take_close_out, name="take_close_out"),
    path(f"{AA}draft/people/", drafting.people, name="people_known"),
    path(f"{AA}draft/not-a-name/", drafting.not_a_name, name="not_a_name"),
    path(f"{AA}draft/live/", together.live, name="draft_live"),
    path(f"{AA}draft/<str:key>/", drafting.section, name="section"),
    path(f"{AA}draft/<str:key>/rows/", row_saving.row, name="row"),
    path(f"{AA}draft/<str:key>/confirm/", drafting.confirm, name="confirm"),
]
the_preparation = [
    path(f"{AA}assessments/", assessing.assessments, name="assessments"),
    path(f"{AA}close-out/", close_out.close_out_page, name="close_out"),
    path(f"{AA}reading-list/", reading_list.sources, name="reading_list"),
    path(f"{AA}reading-list/tick/", reading_list.tick, name="reading_list_tick"),
    path(f"{AA}evidence/", evidence.evidence, name="evidence"),
    path(f"{AA}evidence/ask/", evidence.ask_evidence, name="ask_evidence"),
    path(f"{AA}evidence/<str:evidence>/", evidence.evidence_file, name="evidence_file"),
    path(f"{AA}evidence/<str:evidence>/withdraw/", evidence.withdraw, name="withdraw_evidence"),
]
the_reading = [
    path(f"{AA}read/", reading.read, name="read"),
    path(f"{AA}read/acknowledge/", reading.acknowledge_reading, name="acknowledge"),
    path(f"{AA}comments/", reading.comment, name="comment"),
    path(f"{AA}comments/<int:comment_id>/resolve/", reading.resolve, name="resolve"),
]
the_people = [
    path(f"{AA}people/", people.people, name="people"),
    path(f"{AA}people/propose/", people.propose, name="propose"),
    path(f"{AA}people/add/", people.add_attendee, name="add_attendee"),
    path(f"{AA}people/named/", people.naming, name="naming"),
    path(f"{AA}people/<int:attendee_id>/", people.decide_attendee, name="decide_attendee"),
    path(f"{AA}people/<int:attendee_id>/answer/", people.answer, name="answer"),
    path(f"{AA}people/<int:attendee_id>/guest-link/", people.let_guest_in, name="let_guest_in"),
    path(f"{AA}people/guest-links/<int:link_id>/revoke/", people.take_back_link, name="take_back_link"),
]
the_steps = [
    path(f"{AA}decide/", steps.decide, name="decide"),
    path(f"{AA}start/", steps.start, name="start"),
    path(f"{AA}schedule/", scheduling.schedule_page, name="schedule"),
    path(f"{AA}distribute/", steps.distribute, name="distribute"),
    path(f"{AA}amend/", steps.amend, name="amend"),
    path(f"{AA}withdraw/", steps.withdraw, name="withdraw"),
    path(f"{AA}deadlines/<int:obligation_id>/waive/", steps.waive, name="waive"),
]
the_meeting = [
    path(f"{AA}meeting/", meeting.meeting, name="meeting"),
    path(f"{AA}meeting/start/", meeting.start, name="start_meeting"),
    path(f"{AA}meeting/attendance/", meeting.attendance, name="attendance"),
    path(f"{AA}meeting/decisions/", meeting.decision, name="decision"),
    path(f"{AA}meeting/actions/", meeting.action, name="action_captured"),
    path(f"{AA}meeting/anti-patterns/", meeting.anti_pattern, name="anti_pattern"),
    path(f"{AA}meeting/finish/", meeting.finish, name="finish"),
    path(f"{AA}meeting/questions/", meeting.question, name="meeting_question"),
]
the_publication = [
    path(f"{AA}publication/", publication.publication, name="publication"),
    path(f"{AA}publish/", publication.publish_now, name="publish"),
    path(f"{AA}erratum/", publication.erratum, name="erratum"),
    path(f"{AA}messages/<int:message_id>/", external_messages.message, name="message"),
    path(f"{AA}messages/<int:message_id>/answer/", external_messages.answer_message, name="answer_message"),
    path(f"{AA}messages/<int:message_id>/settle/", external_messages.settle, name="settle"),
    path(f"{AA}notes/<int:note_id>/", publication.send_note, name="send_note"),
    path(f"{AA}vendors/<int:engagement_id>/", publication.vendor, name="vendor"),
    path(f"{AA}actions-review/", actions_review.actions_review, name="actions_review"),
]
guests = [
    path("guest/<str:token>/", guest.guest, name="guest"),
    path("guest/<str:token>/read/", guest.guest_read, name="guest_read"),
    path("guest/<str:token>/answer/", guest.guest_answer, name="guest_answer"),
    path("guest/<str:token>/questions/", guest.guest_question, name="guest_question"),
    path("guest/<str:token>/evidence/", guest.guest_bring, name="guest_bring"),
    path("guest/<str:token>/evidence/<str:evidence>/", guest.guest_evidence, name="guest_evidence"),
    path("guest/<str:token>/comments/", guest.guest_comment, name="guest_comment"),
]

the_overview = [
    path("after-actions/", board.board, name="board"),
    path("after-actions/ask/<str:reference>/", asking.ask, name="request"),
    path("actions/", actions.actions, name="actions"),
    path("actions/people/", actions.people_to_ask, name="people_to_ask"),
    path("actions/<str:reference>/", actions.action, name="action"),
    path("actions/<str:reference>/<str:name>/", action_steps.action_step, name="action_step"),
    path("overdue/", overdue.overdue, name="overdue"),
    path("messages/", external_messages.messages_queue, name="messages"),
    path("left-behind/", leavers.those_who_left, name="left_behind"),
    path("left-behind/<int:leaver_id>/", leavers.left_by, name="left_by"),
    path("status-notes/", status_notes.notes, name="notes"),
    path("overdue/together/", overdue_steps.together, name="overdue_together"),
    path("overdue/views/new/", overdue_steps.keep_view, name="save_view"),
    path("overdue/views/<str:reference>/", overdue_steps.open_view, name="open_view"),
    path("overdue/views/<str:reference>/delete/", overdue_steps.drop_view, name="delete_view"),
    path("library/", library.library, name="library"),
    path("vendors/", vendors.vendors, name="vendors"),
    path("vendors/due/", vendors.due, name="vendors_due"),
    path("vendors/new/", vendors.take_in, name="vendor_new"),
    path("vendors/<int:vendor_id>/", vendors.vendor, name="vendor_history"),
    path("vendors/<int:vendor_id>/contract/", vendors.contract, name="vendor_contract"),
    path("services/memory/", service_memory.service_memory, name="service_memory"),
    path("services/memory/<str:reference>/", service_memory.incident_memory, name="incident_memory"),
    path("insights/", pages.insights, name="insights"),
    path("insights/<str:topic>/", pages.insights, name="insights_topic"),
    path("insights/<str:subject>/list/", pages.insights_list, name="insights_list"),
]
the_administration = [
    path("administration/", index.administration, name="administration"),
    path("administration/audit/", audit.audit, name="audit"),
    path("administration/deadlines/", set_aside.deadlines, name="set_aside"),
    path("administration/first-steps/hide/", index.hide, name="hide_first_steps"),
    path("administration/mail/", mail.mail, name="mail"),
    path("administration/organisation/", sign_in.organisation, name="organisation"),
    path("administration/people/", accounts.directory, name="directory"),
    path("administration/people/new/", accounts.new_person, name="new_person"),
    path("administration/people/import/", people_import.import_file, name="import_people"),
    path("administration/people/import/example/", people_import.example_file, name="people_example"),
    path(PERSON, accounts.person, name="person"),
    path(f"{PERSON}disable/", accounts.disable_person, name="disable_person"),
    path(f"{PERSON}enable/", accounts.enable_person, name="enable_person"),
    path(f"{PERSON}invite/", accounts.invite_person, name="invite_person"),
    path(f"{PERSON}second-factor/", accounts.remove_second_factor, name="remove_second_factor"),
    path(f"{PERSON}tries/", accounts.forget_tries, name="forget_tries"),
    path(f"{PERSON}sessions/<int:session_id>/end/", accounts.end_session, name="end_persons_session"),
    path(f"{PERSON}tokens/<int:token_id>/revoke/", accounts.end_token, name="end_persons_token"),
    path("administration/services/", services.services, name="services"),
    path("administration/services/<int:service_id>/", services.service, name="service"),
    path("administration/services/<int:service_id>/delete/", services.delete_service, name="delete_service"),
    path("administration/teams/", teams.teams, name="teams"),
    path("administration/teams/<int:team_id>/", teams.team, name="team"),
    path("administration/teams/<int:team_id>/delete/", teams.delete_team, name="delete_team"),
    path("administration/sign-in/", sign_in.second_factor, name="sign_in"),
    path("setup/", setup.setup, name="setup"),
]
the_policy = [
    path("policy/", policy.policy, name="policy"),
    path("policy/closing-days/", policy.close_a_day, name="close_day"),
    path("policy/closing-days/<str:day>/", policy.open_a_day, name="open_day"),
]

urlpatterns: list[URLPattern] = [
    *the_overview,
    *the_administration,
    *the_policy,
    *the_workspace,
    *the_draft,
    *the_preparation,
    *the_reading,
    *the_people,
    *the_steps,
    *the_meeting,
    *the_publication,
    *guests,
]
