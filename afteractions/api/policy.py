"""The policy of warnings and escalation and the business calendar: everybody reads, administrators change."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from afteractions.api import outputs
from afteractions.models import PolicyVersion
from afteractions.operations.current_policy import InForce, in_force
from afteractions.operations.enforcement.policy import change_policy, close_day, closing_days, open_day
from afteractions.operations.enforcement.recalculation import computed_earlier
from afteractions.rules.deadlines.policy import DEFAULT, document
from majorops.errors import NotFound
from majorops.formatting.instants import read_day, written
from majorops.web.api.envelope import etag, matched_version
from majorops.web.api.output_types import Answer, a_person, a_text, maybe_instant
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


class KindShown(Answer):
    warnings = serializers.ListField(child=a_text(), help_text=WARNINGS)
    managers = serializers.IntegerField()
    default_warnings = serializers.ListField(child=a_text())
    default_managers = serializers.IntegerField()


class ClosingDayShown(Answer):
    day = serializers.DateField()
    name = a_text()
    by = a_person(allow_null=True)
    at = serializers.DateTimeField()


class PolicyShown(Answer):
    version = serializers.IntegerField()
    since = maybe_instant()
    by = a_person(allow_null=True)
    stride = serializers.IntegerField()
    remind_every = serializers.IntegerField()
    status_updates = serializers.DictField(
        child=serializers.IntegerField(), help_text="Minutes, by severity, while an incident runs."
    )
    kinds = serializers.DictField(child=KindShown())
    holidays = a_text()
    closing_days = ClosingDayShown(many=True)
    is_applied = serializers.BooleanField(help_text="Whether everything that is open follows it by now.")


class PolicyCalls(ApiViewSet):
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
        standing = in_force()
        version = matched_version(
            request, _tag(standing), standing.number, required=True, content=lambda: _shown(standing)
        )
        said = self.read(ChangingPolicy)
        reason = said.pop("reason")
        change_policy(said, reason=reason, by=self.person, now=self.now, version=version)
        return _answer()

    @write_action(ClosingADay, PolicyShown, status=201, matches=False)
    def close(self, request: Request) -> Response:
        """Make a day a closing day of the organisation, as an administrator"""
        said = self.read(ClosingADay)
        close_day(said["day"], name=said["name"], by=self.person, now=self.now)
        return _answer(status=201)

    @write_action(TakingBack, PolicyShown, matches=False, parameters=[DAY])
    def take_back(self, request: Request, day: str) -> Response:
        """Take a closing day back, as an administrator"""
        try:
            which = read_day(day)
        except ValueError:
            raise NotFound("There is no such day.") from None
        self.read(TakingBack)
        open_day(which, by=self.person, now=self.now)
        return _answer()


def _tag(standing: InForce) -> str:
    return etag("policy", "", standing.number)


def _answer(status: int = 200) -> Response:
    standing = in_force()
    return Response(_shown(standing), status=status, headers={"ETag": _tag(standing)})


def _shown(standing: InForce) -> dict[str, Any]:
    said, default = document(standing.policy), document(DEFAULT)
    newest = PolicyVersion.objects.select_related("by").filter(number=standing.number).first()
    return {
        "version": standing.number,
        "since": written(standing.at),
        "by": outputs.named(newest.by if newest else None),
        "stride": said["stride"],
        "remind_every": said["remind_every"],
        "status_updates": said["status_updates"],
        "kinds": {
            kind: {
                **rule,
                "default_warnings": default["kinds"][kind]["warnings"],
                "default_managers": default["kinds"][kind]["managers"],
            }
            for kind, rule in said["kinds"].items()
        },
        "holidays": standing.calendar.code,
        "closing_days": [
            {
                "day": each.day.isoformat(),
                "name": each.name,
                "by": outputs.named(each.version.by),
                "at": written(each.version.at),
            }
            for each in closing_days()
        ],
        "is_applied": not computed_earlier().exists(),
    }
