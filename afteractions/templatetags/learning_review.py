"""How the values of a frozen revision read on paper: absolute times in the incident's zone, words for stored keys."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.utils.safestring import SafeString, mark_safe

from afteractions import vocabulary as following
from afteractions.rules.followup.vendor_response import verdict_of
from afteractions.rules.review.files import PICTURES
from afteractions.rules.review.root_cause import cause_sentences
from incidents import vocabulary as record
from majorops.formatting import formats
from majorops.formatting.durations import NOT_CAPTURED
from majorops.formatting.time_words import day_words
from majorops.web import text
from majorops.words import Word, spelled_out

register = template.Library()

_WORDS: dict[str, type[Word]] = {
    "severity": record.Severity,
    "role": record.CommandRole,
    "requirement": record.RequirementLevel,
    "status": following.Status,
    "section": following.SectionKey,
    "certainty": following.Certainty,
    "deviation": following.DeviationKind,
    "way": following.WayKind,
    "went_well": following.WentWellKind,
    "change": following.ChangeKind,
    "learning": following.LearningState,
    "strength": following.Strength,
    "action": following.ActionStatus,
    "revision": following.RevisionKind,
    "anti_pattern": following.AntiPattern,
}
_HEADING = re.compile(r"<(/?)h[1-6]>")


@register.filter
def word(key: str | None, vocabulary: str) -> str:
    """The words for a stored key; a key of an older vocabulary is spelled out."""
    if not key:
        return NOT_CAPTURED
    label = next((entry.label for entry in _WORDS[vocabulary] if entry.value == key), None)
    return label or spelled_out(key)


@register.filter
def moment(value: str | None, zone: ZoneInfo) -> str:
    """`Tue 3 Mar 2026 14:00 CET`: absolute and with its year, since paper is read in any year."""
    if not value:
        return NOT_CAPTURED
    local = datetime.fromisoformat(value).astimezone(zone)
    return f"{on_day(local.date().isoformat())} {local:%H:%M} {formats.zone_label(local)}"


@register.filter
def on_day(value: str | None) -> str:
    """`Tue 3 Mar 2026` of an ISO date; empty without one."""
    if not value:
        return ""
    return day_words(date.fromisoformat(value))


@register.filter
def lasting(seconds: int | None) -> str:
    """`1 h 42 min`, `not captured`, or `−8 min (out of order)`."""
    return formats.duration(seconds)


register.filter("cause_sentences", cause_sentences)


@register.filter
def verdict(vendor: Mapping[str, Any]) -> str:
    """A vendor's response against its stated SLA: also of a revision that was frozen without the words."""
    return verdict_of(vendor["response_seconds"], vendor["response_sla_minutes"])


@register.filter
def is_picture(kind: str) -> bool:
    """Whether evidence of this kind is shown and not only handed out."""
    return kind in PICTURES


@register.filter
def captured(value: object) -> object:
    """The value, or the words for what was not captured; yes and no for a truth value, thousands set apart."""
    if value is None or value == "":
        return NOT_CAPTURED
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else value


@register.filter
def prose(value: str | None) -> SafeString:
    """Typed text as safe HTML whose headings don't disturb the document's outline."""
    return mark_safe(
        _HEADING.sub(lambda match: "</strong></p>" if match[1] else "<p><strong>", text.markdown(value or ""))
    )


@register.filter
def grouped(digits: str) -> str:
    """A hash in groups of eight, so that a person can compare it."""
    return " ".join(digits[start : start + 8] for start in range(0, len(digits), 8))
