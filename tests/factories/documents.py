"""Any document of the format `majorops.incident/1`, as hypothesis draws it: none, one and many of each list, each
nullable null, texts of all scripts, and the edges of calendar and clock."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import available_timezones

from hypothesis import strategies as st

from afteractions import timeline
from afteractions.timeline import Picture
from incidents.exchange.document_parts import DocumentMtmNotes
from incidents.vocabulary import (
    Audience,
    CommandRole,
    EventKind,
    MilestoneKind,
    MtmActionStatus,
    Phase,
    Severity,
)

TEXTS = (
    "Failover started",
    "決済が失敗しました。東京リージョンだけです",
    "결제가 실패했습니다",
    "支付失败，正在切换到备用数据库",
    "भुगतान विफल हो गया",
    "ระบบชำระเงินล้มเหลว",
    "فشل الدفع في المنطقة",
    "התשלום נכשל",
    "\u202egnisrever txeT\u202c and on",
    "\u2067never closed",
    "👩🏽‍🚒 fire 🔥 🇩🇪",
    "Z̷̢̛a̸͎͐l̴̹͝g̶̈o",
    "Ελληνικά и русский, Tiếng Việt",
    "<script>alert('x')</script> & \"quoted\" {{ braces }}",
    "=1+1 | a;b,c\td",
    "Donaudampfschifffahrtsgesellschaft" * 20,
    "two\nlines",
    "x",
    "%s %(name)s {0} \\ \\n",
    "https://example.org/" + "a" * 200,
)
INSTANTS = tuple(
    datetime.fromisoformat(at).astimezone(UTC)
    for at in (
        "1970-01-02T00:00:00Z",
        "1999-12-31T23:59:59Z",
        "2012-06-30T23:59:59Z",
        "2016-02-29T12:00:00Z",
        "2021-03-28T00:59:59Z",
        "2021-03-28T01:00:00Z",
        "2021-10-31T00:30:00Z",
        "2021-10-31T01:30:00Z",
        "2024-03-10T06:59:59Z",
        "2024-03-10T07:00:00Z",
        "2024-11-03T05:30:00Z",
        "2024-11-03T06:30:00Z",
        "2011-12-30T09:59:59Z",
        "2011-12-30T10:00:00Z",
        "2025-12-31T23:59:59.999999Z",
    )
)
ODD_INSTANTS = (
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "9999-12-31T23:59:59-23:59",
    "2023-02-29T12:00:00Z",
    "2024-02-30T12:00:00+01:00",
    "2024-06-01T24:00:00Z",
    "2024-06-01T12:00:00",
    "2024-06-01T12:00:00+99:00",
    "2199-12-31T23:59:59Z",
    "yesterday",
    "",
    1_700_000_000,
    True,
)
ODD_VALUES: tuple[Any, ...] = (
    None,
    "",
    " ",
    0,
    -1,
    2**70,
    1.5,
    True,
    [],
    [None],
    {},
    {"x": 1},
    "\x00",
    "x" * 200_000,
)
ZONES = tuple(sorted(available_timezones() - {"localtime", "Factory"}))

typed = st.one_of(
    st.sampled_from(TEXTS),
    st.text(
        st.characters(exclude_characters="\x00", exclude_categories=("Cs",)), min_size=1, max_size=30
    ).filter(str.strip),
)
one_line = typed.map(
    lambda text: " ".join("".join(c if c.isprintable() else " " for c in text).split())[:150]
).filter(str.strip)
nullable_text = st.none() | typed
days = st.none() | st.sampled_from(["1970-01-01", "2024-02-29", "2026-01-01", "2027-03-14", "2199-12-31"])
numbers = st.none() | st.sampled_from([0, 1, 7, 2**31 - 1])


def several(one: st.SearchStrategy[Any], most: int = 4) -> st.SearchStrategy[list[Any]]:
    """None, one or many."""
    return st.one_of(
        st.just([]), st.lists(one, min_size=1, max_size=1), st.lists(one, min_size=2, max_size=most)
    )


def written(at: datetime) -> str:
    return at.isoformat()


# The address of an account: several keys of one document may be the same person.
ACCOUNT = "one.account@example.org"
AT = "2026-03-03T09:00:00Z"
SPARSE: dict[str, Any] = {
    # One entry in each list, with nothing but what the format requires of it.
    "format": "majorops.incident/1",
    "external_id": "sparse",
    "title": "Little was captured",
    "severity": "critical",
    "services": [{"name": "Payments"}],
    "people": [{"key": "kim", "name": "Kim"}],
    "command": [{"role": "mim", "person": "kim"}],
    "tracks": [{"name": "Database"}],
    "vendors": [{"name": "Northwind"}],
    "mtms": [{"number": 1}],
    "timeline": [{"at": AT, "kind": "action", "text": "Probe fails"}],
    "stakeholder_communications": [{"at": AT, "text": "The board knows"}],
    "status_updates": [{"at": AT, "audience": "public", "text": "We are on it"}],
}
SPARSE_AND_CLOSED = {**SPARSE, "external_id": "sparse and closed", "milestones": {"closed": AT}}


@st.composite
def instants(draw: st.DrawFn, around: datetime) -> str:
    """An instant of this incident: near its begin, often the very same second."""
    after = draw(st.sampled_from([0, 0, 1, 59, 600, 3600, 7199, 7200, 86_399, 86_400, 3_000_000, -60]))
    return written(around + timedelta(seconds=after))


@st.composite
def spans(draw: st.DrawFn, around: datetime, start: str, end: str) -> dict[str, str | None]:
    """A start and its end in order, each of them perhaps not captured."""
    both = sorted([draw(instants(around)), draw(instants(around))], key=datetime.fromisoformat)
    return {start: draw(st.sampled_from([both[0], None])), end: draw(st.sampled_from([both[1], None]))}


@st.composite
def any_document(draw: st.DrawFn) -> dict[str, Any]:
    """One document that the format allows."""
    around = draw(st.sampled_from(INSTANTS))
    at, maybe_at = instants(around), st.none() | instants(around)
    keys = draw(several(one_line.map(lambda text: text[:40]), 5).map(lambda many: list(dict.fromkeys(many))))
    key = st.sampled_from(keys) if keys else st.nothing()
    somebody = st.none() | key
    names = draw(several(one_line).map(lambda many: list({name.casefold(): name for name in many}.values())))
    service = st.none() | (st.sampled_from(names) | one_line if names else one_line)
    numbers_of_mtms = draw(several(st.integers(1, 9)).map(lambda many: sorted(set(many))))
    notes = st.fixed_dictionaries(dict.fromkeys(DocumentMtmNotes.__dataclass_fields__, nullable_text))

    def span(start: str, end: str) -> dict[str, str | None]:
        return draw(spans(around, start, end))

    def drawn(number: int | None = None, **shape: st.SearchStrategy[Any]) -> dict[str, Any]:
        return {name: draw(one) for name, one in shape.items()}

    def many(count: int) -> range:
        return range(draw(st.sampled_from([0, 1, count])))

    kinds = [kind.value for kind in MilestoneKind if kind is not MilestoneKind.STAKEHOLDER_COMMUNICATION]
    document = {
        "format": "majorops.incident/1",
        "external_id": draw(one_line),
        "title": draw(one_line),
        "severity": draw(st.sampled_from([word.value for word in Severity])),
        "time_zone": draw(st.none() | st.sampled_from(ZONES)),
        "source_url": draw(st.sampled_from([None, "https://example.org/?q=%E6%BC%A2#x"])),
        "organisation": draw(st.none() | one_line),
        "tags": draw(st.none() | several(one_line)),
        "summary": draw(st.none() | several(typed)),
        "restricted": draw(st.booleans()),
        "milestones": {kind: draw(maybe_at) for kind in kinds},
        "impact": drawn(
            external=st.none() | st.booleans(),
            customers_affected=st.none() | st.sampled_from([0, 1, 2**53 - 1]),
            business=nullable_text,
            revenue_exposure=nullable_text,
            sla_status=nullable_text,
            regulatory_exposure=st.none() | st.booleans(),
        ),
        "unusual_factors": draw(nullable_text),
        "repeat_of": draw(st.sampled_from([None, "an earlier one that is not here"])),
        "is_repeat": draw(st.booleans()),
        "services": [{"name": name, "owner": draw(somebody)} for name in names],
        "people": [
            {
                "key": each,
                "name": draw(one_line),
                "email": draw(st.sampled_from([None, f"p{n}@example.org", ACCOUNT, ACCOUNT.title()])),
            }
            for n, each in enumerate(keys)
        ],
        "command": [
            {
                "role": draw(st.sampled_from([word.value for word in CommandRole])),
                "person": draw(key),
                **span("from", "until"),
            }
            for _ in many(3)
            if keys
        ],
        "phases": [
            drawn(phase=st.sampled_from([word.value for word in Phase]), entered_at=at, by=somebody)
            for _ in many(5)
        ],
        "timeline": [
            drawn(
                at=at,
                logged_at=maybe_at,
                kind=st.sampled_from([word.value for word in EventKind]),
                by=somebody,
                text=typed,
                evidence_url=st.sampled_from([None, "https://example.org/graph"]),
            )
            for _ in many(6)
        ],
        "tracks": [
            {
                **drawn(name=one_line, service=service, lead=somebody, outcome=nullable_text),
                **span("opened_at", "closed_at"),
                "lead_assigned_at": draw(maybe_at),
            }
            for _ in many(3)
        ],
        "stakeholder_communications": [drawn(at=at, by=somebody, text=typed) for _ in many(2)],
        "status_updates": [
            drawn(
                at=at,
                audience=st.sampled_from([word.value for word in Audience]),
                channel=st.none() | one_line,
                text=typed,
                by=somebody,
            )
            for _ in many(3)
        ],
        "vendors": [
            {
                **drawn(
                    name=one_line,
                    service=service,
                    response_sla_minutes=numbers,
                    effect=nullable_text,
                    root_cause_related=st.none() | st.booleans(),
                    rca=st.none()
                    | st.fixed_dictionaries({"status": st.none() | one_line, "follow_up_on": days}),
                ),
                **span("engaged_at", "responded_at"),
            }
            for _ in many(2)
        ],
        "mtms": [
            {
                "number": number,
                **span("started_at", "ended_at"),
                **drawn(
                    attendees=st.lists(key, unique=True, max_size=3) if keys else st.just([]),
                    notes=notes,
                    actions=several(
                        st.fixed_dictionaries(
                            {
                                "title": typed,
                                "owner": somebody,
                                "due_on": days,
                                "status": st.sampled_from([word.value for word in MtmActionStatus]),
                            }
                        ),
                        2,
                    ),
                    severity_confirmed=st.none() | st.sampled_from([word.value for word in Severity]),
                    next_at=maybe_at,
                    cadence_minutes=st.none() | st.sampled_from([1, 30, 2**15 - 1]),
                ),
            }
            for number in numbers_of_mtms
        ],
    }
    if draw(st.booleans()):
        document["review"] = draw(reviews)
    return document


reviews = st.none() | st.fixed_dictionaries(
    {
        "root_cause": st.none()
        | st.fixed_dictionaries({"failure": nullable_text, "contributing_factors": several(typed, 2)}),
        "went_well": several(typed, 2),
        "changes": several(typed, 2),
        "learning_statements": several(typed, 2),
        "action_items": several(
            st.fixed_dictionaries(
                {
                    "title": typed,
                    "owner": st.none() | one_line,
                    "due_on": days,
                    "status": st.sampled_from(["open", "in_progress", "done", "cancelled"]),
                }
            ),
            2,
        ),
    }
)


def pictures() -> st.SearchStrategy[Picture]:
    """Any picture of a timeline, each of its parts none, one or many."""

    @st.composite
    def picture(draw: st.DrawFn) -> Picture:
        around = draw(st.sampled_from(INSTANTS))
        at = instants(around).map(datetime.fromisoformat)
        maybe_at = st.none() | at
        word = st.sampled_from([phase.label for phase in Phase]) | one_line
        parts: dict[str, st.SearchStrategy[Any]] = {
            "phases": st.builds(timeline.DrawnPhase, word, at, typed, st.booleans()),
            "tracks": st.builds(timeline.DrawnTrack, typed, at, maybe_at, maybe_at, st.just("") | typed),
            "events": st.builds(
                timeline.DrawnEvent,
                at,
                st.sampled_from([*(kind.value for kind in EventKind), "unheard-of"]),
                typed,
                typed,
                st.booleans(),
                st.booleans(),
            ),
            "updates": st.builds(
                timeline.DrawnUpdate,
                at,
                st.sampled_from(["public", "internal"]),
                st.just("") | typed,
                typed,
                typed,
            ),
            "metrics": st.builds(
                timeline.DrawnMetric,
                one_line,
                maybe_at,
                maybe_at,
                st.none() | st.sampled_from([0, -60, 5400, 10**9]),
            ),
            "milestones": st.builds(timeline.DrawnMilestone, one_line, at, st.booleans()),
            "vendors": st.builds(timeline.DrawnEngagement, typed, maybe_at, maybe_at),
            "mtms": st.builds(timeline.DrawnMtm, one_line, at, maybe_at),
        }
        return Picture(
            draw(typed),
            draw(st.sampled_from(ZONES)),
            closed_at=draw(maybe_at),
            now=draw(maybe_at),
            **{name: tuple(draw(several(part, 6))) for name, part in parts.items()},
        )

    return picture()


@st.composite
def spoilt_document(draw: st.DrawFn) -> Any:
    """A document with one value put where it may not belong: it comes in or is refused, never by half."""
    document = draw(any_document())
    places = list(_places(document))
    holder, name = draw(st.sampled_from(places))
    value = holder[name]
    is_instant = isinstance(name, str) and (name in ("at", "from", "until") or name.endswith(("_at", "_on")))
    odd = ODD_INSTANTS if is_instant else ODD_VALUES
    holder[name] = draw(st.sampled_from([odd_one for odd_one in odd if odd_one != value]))
    return document


def _places(value: Any) -> Any:
    for name, item in value.items() if isinstance(value, dict) else enumerate(value):
        yield value, name
        if isinstance(item, dict | list):
            yield from _places(item)
