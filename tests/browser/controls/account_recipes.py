"""The recipes of one's own account: settings, absence, tokens, notices, ways in and out."""

from collections.abc import Callable
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.socialaccount.models import SocialAccount
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.test import Client
from playwright.sync_api import Page, expect

from afteractions.demonstration.people import PASSWORD, address
from majorops import clock
from majorops.notices.models import Notice, Preference
from majorops.people.models import Absence, ApiToken, BrowserSession, Person
from tests.browser.controls.recipes import Recipe, day, in_world, noticed, page_at, sees


def me(name: str, does: str, form: int, **said: Any) -> Recipe:
    return Recipe(does, "lead", page_at("/me/"), f"people/me.html form {form}", name, **said)


def fact(key: str, name: str) -> Callable[[], object]:
    return lambda: getattr(Person.objects.get(email=address(key)), name)


def its_mail_was_set_aside() -> None:
    Notice.objects.filter(pk=Notice.objects.filter(channel="mail").earliest("pk").pk).update(
        set_aside_at=clock.now(), last_error="The mail server says no", sent_at=None
    )


ME = (
    me(
        "me",
        "changes the time zone",
        1,
        needs="time_zone",
        good={"time_zone": "Europe/Paris"},
        kept=fact("lead", "time_zone"),
        seen=noticed(),
    ),
    me(
        "away",
        "says when one is away",
        3,
        needs="from_on",
        good=lambda: {"from_on": day(10), "until_on": day(12), "substitute": address("engineer")},
        kept=lambda: Absence.objects.count(),
        seen="Priya Narayan-Holt",
    ),
    me("back_again", "takes an absence back", 2, kept=lambda: list(Absence.objects.values()), seen=noticed()),
    me(
        "make_token",
        "makes a token",
        4,
        needs="name",
        good={"name": "Weekly report"},
        kept=lambda: ApiToken.objects.count(),
        seen="Weekly report",
    ),
    Recipe(
        "revokes a token",
        "lead",
        page_at("/me/"),
        "people/revoke.html form 1",
        "revoke",
        opens=['[hx-get$="/revoke/"]'],
        kept=lambda: ApiToken.objects.filter(revoked_at__isnull=True).count(),
        seen=noticed(),
    ),
    Recipe(
        "chooses what else reaches one",
        "lead",
        page_at("/me/notices/"),
        "notices/settings.html form 1",
        "settings",
        needs="digest_at",
        good={"digest_at": "07:30", "quiet_from": "22:00", "quiet_until": "06:00"},
        kept=lambda: list(Preference.objects.values_list("digest_at")),
        seen=noticed(),
    ),
    Recipe(
        "marks all as read",
        "lead",
        page_at("/inbox/"),
        "notices/inbox.html form 1",
        "read_all",
        kept=lambda: Notice.objects.filter(recipient__email=address("lead"), read_at__isnull=True).count(),
        seen=lambda page: expect(page.locator("#bell .count")).to_have_count(0),
    ),
    Recipe(
        "tries mails again that were set aside",
        "admin",
        page_at("/inbox/"),
        "notices/inbox.html form 2",
        "try_again",
        before=its_mail_was_set_aside,
        kept=lambda: Notice.objects.filter(set_aside_at__isnull=False).count(),
        seen=lambda page: expect(page.locator("#set-aside")).to_have_count(0),
    ),
)
WAYS_IN = (
    Recipe(
        "asks to set the password anew",
        "stranger",
        page_at("/accounts/password/reset/"),
        "account/password_reset.html form 1",
        "account_reset_password",
        needs="email",
        good={"email": address("owner")},
        seen=lambda page: expect(page).to_have_url("/accounts/password/reset/done/"),
    ),
    Recipe(
        "signs out from any page",
        "owner",
        page_at("/"),
        "base.html form 2",
        "account_logout",
        seen=lambda page: expect(page.locator("[name=login]")).to_be_visible(),
    ),
    Recipe(
        "signs out on the page that asks",
        "attendee",
        page_at("/accounts/logout/"),
        "account/logout.html form 1",
        "account_logout",
        seen=lambda page: expect(page.locator("[name=login]")).to_be_visible(),
    ),
)


