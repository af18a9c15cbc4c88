"""Incidents: the list, declaring, importing, one with its whole record, its document, its end."""

from typing import Any

from django.db import transaction
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from incidents.access import (
    COMMAND_ONLY,
    DECLARERS_ONLY,
    can_command,
    can_declare,
    can_import_history,
    can_reopen,
    can_see,
    get_incident,
)
from incidents.api import outputs, serializers
from incidents.api.document import IncidentDocument
from incidents.api.entries import RecordViewSet, tag
from incidents.api.response import ResponseViewSet
from incidents.exchange.exporting import export_document
from incidents.exchange.importing import import_document
from incidents.models import Incident
from incidents.operations.close import close, reopen
from incidents.operations.declare import declare
from incidents.operations.log import link_repeat
from incidents.operations.similar import dismiss_look_alike, propose
from incidents.queries.incidents import (
    find_incident,
    incident_list,
    incident_page,
    turn_incidents,
    with_after_action,
)
from incidents.vocabulary import IncidentStatus, Severity
from majorops.errors import BadInput, NotAllowed, NotFound
from majorops.web.api.serializers import renaming
from majorops.web.api.viewsets import write_action
from majorops.web.pagination import USUAL, page_size

FILTERS = [
    OpenApiParameter("severity", str, enum=Severity.keys()),
    OpenApiParameter("status", str, enum=IncidentStatus.keys()),
    OpenApiParameter("service", str, description="The name of a service affected."),
    OpenApiParameter(
        "search", str, description="Words of the incident as `search/` finds them, or a reference."
    ),
]
HISTORY = OpenApiParameter(
    "history",
    bool,
    description="Imported as history (administrators): nobody is told, nothing escalates.",
)


