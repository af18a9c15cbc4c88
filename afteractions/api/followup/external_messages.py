"""External Messages: the queue of the Communications team, and every step from a draft to sent or withdrawn."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from afteractions.api import serializers
from afteractions.api.followup import outputs
from afteractions.models import ExternalMessage
from afteractions.operations.followup.external_messages import (
    answer_for_message,
    ask_for_approval,
    edit_message,
    settle_message,
    texts_to_start_with,
)
from afteractions.queries.after_actions import message_list
from afteractions.vocabulary import MessageStage, MessageStatus
from majorops.errors import NotFound
from majorops.web.api.envelope import etag, matched_version
from majorops.web.api.viewsets import ApiViewSet, write_action

FILTERS = [
    OpenApiParameter("status", str, enum=MessageStatus.keys()),
    OpenApiParameter("stage", str, enum=MessageStage.keys()),
    OpenApiParameter(
        "overdue", bool, description="Whether its date has passed and it is neither sent nor withdrawn."
    ),
]


class ExternalMessages(ApiViewSet):
    """The External Messages of the After Actions that you may see."""

    queryset = ExternalMessage.objects.none()
    lookup_value_regex = "[0-9]{1,18}"
    ordering = ("due_at", "id")

    @extend_schema(parameters=FILTERS, responses=outputs.ExternalMessageShown(many=True))
    def list(self, request: Request) -> Response:
        """The External Messages that you may see, the earliest due first"""
        queryset = message_list(self.person, request.query_params, at=self.now)
        return self.paginated(outputs.ExternalMessageShown, queryset)

    @extend_schema(responses=outputs.ExternalMessageShown)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One External Message"""
        return self.answer(self.found(pk))

    @write_action(serializers.EditingMessage, outputs.ExternalMessageShown)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change its text, audience, channel or date

        Another date takes a reason. Other words, another audience or channel end the approval.
        """
        return self.act(pk, edit_message, serializers.EditingMessage)

    @extend_schema(responses=outputs.StartingTextShown(many=True))
    @action(detail=True, methods=["get"], url_path="starting-texts", pagination_class=None)
    def starting_texts(self, request: Request, pk: str) -> Response:
        """Texts to begin with, by audience, filled from the record"""
        offered = texts_to_start_with(self.found(pk), zone=ZoneInfo(self.person.time_zone), now=self.now)
        return Response(outputs.StartingTextShown.all(offered))

    @write_action(serializers.When, outputs.ExternalMessageShown)
    @action(detail=True, methods=["post"], url_path="ask-for-approval")
    def ask_for_approval(self, request: Request, pk: str) -> Response:
        """Ask the owner and the MIM to approve the text as it stands"""
        return self.act(pk, ask_for_approval, serializers.When)

    @write_action(serializers.AnsweringForMessage, outputs.ExternalMessageShown)
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: str) -> Response:
        """Approve what goes out, or return it with the reason"""
        return self.act(pk, answer_for_message, serializers.AnsweringForMessage)

    @write_action(serializers.SendingMessage, outputs.ExternalMessageShown)
    @action(detail=True, methods=["post"])
    def send(self, request: Request, pk: str) -> Response:
        """Say that it was sent, and where

        A text that is not approved is refused, unless the caller may approve it.
        """
        return self.act(pk, settle_message, serializers.SendingMessage, status=MessageStatus.SENT)

    @write_action(serializers.WithReason, outputs.ExternalMessageShown)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Withdraw it, with the reason"""
        return self.act(pk, settle_message, serializers.WithReason, status=MessageStatus.WITHDRAWN)

    def found(self, pk: str) -> ExternalMessage:
        message = message_list(self.person, at=self.now).filter(pk=int(pk)).first()
        if message is None:
            raise NotFound("There is no such message that you may see.")
        return message

    def act(
        self, pk: str, operation: Callable[..., ExternalMessage], body: type[serializers.When], **more: Any
    ) -> Response:
        message = self.found(pk)
        data = {key: value for key, value in self.validated(body).items() if value is not None}
        moment = self.moment(data.pop("at", None))
        version = matched_version(self.request, tag(message), message.version)
        operation(message, version=version, **data, **more, **moment)
        return self.answer(self.found(pk))

    def answer(self, message: ExternalMessage) -> Response:
        return Response(outputs.ExternalMessageShown.of(message), headers={"ETag": tag(message)})


def tag(message: ExternalMessage) -> str:
    return etag("external-message", message.pk, message.version)