def types_the_code(page: Page) -> None:
    """What an authenticator app shows for the secret of the page."""
    secret = page.locator("#authenticator_secret").input_value()
    counters = [*yield_hotp_counters_from_time()]
    counter = counters[len(counters) // 2]
    page.locator("[name=code]").fill(format_hotp_value(hotp_value(secret, counter)))


def types_the_password_once_more(page: Page) -> None:
    """What is asked before ways in change."""
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("form.form [type=submit]").click()
    page.wait_for_url(lambda address: "/reauthenticate/" not in address)


def second_factor(name: str, does: str, path: str, place: str, **said: Any) -> Recipe:
    said.setdefault("who", "security")
    return Recipe(does, said.pop("who"), page_at(path), f"{place}.html form 1", name, **said)


SECOND_FACTOR = (
    second_factor(
        "account_reauthenticate",
        "says the password once more",
        "/accounts/reauthenticate/?next=/me/",
        "account/reauthenticate",
        needs="password",
        good={"password": PASSWORD},
        seen=sees("#tokens"),
    ),
    second_factor(
        "mfa_activate_totp",
        "sets a second factor up",
        "/accounts/reauthenticate/?next=/accounts/2fa/totp/activate/",
        "mfa/totp/activate_form",
        opens=[types_the_password_once_more, types_the_code],
        kept=lambda: Authenticator.objects.count(),
        seen=noticed(),
    ),
    second_factor(
        "mfa_generate_recovery_codes",
        "makes new recovery codes",
        "/accounts/2fa/recovery-codes/generate/",
        "mfa/recovery_codes/generate",
        kept=lambda: list(Authenticator.objects.filter(type="recovery_codes").values_list("data")),
        seen=noticed(),
    ),
)
NEW_PASSWORD = "another-long-sentence"
NEW_WORDS = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}


def signed_in_elsewhere(key: str = "lead") -> None:
    client = Client(HTTP_USER_AGENT="Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0")
    client.force_login(Person.objects.get(email=address(key)), "django.contrib.auth.backends.ModelBackend")


def sessions_that_are_open() -> int:
    return BrowserSession.objects.filter(person__email=address("lead"), ended_at__isnull=True).count()


def has_a_second_factor(key: str) -> None:
    person = Person.objects.get(email=address(key))
    Authenticator.objects.filter(user=person).delete()
    TOTP.activate(person, generate_totp_secret())
    RecoveryCodes.activate(person)


def types_name_and_password(key: str) -> Callable[[Page], None]:
    """What somebody with a second factor did before the page that asks for it."""

    def type_them(page: Page) -> None:
        page.locator("[name=login]").fill(address(key))
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("form.form [type=submit]").click()
        page.wait_for_url("**/accounts/2fa/authenticate/")

    return type_them


def a_recovery_code(key: str) -> dict[str, str]:
    found = Authenticator.objects.get(user__email=address(key), type="recovery_codes")
    return {"code": RecoveryCodes(found).get_unused_codes()[0]}


def has_no_password(key: str) -> None:
    """Signed in by single sign-on alone; the session that is open stays open."""
    person = Person.objects.get(email=address(key))
    person.set_unusable_password()
    person.save()
    for session in Session.objects.all():
        kept = SessionStore(session.session_key)
        if kept.get("_auth_user_id") == str(person.pk):
            kept["_auth_user_hash"] = person.get_session_auth_hash()
            kept.save()


def is_linked(key: str) -> None:
    """To the provider of the house."""
    SocialAccount.objects.create(user=Person.objects.get(email=address(key)), provider="oidc", uid="42")


def mailed_link() -> str:
    """The address in the mail to somebody who forgot the password."""
    person = Person.objects.get(email=address("owner"))
    key = f"{user_pk_to_url_str(person)}-{default_token_generator.make_token(person)}"
    return f"/accounts/password/reset/key/{key}/"


