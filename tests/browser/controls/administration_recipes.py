"""The recipes of the administration: people, teams, services, sign-in, mail, what was set aside."""

from typing import Any

from afteractions.models import Obligation
from majorops import clock
from tests.browser.controls.recipes import Recipe, in_world, noticed, page_at


def administration(name: str, does: str, path: str, place: str, **said: Any) -> Recipe:
    template, _, number = place.partition(" ")
    form = f"afteractions/administration/{template}.html form {number or 1}"
    return Recipe(does, "admin", page_at(f"/administration/{path}"), form, name, **said)


def one_is_set_aside() -> None:
    first = Obligation.objects.open().earliest("pk")
    Obligation.objects.filter(pk=first.pk).update(set_aside_at=clock.now(), last_error="No such zone")


ADMINISTRATION = (
    administration(
        "set_aside",
        "has a deadline enforced again",
        "deadlines/",
        "set_aside",
        before=one_is_set_aside,
        kept=lambda: Obligation.objects.filter(set_aside_at__isnull=False).count(),
        seen=noticed("is enforced again"),
    ),
)
RECIPES = in_world("lists", ADMINISTRATION)
