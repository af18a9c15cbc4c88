"""JSON as it is taken from outside: nothing guessed, nothing that cannot be kept."""

import json
import math
from typing import Any

from majorops.errors import Problem

DIGITS = 40


def read_json(body: bytes | str) -> tuple[Any, tuple[Problem, ...]]:
    """The JSON value of `body` (UTF-8), or what is wrong with it.

    NaN, Infinity, numbers nobody counts to and a key given twice in one object are refused.
    """
    try:
        decoded = body.decode("utf-8-sig") if isinstance(body, bytes) else body
        value = json.loads(
            decoded,
            parse_constant=_refuse_constant,
            parse_int=_countable,
            parse_float=_finite,
            object_pairs_hook=_without_twins,
        )
        return value, ()
    except UnicodeDecodeError:
        message = "This is not UTF-8 text."
    except json.JSONDecodeError as error:
        message = f"This is not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
    except RecursionError:
        message = "This is nested too deeply to be a document."
    except ValueError as error:
        message = f"This is not JSON as we take it: {error}"
    return None, (Problem("", message),)


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not a number that can be kept.")


def _countable(digits: str) -> int:
    if len(digits) > DIGITS:
        raise ValueError(f"a number has {len(digits):,} digits.")
    return int(digits)


def _finite(digits: str) -> float:
    read = float(digits)
    if not math.isfinite(read):
        raise ValueError("a number is larger than can be kept.")
    return read


def _without_twins(pairs: list[tuple[str, object]]) -> dict[str, object]:
    read: dict[str, object] = {}
    for key, value in pairs:
        if key in read:
            raise ValueError(f"the key {key!r} is given twice in one object.")
        read[key] = value
    return read