class Incidents(RecordViewSet, ResponseViewSet):
    ordering = ("-listed_at", "-id")

    @extend_schema(parameters=FILTERS, responses=outputs.IncidentRow(many=True))
    def list(self, request: Request) -> Response:
        """The incidents that you may see, newest first"""
        data = request.query_params
        if page_size(request) == USUAL:
            page = turn_incidents(self.person, data, data.get("cursor", ""))
            rows = self.paginator.take(page, request)
        else:
            rows = self.paginate_queryset(with_after_action(incident_list(self.person, data)))
        return self.get_paginated_response([outputs.incident_row(incident, self.now) for incident in rows])

    @write_action(serializers.Declaration, outputs.IncidentDetail, status=201, matches=False)
    def create(self, request: Request) -> Response:
        """Declare a major incident

        The caller is its MIM unless `mim` says otherwise. It is opened at `milestones.opened`, else `at`, else now.
        """
        if not can_declare(self.person):
            raise NotAllowed(DECLARERS_ONLY)
        data = self.validated(serializers.Declaration)
        milestones = dict(data.pop("milestones", None) or {})
        closed_at = milestones.pop("closed", None)
        data["services"] = data.get("services") or ()
        data["restricted"] = bool(data.get("restricted"))
        moment = self.moment(data.pop("at", None) or milestones.get("opened"))
        with transaction.atomic():
            incident = declare(**data, milestones=milestones, **moment)
            if closed_at is not None:
                with renaming({"at": "milestones.closed"}):
                    close(incident, **{**moment, "at": closed_at})
        return self.answer(incident.reference, status=201)

    @write_action(
        IncidentDocument,
        {201: outputs.IncidentDetail, 200: outputs.IncidentDetail},
        matches=False,
        parameters=[HISTORY],
    )
    @action(detail=False, methods=["post"], url_path="import")
    def import_(self, request: Request) -> Response:
        """Import a document majorops.incident/1

        All of it or nothing. 201 with the incident made; the same document again answers 200 with what is there, and
        its external_id with other content is refused (409).
        """
        history = _yes_or_no(request, "history")
        if not (can_import_history(self.person) if history else can_declare(self.person)):
            raise NotAllowed("Only an administrator imports history." if history else DECLARERS_ONLY)
        imported = import_document(request.data, history=history, by=self.person, now=self.now)
        return self.answer(imported.incident.reference, status=201 if imported.created else 200)

    @extend_schema(responses=outputs.IncidentDetail)
    def retrieve(self, request: Request, reference: str) -> Response:
        """One incident with its whole record"""
        return self.answer(reference)

    @extend_schema(responses=IncidentDocument)
    @action(detail=True, methods=["get"])
    def export(self, request: Request, reference: str) -> Response:
        """The incident as a document majorops.incident/1"""
        return Response(export_document(get_incident(self.person, reference), reader=self.person))

    @write_action(serializers.Closing, outputs.IncidentDetail)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, reference: str) -> Response:
        """Close the incident

        Completes the resolution milestone. Whether an After Action is required is decided in the same step, and a
        mandatory one is there at once.
        """
        incident = self.found(can_command, COMMAND_ONLY)
        self.record(close, incident, self.validated(serializers.Closing))
        return self.answer(reference)

    @write_action(serializers.Reason, outputs.IncidentDetail)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, reference: str) -> Response:
        """Reopen a closed incident, with the reason

        Open obligations are superseded; it closes anew.
        """
        incident = self.found(can_reopen, COMMAND_ONLY)
        self.record(reopen, incident, self.validated(serializers.Reason))
        return self.answer(reference)

    @write_action(serializers.RepeatOf, outputs.IncidentDetail)
    @action(detail=True, methods=["post"], url_path="repeat-of")
    def repeat_of(self, request: Request, reference: str) -> Response:
        """Say which earlier incident this one repeats, or that it repeats none

        A repeat makes the After Action mandatory at any severity.
        """
        incident = self.found(can_command, COMMAND_ONLY)
        data = self.validated(serializers.RepeatOf)
        earlier = data.pop("reference")
        data["repeat_of"] = None if earlier is None else self._earlier(earlier)
        data["is_repeat"] = earlier is not None
        self.record(link_repeat, incident, data)
        return self.answer(reference)

    @extend_schema(responses=outputs.LookAlikes)
    @action(detail=True, methods=["get"], url_path="look-alikes")
    def look_alikes(self, request: Request, reference: str) -> Response:
        """The earlier incidents that it may repeat, the likest first

        At most five, each with its evidence: shared services, words and title. Only what you may see, and none that was
        dismissed. Confirm one by `repeat-of`, dismiss one by `not-a-repeat-of`.
        """
        proposals = propose(get_incident(self.person, reference), reader=self.person)
        return Response(outputs.LookAlikes.of({"results": proposals}))

    @write_action(serializers.NotARepeatOf, outputs.IncidentDetail)
    @action(detail=True, methods=["post"], url_path="not-a-repeat-of")
    def not_a_repeat_of(self, request: Request, reference: str) -> Response:
        """Say that it does not repeat this earlier incident

        It is not proposed again. What the incident repeats stays as it is.
        """
        incident = self.found(can_command, COMMAND_ONLY)
        data = self.validated(serializers.NotARepeatOf)
        data["earlier"] = self._earlier(data.pop("reference"))
        self.record(dismiss_look_alike, incident, data)
        return self.answer(reference)

    def answer(self, reference: str, status: int = 200) -> Response:
        """The incident as it stands now. Raises NotFound alike for one that is not there and one not to be known."""
        incident = find_incident(self.person, reference)
        if incident is None:
            raise NotFound(f"There is no incident {reference[:40]} that you may see.")
        earlier = incident.repeat_of
        may_name = earlier is not None and can_see(self.person, earlier)
        given = outputs.incident_detail(
            incident_page(incident), self.now, repeat_of=earlier.reference if earlier and may_name else None
        )
        headers = {"ETag": tag(incident)}
        if status == 201:
            headers["Location"] = self.request.build_absolute_uri(f"/api/v1/incidents/{incident.reference}/")
        return Response(given, status=status, headers=headers)

    def _earlier(self, reference: str) -> Incident:
        try:
            return get_incident(self.person, reference)
        except NotFound as absent:
            raise BadInput.of("reference", absent.sentence) from None


def _yes_or_no(request: Any, name: str) -> bool:
    data = request.query_params.get(name, "false").lower()
    if data not in ("true", "false"):
        raise BadInput.of(name, "Say true or false.")
    return bool(data == "true")
