"""Importing documents on a page: a file or pasted text, all of it or nothing."""

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from incidents.access import DECLARERS_ONLY, can_declare, can_import_history
from incidents.exchange.document import check_document
from incidents.exchange.importing import Imported, import_document
from incidents.views.declaring_forms import ImportForm
from majorops import clock
from majorops.errors import NotAllowed, Problem, RuleViolation
from majorops.people.models import Person
from majorops.strict_json import read_json
from majorops.web.signed_in import GET, POST, signed_in

MOST_DOCUMENTS = 500
MOST_PROBLEMS = 200


@dataclass
class Document:
    """One document of what was handed in: at which line, what it says, what is wrong with it."""

    line: int | None
    raw: Any
    problems: list[Problem] = field(default_factory=list)

    @property
    def place(self) -> str:
        title = self.raw.get("title") if isinstance(self.raw, dict) else None
        named = f"“{title[:80]}”" if isinstance(title, str) and title else "The document"
        return f"Line {self.line}: {named}" if self.line else named


@signed_in(GET, POST)
def importing(request: HttpRequest) -> HttpResponse:
    """Every path that is wrong is listed, what was typed stays, and nothing is half written."""
    if not can_declare(request.user):
        raise NotAllowed(DECLARERS_ONLY)
    data = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ImportForm(*data, may_import_history=can_import_history(request.user))
    if request.method != "POST":
        return render(request, "incidents/import.html", {"form": form})
    if not form.is_valid():
        return render(request, "incidents/import.html", {"form": form}, status=422)
    documents = documents_of(form.cleaned_data["body"])
    if not any(document.problems for document in documents):
        history = form.cleaned_data.get("history", False)
        imported = _import(documents, history=history, by=request.user)
        if imported is not None:
            return render(request, "incidents/imported.html", {"imported": imported, "at": clock.now()})
    wrong = [document for document in documents if document.problems]
    context = {
        "form": form,
        "wrong": [(document.place, document.problems[:MOST_PROBLEMS]) for document in wrong[:50]],
        "wrong_count": sum(len(document.problems) for document in wrong),
        "document_count": len(documents),
    }
    return render(request, "incidents/import.html", context, status=422)


def documents_of(body: bytes) -> list[Document]:
    """One JSON document, or JSON Lines with one a line; each checked."""
    whole, problems = read_json(body)
    lines = [(number, line) for number, line in enumerate(body.splitlines(), 1) if line.strip()]
    if not problems or len(lines) < 2 or lines[0][1].strip() == b"{":
        return [_checked(Document(None, whole, list(problems)))]
    if len(lines) > MOST_DOCUMENTS:
        sentence = (
            f"These are {len(lines):,} documents. Import at most {MOST_DOCUMENTS} at once here; the command "
            "import_incidents takes any number."
        )
        return [Document(None, None, [Problem("", sentence)])]
    documents = []
    for number, line in lines:
        raw, problems = read_json(line)
        documents.append(_checked(Document(number, raw, list(problems))))
    return documents


def _checked(document: Document) -> Document:
    if not document.problems:
        document.problems = list(check_document(document.raw).problems)
    return document


def _import(documents: list[Document], *, history: bool, by: Person) -> list[Imported] | None:
    """What came in; None when a document was refused, which then says why, and nothing came in."""
    now, imported = clock.now(), []
    current = documents[0]
    try:
        with transaction.atomic():
            for current in documents:
                imported.append(import_document(current.raw, history=history, by=by, now=now))
    except NotAllowed:
        raise
    except RuleViolation as refusal:
        current.problems = list(refusal.problems) or [Problem("external_id", refusal.sentence)]
        return None
    return imported
