"""Capturing the record: events, phases, milestones, impact, updates, severity."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from incidents.access import (
    can_change_severity,
    can_record,
    can_record_times,
    get_incident,
    why_not_record,
    why_not_severity,
    why_not_times,
)
from incidents.api import outputs, serializers
from incidents.models import Incident
from incidents.models.entries import Entry
from incidents.operations.log import (
    change_severity,
    enter_phase,
    log_event,
    reach_milestone,
    send_status_update,
    state_impact,
)
from majorops.errors import NotAllowed, VersionConflict
from majorops.people.models import Person
from majorops.web.api.envelope import etag, matched_version
from majorops.web.api.outputs import Output
from majorops.web.api.serializers import renaming
from majorops.web.api.viewsets import ApiViewSet, write_action

Allows = Callable[[Person, Incident], bool]
Refusal = str | Callable[[Incident], str]
OWN_WORDS = {"from_at": "from"}


def tag(incident: Incident) -> str:
    """The entity tag of an incident as it stands."""
    return etag("incident", incident.pk, incident.version)


class IncidentViewSet(ApiViewSet):
    """What the calls on one incident share."""

    queryset = Incident.objects.none()
    lookup_field = "reference"

    def found(self, may: Allows = can_record, refusal: Refusal = why_not_record) -> Incident:
        """The incident of the address. Raises NotFound, or NotAllowed where the caller sees it and may not act."""
        incident = get_incident(self.person, self.kwargs["reference"])
        if not may(self.person, incident):
            raise NotAllowed(refusal if isinstance(refusal, str) else refusal(incident))
        return incident

    def version(self, incident: Incident) -> int | None:
        return matched_version(self.request, tag(incident), incident.version)

    def record(
        self, operation: Callable[..., Any], incident: Incident, data: dict[str, Any], *, began: str = ""
    ) -> Any:
        """Does one thing to the incident: what the body said, when it happened, and the version that was read.

        `began` is the body's own word for when it happened, where it has one beside `at`.
        """
        at = data.pop("at", None)
        word = "at"
        if began and (own := data.pop(began, None)) is not None:
            at, word = own, OWN_WORDS.get(began, began)
        with renaming({"at": word}):
            return operation(incident, version=self.version(incident), **data, **self.moment(at))

    def say_more(
        self, operation: Callable[..., Any], entry: Entry, incident: Incident, data: dict[str, Any]
    ) -> Any:
        """Says more of an entry. Raises VersionConflict when If-Match names another version of the incident."""
        version = self.version(incident)
        with transaction.atomic():
            made = operation(entry, **self.moment(data.pop("at", None)), **data)
            if version is not None and entry.incident.version != version + 1:
                raise VersionConflict(
                    "Somebody changed this incident after you read it. Read it again, then say more."
                )
        return made

    def entry(self, output: type[Output], entry: Any, incident: Incident, status: int = 201) -> Response:
        given = output.of(entry, until=incident.live_until)
        return Response(given, status=status, headers={"ETag": tag(incident)})


class RecordViewSet(IncidentViewSet):
    @extend_schema(responses=outputs.EventEntry(many=True))
    @action(detail=True, methods=["get"], ordering=("at", "id"))
    def events(self, request: Request, reference: str) -> Response:
        """The events of the timeline, the earliest first"""
        incident = get_incident(self.person, reference)
        rows = self.paginate_queryset(incident.timelineevents.select_related("by"))
        return self.get_paginated_response(outputs.EventEntry.all(rows, until=incident.live_until))

    @write_action(serializers.Event, outputs.EventEntry, status=201)
    @events.mapping.post
    def log_event(self, request: Request, reference: str) -> Response:
        """Log an event of the timeline

        After the close it is kept as recorded after the fact.
        """
        incident = self.found()
        data = self.validated(serializers.Event, scope=incident.reference)
        if (who := data.pop("by", None)) is not None:
            data["event_by"] = who
        logged = self.record(log_event, incident, data)
        return self.entry(outputs.EventEntry, logged, incident)

    @write_action(serializers.PhaseEntered, outputs.PhaseLogEntry, status=201)
    @action(detail=True, methods=["post"])
    def phases(self, request: Request, reference: str) -> Response:
        """Enter a phase

        A phase can be entered again; the log keeps every entry. Entering `closed` closes a running incident.
        """
        incident = self.found(can_record_times, why_not_times)
        data = self.validated(serializers.PhaseEntered, scope=incident.reference)
        entered = self.record(enter_phase, incident, data)
        return self.entry(outputs.PhaseLogEntry, entered, incident)

    @write_action(serializers.MilestoneReached, outputs.MilestoneEntry, status=201)
    @action(detail=True, methods=["post"])
    def milestones(self, request: Request, reference: str) -> Response:
        """Record a milestone

        `closed` completes the resolution, which closes the incident. A stakeholder communication is a milestone of
        its own, as many as there were. Stated again, a milestone corrects the one before; the first mitigation and
        the last validation count.
        """
        incident = self.found(can_record_times, why_not_times)
        data = self.validated(serializers.MilestoneReached, scope=incident.reference)
        data["text"] = data.get("text") or ""
        reached = self.record(reach_milestone, incident, data)
        return self.entry(outputs.MilestoneEntry, reached, incident)

    @write_action(serializers.ImpactStated, outputs.ImpactEntry, status=201)
    @action(detail=True, methods=["post"])
    def impact(self, request: Request, reference: str) -> Response:
        """State one field of alert info or impact

        The latest statement holds; on a closed incident it corrects, and the requirement is decided anew.
        """
        incident = self.found()
        data = self.validated(serializers.ImpactStated)
        data["reason"] = data.get("reason") or ""
        stated = self.record(state_impact, incident, data)
        return self.entry(outputs.ImpactEntry, stated, incident)

    @write_action(serializers.Update, outputs.StatusUpdateEntry, status=201)
    @action(detail=True, methods=["post"], url_path="status-updates")
    def status_updates(self, request: Request, reference: str) -> Response:
        """Record a status update that went out"""
        incident = self.found()
        data = self.validated(serializers.Update, scope=incident.reference)
        data["channel"] = data.get("channel") or ""
        sent = self.record(send_status_update, incident, data)
        return self.entry(outputs.StatusUpdateEntry, sent, incident)

    @write_action(serializers.SeverityChanged, outputs.SeverityEntry, status=201)
    @action(detail=True, methods=["post"])
    def severity(self, request: Request, reference: str) -> Response:
        """Change the severity

        The highest since opening counts for the requirement, unless it is corrected as one that never was.
        """
        incident = self.found(can_change_severity, why_not_severity)
        data = self.validated(serializers.SeverityChanged)
        data["never_was"] = bool(data.get("never_was"))
        return self.entry(outputs.SeverityEntry, self.record(change_severity, incident, data), incident)
