"""Which place of which template a control of a page comes from: an attribute that only tests put there.

Each `<form>`, link, button and fold of a template is counted, and gets `data-at="TEMPLATE TAG NUMBER"`. So a test can
say of each form in the templates whether a browser has ever sent it.
"""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.template import engines
from django.template.base import Origin
from django.template.loaders import cached

# A form that allauth draws is an element of the template that asks for it.
TAG = re.compile(r"<(?P<tag>a|button|form|summary)(?=[\s>])|{% element (?P<element>form)(?= )")
DRAWS = "allauth/elements/form.html"
COMMENT = re.compile(r"{#.*?#}|{% comment %}.*?{% endcomment %}", re.DOTALL)
TEMPLATES = Path(settings.BASE_DIR) / "templates"
# Pages that no browser is shown: documents and mails.
ELSEWHERE = ("pdf/", "mail/")


def places(name: str, source: str) -> Iterator[tuple[re.Match[str], str]]:
    """Each control that a template writes, in its order, with the name of its place."""
    number: Counter[str] = Counter()
    comments = [found.span() for found in COMMENT.finditer(source)]
    for found in TAG.finditer(source):
        if any(begin <= found.start() < end for begin, end in comments):
            continue
        tag = found["tag"] or found["element"]
        number[tag] += 1
        yield found, f"{name} {tag} {number[tag]}"


def marked(name: str, source: str) -> str:
    """The template with its places written into its tags."""
    parts, done = [], 0
    for found, place in places(name, source):
        said = "{{ attrs.at }}" if name == DRAWS and found["tag"] == "form" else place
        parts += [source[done : found.end()], f' at="{said}"' if found["element"] else f' data-at="{said}"']
        done = found.end()
    return "".join([*parts, source[done:]])


def forms_of_templates() -> list[str]:
    """The place of each form that stands in a template."""
    every = [
        place
        for path in sorted(TEMPLATES.rglob("*.html"))
        if not (name := path.relative_to(TEMPLATES).as_posix()).startswith((*ELSEWHERE, DRAWS))
        for _, place in places(name, path.read_text())
    ]
    return [place for place in every if " form " in place]


class MarkingLoader(cached.Loader):
    """Django's cached loader over the same loaders, with the places written in."""

    def get_contents(self, origin: Origin) -> str:
        return marked(str(origin.template_name), super().get_contents(origin))


@contextmanager
def marked_templates() -> Iterator[None]:
    """Whatever is rendered meanwhile carries its places."""
    engine = engines["django"].engine
    usual = engine.template_loaders
    engine.template_loaders = [MarkingLoader(engine, engine.loaders[0][1])]
    try:
        yield
    finally:
        engine.template_loaders = usual
