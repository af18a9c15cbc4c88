"""Search in the words that people type: without accents, in parts of names, in scripts without blanks. The page, what
is suggested while one types, and the API find the same in the same order, and tell nobody what is restricted."""

import json
import re
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from afteractions.models import Change, Comment, MeetingDecision, Section
from afteractions.queries import search as searching
from afteractions.queries.search import Kind
from incidents.models import Incident, Mtm, Service, TimelineEvent, Vendor
from incidents.queries.incidents import incident_list
from majorops.people.models import ApiToken, Person
from majorops.searching import Folded, Words, asked_for, holding, query_of, query_of_whole_words
from majorops.searching.folding import folded
from tests.factories.afteractions import a_distributed_review, an_after_action
from tests.factories.incidents import OPENED, an_event, an_incident, minutes
from tests.factories.people import a_mim, a_person
from tests.web.browsing import browser_of

pytestmark = pytest.mark.django_db

# What is typed, and which of the texts it finds, the latest first.
TEXTS = [
    "Gateway in München lost its link",
    "Gateway in Munchen is back",
    "db-01.prod.example.com ran out of disk",
    "db-012.prod.example.com was never touched",
    "Restarted checkout_api after the crash",
    "決済システムで障害が発生しました",
    "ระบบชำระเงินมีปัญหา",
    "توقف الخادم عن العمل",
    "השרת הראשי נפל",
    "결제서버가 중단되었습니다",
    "Rewrote the C++ worker",
    "Wrote a cron job instead",
    "10.2.3.4 refused, 10.2.3.40 did not",
    "10.2.3.40 was healthy",
    "Ran rm -rf on the spool",
]
FOUND = [
    ("München", [1, 0]),
    ("munchen", [1, 0]),
    ("MUNCH", [1, 0]),
    ("db-01", [2]),
    ("db-012", [3]),
    ("prod.example.com", [3, 2]),
    ("checkout", [4]),
    ("checkout_api", [4]),
    ("障害", [5]),
    ("システム", [5]),
    ("ปัญหา", [6]),
    ("خادم", [7]),
    ("שרת", [8]),
    ("서버", [9]),
    ("C++", [10]),
    ("10.2.3.4", [12]),
    ('"lost its link"', [0]),
    ('"link lost"', []),
    ("-rf", [14]),
    ("rm -rf", [14]),
    ("障害 volcano", []),
]
HIT = re.compile(r'<a class="item-title" href="([^"]*)".*?<p class="hit-excerpt"[^>]*>(.*?)</p>', re.DOTALL)
OPTION = re.compile(
    r'<a role="option" id="option-\d.*?<span class="suggestion-excerpt"[^>]*>(.*?)</span></a>', re.DOTALL
)
TAG = re.compile("<[^>]*>")


def texts_of(page: str, pattern: re.Pattern[str]) -> list[str]:
    found = [match if isinstance(match, str) else match[-1] for match in pattern.findall(page)]
    # Signs of direction are set round each piece of a page.
    return [re.sub("[\u2068\u2069]", "", unescape(TAG.sub("", each))) for each in found]


