"""Everybody here is somebody in every script: in the root cause, and where attendees are proposed (domain.md, No names
in root cause)."""

import json
from pathlib import Path

import pytest

from afteractions.wording.check import Checked, FindingKind, blocking_texts, check
from afteractions.wording.person_names import is_named_like_a_person
from afteractions.wording.persons import KnownPerson

DATA = Path(__file__).parents[1] / "data"

# A name as a record lists it, a text that holds it, and what of it is underlined.
NAMES = [
    ("田中太郎", "障害は田中太郎が行った変更によるものです。", "田中太郎"),
    ("田中太郎", "The change of 田中 太郎 was not reviewed.", "田中 太郎"),
    ("佐藤 花子", "佐藤花子さんの変更", "佐藤花子"),
    ("タナカ タロウ", "タナカ・タロウが再起動した", "タナカ・タロウ"),
    ("李小龙", "故障原因是李小龙删除了数据库", "李小龙"),
    ("김철수", "김철수가 데이터베이스를 삭제했다", "김철수"),
    ("박 지훈", "원인: 박 지훈의 변경", "박 지훈"),
    ("محمد الأحمد", "بسبب تغيير أجراه محمد الأحمد على القاعدة", "محمد الأحمد"),
    ("محمد الأحمد", "The key of محمد الأحمد had expired.", "محمد الأحمد"),
    ("محمد الأحمد", "سلّم المفتاح لمحمد الأحمد", "محمد الأحمد"),
    ("דוד כהן", "השינוי בוצע על ידי דוד כהן", "דוד כהן"),
    ("דוד כהן", "ההרשאה ניתנה לדוד כהן", "דוד כהן"),
    ("สมชาย ใจดี", "ระบบล่มเพราะสมชาย ใจดีลบฐานข้อมูล", "สมชาย ใจดี"),
    ("สมชาย ใจดี", "The script of สมชาย ใจดี removed the route.", "สมชาย ใจดี"),
    ("राजेश कुमार", "राजेश कुमार ने सर्वर बंद किया", "राजेश कुमार"),
    ("கண்ணன் ராஜா", "கண்ணன் ராஜா மாற்றினார்", "கண்ணன் ராஜா"),
    ("Γιώργος Παπαδόπουλος", "Η αλλαγή έγινε από Γιώργος Παπαδόπουλος", "Γιώργος Παπαδόπουλος"),
    ("Сергей Иванов", "Причина: изменение Сергея Иванова", "Сергея Иванова"),
    ("иван петров", "The job of Иван Петров held the lock.", "Иван Петров"),
    ("გიორგი ბერიძე", "ცვლილება გააკეთა გიორგი ბერიძე", "გიორგი ბერიძე"),
    ("Nguyễn Văn An", "The rule of Nguyễn Văn An was applied twice.", "Nguyễn Văn An"),
    ("Nguyễn Văn An", "nguyen van an removed the route.", "nguyen van an"),
    ("O'Neil", "The certificate of O’Neil had expired.", "O’Neil"),
    ("Siobhán O'Brien", "Restarted by Siobhan OBrien.", "Siobhan OBrien"),
    ("Ann Lee (phone)", "The change of Ann Lee removed the route.", "Ann Lee"),
    ("Ann Lee (phone)", "The change of LEE, ANN removed the route.", "LEE, ANN"),
    ("maria silva", "The change of Maria Silva removed the route.", "Maria Silva"),
    ("maria silva", "maria silva removed the route.", "maria silva"),
    ("MARIA SILVA", "A change of maria  silva.", "maria  silva"),
    ("thandiwe mokoena", "The change of Thandiwe Mokoena removed the route.", "Thandiwe Mokoena"),
    ("Dr. Ann B. Lee", "The change of Ann B. Lee removed the route.", "Ann B. Lee"),
    ("Ann Lee, Platform", "Ann Lee removed the route.", "Ann Lee"),
    ("María García-López", "María García removed the route.", "María García"),
    ("Jürgen Müller", "Juergen Mueller removed the route.", "Juergen Mueller"),
    ("Juergen Mueller", "Jürgen Müller removed the route.", "Jürgen Müller"),
    ("Ann Lee", "An\u200bn Lee removed the route.", "An\u200bn Lee"),
]

