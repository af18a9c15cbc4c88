"""The PDF of a revision: given when it is made, waited for until then; its other formats. Appendices are files too."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from afteractions.access import check_can_read_draft
from afteractions.documents.exports import FORMATS, export_of
from afteractions.models import Revision, VendorFollowUp
from afteractions.operations.review.archive import MOST_ATTEMPTS
from afteractions.operations.review.revisions import ask_pdf
from afteractions.views.reading.files import as_file
from afteractions.views.workspace.context import Workspace
from afteractions.views.workspace.workspace import of_after_action, show
from majorops import clock
from majorops.web.signed_in import GET

RETRY_SECONDS = 3


@of_after_action(GET)
def pdf(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """The PDF of `?revision=`, the latest unless said; 202 and a page that asks again while it is made."""
    revision = _revision(workspace, request.GET.get("revision"))
    if revision is None:
        return show(request, workspace, "pdf", "pdf", {"revision": None})
    made = ask_pdf(revision, now=clock.now())
    if made.made_at is None or made.content is None:
        context = {"revision": revision, "failed": made.attempts >= MOST_ATTEMPTS and made.last_error}
        response = show(request, workspace, "pdf", "pdf", context, status=202)
        response["Retry-After"] = str(RETRY_SECONDS)
        response["Refresh"] = str(RETRY_SECONDS)
        return response
    name = f"{workspace.incident.reference}-learning-review-{revision.number}.pdf"
    return as_file(bytes(made.content), "application/pdf", name, text=True)


@of_after_action(GET)
def export(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """The revision of `?revision=`, the latest unless said, as a file: `?as=` markdown, html or json."""
    wanted = request.GET.get("as", "markdown")
    revision = _revision(workspace, request.GET.get("revision"))
    if wanted not in FORMATS:
        raise Http404("There is no such format.")
    if revision is None:
        return show(request, workspace, "pdf", "pdf", {"revision": None})
    made = export_of(revision, workspace.after_action.reference, wanted)
    return as_file(made.content, made.media_type, made.name)


def _revision(workspace: Workspace, text: str | None) -> Revision | None:
    revisions = Revision.objects.filter(after_action=workspace.after_action).defer("content")
    if text:
        return get_object_or_404(
            revisions, number=int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
        )
    return revisions.order_by("-number").first()


@of_after_action(GET)
def rca(request: HttpRequest, workspace: Workspace, follow_up_id: int) -> HttpResponse:
    """The RCA that a vendor sent, as a file, for those who read the draft."""
    check_can_read_draft(workspace.person, workspace.after_action)
    follow_up = get_object_or_404(VendorFollowUp, pk=follow_up_id, after_action=workspace.after_action)
    if follow_up.rca_file is None:
        raise Http404("This vendor's RCA has not come yet.")
    return as_file(bytes(follow_up.rca_file), "application/pdf", follow_up.rca_name)
