"""One row of the draft, saved by itself while it is typed: what is wrong with it holds up no other, and only who saved
the same row meanwhile is met."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_htmx.http import reswap, retarget

from afteractions.models import Section, SectionText
from afteractions.operations.review.rows import add_row, change_row, move_row, remove_row, text_at
from afteractions.operations.review.sections import LONGEST_OWNER, LONGEST_TEXT, people_named, section_key
from afteractions.rules.review.merging import merged
from afteractions.views.workspace.context import Workspace
from afteractions.views.workspace.drafting import saved_answer
from afteractions.views.workspace.section_forms import (
    NAME_OF_A_ROW,
    FormRow,
    SectionForm,
    lines_of_row,
    sent,
    shown_row,
)
from afteractions.views.workspace.workspace import instants, of_after_action
from majorops import clock
from majorops.errors import BadInput, NotFound, VersionConflict
from majorops.web.signed_in import POST

ROW_TEMPLATES = {
    "expected": "expected_row",
    "ways": "way_row",
    "went_well": "went_well_row",
    "changes": "changes_row",
}


@of_after_action(POST)
def row(request: HttpRequest, workspace: Workspace, key: str) -> HttpResponse:
    """Saves the one row that was sent: a new one, what one says now, where it goes (`before`), or that it goes."""
    named = section_key(key)
    form = sent(named, request.POST, scope=workspace.incident.reference)
    place = next((found for name in request.POST if (found := NAME_OF_A_ROW.match(name))), None)
    if place is None:
        raise BadInput.of("", "Send the fields of a row.")
    group, number = place[1], int(place[2])
    row_id = request.POST.get(f"{group}-{number}-id", "")
    version = request.POST.get(f"{group}-{number}-version", "")
    typed = next(iter(form.all_rows), None) or FormRow(number, {"id": row_id}, group=group)
    typed.version = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else None
    if not row_id and (form.removed or not form.all_rows):
        # Nothing of it is kept, and nothing is wrong with it any more.
        return render(request, "afteractions/workspace/row_not_saved.html", {"row": typed})
    try:
        section = _save(request, workspace, form, typed)
    except VersionConflict as stale:
        return _conflict(request, workspace, form, typed, stale)
    except NotFound as gone:
        if form.removed:
            return _not_there_any_more(typed)
        typed.conflict, typed.values["id"], typed.version = {"removed": gone.sentence}, "", None
        return _row_again(request, workspace, form, typed)
    except BadInput as wrong:
        typed.errors = {problem.path or "row": problem.message for problem in wrong.problems}
        return render(request, "afteractions/workspace/row_not_saved.html", {"row": typed}, status=422)
    fresh = Workspace(workspace.after_action, person=workspace.person, at=workspace.at)
    return saved_answer(request, fresh, form, section, of_one_row=True)


def _not_there_any_more(typed: FormRow) -> HttpResponse:
    """Somebody else took the row out too."""
    return HttpResponse(f'<i id="{typed.group}-row-{typed.number}" hx-swap-oob="delete"></i>')


def _save(request: HttpRequest, workspace: Workspace, form: SectionForm, typed: FormRow) -> Section:
    """Raises as the operations on rows."""
    whose = {"by": workspace.person, **instants(clock.now())}
    of, row_id = (workspace.after_action, form.key.value), typed.said("id")
    if form.removed:
        return remove_row(*of, row_id, version=typed.version, **whose)
    before = request.POST.get("before") or None
    [said] = [said for rows in form.contents.values() for said in rows] or [{}]
    fields = {name: value for name, value in said.items() if name != "id"}
    if not row_id:
        saved = add_row(*of, fields, before=before, **whose)
    else:
        saved = change_row(*of, row_id, fields, version=typed.version, **whose)
        if "before" in request.POST:
            saved = move_row(*of, row_id, before=before, **whose)
    typed.values["id"], typed.version = saved.id, saved.version
    typed.notes = {problem.path: problem.message for problem in saved.warnings}
    return saved.section


def _conflict(
    request: HttpRequest, workspace: Workspace, form: SectionForm, typed: FormRow, stale: VersionConflict
) -> HttpResponse:
    """Both texts, and the row with what they make together, to be saved over the version that stands."""
    current: dict[str, Any] = dict(stale.current or {})
    theirs, row_id = current["content"], typed.said("id")
    section = Section.objects.get(after_action=workspace.after_action, key=form.key)
    base = text_at(section, row_id, typed.version or 0)
    mine = next((said for rows in form.contents.values() for said in rows), None)
    joined = merged(base, theirs, mine) if mine else theirs
    people = people_named(
        [joined.get(name) for name in ("owner", "assessed_by")], scope=workspace.incident.reference
    )
    named = {person.identifier: person for person in people.values()}
    again = shown_row(typed.group, typed.number, {**joined, "id": row_id}, named, section)
    saved = SectionText.objects.filter(section=section, version=current["version"]).select_related("by")
    text = saved.first()
    conflict = {
        "theirs": lines_of_row(typed.group, theirs),
        "yours": lines_of_row(typed.group, mine) if mine else "Removed",
        "by": (text and text.by) or "The system",
        "saved_at": text.at if text else section.updated_at,
    }
    return _row_again(request, workspace, form, replace(again, conflict=conflict))


def _row_again(request: HttpRequest, workspace: Workspace, form: SectionForm, typed: FormRow) -> HttpResponse:
    """The row in the place of the one that was typed."""
    context = {
        "row": typed,
        "form": form,
        "aa": workspace.after_action,
        "longest": LONGEST_TEXT,
        "longest_owner": LONGEST_OWNER,
        "published": workspace.after_action.published_at is not None,
    }
    template = f"afteractions/workspace/sections/{ROW_TEMPLATES[typed.group]}.html"
    answer = render(request, template, context, status=412)
    return retarget(reswap(answer, "outerHTML"), f"#{typed.group}-row-{typed.number}")
