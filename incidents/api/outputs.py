"""What the calls on incidents give, built without a statement of their own.

Persons by their identifier, instants in UTC, and of every entry when it happened and when it was entered.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from incidents import models
from incidents.exchange.document_parts import DocumentMtmNotes
from incidents.models import Incident
from incidents.operations.facts import outline_facts, record_facts
from incidents.operations.response.mtm_meeting import prior_actions, said_at
from incidents.operations.similar import RepeatProposal
from incidents.rules.facts import is_after_the_fact
from incidents.rules.gaps.findings import due_gaps, gap_findings
from incidents.rules.gaps.gaps import gaps
from incidents.rules.metrics import metrics
from incidents.rules.requirement import requirement
from incidents.rules.response.mtm import agenda
from incidents.rules.response.mtm_summary import not_said_yet, summary_text
from incidents.vocabulary import (
    MILESTONES,
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
from majorops.web.api.outputs import (
    Output,
    a_person,
    a_text,
    maybe_instant,
    maybe_number,
    maybe_text,
    maybe_yes_no,
)
from majorops.web.api.serializers import WordField


def _outputs(name: str, fields: dict[str, Any]) -> type[Output]:
    return type(name, (Output,), fields)


Milestones = _outputs("Milestones", {kind: maybe_instant(source=f"{kind}_at") for kind in MILESTONES})


class Metrics(Output):
    """Whole seconds; null where an end is not captured, negative where they are out of order."""

    time_to_detect = maybe_number()
    time_to_declare = maybe_number()
    time_to_mitigate = maybe_number()
    time_to_resolve = maybe_number()
    duration = maybe_number()


class Requirement(Output):
    """While the incident runs: what it would be if it were closed now."""

    level = WordField(RequirementLevel)
    rule = serializers.IntegerField(min_value=1, max_value=7)
    reason = a_text()
    decided_at = maybe_instant()


class IncidentRow(Output):
    reference = a_text()
    external_id = maybe_text()
    title = a_text()
    severity = WordField(Severity)
    highest_severity = WordField(Severity)
    status = WordField(IncidentStatus)
    time_zone = a_text()
    restricted = serializers.BooleanField()
    milestones = Milestones(source="*")
    metrics = Metrics()
    requirement = Requirement()
    after_action = maybe_text(help_text="The reference of its After Action.")
    history = serializers.BooleanField()
    mim = a_person(allow_null=True)
    version = serializers.IntegerField()

    def get_metrics(self, incident: Incident) -> dict[str, int | None]:
        return metrics(self.context["facts"], self.context["now"]).as_seconds()

    def get_requirement(self, incident: Incident) -> dict[str, Any]:
        """As decided at the close; while it runs, what it would be if the incident were closed now."""
        if incident.is_closed:
            return {
                "level": incident.requirement_level,
                "rule": incident.requirement_rule,
                "reason": incident.requirement_reason,
                "decided_at": incident.requirement_decided_at,
            }
        would_be = requirement(self.context["facts"], self.context["now"])
        return {"level": would_be.level, "rule": would_be.rule, "reason": would_be.reason}

    def get_after_action(self, incident: Incident) -> str | None:
        return getattr(incident, "after_action_reference", None)


class Gap(Output):
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


class Impact(Output):
    alert_source = maybe_text()
    external = maybe_yes_no()
    customers_affected = maybe_number()
    business = maybe_text()
    revenue_exposure = maybe_text()
    sla_status = maybe_text()
    regulatory_exposure = maybe_yes_no()


class Service(Output):
    name = a_text(source="service.name")
    owner = a_person(allow_null=True)


class Entry(Output):
    happened = "at"

    id = serializers.IntegerField()
    logged_at = serializers.DateTimeField(allow_null=True, help_text="When it was entered.")
    after_the_fact = serializers.BooleanField(help_text="Recorded after the close; it fills no gap.")
    corrects = maybe_number(source="corrects_id", help_text="The entry that this one sets right.")

    def get_after_the_fact(self, entry: models.entries.Entry) -> bool:
        return is_after_the_fact(getattr(entry, self.happened), entry.logged_at, self.context["until"])


class EarlierWords(Output):
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
    happened = "entered_at"

    phase = WordField(Phase)
    at = serializers.DateTimeField(source="entered_at")
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
    happened = "sent_at"

    audience = WordField(Audience)
    channel = a_text()
    text = serializers.CharField()
    at = serializers.DateTimeField(source="sent_at")
    by = a_person(allow_null=True)


class SeverityEntry(Output):
    severity = WordField(Severity)
    highest_severity = WordField(Severity)
    reason = a_text()
    never_was = serializers.BooleanField()
    at = serializers.DateTimeField()
    logged_at = maybe_instant()


class AssignmentEntry(Entry):
    happened = "from_at"

    role = WordField(CommandRole)
    person = a_person()
    from_ = maybe_instant(source="from_at")
    until = maybe_instant(source="until_at")
    awaits_confirmation = serializers.BooleanField(
        help_text="Recorded or corrected after the close: it carries no right until the MIM or the owner confirms it."
    )


class HandoverEntry(Output):
    at = serializers.DateTimeField()
    from_ = a_person(source="from_person", allow_null=True)
    to = a_person(source="to_person")
    note = a_text()


class TrackEntry(Entry):
    happened = "opened_at"

    name = a_text()
    service = maybe_text(source="service_name")
    lead = a_person(allow_null=True)
    opened_at = maybe_instant()
    lead_assigned_at = maybe_instant()
    first_action_at = maybe_instant()
    closed_at = maybe_instant()
    outcome = maybe_text()


class TrackMember(Output):
    person = a_person()
    since = serializers.DateTimeField()


class RcaSaid(Output):
    status = maybe_text(source="rca_status")
    follow_up_on = serializers.DateField(source="rca_follow_up_on", allow_null=True)


class VendorEntry(Entry):
    happened = "engaged_at"

    name = a_text(source="vendor.name")
    service = maybe_text(source="service_name")
    engaged_at = maybe_instant()
    responded_at = maybe_instant()
    response_sla_minutes = maybe_number()
    effect = maybe_text()
    root_cause_related = maybe_yes_no()
    rca = RcaSaid(allow_null=True)

    def get_rca(self, engagement: models.VendorEngagement) -> models.VendorEngagement | None:
        return engagement if engagement.has_rca else None


MtmNotesSaid = _outputs(
    "MtmNotesSaid", {point: maybe_text() for point in DocumentMtmNotes.__dataclass_fields__}
)


class MtmOutline(Entry):
    happened = "started_at"

    number = serializers.IntegerField()
    started_at = maybe_instant()
    ended_at = maybe_instant()
    notes = MtmNotesSaid()
    severity_confirmed = WordField(Severity, allow_null=True)
    next_at = maybe_instant()
    stood_down = serializers.BooleanField()
    cadence_minutes = maybe_number()


class MtmActionEntry(Output):
    id = serializers.IntegerField()
    title = a_text()
    owner = a_person(allow_null=True)
    due_on = serializers.DateField(allow_null=True)
    status = WordField(MtmActionStatus)
    action_item = serializers.CharField(
        allow_null=True, help_text="The reference of the action item that it is."
    )

    def get_action_item(self, agreed: models.MtmAction) -> str | None:
        return getattr(getattr(agreed, "item", None), "reference", None)


class MtmEntry(MtmOutline):
    attendees = serializers.ListField(child=a_person())
    actions = MtmActionEntry(many=True)

    def get_attendees(self, meeting: models.Mtm) -> list[str]:
        return [attended.person.identifier for attended in meeting.attendance.select_related("person")]

    def get_actions(self, meeting: models.Mtm) -> QuerySet[models.MtmAction]:
        return meeting.actions.select_related("owner", "item")


class MtmSummaryEntry(Output):
    text = serializers.CharField()
    published_at = serializers.DateTimeField()
    sent_to = serializers.ListField(
        child=serializers.CharField(), help_text="The names of those whom it went to."
    )


class AgendaPoint(Output):
    key = serializers.CharField(help_text="Under which its note is kept.")
    title = serializers.CharField()
    owner = serializers.CharField()


class MtmReviewEntry(Output):
    outcome = WordField(MtmReview)
    text = a_text(source="word")
    at = serializers.DateTimeField()
    by = a_person(allow_null=True)


class PriorAction(MtmActionEntry):
    number = serializers.IntegerField(source="mtm.number", help_text="Of the meeting that agreed it.")
    review = MtmReviewEntry(
        allow_null=True, help_text="What this meeting said of it; null: not reviewed yet."
    )

    def get_review(self, agreed: models.MtmAction) -> models.MtmActionReview | None:
        return dict(self.context["prior"])[agreed]


class MtmDetail(MtmEntry):
    agenda = AgendaPoint(many=True)
    prior_actions = PriorAction(many=True)
    not_said_yet = serializers.ListField(
        child=serializers.CharField(), help_text="What the agenda asks for and was not settled, in words."
    )
    summary = MtmSummaryEntry(allow_null=True)
    summary_text = serializers.CharField(help_text="A summary written from the notes, to be edited.")

    def get_agenda(self, meeting: models.Mtm) -> Iterable[object]:
        return agenda(meeting.number, meeting.incident.regulatory_exposure)

    def get_prior_actions(self, meeting: models.Mtm) -> list[models.MtmAction]:
        return [agreed for agreed, _ in self.context["prior"]]

    def get_not_said_yet(self, meeting: models.Mtm) -> list[str]:
        return list(not_said_yet(self.context["said"]))

    def get_summary(self, meeting: models.Mtm) -> models.MtmSummary | None:
        return models.MtmSummary.objects.filter(
            mtm__incident=meeting.incident, mtm__number=meeting.number
        ).first()

    def get_summary_text(self, meeting: models.Mtm) -> str:
        return summary_text(self.context["said"])


class MtmDecisionEntry(Output):
    at = serializers.DateTimeField()
    logged_at = maybe_instant()
    reason = a_text()


class PersonNamed(Output):
    person = a_person()
    name = a_text()


MOST_ENTRIES = 500
"""Of each kind, in the answer about an incident."""
RECORD = {
    "services": "affected_services",
    "timeline": "timelineevents",
    "phases": "phaseentrys",
    "stakeholder_communications": "milestones",
    "status_updates": "statusupdates",
    "severities": "severity_changes",
    "command": "commandassignments",
    "tracks": "recoverytracks",
    "vendors": "vendorengagements",
    "mtms": "mtms",
}


class IncidentDetail(IncidentRow):
    gaps = Gap(many=True)
    impact = Impact(source="*")
    unusual_factors = maybe_text()
    is_repeat = serializers.BooleanField()
    repeat_of = maybe_text(help_text="The earlier incident, where you may see it.")
    organisation = maybe_text()
    source_url = maybe_text()
    services = Service(source="record.services", many=True)
    timeline = EventEntry(source="record.timeline", many=True)
    phases = PhaseLogEntry(source="record.phases", many=True)
    stakeholder_communications = MilestoneEntry(source="record.stakeholder_communications", many=True)
    status_updates = StatusUpdateEntry(source="record.status_updates", many=True)
    severities = SeverityEntry(source="record.severities", many=True)
    command = AssignmentEntry(source="record.command", many=True)
    tracks = TrackEntry(source="record.tracks", many=True)
    vendors = VendorEntry(source="record.vendors", many=True)
    mtms = MtmOutline(source="record.mtms", many=True)
    cut = serializers.ListField(
        child=a_text(),
        help_text=f"The lists of the record that go on after their first {MOST_ENTRIES} entries: `timeline` goes on at "
        "`events/`, and all of it stands in `export/`.",
    )
    people = PersonNamed(many=True)

    def get_gaps(self, incident: Incident) -> Iterable[object]:
        facts, now = self.context["facts"], self.context["now"]
        return gap_findings(due_gaps(gaps(facts, now), now, is_running=facts.is_running)[0])

    def get_repeat_of(self, incident: Incident) -> str | None:
        return self.context["repeat_of"]

    def get_people(self, incident: Any) -> list[dict[str, str]]:
        """Who is behind the identifiers, each once."""
        record = incident.record
        persons = dict.fromkeys(
            (
                incident.mim,
                *(entry.person for entry in record["command"]),
                *(affected.owner for affected in record["services"]),
                *(entry.lead for entry in record["tracks"]),
                *(entry.by for entry in record["timeline"]),
            )
        )
        return [{"person": one.identifier, "name": one.full_name} for one in persons if one is not None]


class LookAlike(Output):
    reference = a_text(source="earlier.reference")
    title = a_text(source="earlier.title")
    severity = WordField(Severity, source="earlier.severity")
    began_at = serializers.DateTimeField(source="earlier.began_at", allow_null=True)
    likeness = serializers.FloatField(help_text="From 0; only the order means something.")
    evidence = serializers.CharField(source="why.evidence", help_text="Why it is proposed, in words.")
    services = serializers.ListField(
        source="why.services", child=serializers.CharField(), help_text="Those that both affected."
    )
    words = serializers.ListField(
        source="why.words", child=serializers.CharField(), help_text="The rarest that both speak of."
    )

    def get_likeness(self, proposal: RepeatProposal) -> float:
        return round(proposal.why.score, 3)


class LookAlikes(Output):
    results = LookAlike(many=True)


def incident_row(incident: Incident, now: datetime) -> dict[str, Any]:
    """The incident as a list gives it, from its own row with `after_action_reference` (incidents.queries.incidents)."""
    return IncidentRow.of(incident, facts=outline_facts(incident), now=now)


def incident_detail(incident: Any, now: datetime, *, repeat_of: str | None) -> dict[str, Any]:
    """The incident with its record, whose rows are at hand (`incident_page`): of each list MOST_ENTRIES."""
    facts = record_facts(incident)
    record = {name: list(getattr(incident, relation).all()) for name, relation in RECORD.items()}
    record["stakeholder_communications"] = [
        entry
        for entry in record["stakeholder_communications"]
        if entry.kind == MilestoneKind.STAKEHOLDER_COMMUNICATION
    ]
    incident.record = {name: entries[:MOST_ENTRIES] for name, entries in record.items()}
    incident.cut = [name for name, entries in record.items() if len(entries) > MOST_ENTRIES]
    return IncidentDetail.of(incident, facts=facts, now=now, repeat_of=repeat_of, until=incident.live_until)


def mtm_detail(meeting: models.Mtm, at: datetime) -> dict[str, Any]:
    """A meeting with its agenda, what it reviews, and its summary, published or as its notes give it."""
    prior = prior_actions(meeting)
    data = said_at(
        meeting,
        actions=meeting.actions.select_related("owner"),
        prior=prior,
        attendance=meeting.attendance.select_related("person"),
        now=at,
    )
    return MtmDetail.of(meeting, prior=prior, said=data, until=meeting.incident.live_until)
