"""A long list on a page: so many rows, and the way to the others."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator

ROWS = 50


def window(rows: Sequence[Any], requested: str | None) -> Page:
    """The page `requested` for, counted from 1, of ROWS rows each; the first or last where there is no such page."""
    return Paginator(rows, ROWS).get_page(requested or 1)
