"""What goes on after the meeting: action items, vendors, comments; and the wording check."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from afteractions.access import can_follow_up
from afteractions.api import serializers
from afteractions.api.followup import outputs
from afteractions.api.outputs import CommentShown, Findings
from afteractions.api.preparing import MULTIPART
from afteractions.models import AfterAction, Change, Comment, VendorFollowUp, VendorItem
from afteractions.operations.followup.actions import (
    cancel_action,
    complete_action,
    extend_action,
    report_progress,
    settle_item,
    start_action,
)
from afteractions.operations.followup.effects import check_effect
from afteractions.operations.followup.proposals import decline, propose
from afteractions.operations.followup.vendors import (
    FOLLOWERS_ONLY,
    add_item,
    attach_rca,
    close_item,
    move_item,
    plan_rca,
)
from afteractions.operations.readers.comments import resolve_comment
from afteractions.operations.review.wording import check_wording
from afteractions.queries.after_actions import action_list, actions_visible_to, rca_dues
from afteractions.rules.review.files import LARGEST_FILE
from afteractions.vocabulary import ActionStatus
from afteractions.wording.check import Checked
from incidents.access import get_incident
from majorops.errors import BadInput, NotAllowed, NotFound
from majorops.people.models import Person
from majorops.prepared import prepared
from majorops.web.api.envelope import etag, matched_version
from majorops.web.api.serializers import TooLarge
from majorops.web.api.viewsets import ApiViewSet, write_action

ITEM_FILTERS = [
    OpenApiParameter("owner", str, description="The e-mail address of the owner."),
    OpenApiParameter("status", str, enum=ActionStatus.keys()),
    OpenApiParameter("overdue", bool),
    OpenApiParameter("incident", str, description="The reference of the incident."),
]

ITEM = OpenApiParameter("item", int, OpenApiParameter.PATH, description="The id of the open item.")


@prepared
def _item(*, person: Person, reference: str) -> QuerySet[Change]:
    rows = actions_visible_to(person).filter(reference=reference)
    return rows.select_related("owner", "after_action__incident__mim", "after_action__owner")


def _follow_ups(person: Person) -> QuerySet[VendorFollowUp]:
    return (
        VendorFollowUp.objects.filter(after_action__in=AfterAction.objects.visible_to(person))
        .select_related(
            "engagement__vendor", "service_manager", "after_action__incident__mim", "after_action__owner"
        )
        .with_items_for(person)
    )


@prepared
def _follow_up(*, person: Person, pk: int) -> QuerySet[VendorFollowUp]:
    return _follow_ups(person).filter(pk=pk)


class ActionItems(ApiViewSet):
    """The action items of agreed reviews, by their reference."""

    queryset = Change.objects.none()
    lookup_field = "reference"
    ordering = ("due_on", "id")

    def found(self) -> Change:
        for item in _item(person=self.person, reference=self.kwargs["reference"]):
            return item
        raise NotFound("There is no such action item that you may see.")

    @extend_schema(parameters=ITEM_FILTERS, responses=outputs.ActionItem(many=True))
    def list(self, request: Request) -> Response:
        """The action items that you may see, the earliest due first"""
        queryset = action_list(self.person, request.query_params, at=self.now).filter(due_on__isnull=False)
        return self.paginated(outputs.ActionItem, queryset)

    @extend_schema(responses=outputs.ActionItem)
    def retrieve(self, request: Request, reference: str) -> Response:
        """One action item"""
        return self.answer(self.found())

    @write_action(serializers.When, outputs.ActionItem)
    @action(detail=True, methods=["post"])
    def start(self, request: Request, reference: str) -> Response:
        """Begin to work on it"""
        return self.act(start_action, serializers.When)

    @extend_schema(responses=outputs.Progress(many=True))
    @action(detail=True, methods=["get"], ordering=("-at", "-id"))
    def progress(self, request: Request, reference: str) -> Response:
        """What was said of its progress, the latest first"""
        return self.paginated(outputs.Progress, self.found().progress.select_related("by"))

    @write_action(serializers.Progress, outputs.Progress, status=201)
    @action(detail=True, methods=["post"], url_path="report-progress")
    def report_progress(self, request: Request, reference: str) -> Response:
        """Say how far it is, while it is in progress

        Kept in its history; the owner of the After Action is told. Its status and its date stay.
        """
        made = self.take(report_progress, serializers.Progress)
        return Response(outputs.Progress.of(made), status=201)

    @write_action(serializers.Completing, outputs.ActionItem)
    @action(detail=True, methods=["post"])
    def complete(self, request: Request, reference: str) -> Response:
        """Done, with the evidence; learned once its effect was seen"""
        return self.act(complete_action, serializers.Completing)

    @write_action(serializers.CheckingEffect, outputs.ActionItem)
    @action(detail=True, methods=["post"])
    def effect(self, request: Request, reference: str) -> Response:
        """Say what was seen of its effect

        By the owner of the After Action, or the MIM. `effective` makes a learning of it that is done; after
        `not_effective` another change of the same review is asked for. Said again, the last counts.
        """
        return self.act(check_effect, serializers.CheckingEffect)

    @write_action(serializers.Extending, outputs.ActionItem)
    @action(detail=True, methods=["post"])
    def extend(self, request: Request, reference: str) -> Response:
        """Move the due date, with the reason"""
        return self.act(extend_action, serializers.Extending)

    @write_action(serializers.WithReason, outputs.ActionItem)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, reference: str) -> Response:
        """Cancel it, with the reason"""
        return self.act(cancel_action, serializers.WithReason)

    @write_action(serializers.Settling, outputs.ActionItem)
    @action(detail=True, methods=["post"])
    def settle(self, request: Request, reference: str) -> Response:
        """Settle it at the 30-day review

        `done` takes the `evidence`, `extended` a new `due_on` and the `reason`, `cancelled` the `reason`.
        """
        return self.act(settle_item, serializers.Settling)

    @extend_schema(responses=outputs.Proposal(many=True))
    @action(detail=True, methods=["get"], ordering=("-at", "-id"))
    def proposals(self, request: Request, reference: str) -> Response:
        """What was proposed for its reviews, the latest first, with the MIM's answers"""
        return self.paginated(outputs.Proposal, self.found().proposals.select_related("by", "answered_by"))

    @write_action(serializers.Proposing, outputs.Proposal, status=201)
    @action(detail=True, methods=["post"])
    def propose(self, request: Request, reference: str) -> Response:
        """Propose how it is settled at the 30-day review

        By its owner, with what the disposition itself would take; the MIM accepts it by settling the same, settles it
        otherwise, or declines it.
        """
        made = self.take(propose, serializers.Proposing)
        return Response(outputs.Proposal.of(made), status=201)

    @write_action(serializers.Declining, outputs.Proposal)
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, reference: str) -> Response:
        """Decline what its owner proposed, with a word"""
        answered = self.take(decline, serializers.Declining)
        return Response(outputs.Proposal.of(answered))

    def act(self, operation: Callable[..., Any], body: type[serializers.When]) -> Response:
        self.take(operation, body)
        return self.answer(self.found())

    def take(self, operation: Callable[..., Any], body: type[serializers.When]) -> Any:
        """What the operation makes of the item of the address."""
        item = self.found()
        data = self.validated(body)
        version = matched_version(self.request, item_tag(item), item.version)
        return operation(item, version=version, **self.moment(data.pop("at", None)), **data)

    def answer(self, item: Change) -> Response:
        return Response(outputs.ActionItem.of(item), headers={"ETag": item_tag(item)})


