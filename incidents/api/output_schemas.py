"""What the calls on incidents answer, for the description of the API; the answers are built in `shown`."""

from typing import Any

from rest_framework import serializers

from incidents.vocabulary import (
    Audience,
    CommandRole,
    EventKind,
    ImpactField,
    IncidentStatus,
    MilestoneKind,
    MtmActionStatus,
    MtmReview,
    Phase,
    RequirementLevel,
    Severity,
)
from majorops.web.api.output_types import (
    Answer,
    a_person,
    a_text,
    maybe_instant,
    maybe_number,
    maybe_text,
    maybe_yes_no,
)
from majorops.web.api.serializers import WordField


class Milestones(Answer):
    impact_started = maybe_instant()
    alert_fired = maybe_instant()
    confirmed = maybe_instant()
    opened = maybe_instant()
    mitigated = maybe_instant()
    recovered = maybe_instant()
    closed = maybe_instant()


class Metrics(Answer):
    """Whole seconds; null where an end is not captured, negative where they are out of order."""

    time_to_detect = maybe_number()
    time_to_declare = maybe_number()
    time_to_mitigate = maybe_number()
    time_to_resolve = maybe_number()
    duration = maybe_number()


class Requirement(Answer):
    """While the incident runs: what it would be if it were closed now."""

    level = WordField(RequirementLevel)
    rule = serializers.IntegerField(min_value=1, max_value=7)
    reason = a_text()
    decided_at = maybe_instant()


class IncidentRow(Answer):
    reference = a_text()
    external_id = maybe_text()
    title = a_text()
    severity = WordField(Severity)
    highest_severity = WordField(Severity)
    status = WordField(IncidentStatus)
    time_zone = a_text()
    restricted = serializers.BooleanField()
    milestones = Milestones()
    metrics = Metrics()
    requirement = Requirement()
    after_action = serializers.CharField(allow_null=True, help_text="The reference of its After Action.")
    history = serializers.BooleanField()
    mim = a_person(allow_null=True)
    version = serializers.IntegerField()


class Gap(Answer):
    """The gaps of one kind. While the incident runs only what is due already counts."""

    kind = a_text()
    text = serializers.CharField(help_text="What was not captured.")
    section = a_text()
    serious = serializers.BooleanField(
        help_text="It bears on a metric, the requirement, a deadline, a required person or a vendor's SLA."
    )
    count = serializers.IntegerField(help_text="How many there are of the kind.")
    due_at = serializers.DateTimeField(allow_null=True, help_text="When it should have been captured.")
    proposed_change = a_text()


class Impact(Answer):
    alert_source = maybe_text()
    external = maybe_yes_no()
    customers_affected = maybe_number()
    business = maybe_text()
    revenue_exposure = maybe_text()
    sla_status = maybe_text()
    regulatory_exposure = maybe_yes_no()


class Service(Answer):
    name = a_text()
    owner = a_person(allow_null=True)


class Entry(Answer):
    id = serializers.IntegerField()
    logged_at = serializers.DateTimeField(allow_null=True, help_text="When it was entered.")
    after_the_fact = serializers.BooleanField(help_text="Recorded after the close; it fills no gap.")
    corrects = serializers.IntegerField(allow_null=True, help_text="The entry that this one sets right.")


class EarlierWords(Answer):
    at = serializers.DateTimeField()
    kind = WordField(EventKind)
    text = serializers.CharField()
    evidence_url = maybe_text()
    until = serializers.DateTimeField(help_text="When it was corrected in place.")


class EventEntry(Entry):
    at = serializers.DateTimeField()
    kind = WordField(EventKind)
    by = a_person(allow_null=True)
    text = serializers.CharField()
    evidence_url = maybe_text()
    earlier = EarlierWords(many=True, help_text="What it said before its writer corrected it in place.")


class PhaseLogEntry(Entry):
    phase = WordField(Phase)
    at = serializers.DateTimeField()
    by = a_person(allow_null=True)


class MilestoneEntry(Entry):
    kind = WordField(MilestoneKind)
    at = serializers.DateTimeField()
    by = a_person(allow_null=True)
    text = serializers.CharField()


class ImpactEntry(Entry):
    field = WordField(ImpactField)
    value = serializers.JSONField(allow_null=True)
    at = serializers.DateTimeField()
    by = a_person(allow_null=True)
    reason = a_text()


class StatusUpdateEntry(Entry):
    audience = WordField(Audience)
    channel = a_text()
    text = serializers.CharField()
    at = serializers.DateTimeField()
    by = a_person(allow_null=True)


class SeverityEntry(Answer):
    severity = WordField(Severity)
    highest_severity = WordField(Severity)
    reason = a_text()
    never_was = serializers.BooleanField()
    at = serializers.DateTimeField()
    logged_at = maybe_instant()


class AssignmentEntry(Entry):
    role = WordField(CommandRole)
    person = a_person()
    until = maybe_instant()
    awaits_confirmation = serializers.BooleanField(
        help_text="Recorded or corrected after the close: it carries no right until the MIM or the owner confirms it."
    )

    def get_fields(self) -> dict[str, Any]:
        return {**super().get_fields(), "from": maybe_instant()}


