"""Follows what pages offer, as one person and by HTTP: links, what opens in a dialog, forms that ask.

A page of each kind is opened once. Forms that change something are noted: `sending.py` says who may send them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urlencode, urljoin, urlsplit

from django.http import HttpResponse
from django.test import Client
from django.urls import Resolver404, resolve
from lxml import html

# What an address names beside one of many alike: which step, which section.
KINDS_IN_ADDRESSES = ("name", "key")
# Signs the walker out.
NOT_FOLLOWED = "/accounts/logout/"
DIALOG = "#dialog-body"
REDIRECTS = (301, 302, 303)


class Offer(NamedTuple):
    """One control of a page: where it leads, which page offers it under which name, and what it promises."""

    url: str
    page: str = "the address bar"
    label: str = ""
    is_partial: bool = False
    promises_form: bool = False


@dataclass
class Walk:
    """One person's way through the product; `filters` opens lists with each of their filters as well,
    `whole` every address instead of one page of each kind."""

    client: Client
    filters: bool = False
    whole: bool = False
    faults: list[str] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    """Of the URLs that were opened."""
    sent_to: dict[str, str] = field(default_factory=dict)
    """The addresses that forms of method post are sent to, each with a page that offers it."""
    _seen: set[object] = field(default_factory=set)
    _ids: dict[str, set[str]] = field(default_factory=dict)
    _anchors: list[tuple[str, str, str]] = field(default_factory=list)

    def go(self, *begin: str) -> None:
        """From these addresses to whatever can be reached."""
        queue = [Offer(path) for path in begin]
        while queue:
            offer = queue.pop(0)
            key = self._key(offer)
            if key is None or key in self._seen:
                continue
            self._seen.add(key)
            answer = self._open(offer)
            if answer is not None:
                queue += self._ours(self._offers(offer, answer))
        self.faults += [
            f"{page} leads to #{fragment}, which {path} has not"
            for path, fragment, page in self._anchors
            if path in self._ids and fragment not in self._ids[path]
        ]

    def _key(self, offer: Offer) -> object:
        """What makes two addresses one page to look at; None for what is not looked at."""
        parts, page = urlsplit(offer.url), urlsplit(offer.page)
        if parts.query and page.query and page.path == parts.path:
            # A filter upon a filter: each choice would multiply all others.
            return None
        if self.whole:
            return offer.url, offer.is_partial
        if parts.query and not self.filters and not offer.is_partial:
            return None
        try:
            match = resolve(parts.path)
        except Resolver404:
            return parts.path
        kinds = tuple(str(match.kwargs[name]) for name in KINDS_IN_ADDRESSES if name in match.kwargs)
        return match.view_name, kinds, bool(parts.query), offer.is_partial

    def _open(self, offer: Offer) -> HttpResponse | None:
        """The page, or None where there is nothing to read on it."""
        answer = self.client.get(offer.url, headers={"HX-Request": "true"} if offer.is_partial else {})
        way = f"{offer.page}: “{offer.label}”, {offer.url}"
        if answer.status_code >= 400:
            self.faults.append(f"{way} answers {answer.status_code}")
            return None
        self.names.add(resolve(urlsplit(offer.url).path).view_name)
        is_page = not answer.streaming and "html" in answer.get("Content-Type", "")
        if offer.promises_form and not (is_page and b"<form" in answer.content):
            self.faults.append(f"{way} opens a dialog without a form")
        return answer if is_page or answer.status_code in REDIRECTS else None

    def _offers(self, offer: Offer, answer: HttpResponse) -> Iterator[Offer]:
        if answer.status_code in REDIRECTS:
            yield offer._replace(url=urljoin(offer.url, answer["Location"]), is_partial=False)
            return
        # What is swapped into a page has many roots, or none.
        text = answer.content.decode()
        tree = html.document_fromstring(f"<div>{text}</div>" if offer.is_partial else text)
        ids = {str(each) for each in tree.xpath("//@id")}
        if not offer.is_partial:
            self._ids[urlsplit(offer.url).path] = ids
        for part in tree.xpath("//*[@href or @hx-get or @hx-post or @formaction or self::form]"):
            target = part.get("hx-target", "")
            if target.startswith("#") and not offer.is_partial and target[1:] not in ids:
                self.faults.append(f"{offer.url}: {target} is to be replaced, and is not there")
            yield from self._offers_of(part, offer.url, label_of(part))

    def _offers_of(self, part: html.HtmlElement, page: str, label: str) -> Iterator[Offer]:
        if (asked := part.get("hx-get")) is not None:
            promises = part.get("hx-target") == DIALOG
            yield Offer(urljoin(page, asked), page, label, is_partial=True, promises_form=promises)
        if part.tag == "a" and part.get("href", asked) != asked:
            url = urljoin(page, part.get("href"))
            if fragment := urlsplit(url).fragment:
                self._anchors.append((urlsplit(url).path, fragment, page))
            yield Offer(url, page, label)
        for sends in ("hx-post", "formaction"):
            if part.get(sends):
                self._note(urljoin(page, part.get(sends)), page)
        if part.tag == "form":
            url = urljoin(page, part.get("action") or urlsplit(page).path)
            if part.get("method", "get") == "get":
                yield Offer(f"{url}?{urlencode(part.form_values())}", page, label)
            elif can_be_sent(part):
                self._note(url, page)

    def _note(self, url: str, page: str) -> None:
        self.sent_to.setdefault(urlsplit(url).path, page)

    def _ours(self, offers: Iterable[Offer]) -> Iterator[Offer]:
        for offer in offers:
            parts = urlsplit(offer.url)
            if parts.scheme in ("", "http") and not parts.netloc and parts.path != NOT_FOLLOWED:
                yield offer._replace(url=parts._replace(fragment="").geturl())


def can_be_sent(form: html.HtmlElement) -> bool:
    """Whether there is a button for it, inside of it or elsewhere on the page."""
    elsewhere = f"//button[@form='{form.get('id')}']" if form.get("id") else "self::nothing"
    return bool(
        form.xpath(f".//button[not(@type) or @type='submit'] | .//input[@type='submit'] | {elsewhere}")
    )


def label_of(part: html.HtmlElement) -> str:
    return " ".join((part.get("aria-label") or part.text_content()).split())[:60]
