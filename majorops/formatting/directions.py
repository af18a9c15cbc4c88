"""Typed text in any direction: what it turns round ends where it ends (Unicode Annex 9).

Overrides, embeddings and isolates that a text opens and does not close would turn what follows it: a date, a name, a
button. Every shell that shows typed text isolates it.
"""

import re

FIRST_STRONG_ISOLATE, POP_ISOLATE, POP_EMBEDDING = "\u2068", "\u2069", "\u202c"
_EMBEDDINGS, _ISOLATES = "\u202a\u202b\u202d\u202e", "\u2066\u2067\u2068"
_CONTROLS = re.compile(f"[{_EMBEDDINGS}{_ISOLATES}{POP_ISOLATE}{POP_EMBEDDING}]")
# The blocks of scripts that run from right to left: Hebrew to Arabic Extended-A, their presentation forms, and beyond.
_TURNING = re.compile(
    f"[{_EMBEDDINGS}{_ISOLATES}{POP_ISOLATE}{POP_EMBEDDING}\u200f\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff"
    "\U00010800-\U00010fff\U0001e800-\U0001efff]"
)


def turns(text: str) -> bool:
    """Whether the text holds anything that runs from right to left or changes the direction."""
    return not text.isascii() and _TURNING.search(text) is not None


def isolated(text: str) -> str:
    """The text so that it turns nothing but itself, each line of it; unchanged where nothing in it turns."""
    if not turns(text):
        return text
    return "\n".join(_isolated_line(line) if line.strip() else line for line in text.split("\n"))


def _isolated_line(line: str) -> str:
    begun = line.startswith(FIRST_STRONG_ISOLATE) and line.endswith(POP_ISOLATE)
    closed = _closed(line)
    return closed if begun and closed == line else f"{FIRST_STRONG_ISOLATE}{closed}{POP_ISOLATE}"


def _closed(line: str) -> str:
    """The line with everything that it opens closed, and without what it closes and never opened."""
    open_: list[str] = []
    # Counted and never looked for: somebody may open ten thousand in a line, and close them by what closes none.
    isolates = 0
    kept: list[str] = []
    last = 0
    for match in _CONTROLS.finditer(line):
        kept.append(line[last : match.start()])
        last, control = match.end(), match[0]
        if control in _EMBEDDINGS:
            open_.append(POP_EMBEDDING)
        elif control in _ISOLATES:
            open_.append(POP_ISOLATE)
            isolates += 1
        elif control == POP_EMBEDDING:
            if not open_ or open_[-1] == POP_ISOLATE:
                continue
            open_.pop()
        elif not isolates:
            continue
        else:
            # The end of an isolate ends the embeddings inside it too.
            while (ended := open_.pop()) != POP_ISOLATE:
                kept.append(ended)
            isolates -= 1
        kept.append(control)
    kept.append(line[last:])
    return "".join([*kept, *reversed(open_)])


def isolated_quotations(text: str) -> str:
    """A sentence or mail with each text between “ and ” isolated, and every line of it closed."""
    if not turns(text):
        return text
    return "\n".join(_closed(_quotations_of(line)) for line in text.split("\n"))


def _quotations_of(line: str) -> str:
    """The line with each text between “ and ” isolated. A “ that nothing ends is where the search ends: one look."""
    parts, last = [], 0
    while (begin := line.find("“", last)) >= 0 and (end := line.find("”", begin)) >= 0:
        parts += [line[last : begin + 1], isolated(line[begin + 1 : end])]
        last = end
    return "".join([*parts, line[last:]])


# Text between two tags; what is typed into again, and what no person reads, stays as it is.
_VERBATIM = re.compile(
    r"<(textarea|script|style|option)\b.*?</\1\s*>|<!--.*?-->|<[^>]*>", re.DOTALL | re.IGNORECASE
)


def isolated_html(html: str) -> str:
    """A page in which each piece of text turns nothing but itself; unchanged where nothing in it turns."""
    if not turns(html):
        return html
    parts, last = [], 0
    for match in _VERBATIM.finditer(html):
        parts += [isolated(html[last : match.start()]), match[0]]
        last = match.end()
    return "".join([*parts, isolated(html[last:])])
