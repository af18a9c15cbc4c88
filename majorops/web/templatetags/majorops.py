"""The tags of the pages. They are built in: no `{% load %}`. What stands in rows is made here, not by includes."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.db.models import Model
from django.forms import BoundField, CheckboxInput
from django.http import QueryDict
from django.template import Context
from django.templatetags.static import static
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

from majorops import clock
from majorops.formatting import formats, time_words
from majorops.formatting.durations import NOT_CAPTURED
from majorops.people.operations.organisation import organisation_zone
from majorops.web import text
from majorops.words import spelled_out

register = template.Library()

# Stored keys of the vocabularies and the tone they are shown in; a key that is not here is grey.
TONES = {
    "critical": "solid", "high": "red", "medium": "amber", "low": "grey",
    "mandatory": "violet", "recommended": "blue", "optional": "grey", "not_required": "grey tone-quiet",
    "open": "blue", "validated": "amber", "in_progress": "amber", "done": "green", "cancelled": "grey",
    "draft": "amber", "in_review": "blue", "reviewed": "green", "closed": "grey",
    "met": "green", "met_late": "amber", "missed": "red", "overdue": "red", "waived": "grey", "superseded": "grey",
    "accepted": "green", "tentative": "amber", "declined": "red", "none": "grey", "required": "violet",
    "planned": "amber", "sent": "green", "withdrawn": "grey", "extended": "amber",
    "preparing": "amber", "asked": "violet", "approved": "blue",
    "known": "green", "provisional": "amber", "unknown": "red", "published": "green", "erratum": "amber",
    "captured": "amber", "learned": "green", "came_back": "red", "not_effective": "red",
    "stop": "red", "start": "green", "continue": "blue",
    "gap": "red", "after_the_fact": "amber", "restricted": "violet",
}  # fmt: skip


def _request(context: Context) -> Any:
    return getattr(context, "request", None) or context.get("request")


def reader_zone(context: Context) -> ZoneInfo:
    """The zone of the one who reads: `reader_zone` of the context (mail, PDF), the person's, the organisation's."""
    given = context.get("reader_zone")
    if isinstance(given, ZoneInfo):
        return given
    name = given or getattr(getattr(_request(context), "user", None), "time_zone", "")
    return ZoneInfo(name or organisation_zone())


def reading_at(context: Context) -> datetime:
    """The instant the page is read at: `at` of the context where the view gave one, else the clock."""
    given = context.get("at")
    return given if isinstance(given, datetime) else clock.now()


def _zone(context: Context, zone: str | ZoneInfo | None) -> ZoneInfo:
    if zone is None:
        return reader_zone(context)
    return zone if isinstance(zone, ZoneInfo) else ZoneInfo(zone)


@register.simple_tag
@lru_cache(maxsize=128)
def icon(name: str) -> SafeString:
    """A picture from `img/icons.svg`; always beside words, so hidden from screen readers."""
    return SafeString(
        f'<svg class="icon" aria-hidden="true"><use href="{static("img/icons.svg")}#{escape(name)}"/></svg>'
    )


# What the formats answer consists of letters, digits and spaces: it needs no escaping, and rows are many.
def _time(stamp: str, text: str, relative: str = "") -> SafeString:
    after = f', <span class="instant-relative">{relative}</span>' if relative else ""
    return SafeString(f'<time class="instant" datetime="{stamp}">{text}{after}</time>')


@register.simple_tag(takes_context=True)
def instant(
    context: Context, value: datetime | None, zone: str | ZoneInfo | None = None, only: str = ""
) -> SafeString:
    """`Tue 3 Mar 14:00 CET, in 2 days`. `only="absolute"` or `"relative"` shows one half; None is not captured."""
    if value is None:
        return not_captured()
    where, at = _zone(context, zone), reading_at(context)
    stamp = value.isoformat(timespec="seconds")
    if only == "absolute":
        return _time(stamp, formats.absolute(value, zone=where, at=at))
    relative = formats.relative(value, zone=where, at=at)
    if only == "relative":
        return _time(stamp, relative)
    return _time(stamp, formats.absolute(value, zone=where, at=at), relative)


@register.simple_tag(takes_context=True)
def day(context: Context, value: date | None, relative: bool = True) -> SafeString:
    """A date without a time: `Tue 3 Mar, in 2 days`."""
    if value is None:
        return SafeString('<span class="not-captured">no date</span>')
    today = reading_at(context).astimezone(reader_zone(context)).date()
    distance = formats.relative_day(value, today=today) if relative else ""
    return _time(value.isoformat(), formats.day(value, today=today), distance)


@register.simple_tag(takes_context=True)
def clock_time(context: Context, value: datetime | None, zone: str | ZoneInfo | None = None) -> SafeString:
    """`14:05`, with seconds where there are some, for the rows of a log whose heading says the day and the zone.

    None is not captured.
    """
    if value is None:
        return not_captured()
    text = formats.clock_time(value, zone=_zone(context, zone))
    return SafeString(f'<time datetime="{value.isoformat(timespec="seconds")}">{text}</time>')


@register.simple_tag(takes_context=True)
def zone_name(context: Context) -> str:
    """The zone that times are shown and typed in here, whatever the season: `Europe/Berlin`."""
    return reader_zone(context).key


@register.simple_tag(takes_context=True)
def zone_label(context: Context, instant: datetime) -> str:
    """The zone that this instant is shown in, such as `CET`: that of the instant, never that of now."""
    return time_words.zone_label(instant.astimezone(reader_zone(context)))


@register.filter
def minutes(value: int | None) -> str:
    """A term of minutes in words: `30 min`, `4 h`, `1 day`; nothing for None."""
    return "" if value is None else time_words.minutes_words(int(value))


@register.simple_tag
def not_captured() -> SafeString:
    return SafeString(f'<span class="not-captured">{NOT_CAPTURED}</span>')


@register.simple_tag
def duration(value: timedelta | float | None) -> SafeString:
    """`1 h 42 min`; `not captured` for None; `−8 min (out of order)` for a negative one."""
    if value is None:
        return not_captured()
    words = formats.duration(value)
    kind = "out-of-order" if words.startswith("−") else "number"
    return SafeString(f'<span class="{kind}">{words}</span>')


@register.simple_tag(takes_context=True)
def countdown(
    context: Context,
    due_at: datetime | None = None,
    on: date | None = None,
    met_at: datetime | None = None,
    soon_hours: float = 24,
    zone: str | ZoneInfo | None = None,
) -> SafeString:
    """What is left of a deadline, in words and tone. `on` is given for a deadline that is the end of a local day.

    `zone` is the zone of that day (the owner's, the incident's), the reader's unless given: it says whether the day is
    over; days are counted on the reader's calendar, as beside it. A met deadline says
    whether it was late. Instants tick in the browser.
    """
    at = reading_at(context)
    if met_at is not None and due_at is not None:
        left = formats.met(due_at, met_at)
    elif on is not None:
        left = formats.countdown_day(
            on,
            today=at.astimezone(reader_zone(context)).date(),
            ends_in=at.astimezone(_zone(context, zone)).date(),
        )
    elif due_at is not None:
        left = formats.countdown(due_at, at=at, soon=timedelta(hours=soon_hours))
        ticking = f' data-due="{due_at.isoformat(timespec="seconds")}" data-soon="{int(soon_hours * 3600)}"'
        return SafeString(f'<span class="countdown countdown-{left.tone}"{ticking}>{left.words}</span>')
    else:
        return SafeString('<span class="countdown countdown-done">no deadline</span>')
    return SafeString(f'<span class="countdown countdown-{left.tone}">{left.words}</span>')


@register.simple_tag(takes_context=True)
def deadline(
    context: Context,
    due_at: datetime | None = None,
    on: date | None = None,
    met_at: datetime | None = None,
    zone: str | ZoneInfo | None = None,
) -> SafeString:
    """The countdown with the date or instant below it; of what was met, when it was."""
    left = countdown(context, due_at, on=on, met_at=met_at, zone=zone)
    if met_at is not None:
        below = instant(context, met_at, zone=zone, only="absolute")
    elif on is not None:
        below = f"end of {day(context, on, relative=False)}"
    elif due_at is not None:
        below = instant(context, due_at, zone=zone, only="absolute")
    else:
        return left
    return SafeString(f'<span class="deadline">{left}<span class="soft small">{below}</span></span>')


@lru_cache(maxsize=512)
def _chip(text: str, tone: str) -> SafeString:
    return format_html('<span class="chip tone-{}">{}</span>', tone, text)


@register.simple_tag
def chip(word: Any, label: str | None = None, tone: str | None = None) -> SafeString:
    """A vocabulary word as a chip. Takes a Word, or a stored key with its label; the tone follows from the key."""
    if word is None or word == "":
        return SafeString("")
    key = str(word)
    text = label or getattr(word, "label", None) or spelled_out(key)
    return _chip(str(text), tone or TONES.get(key, "grey"))


@register.simple_tag
def chip_of(row: Model, field: str) -> SafeString:
    """The word that a field of the row holds as a chip, with the label of the field's choices."""
    return _chip_of(type(row), field, getattr(row, field))


