"""Vocabulary words: a stored key and the words a person reads, in plain Python so that rules need no Django."""

from enum import StrEnum
from typing import Self


class Word(StrEnum):
    """A closed list of words. Each member is its stored key and carries the `label` that people read."""

    label: str

    def __new__(cls, key: str, label: str = "") -> Self:
        word = str.__new__(cls, key)
        word._value_ = key
        word.label = label
        return word

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """The pairs (key, label) in the order of declaration, as model and form fields take them."""
        return [(word.value, word.label) for word in cls]

    @classmethod
    def keys(cls) -> list[str]:
        """The stored keys in the order of declaration."""
        return [word.value for word in cls]

    @classmethod
    def knows(cls, data: object) -> bool:
        """Whether `data` is one of the stored keys."""
        return any(data == word.value for word in cls)


ACRONYMS = frozenset({"mtm", "rca", "sla", "mim", "trl", "sme", "url", "pdf"})


def spelled_out(key: str) -> str:
    """A stored key as people read it: `RCA follow up on` of `rca_follow_up_on`. What is written in words already only
    begins with a capital."""
    words = " ".join(word.upper() if word in ACRONYMS else word for word in key.replace("_", " ").split(" "))
    return words[:1].upper() + words[1:]
