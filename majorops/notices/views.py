"""The inbox of each person; what could not be delivered, for administrators; the mail folder.

Everybody sees their own. Administrators see what was set aside, and all mail of the folder, the links in it left out.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from majorops import clock
from majorops.errors import NotAllowed, NotFound, RuleViolation
from majorops.notices.delivery import chat, mail_folder
from majorops.notices.delivery.composing import said
from majorops.notices.delivery.mail_folder import Mail
from majorops.notices.delivery.places import path_to
from majorops.notices.delivery.sending import take_up_again
from majorops.notices.forms import PreferenceForm
from majorops.notices.models import Notice, Preference
from majorops.notices.preferences import choose, preference_of
from majorops.notices.visibility import visible_scopes
from majorops.people.models import Person
from majorops.web.signed_in import GET, POST, signed_in

PAGE = 50


def reader(request: HttpRequest) -> Person:
    return cast(Person, request.user)


def cursor_of(request: HttpRequest, name: str = "cursor") -> int | None:
    """The id in the address that a page begins below; None without one, or with something else there."""
    given = request.GET.get(name, "") or request.POST.get(name, "")
    return int(given) if given.isdecimal() and len(given) < 19 else None


@signed_in(GET)
def inbox(request: HttpRequest) -> HttpResponse:
    """What I was told, the latest first, fifty a page."""
    person, below = reader(request), cursor_of(request)
    notices = Notice.objects.inbox_of(person)
    if below is not None:
        notices = notices.filter(id__lt=below)
    page = list(notices[: PAGE + 1])
    label, more = page[:PAGE], len(page) > PAGE
    visible = visible_scopes(person, {notice.scope for notice in label})
    rows = []
    for notice in label:
        masked = notice.scope not in visible
        subject, text = said(notice, masked=masked)
        rows.append({"notice": notice, "subject": subject, "text": text, "masked": masked})
    waiting = Notice.objects.filter(set_aside_at__isnull=False).select_related("recipient")
    return render(
        request,
        "notices/inbox.html",
        {
            "rows": rows,
            "next": label[-1].pk if more else None,
            "newest": label[0].pk if label else 0,
            "has_unread": any(notice.read_at is None for notice in label),
            "set_aside": waiting.order_by("-set_aside_at")[:PAGE] if person.is_administrator else [],
            "mail_folder": mail_folder.is_in_use(),
        },
    )


@signed_in(GET)
def bell(request: HttpRequest) -> HttpResponse:
    """How many notices I have not read, for the shell of a page that stays open."""
    return render(request, "notices/bell.html")


@signed_in(GET)
def open_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Marks one of mine as read and leads to the place to act."""
    notice = Notice.objects.inbox_of(reader(request)).filter(pk=pk).first()
    if notice is None:
        raise NotFound("There is no such notice in your inbox.")
    Notice.objects.filter(pk=pk, read_at__isnull=True).update(read_at=clock.now())
    if notice.scope not in visible_scopes(reader(request), [notice.scope]):
        messages.info(request, "This belongs to an incident that you may not see.")
        return redirect("notices:inbox")
    return redirect(path_to(notice.url) or "notices:inbox")


@signed_in(POST)
def read_all(request: HttpRequest) -> HttpResponse:
    """Marks as read what the page showed and all before it; what came meanwhile stays unread."""
    newest = cursor_of(request, "newest")
    Notice.objects.inbox_of(reader(request)).unread().filter(id__lte=newest or 0).update(read_at=clock.now())
    return redirect("notices:inbox")


@signed_in(POST)
def try_again(request: HttpRequest) -> HttpResponse:
    """Sends again what was set aside, once the cause is seen to. Administrators."""
    if not reader(request).is_administrator:
        raise NotAllowed("Only administrators take up what was set aside.")
    count = take_up_again(now=clock.now())
    messages.success(request, "1 mail is tried again." if count == 1 else f"{count} mails are tried again.")
    return redirect("notices:inbox")


def readable(person: Person, names: list[str]) -> Iterator[Mail]:
    """Those of the mails that `person` may read, in their order: their own, and for administrators the others' without
    their links, but of incidents that they may not see."""
    for start in range(0, len(names), PAGE):
        mails = [mail_read for name in names[start : start + PAGE] if (mail_read := mail_folder.read(name))]
        visible = visible_scopes(person, {mail.scope for mail in mails})
        for mail in mails:
            if mail_folder.is_to(mail.name, person.address):
                yield mail
            elif person.is_administrator and mail.scope in visible:
                yield replace(mail, keeps_links=True)


@signed_in(GET, POST)
def settings(request: HttpRequest) -> HttpResponse:
    """GET shows how I am told, POST changes it."""
    person = reader(request)
    preference = preference_of(person)
    form = PreferenceForm(request.POST if request.method == "POST" else None, initial=_chosen(preference))
    if form.is_valid():
        cleaned = form.cleaned_data
        typed, ends = cleaned.pop("chat_url"), cleaned.pop("end_chat")
        try:
            choose(person, **cleaned, chat_url="" if ends else typed or None, by=person, now=clock.now())
        except RuleViolation as refused:
            form.refuse(refused)
        else:
            messages.success(request, "Saved.")
            return redirect("notices:settings")
    if not (preference and preference.chat_url):
        del form.fields["end_chat"]
    context = {
        "form": form,
        "chat": chat.shown(preference.chat_url) if preference and preference.chat_url else "",
    }
    return render(request, "notices/settings.html", context, status=422 if form.errors else 200)


def _chosen(preference: Preference | None) -> dict[str, object]:
    """What the form shows first: what was chosen, else the default."""
    chosen = preference or Preference()
    return {name: getattr(chosen, name) for name in ("mail", "digest_at", "quiet_from", "quiet_until")}


@signed_in(GET)
def mail(request: HttpRequest) -> HttpResponse:
    """The mails of the embedded default, the latest first. Absent where mail is really sent."""
    if not mail_folder.is_in_use():
        raise NotFound("Mail is sent to a server here; there is no folder to read.")
    person = reader(request)
    names = mail_folder.names(to=None if person.is_administrator else person.address)
    first = min(cursor_of(request) or 0, len(names))
    # Counted are the mails that may be read: a short page would tell of those that may not.
    text = list(islice(readable(person, names), first, first + PAGE + 1))
    context = {
        "mails": text[:PAGE],
        "next": first + PAGE if len(text) > PAGE else None,
        "previous": str(max(first - PAGE, 0)) if first else None,
        "all_mail": person.is_administrator,
    }
    return render(request, "notices/mail.html", context)


@signed_in(GET)
def mail_detail(request: HttpRequest, name: str) -> HttpResponse:
    """One mail of the folder with its calendar part."""
    mails = list(readable(reader(request), [name])) if mail_folder.is_in_use() else []
    if not mails:
        raise NotFound("There is no such mail.")
    return render(request, "notices/mail_detail.html", {"mail": mails[0]})
