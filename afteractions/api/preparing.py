"""What feeds and prepares the review, as calls: the bridge close-out, the files of evidence, the reading list."""

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from afteractions.access import can_bring_evidence, can_read_draft, check_can_read_draft, get_after_action
from afteractions.api import outputs, serializers
from afteractions.models import AfterAction, CloseOutAnswer
from afteractions.operations.evidence.close_out import close_out, latest_answers
from afteractions.operations.evidence.evidence import (
    ASKED_ONLY,
    attach_evidence,
    evidence_for_download,
    withdraw_evidence,
)
from afteractions.operations.readers.reading_list import add_entry, reading_list, tick_off
from afteractions.queries.after_actions import evidence_of
from afteractions.rules.review.files import LARGEST_FILE, TYPES
from afteractions.vocabulary import FileKind
from majorops.errors import BadInput, NotAllowed, NotFound
from majorops.web.api.serializers import TooLarge
from majorops.web.api.viewsets import ApiViewSet, write_action

EVIDENCE = OpenApiParameter("evidence", str, OpenApiParameter.PATH, description="The `id` of a file.")
ONE_FILE = r"evidence/(?P<evidence>[^/]+)"
MULTIPART = "multipart/form-data"


class PreparationViewSet(ApiViewSet):
    """The calls on what people bring before the meeting."""

    queryset = AfterAction.objects.none()
    lookup_field = "reference"

    def get_parsers(self) -> list[BaseParser]:
        # A file comes as a form, everything else as JSON.
        is_file = getattr(self, "action_map", None) and self.action_map.get("post") == "bring"
        return [MultiPartParser()] if is_file else super().get_parsers()

    def found(self) -> AfterAction:
        """The After Action of the address. Raises NotFound for one that is not there or not to be known."""
        return get_after_action(self.person, self.kwargs["reference"])

    @extend_schema(responses=outputs.CloseOutShown(many=True))
    @action(detail=True, methods=["get"], url_path="close-out", ordering=("at", "id"))
    def close_outs(self, request: Request, reference: str) -> Response:
        """What each responder said at the close: what worked, and what slowed us

        While the draft is being written, others than its readers are told of their own alone.
        """
        after_action = self.found()
        readable = can_read_draft(self.person, after_action)
        kept = [answer.pk for answer in latest_answers(after_action)]
        answers_given = CloseOutAnswer.objects.filter(pk__in=kept).select_related("person")
        return self.paginated(
            outputs.CloseOutShown, answers_given if readable else answers_given.filter(person=self.person)
        )

    @write_action(serializers.ClosingOut, outputs.CloseOutShown, status=201, matches=False)
    @close_outs.mapping.post
    def close_out(self, request: Request, reference: str) -> Response:
        """Say what worked and what slowed us, as a responder, until the draft is distributed

        Saying it again takes the place of what the caller said before.
        """
        after_action = self.found()
        data = self.validated(serializers.ClosingOut)
        answer = close_out(
            after_action,
            worked=data.get("worked") or "",
            slowed=data.get("slowed") or "",
            **self.moment(data.get("at")),
        )
        return Response(outputs.CloseOutShown.of(answer), status=201)

    @extend_schema(responses=outputs.EvidenceShown(many=True))
    @action(detail=True, methods=["get"], url_path="evidence", ordering=("at", "id"))
    def evidence(self, request: Request, reference: str) -> Response:
        """The files of evidence, withdrawn ones too

        While the draft is being written, others than its writers are told of their own alone.
        """
        after_action = self.found()
        readable = can_read_draft(self.person, after_action)
        files = evidence_of(after_action)
        return self.paginated(outputs.EvidenceShown, files if readable else files.filter(by=self.person))

    @write_action({MULTIPART: serializers.Bringing}, outputs.EvidenceShown, status=201, matches=False)
    @evidence.mapping.post
    def bring(self, request: Request, reference: str) -> Response:
        """Attach a file of evidence or a link, as somebody who was asked, attends, writes or may comment

        PDF, PNG, JPEG, GIF, WebP or plain text, told by its content; or `url`, with `note` as its caption.
        """
        after_action = self.found()
        if not can_bring_evidence(self.person, after_action):
            raise NotAllowed(ASKED_ONLY)
        data = self.validated(serializers.Bringing)
        upload, url = data.get("file"), data.get("url") or ""
        if (upload is None) == (not url):
            raise BadInput.of("file", "Give a file or a url, one of them.")
        if upload is not None and upload.size > LARGEST_FILE:
            raise TooLarge(f"The file is larger than {LARGEST_FILE // 1024**2} MB. Nothing of it was kept.")
        kept = attach_evidence(
            after_action,
            name=upload.name if upload else "",
            content=upload.read() if upload else b"",
            url=url,
            note=data.get("note") or "",
            **self.moment(),
        )
        return Response(outputs.EvidenceShown.of(kept), status=201)

    @extend_schema(
        parameters=[EVIDENCE],
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    @action(detail=True, methods=["get"], url_path=ONE_FILE)
    def evidence_file(self, request: Request, reference: str, evidence: str) -> HttpResponse:
        """One file of evidence, as it came"""
        file = evidence_for_download(self.found(), evidence, to=self.person)
        kind, ending = TYPES[FileKind(file.kind)]
        response = HttpResponse(bytes(file.content), content_type=kind)
        response["Content-Disposition"] = f'attachment; filename="{file.reference}.{ending}"'
        return response

    @write_action(serializers.WithReason, outputs.EvidenceShown, matches=False, parameters=[EVIDENCE])
    @action(detail=True, methods=["post"], url_path=f"{ONE_FILE}/withdraw")
    def withdraw_evidence(self, request: Request, reference: str, evidence: str) -> Response:
        """Withdraw a file of evidence, with a reason: it stays listed, and is handed out no more"""
        after_action = self.found()
        file = evidence_of(after_action).filter(reference=evidence).first()
        if file is None or (file.by_id != self.person.pk and not can_read_draft(self.person, after_action)):
            raise NotFound("There is no such file of evidence here.")
        file.after_action = after_action
        data = self.validated(serializers.WithReason)
        withdraw_evidence(file, reason=data["reason"], **self.moment(data.get("at")))
        return Response(outputs.EvidenceShown.of(evidence_of(after_action).get(pk=file.pk)))

    @extend_schema(responses=outputs.SourceShown(many=True))
    @action(detail=True, methods=["get"], url_path="reading-list", pagination_class=None)
    def reading_list(self, request: Request, reference: str) -> Response:
        """The notes and reports that the owner looks into, with who read which"""
        after_action = self.found()
        check_can_read_draft(self.person, after_action)
        return Response(outputs.SourceShown.all(reading_list(after_action, now=self.now)))

    @write_action(serializers.AddingSource, outputs.SourceShown(many=True), status=201, matches=False)
    @reading_list.mapping.post
    def add_source(self, request: Request, reference: str) -> Response:
        """Add a note or report to the reading list"""
        after_action = self.found()
        data = self.validated(serializers.AddingSource)
        add_entry(after_action, text=data["text"], url=data.get("url") or "", **self.moment(data.get("at")))
        listed = outputs.SourceShown.all(reading_list(after_action, now=self.now))
        return Response(listed, status=201)

    @write_action(serializers.TickingOff, outputs.SourceShown, matches=False)
    @action(detail=True, methods=["post"], url_path="reading-list/tick")
    def tick_off(self, request: Request, reference: str) -> Response:
        """Tick a source of the reading list off as read, or take that back"""
        after_action = self.found()
        data = self.validated(serializers.TickingOff)
        ticked = tick_off(
            after_action, data["key"], is_read=data.get("read", True), **self.moment(data.get("at"))
        )
        return Response(outputs.SourceShown.of(ticked))
