"""Writing the draft: one section at a time, saved while typing, with questions, gaps, hints and remarks beside it."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django_htmx.http import reswap, retarget

from afteractions.access import can_look_people_up
from afteractions.documents.revision import expected_of
from afteractions.models import Change, Section, SectionText
from afteractions.operations.review.section_editing import CONFIRMED, confirm_section, save_rows
from afteractions.operations.review.sections import (
    LONGEST_OWNER,
    LONGEST_TEXT,
    WRITTEN,
    people_named,
    section_key,
)
from afteractions.operations.review.wording import dismiss_name
from afteractions.rules.review.merging import merged
from afteractions.rules.review.questions import PROMPTS
from afteractions.rules.review.readiness import before_publishing
from afteractions.rules.review.root_cause import texts_of
from afteractions.views.person_fields import offered, person_words
from afteractions.views.reading.pictures import drawn
from afteractions.views.workspace.close_out import lines_beside
from afteractions.views.workspace.context import Workspace
from afteractions.views.workspace.section_forms import GROUPS, SectionForm, lines_of, rows_of, sent, shown
from afteractions.views.workspace.taking import rows_to_take, take_as_change
from afteractions.views.workspace.workspace import (
    asked_discussions,
    go,
    head,
    instants,
    of_after_action,
    show,
    url_of,
    version_of,
)
from afteractions.vocabulary import ChangeKind, SectionKey, Status
from afteractions.wording.check import Checked, Finding, FindingKind, check
from incidents.rules.gaps.findings import gap_findings
from majorops import clock
from majorops.errors import BadInput, NotAllowed, RuleViolation, VersionConflict
from majorops.people.models import Person
from majorops.web.signed_in import GET, POST
from majorops.web.window import window

# What the record and the changes give; the rest is written.
FOLLOWS = {
    SectionKey.RECORD_FINDINGS: "from the record",
    SectionKey.TIMELINE: "from the record",
    SectionKey.LEARNING_STATEMENTS: "from the changes",
    SectionKey.ACTION_ITEMS: "from the changes",
    SectionKey.VENDORS: "from the record",
}


@of_after_action(GET)
def draft(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """The first section that still lacks something."""
    return first_page(request, workspace)


def first_page(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Where writing goes on; for those who don't write, who does."""
    if not workspace.may_edit:
        return _closed(request, workspace)
    return _section_page(request, workspace, _first_missing(workspace))


