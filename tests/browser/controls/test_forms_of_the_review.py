"""Each form of an After Action up to its meeting, sent by a browser: once empty, once with good values."""

import pytest

from tests.browser.controls import reading_recipes, review_recipes
from tests.browser.controls.pressing import House, send
from tests.browser.controls.recipes import Recipe

RECIPES = (*review_recipes.RECIPES, *reading_recipes.RECIPES)


@pytest.mark.parametrize("recipe", [pytest.param(each, id=each.does.replace(" ", "-")) for each in RECIPES])
def test_a_form_of_the_review_does_what_it_says(house: House, recipe: Recipe) -> None:
    house.enter(recipe.world)
    send(house, recipe)