class HandoverEntry(Answer):
    at = serializers.DateTimeField()
    to = a_person()
    note = a_text()

    def get_fields(self) -> dict[str, Any]:
        return {**super().get_fields(), "from": a_person(allow_null=True)}


class TrackEntry(Entry):
    name = a_text()
    service = maybe_text()
    lead = a_person(allow_null=True)
    opened_at = maybe_instant()
    lead_assigned_at = maybe_instant()
    first_action_at = maybe_instant()
    closed_at = maybe_instant()
    outcome = maybe_text()


class TrackMember(Answer):
    person = a_person()
    since = serializers.DateTimeField()


class RcaSaid(Answer):
    status = maybe_text()
    follow_up_on = serializers.DateField(allow_null=True)


class VendorEntry(Entry):
    name = a_text()
    service = maybe_text()
    engaged_at = maybe_instant()
    responded_at = maybe_instant()
    response_sla_minutes = maybe_number()
    effect = maybe_text()
    root_cause_related = maybe_yes_no()
    rca = RcaSaid(allow_null=True)


class MtmNotesSaid(Answer):
    attendance = maybe_text()
    core_roles = maybe_text()
    recovery_status = maybe_text()
    impact_statement = maybe_text()
    business_impact = maybe_text()
    regulatory_exposure = maybe_text()
    prior_actions = maybe_text()
    severity_posture = maybe_text()
    next_mtm = maybe_text()


class MtmOutline(Entry):
    number = serializers.IntegerField()
    started_at = maybe_instant()
    ended_at = maybe_instant()
    notes = MtmNotesSaid()
    severity_confirmed = WordField(Severity, allow_null=True)
    next_at = maybe_instant()
    stood_down = serializers.BooleanField()
    cadence_minutes = maybe_number()


class MtmActionEntry(Answer):
    id = serializers.IntegerField()
    title = a_text()
    owner = a_person(allow_null=True)
    due_on = serializers.DateField(allow_null=True)
    status = WordField(MtmActionStatus)
    action_item = serializers.CharField(
        allow_null=True, help_text="The reference of the action item that it is."
    )


class MtmEntry(MtmOutline):
    attendees = serializers.ListField(child=a_person())
    actions = MtmActionEntry(many=True)


class MtmSummaryEntry(Answer):
    text = serializers.CharField()
    published_at = serializers.DateTimeField()


class AgendaPoint(Answer):
    key = serializers.CharField(help_text="Under which its note is kept.")
    title = serializers.CharField()
    owner = serializers.CharField()


class MtmReviewEntry(Answer):
    outcome = WordField(MtmReview)
    text = a_text()
    at = serializers.DateTimeField()
    by = a_person(allow_null=True)


class PriorAction(MtmActionEntry):
    number = serializers.IntegerField(help_text="Of the meeting that agreed it.")
    review = MtmReviewEntry(
        allow_null=True, help_text="What this meeting said of it; null: not reviewed yet."
    )


class MtmDetail(MtmEntry):
    agenda = AgendaPoint(many=True)
    prior_actions = PriorAction(many=True)
    not_said_yet = serializers.ListField(
        child=serializers.CharField(), help_text="What the agenda asks for and was not settled, in words."
    )
    summary = MtmSummaryEntry(allow_null=True)
    summary_text = serializers.CharField(help_text="A summary written from the notes, to be edited.")


class MtmDecisionEntry(Answer):
    at = serializers.DateTimeField()
    logged_at = maybe_instant()
    reason = a_text()


class PersonNamed(Answer):
    person = a_person()
    name = a_text()


class IncidentDetail(IncidentRow):
    gaps = Gap(many=True)
    impact = Impact()
    unusual_factors = maybe_text()
    is_repeat = serializers.BooleanField()
    repeat_of = serializers.CharField(
        allow_null=True, help_text="The earlier incident, where you may see it."
    )
    organisation = maybe_text()
    source_url = maybe_text()
    services = Service(many=True)
    timeline = EventEntry(many=True)
    phases = PhaseLogEntry(many=True)
    stakeholder_communications = MilestoneEntry(many=True)
    status_updates = StatusUpdateEntry(many=True)
    severities = SeverityEntry(many=True)
    command = AssignmentEntry(many=True)
    tracks = TrackEntry(many=True)
    vendors = VendorEntry(many=True)
    mtms = MtmOutline(many=True)
    people = PersonNamed(many=True)


class LookAlike(Answer):
    reference = a_text()
    title = a_text()
    severity = WordField(Severity)
    began_at = serializers.DateTimeField(allow_null=True)
    likeness = serializers.FloatField(help_text="From 0; only the order means something.")
    evidence = serializers.CharField(help_text="Why it is proposed, in words.")
    services = serializers.ListField(child=serializers.CharField(), help_text="Those that both affected.")
    words = serializers.ListField(child=serializers.CharField(), help_text="The rarest that both speak of.")


class LookAlikes(Answer):
    results = LookAlike(many=True)