def item_tag(item: Change) -> str:
    return etag("action-item", item.pk, item.version)


class Vendors(ApiViewSet):
    """What vendors still owe on the incidents that you may see."""

    queryset = VendorFollowUp.objects.none()
    lookup_value_regex = "[0-9]{1,18}"
    ordering = ("-id", "-engagement_id")

    def found(self, pk: str) -> VendorFollowUp:
        for follow_up in _follow_up(person=self.person, pk=int(pk)):
            return follow_up
        raise NotFound("There is no such follow-up that you may see.")

    @extend_schema(responses=outputs.VendorShown(many=True))
    def list(self, request: Request) -> Response:
        """What vendors still owe, the latest first"""
        rows = self.paginate_queryset(_follow_ups(self.person))
        return self.get_paginated_response(outputs.VendorShown.all(rows, dues=rca_dues(rows)))

    @extend_schema(responses=outputs.VendorShown)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One vendor's follow-up"""
        return self.answer(pk)

    @write_action(serializers.PlanningRca, outputs.VendorShown)
    @action(detail=True, methods=["post"])
    def plan(self, request: Request, pk: str) -> Response:
        """Say who follows up, by when the RCA is due, and whether the root cause is the vendor's"""
        follow_up = self.found(pk)
        data = {
            key: value for key, value in self.validated(serializers.PlanningRca).items() if value is not None
        }
        tag = etag("vendor", follow_up.pk, follow_up.version)
        version = matched_version(request, tag, follow_up.version)
        plan_rca(follow_up, version=version, **self.moment(data.pop("at", None)), **data)
        return self.answer(pk)

    @write_action(serializers.AddingItem, outputs.VendorShown, status=201, matches=False)
    @action(detail=True, methods=["post"])
    def items(self, request: Request, pk: str) -> Response:
        """Add an open item with its date: "waiting on them" is none"""
        data = self.validated(serializers.AddingItem)
        add_item(self.found(pk), **self.moment(data.pop("at", None)), **data)
        return self.answer(pk, status=201)

    @write_action(serializers.ClosingItem, outputs.VendorShown, matches=False, parameters=[ITEM])
    @action(detail=True, methods=["post"], url_path="items/(?P<item>[0-9]+)/close")
    def close_item(self, request: Request, pk: str, item: str) -> Response:
        """Close an open item: the vendor delivered, and `outcome` says what"""
        data = self.validated(serializers.ClosingItem)
        close_item(self.item(pk, item), outcome=data["outcome"], **self.moment(data.get("at")))
        return self.answer(pk)

    @write_action(serializers.MovingItem, outputs.VendorShown, matches=False, parameters=[ITEM])
    @action(detail=True, methods=["post"], url_path="items/(?P<item>[0-9]+)/move")
    def move_item(self, request: Request, pk: str, item: str) -> Response:
        """Give an open item another date: the vendor committed to one, or ours passed, and `note` says why"""
        vendor_item = self.item(pk, item)
        data = self.validated(serializers.MovingItem)
        data["note"] = data.get("note") or ""
        move_item(vendor_item, **self.moment(data.pop("at", None)), **data)
        return self.answer(pk)

    def item(self, pk: str, item: str) -> VendorItem:
        """The open item of the address. Raises NotFound."""
        follow_up = self.found(pk)
        vendor_item = follow_up.items.filter(pk=int(item[:18])).first()
        if vendor_item is None:
            raise NotFound("This vendor owes no such item.")
        vendor_item.follow_up = follow_up
        return vendor_item

    @write_action({MULTIPART: serializers.AttachingRca}, outputs.VendorShown, status=201, matches=False)
    @action(detail=True, methods=["post"], parser_classes=[MultiPartParser])
    def rca(self, request: Request, pk: str) -> Response:
        """Attach the vendor's RCA: a PDF of at most 25 MB, as the file of a form

        It becomes an appendix of the Learning Review. Once that is published this makes a new revision.
        """
        follow_up = self.found(pk)
        if not can_follow_up(self.person, follow_up):
            raise NotAllowed(FOLLOWERS_ONLY)
        file = self.validated(serializers.AttachingRca)["file"]
        if (file.size or 0) > LARGEST_FILE:
            raise TooLarge("The RCA is larger than 25 MB: ask the vendor for a smaller file.")
        attach_rca(follow_up, name=file.name or "", content=file.read(), **self.moment())
        return self.answer(pk, status=201)

    def answer(self, pk: str, status: int = 200) -> Response:
        follow_up = self.found(pk)
        tag = etag("vendor", follow_up.pk, follow_up.version)
        given = outputs.VendorShown.of(follow_up, dues=rca_dues([follow_up]))
        return Response(given, status=status, headers={"ETag": tag})


