"""The design holds what it promises: contrast, words beside colours, a strict page, vendored files untouched."""

import hashlib
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import pytest
from django import forms
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.files.storage import FileSystemStorage
from django.http import HttpRequest
from django.template import engines
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django_htmx.middleware import HtmxDetails

from majorops.errors import Problem, RuleViolation
from majorops.people.models import Person
from majorops.web.context import DECLARE, INBOX, PLACES, SEARCH, SETTINGS, current_place
from majorops.web.static_files import FOR_READERS, IMPORT, BundledStaticFilesStorage, Bundles
from majorops.web.templatetags.majorops import TONES
from majorops.web.text import markdown
from majorops.words import Word

ROOT = Path(settings.BASE_DIR)
SHEET = ROOT / "static/css/majorops.css"
CSS = {path.name: path.read_text() for path in SHEET.parent.glob("*.css") if path != SHEET}
AT = datetime(2026, 3, 1, 11, 0, tzinfo=UTC)
PAGES = [
    path
    for path in (ROOT / "templates").rglob("*.html")
    if path.relative_to(ROOT).parts[1] not in ("mail", "pdf")
]

# Text and what it stands on: 4.5. Borders of controls, marks and the focus ring: 3 (WCAG 2.2, 1.4.3 and 1.4.11).
TEXT = [
    *[(ink, ground) for ink in ("ink", "ink-soft", "link") for ground in ("paper", "surface", "sunken", "hover")],
    *[(tone, f"{tone}-wash") for tone in ("red", "amber", "green", "blue", "violet", "grey")],
    *[(tone, "surface") for tone in ("red", "amber", "green", "danger")],
    *[(tone, "paper") for tone in ("red", "amber", "green", "danger")],
    *[("ink", f"{tone}-wash") for tone in ("red", "amber", "green", "blue")],
    *[("link", f"{tone}-wash") for tone in ("red", "amber", "green", "blue")],
    ("primary-ink", "primary"), ("primary-ink", "primary-hover"), ("danger-ink", "danger"),
    ("rail-ink", "rail"), ("rail-ink", "rail-hover"), ("rail-soft", "rail"), ("rail-soft", "rail-hover"),
    ("hivis", "rail"), ("hivis", "rail-hover"), ("hivis-ink", "hivis"),
]  # fmt: skip
MARKS = [
    *[("line-strong", ground) for ground in ("paper", "surface")],
    *[("focus", ground) for ground in ("paper", "surface", "sunken")],
    *[(f"{tone}-line", "surface") for tone in ("red", "amber", "green")],
]  # fmt: skip


@pytest.fixture
def client() -> Client:
    """A browser in which nobody is signed in."""
    return Client()


class Mood(Word):
    IN_REVIEW = "in_review", "In Review"


def colours(mode: int) -> dict[str, str]:
    """Every colour token in light (0) or dark (1)."""
    found = {}
    for name, value in re.findall(r"--([\w-]+):\s*([^;]+);", CSS["tokens.css"]):
        pair = re.fullmatch(r"light-dark\((#\w{6}), (#\w{6})\)", value)
        if pair:
            found[name] = pair[mode + 1]
        elif re.fullmatch(r"#\w{6}", value):
            found[name] = value
    return found


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two sRGB colours as WCAG 2 defines it."""

    def luminance(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def asked(path: str = "/", *, htmx: bool = False, zone: str = "Europe/Berlin") -> HttpRequest:
    """A request by a reader in a zone."""
    request = RequestFactory().get(path, headers={"HX-Request": "true"} if htmx else {})
    request.user = AnonymousUser()
    request.user.time_zone = zone
    request.htmx = HtmxDetails(request)
    return request


def drawn(source: str, **context: Any) -> str:
    """What a piece of template gives a reader in Berlin on Sunday 1 March 2026, 12:00."""
    request = context.pop("request", None) or asked()
    return engines["django"].from_string(source).render({"at": AT, **context}, request)


def words(html: str) -> str:
    """What is read of a piece of HTML."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_stands_out_from_its_ground(ink: str, ground: str, mode: int) -> None:
    assert contrast(colours(mode)[ink], colours(mode)[ground]) >= 4.5


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("mark", "ground"), MARKS)
def test_borders_and_marks_can_be_seen(mark: str, ground: str, mode: int) -> None:
    assert contrast(colours(mode)[mark], colours(mode)[ground]) >= 3