@lru_cache(maxsize=512)
def _chip_of(model: type[Model], field: str, key: str) -> SafeString:
    return chip(key, dict(model._meta.get_field(field).flatchoices).get(key))  # type: ignore[union-attr]


@register.simple_tag
def options(choices: Iterable[tuple[Any, str]], selected: Any = None) -> SafeString:
    """The options of a select: pairs of value and label."""
    return SafeString(
        "".join(
            f'<option value="{escape(value)}"{" selected" if value == selected else ""}>{escape(label)}</option>'
            for value, label in choices
        )
    )


@lru_cache(maxsize=512)
def _marked(name: str) -> SafeString:
    return format_html(
        '<span class="person"><span class="person-mark" aria-hidden="true">{}</span>{}</span>',
        formats.initials(name),
        name,
    )


@register.simple_tag
def person(somebody: Any, nobody: str = "nobody yet", mark: bool = True) -> SafeString:
    """A person by name, with the initials as a mark; `nobody` in words where there is none."""
    if not somebody:
        return format_html('<span class="person-nobody">{}</span>', nobody)
    return _marked(str(somebody)) if mark else format_html('<span class="person">{}</span>', somebody)


@register.filter
def markdown(value: str | None) -> SafeString:
    """Typed text as safe HTML; put it inside `class="prose"`."""
    return text.markdown(value or "")