def _closed(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    return show(request, workspace, "draft_closed", "draft", {"read_url": url_of(workspace, "read")})


@of_after_action(GET, POST)
def section(request: HttpRequest, workspace: Workspace, key: str) -> HttpResponse:
    """One section: shown, or saved as it was sent."""
    named = section_key(key)
    if request.method == "POST":
        return _save(request, workspace, named)
    return _section_page(request, workspace, named) if workspace.may_edit else _closed(request, workspace)


def _save(request: HttpRequest, workspace: Workspace, named: SectionKey) -> HttpResponse:
    """The answer to typing changes nothing that is being typed in."""
    if named not in WRITTEN:
        raise RuleViolation(f"“{named.label}” follows from the record and the changes: it cannot be written.")
    form = sent(named, request.POST, scope=workspace.incident.reference)
    now = clock.now()
    try:
        kept = save_rows(
            workspace.after_action,
            named,
            form.content,
            version=version_of(request),
            by=workspace.person,
            **instants(now),
        )
    except VersionConflict as stale:
        return _conflict(request, workspace, form, stale)
    except BadInput as wrong:
        form.mark(wrong.problems)
        if request.htmx:
            return render(request, "afteractions/workspace/not_saved.html", {"form": form}, status=422)
        return _section_page(request, workspace, named, form=form, status=422)
    form.mark(kept.problems)
    if request.htmx:
        return _saved(request, workspace, form, kept.section)
    if kept.problems:
        fresh = Workspace(workspace.after_action, person=workspace.person, at=workspace.at)
        return _section_page(request, fresh, named, form=form, status=422)
    messages.success(request, f"“{named.label}” is saved.")
    return go(workspace, "section", named.value)


def _saved(request: HttpRequest, workspace: Workspace, form: SectionForm, section: Section) -> HttpResponse:
    """What changes around the form: its version, the identity of new rows, hints, marks and the head."""
    fresh = Workspace(workspace.after_action, person=workspace.person, at=workspace.at)
    identities = []
    form.note(fresh.review.warnings(form.key))
    if form.key is SectionKey.CHANGES:
        whole = [row for row in form.rows if not row.errors or row.values["id"]]
        identities = [
            (row.number, change.reference) for row, change in zip(whole, fresh.review.rows, strict=True)
        ]
    context = {
        **head(fresh, "draft"),
        "form": form,
        "section": section,
        "key": form.key,
        "toc": toc(fresh, form.key),
        "identities": identities,
        "hints": hints(fresh, form.key),
        "rows_to_take": rows_to_take(fresh, form.key),
    }
    # What is wrong with one row is shown beside it; the rest is saved.
    context["partly"] = any(row.errors for row in form.all_rows)
    status = 422 if context["partly"] else 200
    return render(request, "afteractions/workspace/saved.html", context, status=status)


def _conflict(
    request: HttpRequest, workspace: Workspace, form: SectionForm, stale: VersionConflict
) -> HttpResponse:
    """Both texts, and the form with what they make together, to be saved over the version that stands."""
    current: dict[str, Any] = dict(stale.current or {})  # type: ignore[call-overload]
    theirs = current["content"]
    base = SectionText.objects.filter(
        section__after_action=workspace.after_action, section__key=form.key, version=version_of(request)
    ).first()
    before = base.content if base else None
    if form.key is SectionKey.EXPECTED and before is not None:
        before = expected_of(before)
    joined = merged(before, theirs, form.content)
    rows = rows_of(form.key, joined).values() if form.key in GROUPS else ()
    people = people_named(
        [row.get(name) for group in rows for row in group for name in ("owner", "assessed_by")],
        scope=workspace.incident.reference,
    )
    written = Section.objects.select_related("updated_by").get(
        after_action=workspace.after_action, key=form.key
    )
    context = {
        "theirs": "\n".join(lines_of(form.key, theirs)),
        "yours": "\n".join(lines_of(form.key, form.content)),
        "by": written.updated_by or "The system",
        "saved_at": written.updated_at,
    }
    joined_form = shown(form.key, joined, {person.identifier: person for person in people.values()})
    response = _section_page(
        request,
        workspace,
        form.key,
        form=joined_form,
        conflict=context,
        version=current["version"],
        status=412,
    )
    return retarget(reswap(response, "outerHTML"), "#section") if request.htmx else response


def _section_page(
    request: HttpRequest,
    workspace: Workspace,
    key: SectionKey,
    *,
    form: SectionForm | None = None,
    conflict: dict[str, Any] | None = None,
    version: int | None = None,
    status: int = 200,
) -> HttpResponse:
    review = workspace.review
    section = review.sections.get(key)
    context: dict[str, Any] = {
        "key": key,
        "section": section,
        "version": version or (section.version if section else 1),
        "written": key in WRITTEN,
        "form": form or _form(workspace, key),
        "longest": LONGEST_TEXT,
        "longest_owner": LONGEST_OWNER,
        "conflict": conflict,
        "save_url": url_of(workspace, "section", key.value),
        "confirms": key in CONFIRMED and workspace.may_confirm,
        "confirmable": key in CONFIRMED,
        "toc": toc(workspace, key),
        "prompts": PROMPTS[key],
        "hints": hints(workspace, key),
        "rows_to_take": rows_to_take(workspace, key),
        "gaps": _gaps(workspace, key),
        "close_out": lines_beside(workspace, key),
        "discussion": asked_discussions(request, workspace).get(key),
        "published": workspace.after_action.published_at is not None,
    }
    if key is SectionKey.TIMELINE:
        picture = review.record.picture(**review.timeline_marks())
        context["pictures"] = drawn(picture)
        entries = timeline_rows(workspace)
        context["entries"] = page = window(entries, request.GET.get("rows"))
        # What is marked on other pages of the list is sent along, so that a save keeps it.
        here = {row["id"] for row in page}
        context["marked_elsewhere"] = [
            (mark, row["id"])
            for mark in ("hidden", "highlighted")
            for row in entries
            if row[mark] and row["id"] not in here
        ]
    elif key not in WRITTEN or key is SectionKey.SUMMARY:
        context["content"] = review.content(key)
    if request.htmx and conflict:
        return render(
            request,
            "afteractions/workspace/section.html",
            {**head(workspace, "draft"), **context},
            status=status,
        )
    return show(request, workspace, "draft", "draft", context, status=status)


def _form(workspace: Workspace, key: SectionKey) -> SectionForm | None:
    if key not in WRITTEN or key is SectionKey.TIMELINE:
        return None
    review = workspace.review
    people: dict[str, Person] = {}
    if key is SectionKey.EXPECTED:
        content = expected_of(review.written(key, {}))
        named = people_named(
            [row.get("assessed_by") for row in content["deviations"]], scope=workspace.incident.reference
        )
        people = {person.identifier: person for person in named.values()}
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
    else:
        content = review.content(key)
    form = shown(key, content, people)
    form.note(review.warnings(key))
    return form


@dataclass(frozen=True, slots=True)
class TocEntry:
    """A section at the left, and how far it is."""

    key: SectionKey
    url: str
    current: bool
    state: str
    words: str


def toc(workspace: Workspace, current: SectionKey) -> list[TocEntry]:
    """The sections with a mark: missing, filled, or given by the record."""
    later = {row.section for row in before_publishing(workspace.draft) if row.blocks}
    lacking = (
        {row.section for row in workspace.blocking}
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
        entries.append(TocEntry(key, url_of(workspace, "section", key.value), key is current, state, words))
    return entries


def _first_missing(workspace: Workspace) -> SectionKey:
    lacking = [row.section for row in workspace.blocking if row.section]
    return lacking[0] if lacking else SectionKey.SUMMARY


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
        return [Hints(marked(text, item), item) for text, item in checked if item]
    return []


def check_wording_of_learning(text: str, row: Change) -> list[Finding]:
    """The findings on the learning statement of a change, which asks nothing of the database: owner and date are those
    of its fields, where they hold some."""
    fields = ((FindingKind.NO_OWNER, row.owner or row.owner_words), (FindingKind.NO_DATE, row.due_on))
    return check(Checked.LEARNING_STATEMENT, text, answered=[kind for kind, given in fields if given])


def marked(text: str, findings: list[Finding]) -> SafeString:
    """The text with each finding underlined; passages that overlap are marked once."""
    parts, reached = [], 0
    for finding in findings:
        if finding.start < reached or finding.start == finding.end:
            continue
        parts.append(
            (
                text[reached : finding.start],
                "is-refused" if finding.blocks else "is-doubtful",
                text[finding.start : finding.end],
            )
        )
        reached = finding.end
    return format_html("{}{}", format_html_join("", '{}<mark class="{}">{}</mark>', parts), text[reached:])


def _gaps(workspace: Workspace, key: SectionKey) -> list[dict[str, Any]]:
    """The gaps of the record that concern a section, all of them where changes are named."""
    everywhere = key in (SectionKey.CHANGES, SectionKey.RECORD_FINDINGS)
    taken = {row.gap for row in workspace.review.rows}
    return [
        {
            "key": item.key,
            "text": item.text,
            "bears_on": item.bears_on,
            "each": [gap.text for gap in item.gaps] if item.count > 1 else [],
            "change": item.proposed_change,
            "taken": item.text in taken or all(gap.text in taken for gap in item.gaps),
        }
        for item in gap_findings(workspace.review.record.gaps)
        if everywhere or item.section == key
    ]


def timeline_rows(workspace: Workspace) -> list[dict[str, Any]]:
    """Every entry with its key and marks, for whoever decides which are shown."""
    marks = workspace.review.timeline_marks()
    hidden, highlighted = set(marks["hidden"]), set(marks["highlighted"])
    record = workspace.review.record
    rows = [
        {
            "id": f"event:{event.pk}",
            "at": event.at,
            "kind": event.kind,
            "label": event.get_kind_display(),
            "entry": event,
        }
        for event in record.events
    ] + [
        {
            "id": f"update:{update.pk}",
            "at": update.sent_at,
            "kind": "update",
            "label": f"{update.get_audience_display()} status update",
            "entry": update,
        }
        for update in record.updates
    ]
    for row in rows:
        row["hidden"] = row["id"] in hidden
        row["highlighted"] = row["id"] in highlighted
        row["late"] = record.is_late(row["at"], row["entry"].logged_at)
    return sorted(rows, key=lambda row: row["at"])


@of_after_action(POST)
def confirm(request: HttpRequest, workspace: Workspace, key: str) -> HttpResponse:
    """The Technical Recovery Lead's word that a section holds."""
    named = section_key(key)
    confirm_section(
        workspace.after_action,
        named,
        version=version_of(request),
        by=workspace.person,
        **instants(clock.now()),
    )
    messages.success(request, f"“{named.label}” is confirmed as it stands.")
    return go(workspace, "section", named.value)


@of_after_action(POST)
def take_gap(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """A gap of the record becomes a change, in one step."""
    wanted = request.POST.get("gap", "")
    gaps = gap_findings(workspace.review.record.gaps)
    gap = next((row for row in gaps if row.key == wanted), None)
    if gap is None:
        raise RuleViolation("The record has no such gap any more: reload the page to see what is.")
    return take_as_change(request, workspace, change=gap.proposed_change, gap=gap.text)


@of_after_action(POST)
def not_a_name(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """What looks like a name in the root cause is none: kept, and not asked again."""
    data = dismiss_name(
        workspace.after_action,
        text=request.POST.get("text", ""),
        by=workspace.person,
        **instants(clock.now()),
    )
    if request.htmx:
        fresh = Workspace(workspace.after_action, person=workspace.person, at=workspace.at)
        context = {**head(fresh, "draft"), "hints": hints(fresh, SectionKey.ROOT_CAUSE)}
        return render(request, "afteractions/workspace/hints.html", context)
    messages.success(request, f"“{data.text}” is no name: it is not asked again here.")
    return go(workspace, "section", SectionKey.ROOT_CAUSE.value)


@of_after_action(GET)
def people(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Whom a field may name, for what was typed so far: the options of its list."""
    if not can_look_people_up(workspace.person, workspace.after_action):
        raise NotAllowed("Only those who write, send or follow up something here look people up.")
    people = offered(request.GET.get("q", ""), scope=workspace.incident.reference)
    return HttpResponse(
        format_html_join("", '<option value="{}"></option>', ((person_words(row),) for row in people))
    )
