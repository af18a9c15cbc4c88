"""What the calls on After Actions take. Where a key is left out or null, nothing is said of it."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from afteractions.vocabulary import (
    AntiPattern,
    AttendeeRequirement,
    Decision,
    Disposition,
    EffectOutcome,
    SectionKey,
)
from afteractions.wording.check import Checked
from majorops.texts import LONGEST_TEXT
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


class When(StrictSerializer):
    at = AtField()


class MaybeWithReason(When):
    reason = TextField(**MAYBE)


class WithReason(When):
    reason = TextField()


class Deciding(MaybeWithReason):
    decision = WordField(Decision)


class Asking(When):
    incident = TextField(max_length=40, help_text="The reference of the incident.")
    reason = TextField()


class Scheduling(MaybeWithReason):
    starts_at = InstantField()
    ends_at = InstantField()
    location = TextField(max_length=500, **MAYBE)
    owner = PersonField(**MAYBE)
    internal_liaison = PersonField(**MAYBE)


class Rescheduling(When):
    starts_at = InstantField()
    ends_at = InstantField()
    location = TextField(max_length=500, **MAYBE)
    reason = TextField()


class AttendeeRow(StrictSerializer):
    person = AnybodyField()
    included = YesNoField()
    requirement = WordField(AttendeeRequirement, **MAYBE)
    reason = TextField(**MAYBE)
    bring = TextField(**MAYBE)
    bring_by = DayField(**MAYBE)
    fills = TextField(help_text="The role of an empty seat that this person takes.", max_length=250, **MAYBE)


class Reading(When):
    revision = CountField(help_text="The number of the revision that was read.")


class PresenceRow(StrictSerializer):
    person = PersonField()
    present = YesNoField()


class MessageRow(StrictSerializer):
    text = TextField(help_text="Communications writes it where it is left out.", **MAYBE)
    audience = TextField(max_length=200)
    due_at = InstantField()


@extend_schema_field(
    {
        "oneOf": [
            {"type": "string", "enum": ["none"]},
            {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["audience", "due_at"],
                    "properties": {
                        "text": {"type": "string", "nullable": True},
                        "audience": {"type": "string", "maxLength": 200},
                        "due_at": {"type": "string", "format": "date-time"},
                    },
                    "additionalProperties": False,
                },
            },
        ],
        "description": 'The External Messages that follow: "none", or each with its date.',
    }
)
class MessagesField(serializers.Field[Any, Any, Any, Any]):
    def to_internal_value(self, data: Any) -> Any:
        if data == "none":
            return data
        if not isinstance(data, list):
            raise ValidationError('Say "none", or give a list of messages.')
        rows = MessageRow(data=data, many=True, context=self.context)
        rows.is_valid(raise_exception=True)
        return rows.validated_data


class StartingMeeting(When):
    override_reason = TextField(**MAYBE)


class Capturing(When):
    text = TextField()


class LettingIn(When):
    person = PersonField()
    days = CountField(max_value=90, help_text="How long the link lasts; 30 unless said otherwise.", **MAYBE)


class HandingOver(When):
    to = PersonField()
    note = TextField(**MAYBE)


class SendingNote(When):
    text = TextField(help_text="Instead of what was prepared.", **MAYBE)
    to = serializers.ListField(
        child=AnybodyField(),
        max_length=MOST_PEOPLE,
        help_text="Stakeholders to add before it is sent.",
        **MAYBE,
    )


class EditingMessage(MaybeWithReason):
    text = TextField(**MAYBE)
    audience = TextField(**MAYBE)
    channel = TextField(**MAYBE)
    due_at = InstantField(**MAYBE)


class AnsweringForMessage(MaybeWithReason):
    approved = YesNoField()


class SendingMessage(MaybeWithReason):
    where = TextField(help_text="The address, or the channel, by which it went out.", **MAYBE)


class Holding(When):
    started_at = InstantField()
    ended_at = InstantField()
    attendance = serializers.ListField(child=PresenceRow(), max_length=MOST_PEOPLE)
    agreed = YesNoField()
    external_messages = MessagesField(**MAYBE)
    override_reason = TextField(**MAYBE)


class SectionContent(When):
    content = serializers.JSONField(
        allow_null=True, help_text="In the shape of the section; see the description of the call."
    )


ROW_FIELDS = (
    *("expected", "actual", "reference", "assessment", "assessed_by", "assessed_by_text", "text", "kind"),
    *("gap", "change", "owner", "owner_text", "due_on", "executive_reason", "organisational_reason"),
    *("effect", "look_on", "strength", "takes_up"),
)


class RowContent(When):
    """The fields of a row of any section; which of them it has is checked with what they say."""

    before = TextField(help_text="The id of the row that it goes before; null: it goes to the end.", **MAYBE)

    def get_fields(self) -> dict[str, Any]:
        return {**super().get_fields(), **{name: TextField(**MAYBE) for name in ROW_FIELDS}}


class Naming(When):
    kind = WordField(AntiPattern)
    evidence = TextField()


class Completing(When):
    evidence = TextField()


class CheckingEffect(When):
    outcome = WordField(EffectOutcome)
    seen = TextField(help_text="What was seen: an alert in a drill, a figure, a run of the runbook.")


class Extending(When):
    due_on = DayField()
    reason = TextField()


class Nudging(When):
    word = TextField(max_length=1000, **MAYBE)


class Proposing(When):
    disposition = WordField(Disposition)
    evidence = TextField(**MAYBE)
    due_on = DayField(**MAYBE)
    reason = TextField(**MAYBE)


class Progress(When):
    text = TextField(help_text="How far it is: what is done, what is still to come.")


class Settling(Proposing):
    word = TextField(help_text="Said to the owner who proposed something.", **MAYBE)


class Declining(When):
    word = TextField()


class ClosingOut(When):
    worked = TextField(**MAYBE)
    slowed = TextField(**MAYBE)


class Bringing(StrictSerializer):
    file = serializers.FileField(
        required=False, help_text="At most 25 MB; what it is, its content tells. Or a url."
    )
    url = TextField(
        max_length=1000, required=False, help_text="The address of a page; `note` is its caption."
    )
    note = TextField(max_length=2000, required=False)


class AddingSource(When):
    text = TextField(max_length=300)
    url = TextField(max_length=2000, **MAYBE)


class TickingOff(When):
    key = TextField(max_length=80)
    read = YesNoField(required=False)


class Commenting(When):
    section = WordField(SectionKey)
    row = TextField(help_text="The id of the row of the section that it hangs on.", **MAYBE)
    text = TextField()
    revision = CountField(**MAYBE)
    parent = CountField(**MAYBE)


class Resolving(When):
    resolved = YesNoField(required=False)


class PlanningRca(When):
    service_manager = AnybodyField(**MAYBE)
    due_on = DayField(**MAYBE)
    committed = YesNoField(**MAYBE)
    root_cause_related = YesNoField(**MAYBE)
    reason = TextField(max_length=5000, help_text="Asked for when the day before has passed.", **MAYBE)


class Contract(When):
    """What the contract of a vendor says, all of it: what is left out is not in the contract."""

    name = TextField(max_length=200)
    response_sla_minutes = CountField(**MAYBE)
    rca_term_days = CountField(**MAYBE)
    service_manager = AnybodyField(**MAYBE)
    representative_name = TextField(max_length=200, **MAYBE)
    representative_email = TextField(max_length=254, **MAYBE)
    escalation_contact = TextField(max_length=2000, **MAYBE)


class ClosingItem(When):
    outcome = TextField(max_length=5000)


class AttachingRca(StrictSerializer):
    file = serializers.FileField(help_text="A PDF of at most 25 MB, as multipart/form-data.")


class AddingItem(When):
    text = TextField()
    due_on = DayField()
    committed = YesNoField(required=False)


class MovingItem(When):
    due_on = DayField()
    committed = YesNoField(required=False)
    note = TextField(max_length=5000, help_text="Asked for when the date before has passed.", **MAYBE)


class Wording(StrictSerializer):
    section = WordField(Checked)
    text = TextField(max_length=LONGEST_TEXT)
    incident = TextField(max_length=40, **MAYBE)
