"""What the calls on what follows the meeting give, from rows that are at hand."""

from datetime import datetime

from rest_framework import serializers

from afteractions import models
from afteractions.models import Change, VendorFollowUp
from afteractions.operations.deadlines import reminders
from afteractions.queries.leavers import LeftBehind
from afteractions.queries.service_memory import ServiceMemory
from afteractions.queries.vendors import lacking
from afteractions.rules.followup.vendor_response import response_verdict
from afteractions.vocabulary import (
    ActionSource,
    ActionStatus,
    ChangeKind,
    Disposition,
    LearningState,
    MessageStage,
    MessageStatus,
    ProposalState,
    Status,
    Strength,
)
from incidents.models import Vendor
from incidents.rules.response.vendor_terms import stated_sla
from majorops.web.api.outputs import (
    Output,
    a_person,
    a_text,
    maybe_instant,
    maybe_text,
    maybe_yes_no,
)
from majorops.web.api.serializers import WordField


class ActionItem(Output):
    id = a_text(source="reference")
    after_action = a_text(source="after_action.reference")
    incident = a_text(source="after_action.incident.reference")
    kind = WordField(ChangeKind)
    gap = a_text()
    item = serializers.CharField(
        source="sentence", help_text="What is to be done, with the verb of its change."
    )
    source = WordField(ActionSource)
    owner = a_person(allow_null=True)
    owner_text = serializers.CharField(
        source="owner_words", help_text="An owner whom nobody is known by, as it was written."
    )
    due_on = serializers.DateField(allow_null=True)
    status = WordField(ActionStatus)
    evidence = a_text()
    reason = a_text(source="resolution_reason")
    resolved_at = maybe_instant()
    state_of_learning = WordField(LearningState)
    effect = maybe_text(help_text="How it will be seen that it works.")
    look_on = serializers.DateField(allow_null=True, help_text="When to look whether it works.")
    strength = WordField(Strength, allow_null=True)
    version = serializers.IntegerField()

    def get_effect(self, item: Change) -> str | None:
        return item.effect or None

    def get_strength(self, item: Change) -> str | None:
        return item.strength or None


class Proposal(Output):
    id = serializers.IntegerField()
    item = a_text(source="change.reference")
    review = serializers.IntegerField(source="review_round", help_text="The number of the 30-day review.")
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


class Progress(Output):
    id = serializers.IntegerField()
    item = a_text(source="change.reference")
    text = a_text()
    at = serializers.DateTimeField()
    by = a_person(allow_null=True)


class ExternalMessageShown(Output):
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


class StatusNoteShown(Output):
    id = serializers.IntegerField()
    after_action = a_text(source="after_action.reference")
    incident = a_text(source="after_action.incident.reference")
    status = WordField(Status, source="transition.to_status")
    text = a_text()
    prepared_at = serializers.DateTimeField()
    sent_at = maybe_instant()
    sent_by = a_person(allow_null=True)
    sent_to = serializers.ListField(
        child=serializers.CharField(), help_text="The names of those whom it went to."
    )


class StartingTextShown(Output):
    key = a_text()
    label = a_text()
    audience = a_text()
    text = serializers.CharField(help_text="What only people know stands in [brackets].")


class LearningShown(Output):
    change = a_text(source="change.reference")
    text = a_text()
    state = WordField(LearningState)
    after_action = a_text(source="change.after_action.reference")
    incident = a_text(source="change.after_action.incident.reference")


class VendorContract(Output):
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

    def get_lacking(self, vendor: Vendor) -> list[str]:
        return list(lacking(vendor))


class ServiceMemoryShown(Output):
    services = serializers.ListField(child=a_text())
    learnings = LearningShown(many=True)
    unfinished_actions = ActionItem(source="unfinished", many=True)
    vendors = VendorContract(many=True)

    def get_services(self, service_memory: ServiceMemory) -> list[str]:
        return [service.name for service in service_memory.services]


UNTIL_IT_IS_OUT = "Empty while the draft is not out, for whoever does not read it."


class VendorItemShown(Output):
    id = serializers.IntegerField()
    text = a_text(help_text=UNTIL_IT_IS_OUT)
    due_on = serializers.DateField()
    committed = serializers.BooleanField()
    closed_at = maybe_instant()
    outcome = a_text(help_text=UNTIL_IT_IS_OUT)

    def get_text(self, item: models.VendorItem) -> str:
        return item.text if item.follow_up.shows_items else ""

    def get_outcome(self, item: models.VendorItem) -> str:
        return item.outcome if item.follow_up.shows_items else ""


class VendorShown(Output):
    id = serializers.IntegerField()
    name = a_text(source="engagement.vendor.name")
    engaged_at = maybe_instant(source="engagement.engaged_at")
    responded_at = maybe_instant(source="engagement.responded_at")
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

    def get_response_sla_minutes(self, follow_up: VendorFollowUp) -> int | None:
        engagement = follow_up.engagement
        return stated_sla(engagement.response_sla_minutes, engagement.vendor.response_sla_minutes)

    def get_response_verdict(self, follow_up: VendorFollowUp) -> str:
        engagement, sla = follow_up.engagement, self.get_response_sla_minutes(follow_up)
        return response_verdict(engagement.engaged_at, engagement.responded_at, sla)

    def get_rca_due_at(self, follow_up: VendorFollowUp) -> datetime | None:
        return self.context["dues"].get(follow_up.pk) or follow_up.rca_due_at


class Leaver(Output):
    person = a_person(source="*")
    name = a_text(source="full_name")


class DeadlineLeft(Output):
    what = a_text()
    due_at = serializers.DateTimeField()

    def get_what(self, deadline: models.Obligation) -> str:
        return reminders.what(deadline)


def _references() -> serializers.ListField:
    return serializers.ListField(child=a_text())


class LeftBehindShown(Leaver):
    person = a_person()
    name = a_text(source="person.full_name")
    is_active = serializers.BooleanField(source="person.is_active")
    chairs = _references()
    drafts = _references()
    liaisons = _references()
    action_items = _references()
    items_of_drafts = serializers.IntegerField(
        help_text="Action items of drafts that are not out yet and not yours to read: how many."
    )
    vendors = _references()
    services = _references()
    deadlines = DeadlineLeft(many=True)
    hidden = serializers.IntegerField(help_text="Restricted incidents that you may not see, with more of it.")

    def get_chairs(self, left: LeftBehind) -> list[str]:
        return [incident.reference for incident in left.chairs]

    def get_drafts(self, left: LeftBehind) -> list[str]:
        return [after_action.reference for after_action in left.drafts]

    def get_liaisons(self, left: LeftBehind) -> list[str]:
        return [after_action.reference for after_action in left.liaisons]

    def get_action_items(self, left: LeftBehind) -> list[str]:
        return [item.reference for item in left.items]

    def get_vendors(self, left: LeftBehind) -> list[str]:
        followed = {follow_up.engagement.vendor.name for follow_up in left.follow_ups}
        return sorted(followed | {vendor.name for vendor in left.vendors})

    def get_services(self, left: LeftBehind) -> list[str]:
        return [service.name for service in left.services]
