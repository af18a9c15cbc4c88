"""A page of ours as Markdown, in time that grows with its length. Whatever stands in it as text stays text: no sign of
Markdown or HTML that somebody typed does anything, and no picture is fetched."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

_SIGNS = re.compile(r"([\\`*_\[\]<>|~&])")
_BEGINNING = re.compile(r"^(#{1,6}|[-+=]+|\d{1,9}[.)])(?=\s|$)")
_BLANKS = re.compile(r"\s+")
_TICKS = re.compile(r"`+")
# What would end the address of a link, or make it more than one.
_NOT_IN_ADDRESSES = re.compile(r"[\s<>\\]")
_VOID = frozenset({"br", "hr", "img", "meta", "link"})
_LEFT_OUT = frozenset({"head", "style", "script"})
_HEADINGS = {f"h{level}": "#" * level for level in range(1, 7)}
_BLOCKS = frozenset(
    {
        *_HEADINGS,
        "p",
        "ul",
        "ol",
        "li",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "pre",
        "blockquote",
        "hr",
    }
    | {"div", "section", "figure", "figcaption", "body", "html"}
)
_AROUND = {"strong": "**", "b": "**", "em": "*", "i": "*", "s": "~~", "del": "~~"}


def markdown_from(page: str) -> str:
    """The body of the page as Markdown with tables, its pictures by their text alternatives, without its contents."""
    tree = _Tree()
    tree.feed(page)
    tree.close()
    return "\n\n".join(_blocks(tree.root)).strip() + "\n"


@dataclass(slots=True)
class _Node:
    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: "list[_Node | str]" = field(default_factory=list)

    def within(self, *tags: str) -> "list[_Node]":
        """The elements of these tags directly below."""
        return [each for each in self.children if isinstance(each, _Node) and each.tag in tags]


class _Tree(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = _Node("html")
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = _Node(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(node)
        if tag not in _VOID:
            self.open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if any(node.tag == tag for node in self.open[1:]):
            while self.open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def _blocks(node: _Node) -> list[str]:
    """The blocks of an element, in order; text that stands beside blocks is a block of its own."""
    found: list[str] = []
    beside: list[_Node | str] = []

    def close() -> None:
        if text := _line(beside):
            found.append(_as_paragraph(text))
        beside.clear()

    for child in node.children:
        if isinstance(child, str) or (child.tag not in _BLOCKS and child.tag not in _LEFT_OUT):
            beside.append(child)
            continue
        close()
        if child.tag not in _LEFT_OUT and "contents" not in child.attributes.get("class", "").split():
            found += _block(child)
    close()
    return found


def _block(node: _Node) -> list[str]:
    match node.tag:
        case tag if tag in _HEADINGS:
            text = _line(node.children)
            return [f"{_HEADINGS[tag]} {text}"] if text else []
        case "ul" | "ol":
            return _list(node)
        case "table":
            return _table(node)
        case "pre":
            text = _text(node).strip("\n")
            fence = "`" * max(3, _longest_ticks(text) + 1)
            return [f"{fence}\n{text}\n{fence}"]
        case "blockquote":
            return ["\n".join(f"> {line}".rstrip() for line in "\n\n".join(_blocks(node)).split("\n"))]
        case "hr":
            return ["---"]
    return _blocks(node)


def _list(node: _Node) -> list[str]:
    start = node.attributes.get("start", "1")
    number = int(start) if start.isascii() and start.isdigit() and len(start) < 10 else 1
    items = []
    for place, item in enumerate(node.within("li")):
        mark = "- " if node.tag == "ul" else f"{number + place}. "
        text = "\n\n".join(_blocks(item))
        items.append(mark + text.replace("\n", "\n" + " " * len(mark)))
    return ["\n".join(items)] if items else []


def _table(node: _Node) -> list[str]:
    """A table with a head as a table; one of facts, a head and a cell each, as a list."""
    parts = [node, *node.within("thead", "tbody")]
    rows = [[_cell(cell) for cell in row.within("th", "td")] for part in parts for row in part.within("tr")]
    if not rows:
        return []
    if not node.within("thead"):
        return ["\n".join(f"- {head}: {' '.join(cells)}" for head, *cells in rows if head)]
    width = max(map(len, rows))
    lines = [f"| {' | '.join([*row, *[''] * (width - len(row))])} |" for row in rows]
    return ["\n".join([lines[0], f"|{'---|' * width}", *lines[1:]])]


def _cell(node: _Node) -> str:
    """A cell on its one line; its paragraphs and the items of its lists follow each other."""
    return _line(node.children, is_cell=True)


def _line(nodes: "list[_Node | str]", *, is_cell: bool = False) -> str:
    """What stands in a line: text and what is marked in it, each run of blanks as one."""
    text = "".join(_inline(node, is_cell=is_cell) for node in nodes)
    lines = (_BLANKS.sub(" ", line).strip() for line in text.split("\n"))
    return ("; " if is_cell else "\\\n").join(line for line in lines if line)


def _inline(node: "_Node | str", *, is_cell: bool) -> str:
    if isinstance(node, str):
        return _plain(node)
    match node.tag:
        case "br":
            return "\n"
        case "code" | "pre":
            return _code(_text(node), is_cell=is_cell)
        case "img":
            return _plain(node.attributes.get("alt", ""))
    inside = "".join(_inline(child, is_cell=is_cell) for child in node.children)
    if node.tag == "a":
        return _link(node.attributes.get("href", ""), _BLANKS.sub(" ", inside).strip())
    if node.tag in _AROUND and inside.strip():
        mark = _AROUND[node.tag]
        return f"{mark}{_BLANKS.sub(' ', inside).strip()}{mark}"
    return f"\n{inside}\n" if node.tag in _BLOCKS else inside


def _link(address: str, text: str) -> str:
    if not text or not re.match(r"(?:https?|mailto):", address):
        return text
    safe = _NOT_IN_ADDRESSES.sub(lambda sign: "".join(f"%{byte:02X}" for byte in sign[0].encode()), address)
    return f"[{text}](<{safe}>)"


def _code(text: str, *, is_cell: bool) -> str:
    text = _BLANKS.sub(" ", text).strip()
    if not text:
        return ""
    fence = "`" * (_longest_ticks(text) + 1)
    return f"{fence} {text.replace('|', chr(92) + '|') if is_cell else text} {fence}"


def _longest_ticks(text: str) -> int:
    return max((len(run[0]) for run in _TICKS.finditer(text)), default=0)


def _plain(text: str) -> str:
    escaped = _SIGNS.sub(r"\\\1", _BLANKS.sub(" ", text))
    # Before a link it would make a picture.
    return f"{escaped[:-1]}\\!" if escaped.endswith("!") else escaped


def _as_paragraph(text: str) -> str:
    """A line that begins as a heading or an item of a list would is a paragraph all the same."""
    return "\n".join(
        _BEGINNING.sub(lambda sign: f"{sign[1][:-1]}\\{sign[1][-1]}", line) for line in text.split("\n")
    )


def _text(node: _Node) -> str:
    return "".join(child if isinstance(child, str) else _text(child) for child in node.children)
