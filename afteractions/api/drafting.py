"""The Learning Review while it is written: its sections, the comments on them, the vendors' part."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from afteractions.access import check_can_read_draft
from afteractions.api import answers, bodies, shown
from afteractions.api.preparing import PreparingCalls
from afteractions.models import AfterAction, Comment, Section, VendorFollowUp
from afteractions.operations.comments import add_comment
from afteractions.operations.drafting import confirm_section, save_section, section_content, section_warnings
from afteractions.operations.sections import section_key
from afteractions.queries import rca_dues
from afteractions.vocabulary import SectionKey
from majorops.instants import written
from majorops.refusal import BadInput
from majorops.web.api import etag, matched_version
from majorops.web.calls import verb

KEY = OpenApiParameter("key", str, OpenApiParameter.PATH, enum=SectionKey.keys())
ONE_SECTION = r"sections/(?P<key>[^/]+)"


class DraftCalls(PreparingCalls):
    """The calls on what one After Action's people write."""

    @extend_schema(parameters=[KEY], responses=answers.SectionShown)
    @action(detail=True, methods=["get"], url_path=ONE_SECTION)
    def section(self, request: Request, reference: str, key: str) -> Response:
        """One section as it stands

        Before the draft was ever distributed only its readers get one, others are refused (403). Derived sections
        (record_findings, learning_statements, action_items, vendors) are read only.
        """
        after_action = self.found()
        check_can_read_draft(self.person, after_action)
        return self.section_answer(after_action, key)

    @verb(bodies.SectionContent, answers.SectionShown, parameters=[KEY], overwrites=True)
    @section.mapping.put
    def save(self, request: Request, reference: str, key: str) -> Response:
        """Save one section

        If-Match is required (428), and a save of an older version is refused (412) with what stands there now in
        `current`. `root_cause`: {failure, contributing_factors, should_have_happened, certainty}. `expected`:
        {deviations: [{expected, actual, kind, reference?, assessment?, assessed_by?}], ways: [{text, kind}]}; a bare
        list is taken as deviations. `went_well`: [{text, kind}]. `summary`:
        {business_impact, customer_impact}. `changes`: [{id?, kind, gap, change, owner?, due_on?}]. `timeline`: {hidden,
        highlighted}. An owner or assessor whom nobody is known by is kept as `owner_text` or `assessed_by_text`, told
        in `warnings`, and refused only at the publication.
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
        said = self.read(bodies.SectionContent, scope=after_action.incident.reference)
        saved = save_section(
            after_action, key, said["content"], version=version, **self.moment(said.get("at"))
        )
        return self.section_answer(after_action, key, saved)

    @verb(bodies.When, answers.SectionShown, parameters=[KEY])
    @action(detail=True, methods=["post"], url_path=f"{ONE_SECTION}/confirm")
    def confirm(self, request: Request, reference: str, key: str) -> Response:
        """Confirm what was supposed to happen or the root cause, as the Technical Recovery Lead"""
        after_action = self.found()
        section_key(key)
        section = self.stands(after_action, key)
        version = matched_version(request, section_tag(section), section.version)
        said = self.read(bodies.When)
        confirmed = confirm_section(after_action, key, version=version, **self.moment(said.get("at")))
        return self.section_answer(after_action, key, confirmed)

    @extend_schema(responses=answers.CommentShown(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def comments(self, request: Request, reference: str) -> Response:
        """The comments on every section, oldest first"""
        after_action = self.found()
        check_can_read_draft(self.person, after_action)
        found = Comment.objects.filter(after_action=after_action).select_related(
            "by", "resolved_by", "revision"
        )
        return Response([shown.comment(each) for each in found])

    @verb(bodies.Commenting, answers.CommentShown, status=201, matches=False)
    @comments.mapping.post
    def comment(self, request: Request, reference: str) -> Response:
        """Comment on a section, or answer a comment"""
        after_action = self.found()
        said = self.read(bodies.Commenting)
        moment = self.moment(said.pop("at", None))
        number, parent = said.get("revision"), said.get("parent")
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
            section=said["section"],
            text=said["text"],
            revision=revision,
            parent=above,
            **moment,
        )
        return Response(shown.comment(made), status=201)

    @extend_schema(responses=answers.VendorShown(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def vendors(self, request: Request, reference: str) -> Response:
        """What each vendor of the incident still owes"""
        found = (
            VendorFollowUp.objects.filter(after_action=self.found())
            .select_related("engagement__vendor", "service_manager")
            .prefetch_related("items")
            .defer("rca_file")
        )
        dues = rca_dues(found)
        return Response([shown.vendor(each, dues.get(each.pk)) for each in found])

    def stands(self, after_action: AfterAction, key: str) -> Section:
        """The section as it stands; one that nobody wrote yet has version 1."""
        found = Section.objects.select_related("confirmed_by", "updated_by").filter(
            after_action=after_action, key=key
        )
        return next(iter(found.order_by()), None) or Section(after_action=after_action, key=key, version=1)

    def section_answer(self, after_action: AfterAction, key: str, section: Section | None = None) -> Response:
        content = section_content(after_action, key, now=self.now)
        section = section or self.stands(after_action, key)
        told: dict[str, Any] = {
            "key": key,
            "version": section.version,
            "confirmed_by": shown.named(section.confirmed_by),
            "updated_at": written(section.updated_at),
            "updated_by": shown.named(section.updated_by),
            "content": content,
            "warnings": [
                {"path": each.path, "message": each.message} for each in section_warnings(after_action, key)
            ],
        }
        return Response(told, headers={"ETag": section_tag(section)})


def section_tag(section: Section) -> str:
    """The entity tag of a section at its version."""
    return etag("section", f"{section.after_action_id}:{section.key}", section.version)
