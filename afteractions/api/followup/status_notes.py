"""Status notes: what the stakeholders are told at each transition."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from afteractions.api import serializers
from afteractions.api.followup import outputs
from afteractions.models import StatusNote
from afteractions.operations.review.publication import send_status_note
from afteractions.queries.after_actions import is_true, note_list
from majorops.errors import NotFound
from majorops.web.api.viewsets import ApiViewSet, write_action


class StatusNotes(ApiViewSet):
    """The status notes of the After Actions that you may see."""

    queryset = StatusNote.objects.none()
    lookup_value_regex = "[0-9]{1,18}"
    ordering = ("prepared_at", "id")

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "sent", bool, description="Whether it was sent; all of them where nothing is said."
            ),
            OpenApiParameter("mine", bool, description="Whether it is yours to send."),
        ],
        responses=outputs.StatusNoteShown(many=True),
    )
    def list(self, request: Request) -> Response:
        """The status notes that you may see, the earliest prepared first"""
        data = request.query_params
        queryset = note_list(
            self.person,
            sent=is_true(data["sent"], "sent") if data.get("sent") else None,
            mine=is_true(data["mine"], "mine") if data.get("mine") else False,
        )
        return self.paginated(outputs.StatusNoteShown, queryset)

    @write_action(serializers.SendingNote, outputs.StatusNoteShown, matches=False)
    @action(detail=True, methods=["post"])
    def send(self, request: Request, pk: str) -> Response:
        """Send it to the stakeholders, as it was prepared or with the text given

        By the owner or the Internal Liaison. Refused (409) while nobody would get it; `to` names stakeholders.
        """
        note = note_list(self.person).filter(pk=int(pk)).first()
        if note is None:
            raise NotFound("There is no such status note that you may see.")
        data = self.validated(serializers.SendingNote, scope=note.after_action.incident.reference)
        send_status_note(note, text=data.get("text"), to=data.get("to") or (), **self.moment(data.get("at")))
        return Response(outputs.StatusNoteShown.of(note_list(self.person).get(pk=note.pk)))