ROLES_SYSTEMS_PLACES = """
User|Node|Control plane|Responder 1|Docker Hub|Travis CI|Technical recovery lead|On-call engineer|edge cache|
nightly backup|batch importer|load balancer|plan B|Plan B|db-01|api gateway|Priority support|Service desk|Kafka|
Hong Kong|San Francisco|North Virginia|Störungsmanager|Bereitschaft|Equipo de guardia|Ingénieur d'astreinte|
监控系统|值班工程师|客服中心|システム管理者|ユーザー|サーバー|담당자|운영팀|المستخدم|مهندس الشبكة|צוות תמיכה|
ระบบ|ผู้ดูแลระบบ|Оператор|Дежурный инженер|Команда поддержки|टीम|Monitoring|Customer|Vendor
""".replace("\n", "").split("|")


@pytest.mark.parametrize("has_account", [True, False], ids=["account", "contact"])
@pytest.mark.parametrize(
    ("name", "text", "passage"), NAMES, ids=[f"{name}: {text}" for name, text, _ in NAMES]
)
def test_the_full_name_of_anybody_here_blocks_in_every_script(name, text, passage, has_account):
    found = check(Checked.ROOT_CAUSE, text, [KnownPerson(name, has_account=has_account)])
    assert blocking_texts(found) == (passage,)


@pytest.mark.parametrize("name", sorted({name for name, _, _ in NAMES}))
def test_who_bears_a_name_of_any_script_is_taken_for_a_person(name):
    assert is_named_like_a_person(name)


@pytest.mark.parametrize("name", ROLES_SYSTEMS_PLACES)
def test_what_is_called_after_a_role_a_system_or_a_place_is_nobody(name):
    assert not is_named_like_a_person(name)
    people = [KnownPerson(name, responder=True, has_account=False)]
    texts = (f"The {name} was not reached.", f"{name} restarted {name}.", name)
    assert [blocking_texts(check(Checked.ROOT_CAUSE, text, people)) for text in texts] == [(), (), ()]


def test_nobody_in_the_real_incidents_is_taken_for_a_person():
    """Their people are roles and systems, all of them: real names stand in none."""
    people = {person["name"] for document in real_incidents() for person in document.get("people") or []}
    assert len(people) > 40
    assert [name for name in people if is_named_like_a_person(name)] == []


# People whose names are ordinary words of incidents, as seen in real companies.
AWKWARD = [
    *(
        KnownPerson(name, handle, f"{handle}@example.org", responder=True)
        for name, handle in (
            ("Will Grant", "wgrant"),
            ("Mark Page", "mpage"),
            ("Rose Root", "rroot"),
            ("An Nguyen", "an"),
            ("Ann B Lee", "alee"),
            ("Bill Cloud", "cloud"),
            ("Art Branch", "art"),
            ("May Day", "mday"),
            ("Ruby Rails", "ruby"),
            ("Jenkins Carter", "jcarter"),
            ("Chase Long", "chase"),
            ("Dean Key", "dkey"),
            ("Victor Post", "vpost"),
        )
    ),
    KnownPerson("User", responder=True, has_account=False),
    KnownPerson("Control plane", responder=True, has_account=False),
    KnownPerson("Monitoring", responder=True),
    KnownPerson("Load balancer", responder=True, has_account=False),
]


def test_the_name_of_a_responder_that_is_a_products_too_is_asked_about() -> None:
    found = check(Checked.ROOT_CAUSE, "Jenkins failed", [KnownPerson("Tom Jenkins", responder=True)])
    assert [(each.kind, each.text, each.blocks) for each in found] == [
        (FindingKind.POSSIBLE_NAME, "Jenkins", False)
    ]


