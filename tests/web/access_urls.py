"""Every URL of the product, with the row of access_rules.py that speaks of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.viewsets import ViewSetMixin


@dataclass(frozen=True)
class Url:
    """One URL of the product: its name, how it is written, and the methods that its view says it has (API calls)."""

    name: str
    route: str
    pattern: URLPattern

    @property
    def is_api(self) -> bool:
        return self.route.startswith("api/")


def urls() -> Iterator[Url]:
    """Every URL of the product."""

    def walk(patterns: Iterable[URLPattern | URLResolver], route: str, space: str) -> Iterator[Url]:
        for found in patterns:
            here = f"{route}{found.pattern}"
            if isinstance(found, URLPattern):
                name = f"{space}{found.name}" if found.name else here
                yield Url(name, here, found)
            else:
                deeper = f"{space}{found.namespace}:" if found.namespace else space
                yield from walk(found.url_patterns, here, deeper)

    return walk(get_resolver().url_patterns, "", "")


def rule_name(url: Url) -> str:
    """The row that speaks of this URL: one for the whole administration."""
    return "administration" if url.route.startswith("django-admin/") else url.name


def names_of_urls() -> Iterator[str]:
    return map(rule_name, urls())


def methods_of_view(url: Url) -> frozenset[str]:
    """The methods that a view set answers to; nothing for other views."""
    view = url.pattern.callback
    actions = getattr(view, "actions", None)
    is_set = isinstance(getattr(view, "cls", None), type) and issubclass(view.cls, ViewSetMixin)
    # The framework adds HEAD once it has been asked: it goes with GET.
    return frozenset(method.upper() for method in actions) - {"HEAD"} if is_set and actions else frozenset()
