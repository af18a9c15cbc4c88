"""What outlives the After Action: action items and their review, vendors, guests, errata, the archive."""

from datetime import date, timedelta

import pytest

from afteractions.access import can_follow_up
from afteractions.models import (
    ActionExtension,
    AfterAction,
    Change,
    Obligation,
    RevisionPdf,
    VendorFollowUp,
)
from afteractions.operations.followup.actions import (
    cancel_action,
    complete_action,
    extend_action,
    hand_on_action,
    settle_item,
    start_action,
)
from afteractions.operations.followup.external_messages import settle_message
from afteractions.operations.followup.vendors import add_item, attach_rca, close_item, follow_up_of, plan_rca
from afteractions.operations.review import archive
from afteractions.operations.review.antipatterns import name_overdue
from afteractions.operations.review.document import Review
from afteractions.operations.review.publication import amend_published, publish
from afteractions.operations.review.revisions import ask_pdf
from afteractions.queries.after_actions import action_list, after_action_list, library
from afteractions.vocabulary import ActionStatus, AntiPattern, ObligationKind, RevisionKind
from incidents.models import Incident, Vendor, VendorEngagement
from incidents.operations.letting_in import let_in
from incidents.operations.response.vendors import engage
from majorops.audit.models import AuditEntry
from majorops.errors import BadInput, NotAllowed, RuleViolation, VersionConflict
from majorops.people.groups import GroupName
from majorops.people.models import Person
from tests.changed_rows import last_entry
from tests.factories.afteractions import (
    CLOSED,
    DISTRIBUTED,
    HOUR,
    MEETING_END,
    PUBLISHED,
    REVIEW_DUE,
    SCHEDULED,
    a_change,
    a_distributed_review,
    a_published_review,
    a_reviewed_review,
    an_after_action,
    an_approval,
    fresh,
    write,
)
from tests.factories.people import a_contact, a_person, an_auditor

pytestmark = pytest.mark.django_db
LATER = PUBLISHED + timedelta(days=5)
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"


def an_item(owner: Person | None = None) -> Change:
    owner = owner or a_person("Ingrid Falk")
    return a_published_review(action_owner=owner).changes.get()


def now(at=LATER):
    return {"at": at, "now": at}


def test_an_item_is_done_with_evidence_and_learned_only_once_its_effect_was_seen() -> None:
    item = an_item()
    with pytest.raises(BadInput):
        complete_action(item, evidence=" ", by=item.owner, **now())
    start_action(item, by=item.owner, **now())
    complete_action(item, evidence="Pipeline run 812", by=item.owner, **now())
    item.refresh_from_db()
    assert (item.status, item.resolved_by) == (ActionStatus.DONE, item.owner)
    assert Obligation.objects.get(kind=ObligationKind.ACTION_ITEM).state == "met"
    (statement,) = Review(fresh(item.after_action), at=LATER).learning_statements()
    assert statement["state"] == "done"
    with pytest.raises(RuleViolation, match="done already"):
        cancel_action(item, reason="No.", by=item.owner, **now())


def test_an_item_is_cancelled_with_a_reason() -> None:
    item = an_item()
    with pytest.raises(BadInput):
        cancel_action(item, reason="", by=item.owner, **now())
    assert cancel_action(item, reason="The system is gone.", by=item.owner, **now()).is_resolved


def test_an_extension_takes_a_later_date_and_a_reason_and_moves_the_deadline() -> None:
    item = an_item()
    with pytest.raises(BadInput):
        extend_action(item, due_on=date(2026, 5, 29), reason="", by=item.owner, **now())
    with pytest.raises(BadInput):
        extend_action(item, due_on=date(2026, 3, 30), reason="Sooner.", by=item.owner, **now())
    extend_action(item, due_on=date(2026, 5, 29), reason="The site is not ready.", by=item.owner, **now())
    kept = ActionExtension.objects.get()
    assert (kept.from_due_on, kept.to_due_on) == (date(2026, 3, 31), date(2026, 5, 29))
    due = Obligation.objects.open().get(kind=ObligationKind.ACTION_ITEM)
    assert due.due_on == date(2026, 5, 29)


