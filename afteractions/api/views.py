"""After Actions: the list, one with all that belongs to it, and the verbs from the close to the archive."""

from collections.abc import Callable
from typing import Any

from django.db.models import Prefetch
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from afteractions.access import can_read_draft
from afteractions.api import outputs, serializers
from afteractions.api.meeting import MeetingViewSet
from afteractions.documents.exports import FORMATS, export_of
from afteractions.models import (
    AfterAction,
    AntiPatternOccurrence,
    Attendee,
    Change,
    Escalation,
    ExternalMessage,
    Meeting,
    Obligation,
    Revision,
    RevisionPdf,
    Section,
)
from afteractions.operations.deadlines.waiving import waive
from afteractions.operations.intake import decide, start
from afteractions.operations.intake import request as request_after_action
from afteractions.operations.meeting.attendees import set_attendees
from afteractions.operations.meeting.meeting import hold, name_anti_pattern, start_meeting
from afteractions.operations.meeting.named_by_record import read_empty_seats
from afteractions.operations.meeting.scheduling import reschedule, schedule
from afteractions.operations.readers.reading import acknowledge
from afteractions.operations.review.distribution import amend, distribute, withdraw
from afteractions.operations.review.publication import amend_published, publish
from afteractions.operations.review.revisions import ask_pdf
from afteractions.queries.after_actions import after_action_list, readers
from afteractions.vocabulary import Status
from incidents.access import get_incident
from majorops.errors import BadInput, NotFound
from majorops.web.api.envelope import etag, matched_version
from majorops.web.api.viewsets import write_action

FILTERS = [
    OpenApiParameter("status", str, enum=Status.keys()),
    OpenApiParameter("owner", str, description="The e-mail address of the owner."),
    OpenApiParameter("overdue", bool, description="Whether one of its deadlines has passed."),
]
REVISION = OpenApiParameter(
    "revision", int, description="The number of the revision; the latest unless said otherwise."
)
EXPORT_AS = OpenApiParameter(
    "as", str, enum=list(FORMATS), description="As what; `json` unless said otherwise."
)
OBLIGATION = OpenApiParameter(
    "obligation_id", int, OpenApiParameter.PATH, description="The `id` of one of the obligations."
)
DETAIL = (
    Prefetch(
        "obligations",
        Obligation.objects.select_related("responsible")
        .order_by("due_at", "id")
        .prefetch_related(Prefetch("escalations", Escalation.objects.select_related("to"))),
    ),
    Prefetch("meetings", Meeting.objects.order_by("round").prefetch_related("moves")),
    Prefetch("attendees", Attendee.objects.select_related("person")),
    Prefetch("sections", Section.objects.select_related("confirmed_by").defer("content")),
    Prefetch("revisions", Revision.objects.select_related("created_by").defer("content")),
    Prefetch("changes", Change.objects.filter(removed_at__isnull=True).select_related("owner")),
    Prefetch("external_messages", ExternalMessage.objects.select_related("settled_by", "approved_by")),
    Prefetch("anti_patterns", AntiPatternOccurrence.objects.select_related("by")),
)
PDF_SOON_SECONDS = 3


def tag(after_action: AfterAction) -> str:
    """The entity tag of an After Action as it stands."""
    return etag("after-action", after_action.pk, after_action.version)


