"""Who did what during the incident: command, recovery tracks, vendors, MTMs."""

from typing import Any

from django.db import models, transaction
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from incidents.access import COMMAND_ONLY, can_command, can_confirm_role, get_incident, why_not_confirm_role
from incidents.api import outputs, serializers
from incidents.api.entries import IncidentViewSet, tag
from incidents.models import (
    CommandAssignment,
    Incident,
    Mtm,
    MtmAction,
    RecoveryTrack,
    TimelineEvent,
    VendorEngagement,
)
from incidents.operations.confirming import confirm_lead, confirm_role
from incidents.operations.correcting import correct_event
from incidents.operations.response.command import (
    add_member,
    assign,
    hand_over,
    open_track,
    update_track,
)
from incidents.operations.response.mtm import (
    ActionOfMtm,
    decide_against_mtm,
    publish_summary,
    record_mtm,
    update_mtm,
)
from incidents.operations.response.mtm_meeting import review_action
from incidents.operations.response.vendors import engage, update_engagement
from majorops.errors import BadInput, NotFound
from majorops.web.api.viewsets import write_action

ENTRY = [OpenApiParameter("entry", int, OpenApiParameter.PATH, description="The id of the entry.")]
NUMBER = [OpenApiParameter("number", int, OpenApiParameter.PATH, description="The number of the meeting.")]


def _of(incident: Incident, entries: type[models.Model], **which: str) -> Any:
    """The last word on one entry of the incident. Raises NotFound for what is no entry of it."""
    entrieses = entries._default_manager.filter(
        incident=incident, **{k: int(v[:18]) for k, v in which.items()}
    )
    entry = entrieses.order_by("-pk").first()
    if entry is None:
        raise NotFound("This incident has no such entry.")
    return entry


def _engagement(data: dict[str, Any]) -> dict[str, Any]:
    """What a body says of a vendor, in the words of the operations."""
    if "service" in data:
        data["service_name"] = data.pop("service")
    if "rca" in data:
        rca = data.pop("rca") or {"status": None, "follow_up_on": None}
        data.update({f"rca_{key}": value for key, value in rca.items()})
    return data


def _meeting(data: dict[str, Any]) -> dict[str, Any]:
    """What a body says of an MTM, in the words of the operations."""
    if "actions" in data:
        data["actions"] = [ActionOfMtm(**one) for one in data["actions"]]
    return data