def test_an_item_handed_on_is_told_to_its_new_owner() -> None:
    item, other = an_item(), a_person("Noor Vance")
    owner = item.owner
    hand_on_action(item, owner=other, reason="She knows the pipeline.", by=owner, **now())
    assert not owner.notices.filter(subject__startswith="No longer yours").exists()
    assert Obligation.objects.open().get(kind=ObligationKind.ACTION_ITEM).responsible == other
    assert other.notices.filter(channel="inbox", subject__startswith="Yours now").exists()
    contact = a_contact(item.after_action.incident.reference)
    with pytest.raises(BadInput, match="has no account"):
        hand_on_action(item, owner=contact, reason="x", by=other, **now())


def test_a_manager_above_its_owner_hands_an_item_on_and_changes_nothing_else() -> None:
    chief, other = a_person("Clara Winterbourne"), a_person("Noor Vance")
    owner = a_person("Ingrid Falk", manager=a_person("Berta Lang", manager=chief))
    item, beside = an_item(owner), a_person("Otto Lang")
    said = {"owner": other, "reason": "Ingrid is away until May.", **now()}
    with pytest.raises(NotAllowed, match="A manager above its owner may hand it on"):
        hand_on_action(item, by=beside, **said)
    for manager in (owner.manager, chief):
        with pytest.raises(NotAllowed):
            complete_action(item, evidence="x", by=manager, **now())
        with pytest.raises(NotAllowed):
            extend_action(item, due_on=date(2026, 5, 29), reason="Not ready.", by=manager, **now())
        with pytest.raises(NotAllowed):
            cancel_action(item, reason="x", by=manager, **now())
    with pytest.raises(BadInput, match="Say why"):
        hand_on_action(item, by=chief, **{**said, "reason": " "})
    handed = hand_on_action(item, by=chief, **said)
    assert (handed.owner, handed.due_on) == (other, item.due_on)
    kept = AuditEntry.objects.get(verb="handed on")
    assert (kept.by, kept.reason) == (chief, "Ingrid is away until May.")
    assert {owner.full_name, other.full_name} <= set(kept.changes["owner"])
    told = other.notices.get(channel="inbox", subject__startswith="Yours now")
    assert "Clara Winterbourne handed the action item" in told.text
    told = owner.notices.get(channel="inbox", subject__startswith="No longer yours")
    assert f"handed the action item {item.reference} to Noor Vance" in told.text


def test_a_manager_hands_an_item_of_a_restricted_incident_to_nobody_who_may_not_see_it() -> None:
    manager = a_person("Berta Lang")
    owner = a_person("Ingrid Falk", manager=manager)
    item = a_published_review(action_owner=owner, restricted=True).changes.get()
    let_in(item.after_action.incident, manager, "Asked to help", LATER)
    outside = a_person("Sora Bianchi")
    with pytest.raises(RuleViolation, match="may not see it"):
        hand_on_action(item, owner=outside, reason="Hers.", by=manager, **now())
    assert not Incident.objects.visible_to(outside).exists()


def test_an_item_of_a_restricted_incident_is_handed_on_to_who_may_see_it() -> None:
    item = a_published_review(action_owner=a_person("Ingrid Falk"), restricted=True).changes.get()
    outside, incident = a_person("Sora Bianchi"), item.after_action.incident
    said = {"owner": outside, "reason": "The pipeline is theirs.", **now()}
    with pytest.raises(RuleViolation, match="may not see it"):
        hand_on_action(item, by=item.owner, **said)
    assert not Incident.objects.visible_to(outside).exists()
    hand_on_action(item, by=incident.mim, **said)
    assert Incident.objects.visible_to(outside).get() == incident


def test_only_its_owner_the_owner_of_the_after_action_and_the_mim_change_an_item() -> None:
    item = an_item()
    for outsider in (a_person(), an_auditor()):
        with pytest.raises(NotAllowed):
            complete_action(item, evidence="x", by=outsider, **now())
    complete_action(item, evidence="Drill 812", by=item.after_action.incident.mim, **now())


def test_a_stale_item_is_told_what_stands_there() -> None:
    item = an_item()
    start_action(item, version=item.version, by=item.owner, **now())
    with pytest.raises(VersionConflict) as stale:
        cancel_action(item, reason="x", version=item.version, by=item.owner, **now())
    assert stale.value.current["status"] == "in_progress"