class Comments(ApiViewSet):
    """Comments, whatever After Action they belong to."""

    queryset = Comment.objects.none()
    lookup_value_regex = "[0-9]{1,18}"
    ordering = ("-at", "-id")

    def visible(self) -> Any:
        readable = AfterAction.objects.visible_to(self.person).with_readable_draft(self.person)
        return Comment.objects.filter(after_action__in=readable).select_related(
            "by", "resolved_by", "revision", "after_action__incident__mim", "after_action__owner"
        )

    @extend_schema(responses=CommentShown(many=True))
    def list(self, request: Request) -> Response:
        """The comments that you may see, the latest first"""
        return self.paginated(CommentShown, self.visible())

    @write_action(serializers.Resolving, CommentShown, matches=False)
    @action(detail=True, methods=["post"])
    def resolve(self, request: Request, pk: str) -> Response:
        """Settle a thread, or take it up again"""
        comment = self.visible().filter(pk=int(pk)).first()
        if comment is None:
            raise NotFound("There is no such comment that you may see.")
        data = self.validated(serializers.Resolving)
        resolve_comment(comment, resolved=data.get("resolved", True), **self.moment(data.get("at")))
        return Response(CommentShown.of(self.visible().get(pk=comment.parent_id or comment.pk)))


class Wording(ApiViewSet):
    """The check of words, as the draft shows it while one types."""

    @extend_schema(request=serializers.Wording, responses={200: Findings})
    def create(self, request: Request) -> Response:
        """Check the words of a root cause or a learning statement

        Names of people block the distribution; what merely looks like one, blame without a name, and learnings without
        owner, date or a specific change are said. Offsets are in code points, the end exclusive.
        """
        data = self.validated(serializers.Wording)
        incident = None
        if data.get("incident"):
            try:
                incident = get_incident(self.person, data["incident"])
            except NotFound as absent:
                raise BadInput.of("incident", absent.sentence) from None
        findings = check_wording(Checked(data["section"]), data["text"], incident=incident)
        return Response(Findings.of({"findings": findings}))