def test_styles_use_only_tokens_that_exist() -> None:
    defined = set(re.findall(r"(--[\w-]+):", " ".join(CSS.values())))
    used = set(re.findall(r"var\((--[\w-]+)", " ".join(CSS.values())))
    assert used <= defined


@pytest.mark.parametrize("name", sorted(set(CSS) - {"tokens.css"}))
def test_sizes_come_from_the_tokens_and_widths_are_the_four(name: str) -> None:
    styles = re.sub(r"/\*.*?\*/", "", CSS[name], flags=re.DOTALL)
    assert re.fullmatch(r"\s*@layer (base|components|utilities) \{.*\}\s*", styles, re.DOTALL)
    assert set(re.findall(r"\((width [^)]*)\)", styles)) <= {
        f"width {way} {width}rem" for way in ("<", ">=") for width in (48, 62, 80, 104)
    }
    assert not re.findall(r"(?:min|max)-width: [\d.]+rem\)", styles)
    # Relative sizes follow the text around them; paper has points.
    sizes = re.findall(r"font-size: ([^;}]+)", styles)
    assert [size for size in sizes if not re.match(r"var\(|clamp\(|[\d.]+(em|pt)", size)] == []
    spaces = re.findall(r"(?<![\w-])(?:padding|gap|border-radius)[\w-]*: ([^;}]+)", styles)
    assert [space for space in spaces if re.search(r"(?<![\w.])[\d.]+rem", space)] == []


def test_every_page_has_the_same_styles() -> None:
    assert [page.name for page in PAGES if "css/" in page.read_text()] == ["styles.html"]
    assert re.findall(r"css/[\w.]+", (ROOT / "templates/partials/styles.html").read_text()) == [
        "css/majorops.css"
    ]


def test_a_bundle_holds_all_its_parts_in_their_order_and_imports_nothing() -> None:
    """What `collectstatic` makes of it; without, a browser follows the imports and reads the same."""
    bundles = Bundles(FileSystemStorage(ROOT / "static"))
    sheet = bundles.open("css/majorops.css").read().decode()
    parts = IMPORT.findall(SHEET.read_text())
    assert sorted(parts) == sorted(CSS)
    places = {name: sheet.index(FOR_READERS.sub("", text)) for name, text in CSS.items()}
    assert [places[name] for name in parts] == sorted(places.values())
    script = bundles.open("js/majorops.js").read().decode()
    assert "@import" not in sheet
    assert not re.search(r"^import ", script, re.MULTILINE)
    assert all(
        FOR_READERS.sub("", (ROOT / f"static/js/{name}.js").read_text()) in script
        for name in ("shell", "search", "countdown")
    )


def test_a_file_that_was_not_collected_keeps_its_name(tmp_path: Path) -> None:
    storage = BundledStaticFilesStorage(location=tmp_path, base_url="/static/")
    assert storage.url("css/majorops.css") == "/static/css/majorops.css"


def test_templates_and_classes_are_called_what_they_are() -> None:
    unclear = re.compile(
        r"(?<![a-z])(told|said|found|shown|answers|bodies|calls|standing|stepping|needs|asked|each)(?![a-z])"
    )
    names = {path.stem for path in (ROOT / "templates").rglob("*.*")}
    names |= {name for style in CSS.values() for name in re.findall(r"\.([a-z][\w-]*)", style)}
    assert {name for name in names if unclear.search(name)} == set()


def test_every_tone_of_a_chip_has_its_style() -> None:
    assert {f".tone-{tone.split()[0]}" for tone in TONES.values()} <= set(
        re.findall(r"\.tone-\w+", CSS["components.css"])
    ) | {".tone-grey"}


