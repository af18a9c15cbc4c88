"""The forms of the library of the sign-in, with the words of all others."""

from typing import Any

from allauth.account import forms as account
from allauth.account.adapter import get_adapter as account_adapter
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as factor
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.utils import encrypt
from django.http import HttpRequest
from django.utils.http import int_to_base36

from majorops.people.authentication.backend import password_links
from majorops.people.models import Person

LABELS = {
    "login": "E-mail address",
    "email": "E-mail address",
    "password": "Password",
    "oldpassword": "Present password",
    "password1": "New password",
    "password2": "New password again",
    "code": "Code",
}


class Worded:
    """Labels in place of the library's, and no second label inside of the field."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields  # type: ignore[attr-defined]
        for name, field in fields.items():
            field.label = LABELS.get(name, field.label)
            field.widget.attrs.pop("placeholder", None)


class SignIn(Worded, account.LoginForm):  # type: ignore[misc]
    pass


class ChangePassword(Worded, account.ChangePasswordForm):  # type: ignore[misc]
    pass


class SetPassword(Worded, account.SetPasswordForm):  # type: ignore[misc]
    pass


class ForgottenPassword(Worded, account.ResetPasswordForm):  # type: ignore[misc]
    def clean_email(self) -> str:
        # Small letters can be others than those typed (of the Kelvin sign, a k): mailed is the account's own address.
        address = str(self.cleaned_data["email"]).lower()
        self.users = list(Person.objects.accounts().filter(email=address))
        return address

    def save(self, request: HttpRequest, **options: Any) -> str:
        """Mails the link to a new password, or that no account has the address. All that either takes is done for both,
        so that the time of the answer does not tell which."""
        address = str(self.cleaned_data["email"])
        person = self.users[0] if self.users else Person(pk=0, email=address, password="!")
        key = f"{int_to_base36(person.pk)}-{password_links.make_token(person)}"
        adapter = account_adapter()
        said = {
            "request": request,
            "email": address,
            "password_reset_url": adapter.get_reset_password_from_key_url(key),
        }
        link, unknown = (
            adapter.render_mail(f"account/email/{name}", address, said)
            for name in ("password_reset_key", "unknown_account")
        )
        (link if self.users else unknown).send()
        return address


class PasswordByLink(Worded, account.ResetPasswordKeyForm):  # type: ignore[misc]
    pass


class Again(Worded, account.ReauthenticateForm):  # type: ignore[misc]
    pass


class Code(Worded, factor.AuthenticateForm):  # type: ignore[misc]
    pass


class CodeAgain(Worded, factor.ReauthenticateForm):  # type: ignore[misc]
    pass


class FirstCode(Worded, totp.ActivateTOTPForm):  # type: ignore[misc]
    def clean_code(self) -> str:
        code = str(super().clean_code())
        kept = Authenticator(
            user=self.user, type=Authenticator.Type.TOTP, data={"secret": encrypt(self.secret)}
        )
        # Used up as by a sign-in: whoever looked over a shoulder has no second use of it.
        if not TOTP(kept).validate_code(code):
            raise get_adapter().validation_error("incorrect_code")
        return code