def test_an_item_is_settled_once_at_each_review_by_the_mim() -> None:
    item = an_item()
    mim = item.after_action.incident.mim
    said = {"disposition": "extended", "due_on": date(2026, 5, 29), "reason": "Not ready."}
    with pytest.raises(NotAllowed):
        settle_item(item, **said, by=item.owner, **now(REVIEW_DUE))
    with pytest.raises(BadInput):
        settle_item(item, disposition="forgotten", by=mim, **now(REVIEW_DUE))
    with pytest.raises(BadInput):
        settle_item(item, disposition="done", by=mim, **now(REVIEW_DUE))
    settle_item(item, **said, by=mim, **now(REVIEW_DUE))
    again = {**said, "due_on": date(2026, 6, 30)}
    second = settle_item(item, **again, by=mim, **now(REVIEW_DUE + timedelta(days=29)))
    assert second.review_round == 2


def test_before_the_publication_there_is_no_review_to_settle() -> None:
    item = a_reviewed_review().changes.get()
    with pytest.raises(RuleViolation, match="not published yet"):
        settle_item(
            item, disposition="cancelled", reason="x", by=item.after_action.incident.mim, **now(MEETING_END)
        )


def test_items_without_disposition_at_the_review_are_vanishing_tasks() -> None:
    item = an_item()
    assert name_overdue(now=REVIEW_DUE) == 0
    assert name_overdue(now=REVIEW_DUE + HOUR) == 1
    assert name_overdue(now=REVIEW_DUE + 2 * HOUR) == 0
    assert item.after_action.anti_patterns.get().kind == AntiPattern.VANISHING_TASKS


def test_an_item_extended_at_one_review_and_forgotten_at_the_next_is_a_vanishing_task() -> None:
    item = an_item()
    said = {"disposition": "extended", "due_on": date(2026, 5, 29), "reason": "Not ready."}
    settle_item(item, **said, by=item.after_action.incident.mim, **now(REVIEW_DUE))
    assert name_overdue(now=REVIEW_DUE + HOUR) == 0
    second = REVIEW_DUE + timedelta(days=30)
    assert name_overdue(now=second + HOUR) == 1
    assert name_overdue(now=second + 2 * HOUR) == 0
    assert item.change in item.after_action.anti_patterns.get(kind=AntiPattern.VANISHING_TASKS).evidence


def test_a_mandatory_meeting_not_held_by_its_deadline_is_the_pre_scheduled_cancel() -> None:
    after_action = an_after_action()
    due = Obligation.objects.get(kind=ObligationKind.HOLD).due_at
    assert name_overdue(now=due) == 0
    assert name_overdue(now=due + HOUR) == 1
    assert name_overdue(now=due + 2 * HOUR) == 0
    named = after_action.anti_patterns.get()
    assert (named.kind, named.by) == (AntiPattern.PRE_SCHEDULED_CANCEL, None)


def test_only_communications_settle_messages_and_a_withdrawal_takes_a_reason() -> None:
    message = {"text": "What happened", "audience": "Customers", "due_at": PUBLISHED}
    after_action = a_reviewed_review(external_messages=[message])
    planned = after_action.external_messages.get()
    with pytest.raises(NotAllowed):
        settle_message(planned, status="sent", by=after_action.incident.mim, **now())
    writer = a_person("Casimir Ode", groups=[GroupName.COMMUNICATIONS])
    with pytest.raises(BadInput):
        settle_message(planned, status="withdrawn", by=writer, **now())
    an_approval(planned, at=LATER)
    settle_message(planned, status="sent", by=writer, **now())
    with pytest.raises(RuleViolation, match="sent already"):
        settle_message(planned, status="sent", by=writer, **now())


def test_an_erratum_is_a_new_revision_that_names_its_reason() -> None:
    after_action = a_published_review()
    mim = after_action.incident.mim
    published = after_action.revisions.get(kind=RevisionKind.PUBLISHED)
    with pytest.raises(BadInput):
        amend_published(after_action, reason="", by=mim, **now())
    write(after_action, "summary", {"customer_impact": "One in six."}, at=LATER)
    erratum = amend_published(after_action, reason="The share was wrong.", by=mim, **now())
    assert (erratum.kind, erratum.reason) == (RevisionKind.ERRATUM, "The share was wrong.")
    number = erratum.number
    assert last_entry("amended what was published") == (mim, {"revision": [number - 1, number]})
    assert erratum.content["revision"]["reason"] == "The share was wrong."
    assert after_action.revisions.get(pk=published.pk).content == published.content


