"""Writing the review: nobody's text is lost, and what is wrong is named by its place."""

import threading
from datetime import date, datetime, timedelta

import pytest
from django.db import connection

from afteractions.models import AfterAction, Change, SectionText
from afteractions.operations.meeting.meeting import name_anti_pattern
from afteractions.operations.readers.comments import add_comment, resolve_comment
from afteractions.operations.review.document import Review
from afteractions.operations.review.initial_draft import prefill
from afteractions.operations.review.section_editing import (
    add_change,
    confirm_section,
    save_section,
    section_content,
)
from afteractions.vocabulary import SectionKey
from incidents.operations.close import close
from incidents.operations.log import enter_phase, reach_milestone
from majorops.errors import BadInput, NotAllowed, NotFound, RuleViolation, VersionConflict
from tests.factories.afteractions import (
    HOUR,
    PUBLISHED,
    SCHEDULED,
    a_change,
    a_distributed_review,
    a_published_review,
    an_after_action,
    fresh,
    write,
)
from tests.factories.incidents import OPENED, an_event, an_incident, minutes
from tests.factories.people import a_contact, a_mim, a_person, an_administrator, an_auditor

pytestmark = pytest.mark.django_db
CAUSE = {"failure": "a full disk", "contributing_factors": ["no alert"], "should_have_happened": []}


