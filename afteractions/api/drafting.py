"""The Learning Review while it is written: its sections, the comments on them, the vendors' part."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from afteractions.access import check_can_read_draft
from afteractions.api import outputs, serializers
from afteractions.api.followup.outputs import VendorShown
from afteractions.api.preparing import PreparationViewSet
from afteractions.models import AfterAction, Comment, Section, VendorFollowUp
from afteractions.operations.readers.comments import add_comment
from afteractions.operations.review.section_editing import (
    confirm_section,
    save_section,
    section_content,
    section_warnings,
)
from afteractions.operations.review.sections import section_key
from afteractions.queries.after_actions import rca_dues
from afteractions.vocabulary import SectionKey
from majorops.errors import BadInput
from majorops.web.api.envelope import etag, matched_version
from majorops.web.api.viewsets import write_action

KEY = OpenApiParameter("key", str, OpenApiParameter.PATH, enum=SectionKey.keys())
ONE_SECTION = r"sections/(?P<key>[^/]+)"


class DraftViewSet(PreparationViewSet):
    """The calls on what one After Action's people write."""

    @extend_schema(parameters=[KEY], responses=outputs.SectionShown)
    @action(detail=True, methods=["get"], url_path=ONE_SECTION)
    def section(self, request: Request, reference: str, key: str) -> Response:
        """One section as it stands

        Before the draft was ever distributed only its readers get one, others are refused (403). Derived sections
        (record_findings, learning_statements, action_items, vendors) are read only.
        """
        after_action = self.found()
        check_can_read_draft(self.person, after_action)
        return self.section_answer(after_action, key)

    @write_action(serializers.SectionContent, outputs.SectionShown, parameters=[KEY], overwrites=True)
    @section.mapping.put
    def save(self, request: Request, reference: str, key: str) -> Response:
        """Save one section

        If-Match is required (428), and a save of an older version is refused (412) with what stands there now in
        `current`. `root_cause`: {failure, contributing_factors, should_have_happened, certainty}. `expected`:
        {deviations: [{expected, actual, kind, reference?, assessment?, assessed_by?}], ways: [{text, kind}]}; a bare
        list is taken as deviations. `went_well`: [{text, kind}]. Each row is given with its `id`; one that comes
        without is the row that said the same, or stood at its place, else a new one. `summary`:
        {business_impact, customer_impact}. `changes`: [{id?, kind, gap, change, owner?, due_on?, effect?, look_on?,
        strength?, takes_up?}]; unless they are said `look_on` is 30 days after `due_on`, `strength` (stronger,
        intermediate, weaker) as the words propose, and a new change takes up the only one that was not effective.
        `timeline`: {hidden, highlighted}. An owner or assessor whom nobody is known by is
        kept as `owner_text` or `assessed_by_text`, told in `warnings`, and refused only at the publication.
        """
        after_action = self.found()
        check_can_read_draft(self.person, after_action)
        section_key(key)
        section = self.stands(after_action, key)

        def current() -> dict[str, Any]:
            content = section_content(after_action, key, now=self.now)
            return {"content": content, "version": section.version}

        version = matched_version(
            request, section_tag(section), section.version, required=True, content=current
        )
        data = self.validated(serializers.SectionContent, scope=after_action.incident.reference)
        saved = save_section(
            after_action, key, data["content"], version=version, **self.moment(data.get("at"))
        )
        return self.section_answer(after_action, key, saved)

    @write_action(serializers.When, outputs.SectionShown, parameters=[KEY])
    @action(detail=True, methods=["post"], url_path=f"{ONE_SECTION}/confirm")
    def confirm(self, request: Request, reference: str, key: str) -> Response:
        """Confirm what was supposed to happen or the root cause, as the Technical Recovery Lead"""
        after_action = self.found()
        section_key(key)
        section = self.stands(after_action, key)
        version = matched_version(request, section_tag(section), section.version)
        data = self.validated(serializers.When)
        confirmed = confirm_section(after_action, key, version=version, **self.moment(data.get("at")))
        return self.section_answer(after_action, key, confirmed)

    @extend_schema(responses=outputs.CommentShown(many=True))
    @action(detail=True, methods=["get"], ordering=("at", "id"))
    def comments(self, request: Request, reference: str) -> Response:
        """The comments on every section, oldest first"""
        after_action = self.found()
        check_can_read_draft(self.person, after_action)
        comments = Comment.objects.filter(after_action=after_action).select_related(
            "by", "resolved_by", "revision"
        )
        return self.paginated(outputs.CommentShown, comments)

    @write_action(serializers.Commenting, outputs.CommentShown, status=201, matches=False)
    @comments.mapping.post
    def comment(self, request: Request, reference: str) -> Response:
        """Comment on a section or a row of it, or answer a comment"""
        after_action = self.found()
        data = self.validated(serializers.Commenting)
        moment = self.moment(data.pop("at", None))
        number, parent = data.get("revision"), data.get("parent")
        revision = after_action.revisions.filter(number=number).first() if number is not None else None
        above = (
            Comment.objects.filter(after_action=after_action, pk=parent).first()
            if parent is not None
            else None
        )
        if number is not None and revision is None:
            raise BadInput.of("revision", f"There is no revision {number} of {after_action.reference}.")
        if parent is not None and above is None:
            raise BadInput.of("parent", "There is no such comment on this After Action.")
        made = add_comment(
            after_action,
            section=data["section"],
            text=data["text"],
            row=data.get("row") or "",
            revision=revision,
            parent=above,
            **moment,
        )
        return Response(outputs.CommentShown.of(made), status=201)

    @extend_schema(responses=VendorShown(many=True))
    @action(detail=True, methods=["get"], ordering=("id", "engagement_id"))
    def vendors(self, request: Request, reference: str) -> Response:
        """What each vendor of the incident still owes"""
        vendor_follow_ups = (
            VendorFollowUp.objects.filter(after_action=self.found())
            .select_related("engagement__vendor", "service_manager")
            .with_items_for(self.person)
        )
        rows = self.paginate_queryset(vendor_follow_ups)
        return self.get_paginated_response(VendorShown.all(rows, dues=rca_dues(rows)))

    def stands(self, after_action: AfterAction, key: str) -> Section:
        """The section as it stands; one that nobody wrote yet has version 1."""
        sections = Section.objects.select_related("confirmed_by", "updated_by").filter(
            after_action=after_action, key=key
        )
        return next(iter(sections.order_by()), None) or Section(after_action=after_action, key=key, version=1)

    def section_answer(self, after_action: AfterAction, key: str, section: Section | None = None) -> Response:
        content = section_content(after_action, key, now=self.now)
        section = section or self.stands(after_action, key)
        given = outputs.SectionShown.of(
            section, content=content, warnings=section_warnings(after_action, key)
        )
        return Response(given, headers={"ETag": section_tag(section)})


def section_tag(section: Section) -> str:
    """The entity tag of a section at its version."""
    return etag("section", f"{section.after_action_id}:{section.key}", section.version)
