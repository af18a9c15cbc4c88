"""Both drawings of any record, each part of it none, one or many, and each part empty in turn."""

from dataclasses import fields, replace
from xml.etree import ElementTree

from hypothesis import given, settings

from afteractions.timeline import (
    Picture,
    draw_tall,
    draw_wide,
    picture_as_document,
    picture_from_document,
    table_rows,
)
from tests.documents.test_any_document import always
from tests.factories.documents import INSTANTS, pictures

PARTS = [field.name for field in fields(Picture) if field.default == ()]


def read(picture: Picture) -> None:
    for drawing in (draw_wide(picture), draw_tall(picture)):
        words = "".join(ElementTree.fromstring(drawing).itertext())
        assert words.strip()
        assert "None" not in words
    table_rows(picture)
    assert picture_from_document(picture_as_document(picture)) == picture


@settings(always, max_examples=20)
@given(pictures())
def test_any_record_is_drawn_also_without_one_part_and_with_one_part_alone(picture: Picture) -> None:
    read(picture)
    for part in PARTS:
        read(replace(picture, **{part: ()}))
        alone = {name: () for name in PARTS if name != part}
        read(replace(picture, **alone))
        read(replace(picture, **alone, closed_at=None, now=None))


def test_a_record_that_is_closed_and_says_nothing_else_is_drawn() -> None:
    for ends in ({"closed_at": INSTANTS[0]}, {"now": INSTANTS[0]}, {}):
        read(Picture("Nothing else", "UTC", **ends))
