"""Each form that stands in a template is sent by a recipe, or it is said here why none sends it."""

from tests.browser.controls import test_forms_of_everybody, test_forms_of_the_record, test_forms_of_the_review
from tests.browser.controls.marking import forms_of_templates

SENT = (
    *test_forms_of_everybody.RECIPES,
    *test_forms_of_the_record.RECIPES,
    *test_forms_of_the_review.RECIPES,
)


def test_every_form_of_the_templates_has_a_recipe() -> None:
    assert sorted({*forms_of_templates()} - {recipe.form for recipe in SENT}) == []


def test_every_recipe_is_of_a_form_that_stands_in_a_template() -> None:
    assert sorted({recipe.form for recipe in SENT} - {*forms_of_templates()}) == []