def written(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")


def content(after_action, key):
    return section_content(fresh(after_action), key, now=SCHEDULED)


def test_every_section_is_laid_out_at_the_close_and_once() -> None:
    after_action = an_after_action()
    assert [section.key for section in after_action.sections.all()] == SectionKey.keys()
    prefill(after_action, now=SCHEDULED)
    assert after_action.sections.count() == len(SectionKey)


def test_a_stale_save_is_refused_with_both_texts_and_nothing_is_lost() -> None:
    after_action = an_after_action()
    first, second = a_person("Noor Vance"), after_action.incident.mim
    after_action.editors.add(first)
    version = after_action.sections.get(key="root_cause").version
    write(after_action, "root_cause", CAUSE, by=first, version=version)
    with pytest.raises(VersionConflict) as stale:
        write(after_action, "root_cause", {"failure": "a slow disk"}, by=second, version=version)
    assert stale.value.current["content"]["failure"] == "a full disk"
    assert stale.value.current["version"] == version + 1
    assert stale.value.current["updated_by"] == first.identifier
    assert content(after_action, "root_cause")["failure"] == "a full disk"


def test_every_saved_text_is_kept() -> None:
    after_action = an_after_action()
    for number in range(3):
        write(after_action, "root_cause", {**CAUSE, "failure": f"cause {number}"})
    kept = SectionText.objects.filter(section__after_action=after_action, section__key="root_cause")
    assert [text.content.get("failure") for text in kept] == [None, "cause 0", "cause 1", "cause 2"]


def test_saving_what_stands_there_already_makes_no_new_version() -> None:
    after_action = an_after_action()
    version = write(after_action, "root_cause", CAUSE).version
    assert write(after_action, "root_cause", CAUSE).version == version
    write(after_action, "changes", [a_change(None)])
    rows = content(after_action, "changes")
    version = after_action.sections.get(key="changes").version
    assert write(after_action, "changes", rows).version == version


@pytest.mark.django_db(transaction=True)
def test_many_writers_at_once_lose_no_save_without_knowing() -> None:
    after_action = an_after_action()
    mim = after_action.incident.mim
    saved: list[str] = []
    told: list[str] = []

    def keep_saving(writer: int) -> None:
        try:
            for number in range(5):
                version = after_action.sections.get(key="root_cause").version
                text = f"writer {writer} text {number}"
                try:
                    save_section(
                        after_action,
                        "root_cause",
                        {"failure": text},
                        version=version,
                        by=mim,
                        at=SCHEDULED,
                        now=SCHEDULED,
                    )
                    saved.append(text)
                except VersionConflict:
                    told.append(text)
        finally:
            connection.close()

    writers = [threading.Thread(target=keep_saving, args=(number,)) for number in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    kept = SectionText.objects.filter(section__after_action=after_action, section__key="root_cause")
    assert [text.content["failure"] for text in kept if text.content] == [
        text for text in _in_order(kept) if text in saved
    ]
    assert len(saved) + len(told) == 30
    assert {text.content["failure"] for text in kept if text.content} == set(saved)


def _in_order(kept):
    return [text.content["failure"] for text in kept.order_by("version") if text.content]


@pytest.mark.parametrize(
    ("key", "sent", "path"),
    [
        ("root_cause", {"failure": "x", "cause": "y"}, "root_cause.cause"),
        ("root_cause", {"certainty": "sure"}, "root_cause.certainty"),
        ("root_cause", {"contributing_factors": ["a", 3]}, "root_cause.contributing_factors[1]"),
        ("root_cause", [], "root_cause"),
        ("root_cause", {"failure": "nul \x00"}, "root_cause.failure"),
        ("root_cause", {"failure": "half \ud800"}, "root_cause.failure"),
        ("expected", [{"expected": "a", "actual": "b", "kind": "habit"}], "expected[0].kind"),
        ("expected", [{"kind": "process"}], "expected[0].expected"),
        ("expected", {"deviations": [{"kind": "process"}]}, "expected.deviations[0].expected"),
        ("expected", {"ways": [{"text": "a", "kind": "luck"}]}, "expected.ways[0].kind"),
        ("expected", {"reasons": []}, "expected.reasons"),
        ("went_well", [{"text": "a", "kind": "action"}, {"kind": "tool"}], "went_well[1].text"),
        ("went_well", "all", "went_well"),
        ("summary", {"business_impact": 4}, "summary.business_impact"),
        ("changes", [{"kind": "start", "change": "a", "due_on": "soon"}], "changes[0].due_on"),
        ("changes", [{"kind": "start", "change": "a"}, {"kind": "pause", "change": "b"}], "changes[1].kind"),
        ("changes", [{"kind": "stop", "change": " "}], "changes[0].change"),
        ("changes", [{"kind": "stop", "change": "a", "owner": 7}], "changes[0].owner"),
        ("changes", [{"kind": "stop", "change": "a", "owner": "a" * 201}], "changes[0].owner"),
        ("changes", [{"kind": "stop", "change": "a", "id": "ACT-NONE"}], "changes[0].id"),
        ("timeline", {"hidden": ["event:0"]}, "timeline.hidden"),
    ],
)
def test_wrong_input_is_named_by_its_path(key, sent, path) -> None:
    after_action = an_after_action()
    before = SectionText.objects.count()
    with pytest.raises(BadInput) as wrong:
        write(after_action, key, sent)
    assert path in [problem.path for problem in wrong.value.problems]
    assert SectionText.objects.count() == before


def test_a_section_that_follows_from_the_record_cannot_be_written() -> None:
    after_action = an_after_action()
    for key in ("record_findings", "learning_statements", "action_items", "vendors"):
        with pytest.raises(RuleViolation, match="cannot be written"):
            write(after_action, key, [])
    with pytest.raises(NotFound):
        write(after_action, "conclusions", [])


def test_who_plays_no_part_cannot_write_and_the_recovery_lead_always_can() -> None:
    lead = a_person("Tomas Lindqvist")
    after_action = an_after_action(lead=lead)
    for outsider in (a_person(), an_auditor()):
        with pytest.raises(NotAllowed):
            write(after_action, "root_cause", CAUSE, by=outsider)
    for writer, failure in ((after_action.incident.mim, "a"), (lead, "b"), (an_administrator(), "c")):
        write(after_action, "root_cause", {**CAUSE, "failure": failure}, by=writer)


def test_the_recovery_lead_confirms_and_a_later_text_is_unconfirmed() -> None:
    lead = a_person("Tomas Lindqvist")
    after_action = an_after_action(lead=lead)
    write(after_action, "root_cause", CAUSE)
    with pytest.raises(NotAllowed):
        confirm_section(after_action, "root_cause", by=after_action.incident.mim, at=SCHEDULED, now=SCHEDULED)
    with pytest.raises(RuleViolation):
        confirm_section(after_action, "went_well", by=lead, at=SCHEDULED, now=SCHEDULED)
    confirmed = confirm_section(after_action, "root_cause", by=lead, at=SCHEDULED, now=SCHEDULED)
    assert confirmed.confirmed_by == lead
    assert write(after_action, "root_cause", {**CAUSE, "failure": "another"}).confirmed_by is None


def test_the_summary_comes_from_the_record_with_what_people_add() -> None:
    lead = a_person("Tomas Lindqvist")
    impact = {"business": "Orders lost", "customers_affected": 1200, "revenue_exposure": "20,000 an hour"}
    after_action = an_after_action(lead=lead, impact={**impact, "sla_status": "Breached at 10:00"})
    summary = content(after_action, "summary")
    incident = after_action.incident
    assert (summary["reference"], summary["severity"]) == (incident.reference, incident.severity)
    assert summary["business_impact"] == "Orders lost"
    assert (summary["customers_affected"], summary["revenue_exposure"], summary["sla_status"]) == (
        1200,
        "20,000 an hour",
        "Breached at 10:00",
    )
    assert summary["duration"] == 90 * 60
    assert summary["mim"] == incident.mim.identifier
    assert lead.identifier in {each["name"] for each in summary["key_responders"]}
    write(after_action, "summary", {**summary, "customer_impact": "One in five orders failed."})
    summary = content(after_action, "summary")
    assert summary["customer_impact"] == "One in five orders failed."
    assert summary["title"] == "Checkout answers with errors"


def test_the_first_findings_are_the_gaps_of_the_record() -> None:
    findings = content(an_after_action(), "record_findings")
    assert "no_customer_count" in {gap["kind"] for gap in findings["gaps"]}


def test_a_change_is_a_statement_and_an_action_item_typed_once() -> None:
    after_action = an_after_action()
    owner = a_person("Ingrid Falk")
    write(after_action, "changes", [a_change(owner), a_change(None, kind="continue", change="Drill weekly")])
    first, second = content(after_action, "changes")
    assert first["owner"] == owner.identifier
    assert content(after_action, "learning_statements") == [
        {
            "change": first["id"],
            "text": "Runbook DB-4 does not check the permissions of the standby. Start: Check the permissions of "
            "the standby at each deployment. Ingrid Falk, by 31 Mar 2026.",
            "state": "captured",
        },
        {
            "change": second["id"],
            "text": "Runbook DB-4 does not check the permissions of the standby. Continue: Drill weekly. By 31 Mar "
            "2026.",
            "state": "captured",
        },
    ]
    (item,) = content(after_action, "action_items")
    assert item["reference"] == first["id"]
    assert item["status"] == "open"


def test_a_change_left_out_is_marked_as_removed_and_comes_back_under_its_reference() -> None:
    after_action = an_after_action()
    write(after_action, "changes", [a_change(None), a_change(None, change="Another")])
    first, second = content(after_action, "changes")
    write(after_action, "changes", [second])
    assert Change.objects.get(reference=first["id"]).removed_at == SCHEDULED
    write(after_action, "changes", [second, first])
    assert [row["id"] for row in content(after_action, "changes")] == [second["id"], first["id"]]


def test_a_contact_of_the_incident_can_own_a_change_and_one_of_another_incident_cannot() -> None:
    after_action = an_after_action()
    a_contact(after_action.incident.reference, "noc", "Night Desk")
    a_contact("INC-OTHER", "elsewhere", "Other Desk")
    write(after_action, "changes", [{**a_change(None), "owner": "contact:noc"}])
    assert content(after_action, "changes")[0]["owner"] == "contact:noc"
    (row,) = content(after_action, "changes")
    write(after_action, "changes", [{**row, "owner": "contact:elsewhere"}])
    (row,) = content(after_action, "changes")
    assert (row["owner"], row["owner_text"]) == (None, "contact:elsewhere")


def test_what_was_published_is_neither_taken_out_nor_changed_by_writing() -> None:
    after_action = a_published_review()
    (row,) = section_content(after_action, "changes", now=PUBLISHED)
    at = PUBLISHED + HOUR
    others = ({"due_on": "2026-12-24"}, {"owner": None}, {"change": "Check permissions now and then"})
    for sent in ([], *([{**row, **other}] for other in others)):
        with pytest.raises(RuleViolation, match="was published"):
            write(after_action, "changes", sent, at=at)
    assert section_content(after_action, "changes", now=at) == [row]


def test_an_item_is_captured_in_the_meeting_as_it_is_made() -> None:
    after_action = a_distributed_review()
    created = add_change(
        after_action,
        kind="stop",
        change="Stop deploying on Fridays",
        owner=after_action.incident.mim,
        due_on="2026-04-01",
        by=after_action.incident.mim,
        at=PUBLISHED,
        now=PUBLISHED,
    )
    assert created.due_on == date(2026, 4, 1)
    assert [row["change"] for row in content(after_action, "changes")][-1] == "Stop deploying on Fridays"


def test_entries_of_the_timeline_are_hidden_or_highlighted_never_rewritten() -> None:
    after_action = an_after_action()
    first, second, _ = content(after_action, "timeline")["entries"]
    marks = {"hidden": [first["id"]], "highlighted": [second["id"]]}
    write(after_action, "timeline", marks)
    timeline = content(after_action, "timeline")
    assert [entry["hidden"] for entry in timeline["entries"]] == [True, False, False]
    drawn = timeline["picture"]["events"]
    assert [event["text"] for event in drawn] == ["Failover step 2", "Failover step 3"]
    assert [event["highlighted"] for event in drawn] == [True, False]
    write(after_action, "timeline", {**marks, "hidden": []})
    assert len(content(after_action, "timeline")["picture"]["events"]) == 3
    with pytest.raises(BadInput):
        write(after_action, "timeline", {**marks, "hidden": ["event:0"]})


def test_an_imported_review_fills_the_draft_and_keeps_the_words_of_its_owners() -> None:
    incident = an_incident(severity="critical")
    incident.imported_review = {
        "root_cause": {"failure": "a stale size", "contributing_factors": ["no staging"]},
        "went_well": ["Users noticed early"],
        "changes": ["Guard the size"],
        "learning_statements": [],
        "action_items": [
            {
                "title": "Test log shipping",
                "owner": "Platform team",
                "due_on": "2026-04-01",
                "status": "open",
            },
            {"title": "Guard the engine", "owner": None, "due_on": None, "status": "done"},
        ],
    }
    incident.save(update_fields=["imported_review"])
    at = OPENED + minutes(60)
    close(incident, by=incident.mim, at=at, now=at)
    after_action = incident.after_action
    assert content(after_action, "root_cause")["failure"] == "a stale size"
    (row,) = content(after_action, "went_well")
    assert (row["text"], row["kind"]) == ("Users noticed early", "action")
    assert [(row["change"], row["owner_text"]) for row in content(after_action, "changes")] == [
        ("Test log shipping", "Platform team"),
        ("Guard the engine", ""),
        ("Guard the size", ""),
    ]
    assert [item["status"] for item in content(after_action, "action_items")] == ["open", "done", "open"]


def test_comments_are_threaded_tied_to_what_was_read_and_resolved() -> None:
    after_action = a_distributed_review()
    reader = a_person("Noor Vance")
    revision = after_action.revisions.get()
    at = PUBLISHED
    comment = add_comment(
        after_action, section="root_cause", text="Why then?", revision=revision, by=reader, at=at, now=at
    )
    mim = after_action.incident.mim
    answer = add_comment(
        after_action, section="root_cause", text="Because.", parent=comment, by=mim, at=at, now=at
    )
    assert answer.parent == comment
    assert reader.notices.filter(channel="inbox", text__contains="Because.").exists()
    with pytest.raises(NotAllowed):
        resolve_comment(answer, by=a_person("Somebody Else"), at=at, now=at)
    assert resolve_comment(answer, by=mim, at=at, now=at).resolved_by == mim
    assert resolve_comment(answer, resolved=False, by=reader, at=at, now=at).resolved_at is None
    said = {"by": reader, "at": at, "now": at}
    well = content(after_action, "went_well")[0]["id"]
    on_row = add_comment(after_action, section="went_well", row=well, text="Who did?", **said)
    answered = add_comment(after_action, section="went_well", parent=on_row, text="The bridge.", **said)
    assert (on_row.row, answered.row) == (well, well)
    for section in ("root_cause", "changes"):
        with pytest.raises(BadInput):
            add_comment(after_action, section=section, row=well, text="Hm", **said)
    for text in ("", "x" * 10_001, "nul \x00"):
        with pytest.raises(BadInput):
            add_comment(after_action, section="root_cause", text=text, by=reader, at=at, now=at)
    with pytest.raises(NotAllowed):
        add_comment(after_action, section="root_cause", text="Hm", by=an_auditor(), at=at, now=at)


def test_the_timeline_is_the_record_with_its_timestamps_and_not_told_anew() -> None:
    incident = an_incident(a_mim(), "critical", milestones={"alert_fired": OPENED - minutes(9)})
    mim = incident.mim
    for number, phase in enumerate(("investigating", "mitigating"), 1):
        enter_phase(incident, phase=phase, by=mim, at=OPENED + minutes(number), now=OPENED + minutes(number))
    an_event(incident, "Failover started", by=mim, at=OPENED + minutes(3))
    reach_milestone(incident, kind="recovered", by=mim, at=OPENED + minutes(50), now=OPENED + minutes(50))
    close(incident, by=mim, at=OPENED + minutes(60), now=OPENED + minutes(60))
    drawn = content(AfterAction.objects.get(incident=incident), "timeline")["picture"]
    moments = {(each["label"], each["at"]) for each in drawn["milestones"]}
    assert ("Alert fired", written(OPENED - minutes(9))) in moments
    assert ("Recovery validated", written(OPENED + minutes(50))) in moments
    assert [(each["label"], each["entered_at"]) for each in drawn["phases"]] == [
        (phase, written(OPENED + minutes(number)))
        for phase, number in (("Declared", 0), ("Investigating", 1), ("Mitigating", 2), ("Closed", 60))
    ]
    assert [(each["text"], each["at"]) for each in drawn["events"]] == [
        ("Failover started", written(OPENED + minutes(3)))
    ]


def test_each_deviation_keeps_what_it_deviates_from_its_reference_and_the_assessment() -> None:
    after_action = an_after_action()
    expert = a_person("Noor Vance")
    rows = [
        {
            "expected": f"The {kind} is followed",
            "actual": "It was not",
            "kind": kind,
            "reference": "DB-4",
            "assessment": "A drill would have shown it",
            "assessed_by": expert.identifier,
        }
        for kind in ("process", "procedure", "best_practice")
    ]
    write(after_action, "expected", rows)
    kept = content(after_action, "expected")["deviations"]
    assert [{name: row[name] for name in rows[0]} for row in kept] == rows


def test_the_unfinished_actions_of_the_incident_that_this_one_repeats_are_a_finding() -> None:
    earlier = a_published_review()
    later = an_after_action(opened_at=OPENED + timedelta(days=20))
    incident = later.incident
    incident.is_repeat, incident.repeat_of = True, earlier.incident
    (found,) = Review(later, at=PUBLISHED).record_findings()["unfinished_actions"]
    assert found["incident"] == earlier.incident.reference
    assert found["status"] == "open"


def test_the_chair_names_an_anti_pattern_and_it_is_a_finding() -> None:
    after_action = an_after_action()
    by = {"at": SCHEDULED, "now": SCHEDULED}
    name_anti_pattern(
        after_action, "retell", "Half an hour of retelling.", by=after_action.incident.mim, **by
    )
    with pytest.raises(NotAllowed):
        name_anti_pattern(after_action, "retell", "No.", by=a_person(), **by)
    with pytest.raises(BadInput):
        name_anti_pattern(after_action, "gossip", "No.", by=after_action.incident.mim, **by)
    (found,) = content(after_action, "record_findings")["anti_patterns"]
    assert found["by"] == after_action.incident.mim.identifier
    assert found["evidence"] == "Half an hour of retelling."
