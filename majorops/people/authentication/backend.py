"""Which account an e-mail address names, the one that an administrator gave it to and no other; and which link sets
its password."""

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.tokens import PasswordResetTokenGenerator

from majorops.people.models import Person
from majorops.texts import has_look_alikes


class ByAddress(AuthenticationBackend):  # type: ignore[misc]
    """Signs in by the address of the account alone. The library would look into its own table of addresses first, where
    a former one may stand."""

    def _authenticate_by_email(self, email: str, password: str) -> Person | None:
        is_typed = not has_look_alikes(email)
        person = Person.objects.filter(email=email.strip().lower()).first() if is_typed else None
        account: Person | None = self._check_password(person, password)
        return account


class PasswordLinks(PasswordResetTokenGenerator):
    """The keys of links that set a password. One that was sent before an account was disabled, or enabled again, opens
    nothing meanwhile."""

    def _make_hash_value(self, user: Person, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{user.is_active}"


password_links = PasswordLinks()