def test_the_mail_of_an_erratum_says_that_it_is_one_and_why_and_that_of_the_publication_that_it_is_published() -> (
    None
):
    after_action = a_published_review()
    mim = after_action.incident.mim
    reference = after_action.incident.reference
    amend_published(after_action, reason="The share was wrong.", by=mim, **now())
    lead = after_action.attendees.get(person__full_name="Tomas Lindqvist").person
    mails = {each.subject: each.text for each in lead.notices.filter(channel="mail")}
    published = mails[f"Published: the Learning Review of {reference}"]
    erratum = mails[f"Erratum to the Learning Review of {reference}"]
    assert "Why: The share was wrong." in erratum
    assert "Why:" not in published


def a_vendor_followed_up(after_action: AfterAction, **said: object):
    incident = after_action.incident
    manager = a_person("Lena Hart", groups=[GroupName.SERVICE_MANAGER])
    Vendor.objects.create(name="Cloudgate", service_manager=manager)
    engage(incident, vendor="Cloudgate", root_cause_related=True, by=incident.mim, **said, **now(SCHEDULED))
    return follow_up_of(VendorEngagement.objects.get(), now=SCHEDULED)


def test_a_vendor_in_the_root_cause_without_an_rca_date_blocks_publication() -> None:
    after_action = a_reviewed_review()
    follow_up = a_vendor_followed_up(after_action)
    mim = after_action.incident.mim
    with pytest.raises(RuleViolation, match="“Waiting on them” is no date"):
        publish(fresh(after_action), by=mim, at=PUBLISHED, now=PUBLISHED)
    plan_rca(
        follow_up, due_on=date(2026, 3, 20), committed=True, by=follow_up.service_manager, **now(MEETING_END)
    )
    publish(fresh(after_action), by=mim, at=PUBLISHED, now=PUBLISHED)
    due = Obligation.objects.open().get(kind=ObligationKind.VENDOR_RCA)
    assert (due.due_on, due.responsible) == (date(2026, 3, 20), follow_up.service_manager)


def test_whoever_owns_the_after_action_follows_its_vendors_up_and_nobody_without_a_part() -> None:
    after_action = an_after_action()
    owner = a_person("Ines Faro")
    kept = a_vendor_followed_up(after_action)
    AfterAction.objects.filter(pk=after_action.pk).update(owner=owner)
    follow_up = VendorFollowUp.objects.get(pk=kept.pk)
    for person, may in ((owner, True), (follow_up.service_manager, True), (a_person("Otto Lang"), False)):
        assert can_follow_up(person, follow_up) is may


def test_waiting_on_a_vendor_without_a_date_is_refused() -> None:
    follow_up = a_vendor_followed_up(an_after_action())
    with pytest.raises(BadInput, match="Waiting on them"):
        add_item(follow_up, text="Logs of the gateway", due_on=None, by=follow_up.service_manager, **now())
    item = add_item(follow_up, text="Logs", due_on=date(2026, 3, 20), by=follow_up.service_manager, **now())
    assert Obligation.objects.open().filter(kind=ObligationKind.VENDOR_ITEM).exists()
    close_item(item, outcome="They came by mail.", by=follow_up.service_manager, **now())
    assert not Obligation.objects.open().filter(kind=ObligationKind.VENDOR_ITEM).exists()


def test_an_rca_is_a_pdf_of_at_most_25_mb_and_kept_with_its_hash() -> None:
    follow_up = a_vendor_followed_up(an_after_action())
    manager = follow_up.service_manager
    for content, message in (
        (b"MZ program", "not a PDF"),
        (PDF + b" " * 25 * 1024 * 1024, "larger than 25 MB"),
    ):
        with pytest.raises(BadInput, match=message):
            attach_rca(follow_up, name="rca.pdf", content=content, by=manager, **now())
    with pytest.raises(NotAllowed):
        attach_rca(follow_up, name="rca.pdf", content=PDF, by=a_person(), **now())
    assert attach_rca(follow_up, name="../../etc/rca.pdf", content=PDF, by=manager, **now()) is None
    follow_up.refresh_from_db()
    assert follow_up.rca_name == "rca.pdf"
    assert len(follow_up.rca_sha256) == 64
    assert last_entry("attached the RCA") == (manager, {"sha256": [None, follow_up.rca_sha256]})
    with pytest.raises(RuleViolation, match="here already"):
        attach_rca(follow_up, name="rca.pdf", content=PDF, by=manager, **now())


