"""What the calls on incidents take. Where a key is left out or null, nothing is said of it."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from incidents.api.document import described
from incidents.exchange.document_parts import DocumentImpact, DocumentMtmNotes, DocumentRca
from incidents.exchange.document_reading import TextRule, instant
from incidents.models import (
    CommandAssignment,
    Milestone,
    PhaseEntry,
    StatusUpdate,
    TimelineEvent,
)
from incidents.models.entries import Entry
from incidents.rules import facts
from incidents.vocabulary import (
    Audience,
    CommandRole,
    EventKind,
    ImpactField,
    MilestoneKind,
    MtmActionStatus,
    MtmReview,
    Phase,
    Severity,
)
from majorops.people.models import Person
from majorops.web.api.serializers import (
    MOST_PEOPLE,
    AnybodyField,
    AtField,
    CountField,
    DayField,
    InstantField,
    PersonField,
    StrictSerializer,
    TextField,
    WordField,
    YesNoField,
)

MAYBE: dict[str, Any] = {"required": False, "allow_null": True}
# Lists are bounded, so that one call stays one call.
MANY = 1_000


@extend_schema_field({"type": "integer", "description": "The id of the entry that this one sets right."})
class CorrectsField(serializers.Field[Entry, Any, int, Any]):
    """An entry of the same incident, by its id."""

    def __init__(self, entries: type[Entry], **kwargs: Any) -> None:
        self.entries = entries
        super().__init__(**{**MAYBE, **kwargs})

    def to_internal_value(self, data: Any) -> Entry:
        fields = None
        if isinstance(data, int) and not isinstance(data, bool) and 0 < data < 2**63:
            kept = self.entries._default_manager.filter(pk=data, incident__reference=self.context["scope"])
            fields = kept.first()
        if fields is None:
            raise ValidationError("This incident has no such entry of this kind. Give its id.")
        return fields


class Service(StrictSerializer):
    name = TextField(max_length=200)
    owner = PersonField(help_text="Its owner in this incident; its usual one unless said otherwise.", **MAYBE)


@extend_schema_field(
    {
        "oneOf": [
            {"type": "string", "minLength": 1, "maxLength": 200},
            {
                "type": "object",
                "required": ["name"],
                "properties": {
                    "name": {"type": "string", "maxLength": 200},
                    "owner": {"type": "string", "nullable": True},
                },
                "additionalProperties": False,
            },
        ],
        "description": "The name of a service, or an object with its `name` and its `owner` in this incident.",
    }
)
class ServiceField(serializers.Field[tuple[str, Person | None], Any, str, Any]):
    def to_internal_value(self, data: Any) -> tuple[str, Person | None]:
        service = Service(data={"name": data} if isinstance(data, str) else data, context=self.context)
        service.is_valid(raise_exception=True)
        return service.validated_data["name"], service.validated_data.get("owner")


class Milestones(described(facts.Milestones, every=instant)):  # type: ignore[valid-type]
    """As in `majorops.incident/1`."""


class Impact(described(DocumentImpact)):  # type: ignore[valid-type]
    """As in `majorops.incident/1`, with the alert's source and what was unusual."""

    alert_source = TextField(**MAYBE)
    unusual_factors = TextField(**MAYBE)


class Declaration(StrictSerializer):
    title = TextField(max_length=300)
    severity = WordField(Severity)
    time_zone = TextField(help_text="An IANA time zone; the organisation's unless given.", **MAYBE)
    services = serializers.ListField(child=ServiceField(), max_length=MANY, **MAYBE)
    impact = Impact(**MAYBE)
    milestones = Milestones(**MAYBE)
    restricted = YesNoField(**MAYBE)
    mim = PersonField(
        help_text="The Major Incident Manager; the caller unless said otherwise. null leaves the incident to the "
        "MIM group.",
        **MAYBE,
    )
    at = AtField()


class Event(StrictSerializer):
    at = AtField()
    kind = WordField(EventKind)
    text = TextField()
    evidence_url = TextField(**MAYBE)
    by = PersonField(help_text="Who did it; the caller unless said otherwise.", **MAYBE)
    corrects = CorrectsField(TimelineEvent)


class EventCorrected(StrictSerializer):
    """Only the keys that are there change."""

    at = InstantField(help_text="When it happened.", **MAYBE)
    kind = WordField(EventKind, **MAYBE)
    text = TextField(**MAYBE)
    evidence_url = TextField(**MAYBE)


class PhaseEntered(StrictSerializer):
    phase = WordField(Phase)
    at = AtField()
    corrects = CorrectsField(PhaseEntry)


class MilestoneReached(StrictSerializer):
    kind = WordField(MilestoneKind)
    at = AtField()
    text = TextField(**MAYBE)
    corrects = CorrectsField(Milestone)