PASSWORDS = (
    Recipe(
        "signs in",
        "stranger",
        page_at("/accounts/login/"),
        "account/login.html form 1",
        "account_login",
        needs="login",
        good={"login": address("attendee"), "password": PASSWORD},
        seen=sees("#rail-body"),
    ),
    Recipe(
        "changes the password",
        "mim",
        page_at("/accounts/password/change/"),
        "account/password_change.html form 1",
        "account_change_password",
        needs="oldpassword",
        good={"oldpassword": PASSWORD, **NEW_WORDS},
        kept=lambda: Person.objects.get(email=address("mim")).password,
        seen=noticed("The password is changed"),
    ),
    Recipe(
        "sets a new password by the mailed link",
        "forgetful",
        mailed_link,
        "account/password_reset_from_key.html form 1",
        "account_reset_password_from_key",
        needs="password1",
        good=NEW_WORDS,
        kept=lambda: Person.objects.get(email=address("owner")).password,
        seen="The new password is set",
    ),
    Recipe(
        "signs in with a second factor",
        "engineer",
        page_at("/accounts/logout/"),
        "mfa/authenticate.html form 1",
        "mfa_authenticate",
        before=lambda: has_a_second_factor("engineer"),
        opens=[
            "form[data-at='account/logout.html form 1'] [type=submit]",
            types_name_and_password("engineer"),
        ],
        needs="code",
        good=lambda: a_recovery_code("engineer"),
        seen=sees("#rail-body"),
    ),
    Recipe(
        "gives up at the second factor",
        "director",
        page_at("/accounts/logout/"),
        "mfa/authenticate.html form 2",
        "account_logout",
        before=lambda: has_a_second_factor("director"),
        opens=[
            "form[data-at='account/logout.html form 1'] [type=submit]",
            types_name_and_password("director"),
        ],
        seen=lambda page: expect(page.locator("[name=login]")).to_be_visible(),
    ),
)
MORE_WAYS_IN = (
    Recipe(
        "sets a password beside the single sign-on",
        "liaison",
        page_at("/accounts/password/set/"),
        "account/password_set.html form 1",
        "account_set_password",
        before=lambda: has_no_password("liaison"),
        needs="password1",
        good=NEW_WORDS,
        kept=lambda: Person.objects.get(email=address("liaison")).password,
        seen=noticed(),
    ),
    Recipe(
        "takes single sign-on off",
        "platform",
        page_at("/accounts/reauthenticate/?next=/accounts/3rdparty/"),
        "socialaccount/connections.html form 1",
        "socialaccount_connections",
        before=lambda: is_linked("platform"),
        opens=[types_the_password_once_more],
        kept=lambda: SocialAccount.objects.count(),
        seen=noticed(),
    ),
    second_factor(
        "mfa_reauthenticate",
        "types a code once more",
        "/accounts/2fa/reauthenticate/?next=/me/",
        "mfa/reauthenticate",
        who="communications",
        before=lambda: has_a_second_factor("communications"),
        needs="code",
        good=lambda: a_recovery_code("communications"),
        seen=sees("#tokens"),
    ),
    second_factor(
        "mfa_deactivate_totp",
        "turns the second factor off",
        "/accounts/reauthenticate/?next=/accounts/2fa/totp/deactivate/",
        "mfa/totp/deactivate_form",
        who="vendors",
        before=lambda: has_a_second_factor("vendors"),
        opens=[types_the_password_once_more],
        kept=lambda: Authenticator.objects.filter(user__email=address("vendors")).count(),
        seen=noticed(),
    ),
)
SESSIONS = (
    me(
        "end_session",
        "signs one session out",
        5,
        before=signed_in_elsewhere,
        kept=sessions_that_are_open,
        seen=noticed("is signed out"),
    ),
    me(
        "end_other_sessions",
        "signs out everywhere else",
        6,
        before=signed_in_elsewhere,
        kept=sessions_that_are_open,
        seen=noticed("Signed out elsewhere"),
    ),
)
RECIPES = in_world("lists", ME, SESSIONS, WAYS_IN, SECOND_FACTOR, PASSWORDS, MORE_WAYS_IN)
