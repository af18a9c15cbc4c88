"""The audit as a call: JSON in pages, or CSV."""

from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request

from afteractions.queries.audit import (
    COLUMNS,
    ORDER,
    AuditFilters,
    audit_entries,
    audit_lines,
    hidden_references,
    subject_kind,
    subject_of,
    values_of,
)
from incidents.views.context import reader_zone
from majorops.audit.models import AuditEntry
from majorops.audit.roads import Road
from majorops.web.api.outputs import Output, a_text
from majorops.web.api.viewsets import ApiViewSet
from majorops.web.spreadsheet import spreadsheet

BOUND = "An instant, or a day of your time zone, which counts whole."
FILTERS = [
    OpenApiParameter(
        "subject",
        str,
        description="A reference (of an incident: all that follows it too), or an e-mail address.",
    ),
    OpenApiParameter("by", str, description="The e-mail address of who did it, or `system`."),
    OpenApiParameter("verb", str, description="What was done, as it stands in an entry."),
    OpenApiParameter("since", str, description=BOUND),
    OpenApiParameter("until", str, description=BOUND),
]


class AuditRow(Output):
    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    by = serializers.CharField(allow_null=True, help_text="An e-mail address; null: the system.")
    road = serializers.ChoiceField(
        choices=Road.keys(), allow_null=True, help_text="How it came in; null: before that was kept."
    )
    verb = a_text()
    subject_kind = a_text()
    subject = a_text(
        help_text="A reference, of the incident where it has none of its own, or an e-mail address; else its name then."
    )
    before = serializers.DictField(help_text="The fields that changed.")
    after = serializers.DictField()
    reason = a_text()

    def get_road(self, entry: AuditEntry) -> str | None:
        return entry.road or None

    def get_subject_kind(self, entry: AuditEntry) -> str:
        return subject_kind(entry)

    def get_subject(self, entry: AuditEntry) -> str:
        return subject_of(entry)

    def get_before(self, entry: AuditEntry) -> dict[str, Any]:
        return values_of(entry, 0, self.context["hidden"])

    def get_after(self, entry: AuditEntry) -> dict[str, Any]:
        return values_of(entry, 1, self.context["hidden"])


class CsvRenderer(BaseRenderer):
    """Chosen by `Accept: text/csv`; refusals come in it too, as their sentence."""

    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> bytes:
        return str(data.get("detail", "")).encode()


class Audit(ApiViewSet):
    """Who changed what, when and by which road."""

    queryset = AuditEntry.objects.none()
    ordering = ORDER
    renderer_classes = [JSONRenderer, CsvRenderer]

    @extend_schema(
        parameters=FILTERS,
        responses={(200, "application/json"): AuditRow(many=True), (200, "text/csv"): OpenApiTypes.STR},
    )
    def list(self, request: Request) -> HttpResponseBase:
        """The audit, the newest first; for auditors and administrators

        `Accept: text/csv` gives all that fits in one file (at most 20,000 rows), with the same columns.
        """
        filters = AuditFilters.read(request.query_params.dict(), reader_zone(self.person))
        entries, hidden = audit_entries(self.person, filters), hidden_references(self.person)
        if getattr(request.accepted_renderer, "format", "") == "csv":
            return spreadsheet("audit.csv", COLUMNS, audit_lines(entries, hidden))
        rows = AuditRow.all(self.paginate_queryset(entries), hidden=hidden)
        return self.get_paginated_response(rows)
