"""Whether mails leave: an administrator sends one to themself and reads what came of it."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from majorops import clock
from majorops.notices.delivery import trial
from majorops.web.signed_in import GET, POST, for_administrators


@for_administrators(GET, POST)
def mail(request: HttpRequest) -> HttpResponse:
    """GET says where mail goes; POST sends a test mail to whoever asks."""
    if request.method == "POST":
        outcome = trial.try_mail(request.user, now=clock.now())
        tell = messages.success if outcome.worked else messages.error
        tell(request, outcome.sentence)
        return redirect("afteractions:mail")
    context = {
        "server": trial.server(),
        "sender": settings.DEFAULT_FROM_EMAIL,
        "is_set": bool(settings.EMAIL_URL),
        "site_url": settings.SITE_URL,
    }
    return render(request, "afteractions/administration/mail.html", context)
