"""The policy of warnings and escalation and the business calendar: everybody reads, administrators change."""

from collections.abc import Iterable
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from afteractions.models import PolicyVersion
from afteractions.operations.current_policy import CurrentPolicy, current_policy
from afteractions.operations.enforcement.policy import change_policy, close_day, closing_days, open_day
from afteractions.operations.enforcement.recalculation import computed_earlier
from afteractions.rules.deadlines.policy import DEFAULT, document
from majorops.errors import NotFound
from majorops.formatting.instants import read_day
from majorops.people.models import Person
from majorops.web.api.envelope import etag, matched_version
from majorops.web.api.outputs import Output, a_person, a_text, maybe_instant
from majorops.web.api.serializers import CountField, DayField, StrictSerializer, TextField
from majorops.web.api.viewsets import ApiViewSet, write_action

DAY = OpenApiParameter("day", str, OpenApiParameter.PATH, description="As 2026-12-24.")
WARNINGS = "How long ahead: “12 h”, “3 days”, “2 business days” or “5 min” each."


class ChangingPolicy(StrictSerializer):
    stride = CountField(required=False, help_text="Business days from one manager to the next.")
    remind_every = CountField(
        required=False, help_text="Business days between reminders after the breach; 0 for none."
    )
    status_updates = serializers.JSONField(
        required=False,
        help_text="Minutes from one status update to the next: {critical: number, high: number}.",
    )
    kinds = serializers.JSONField(
        required=False, help_text="{kind: {warnings: [text], managers: number}}; what is left out stays."
    )
    reason = TextField()


class ClosingADay(StrictSerializer):
    day = DayField()
    name = TextField(max_length=120)


class TakingBack(StrictSerializer):
    """Nothing needs saying."""


class KindShown(Output):
    warnings = serializers.ListField(child=a_text(), help_text=WARNINGS)
    managers = serializers.IntegerField()
    default_warnings = serializers.ListField(child=a_text())
    default_managers = serializers.IntegerField()


class ClosingDayShown(Output):
    day = serializers.DateField()
    name = a_text()
    by = a_person(source="version.by", allow_null=True)
    at = serializers.DateTimeField(source="version.at")


class PolicyShown(Output):
    version = serializers.IntegerField(source="number")
    since = maybe_instant(source="at")
    by = a_person(allow_null=True)
    stride = serializers.IntegerField(source="policy.stride")
    remind_every = serializers.IntegerField(source="policy.remind_every")
    status_updates = serializers.DictField(
        child=serializers.IntegerField(), help_text="Minutes, by severity, while an incident runs."
    )
    kinds = serializers.DictField(child=KindShown())
    holidays = a_text(source="calendar.code")
    closing_days = ClosingDayShown(many=True)
    is_applied = serializers.BooleanField(help_text="Whether everything that is open follows it by now.")

    def get_by(self, policy: CurrentPolicy) -> Person | None:
        newest = PolicyVersion.objects.select_related("by").filter(number=policy.number).first()
        return newest.by if newest else None

    def get_status_updates(self, policy: CurrentPolicy) -> dict[str, int]:
        return document(policy.policy)["status_updates"]

    def get_kinds(self, policy: CurrentPolicy) -> dict[str, dict[str, Any]]:
        default = document(DEFAULT)["kinds"]
        return {
            kind: {
                **rule,
                "default_warnings": default[kind]["warnings"],
                "default_managers": default[kind]["managers"],
            }
            for kind, rule in document(policy.policy)["kinds"].items()
        }

    def get_closing_days(self, policy: CurrentPolicy) -> Iterable[object]:
        return closing_days()

    def get_is_applied(self, policy: CurrentPolicy) -> bool:
        return not computed_earlier().exists()


class PolicyViewSet(ApiViewSet):
    queryset = PolicyVersion.objects.none()

    @extend_schema(responses=PolicyShown)
    def show(self, request: Request) -> Response:
        """The policy and the calendar that hold now"""
        return _answer()

    @write_action(ChangingPolicy, PolicyShown, overwrites=True)
    def change(self, request: Request) -> Response:
        """Change the policy, as an administrator

        If-Match is required (428); an older version is refused (412) with what holds now in `current`. What is left out
        stays as it is. It is applied to what is open; nothing that was said is said again.
        """
        policy = current_policy()
        version = matched_version(
            request, _tag(policy), policy.number, required=True, content=lambda: PolicyShown.of(policy)
        )
        data = self.validated(ChangingPolicy)
        reason = data.pop("reason")
        change_policy(data, reason=reason, by=self.person, now=self.now, version=version)
        return _answer()

    @write_action(ClosingADay, PolicyShown, status=201, matches=False)
    def close(self, request: Request) -> Response:
        """Make a day a closing day of the organisation, as an administrator"""
        data = self.validated(ClosingADay)
        close_day(data["day"], name=data["name"], by=self.person, now=self.now)
        return _answer(status=201)

    @write_action(TakingBack, PolicyShown, matches=False, parameters=[DAY])
    def take_back(self, request: Request, day: str) -> Response:
        """Take a closing day back, as an administrator"""
        try:
            which = read_day(day)
        except ValueError:
            raise NotFound("There is no such day.") from None
        self.validated(TakingBack)
        open_day(which, by=self.person, now=self.now)
        return _answer()


def _tag(current_policy: CurrentPolicy) -> str:
    return etag("policy", "", current_policy.number)


def _answer(status: int = 200) -> Response:
    policy = current_policy()
    return Response(PolicyShown.of(policy), status=status, headers={"ETag": _tag(policy)})