def by_api(person: Person, said: str, **more: str) -> list[str]:
    token = ApiToken.issue(person, name="search", at=OPENED)
    client = browser_of(person)
    client.logout()
    answer = client.get("/api/v1/search/", {"q": said, **more}, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200, answer.content
    return [each["found"] for each in json.loads(answer.content)["results"]]


def incident_with(texts: list[str], mim: Person, *, restricted: bool = False) -> Incident:
    incident = an_incident(mim, title="Something broke", restricted=restricted)
    for number, text in enumerate(texts):
        an_event(incident, text, by=mim, at=OPENED + minutes(number + 1))
    return incident


def test_page_suggestions_and_api_find_the_same_in_the_same_order_and_mark_it() -> None:
    mim = a_mim()
    incident_with(TEXTS, mim)
    client = browser_of(mim)
    for said, numbers in FOUND:
        expected = [TEXTS[number] for number in numbers]
        page = client.get("/search/", {"q": said}).content.decode()
        of_kind = client.get("/search/", {"q": said, "kind": "timeline"}).content.decode()
        suggested = client.get("/search/suggestions/", {"q": said}).content.decode()
        assert texts_of(page, HIT) == expected, said
        assert texts_of(of_kind, HIT) == expected, said
        assert texts_of(suggested, OPTION) == expected, said
        assert by_api(mim, said) == by_api(mim, said, kind="timeline") == expected, said
        for shown in (page, of_kind, suggested):
            assert shown.count("<mark>") >= len(expected), said


def test_nobody_else_is_told_what_is_restricted_by_any_of_them() -> None:
    mim, outsider = a_mim(), a_person("Olga Reyes")
    incident_with(TEXTS, mim, restricted=True)
    client = browser_of(outsider)
    for said, _ in FOUND:
        for query in ({"q": said}, {"q": said, "kind": "timeline"}):
            assert "Nothing found" in client.get("/search/", query).content.decode(), said
            assert by_api(outsider, **{"said" if k == "q" else k: v for k, v in query.items()}) == []
        suggested = client.get("/search/suggestions/", {"q": said}).content.decode()
        assert "Nothing that you may see" in suggested, said


def test_names_are_found_whatever_their_accents_in_parts_and_exactly_with_their_numbers() -> None:
    mim = a_mim()
    for name in ("db-012", "db-01.prod", "Zürich gateway", "決済基盤"):
        Service.objects.create(name=name)
    a_person("José Núñez")
    client = browser_of(mim)
    for said, names in (
        ("db-01", ["db-01.prod"]),
        ("zurich", ["Zürich gateway"]),
        ("zuricch", ["Zürich gateway"]),
        ("基盤", ["決済基盤"]),
        ("jose nunez", ["José Núñez"]),
        ("Nuñes", ["José Núñez"]),
    ):
        page = client.get("/search/", {"q": said}).content.decode()
        assert (
            re.findall(r"data-hit>(.*?)</a>", TAG.sub(lambda tag: "" if "mark" in tag[0] else tag[0], page))
            == names
        )
    declared = client.get("/incidents/services/", {"services": "db-01, zurich"}).content.decode()
    assert "Zürich gateway" in declared
    assert "José Núñez" in client.get("/incidents/people/", {"lead": "nunez"}).content.decode()


@pytest.mark.parametrize("said", ["munchen", "München", "障害", "db-01"])
def test_the_lists_of_incidents_and_of_reviews_find_as_the_search_does(said: str) -> None:
    mim = a_mim()
    right = an_incident(mim, title="München db-01.prod: 決済障害")
    an_incident(mim, title="Berlin db-012")
    assert list(incident_list(mim, {"search": said})) == [right]
    page = browser_of(mim).get("/incidents/", {"search": said}).content.decode()
    assert right.reference in page
    assert "Berlin" not in page


def test_the_lists_ask_for_whole_words_of_which_the_planner_knows_how_many_there_are() -> None:
    assert query_of_whole_words("payments led 障") == "'payments' & 'led' & 'x0969c':*"
    assert ":*" not in str(incident_list(a_mim(), {"search": "payments led"}).query)


def test_what_a_review_says_is_found_and_shown_without_blanks_and_in_parts() -> None:
    mim = a_mim()
    after_action = a_distributed_review(mim)
    section = after_action.sections.get(key="root_cause")
    content = {"failure": "決済基盤の鍵が失効した", "contributing_factors": ["db-07.prod.example.com"]}
    Section.objects.filter(pk=section.pk).update(content=content)
    for said, shown in (("失効", "<mark>失効</mark>"), ("db-07", "<mark>db-07</mark>.prod.example.com")):
        assert shown in browser_of(mim).get("/search/", {"q": said, "kind": "reviews"}).content.decode()


INDEXES = {
    Kind.INCIDENT: (Incident.objects, "incident_search"),
    Kind.REVIEW: (Section.objects, "section_search"),
    Kind.ACTION: (Change.objects, "change_search"),
    Kind.EVENT: (TimelineEvent.objects, "event_search"),
    Kind.COMMENT: (Comment.objects, "comment_search"),
    Kind.DECISION: (MeetingDecision.objects, "decision_search"),
    Kind.MTM: (Mtm.objects, "mtm_search"),
    Kind.SERVICE: (Service.objects.alias(search=Words("name")), "service_words"),
    Kind.VENDOR: (Vendor.objects.alias(search=Words("name")), "vendor_words"),
}


def plan_of(found: QuerySet[Any]) -> str:
    sql, values = found.order_by().values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        # The few rows of a test are read as they lie, whatever there is.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
        cursor.execute(f"EXPLAIN {sql}", values)
        return "\n".join(line for (line,) in cursor.fetchall())


@pytest.mark.parametrize("said", ["munchen", "db-01", "prod.example.com", "障害が発生", "ปัญหา"])
def test_each_kind_is_searched_by_its_index(said: str) -> None:
    mim = a_mim()
    an_after_action(mim)
    for kind, (rows, index) in INDEXES.items():
        used = f"Bitmap Index Scan on {index}"
        assert used in plan_of(rows.filter(search=asked_for(query_of(said)))), (kind, said)
    for model, index in ((Service, "service_folded_trigrams"), (Vendor, "vendor_folded_trigrams")):
        alike = model.objects.alias(folded=Folded("name")).filter(folded__trigram_word_similar=folded(said))
        for found in (alike, holding(model.objects.all(), "name", said)):
            assert f"Bitmap Index Scan on {index}" in plan_of(found), (index, said)


def test_a_text_that_is_changed_is_found_by_what_it_says_now() -> None:
    mim = a_mim()
    incident = incident_with(["Gateway in München lost its link"], mim)
    Incident.objects.filter(pk=incident.pk).update(title="Kraków went away")
    assert [group.kind for group in searching.search(mim, "krakow")] == [Kind.INCIDENT]
    assert not TimelineEvent.objects.filter(search__isnull=True).exists()