class ResponseViewSet(IncidentViewSet):
    @write_action(serializers.EventCorrected, outputs.EventEntry, parameters=ENTRY)
    @action(detail=True, methods=["post"], url_path="events/(?P<entry>[0-9]+)")
    def correct_event(self, request: Request, reference: str, entry: str) -> Response:
        """Correct an event of the timeline

        Its writer corrects it in place within ten minutes while the incident runs, and it keeps what it said before.
        Later, and for everybody else, the answer is a new entry that corrects it.
        """
        incident = self.found()
        event = _of(incident, TimelineEvent, pk=entry)
        data = self.validated(serializers.EventCorrected, scope=incident.reference)
        words = {
            "kind": event.kind,
            "text": event.text,
            "evidence_url": event.evidence_url,
            "at": event.at,
            **data,
        }
        stands = self.say_more(correct_event, event, incident, words)
        return self.entry(outputs.EventEntry, stands, event.incident, 200)

    @write_action(serializers.Assignment, outputs.AssignmentEntry, status=201)
    @action(detail=True, methods=["post"])
    def command(self, request: Request, reference: str) -> Response:
        """Assign a role

        Who becomes MIM of a running incident commands it, and whoever was MIM is relieved. MIM, Technical Recovery Lead
        and Recovery Director carry rights: whoever commands gives them, or a Major Incident Manager takes one up.
        Recorded after the close, a role carries no right until it is confirmed.
        """
        incident = self.found()
        data = self.validated(serializers.Assignment, scope=incident.reference)
        assigned = self.record(assign, incident, data, began="from_at")
        return self.entry(outputs.AssignmentEntry, assigned, incident)

    @write_action(serializers.Confirming, outputs.AssignmentEntry, parameters=ENTRY)
    @action(detail=True, methods=["post"], url_path="command/(?P<entry>[0-9]+)/confirm")
    def confirm_role(self, request: Request, reference: str, entry: str) -> Response:
        """Confirm a role that was recorded or corrected after the close

        From now on it carries its rights. The MIM and the owner of the After Action confirm.
        """
        incident = self.found(can_confirm_role, why_not_confirm_role)
        assignment = _of(incident, CommandAssignment, pk=entry)
        assignment.incident = incident
        self.say_more(confirm_role, assignment, incident, self.validated(serializers.Confirming))
        confirmed = CommandAssignment.objects.select_related("person", "confirmation").get(pk=assignment.pk)
        return self.entry(outputs.AssignmentEntry, confirmed, incident, 200)

    @write_action(serializers.HandedOver, outputs.HandoverEntry, status=201)
    @action(detail=True, methods=["post"])
    def handover(self, request: Request, reference: str) -> Response:
        """Hand over to the next MIM: command, chair, draft and obligations in one step"""
        incident = self.found(can_command, COMMAND_ONLY)
        data = self.validated(serializers.HandedOver, scope=incident.reference)
        data["note"] = data.get("note") or ""
        return self.entry(outputs.HandoverEntry, self.record(hand_over, incident, data), incident)

    @write_action(serializers.Track, outputs.TrackEntry, status=201)
    @action(detail=True, methods=["post"])
    def tracks(self, request: Request, reference: str) -> Response:
        """Open a recovery track"""
        incident = self.found()
        data = self.validated(serializers.Track, scope=incident.reference)
        opened = self.record(open_track, incident, data, began="opened_at")
        return self.entry(outputs.TrackEntry, opened, incident)

    @write_action(serializers.TrackSaid, outputs.TrackEntry, parameters=ENTRY)
    @action(detail=True, methods=["post"], url_path="tracks/(?P<entry>[0-9]+)")
    def say_more_of_track(self, request: Request, reference: str, entry: str) -> Response:
        """Say more of a recovery track: its lead, its first action, its end and outcome

        Only the keys that are there change. Once the incident was closed, a correction is kept beside what was said.
        """
        incident = self.found()
        track = _of(incident, RecoveryTrack, pk=entry)
        data = self.validated(serializers.TrackSaid, scope=incident.reference)
        stands = self.say_more(update_track, track, incident, data)
        return self.entry(outputs.TrackEntry, stands, track.incident, 200)

    @write_action(serializers.Confirming, outputs.TrackEntry, parameters=ENTRY)
    @action(detail=True, methods=["post"], url_path="tracks/(?P<entry>[0-9]+)/confirm")
    def confirm_lead(self, request: Request, reference: str, entry: str) -> Response:
        """Confirm the lead of a recovery track that was recorded or corrected after the close

        From now on leading it is a part in the incident. The MIM and the owner of the After Action confirm.
        """
        incident = self.found(can_confirm_role, why_not_confirm_role)
        track = _of(incident, RecoveryTrack, pk=entry)
        track.incident = incident
        self.say_more(confirm_lead, track, incident, self.validated(serializers.Confirming))
        return self.entry(outputs.TrackEntry, track, incident, 200)

    @write_action(serializers.TrackJoined, outputs.TrackMember, status=201, parameters=ENTRY)
    @action(detail=True, methods=["post"], url_path="tracks/(?P<entry>[0-9]+)/members")
    def join_track(self, request: Request, reference: str, entry: str) -> Response:
        """Put an SME on a recovery track"""
        incident = self.found()
        track = _of(incident, RecoveryTrack, pk=entry)
        data = self.validated(serializers.TrackJoined, scope=incident.reference)
        member = self.say_more(add_member, track, incident, data)
        return self.entry(outputs.TrackMember, member, track.incident)

    @write_action(serializers.Vendor, outputs.VendorEntry, status=201)
    @action(detail=True, methods=["post"])
    def vendors(self, request: Request, reference: str) -> Response:
        """Engage a vendor

        Its response SLA is the contract's unless stated otherwise.
        """
        incident = self.found()
        data = _engagement(self.validated(serializers.Vendor, scope=incident.reference))
        data["vendor"] = data.pop("name")
        engaged = self.record(engage, incident, data, began="engaged_at")
        return self.entry(outputs.VendorEntry, engaged, incident)

    @write_action(serializers.VendorSaid, outputs.VendorEntry, parameters=ENTRY)
    @action(detail=True, methods=["post"], url_path="vendors/(?P<entry>[0-9]+)")
    def say_more_of_vendor(self, request: Request, reference: str, entry: str) -> Response:
        """Say more of a vendor's engagement: its response, its effect, its RCA

        Only the keys that are there change. Once the incident was closed, a correction is kept beside what was said.
        """
        incident = self.found()
        engagement = _of(incident, VendorEngagement, pk=entry)
        data = _engagement(self.validated(serializers.VendorSaid, scope=incident.reference))
        stands = self.say_more(update_engagement, engagement, incident, data)
        return self.entry(outputs.VendorEntry, stands, engagement.incident, 200)

    @write_action(serializers.Mtm, outputs.MtmEntry, status=201)
    @action(detail=True, methods=["post"])
    def mtms(self, request: Request, reference: str) -> Response:
        """Record a Major Technical Meeting"""
        incident = self.found()
        data = _meeting(self.validated(serializers.Mtm, scope=incident.reference))
        number = data.pop("number", None)
        with transaction.atomic():
            held = self.record(record_mtm, incident, data, began="started_at")
            if number not in (None, held.number):
                raise BadInput.of(
                    "number", f"The next meeting of this incident has the number {held.number}."
                )
        return self.entry(outputs.MtmEntry, held, incident)

    @extend_schema(parameters=NUMBER, responses=outputs.MtmDetail)
    @action(detail=True, methods=["get"], url_path="mtms/(?P<number>[0-9]+)")
    def mtm(self, request: Request, reference: str, number: str) -> Response:
        """One Major Technical Meeting: its agenda, its notes, what it reviews, its summary"""
        incident = get_incident(self.person, reference)
        meeting = _of(incident, Mtm, number=number)
        meeting.incident = incident
        return Response(outputs.mtm_detail(meeting, self.now), headers={"ETag": tag(incident)})

    @write_action(serializers.MtmSaid, outputs.MtmEntry, parameters=NUMBER)
    @mtm.mapping.post
    def say_more_of_mtm(self, request: Request, reference: str, number: str) -> Response:
        """Say more of a Major Technical Meeting: its end, notes, actions, the next one

        Only the keys that are there change; attendees and actions are added to those it has.
        """
        incident = self.found()
        meeting = _of(incident, Mtm, number=number)
        data = _meeting(self.validated(serializers.MtmSaid, scope=incident.reference))
        stands = self.say_more(update_mtm, meeting, incident, data)
        return self.entry(outputs.MtmEntry, stands, meeting.incident, 200)

    @write_action(
        serializers.MtmActionReviewed, outputs.MtmReviewEntry, status=201, parameters=[*NUMBER, *ENTRY]
    )
    @action(
        detail=True, methods=["post"], url_path="mtms/(?P<number>[0-9]+)/actions/(?P<entry>[0-9]+)/review"
    )
    def review_mtm_action(self, request: Request, reference: str, number: str, entry: str) -> Response:
        """Say at this meeting what became of an action that an earlier one agreed: done, goes on, or dropped"""
        incident = self.found()
        meeting = _of(incident, Mtm, number=number)
        agreed = MtmAction.objects.select_related("mtm").filter(mtm__incident=incident, pk=int(entry[:18]))
        if (one := agreed.first()) is None:
            raise NotFound("This incident has no such action.")
        one.mtm.incident = meeting.incident = incident
        data = self.validated(serializers.MtmActionReviewed)
        data["text"] = data.get("text") or ""

        def review(_: Mtm, **words: Any) -> Any:
            return review_action(one, number=meeting.number, **words)

        return self.entry(outputs.MtmReviewEntry, self.say_more(review, meeting, incident, data), incident)

    @write_action(serializers.Summary, outputs.MtmSummaryEntry, status=201, parameters=NUMBER)
    @action(detail=True, methods=["post"], url_path="mtms/(?P<number>[0-9]+)/summary")
    def publish_mtm_summary(self, request: Request, reference: str, number: str) -> Response:
        """Publish the summary of a Major Technical Meeting, once and for good"""
        incident = self.found(can_command, COMMAND_ONLY)
        meeting = _of(incident, Mtm, number=number)
        data = self.validated(serializers.Summary)
        summary = self.say_more(publish_summary, meeting, incident, data)
        return self.entry(outputs.MtmSummaryEntry, summary, meeting.incident)

    @write_action(serializers.Reason, outputs.MtmDecisionEntry, status=201)
    @action(detail=True, methods=["post"], url_path="mtm-decision")
    def mtm_decision(self, request: Request, reference: str) -> Response:
        """Decide, with a reason, that a long Critical incident needs no Major Technical Meeting"""
        incident = self.found(can_command, COMMAND_ONLY)
        data = self.validated(serializers.Reason)
        return self.entry(outputs.MtmDecisionEntry, self.record(decide_against_mtm, incident, data), incident)