@extend_schema_field(
    {"description": "Yes or no, a count, or a text, as the field wants it; null: not known."}
)
class ValueField(serializers.Field[Any, Any, Any, Any]):
    def to_internal_value(self, data: Any) -> Any:
        return data


class ImpactStated(StrictSerializer):
    field = WordField(ImpactField)
    value = ValueField(allow_null=True)
    reason = TextField(**MAYBE)
    at = AtField()


class Update(StrictSerializer):
    audience = WordField(Audience)
    channel = TextField(max_length=200, **MAYBE)
    text = TextField()
    at = AtField()
    corrects = CorrectsField(StatusUpdate)


class SeverityChanged(StrictSerializer):
    severity = WordField(Severity)
    reason = TextField()
    never_was = YesNoField(
        help_text="The highest severity recorded never truly held: this corrects it.", **MAYBE
    )
    at = AtField()


class Assignment(StrictSerializer):
    role = WordField(CommandRole)
    person = PersonField()
    until = InstantField(**MAYBE)
    at = AtField()
    corrects = CorrectsField(CommandAssignment)
    from_ = InstantField(source="from_at", **MAYBE)


class Confirming(StrictSerializer):
    at = AtField()


class HandedOver(StrictSerializer):
    to = PersonField()
    note = TextField(**MAYBE)
    at = AtField()


class TrackSaid(StrictSerializer):
    """More of a track; a lead leads from `at` unless `lead_assigned_at` says otherwise."""

    name = TextField(max_length=300, required=False)
    service = TextField(max_length=200, **MAYBE)
    lead = PersonField(**MAYBE)
    lead_assigned_at = InstantField(**MAYBE)
    first_action_at = InstantField(**MAYBE)
    closed_at = InstantField(**MAYBE)
    outcome = TextField(**MAYBE)
    at = AtField()


class Track(TrackSaid):
    """As in `majorops.incident/1`; opened now unless `opened_at` says otherwise."""

    name = TextField(max_length=300)
    opened_at = InstantField(**MAYBE)


class TrackJoined(StrictSerializer):
    person = PersonField()
    at = AtField()


class Rca(described(DocumentRca)):  # type: ignore[valid-type]
    pass


class VendorSaid(StrictSerializer):
    """More of an engagement."""

    service = TextField(max_length=300, **MAYBE)
    responded_at = InstantField(**MAYBE)
    effect = TextField(**MAYBE)
    root_cause_related = YesNoField(**MAYBE)
    rca = Rca(**MAYBE)
    at = AtField()


class Vendor(VendorSaid):
    """As in `majorops.incident/1`; engaged now unless `engaged_at` says otherwise."""

    name = TextField(max_length=200)
    engaged_at = InstantField(**MAYBE)
    response_sla_minutes = CountField(help_text="The contract's, unless stated otherwise.", **MAYBE)


class MtmNotes(described(DocumentMtmNotes, every=TextRule())):  # type: ignore[valid-type]
    pass


class MtmAction(StrictSerializer):
    title = TextField()
    owner = PersonField(**MAYBE)
    due_on = DayField(**MAYBE)
    status = WordField(MtmActionStatus, required=False)


class MtmSaid(StrictSerializer):
    """More of a meeting: attendees and actions are added to those that it has."""

    ended_at = InstantField(**MAYBE)
    attendees = serializers.ListField(child=AnybodyField(), max_length=MOST_PEOPLE, required=False)
    notes = MtmNotes(required=False)
    actions = serializers.ListField(child=MtmAction(), max_length=MANY, required=False)
    severity_confirmed = WordField(Severity, **MAYBE)
    next_at = InstantField(**MAYBE)
    stood_down = YesNoField(help_text="No further meeting is needed.", required=False)
    cadence_minutes = CountField(**MAYBE)
    at = AtField()


class Mtm(MtmSaid):
    """As in `majorops.incident/1`; started now unless `started_at` says otherwise."""

    number = CountField(
        help_text="Meetings are numbered by themselves; a number given must be the next.", **MAYBE
    )
    started_at = InstantField(**MAYBE)


class MtmActionReviewed(StrictSerializer):
    """Said at this meeting of an action that an earlier one agreed; `dropped` takes a text: why."""

    outcome = WordField(MtmReview)
    text = TextField(max_length=2000, **MAYBE)
    at = AtField()


class Summary(StrictSerializer):
    text = TextField()
    at = AtField()


class Reason(StrictSerializer):
    reason = TextField()
    at = AtField()


class Closing(StrictSerializer):
    at = AtField()


class RepeatOf(StrictSerializer):
    reference = TextField(
        allow_null=True, help_text="The earlier incident; null: this one repeats none that is recorded here."
    )
    reason = TextField()
    at = AtField()


class NotARepeatOf(StrictSerializer):
    reference = TextField(help_text="The earlier incident that is not repeated.")
    reason = TextField(required=False)
    at = AtField()
