"""A record whose people bear names of many scripts: they are proposed as attendees, and their names block."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from tests.api.caller import Caller
from tests.api.way import SECTIONS, drafted, scheduled, write

DATA = Path(__file__).parents[1] / "data"
PERSONS = [
    "田中太郎",
    "محمد الأحمد",
    "สมชาย ใจดี",
    "Nguyễn Văn An",
    "O'Neil",
    "Ann Lee (phone)",
    "maria silva",
]
NOBODY = ["User", "Node", "Control plane", "Docker Hub", "plan B", "监控系统", "Service desk"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def imported(administrator: Caller) -> dict[str, Any]:
    """A record with these people as responders, each with a track of their own."""
    document = copy.deepcopy(json.loads((DATA / "worked" / "i2c-2025-08-12-leap-outage.json").read_text()))
    document["external_id"] = "people-of-every-script"
    listed = [{"key": f"p{n}", "name": name, "email": None} for n, name in enumerate([*PERSONS, *NOBODY])]
    document["people"] += listed
    opened = document["milestones"]["opened"]
    document["tracks"] += [
        {
            "name": f"Track {person['key']}",
            "service": None,
            "lead": person["key"],
            "opened_at": opened,
            "lead_assigned_at": None,
            "closed_at": None,
            "outcome": None,
        }
        for person in listed
    ]
    answer = administrator.post("incidents/import/?history=true", document)
    assert answer.status_code == 201, answer.content.decode()
    return answer.json()


def test_who_is_named_like_a_person_is_proposed_as_attendee(
    administrator: Caller, imported: dict[str, Any]
) -> None:
    attendees = administrator.get(f"after-actions/{imported['after_action']}/").json()["attendees"]
    names = {each["name"] for each in attendees}
    assert set(PERSONS) <= names
    assert names.isdisjoint(NOBODY)


def test_their_names_block_the_distribution_and_words_of_systems_do_not(
    administrator: Caller, imported: dict[str, Any]
) -> None:
    aa = imported["after_action"]
    administrator.made(f"after-actions/{aa}/start/", {})
    scheduled(administrator, aa)
    drafted(administrator, aa, administrator.person)
    texts = {
        "田中太郎": "障害は田中太郎が行った変更によるものです",
        "محمد الأحمد": "بسبب تغيير أجراه محمد الأحمد",
        "สมชาย ใจดี": "ระบบล่มเพราะสมชาย ใจดีลบฐานข้อมูล",
        "Nguyễn Văn An": "a rule of Nguyen Van An",
        "O'Neil": "a certificate of O’Neil",
        "Ann Lee (phone)": "a change of Ann Lee",
        "maria silva": "a change of Maria Silva",
        "@mkovacs": "a script of @mkovacs",
    }
    for name, text in texts.items():
        [found] = [
            each
            for each in administrator.made(
                "wording/", {"section": "root_cause", "text": text, "incident": imported["reference"]}
            )["findings"]
            if each["blocks"]
        ]
        assert (found["kind"], text[found["start"] : found["end"]]) == ("name", found["text"]), name
    for text in texts.values():
        write(administrator, aa, "root_cause", {**SECTIONS["root_cause"], "failure": text})
        refused = administrator.post(f"after-actions/{aa}/distribute/", {})
        assert (refused.status_code, "root_cause" in refused.content.decode()) == (409, True), text
    words = "the User could not reach a Node; Docker Hub limited the control plane, and plan B was not tried"
    write(administrator, aa, "root_cause", {**SECTIONS["root_cause"], "failure": words})
    out = administrator.post(f"after-actions/{aa}/distribute/", {})
    assert out.status_code in (200, 201), out.content.decode()
