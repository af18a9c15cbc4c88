"""The description of the API against its behaviour: generated calls, valid and not, answered as it says.

Each operation is tried with a few calls, the same at every run; script/schema tries hundreds, others each time.
"""

import os
from collections.abc import Iterator

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from majorops.people.models import Person
from majorops.web.api.envelope import CallerThrottle
from majorops.web.api.openapi import description
from majorops.wsgi import application
from tests.api.caller import Caller
from tests.factories.people import a_mim, a_token, an_administrator

# Generated input is right by the schema and may still be refused by a rule (a time in the future, a person that
# nobody knows), and text that is wrong in one place may be right in another.
RULES_DECIDE = [positive_data_acceptance, negative_data_rejection]
WHOLE = os.environ.get("MAJOROPS_WHOLE_SCHEMA") == "1"
EXAMPLES = 300 if WHOLE else 3
# The edges of every field, one by one, are left to script/schema.
PHASES = {} if WHOLE else {"phases": {"coverage": {"enabled": False}}}

schema = schemathesis.openapi.from_dict(
    description(), config=SchemathesisConfig.from_dict({**PHASES, **({} if WHOLE else {"seed": 1})})
)
schema.app = application


@pytest.fixture(scope="module")
def known(rows_of_the_module: None) -> dict[str, str]:
    """By the first word of a path the reference of what there is: a running High incident, and the mandatory After
    Action of a Critical incident just closed."""
    mim = Caller(a_mim())
    running = mim.made("incidents/", {"title": "Checkout answers with errors", "severity": "high"})
    ended = mim.made("incidents/", {"title": "Everything is down", "severity": "critical"})
    closed = mim.made(f"incidents/{ended['reference']}/close/")
    return {"incidents": running["reference"], "after-actions": closed["after_action"]}


@pytest.fixture(scope="module")
def administrator(rows_of_the_module: None) -> Person:
    return an_administrator()


@pytest.fixture
def one_connection(
    administrator: Person, known: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """The application answers on the connection of the test, inside its transaction, once all else is set up: each
    call of the test client puts the signals back."""
    # One person makes all the calls; tests/api/test_envelope.py holds the limit.
    monkeypatch.setattr(CallerThrottle, "THROTTLE_RATES", {CallerThrottle.scope: None})
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.django_db
@pytest.mark.usefixtures("one_connection")
@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=not WHOLE,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_a_generated_call_is_answered_as_described(
    case: schemathesis.Case, administrator: Person, known: dict[str, str]
) -> None:
    kind = case.operation.path.split("/")[3]
    if "reference" in case.path_parameters and kind in known:
        case.path_parameters["reference"] = known[kind]
    token = a_token(administrator)
    case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, excluded_checks=RULES_DECIDE)
