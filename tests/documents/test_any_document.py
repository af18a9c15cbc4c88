"""Any document of the format is imported, read, drawn and printed, or refused as a whole with places and sentences."""

import os
from collections import Counter
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from tests.documents.road import Road
from tests.factories.documents import SPARSE, SPARSE_AND_CLOSED, any_document, spoilt_document

# The same documents in every run; `script/documents N` draws N others and prints each.
MANY = int(os.environ.get("DOCUMENTS", "0"))
always = settings(
    derandomize=not MANY,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


class Undone(Exception):
    """Ends the transaction of one example."""


def walked(road: Road, document: Any, *, history: bool) -> str:
    """How far the document came; nothing of it is left."""
    came = "refused"
    try:
        with transaction.atomic():
            incident = road.take(document, history=history)
            if incident is not None:
                came = "imported"
                road.walk_incident(incident)
                after_action = road.follow(incident)
                if after_action is not None:
                    came = "distributed"
                    road.walk_after_action(after_action)
                    road.let_in(after_action)
                    if MANY or document["external_id"].startswith("sparse"):
                        road.print(after_action)
            raise Undone
    except Undone:
        return came


def test_any_document_is_imported_and_every_page_shows_it(road: Road) -> None:
    came: Counter[str] = Counter()

    @settings(always, max_examples=MANY or 15)
    @example(document=SPARSE, history=False)
    @example(document=SPARSE_AND_CLOSED, history=False)
    @given(document=any_document(), history=st.booleans())
    def walk(document: dict[str, Any], history: bool) -> None:
        came[walked(road, document, history=history)] += 1

    walk()
    assert not road.broken, "\n".join(road.broken)
    assert came["refused"] == 0
    assert MANY or came["distributed"] >= 5


def test_a_spoilt_document_comes_in_whole_or_is_refused_with_its_place(road: Road) -> None:
    came: Counter[str] = Counter()

    @settings(always, max_examples=MANY or 60)
    @given(document=spoilt_document(), history=st.booleans())
    def take(document: Any, history: bool) -> None:
        try:
            with transaction.atomic():
                came["refused" if road.take(document, history=history) is None else "imported"] += 1
                raise Undone
        except Undone:
            pass

    take()
    assert MANY or came["refused"] >= 12
