"""What the calls on After Actions answer, for the description of the API; the answers are built in `shown`."""

from rest_framework import serializers

from afteractions.vocabulary import (
    ActionSource,
    ActionStatus,
    AntiPattern,
    AttendeeRequirement,
    ChangeKind,
    Decision,
    Disposition,
    FileKind,
    InvitationResponse,
    MessageStage,
    MessageStatus,
    ObligationKind,
    ObligationState,
    ProposalState,
    RevisionKind,
    SectionKey,
    Status,
)
from afteractions.wording.check import FindingKind
from incidents.vocabulary import RequirementLevel, Severity
from majorops.web.api.output_types import (
    Answer,
    ShownOnce,
    a_person,
    a_text,
    maybe_instant,
    maybe_text,
    maybe_yes_no,
)
from majorops.web.api.serializers import WordField


class AfterActionRequirement(Answer):
    level = WordField(RequirementLevel, allow_null=True)
    reason = a_text()


class EscalationStep(Answer):
    step = a_text()
    at = serializers.DateTimeField()
    to = a_person(allow_null=True)


class Obligation(Answer):
    id = serializers.IntegerField()
    kind = WordField(ObligationKind)
    subject = a_text()
    due_at = serializers.DateTimeField()
    due_on = serializers.DateField(help_text="The local date of the deadline in the incident's zone.")
    responsible = serializers.CharField(help_text="A person, or the name of a group while nobody is named.")
    state = WordField(ObligationState)
    met_at = maybe_instant()
    escalations = EscalationStep(many=True)


class Nudged(Answer):
    at = serializers.DateTimeField()
    by = a_person()
    word = a_text()


class OverdueObligation(Obligation):
    incident = a_text()
    title = a_text()
    severity = WordField(Severity)
    after_action = maybe_text()
    next_step = maybe_text(help_text="What enforcement does next, such as `escalation:2`.")
    next_step_at = maybe_instant()
    nudged = Nudged(allow_null=True, help_text="The last nudge.")


class AfterActionOutline(Answer):
    reference = a_text()
    incident = a_text()
    title = a_text()
    severity = WordField(Severity)
    highest_severity = WordField(Severity)
    requirement = AfterActionRequirement()
    status = WordField(Status)
    history = serializers.BooleanField(help_text="Of the past: nobody is told until somebody starts it.")
    decision = WordField(Decision, allow_null=True)
    decision_reason = a_text()
    lapsed = serializers.BooleanField()
    owner = a_person(allow_null=True)
    clock_from = maybe_instant()
    distributed_at = maybe_instant()
    reviewed_at = maybe_instant()
    published_at = maybe_instant()
    closed_at = maybe_instant()
    version = serializers.IntegerField()
    obligations = Obligation(many=True)


class MeetingHeld(Answer):
    round = serializers.IntegerField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    location = a_text()
    reschedules = serializers.IntegerField()
    started_at = maybe_instant()
    held_at = maybe_instant()
    agreed = maybe_yes_no()
    override_reason = a_text()


class AttendeeShown(Answer):
    person = a_person()
    name = a_text()
    roles = serializers.ListField(child=a_text())
    requirement = WordField(AttendeeRequirement)
    reason = a_text()
    included = serializers.BooleanField()
    response = WordField(InvitationResponse)
    has_read = serializers.BooleanField()
    read_at = maybe_instant()
    bring = a_text()


class EmptySeatShown(Answer):
    role = a_text()
    text = a_text()


class SectionState(Answer):
    version = serializers.IntegerField()
    confirmed_by = a_person(allow_null=True)


class RevisionShown(Answer):
    number = serializers.IntegerField()
    kind = WordField(RevisionKind)
    created_at = serializers.DateTimeField()
    created_by = a_person(allow_null=True)
    sha256 = a_text()
    reason = a_text()


class ActionItem(Answer):
    id = a_text()
    after_action = a_text()
    incident = a_text()
    kind = WordField(ChangeKind)
    gap = a_text()
    item = serializers.CharField(help_text="What is to be done, with the verb of its change.")
    source = WordField(ActionSource)
    owner = a_person(allow_null=True)
    owner_text = serializers.CharField(help_text="An owner whom nobody is known by, as it was written.")
    due_on = serializers.DateField(allow_null=True)
    status = WordField(ActionStatus)
    evidence = a_text()
    reason = a_text()
    resolved_at = maybe_instant()
    version = serializers.IntegerField()


class Proposal(Answer):
    id = serializers.IntegerField()
    item = a_text()
    review = serializers.IntegerField(help_text="The number of the 30-day review.")
    disposition = WordField(Disposition)
    evidence = a_text()
    due_on = serializers.DateField(allow_null=True)
    reason = a_text()
    at = serializers.DateTimeField()
    by = a_person()
    state = WordField(ProposalState)
    answered_at = maybe_instant()
    answered_by = a_person(allow_null=True)
    word = a_text()


class Progress(Answer):
    id = serializers.IntegerField()
    item = a_text()
    text = a_text()
    at = serializers.DateTimeField()
    by = a_person(allow_null=True)


class ExternalMessageShown(Answer):
    id = serializers.IntegerField()
    text = a_text()
    audience = a_text()
    channel = a_text()
    due_at = serializers.DateTimeField()
    status = WordField(MessageStatus)
    stage = WordField(MessageStage)
    approved_at = maybe_instant()
    approved_by = a_person(allow_null=True)
    returned_reason = a_text()
    sent_where = a_text()
    settled_at = maybe_instant()
    settled_by = a_person(allow_null=True)
    reason = a_text()
    version = serializers.IntegerField()


