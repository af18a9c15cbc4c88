"""Each form of the record, sent by a browser: once empty, once with good values."""

import pytest

from tests.browser.controls import mtm_recipes, record_recipes
from tests.browser.controls.pressing import House, send
from tests.browser.controls.recipes import Recipe

RECIPES = (*mtm_recipes.RECIPES, *record_recipes.RECIPES)


@pytest.mark.parametrize("recipe", [pytest.param(each, id=each.does.replace(" ", "-")) for each in RECIPES])
def test_a_form_of_the_record_does_what_it_says(house: House, recipe: Recipe) -> None:
    house.enter(recipe.world)
    send(house, recipe)