@pytest.mark.parametrize("template", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_page_holds_nothing_that_its_policy_refuses(template: Path) -> None:
    source = re.sub(r"{%.*?%}", "", template.read_text())
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|hx-on|javascript:|hx-vals='js:", source)
    assert all("src=" in tag or "application/json" in tag for tag in re.findall(r"<script[^>]*>", source))


def test_every_icon_that_is_asked_for_is_drawn() -> None:
    drawn_icons = {symbol.get("id") for symbol in ElementTree.parse(ROOT / "static/img/icons.svg").getroot()}
    asked_for = {name for page in PAGES for name in re.findall(r'{% icon "([\w-]+)" %}', page.read_text())}
    asked_for |= {place.icon for place in (*PLACES, DECLARE, INBOX, SEARCH, SETTINGS)}
    assert asked_for <= drawn_icons


def test_vendored_files_are_unmodified_and_licensed() -> None:
    vendor = ROOT / "static/vendor"
    listed = dict(
        reversed(line.split()) for line in (vendor / "README.md").read_text().splitlines() if len(line.split()) == 2
        and len(line.split()[0]) == 64
    )  # fmt: skip
    for folder in ("htmx", "atkinson-hyperlegible"):
        assert (vendor / folder / "LICENSE").stat().st_size > 200
        for path in (vendor / folder).glob("*.*"):
            assert hashlib.sha256(path.read_bytes()).hexdigest() == listed[f"{folder}/{path.name}"]


def test_htmx_evaluates_nothing_and_keeps_what_was_typed() -> None:
    page = render_to_string("404.html", request=asked())
    assert '"allowEval":false' in page
    assert '{"code":"409|412|422","swap":true}' in page
    assert '"historyCacheSize":0' in page
    assert '"disableInheritance":true' in page


ASKS = re.compile(r"<[a-z]+\b(?:[^<>]|<[^>]*>)*?\shx-(?:get|post|put|delete)=(?:[^<>]|{%[^%]*%})*>")


@pytest.mark.parametrize("template", PAGES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_what_asks_the_server_says_itself_where_the_answer_goes(template: Path) -> None:
    """Nothing is inherited: without a target the answer goes into the element that asked, which is for parts that
    fill themselves, never for a link, a button or a form whose text would be lost."""
    for element in ASKS.findall(template.read_text()):
        fills_itself = re.search(r'hx-trigger="[^"]*\b(load|every)\b', element) or 'hx-swap="none"' in element
        assert "hx-target=" in element or fills_itself, element


def test_the_shell_has_landmarks_a_skip_link_and_one_heading() -> None:
    page = drawn(
        "{% extends 'base.html' %}{% block title %}Home{% endblock %}{% block heading %}Now{% endblock %}",
        needs_me=3,
    )
    assert "<title>(3) Home · MajorOps After Actions</title>" in page
    assert page.index('class="skip"') < page.index("<header") < page.index("<main")
    assert page.count("<h1>") == 1
    assert "Times are shown in Europe/Berlin." in page


def test_the_place_one_is_in_is_the_longest_address() -> None:
    places = tuple(
        SimpleNamespace(url_name=name, url=url)
        for name, url in [("home", "/"), ("list", "/incidents/"), ("board", "/after-actions/")]
    )
    assert current_place("/incidents/INC-K7Q4M/", places) == "list"
    assert current_place("/", places) == "home"
    assert current_place("/me/", places) == ""


def test_an_instant_says_zone_and_distance_in_the_readers_zone() -> None:
    html = drawn("{% instant x %}", x=AT + timedelta(hours=50))
    assert words(html) == "Tue 3 Mar 14:00 CET, in 2 days"
    assert 'datetime="2026-03-03T13:00:00+00:00"' in html
    other = drawn("{% instant x only='absolute' %}", x=AT, request=asked(zone="America/New_York"))
    assert words(other) == "Sun 1 Mar 06:00 EST"


def test_the_zone_of_a_mail_is_that_of_its_recipient() -> None:
    source = engines["django"].from_string("{% instant x only='absolute' %}")
    assert words(source.render({"x": AT, "at": AT, "reader_zone": "Asia/Tokyo"})) == "Sun 1 Mar 20:00 JST"


def test_what_was_not_captured_is_said_and_never_zero() -> None:
    assert words(drawn("{% duration x %}", x=None)) == "not captured"
    assert words(drawn("{% instant x %}", x=None)) == "not captured"
    assert words(drawn("{% duration x %}", x=-480)) == "−8 min (out of order)"
    assert words(drawn("{% duration x %}", x=timedelta(minutes=102))) == "1 h 42 min"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{% countdown due %}", "in 3 h 20 min"),
        ("{% countdown past %}", "overdue by 2 d 4 h"),
        ("{% countdown past met_at=due %}", "met late by 2 d 7 h"),
        ("{% countdown on=today %}", "due today"),
        ("{% countdown %}", "no deadline"),
        ("{% deadline due %}", "in 3 h 20 min Sun 1 Mar 15:20 CET"),
        ("{% deadline on=today %}", "due today end of Sun 1 Mar"),
        ("{% day today %}", "Sun 1 Mar, today"),
    ],
)
def test_a_deadline_says_its_state_in_words(source: str, expected: str) -> None:
    context = {
        "due": AT + timedelta(hours=3, minutes=20),
        "past": AT - timedelta(days=2, hours=4),
        "today": date(2026, 3, 1),
    }
    assert words(drawn(source, **context)) == expected


