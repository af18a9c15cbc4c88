"""What the calls on After Actions give, from rows that are at hand."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from rest_framework import serializers

from afteractions import models
from afteractions.access import answers_for
from afteractions.api.followup.outputs import ActionItem, ExternalMessageShown
from afteractions.models import AfterAction
from afteractions.operations.readers.reading_list import ListedSource
from afteractions.rules.deadlines.calendar import local_date
from afteractions.vocabulary import (
    AntiPattern,
    AttendeeRequirement,
    ChangeKind,
    Decision,
    FileKind,
    InvitationResponse,
    ObligationKind,
    ObligationState,
    RevisionKind,
    SectionKey,
    Status,
)
from afteractions.wording.check import FindingKind
from incidents.models import Incident
from incidents.vocabulary import RequirementLevel, Severity
from majorops.people.models import Person
from majorops.web.api.outputs import (
    Output,
    ShownOnce,
    a_person,
    a_text,
    maybe_instant,
    maybe_text,
    maybe_yes_no,
)
from majorops.web.api.serializers import WordField


class AfterActionRequirement(Output):
    level = WordField(RequirementLevel, allow_null=True)
    reason = a_text(source="requirement_reason")

    def get_level(self, incident: Incident) -> str | None:
        return incident.requirement_level or None


class EscalationStep(Output):
    step = a_text()
    at = serializers.DateTimeField()
    to = a_person(allow_null=True)


class Obligation(Output):
    id = serializers.IntegerField()
    kind = WordField(ObligationKind)
    subject = a_text(source="told_label")
    due_at = serializers.DateTimeField()
    due_on = serializers.DateField(help_text="The local date of the deadline in the incident's zone.")
    responsible = serializers.CharField(help_text="A person, or the name of a group while nobody is named.")
    state = WordField(ObligationState)
    met_at = maybe_instant()
    escalations = EscalationStep(many=True)

    def get_due_on(self, deadline: models.Obligation) -> date:
        return deadline.due_on or local_date(deadline.due_at, ZoneInfo(deadline.incident.time_zone))

    def get_responsible(self, deadline: models.Obligation) -> Person | str:
        return deadline.responsible or deadline.responsible_group

    def get_escalations(self, deadline: models.Obligation) -> Iterable[object]:
        return deadline.escalations.all() if self.context.get("escalations") else ()


class Nudged(Output):
    at = serializers.DateTimeField()
    by = a_person()
    word = a_text()


class OverdueObligation(Obligation):
    incident = a_text(source="incident.reference")
    title = a_text(source="incident.title")
    severity = WordField(Severity, source="incident.severity")
    after_action = maybe_text(source="after_action.reference")
    next_step = maybe_text(help_text="What enforcement does next, such as `escalation:2`.")
    next_step_at = maybe_instant()
    nudged = Nudged(allow_null=True, help_text="The last nudge.")

    def get_escalations(self, deadline: Any) -> Iterable[object]:
        """The highest manager who was told."""
        return [_with_instant(deadline.told, "to")] if deadline.told else []

    def get_next_step(self, deadline: Any) -> str | None:
        return deadline.next_step or None

    def get_nudged(self, deadline: Any) -> dict[str, Any] | None:
        return _with_instant(deadline.nudged, "by") if deadline.nudged else None


def _with_instant(row: dict[str, Any], who: str) -> dict[str, Any]:
    """What the database gave as JSON."""
    return {**row, "at": datetime.fromisoformat(row["at"]), who: row["email"]}


class AfterActionOutline(Output):
    reference = a_text()
    incident = a_text(source="incident.reference")
    title = a_text(source="incident.title")
    severity = WordField(Severity, source="incident.severity")
    highest_severity = WordField(Severity, source="incident.highest_severity")
    requirement = AfterActionRequirement(source="incident")
    status = WordField(Status)
    history = serializers.BooleanField(help_text="Of the past: nobody is told until somebody starts it.")
    decision = WordField(Decision, allow_null=True)
    decision_reason = a_text()
    lapsed = serializers.BooleanField()
    owner = a_person(allow_null=True)
    clock_from = maybe_instant()
    distributed_at = maybe_instant(source="first_distributed_at")
    reviewed_at = maybe_instant()
    published_at = maybe_instant()
    closed_at = maybe_instant()
    version = serializers.IntegerField()
    obligations = Obligation(many=True)

    def get_obligations(self, after_action: AfterAction) -> list[models.Obligation]:
        return _in_its_zone(after_action.open_obligations, after_action)

    def get_history(self, after_action: AfterAction) -> bool:
        return after_action.history and after_action.started_at is None

    def get_decision(self, after_action: AfterAction) -> str | None:
        return after_action.decision or None


def _in_its_zone(
    deadlines: Iterable[models.Obligation], after_action: AfterAction
) -> list[models.Obligation]:
    """The deadlines with their incident at hand."""
    for deadline in (shown_ones := list(deadlines)):
        deadline.incident = after_action.incident
    return shown_ones


class MeetingHeld(Output):
    round = serializers.IntegerField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    location = a_text()
    reschedules = serializers.IntegerField()
    started_at = maybe_instant(source="held_from")
    held_at = maybe_instant()
    agreed = maybe_yes_no()
    override_reason = a_text()

    def get_reschedules(self, meeting: models.Meeting) -> int:
        return len(meeting.moves.all())

    def get_held_at(self, meeting: models.Meeting) -> datetime | None:
        return meeting.held_until and meeting.held_from


class AttendeeShown(Output):
    person = a_person()
    name = a_text(source="person.full_name")
    roles = serializers.ListField(child=a_text())
    requirement = WordField(AttendeeRequirement)
    reason = a_text()
    included = serializers.BooleanField()
    response = WordField(InvitationResponse)
    has_read = serializers.BooleanField()
    read_at = maybe_instant()
    bring = a_text(help_text="Empty for others than the person, while they may not read the draft.")

    def get_bring(self, attendee: models.Attendee) -> str:
        person = self.context["person"]
        return attendee.bring if self.context["reads_draft"] or answers_for(person, attendee.person) else ""

    def get_reason(self, attendee: models.Attendee) -> str:
        return attendee.decided_reason or attendee.reason

    def get_has_read(self, attendee: models.Attendee) -> bool:
        return self.get_read_at(attendee) is not None

    def get_read_at(self, attendee: models.Attendee) -> datetime | None:
        return self.context["read_at"].get(attendee.person_id)


class EmptySeatShown(Output):
    role = a_text()
    text = a_text()


class SectionState(Output):
    version = serializers.IntegerField()
    confirmed_by = a_person(allow_null=True)


class RevisionShown(Output):
    number = serializers.IntegerField()
    kind = WordField(RevisionKind)
    created_at = serializers.DateTimeField()
    created_by = a_person(allow_null=True)
    sha256 = a_text()
    reason = a_text()


class DecisionShown(Output):
    id = serializers.IntegerField()
    text = a_text()
    at = serializers.DateTimeField()
    by = a_person(allow_null=True)
    round = serializers.IntegerField(source="meeting.round", help_text="Of which meeting.")


class GuestLinkShown(Output):
    id = serializers.IntegerField()
    person = a_person()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    revoked_at = maybe_instant()
    last_used_at = maybe_instant()


class GuestLinkGiven(GuestLinkShown):
    url = ShownOnce()

    def get_url(self, link: models.GuestLink) -> str:
        return self.context["url"]


class AntiPatternShown(Output):
    kind = WordField(AntiPattern)
    named_at = serializers.DateTimeField()
    by = serializers.CharField(help_text="A person, or `system`.")
    evidence = a_text(help_text="Empty for whoever may not read the draft, while it was never distributed.")

    def get_evidence(self, occurrence: models.AntiPatternOccurrence) -> str:
        return occurrence.latest_evidence if self.context["reads_draft"] else ""

    def get_by(self, occurrence: models.AntiPatternOccurrence) -> Person | str:
        return occurrence.by or "system"


class AfterActionDetail(AfterActionOutline):
    internal_liaison = a_person(allow_null=True)
    meeting = MeetingHeld(allow_null=True)
    attendees = AttendeeShown(many=True)
    sections = serializers.DictField(
        child=SectionState(),
        allow_null=True,
        help_text="null for whoever may not read the draft, while it was never distributed.",
    )
    revisions = RevisionShown(many=True)
    action_items = ActionItem(many=True)
    external_messages = ExternalMessageShown(many=True)
    anti_patterns = AntiPatternShown(many=True)

    def get_obligations(self, after_action: AfterAction) -> list[models.Obligation]:
        return _in_its_zone(after_action.obligations.all(), after_action)

    def get_meeting(self, after_action: AfterAction) -> models.Meeting | None:
        return next(iter(reversed(after_action.meetings.all())), None)

    def get_sections(self, after_action: AfterAction) -> dict[str, models.Section] | None:
        if not self.context["reads_draft"]:
            return None
        return {section.key: section for section in after_action.sections.all()}

    def get_action_items(self, after_action: AfterAction) -> list[models.Change]:
        items = after_action.changes.all() if self.context["reads_draft"] else ()
        return [item for item in items if item.kind != ChangeKind.CONTINUE]


class WarningShown(Output):
    path = a_text()
    message = a_text()


class SectionShown(Output):
    key = WordField(SectionKey)
    version = serializers.IntegerField()
    confirmed_by = a_person(allow_null=True)
    updated_at = maybe_instant()
    updated_by = a_person(allow_null=True)
    content = serializers.JSONField()
    warnings = WarningShown(many=True, help_text="What is kept and does not count yet.")

    def get_content(self, section: models.Section) -> Any:
        return self.context["content"]

    def get_warnings(self, section: models.Section) -> Iterable[object]:
        return self.context["warnings"]


class RowShown(Output):
    """What every row has beside what it says."""

    id = a_text()
    version = serializers.IntegerField()
    warnings = WarningShown(many=True, help_text="What is kept and does not count yet.")


class TextRowShown(RowShown):
    text = a_text()
    kind = serializers.CharField()


class DeviationRowShown(RowShown):
    expected = a_text()
    actual = a_text()
    kind = serializers.CharField()
    reference = maybe_text()
    assessment = maybe_text()
    assessed_by = a_person(allow_null=True)
    assessed_by_text = a_text()
    assessed_at = maybe_instant()


class ChangeRowShown(RowShown):
    kind = serializers.CharField()
    gap = a_text()
    change = a_text()
    owner = a_person(allow_null=True)
    owner_text = a_text(help_text="An owner whom nobody is known by, as it was typed.")
    due_on = serializers.DateField(allow_null=True)
    look_on = serializers.DateField(allow_null=True)
    takes_up = maybe_text()
    executive_reason = maybe_text()
    organisational_reason = maybe_text()
    effect = maybe_text()
    strength = maybe_text()


class CloseOutShown(Output):
    id = serializers.IntegerField()
    person = a_person()
    at = serializers.DateTimeField()
    worked = a_text()
    slowed = a_text()


class EvidenceShown(Output):
    id = a_text(source="reference")
    name = a_text()
    note = a_text()
    kind = WordField(FileKind)
    size = serializers.IntegerField(help_text="In bytes.")
    sha256 = a_text()
    url = maybe_text()
    at = serializers.DateTimeField()
    by = a_person()
    withdrawn_at = maybe_instant(source="withdrawal.at")
    withdrawn_reason = maybe_text(source="withdrawal.reason")

    def get_url(self, evidence: models.EvidenceFile) -> str | None:
        return evidence.url or None


class SourceShown(Output):
    key = a_text(source="source.key")
    text = a_text(source="source.text")
    place = a_text(source="source.place")
    read = serializers.BooleanField(source="is_read")
    read_at = maybe_instant()
    read_by = a_person(allow_null=True)

    def get_read_at(self, listed: ListedSource) -> datetime | None:
        return listed.tick.at if listed.tick and listed.is_read else None

    def get_read_by(self, listed: ListedSource) -> Person | None:
        return listed.tick.by if listed.tick and listed.is_read else None


class CommentShown(Output):
    id = serializers.IntegerField()
    section = WordField(SectionKey)
    row = maybe_text(help_text="The id of the row that it hangs on; null: the section.")
    revision = serializers.IntegerField(source="revision.number", allow_null=True)
    parent = serializers.IntegerField(source="parent_id", allow_null=True)
    by = a_person()
    at = serializers.DateTimeField()
    text = a_text()
    resolved_at = maybe_instant()
    resolved_by = a_person(allow_null=True)

    def get_row(self, comment: models.Comment) -> str | None:
        return comment.row or None


class ReadShown(Output):
    revision = serializers.IntegerField()
    person = a_person()
    read_at = serializers.DateTimeField()


class FindingShown(Output):
    kind = WordField(FindingKind)
    start = serializers.IntegerField(help_text="In code points.")
    end = serializers.IntegerField(help_text="Exclusive.")
    text = maybe_text()
    message = a_text()
    blocks = serializers.BooleanField(help_text="Keeps the draft from being distributed.")


class Findings(Output):
    findings = FindingShown(many=True)
