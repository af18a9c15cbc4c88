"""The pages of the library of the sign-in, each of whose requests does all that it does or nothing."""

from collections.abc import Sequence
from importlib import import_module

from django.db import transaction
from django.urls import URLPattern, URLResolver


def whole(module: str, *, without: str) -> Sequence[URLPattern | URLResolver]:
    """The addresses of a module of URLs but the one of that name, whose views each run in one transaction.

    The library changes a password first and says so by a signal afterwards. Were the change kept and what follows from
    it not (the other sessions ended, the person told), the page would say that nothing was done, and be wrong.
    """
    patterns: list[URLPattern | URLResolver] = import_module(module).urlpatterns
    _wrap(patterns, without)
    return patterns


def _wrap(patterns: list[URLPattern | URLResolver], without: str) -> None:
    for pattern in list(patterns):
        if isinstance(pattern, URLResolver):
            _wrap(pattern.url_patterns, without)
        elif pattern.name == without:
            patterns.remove(pattern)
        else:
            pattern.callback = transaction.atomic(pattern.callback)
