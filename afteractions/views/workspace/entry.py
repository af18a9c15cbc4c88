"""The workspace opens where its reader is needed: writers at the draft while it is written, all others at reading."""

from django.http import HttpRequest, HttpResponse

from afteractions.views.reading.reading import reading_page
from afteractions.views.workspace.context import Workspace
from afteractions.views.workspace.drafting import draft_page
from afteractions.views.workspace.workspace import of_after_action
from afteractions.vocabulary import Decision, Status
from majorops.web.signed_in import GET


@of_after_action(GET)
def open_workspace(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """The draft for those who write it, until it is out; then the review."""
    after_action = workspace.after_action
    is_written = after_action.status == Status.DRAFT and after_action.decision != Decision.SKIP
    return (
        draft_page(request, workspace)
        if is_written and workspace.may_edit
        else reading_page(request, workspace)
    )
