"""What is published is what was agreed; what came since has its reason, and an RCA brings nothing else with it."""

from datetime import timedelta

import pytest

from afteractions.models import AfterAction, Obligation, Revision
from afteractions.operations.followup.vendors import attach_rca, follow_up_of, plan_rca
from afteractions.operations.meeting.meeting import DraftDiffers, agree_publish_and_close
from afteractions.operations.review.agreement import changed_since_agreement, changed_since_sent, mark_of
from afteractions.operations.review.distribution import distribute
from afteractions.operations.review.document import Review
from afteractions.operations.review.publication import publish
from afteractions.rules.review.changes_between import Op
from afteractions.vocabulary import (
    AntiPattern,
    ObligationKind,
    ObligationState,
    RevisionKind,
    SectionKey,
    Status,
)
from incidents.models import TrackMember
from incidents.operations.response.command import open_track
from incidents.operations.response.vendors import engage
from majorops.errors import RuleViolation
from majorops.notices.models import Notice
from majorops.people.models import Person
from tests.factories.afteractions import (
    COMPLETE,
    DISTRIBUTED,
    HOUR,
    MEETING,
    MEETING_END,
    PUBLISHED,
    READ,
    a_distributed_review,
    a_drafted_review,
    a_meeting,
    a_reviewed_review,
    fresh,
    hold_meeting,
    read_by_all,
    write,
)
from tests.factories.people import a_person, an_administrator

pytestmark = pytest.mark.django_db
AFTERWARDS = MEETING_END + HOUR
REWRITTEN = {**COMPLETE["root_cause"], "failure": "a default that nobody had looked at"}


def addressed(step: str) -> set[str]:
    return {str(notice.recipient) for notice in Notice.objects.filter(step=step).select_related("recipient")}


def test_what_was_written_after_the_agreement_is_published_with_its_reason() -> None:
    after_action = a_reviewed_review()
    mim = after_action.incident.mim
    write(after_action, "root_cause", REWRITTEN, at=AFTERWARDS)
    revision = publish(fresh(after_action), reason="The log was read.", by=mim, at=PUBLISHED, now=PUBLISHED)
    assert (revision.reason, revision.content["revision"]["reason"]) == ("The log was read.",) * 2
    text = Notice.objects.filter(step="published").values_list("text", flat=True)[0]
    assert "Changed since the meeting agreed on it: The log was read." in text


def test_what_was_written_after_the_agreement_is_named_where_nobody_says_why() -> None:
    after_action = a_reviewed_review()
    write(after_action, "root_cause", REWRITTEN, at=AFTERWARDS)
    revision = publish(fresh(after_action), by=after_action.incident.mim, at=PUBLISHED, now=PUBLISHED)
    assert revision.reason == "Written since the meeting agreed, in “Root cause”."


def test_what_is_written_again_as_it_was_agreed_needs_no_reason() -> None:
    after_action = a_reviewed_review()
    write(after_action, "root_cause", REWRITTEN, at=AFTERWARDS)
    write(after_action, "root_cause", COMPLETE["root_cause"], at=AFTERWARDS + HOUR)
    mim = after_action.incident.mim
    assert publish(fresh(after_action), reason="x", by=mim, at=PUBLISHED, now=PUBLISHED).reason == ""


def test_an_owner_and_a_date_that_were_missing_are_no_difference_and_others_are() -> None:
    after_action = a_distributed_review()
    read_by_all(after_action)
    [row] = Review(after_action, at=READ).changes()
    write(after_action, "changes", [{**row, "owner": None, "due_on": None}], at=READ)
    hold_meeting(after_action)
    mim = after_action.incident.mim
    write(after_action, "changes", [{**row, "change": "Something else"}], at=AFTERWARDS)
    [differs] = changed_since_agreement(fresh(after_action), now=AFTERWARDS)
    assert differs.section == SectionKey.CHANGES
    write(after_action, "changes", [row], at=AFTERWARDS + HOUR)
    assert publish(fresh(after_action), by=mim, at=PUBLISHED, now=PUBLISHED).reason == ""