class DecisionShown(Answer):
    id = serializers.IntegerField()
    text = a_text()
    at = serializers.DateTimeField()
    by = a_person(allow_null=True)
    round = serializers.IntegerField(help_text="Of which meeting.")


class GuestLinkShown(Answer):
    id = serializers.IntegerField()
    person = a_person()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    revoked_at = maybe_instant()
    last_used_at = maybe_instant()


class GuestLinkGiven(GuestLinkShown):
    url = ShownOnce()


class StatusNoteShown(Answer):
    id = serializers.IntegerField()
    after_action = a_text()
    incident = a_text()
    status = WordField(Status)
    text = a_text()
    prepared_at = serializers.DateTimeField()
    sent_at = maybe_instant()
    sent_by = a_person(allow_null=True)
    sent_to = serializers.ListField(
        child=serializers.CharField(), help_text="The names of those whom it went to."
    )


class StartingTextShown(Answer):
    key = a_text()
    label = a_text()
    audience = a_text()
    text = serializers.CharField(help_text="What only people know stands in [brackets].")


class AntiPatternShown(Answer):
    kind = WordField(AntiPattern)
    named_at = serializers.DateTimeField()
    by = serializers.CharField(help_text="A person, or `system`.")
    evidence = a_text()


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


class WarningShown(Answer):
    path = a_text()
    message = a_text()


class SectionShown(Answer):
    key = WordField(SectionKey)
    version = serializers.IntegerField()
    confirmed_by = a_person(allow_null=True)
    updated_at = maybe_instant()
    updated_by = a_person(allow_null=True)
    content = serializers.JSONField()
    warnings = WarningShown(many=True, help_text="What is kept and does not count yet.")


class CloseOutShown(Answer):
    id = serializers.IntegerField()
    person = a_person()
    at = serializers.DateTimeField()
    worked = a_text()
    slowed = a_text()


class EvidenceShown(Answer):
    id = a_text()
    name = a_text()
    note = a_text()
    kind = WordField(FileKind)
    size = serializers.IntegerField(help_text="In bytes.")
    sha256 = a_text()
    url = maybe_text()
    at = serializers.DateTimeField()
    by = a_person()
    withdrawn_at = maybe_instant()
    withdrawn_reason = maybe_text()


class SourceShown(Answer):
    key = a_text()
    text = a_text()
    place = a_text()
    read = serializers.BooleanField()
    read_at = maybe_instant()
    read_by = a_person(allow_null=True)


class CommentShown(Answer):
    id = serializers.IntegerField()
    section = WordField(SectionKey)
    revision = serializers.IntegerField(allow_null=True)
    parent = serializers.IntegerField(allow_null=True)
    by = a_person()
    at = serializers.DateTimeField()
    text = a_text()
    resolved_at = maybe_instant()
    resolved_by = a_person(allow_null=True)


class LearningShown(Answer):
    change = a_text()
    text = a_text()
    state = serializers.ChoiceField(["captured", "learned"])
    after_action = a_text()
    incident = a_text()


class VendorContract(Answer):
    name = a_text()
    escalation_contact = a_text()
    response_sla_minutes = serializers.IntegerField(allow_null=True)
    rca_term_days = serializers.IntegerField(allow_null=True)
    representative = a_person(allow_null=True)
    service_manager = a_person(allow_null=True)


class ContractShown(VendorContract):
    id = serializers.IntegerField()
    lacking = serializers.ListField(
        child=a_text(), help_text="What it should say before the next incident, in words."
    )
    version = serializers.IntegerField()


class ServiceMemoryShown(Answer):
    services = serializers.ListField(child=a_text())
    learnings = LearningShown(many=True)
    unfinished_actions = ActionItem(many=True)
    vendors = VendorContract(many=True)


class VendorItemShown(Answer):
    id = serializers.IntegerField()
    text = a_text()
    due_on = serializers.DateField()
    committed = serializers.BooleanField()
    closed_at = maybe_instant()
    outcome = a_text()


class VendorShown(Answer):
    id = serializers.IntegerField()
    name = a_text()
    engaged_at = maybe_instant()
    responded_at = maybe_instant()
    response_sla_minutes = serializers.IntegerField(allow_null=True)
    response_verdict = serializers.CharField(help_text="The response against the stated SLA, in words.")
    service_manager = a_person(allow_null=True)
    rca_due_at = maybe_instant()
    rca_committed = serializers.BooleanField()
    root_cause_related = maybe_yes_no()
    rca_received_at = maybe_instant()
    rca_name = a_text()
    rca_sha256 = a_text()
    items = VendorItemShown(many=True)
    version = serializers.IntegerField()


class ReadShown(Answer):
    revision = serializers.IntegerField()
    person = a_person()
    read_at = serializers.DateTimeField()


class FindingShown(Answer):
    kind = WordField(FindingKind)
    start = serializers.IntegerField(help_text="In code points.")
    end = serializers.IntegerField(help_text="Exclusive.")
    text = maybe_text()
    message = a_text()
    blocks = serializers.BooleanField(help_text="Keeps the draft from being distributed.")


class Findings(Answer):
    findings = FindingShown(many=True)


class Leaver(Answer):
    person = a_person()
    name = a_text()


class DeadlineLeft(Answer):
    what = a_text()
    due_at = serializers.DateTimeField()


def _references() -> serializers.ListField:
    return serializers.ListField(child=a_text())


class LeftBehindShown(Leaver):
    is_active = serializers.BooleanField()
    chairs = _references()
    drafts = _references()
    liaisons = _references()
    action_items = _references()
    vendors = _references()
    services = _references()
    deadlines = DeadlineLeft(many=True)
    hidden = serializers.IntegerField(help_text="Restricted incidents that you may not see, with more of it.")