@register.simple_tag(takes_context=True)
def query_replace(context: Context, **changes: Any) -> str:
    """The address's query with some parameters replaced (None or empty removes one), as `?a=1&b=2`.

    Without `cursor=` of its own a change starts again at the first page.
    """
    request = _request(context)
    query = request.GET.copy() if request else QueryDict(mutable=True)
    query.pop("cursor", None)
    for name, value in changes.items():
        if value is None or value == "":
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}" if query else "?"


@register.simple_tag(takes_context=True)
def query_change(context: Context, changes: Mapping[str, Any]) -> str:
    """The same with the changes as a mapping, where the names of the parameters are not known to the template."""
    return query_replace(context, **changes)


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, hint: str | None = None, label: str | None = None) -> dict[str, Any]:
    """One form field: label, hint, the control, and the error with the way out; what was typed stays."""
    return {
        "field": bound,
        "label": label or bound.label,
        "hint": bound.help_text if hint is None else hint,
        "is_check": isinstance(bound.field.widget, CheckboxInput),
        "is_group": bound.field.widget.use_fieldset,
    }


@register.inclusion_tag("components/form_errors.html")
def form_errors(form: Any, title: str = "") -> dict[str, Any]:
    """What is wrong with a form, at its top, each with a link to its field."""
    count = sum(len(errors) for errors in form.errors.values()) if form.is_bound else 0
    return {"form": form, "count": count, "title": title}
