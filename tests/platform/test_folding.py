"""Texts are folded alike by Python, which reads what is typed, and by PostgreSQL, which keeps what was written."""

import re
import sys
from unicodedata import category

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from majorops.searching import query_of
from majorops.searching.folding import RUNS_ON, folded
from majorops.searching.marking import BEGIN, excerpt, marks_of, with_marks

pytestmark = pytest.mark.django_db


def rows(sql: str, *values: object) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def finds(text: str, said: str) -> bool:
    return bool(rows("SELECT majorops_words(%s) @@ to_tsquery('english', %s)", text, query_of(said))[0][0])


def test_every_character_is_folded_alike() -> None:
    # Whatever Unicode knew when both were made: the server may know of younger ones, or of fewer.
    letters = [chr(n) for n in range(1, sys.maxunicode + 1) if category(chr(n)) not in ("Cn", "Cs")]
    told = rows("SELECT letter, majorops_folded(letter) FROM unnest(%s::text[]) letter", letters)
    assert len(told) == len(letters)
    assert [letter for letter, small in told if folded(letter) != small] == []


PLACES = [
    "München",
    "Ærøskøbing",
    "Łódź",
    "Đà Nẵng",
    "Škoda",
    "ΑΘΉΝΑ",
    "МОСКВА",
    "Ёлка",
    "İstanbul",
    "ﬁle",
    "ＤＢ",
]
TYPED = [
    "munchen",
    "aeroskobing",
    "lodz",
    "da nang",
    "skoda",
    "αθηνα",
    "москва",
    "елка",
    "istanbul",
    "file",
    "db",
]


@pytest.mark.parametrize(("written", "typed"), list(zip(PLACES, TYPED, strict=True)))
def test_case_and_accents_make_no_difference_either_way(written: str, typed: str) -> None:
    assert folded(written) == typed
    assert finds(written, typed)
    assert finds(typed, written)


PARTS = [
    (
        "The host db-01.prod.example.com is down",
        ["db-01", "prod.example.com", "01.prod", "example", "db-01.prod.exa"],
    ),
    ("Restarted checkout_api-v2 twice", ["checkout_api", "checkout", "api-v2", "checkout_ap", "api"]),
    ("See /var/log/nginx/error.log", ["/var/log", "nginx/error.log", "log/nginx", "error.lo"]),
    (
        "Asked https://status.example.org/history?page=2",
        ["status.example.org/history", "https://status", "page=2"],
    ),
    ("Port 10.2.3.4:5432 refused", ["10.2.3.4", "2.3.4", "10.2.3.4:5432"]),
    ("Rewritten in C++ and C#", ["C++", "c#"]),
    (
        "Ran kill -9 on O'Brien's writer",
        ["kill -9", "-9", "-writer", "o’brien", '"kill -9"', '"on O\'Brien"'],
    ),
    (
        "東京都の決済システムで障害が発生した",
        ["障害", "決済システム", "システム", "ステム", "東京都", "発生"],
    ),
    ("支付网关超时", ["网关", "关超", "超时"]),
    ("결제서버가 중단되었습니다", ["서버", "결제", "서버가 중단", "중단"]),
    ("ระบบชำระเงินมีปัญหา", ["ปัญหา", "เงิน", "ชำระ"]),
    ("توقف الخادم عن العمل", ["خادم", "الخادم", "عمل"]),
    ("השרת הראשי נפל", ["שרת", "ראשי", "השרת"]),
    ("भुगतान सर्वर बंद है", ["सर्वर", "भुगतान", "गतान"]),
    ("DBの障害、api-01も", ["DBの障害", "DB", "api-01", "障害"]),
]
NOT_THERE = [
    ("The host db-012.prod is down", ["db-01", "db-0", "01"]),
    ("The host db-01 is down, 02 is not", ["db-02", "01.db", "db-1"]),
    ("Port 110.2.3.4 and 10.2.3.40 refused", ["10.2.3.4"]),
    ("Rewritten in C, c+ and cpp", ["C++", "c#"]),
    ("It ended with exit code -91", ["-9", "exit code -9"]),
    ("東京と京都の障害", ["東京都", "害障"]),
    ("The failure of the ledger", ['"ledger failure"', '"the failures ledger"', "ledger volcano"]),
    ("a b", ["' | & ! :* (", "\\", "'"]),
]


@pytest.mark.parametrize(("text", "typed"), PARTS, ids=[each[0][:20] for each in PARTS])
def test_parts_of_names_and_words_are_found_and_marked(text: str, typed: list[str]) -> None:
    for said in typed:
        assert finds(text, said), said
        assert BEGIN in excerpt(text, marks_of(said)), said


@pytest.mark.parametrize(("text", "typed"), NOT_THERE, ids=[each[0][:20] for each in NOT_THERE])
def test_what_is_not_there_is_neither_found_nor_marked(text: str, typed: list[str]) -> None:
    for said in typed:
        assert not finds(text, said), said
        # Each word by itself may be there.
        if " " not in said.strip("'") or said.startswith('"'):
            assert BEGIN not in with_marks(text, marks_of(said)), said


LETTERS = st.text(st.sampled_from("abcdé01ø東京都のปัญหาالخادمשרת서버Мё"), min_size=2, max_size=6)


@given(st.lists(LETTERS, min_size=1, max_size=5), st.sampled_from(["-", ".", "_", "/", ""]), st.data())
def test_whatever_stands_in_a_text_is_found_by_it(words: list[str], sign: str, data: st.DataObject) -> None:
    text = " ".join(f"{word}{sign}{other}" for word, other in zip(words, reversed(words), strict=True))
    chosen = data.draw(st.sampled_from(text.split()))
    if query_of(chosen):
        assert finds(text, chosen)


@given(st.text(st.sampled_from("東京都決済障害発生した"), min_size=2, max_size=30), st.data())
def test_each_part_of_a_run_is_found(run: str, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(run) - 2))
    last = data.draw(st.integers(first + 2, len(run)))
    assert re.fullmatch(f"[{RUNS_ON}]+", run)
    assert finds(run, run[first:last])