def test_a_day_ends_in_the_zone_it_was_promised_in() -> None:
    late = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    source = "{% countdown on=day zone='America/New_York' %} {% countdown on=day %}"
    assert words(drawn(source, day=date(2026, 3, 1), at=late)) == "due today overdue by 1 day"


def test_a_chip_carries_its_word() -> None:
    assert words(drawn("{% chip x %}", x=Mood.IN_REVIEW)) == "In Review"
    assert words(drawn("{% chip 'critical' 'Critical (P1)' %}")) == "Critical (P1)"
    assert words(drawn("{% chip 'not_required' %}")) == "Not required"
    assert drawn("{% chip x %}", x=None) == ""


def test_nobody_is_said_in_words_and_names_are_escaped() -> None:
    assert words(drawn("{% person x nobody='no owner' %}", x=None)) == "no owner"
    assert "<b>" not in drawn("{% person x %}", x="<b>Eve</b>")
    assert "<b>" not in drawn("{% chip x %}", x="<b>")


def test_the_address_keeps_its_filters_and_starts_again_at_the_first_page() -> None:
    request = asked("/incidents/?severity=high&cursor=abc&status=open")
    assert drawn("{% query_replace status='closed' %}", request=request) == "?severity=high&amp;status=closed"
    assert drawn("{% query_replace severity=None status='' %}", request=request) == "?"
    pages = drawn("{% include 'components/pages.html' %}", request=request, next="xyz", previous="")
    assert "?severity=high&amp;status=open&amp;cursor=xyz" in pages
    assert "Previous" not in pages


def test_a_pasted_address_is_a_link_that_shows_where_it_leads() -> None:
    shown = markdown("Run https://ci.example/d/42?a=1&b=2. `https://a.example` [there](https://b.example)")
    address = "https://ci.example/d/42?a=1&amp;b=2"
    assert f'<a href="{address}" rel="noopener noreferrer nofollow">{address}</a>.' in shown
    assert shown.count("<a ") == 2
    assert markdown("https://good.example@evil.example/").count('href="https://good.example"') == 1


@pytest.mark.parametrize(
    "typed",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "<img src=x onerror=alert(1)>",
        "![x](http://a.example/p.png)",
    ],
)
def test_typed_text_runs_nothing_and_fetches_nothing(typed: str) -> None:
    html = drawn("{{ x|markdown }}", x=typed)
    assert not re.search(r"<script|<img|href=\"javascript", html)


def test_typed_headings_stay_below_those_of_the_page() -> None:
    assert drawn("{{ x|markdown }}", x="# Big").strip() == "<h4>Big</h4>"
    assert "<strong>bold</strong>" in drawn("{{ x|markdown }}", x="**bold**")


class Declaring(forms.Form):
    title = forms.CharField(help_text="What a customer would notice.")
    severity = forms.ChoiceField(choices=[("high", "High (P2)")], widget=forms.RadioSelect)
    customers = forms.IntegerField(required=False, label="Customers affected")
    restricted = forms.BooleanField(required=False)


def test_a_wrong_form_names_each_field_and_keeps_what_was_typed() -> None:
    form = Declaring({"title": "", "severity": "", "customers": "many"})
    html = drawn("{% form_errors form %}{% for f in form %}{% field f %}{% endfor %}", form=form)
    assert "Not saved: fix 3 problems" in html
    assert html.count('class="field-error"') == 3
    for described in re.findall(r'aria-describedby="([^"]+)"', html):
        assert all(f'id="{name}"' in html for name in described.split())
    for target in re.findall(r'href="#([^"]+)"', html):
        assert f'id="{target}"' in html
    assert 'value="many"' in html
    assert html.count(">optional<") == 1


def test_a_form_that_was_not_sent_has_no_errors() -> None:
    assert drawn("{% form_errors form %}", form=Declaring()).strip() == ""


def test_a_step_that_is_blocked_says_why() -> None:
    html = drawn(
        "{% include 'components/blocked.html' with label='Publish' id='publish' reason='The meeting was not held.' %}"
    )
    assert 'aria-disabled="true"' in html
    assert 'aria-describedby="publish-reason"' in html
    assert words(html) == "Publish The meeting was not held."


