"""How much may be typed is said with how much was (domain's limit of a text: 20,000 characters)."""

import pytest

from tests.api.caller import Caller
from tests.api.way import SECTIONS, put

pytestmark = pytest.mark.django_db


def test_a_text_that_is_too_long_is_told_the_limit_and_its_length(mim: Caller, aa: str) -> None:
    path = f"after-actions/{aa}/sections/root_cause/"
    content = {**SECTIONS["root_cause"], "failure": "a" * 25_310}
    refused = put(mim, path, content, mim.get(path)["ETag"])
    assert refused.status_code == 400
    assert refused.json()["errors"] == [
        {"path": "root_cause.failure", "message": "At most 20,000 characters; this has 25,310."}
    ]
    wording = mim.post("wording/", {"section": "root_cause", "text": "a" * 20_001})
    assert "At most 20,000 characters; this has 20,001." in wording.content.decode()


def test_the_texts_of_a_section_have_a_limit_together(mim: Caller, aa: str) -> None:
    path = f"after-actions/{aa}/sections/root_cause/"
    content = {**SECTIONS["root_cause"], "contributing_factors": ["a factor " * 2_000] * 6}
    refused = put(mim, path, content, mim.get(path)["ETag"])
    assert refused.status_code == 400
    [problem] = refused.json()["errors"]
    assert problem["path"] == "root_cause"
    assert "at most 100,000 characters together; these have 108,04" in problem["message"]
