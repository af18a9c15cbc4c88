"""The document `majorops.incident/1`, for the description of the API; incidents.exchange.document checks it."""

from typing import Any

from rest_framework import serializers

from incidents.exchange.document import FORMAT
from incidents.exchange.document_parts import ReviewActionStatus
from incidents.vocabulary import (
    Audience,
    CommandRole,
    EventKind,
    MtmActionStatus,
    Phase,
    Severity,
)
from majorops.web.api.serializers import (
    CountField,
    DayField,
    InstantField,
    StrictSerializer,
    TextField,
    WordField,
    YesNoField,
)

MAYBE: dict[str, Any] = {"required": False, "allow_null": True}


def line(limit: int = 300, **said: Any) -> TextField:
    return TextField(max_length=limit, **said)


def key(**said: Any) -> TextField:
    """The key of somebody in the list of people."""
    return line(200, help_text="A key of the list of people.", **said)


class DocumentMilestones(StrictSerializer):
    impact_started = InstantField(**MAYBE)
    alert_fired = InstantField(**MAYBE)
    confirmed = InstantField(**MAYBE)
    opened = InstantField(**MAYBE)
    mitigated = InstantField(**MAYBE)
    recovered = InstantField(**MAYBE)
    closed = InstantField(**MAYBE)


class DocumentImpact(StrictSerializer):
    external = YesNoField(**MAYBE)
    customers_affected = CountField(**MAYBE)
    business = TextField(**MAYBE)
    revenue_exposure = TextField(**MAYBE)
    sla_status = TextField(**MAYBE)
    regulatory_exposure = YesNoField(**MAYBE)


class DocumentService(StrictSerializer):
    name = line(200)
    owner = key(**MAYBE)


class DocumentPerson(StrictSerializer):
    key = line(200)
    name = line(200)
    email = line(254, **MAYBE)


class DocumentAssignment(StrictSerializer):
    role = WordField(CommandRole)
    person = key()
    until = InstantField(**MAYBE)

    def get_fields(self) -> dict[str, Any]:
        return {**super().get_fields(), "from": InstantField(**MAYBE)}


class DocumentPhase(StrictSerializer):
    phase = WordField(Phase)
    entered_at = InstantField()
    by = key(**MAYBE)


class DocumentEvent(StrictSerializer):
    at = InstantField()
    logged_at = InstantField(**MAYBE)
    kind = WordField(EventKind)
    by = key(**MAYBE)
    text = TextField()
    evidence_url = line(1000, **MAYBE)


class DocumentTrack(StrictSerializer):
    name = line()
    service = line(200, **MAYBE)
    lead = key(**MAYBE)
    opened_at = InstantField(**MAYBE)
    lead_assigned_at = InstantField(**MAYBE)
    closed_at = InstantField(**MAYBE)
    outcome = TextField(**MAYBE)


class DocumentCommunication(StrictSerializer):
    at = InstantField()
    by = key(**MAYBE)
    text = TextField()


class DocumentStatusUpdate(StrictSerializer):
    at = InstantField()
    audience = WordField(Audience)
    channel = line(200, **MAYBE)
    text = TextField()
    by = key(**MAYBE)


class DocumentRca(StrictSerializer):
    status = line(200, **MAYBE)
    follow_up_on = DayField(**MAYBE)


class DocumentVendor(StrictSerializer):
    name = line(200)
    service = line(**MAYBE)
    engaged_at = InstantField(**MAYBE)
    responded_at = InstantField(**MAYBE)
    response_sla_minutes = CountField(**MAYBE)
    effect = TextField(**MAYBE)
    root_cause_related = YesNoField(**MAYBE)
    rca = DocumentRca(**MAYBE)


class DocumentMtmNotes(StrictSerializer):
    attendance = TextField(**MAYBE)
    core_roles = TextField(**MAYBE)
    recovery_status = TextField(**MAYBE)
    impact_statement = TextField(**MAYBE)
    business_impact = TextField(**MAYBE)
    regulatory_exposure = TextField(**MAYBE)
    prior_actions = TextField(**MAYBE)
    severity_posture = TextField(**MAYBE)
    next_mtm = TextField(**MAYBE)


class DocumentMtmAction(StrictSerializer):
    title = TextField()
    owner = key(**MAYBE)
    due_on = DayField(**MAYBE)
    status = WordField(MtmActionStatus, **MAYBE)


class DocumentMtm(StrictSerializer):
    number = CountField()
    started_at = InstantField(**MAYBE)
    ended_at = InstantField(**MAYBE)
    attendees = serializers.ListField(child=key(), **MAYBE)
    notes = DocumentMtmNotes(**MAYBE)
    actions = serializers.ListField(child=DocumentMtmAction(), **MAYBE)
    severity_confirmed = WordField(Severity, **MAYBE)
    next_at = InstantField(**MAYBE)
    cadence_minutes = CountField(**MAYBE)


class DocumentRootCause(StrictSerializer):
    failure = TextField(**MAYBE)
    contributing_factors = serializers.ListField(child=TextField(), **MAYBE)


class DocumentReviewAction(StrictSerializer):
    title = TextField()
    owner = TextField(**MAYBE)
    due_on = DayField(**MAYBE)
    status = WordField(ReviewActionStatus, **MAYBE)


class DocumentReview(StrictSerializer):
    """What pre-fills the draft."""

    root_cause = DocumentRootCause(**MAYBE)
    went_well = serializers.ListField(child=TextField(), **MAYBE)
    changes = serializers.ListField(child=TextField(), **MAYBE)
    learning_statements = serializers.ListField(child=TextField(), **MAYBE)
    action_items = serializers.ListField(child=DocumentReviewAction(), **MAYBE)


class IncidentDocument(StrictSerializer):
    """null, and a key left out, mean *not captured*. Instants are ISO 8601 with an offset."""

    format = serializers.ChoiceField([FORMAT])
    external_id = line()
    title = line()
    severity = WordField(Severity)
    time_zone = line(64, **MAYBE)
    source_url = line(1000, **MAYBE)
    organisation = line(**MAYBE)
    tags = serializers.ListField(child=TextField(), **MAYBE)
    summary = serializers.ListField(child=TextField(), **MAYBE)
    restricted = YesNoField(**MAYBE)
    milestones = DocumentMilestones(**MAYBE)
    impact = DocumentImpact(**MAYBE)
    unusual_factors = TextField(**MAYBE)
    repeat_of = line(help_text="The external_id of the earlier incident, which may arrive later.", **MAYBE)
    is_repeat = YesNoField(**MAYBE)
    services = serializers.ListField(child=DocumentService(), **MAYBE)
    people = serializers.ListField(child=DocumentPerson(), **MAYBE)
    command = serializers.ListField(child=DocumentAssignment(), **MAYBE)
    phases = serializers.ListField(child=DocumentPhase(), **MAYBE)
    timeline = serializers.ListField(child=DocumentEvent(), **MAYBE)
    tracks = serializers.ListField(child=DocumentTrack(), **MAYBE)
    stakeholder_communications = serializers.ListField(child=DocumentCommunication(), **MAYBE)
    status_updates = serializers.ListField(child=DocumentStatusUpdate(), **MAYBE)
    vendors = serializers.ListField(child=DocumentVendor(), **MAYBE)
    mtms = serializers.ListField(child=DocumentMtm(), **MAYBE)
    review = DocumentReview(**MAYBE)
