"""The rows of the sections that have some, as calls: each with a version of its own."""

from typing import Any

from django.db import transaction
from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from afteractions.access import check_can_read_draft
from afteractions.api import outputs, serializers
from afteractions.api.drafting import ONE_SECTION, DraftViewSet
from afteractions.models import AfterAction
from afteractions.operations.review.rows import (
    SavedRow,
    add_row,
    change_row,
    move_row,
    remove_row,
    row_as_it_stands,
)
from afteractions.rules.review.rows import LISTS
from majorops.errors import BadInput
from majorops.web.api.envelope import etag, matched_version
from majorops.web.api.viewsets import write_action

KEY = OpenApiParameter("key", str, OpenApiParameter.PATH, enum=[key.value for key in LISTS])
ROW = OpenApiParameter("row", str, OpenApiParameter.PATH, description="The `id` of a row.")
ROW_SHOWN = PolymorphicProxySerializer(
    "Row",
    [outputs.ChangeRowShown, outputs.DeviationRowShown, outputs.TextRowShown],
    resource_type_field_name=None,
)
ROWS = f"{ONE_SECTION}/rows"
ONE_ROW = rf"{ROWS}/(?P<row>[^/]+)"


class RowsViewSet(DraftViewSet):
    """The calls on single rows: what one person writes in one row no other row is stale by."""

    @write_action(serializers.RowContent, ROW_SHOWN, status=201, matches=False, parameters=[KEY])
    @action(detail=True, methods=["post"], url_path=ROWS)
    def add_row(self, request: Request, reference: str, key: str) -> Response:
        """Add a row to a section

        Before the row `before`, or at the end. A row of `expected` with a `text` is a way to have detected sooner or
        responded better, any other a deviation. An owner or assessor whom nobody is known by is kept as `owner_text`
        or `assessed_by_text`, told in `warnings`, and refused only at the publication.
        """
        after_action = self.readable()
        data = self.validated(serializers.RowContent)
        added = add_row(
            after_action,
            key,
            fields_of(data),
            before=data.get("before"),
            **self.moment(data.get("at")),
        )
        path = f"/api/v1/after-actions/{reference}/sections/{key}/rows/{added.id}/"
        return row_answer(added, status=201, location=request.build_absolute_uri(path))

    @extend_schema(parameters=[KEY, ROW], responses=ROW_SHOWN)
    @action(detail=True, methods=["get"], url_path=ONE_ROW)
    def row(self, request: Request, reference: str, key: str, row: str) -> Response:
        """One row of a section as it stands"""
        return row_answer(row_as_it_stands(self.readable(), key, row, now=self.now))

    @write_action(serializers.RowContent, ROW_SHOWN, parameters=[KEY, ROW])
    @row.mapping.patch
    def change_row(self, request: Request, reference: str, key: str, row: str) -> Response:
        """Change what one row says, or move it

        What is left out stays. A save of an older version of this row is refused (412) with what it says now in
        `current`; a save of another row, or a move, makes none of it old. `before` moves the row: before another, or
        with null to the end.
        """
        after_action = self.readable()
        version = self.row_version(after_action, key, row)
        data = self.validated(serializers.RowContent)
        fields, moment = fields_of(data), self.moment(data.get("at"))
        if not fields and "before" not in data:
            raise BadInput.of("", "Say what changes: a field of the row, or `before`.")
        with transaction.atomic():
            if fields:
                saved = change_row(after_action, key, row, fields, version=version, **moment)
                version = None
            if "before" in data:
                saved = move_row(after_action, key, row, before=data["before"], version=version, **moment)
        return row_answer(saved)

    @write_action(serializers.When, {204: None}, parameters=[KEY, ROW])
    @row.mapping.delete
    def remove_row(self, request: Request, reference: str, key: str, row: str) -> Response:
        """Take one row out of a section; every text that it had is kept"""
        after_action = self.readable()
        version = self.row_version(after_action, key, row)
        data = self.validated(serializers.When)
        remove_row(after_action, key, row, version=version, **self.moment(data.get("at")))
        return Response(status=204)

    def readable(self) -> AfterAction:
        """The After Action, for whoever may read its draft."""
        after_action = self.found()
        check_can_read_draft(self.person, after_action)
        return after_action

    def row_version(self, after_action: AfterAction, key: str, row: str) -> int | None:
        """The version of the row that the caller read; None where nothing is said of it."""
        stands = row_as_it_stands(after_action, key, row, now=self.now)

        def current() -> dict[str, Any]:
            return {"content": stands.content, "version": stands.version}

        return matched_version(self.request, row_tag(stands), stands.version, content=current)


def fields_of(data: dict[str, Any]) -> dict[str, Any]:
    """What is said of the row itself."""
    return {name: data[name] for name in serializers.ROW_FIELDS if name in data}


def row_tag(row: SavedRow) -> str:
    """The entity tag of a row at its version."""
    return etag("row", f"{row.section.after_action_id}:{row.section.key}:{row.id}", row.version)


def row_answer(row: SavedRow, *, status: int = 200, location: str = "") -> Response:
    """The row as it stands, with its tag."""
    shapes: tuple[type[outputs.RowShown], ...] = (outputs.ChangeRowShown, outputs.DeviationRowShown)
    shape = next((each for each in shapes if set(row.content) - {"id"} <= set(each().fields)), None)
    given = (shape or outputs.TextRowShown).of(
        {**row.content, "version": row.version, "warnings": row.warnings}
    )
    headers = {"ETag": row_tag(row), **({"Location": location} if location else {})}
    return Response(given, status=status, headers=headers)
