"""The forms of the library of the sign-in, with the words of all others."""

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as factor
from allauth.mfa.totp import forms as totp

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

    def __init__(self, *args: Any, **said: Any) -> None:
        super().__init__(*args, **said)
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
    pass


class PasswordByLink(Worded, account.ResetPasswordKeyForm):  # type: ignore[misc]
    pass


class Again(Worded, account.ReauthenticateForm):  # type: ignore[misc]
    pass


class Code(Worded, factor.AuthenticateForm):  # type: ignore[misc]
    pass


class CodeAgain(Worded, factor.ReauthenticateForm):  # type: ignore[misc]
    pass


class FirstCode(Worded, totp.ActivateTOTPForm):  # type: ignore[misc]
    pass
