"""Which account an e-mail address names: the one that an administrator gave it to, and no other."""

from allauth.account.auth_backends import AuthenticationBackend

from majorops.people.models import Person


class ByAddress(AuthenticationBackend):  # type: ignore[misc]
    """Signs in by the address of the account alone. The library would look into its own table of addresses first, where
    a former one may stand."""

    def _authenticate_by_email(self, email: str, password: str) -> Person | None:
        person = Person.objects.filter(email=email.strip().lower()).first()
        account: Person | None = self._check_password(person, password)
        return account