def real_incidents() -> list[dict]:
    lines = (DATA / "incidents.jsonl").read_text(encoding="utf-8").splitlines()
    worked = sorted((DATA / "worked").glob("*.json"))
    return [*map(json.loads, lines), *(json.loads(path.read_text(encoding="utf-8")) for path in worked)]


def causes_of(document: dict) -> list[str]:
    """What the incident's own words say of its cause: its root cause, its factors, its summary and its log."""
    review = document.get("review") or {}
    cause = review.get("root_cause") or {}
    return [
        *([cause["failure"], *cause["contributing_factors"]] if cause else []),
        *(document.get("summary") or []),
        *filter(None, [document.get("unusual_factors")]),
        *(event["text"] for event in document.get("timeline") or []),
    ]


def test_ordinary_words_of_169_real_incidents_do_not_block_whoever_works_here():
    documents = real_incidents()
    texts = [text for document in documents for text in causes_of(document)]
    assert (len(documents), len(texts)) == (169, 566)
    blocked = [
        (text, blocking)
        for text in texts
        if (blocking := blocking_texts(check(Checked.ROOT_CAUSE, text, AWKWARD)))
    ]
    assert blocked == []


@pytest.mark.parametrize(
    "text",
    [
        "The team fell back to plan B after the failover.",
        "Availability zone B lost power, and so did rack B 12.",
        "Will the cache survive a restart? The page of May 4 says so.",
        "The root key was on the cloud page of the branch.",
        "Monitoring did not page the user, and the Control Plane had no key.",
        "Jenkins deployed the Rails branch; a Ruby worker held the lock for long.",
        "An expired certificate; an art of its own.",
        "Mark the page as stale, post the bill and chase the vendor.",
        "A post mortem of the day was due in May.",
        "The @Transactional annotation, @angular/core, @retry and @reboot are code.",
        "Mail to noc@example.com and @payments-team went nowhere.",
    ],
)
def test_ordinary_words_that_are_somebodys_name_do_not_block(text):
    assert blocking_texts(check(Checked.ROOT_CAUSE, text, AWKWARD)) == ()


def test_a_one_letter_middle_name_is_nobodys_name_alone():
    people = [KnownPerson("Ann B Lee", responder=True)]
    assert check(Checked.ROOT_CAUSE, "The team fell back to plan B.", people) == []
    assert blocking_texts(check(Checked.ROOT_CAUSE, "A plan of Ann B. Lee.", people)) == ("Ann B. Lee",)


def test_a_name_with_ue_or_oe_is_written_with_an_umlaut_and_never_without_either():
    people = [KnownPerson("Sue Goedel", responder=True)]
    assert blocking_texts(check(Checked.ROOT_CAUSE, "The gödel table was full.", people)) == ("gödel",)
    assert check(Checked.ROOT_CAUSE, "The godel table was full.", people) == []


@pytest.mark.parametrize(
    ("text", "passage"),
    [
        ("Restarted by @mkovacs at night.", "@mkovacs"),
        ("Ask @ann.lee for the script.", "@ann.lee"),
        ("@annlee restarted the primary.", "@annlee"),
        ("The job of @alee held the lock.", "@alee"),
        ("cc @will", "@will"),
        ("The token of zoe.berg@example.org had expired.", "zoe.berg@example.org"),
    ],
)
def test_a_handle_blocks_whether_or_not_anybody_here_is_known_by_it(text, passage):
    people = [KnownPerson("Ann Lee"), KnownPerson("Will Grant", email="will@example.org")]
    for known in (people, []):
        (found,) = [each for each in check(Checked.ROOT_CAUSE, text, known) if each.text == passage]
        assert (found.kind, found.blocks) == (FindingKind.NAME, True)


def test_a_handle_of_nobody_here_can_be_dismissed_and_that_of_somebody_cannot():
    text = "Pinned by @octoframe and @alee."
    people = [KnownPerson("Ann Lee")]
    found = check(Checked.ROOT_CAUSE, text, people, dismissed=["@octoframe", "@alee"])
    assert [each.text for each in found] == ["@alee"]
