"""Writing the draft: all sections on one page, each with its own form, saved while typing."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html_join
from django_htmx.http import reswap, retarget, trigger_client_event

from afteractions.access import can_look_people_up
from afteractions.models import Section, SectionText
from afteractions.operations.review.section_editing import CONFIRMED, confirm_section, save_rows
from afteractions.operations.review.sections import WRITTEN, people_named, section_key
from afteractions.operations.review.wording import dismiss_name
from afteractions.rules.review.merging import merged
from afteractions.rules.review.rows import LISTS, content_of, lists_of
from afteractions.views.person_fields import offered, person_words
from afteractions.views.workspace.context import Workspace
from afteractions.views.workspace.draft_page import Refusal, hints, page_context, toc
from afteractions.views.workspace.section_forms import GROUPS, SectionForm, lines_of, rows_of, sent, shown
from afteractions.views.workspace.taking import check_may_take, rows_to_take, take_as_change
from afteractions.views.workspace.workspace import (
    go,
    head,
    instants,
    of_after_action,
    show,
    url_of,
    version_of,
)
from afteractions.vocabulary import SectionKey
from incidents.rules.gaps.findings import gap_findings
from majorops import clock
from majorops.errors import BadInput, NotAllowed, RuleViolation, VersionConflict
from majorops.web.signed_in import GET, POST


@of_after_action(GET)
def draft(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """The document with all its sections."""
    return draft_page(request, workspace)


def draft_page(
    request: HttpRequest, workspace: Workspace, *, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    """The whole document to be written; for those who don't write, who does."""
    if not workspace.may_edit:
        return show(request, workspace, "draft_closed", "draft", {"read_url": url_of(workspace, "read")})
    return show(
        request, workspace, "draft", "draft", page_context(request, workspace, refusal), status=status
    )


@of_after_action(GET, POST)
def section(request: HttpRequest, workspace: Workspace, key: str) -> HttpResponse:
    """One section: saved as it was sent. Its own address leads to its place in the document."""
    named = section_key(key)
    if request.method == "POST":
        return _save(request, workspace, named)
    query = f"?{asked}" if (asked := request.GET.urlencode()) else ""
    return redirect(f"{url_of(workspace, 'draft')}{query}#{named.value}")


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
        return draft_page(request, workspace, refusal=Refusal(form), status=422)
    form.mark(kept.problems)
    if request.htmx:
        return _saved(request, workspace, form, kept.section)
    if kept.problems:
        fresh = Workspace(workspace.after_action, person=workspace.person, at=workspace.at)
        return draft_page(request, fresh, refusal=Refusal(form), status=422)
    messages.success(request, f"“{named.label}” is saved.")
    return go(workspace, "draft", anchor=named.value)


def _saved(request: HttpRequest, workspace: Workspace, form: SectionForm, section: Section) -> HttpResponse:
    """The answer to a save of the whole form: each of its rows by the id that it has now."""
    fresh = Workspace(workspace.after_action, person=workspace.person, at=workspace.at)
    if form.key in LISTS:
        form.note(fresh.review.warnings(form.key))
        for group, rows in rows_of(form.key, section.content).items():
            whole = [typed for typed in form.groups[group] if not typed.errors or typed.values["id"]]
            for typed, kept in zip(whole, rows, strict=True):
                typed.values["id"], typed.version = kept["id"], section.row_version(kept["id"])
    return saved_answer(request, fresh, form, section)


def saved_answer(
    request: HttpRequest, fresh: Workspace, form: SectionForm, section: Section, *, of_one_row: bool = False
) -> HttpResponse:
    """What changes around what was saved: versions, the identity of new rows, hints, marks and the head. `fresh` reads
    the review as it stands since the save."""
    context = {
        **head(fresh, "draft"),
        "form": form,
        "section": section,
        "key": form.key,
        "toc": toc(fresh),
        "confirmable": form.key in CONFIRMED,
        "confirms": form.key in CONFIRMED and fresh.may_confirm,
        "hints": hints(fresh, form.key),
        "rows_to_take": rows_to_take(fresh, form.key),
    }
    if form.key is SectionKey.CHANGES:
        context["follows"] = [
            {"key": key, "content": fresh.review.content(key)}
            for key in (SectionKey.LEARNING_STATEMENTS, SectionKey.ACTION_ITEMS)
        ]
    # What is wrong with one row is shown beside it; the rest is saved.
    context["partly"] = any(typed.errors for typed in form.all_rows)
    context["of_one_row"] = of_one_row
    status = 422 if context["partly"] else 200
    answer = render(request, "afteractions/workspace/saved.html", context, status=status)
    return trigger_client_event(answer, "section-saved", {"key": form.key.value, "version": section.version})


def _conflict(
    request: HttpRequest, workspace: Workspace, form: SectionForm, stale: VersionConflict
) -> HttpResponse:
    """Both texts, and the form with what they make together, to be saved over the version that stands."""
    current: dict[str, Any] = dict(stale.current or {})
    theirs = current["content"]
    base = SectionText.objects.filter(
        section__after_action=workspace.after_action, section__key=form.key, version=version_of(request)
    ).first()
    before = base.content if base else None
    if form.key in LISTS and before is not None:
        before = content_of(form.key, lists_of(form.key, before))
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
    joined_form = shown(form.key, joined, {person.identifier: person for person in people.values()}, written)
    refusal = Refusal(joined_form, context, current["version"])
    if not request.htmx:
        return draft_page(request, workspace, refusal=refusal, status=412)
    page = page_context(request, workspace, refusal)
    part = next(each for each in page["parts"] if each.key is form.key)
    response = render(
        request,
        "afteractions/workspace/section.html",
        {**head(workspace, "draft"), **page, "part": part},
        status=412,
    )
    return retarget(reswap(response, "outerHTML"), f"#{form.key.value}-text")


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
    return go(workspace, "draft", anchor=named.value)


@of_after_action(POST)
def take_gap(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """A gap of the record becomes a change, in one step."""
    check_may_take(workspace)
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
        key = SectionKey.ROOT_CAUSE
        context = {**head(fresh, "draft"), "key": key, "hints": hints(fresh, key)}
        return render(request, "afteractions/workspace/hints.html", context)
    messages.success(request, f"“{data.text}” is no name: it is not asked again here.")
    return go(workspace, "draft", anchor=SectionKey.ROOT_CAUSE.value)


@of_after_action(GET)
def people(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Whom a field may name, for what was typed so far: the options of its list."""
    if not can_look_people_up(workspace.person, workspace.after_action):
        raise NotAllowed("Only those who write, send or follow up something here look people up.")
    people = offered(request.GET.get("q", ""), scope=workspace.incident.reference)
    return HttpResponse(
        format_html_join("", '<option value="{}"></option>', ((person_words(row),) for row in people))
    )
