"""Names as the database compares them: what is one service or vendor is one row."""

from typing import Any

from django.db import models
from django.db.models import Q

from majorops.one_name import OneName


def is_double() -> "models.BooleanField[Any, Any]":
    """The column that says of a row from before names were one that an older row has its name."""
    return models.BooleanField(
        "has a name that another has",
        default=False,
        db_default=False,
        help_text="In other letters, from before names were one whatever their case and blanks. Records of the past "
        "speak of it; by the name the other is found. Take this away once it has a name of its own.",
    )


def name_is_one(what: str) -> models.UniqueConstraint:
    """No two `what` of one name."""
    return models.UniqueConstraint(
        OneName("name"),
        condition=Q(is_double=False),
        name=f"a_{what}_is_one_whatever_the_letters_of_its_name",
    )
