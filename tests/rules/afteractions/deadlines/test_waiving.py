"""Which deadlines are waived, and by whose word."""

from typing import Any

import pytest

from afteractions.rules.deadlines.waiving import OWN_WAY_OUT, waiver_refusal
from afteractions.rules.lifecycle import Ground
from afteractions.vocabulary import ObligationKind, ObligationState
from incidents.vocabulary import RequirementLevel


def refused(**said: Any) -> Any:
    kind = said.pop("kind", ObligationKind.PUBLISH)
    state = said.pop("state", ObligationState.OPEN)
    level = said.pop("level", RequirementLevel.RECOMMENDED)
    return waiver_refusal(
        kind, state, level, **{"reason": "Merged into another review", "is_above": True, **said}
    )


def test_a_manager_waives_a_deadline_of_what_is_not_mandatory() -> None:
    for level in (
        RequirementLevel.RECOMMENDED,
        RequirementLevel.OPTIONAL,
        RequirementLevel.NOT_REQUIRED,
        None,
    ):
        assert refused(level=level) is None


@pytest.mark.parametrize("kind", list(ObligationKind))
def test_nothing_that_is_mandatory_is_waived(kind: ObligationKind) -> None:
    found = refused(kind=kind, level=RequirementLevel.MANDATORY)
    assert found.ground == Ground.RULE
    assert "mandatory" in found.sentence


def test_nobody_waives_what_they_owe_themselves() -> None:
    found = refused(is_above=False)
    assert found.ground == Ground.FORBIDDEN
    assert "A manager above whoever owes it" in found.sentence


@pytest.mark.parametrize("state", [state for state in ObligationState if state != ObligationState.OPEN])
def test_only_an_open_deadline_is_waived(state: ObligationState) -> None:
    found = refused(state=state)
    assert found.ground == Ground.RULE
    if state != ObligationState.HISTORY:
        assert found.sentence == f"This deadline is not open any more: it is {state.label.lower()}."


def test_a_waiver_says_why() -> None:
    assert refused(reason="  ").field == "reason"


@pytest.mark.parametrize(
    "kind",
    [
        ObligationKind.DECIDE,
        ObligationKind.ACTION_ITEM,
        ObligationKind.REVIEW_ACTIONS,
        ObligationKind.EXTERNAL_MESSAGE,
        ObligationKind.VENDOR_ITEM,
    ],
)
def test_what_has_a_way_out_of_its_own_takes_that(kind: ObligationKind) -> None:
    assert refused(kind=kind).sentence == OWN_WAY_OUT[kind]
