"""The page of the audit: who changed what, filtered, in pages, and as CSV."""

from typing import Any

from django.apps import apps
from django.http import HttpResponseBase
from django.shortcuts import render

from afteractions.queries.audit import (
    COLUMNS,
    ORDER,
    AuditFilters,
    audit_entries,
    audit_lines,
    hidden_references,
    is_looked_up,
    require_audit_reader,
    subject_of,
    without_hidden,
)
from afteractions.views.reading.history import entry_shown
from incidents.views.context import reader_zone
from majorops import clock
from majorops.audit.models import AuditEntry
from majorops.errors import BadInput
from majorops.web.pagination import paginate
from majorops.web.signed_in import GET, SignedInRequest, signed_in
from majorops.web.spreadsheet import spreadsheet

FILTERS = ("subject", "by", "verb", "since", "until")


@signed_in(GET)
def audit(request: SignedInRequest) -> HttpResponseBase:
    """For auditors and administrators; `?format=csv` gives all that fits."""
    person, zone, now = request.user, reader_zone(request.user), clock.now()
    require_audit_reader(person)
    data = {name: request.GET.get(name, "").strip() for name in FILTERS}
    context: dict[str, Any] = {
        "filters": data,
        "is_filtered": any(data.values()),
        "administers": person.is_administrator,
    }
    try:
        entries = audit_entries(person, AuditFilters.read(data, zone))
        hidden = hidden_references(person)
        if request.GET.get("format") == "csv":
            return spreadsheet("audit.csv", COLUMNS, audit_lines(entries, hidden))
        page = paginate(entries, ORDER, request.GET.get("cursor", ""))
    except BadInput as refusal:
        return render(
            request, "afteractions/administration/audit.html", {**context, "refusal": refusal}, status=400
        )

    def shown(entry: AuditEntry) -> dict[str, Any]:
        entry.changes = without_hidden(entry.changes, hidden)
        return {
            **entry_shown(entry, zone, now),
            "subject": subject_of(entry),
            "subject_words": apps.get_model(entry.subject_type)._meta.verbose_name,
            "linked": is_looked_up(entry),
        }

    context["rows"] = [shown(entry) for entry in page.rows]
    return render(
        request,
        "afteractions/administration/audit.html",
        {**context, "next": page.following, "previous": page.preceding},
    )