def test_another_owner_than_was_agreed_on_is_a_difference_by_name() -> None:
    after_action, owner = a_reviewed_review(), a_person("Ottilie Renner")
    [row] = Review(after_action, at=AFTERWARDS).changes()
    agreed = Person.objects.get(email=row["owner"])
    write(after_action, "changes", [{**row, "owner": owner.identifier}], at=AFTERWARDS)
    [differs] = changed_since_agreement(fresh(after_action), now=AFTERWARDS)
    words = {op: " ".join(run.text for run in differs.runs if run.op == op) for op in Op}
    assert (words[Op.DELETE], words[Op.INSERT]) == (agreed.full_name, owner.full_name)
    # An address that is nobody's by now is shown as it was written.
    Person.objects.filter(pk=agreed.pk).update(email="else@example.org")
    [differs] = changed_since_agreement(fresh(after_action), now=AFTERWARDS)
    assert row["owner"] in [run.text for run in differs.runs if run.op == Op.DELETE]


def ending(after_action: AfterAction, difference: str = "") -> Revision:
    mim = after_action.incident.mim
    return agree_publish_and_close(
        after_action,
        started_at=MEETING,
        ended_at=MEETING_END,
        attendance=[{"person": mim, "present": True}],
        difference=difference,
        by=mim,
        at=AFTERWARDS,
        now=AFTERWARDS,
    )


def test_agree_publish_and_close_takes_a_look_at_what_nobody_was_sent() -> None:
    after_action = a_distributed_review()
    read_by_all(after_action)
    write(after_action, "root_cause", REWRITTEN, at=READ)
    with pytest.raises(DraftDiffers, match=r"differs from revision 1, .*“Root cause”: look at it"):
        ending(fresh(after_action))
    assert fresh(after_action).status == Status.IN_REVIEW
    sent, changed = changed_since_sent(after_action, now=AFTERWARDS)
    assert (sent.number, [each.section for each in changed]) == (1, [SectionKey.ROOT_CAUSE])
    write(after_action, "went_well", [{"text": "Something else", "kind": "tool"}], at=READ + HOUR)
    with pytest.raises(DraftDiffers):
        ending(fresh(after_action), mark_of(changed))
    _, changed = changed_since_sent(after_action, now=AFTERWARDS)
    ending(fresh(after_action), mark_of(changed))
    assert fresh(after_action).status == Status.CLOSED


@pytest.fixture
def awaited() -> tuple[AfterAction, object]:
    after_action = a_reviewed_review()
    mim = after_action.incident.mim
    engagement = engage(
        after_action.incident,
        vendor="Hydra Cloud",
        by=mim,
        at=after_action.incident.opened_at,
        now=MEETING_END,
    )
    follow_up = follow_up_of(engagement, now=MEETING_END)
    manager = a_person("Sefa Holm")
    follow_up = plan_rca(
        follow_up, service_manager=manager, due_on=PUBLISHED.date(), by=mim, at=MEETING_END, now=MEETING_END
    )
    return after_action, follow_up


def test_an_rca_freezes_what_was_published_and_nothing_that_is_half_written(awaited) -> None:
    after_action, follow_up = awaited
    mim = after_action.incident.mim
    published = publish(fresh(after_action), by=mim, at=PUBLISHED, now=PUBLISHED)
    named = {**COMPLETE["root_cause"], "failure": "Tomas Lindqvist dropped the table"}
    write(after_action, "root_cause", named, at=PUBLISHED + HOUR)
    later = PUBLISHED + 2 * HOUR
    revision = attach_rca(
        follow_up, name="rca.pdf", content=b"%PDF-1.7\nx", by=follow_up.service_manager, at=later, now=later
    )
    assert (revision.kind, revision.reason) == (RevisionKind.ERRATUM, "The RCA of Hydra Cloud arrived.")
    before, now = dict(published.content["sections"]), dict(revision.content["sections"])
    [was], [vendor] = before.pop("vendors"), now.pop("vendors")
    assert before == now
    assert (was["rca"]["status"], vendor["rca"]["status"]) == ("awaited", "received")
    assert vendor["rca"]["sha256"] == fresh_rca(follow_up)
    assert {**was, "rca": None} == {**vendor, "rca": None}
    told = {str(each.recipient) for each in Notice.objects.filter(about_id=revision.pk, step="published")}
    assert {"Mira Okafor", "Sefa Holm", "Tomas Lindqvist"} <= told