class AfterActions(MeetingViewSet):
    ordering = ("-created_at", "-id")

    @extend_schema(parameters=FILTERS, responses=outputs.AfterActionOutline(many=True))
    def list(self, request: Request) -> Response:
        """The After Actions that you may see, newest first, each with its open obligations"""
        queryset = after_action_list(self.person, request.query_params, at=self.now)
        return self.paginated(outputs.AfterActionOutline, queryset)

    @write_action(serializers.Asking, outputs.AfterActionDetail, status=201, matches=False)
    def create(self, request: Request) -> Response:
        """Ask for an After Action that is not required

        The MIM accepts it by deciding to hold it, or declines it with a reason.
        """
        data = self.validated(serializers.Asking)
        try:
            incident = get_incident(self.person, data["incident"])
        except NotFound as absent:
            raise BadInput.of("incident", absent.sentence) from None
        made = request_after_action(incident, reason=data["reason"], **self.moment(data.get("at")))
        return self.answer(made.reference, status=201)

    @extend_schema(responses=outputs.AfterActionDetail)
    def retrieve(self, request: Request, reference: str) -> Response:
        """One After Action with its obligations, meeting, attendees, sections, revisions and action items"""
        return self.answer(reference)

    @write_action(serializers.Deciding, outputs.AfterActionDetail)
    @action(detail=True, methods=["post"])
    def decide(self, request: Request, reference: str) -> Response:
        """Decide whether to hold it: hold or skip

        A mandatory one cannot be skipped; skipping a recommended one takes a reason.
        """
        return self.act(decide, serializers.Deciding)

    @write_action(serializers.When, outputs.AfterActionDetail)
    @action(detail=True, methods=["post"])
    def start(self, request: Request, reference: str) -> Response:
        """Begin the process of an After Action from history, its clocks from now"""
        return self.act(start, serializers.When)

    @write_action(serializers.Scheduling, outputs.AfterActionDetail)
    @action(detail=True, methods=["post"])
    def schedule(self, request: Request, reference: str) -> Response:
        """Schedule the meeting

        A time past the deadline to hold, or too early for the draft, takes a reason.
        """
        return self.act(schedule, serializers.Scheduling)

    @write_action(serializers.Rescheduling, outputs.AfterActionDetail)
    @action(detail=True, methods=["post"])
    def reschedule(self, request: Request, reference: str) -> Response:
        """Move the meeting, with the reason

        The deadline of the draft moves with it; the deadline to hold never does.
        """
        return self.act(reschedule, serializers.Rescheduling)

    @write_action(serializers.AttendeeRow(many=True), outputs.AfterActionDetail, matches=False)
    @action(detail=True, methods=["post"])
    def attendees(self, request: Request, reference: str) -> Response:
        """Decide who attends

        Removing a required attendee takes a reason. Whoever is not in the list stays as decided before.
        """
        after_action = self.found()
        rows = self.validated(serializers.AttendeeRow, scope=after_action.incident.reference, many=True)
        set_attendees(after_action, rows, **self.moment())
        return self.answer(reference)

    @extend_schema(responses=outputs.EmptySeatShown(many=True))
    @action(detail=True, methods=["get"], url_path="empty-seats", pagination_class=None)
    def empty_seats(self, request: Request, reference: str) -> Response:
        """The required seats that nobody has: Technical Recovery Lead, vendors, owners of services"""
        seats = read_empty_seats(self.found(), now=self.now)
        return Response(outputs.EmptySeatShown.all(seats))

    @write_action(serializers.MaybeWithReason, outputs.RevisionShown)
    @action(detail=True, methods=["post"])
    def distribute(self, request: Request, reference: str) -> Response:
        """Distribute the draft: freezes a revision and sends it to the attendees"""
        return self.frozen(distribute, serializers.MaybeWithReason)

    @write_action(serializers.MaybeWithReason, outputs.RevisionShown)
    @action(detail=True, methods=["post"])
    def amend(self, request: Request, reference: str) -> Response:
        """Send an amended revision of the distributed draft"""
        return self.frozen(amend, serializers.MaybeWithReason)

    @write_action(serializers.WithReason, outputs.AfterActionDetail)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, reference: str) -> Response:
        """Take the distributed draft back, with the reason"""
        return self.act(withdraw, serializers.WithReason)

    @write_action(serializers.Reading, outputs.ReadShown, matches=False)
    @action(detail=True, methods=["post"], url_path="read")
    def read_(self, request: Request, reference: str) -> Response:
        """Say "I have read this" of one revision"""
        after_action = self.found()
        data = self.validated(serializers.Reading)
        revision = after_action.revisions.filter(number=data["revision"]).first()
        if revision is None:
            raise BadInput.of(
                "revision", f"There is no revision {data['revision']} of {after_action.reference}."
            )
        reading = acknowledge(revision, **self.moment(data.get("at")))
        read = {"revision": revision.number, "person": self.person, "read_at": reading.read_at}
        return Response(outputs.ReadShown.of(read))

    @write_action(serializers.StartingMeeting, outputs.AfterActionDetail, matches=False)
    @action(detail=True, methods=["post"], url_path="start-meeting")
    def start_meeting(self, request: Request, reference: str) -> Response:
        """Start the meeting

        A draft that was out for less than 48 h refuses it, unless the chair overrides with a reason.
        """
        data = self.validated(serializers.StartingMeeting)
        why = data.get("override_reason") or ""
        start_meeting(self.found(), override_reason=why, **self.moment(data.get("at")))
        return self.answer(reference)

    @write_action(serializers.Holding, outputs.AfterActionDetail)
    @action(detail=True, methods=["post"])
    def hold(self, request: Request, reference: str) -> Response:
        """Record the meeting that was held

        Agreed, it is Reviewed; not agreed, it goes back to Draft. A draft that was out for less than 48 h takes an
        override reason, and the Retell is named.
        """
        after_action = self.found()
        data = self.validated(serializers.Holding, scope=after_action.incident.reference)
        ended_at = data["ended_at"]
        moment = self.moment(data.pop("at", None) or ended_at)
        hold(after_action, version=self.version(after_action), **given(data), **moment)
        return self.answer(reference)

    @write_action(serializers.MaybeWithReason, outputs.RevisionShown)
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, reference: str) -> Response:
        """Publish the Learning Review

        Where something was written since the meeting agreed, the revision says so: with the reason, else by the
        sections.
        """
        return self.frozen(publish, serializers.MaybeWithReason)

    @write_action(serializers.WithReason, outputs.RevisionShown)
    @action(detail=True, methods=["post"], url_path="amend-published")
    def amend_published(self, request: Request, reference: str) -> Response:
        """Publish an erratum, with the reason

        The revision before stays as it is.
        """
        return self.frozen(amend_published, serializers.WithReason)

    @write_action(serializers.Naming, outputs.AfterActionDetail, matches=False)
    @action(detail=True, methods=["post"], url_path="anti-patterns")
    def anti_patterns(self, request: Request, reference: str) -> Response:
        """Name an anti-pattern that occurred"""
        data = self.validated(serializers.Naming)
        name_anti_pattern(self.found(), data["kind"], data["evidence"], **self.moment(data.get("at")))
        return self.answer(reference)

    @write_action(serializers.WithReason, outputs.AfterActionDetail, matches=False, parameters=[OBLIGATION])
    @action(detail=True, methods=["post"], url_path=r"obligations/(?P<obligation_id>[0-9]{1,18})/waive")
    def waive(self, request: Request, reference: str, obligation_id: str) -> Response:
        """Waive one deadline, with the reason

        By a manager above whoever owes it. What belongs to a mandatory After Action cannot be waived.
        """
        obligation = self.found().obligations.filter(pk=int(obligation_id)).first()
        if obligation is None:
            raise NotFound("There is no such deadline of this After Action.")
        data = self.validated(serializers.WithReason)
        waive(obligation, reason=data["reason"], **self.moment(data.get("at")))
        return self.answer(reference)

    @extend_schema(
        parameters=[REVISION],
        responses={
            (200, "application/pdf"): OpenApiTypes.BINARY,
            202: OpenApiResponse(description="It is being made: ask again after Retry-After seconds."),
        },
    )
    @action(detail=True, methods=["get"])
    def pdf(self, request: Request, reference: str) -> Any:
        """The archived PDF of a revision (PDF/A-3a and PDF/UA-1)"""
        after_action = self.found()
        revision = self.revision(after_action, request.query_params.get("revision"))
        made = RevisionPdf.objects.filter(revision=revision, made_at__isnull=False).first()
        if made is None or made.content is None:
            ask_pdf(revision, now=self.now)
            waiting = {"detail": "The PDF is being made. Ask again in a moment."}
            return Response(waiting, status=202, headers={"Retry-After": str(PDF_SOON_SECONDS)})
        name = f"{after_action.reference}-revision-{revision.number}.pdf"
        return HttpResponse(
            bytes(made.content),
            content_type="application/pdf",
            headers={"Content-Disposition": f'attachment; filename="{name}"', "ETag": f'"{made.sha256}"'},
        )

    @extend_schema(
        parameters=[REVISION, EXPORT_AS],
        responses={
            (200, "application/json"): OpenApiTypes.OBJECT,
            (200, "text/markdown"): OpenApiTypes.STR,
            (200, "text/html"): OpenApiTypes.STR,
        },
    )
    @action(detail=True, methods=["get"])
    def export(self, request: Request, reference: str) -> Any:
        """One revision as the document that was frozen, or what reads like its PDF as Markdown or HTML

        JSON holds `sections` by their keys, `attendance`, `decisions` and `agreement` of the meetings, `evidence`. Its
        SHA-256 is taken over the canonical form: sorted keys, no spaces, UTF-8.
        """
        wanted = request.query_params.get("as", "json")
        if wanted not in FORMATS:
            raise BadInput.of("as", f"Choose one of: {', '.join(FORMATS)}.")
        after_action = self.found()
        revision = self.revision(after_action, request.query_params.get("revision"))
        export = export_of(revision, after_action.reference, wanted)
        return HttpResponse(
            export.content,
            content_type=export.media_type,
            headers={
                "Content-Disposition": f'attachment; filename="{export.name}"',
                "ETag": f'"{export.tag}"',
            },
        )

    def revision(self, after_action: AfterAction, number: str | None) -> Revision:
        """The revision of this number, else the latest. Raises NotFound where there is none."""
        revisions = after_action.revisions.order_by("-number")
        if number is not None:
            if not number.isascii() or not number.isdigit() or len(number) > 9:
                raise BadInput.of("revision", "Give the number of a revision.")
            revisions = revisions.filter(number=int(number))
        revision = revisions.first()
        if revision is None:
            raise NotFound("There is no such revision: the draft has not been distributed yet.")
        return revision

    def version(self, after_action: AfterAction) -> int | None:
        return matched_version(self.request, tag(after_action), after_action.version)

    def act(self, operation: Callable[..., Any], body: type[serializers.When]) -> Response:
        """Does one thing to the After Action of the address and answers with it as it stands then."""
        after_action = self.found()
        data = self.validated(body, scope=after_action.incident.reference)
        moment = self.moment(data.pop("at", None))
        operation(after_action, version=self.version(after_action), **given(data), **moment)
        return self.answer(after_action.reference)

    def frozen(self, operation: Callable[..., Revision], body: type[serializers.When]) -> Response:
        """Does what freezes a revision, and answers with the revision."""
        after_action = self.found()
        data = self.validated(body)
        moment = self.moment(data.pop("at", None))
        revision = operation(after_action, version=self.version(after_action), **given(data), **moment)
        after_action.refresh_from_db(fields=["version"])
        return Response(outputs.RevisionShown.of(revision), headers={"ETag": tag(after_action)})

    def answer(self, reference: str, status: int = 200) -> Response:
        """The After Action as it stands now. Raises NotFound for one that is not there or not to be known."""
        after_action = (
            AfterAction.objects.visible_to(self.person)
            .select_related("incident", "owner", "internal_liaison")
            .prefetch_related(*DETAIL)
            .filter(reference=reference)
            .first()
        )
        if after_action is None:
            raise NotFound(f"There is no After Action {reference[:40]} that you may see.")
        headers = {"ETag": tag(after_action)}
        if status == 201:
            headers["Location"] = self.request.build_absolute_uri(
                f"/api/v1/after-actions/{after_action.reference}/"
            )
        detail = outputs.AfterActionDetail.of(
            after_action,
            escalations=True,
            read_at=readers(after_action),
            person=self.person,
            reads_draft=can_read_draft(self.person, after_action),
        )
        return Response(detail, status=status, headers=headers)


def given(data: dict[str, Any]) -> dict[str, Any]:
    """What the body says: null says nothing, as a key left out."""
    return {key: value for key, value in data.items() if value is not None}
