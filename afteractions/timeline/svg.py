"""Small functions that write SVG, with colours by role so that page, dark mode and PDF share one drawing."""

import re
from collections.abc import Mapping
from xml.sax.saxutils import escape, quoteattr

from majorops.formatting.directions import isolated

Palette = Mapping[str, str]

_LIGHT = {
    "ink": "#1b2430",
    "muted": "#566170",
    "line": "#d5dae1",
    "grid": "#eceff3",
    "surface": "#ffffff",
    "shade": "#f1f3f6",
    "fold": "#9aa4b2",
    "milestone-line": "#6b7788",
    "danger": "#b42318",
    "bracket": "#3d4a5c",
    "track": "#cfe0f5",
    "track-edge": "#2f6db5",
    "impact": "#b42318",
    "detection": "#a64b00",
    "investigation": "#175cd3",
    "decision": "#6d3fc4",
    "action": "#24406b",
    "communication": "#0b7285",
    "recovery": "#1a7f42",
    "vendor": "#7a5200",
    "milestone": "#3d4a5c",
    "other": "#566170",
    "public": "#9c1f6b",
    "internal": "#9c1f6b",
    "phase-ink": "#1b2430",
    "phase-0": "#f6d9c9",
    "phase-1": "#f9e7b8",
    "phase-2": "#d3e3f8",
    "phase-3": "#e2d8f7",
    "phase-4": "#cdebea",
    "phase-5": "#d8eecb",
    "phase-6": "#bfe3c8",
    "phase-7": "#e1e5ea",
}

ROLES = tuple(_LIGHT)
"""Every colour role; `static/css/timeline.css` gives each one as `--tl-ROLE` for light and for dark."""

PRINT_FONTS = (
    "Atkinson, Atkinson Ext, Noto Arabic, Noto Hebrew, Noto Devanagari, Noto Thai, "
    "Noto JP, Noto SC, Noto TC, Noto KR, DejaVu Sans, Noto Emoji"
)
"""The order matters: DejaVu has Arabic and Hebrew too, less well shaped."""

PRINT: Palette = {**_LIGHT, "font": PRINT_FONTS}
"""Colours and fonts written out: for the PDF, whose SVG knows no custom properties."""

PAGE: Palette = {**{role: f"var(--tl-{role})" for role in ROLES}, "font": "inherit"}
"""Colours by custom property: the page's style sheet decides, in light, dark and print."""

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def words(text: str) -> str:
    """Text made safe inside an element, turning nothing but itself; characters that XML forbids become U+FFFD."""
    return escape(_NOT_XML.sub("\ufffd", isolated(text)))


def tag(name: str, *children: str, **attributes: object) -> str:
    """One element. Children are finished markup; attributes are escaped, `_` in their names is written `-`."""
    written = "".join(
        f" {key.rstrip('_').replace('_', '-')}={quoteattr(_NOT_XML.sub(chr(0xFFFD), _value(value)))}"
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}>{''.join(children)}</{name}>" if children else f"<{name}{written}/>"


def _value(value: object) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def label(x: float, y: float, text: str, *, size: float = 11, fill: str, **attributes: object) -> str:
    """One line of text with its baseline at (x, y)."""
    return tag("text", words(text), x=float(x), y=float(y), font_size=size, fill=fill, **attributes)


def line(x1: float, y1: float, x2: float, y2: float, stroke: str, **attributes: object) -> str:
    """A straight line."""
    return tag("line", x1=float(x1), y1=float(y1), x2=float(x2), y2=float(y2), stroke=stroke, **attributes)


def box(x: float, y: float, width: float, height: float, **attributes: object) -> str:
    """A rectangle; a negative width is drawn as none."""
    return tag("rect", x=float(x), y=float(y), width=float(max(width, 0)), height=float(height), **attributes)


LONGEST_HINT = 300


def hint(text: str) -> str:
    """The tooltip of the group it stands first in; the table has the whole of a long text."""
    return tag("title", words(text if len(text) <= LONGEST_HINT else f"{text[:LONGEST_HINT]}…"))


def frame(
    *children: str, width: float, height: float, name: str, kind: str, title: str, description: str, font: str
) -> str:
    """The drawing itself: an image with a name and a description for those who don't see it."""
    return tag(
        "svg",
        tag("title", words(title), id=f"{name}-title"),
        tag("desc", words(description), id=f"{name}-desc"),
        *children,
        xmlns="http://www.w3.org/2000/svg",
        class_=f"timeline-{kind}",
        viewBox=f"0 0 {_value(float(width))} {_value(float(height))}",
        width=float(width),
        height=float(height),
        role="img",
        aria_labelledby=f"{name}-title {name}-desc",
        font_family=font,
        font_size=11,
    )


_WIDTHS = {**dict.fromkeys("iljtfr.,:;'|!()[] I·", 0.34), **dict.fromkeys("mwMW@%—…", 0.9)}


_NARROWEST = min(_WIDTHS.values())


def beginning(text: str, room: float, size: float) -> str:
    """As much of the text, in one line, as could fit into `room` if all of it were narrow.

    What follows is not looked at: a long text costs no more than a short one.
    """
    most = max(int(room / (size * _NARROWEST)), 0) + 2
    # Words are parted by one blank at least: more than this many characters of them never fit.
    short = " ".join(text[: 8 * most].split())
    return short[:most] if len(short) > most or len(text) <= 8 * most else f"{short}…"


def text_width(text: str, size: float) -> float:
    """About how wide the text will be, in the drawing's units; rather too wide than too narrow."""
    return size * sum(_WIDTHS.get(char) or _character_width(char) for char in text)


def _character_width(char: str) -> float:
    if ord(char) >= 0x1100:
        return 1.1
    return 0.68 if char.isupper() else 0.57


def fitted(text: str, room: float, size: float) -> str:
    """The text, cut with an ellipsis to fit into `room`; empty when not even a few letters fit."""
    text = beginning(text, room, size)
    if text_width(text, size) <= room:
        return text
    kept, used = "", text_width("…", size)
    for char in text:
        used += text_width(char, size)
        if used > room:
            break
        kept += char
    return kept.rstrip() + "…" if len(kept) >= 4 else ""
