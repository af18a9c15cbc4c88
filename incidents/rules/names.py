"""Names of services and vendors: the same whatever their case and blanks (docs: the contract of the API)."""


def collapsed(name: str) -> str:
    """The name as it is kept: without blanks around it, one blank between its words."""
    return " ".join(name.split())


def folded(name: str) -> str:
    """What is equal for names that are one."""
    return collapsed(name).casefold()
