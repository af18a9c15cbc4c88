"""Each form of meetings, publication, lists and accounts, sent by a browser: once empty, once with good values."""

import pytest

from tests.browser.controls import account_recipes, administration_recipes, closing_recipes, overview_recipes
from tests.browser.controls.pressing import House, send
from tests.browser.controls.recipes import Recipe

RECIPES = (
    *closing_recipes.RECIPES,
    *overview_recipes.RECIPES,
    *account_recipes.RECIPES,
    *administration_recipes.RECIPES,
)


@pytest.mark.parametrize("recipe", [pytest.param(each, id=each.does.replace(" ", "-")) for each in RECIPES])
def test_a_form_does_what_it_says(house: House, recipe: Recipe) -> None:
    house.enter(recipe.world)
    send(house, recipe)
