"""One's own tokens and sessions, as calls. Everybody sees and ends their own alone."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from majorops.people.authentication import sessions
from majorops.people.models import ApiToken, BrowserSession, Scope
from majorops.people.operations.own_account import issue_token, revoke_token
from majorops.web.api.outputs import Output, ShownOnce, a_text, maybe_instant, maybe_text
from majorops.web.api.serializers import DayField, StrictSerializer, TextField, WordField
from majorops.web.api.viewsets import ApiViewSet, write_action


class TokenBody(StrictSerializer):
    name = TextField(max_length=200, allow_blank=False, help_text="The program that will use it.")
    scope = WordField(Scope)
    expires_on = DayField(
        required=False,
        allow_null=True,
        help_text="Its last day, in your time zone; a year from now unless said otherwise.",
    )


class TokenShown(Output):
    id = serializers.IntegerField()
    name = a_text()
    scope = serializers.ChoiceField(choices=Scope.keys())
    created_at = serializers.DateTimeField()
    expires_on = serializers.DateField(allow_null=True, help_text="Null: made before tokens ended.")
    last_used_at = maybe_instant(help_text="To within some minutes.")


class TokenMade(TokenShown):
    token = ShownOnce()

    def get_token(self, token: ApiToken) -> str:
        return self.context["text"]


class SessionShown(Output):
    id = serializers.IntegerField()
    current = serializers.BooleanField(help_text="Whether it is the one that asks.")
    device = a_text()
    address = maybe_text()
    last_used_at = serializers.DateTimeField(help_text="To within some minutes.")

    def get_current(self, session: BrowserSession) -> bool:
        return session.pk == self.context["here"]


class MyTokens(ApiViewSet):
    queryset = ApiToken.objects.none()
    ordering = ("created_at", "id")

    def _usable(self) -> Any:
        tokens = ApiToken.objects.usable().filter(person=self.person).select_related("person")
        return tokens.exclude(expires_at__lte=self.now)

    @extend_schema(operation_id="me_tokens_list", responses=TokenShown(many=True))
    def list(self, request: Request) -> Response:
        """My tokens that can be used, the oldest first"""
        return self.paginated(TokenShown, self._usable())

    @write_action(TokenBody, TokenMade, status=201, matches=False)
    def create(self, request: Request) -> Response:
        """Make a token, whose text is answered this once

        A token makes no token that may more than itself, or lasts longer.
        """
        data = self.validated(TokenBody)
        token = issue_token(
            self.person,
            name=data["name"].strip(),
            scope=Scope(data["scope"]),
            expires_on=data.get("expires_on"),
            made_with=request.auth if isinstance(request.auth, ApiToken) else None,
            by=self.person,
            now=self.now,
        )
        made = self._usable().get(digest=ApiToken.digest_of(token))
        return Response(TokenMade.of(made, text=token), status=201)

    @extend_schema(operation_id="me_tokens_destroy")
    @write_action(None, {204: None}, matches=False)
    def destroy(self, request: Request, pk: str) -> Response:
        """Revoke a token of mine, at once and for good"""
        revoke_token(self.person, number(pk), by=self.person, now=self.now)
        return Response(status=204)


class MySessions(ApiViewSet):
    pagination_class = None  # type: ignore[assignment]
    queryset = BrowserSession.objects.none()
    ordering = ("last_used_at", "id")

    @extend_schema(operation_id="me_sessions_list", responses=SessionShown(many=True))
    def list(self, request: Request) -> Response:
        """Where I am signed in by a browser, the one used last first"""
        here = sessions.current(request) if request.auth is None else None
        queryset = sessions.sessions_of(self.person, now=self.now)
        return Response(SessionShown.all(queryset, here=here))

    @extend_schema(operation_id="me_sessions_destroy")
    @write_action(None, {204: None}, matches=False)
    def destroy(self, request: Request, pk: str) -> Response:
        """Sign one of my sessions out"""
        sessions.end_session(self.person, number(pk), by=self.person, now=self.now)
        return Response(status=204)


def number(text: str) -> int:
    """The key in an address; 0, which nothing has, for what is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