def fresh_rca(follow_up) -> str:
    follow_up.refresh_from_db(fields=["rca_sha256"])
    return follow_up.rca_sha256


def test_an_rca_that_comes_before_the_publication_is_told_too(awaited) -> None:
    _, follow_up = awaited
    by = follow_up.service_manager
    assert attach_rca(
        follow_up, name="rca.pdf", content=b"%PDF-1.7\nx", by=by, at=AFTERWARDS, now=AFTERWARDS
    ) is None  # fmt: skip
    assert addressed("rca") == {"Mira Okafor", "Tomas Lindqvist"}


def test_the_distribution_is_announced_to_the_owner_and_the_internal_liaison() -> None:
    after_action = a_drafted_review()
    after_action.internal_liaison = a_person("Ilse Varga")
    after_action.owner = a_person("Odd Nilsen")
    after_action.save(update_fields=["internal_liaison", "owner"])
    administrator = an_administrator()
    distribute(fresh(after_action), by=administrator, at=DISTRIBUTED, now=DISTRIBUTED)
    assert addressed("distributed") == {"Ilse Varga", "Odd Nilsen"}
    assert addressed("read") == {"Mira Okafor", "Tomas Lindqvist"}


def test_the_publication_goes_to_the_leads_and_smes_of_the_tracks_whoever_attends() -> None:
    after_action = a_reviewed_review()
    incident, mim = after_action.incident, after_action.incident.mim
    lead, expert = a_person("Lea Grundy"), a_person("Emre Sachs")
    said = {"by": mim, "at": AFTERWARDS, "now": AFTERWARDS}
    track = open_track(incident, name="Database", lead=lead, **said)
    TrackMember.objects.create(track=track, person=expert, since=AFTERWARDS)
    publish(fresh(after_action), by=mim, at=PUBLISHED, now=PUBLISHED)
    assert {"Lea Grundy", "Emre Sachs"} <= addressed("published")


def a_second_round(after_action: AfterAction, text: dict[str, object] | None) -> AfterAction:
    """Not agreed; out again one hour before the second meeting, which is three days later."""
    read_by_all(after_action)
    hold_meeting(after_action, agreed=False, external_messages=None)
    second = MEETING + timedelta(days=3)
    a_meeting(fresh(after_action), starts_at=second, at=MEETING_END + HOUR)
    if text is not None:
        write(after_action, "root_cause", text, at=MEETING_END + 2 * HOUR)
    out = second - HOUR
    distribute(fresh(after_action), by=after_action.incident.mim, at=out, now=out)
    return fresh(after_action)


def test_a_second_round_with_the_same_text_is_no_retell_and_its_deadline_is_met_late() -> None:
    """docs/decisions/a-second-round-with-the-same-text.md"""
    after_action = a_second_round(a_distributed_review(), None)
    hold_meeting(after_action, started_at=MEETING + timedelta(days=3))
    assert not after_action.anti_patterns.filter(kind=AntiPattern.RETELL, key="late_draft").exists()
    second = Obligation.objects.get(kind=ObligationKind.DISTRIBUTE, subject_key="meeting:2")
    assert second.state == ObligationState.MET_LATE


def test_a_second_round_with_another_root_cause_waits_48_h_again() -> None:
    after_action = a_second_round(a_distributed_review(), REWRITTEN)
    with pytest.raises(RuleViolation, match="only 1 h"):
        hold_meeting(after_action, started_at=MEETING + timedelta(days=3))