def test_a_conflict_shows_both_texts_and_a_field_that_joins_them() -> None:
    html = drawn(
        "{% include 'components/conflict.html' with name='failure' by='Ada Example' version=8 %}",
        theirs="<their text>", yours="my text", saved_at=AT - timedelta(minutes=2),
    )  # fmt: skip
    assert "&lt;their text&gt;" in html
    assert html.count("my text") == 2
    assert 'name="version" value="8"' in html
    assert "2 min ago" in words(html)


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (
            "empty.html' with title='No actions' text='They stand here.' url='/x/' label='Add one'",
            "No actions They stand here. Add one",
        ),
        ("notice.html' with tone='warning' title='The Retell' text='Too late.'", "The Retell Too late."),
        ("crumbs.html' with first='Incidents' first_url='/i/' here='INC-1'", "Incidents INC-1"),
        ("saved.html' with saved_at=at", "Saved Sun 1 Mar 12:00 CET"),
        ("saved.html'", "Nothing to save yet"),
        ("working.html'", "Working…"),
    ],
)
def test_each_part_says_what_it_shows(part: str, expected: str) -> None:
    assert words(drawn("{% include 'components/" + part + " %}")) == expected


def test_one_tab_is_the_current_page() -> None:
    tabs = [
        {"label": "Draft", "url": "/d/", "current": False},
        {"label": "Read", "url": "/r/", "current": True, "count": 2},
    ]
    html = drawn("{% include 'components/tabs.html' with name='After Action' %}", tabs=tabs)
    assert html.count("aria-current") == 1
    assert words(html) == "Draft Read 2"


def test_a_refusal_says_its_sentence_on_a_page_and_in_a_fragment() -> None:
    refusal = RuleViolation("The draft is not out yet.", [Problem("draft", "Distribute it first.")])
    page = render_to_string("refused.html", {"refusal": refusal}, request=asked())
    part = render_to_string("refused.html", {"refusal": refusal}, request=asked(htmx=True))
    assert "<html" in page
    assert "<html" not in part
    assert words(part) == "The draft is not out yet. Distribute it first."


@pytest.mark.parametrize("name", ["400.html", "403.html", "403_csrf.html", "404.html", "500.html"])
def test_an_error_page_offers_the_way_out(name: str) -> None:
    page = render_to_string(name, request=asked())
    assert 'href="/"' in page
    assert "<h1" in page or "<h2" in page


@pytest.fixture
def reader(db: None) -> Person:
    return Person.objects.create_user(
        "reader@majorops.example", "correct horse battery", full_name="Ada Example", time_zone="Europe/Berlin"
    )


@pytest.mark.parametrize(
    "path", ["login/", "password/reset/", "password/reset/done/", "password/reset/key/1-x/"]
)
def test_the_way_in_stands_in_the_design(client: Client, db: None, path: str) -> None:
    page = client.get(f"/accounts/{path}").content.decode()
    assert 'class="entrance"' in page
    assert page.count("<h1") == 1
    assert not re.search(r"\sstyle=|<script(?![^>]*src=)", page)


def test_a_wrong_password_says_so_and_keeps_the_address(client: Client, reader: Person) -> None:
    page = client.post("/accounts/login/", {"login": reader.email, "password": "wrong"}).content.decode()
    assert 'role="alert"' in page
    assert f'value="{reader.email}"' in page


@pytest.mark.parametrize(
    "path",
    ["logout/", "password/change/", "2fa/", "2fa/totp/activate/"],
)
def test_what_belongs_to_an_account_stands_in_the_shell(client: Client, reader: Person, path: str) -> None:
    password = {"password": "correct horse battery"}
    client.post("/accounts/login/", {"login": reader.email, **password})
    client.post("/accounts/reauthenticate/", password)
    page = client.get(f"/accounts/{path}").content.decode()
    assert 'class="rail"' in page
    assert "Ada Example" in page
    assert page.count("<h1") == 1
    assert not re.search(r"\sstyle=|<script(?![^>]*src=)", page)


def test_the_mark_is_found_by_the_names_that_browsers_ask_for() -> None:
    answer = Client().get("/favicon.ico")
    assert answer.status_code == 302
    place = answer["Location"].removeprefix("/static/").partition("?")[0]
    assert re.fullmatch(r"img/favicon(\.\w+)?\.ico", place)
    shell = (ROOT / "templates/base.html").read_text()
    for name in re.findall(r"static 'img/([\w.-]+)'", shell):
        assert (ROOT / "static/img" / name).exists(), name
    assert (ROOT / "static/img/favicon.ico").read_bytes()[:4] == b"\x00\x00\x01\x00"