def test_a_review_is_published_without_the_vendors_rca_and_says_what_it_did_to_the_incident() -> None:
    after_action = a_reviewed_review()
    incident = after_action.incident
    follow_up = a_vendor_followed_up(after_action, responded_at=SCHEDULED, effect="No storage for an hour")
    plan_rca(
        follow_up, due_on=date(2026, 3, 20), committed=True, by=follow_up.service_manager, **now(MEETING_END)
    )
    published = publish(
        fresh(after_action), reason="The vendor is told of.", by=incident.mim, at=PUBLISHED, now=PUBLISHED
    )
    (vendor,) = published.content["sections"]["vendors"]
    assert (vendor["effect"], vendor["rca"]["received_on"], vendor["rca"]["due_on"]) == (
        "No storage for an hour",
        None,
        "2026-03-20",
    )
    assert vendor["responded_at"] is not None


def test_an_rca_that_comes_after_the_publication_makes_a_revision() -> None:
    after_action = a_published_review()
    follow_up = a_vendor_followed_up(after_action)
    revision = attach_rca(follow_up, name="rca.pdf", content=PDF, by=follow_up.service_manager, **now())
    assert revision is not None
    assert (revision.kind, revision.reason) == (RevisionKind.ERRATUM, "The RCA of Cloudgate arrived.")
    (vendor,) = revision.content["sections"]["vendors"]
    assert vendor["rca"]["status"] == "received"
    (attachment,) = archive.attachments_of(revision)
    assert attachment.sha256 == vendor["rca"]["sha256"]


def test_the_worker_makes_each_pdf_once() -> None:
    a_distributed_review()
    assert archive.render_pending(now=LATER) == 1
    row = RevisionPdf.objects.get()
    assert bytes(row.content).startswith(b"%PDF-")
    assert (row.made_at, row.attempts, row.leased_until) == (LATER, 1, None)
    assert archive.render_pending(now=LATER) == 0


def test_a_review_that_cannot_be_drawn_is_kept_with_its_error_and_holds_up_no_other() -> None:
    first, second = a_distributed_review(), a_distributed_review()
    follow_up = a_vendor_followed_up(second)
    attach_rca(
        follow_up, name="rca.pdf", content=PDF + b"broken", by=follow_up.service_manager, **now(DISTRIBUTED)
    )
    broken = second.revisions.get()
    RevisionPdf.objects.filter(revision=broken).update(asked_at=CLOSED)
    RevisionPdf.objects.filter(revision=broken).update(leased_until=LATER + HOUR)
    assert archive.render_pending(now=LATER) == 1
    assert RevisionPdf.objects.get(revision=first.revisions.get()).made_at == LATER
    assert RevisionPdf.objects.get(revision=broken).made_at is None
    assert archive.render_pending(now=LATER + 2 * HOUR) == 1


def test_a_pdf_that_failed_too_often_waits_until_somebody_asks_again() -> None:
    revision = a_distributed_review().revisions.get()
    RevisionPdf.objects.update(attempts=4, leased_until=LATER + HOUR)
    ask_pdf(revision, now=LATER)
    assert RevisionPdf.objects.filter(attempts=4, leased_until=LATER + HOUR).exists(), "its try is under way"
    RevisionPdf.objects.update(attempts=5, leased_until=None)
    assert archive.render_pending(now=LATER) == 0
    ask_pdf(revision, now=LATER)
    assert archive.render_pending(now=LATER) == 1


def test_lists_show_what_a_person_may_see() -> None:
    after_action = a_published_review(restricted=True)
    outsider, mim = a_person(), after_action.incident.mim
    assert list(library(mim)) == list(library(mim, "permissions")) == [after_action]
    assert not library(mim, "kangaroo").exists()
    assert list(after_action_list(mim, {"status": "closed", "overdue": "true"}, at=PUBLISHED)) == [
        after_action
    ]
    assert action_list(mim, {"overdue": "true"}, at=REVIEW_DUE).count() == 1
    for found in (
        library(outsider),
        after_action_list(outsider, at=PUBLISHED),
        action_list(outsider, at=PUBLISHED),
    ):
        assert not found.exists()
    with pytest.raises(BadInput):
        after_action_list(mim, {"status": "lost"}, at=PUBLISHED)


def test_a_change_that_continues_needs_no_action() -> None:
    after_action = an_after_action()
    write(after_action, "changes", [a_change(None, kind="continue")])
    with pytest.raises(RuleViolation):
        start_action(after_action.changes.get(), by=after_action.incident.mim, **now())
