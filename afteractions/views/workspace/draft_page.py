"""The draft as one page: all its sections in order, and beside each its questions, hints, gaps and comments."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from afteractions.models import Change, Section
from afteractions.operations.review.section_editing import CONFIRMED
from afteractions.operations.review.sections import LONGEST_OWNER, LONGEST_TEXT, WRITTEN
from afteractions.queries.discussions import Discussion
from afteractions.rules.review.questions import PROMPTS
from afteractions.rules.review.readiness import before_publishing
from afteractions.rules.review.root_cause import texts_of
from afteractions.rules.review.rows import LISTS, content_of, lists_of
from afteractions.views.reading.pictures import drawn
from afteractions.views.workspace.close_out import lines_beside
from afteractions.views.workspace.context import Workspace
from afteractions.views.workspace.section_forms import SectionForm, shown
from afteractions.views.workspace.taking import rows_to_take
from afteractions.views.workspace.workspace import opened_discussions, url_of
from afteractions.vocabulary import ChangeKind, SectionKey, Status
from afteractions.wording.check import Checked, Finding, FindingKind, check
from incidents.rules.gaps.findings import gap_findings
from majorops.people.models import Person
from majorops.web.window import window

# What the record and the changes give; the rest is written.
FOLLOWS = {
    SectionKey.RECORD_FINDINGS: "from the record",
    SectionKey.TIMELINE: "from the record",
    SectionKey.LEARNING_STATEMENTS: "from the changes",
    SectionKey.ACTION_ITEMS: "from the changes",
    SectionKey.VENDORS: "from the record",
}
# Beside these stand all gaps of the record, beside the others those that concern them.
ALL_GAPS = (SectionKey.CHANGES, SectionKey.RECORD_FINDINGS)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A save that was refused, or kept in part: the form as it was typed and, where two texts met, both of them with
    the version that stands."""

    form: SectionForm
    conflict: dict[str, Any] | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the page: what stands in it, and what stands beside it."""

    key: SectionKey
    section: Section | None
    version: int
    save_url: str
    form: SectionForm | None
    conflict: dict[str, Any] | None
    refused: bool
    content: Any
    confirms: bool
    hints: list["Hints"]
    gaps: list[dict[str, Any]]
    rows_to_take: list[dict[str, Any]]
    close_out: list[dict[str, Any]]
    discussion: Discussion | None

    @property
    def rows_to_discuss(self) -> list[tuple[str, str]]:
        """The rows that a comment can hang on, each with what it says first."""
        return (self.form and self.form.first_words) or []

    @property
    def written(self) -> bool:
        return self.key in WRITTEN

    @property
    def has_rows(self) -> bool:
        return self.key in LISTS

    @property
    def confirmable(self) -> bool:
        return self.key in CONFIRMED

    @property
    def prompts(self) -> tuple[str, ...]:
        return PROMPTS[self.key]


def page_context(
    request: HttpRequest, workspace: Workspace, refusal: Refusal | None = None
) -> dict[str, Any]:
    """All sections, the contents, and the picture and the entries of the timeline."""
    discussions = opened_discussions(request, workspace)
    gaps = _gaps(workspace)
    parts = [
        _part(
            workspace,
            key,
            gaps,
            discussions.get(key),
            refusal if refusal and refusal.form.key is key else None,
        )
        for key in SectionKey
    ]
    return {
        "parts": parts,
        "toc": toc(workspace),
        "longest": LONGEST_TEXT,
        "longest_owner": LONGEST_OWNER,
        "published": workspace.after_action.published_at is not None,
        **_timeline(request, workspace),
    }


def _part(
    workspace: Workspace,
    key: SectionKey,
    gaps: list[dict[str, Any]],
    discussion: Discussion | None,
    refusal: Refusal | None,
) -> Part:
    section = workspace.review.sections.get(key)
    given = key is SectionKey.SUMMARY or key not in WRITTEN
    stored = form_of(workspace, key)
    if discussion and stored and key in LISTS:
        texts = dict(stored.first_words)
        for thread in discussion.threads:
            thread.on_row = texts.get(thread.row, "a row that was removed") if thread.row else ""
    return Part(
        key,
        section,
        version=(refusal and refusal.version) or (section.version if section else 1),
        save_url=url_of(workspace, "section", key.value),
        form=refusal.form if refusal else stored,
        conflict=refusal.conflict if refusal else None,
        refused=refusal is not None,
        content=workspace.review.content(key) if given else None,
        confirms=key in CONFIRMED and workspace.may_confirm,
        hints=hints(workspace, key),
        gaps=[gap for gap in gaps if key in ALL_GAPS or gap["section"] == key],
        rows_to_take=rows_to_take(workspace, key),
        close_out=lines_beside(workspace, key),
        discussion=discussion,
    )


def _timeline(request: HttpRequest, workspace: Workspace) -> dict[str, Any]:
    entries = timeline_rows(workspace)
    page = window(entries, request.GET.get("rows"))
    # What is marked on other pages of the list is sent along, so that a save keeps it.
    here = {row["id"] for row in page}
    return {
        "pictures": drawn(workspace.review.record.picture(**workspace.review.timeline_marks())),
        "entries": page,
        "entries_asked": "rows" in request.GET,
        "marked_elsewhere": [
            (mark, row["id"])
            for mark in ("hidden", "highlighted")
            for row in entries
            if row[mark] and row["id"] not in here
        ],
    }


def form_of(workspace: Workspace, key: SectionKey) -> SectionForm | None:
    """The form of a section as it is stored; the timeline has its entries instead."""
    if key not in WRITTEN or key is SectionKey.TIMELINE:
        return None
    review = workspace.review
    people: dict[str, Person] = {}
    if key is SectionKey.EXPECTED:
        content = lists_of(key, review.written(key, {}))
        people = {person.identifier: person for person in review.assessors.values()}
    elif key is SectionKey.CHANGES:
        content = [
            {
                "id": row.reference,
                "kind": row.kind,
                "gap": row.gap,
                "change": row.change,
                "owner": row.owner and row.owner.identifier,
                "owner_text": row.owner_words,
                "due_on": row.due_on,
                "executive_reason": row.executive_reason,
                "organisational_reason": row.organisational_reason,
                "effect": row.effect,
                "look_on": row.look_on,
                "strength": row.strength,
                "learning": row.learning,
                "takes_up": next(
                    (each.reference for each in review.rows if each.pk == row.takes_up_id), None
                ),
            }
            for row in review.rows
        ]
        people = {row.owner.identifier: row.owner for row in review.rows if row.owner}
    elif key is SectionKey.SUMMARY:
        written = review.written(key, {})
        content = {
            "business_impact": written.get("business_impact", workspace.incident.business or ""),
            "customer_impact": written.get("customer_impact", ""),
        }
    elif key in LISTS:
        content = content_of(key, lists_of(key, review.written(key, [])))
    else:
        content = review.content(key)
    form = shown(key, content, people, review.sections.get(key))
    form.note(review.warnings(key))
    return form


@dataclass(frozen=True, slots=True)
class TocEntry:
    """A section in the contents, and how far it is."""

    key: SectionKey
    state: str
    words: str


def toc(workspace: Workspace) -> list[TocEntry]:
    """The sections with a mark: missing, filled, or given by the record."""
    later = {each.section for each in before_publishing(workspace.draft) if each.blocks}
    lacking = (
        {each.section for each in workspace.blocking}
        if workspace.after_action.status != Status.IN_REVIEW
        else later
    )
    entries = []
    for key in SectionKey:
        if key in FOLLOWS and key not in lacking:
            state, words = "given", FOLLOWS[key]
        elif key in lacking:
            state, words = "missing", "missing"
        elif key in later:
            state, words = "later", "to do"
        else:
            state, words = "filled", "filled"
        entries.append(TocEntry(key, state, words))
    return entries


@dataclass(frozen=True, slots=True)
class Hints:
    """What the wording check found: the text with its passages marked, and a message for each."""

    text: SafeString
    findings: list[Finding]


def hints(workspace: Workspace, key: SectionKey) -> list[Hints]:
    """Names and blame in the root cause; learning statements that say too little."""
    if key is SectionKey.ROOT_CAUSE:
        findings = workspace.root_cause_findings
        cause = workspace.review.root_cause()
        return [Hints(marked("\n".join(texts_of(cause)), findings), findings)] if findings else []
    if key is SectionKey.CHANGES:
        checked = [
            (statement["text"], check_wording_of_learning(statement["text"], row))
            for statement, row in zip(
                workspace.review.learning_statements(), workspace.review.rows, strict=True
            )
            if row.kind != ChangeKind.CONTINUE
        ]
        return [Hints(marked(text, found), found) for text, found in checked if found]
    return []


def check_wording_of_learning(text: str, row: Change) -> list[Finding]:
    """The findings on the learning statement of a change, which asks nothing of the database: owner and date are those
    of its fields, where they hold some."""
    fields = ((FindingKind.NO_OWNER, row.owner or row.owner_words), (FindingKind.NO_DATE, row.due_on))
    return check(Checked.LEARNING_STATEMENT, text, answered=[kind for kind, given in fields if given])


def marked(text: str, findings: list[Finding]) -> SafeString:
    """The text with each finding underlined; passages that overlap are marked once."""
    parts, reached = [], 0
    for found in findings:
        if found.start < reached or found.start == found.end:
            continue
        parts.append(
            (
                text[reached : found.start],
                "is-refused" if found.blocks else "is-doubtful",
                text[found.start : found.end],
            )
        )
        reached = found.end
    return format_html("{}{}", format_html_join("", '{}<mark class="{}">{}</mark>', parts), text[reached:])


def _gaps(workspace: Workspace) -> list[dict[str, Any]]:
    """The gaps of the record, each with the section that it concerns."""
    taken = {row.gap for row in workspace.review.rows}
    return [
        {
            "key": found.key,
            "section": found.section,
            "text": found.text,
            "bears_on": found.bears_on,
            "each": [gap.text for gap in found.gaps] if found.count > 1 else [],
            "change": found.proposed_change,
            "taken": found.text in taken or all(gap.text in taken for gap in found.gaps),
        }
        for found in gap_findings(workspace.review.record.gaps)
    ]


def timeline_rows(workspace: Workspace) -> list[dict[str, Any]]:
    """Every entry with its key and marks, for whoever decides which are shown."""
    marks = workspace.review.timeline_marks()
    hidden, highlighted = set(marks["hidden"]), set(marks["highlighted"])
    record = workspace.review.record
    rows = [
        {
            "id": f"event:{each.pk}",
            "at": each.at,
            "kind": each.kind,
            "label": each.get_kind_display(),
            "entry": each,
        }
        for each in record.events
    ] + [
        {
            "id": f"update:{each.pk}",
            "at": each.sent_at,
            "kind": "update",
            "label": f"{each.get_audience_display()} status update",
            "entry": each,
        }
        for each in record.updates
    ]
    for row in rows:
        row["hidden"] = row["id"] in hidden
        row["highlighted"] = row["id"] in highlighted
        row["late"] = record.is_late(row["at"], row["entry"].logged_at)
    return sorted(rows, key=lambda row: row["at"])
