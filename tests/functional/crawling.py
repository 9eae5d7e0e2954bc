"""A walk over every page that one practitioner can reach by links, and what must hold on each."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.urls import Resolver404, resolve
from playwright.sync_api import Page, Response

from conftest import DESKTOP, PHONE, Visitor

STANDARDS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"],
    "resultTypes": ["violations"],
}
# WCAG 2.1, success criterion 1.4.12: nothing is lost when a reader sets these.
TEXT_SPACING = """
* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
p { margin-bottom: 2em !important }
"""
# Of each kind of address so many are looked at for each practitioner: one more would show the same template.
EACH = 2
# Not every enquiry has an answer to read yet, not every agreement can end, and families ask for different things.
MORE = {"enquiry": 4, "agreement-version": 4, "rights-one": 10, "retention-one": 4}
# About whoever is signed in, and for everyone the same: looked at as one practitioner.
FOR_EVERYONE_THE_SAME = {"ways-in", "ways-in-app", "ways-in-passkey", "ways-in-codes", "ways-in-password"}
# How each kind of file begins: PDF, JSON, a table, or a picture.
FILES = {
    "child-pdf": b"%PDF-",
    "agreement-file": b"{",
    "rights-pdf": b"%PDF-",
    "rights-json": b"{",
    "retention-original": b"{",
    "retention-csv": b"reference,",
    "retention-json": b"{",
    "document": (b"%PDF-", b"\xff\xd8\xff"),
}

# What the reader sees and what a template wrote into attributes. A choice may rightly be called "None".
LEAKS = r"""() => {
  const found = [], odd = /\{\{|\{%|%\}|\}\}|__prefix__/;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.nodeType === Node.TEXT_NODE) {
      const inside = node.parentElement.tagName;
      if (["SCRIPT", "STYLE", "OPTION", "TEXTAREA"].includes(inside)) continue;
      if (odd.test(node.data) || /\bNone\b(?! of\b)/.test(node.data)) found.push(node.data.trim());
    } else for (const attribute of node.attributes)
      if (odd.test(attribute.value) || /^None$|[=/]None($|[/&])/.test(attribute.value))
        found.push(`${attribute.name}="${attribute.value}"`);
  }
  return found;
}"""
UNLABELLED = """() => [...document.querySelectorAll("input:not([type=hidden]), select, textarea")]
  .filter((input) => !input.labels.length && !input.ariaLabel && !input.getAttribute("aria-labelledby"))
  .map((input) => input.outerHTML.slice(0, 120))"""
# Where one can go from here: by what one looks for in the box on every page, by every link, and by the buttons
# that keep what was typed and lead on to a small page.
LINKS = """() => [
  ...[...document.querySelectorAll("form[role=search]")].map((form) => `${form.action}?q=Katie+Walsh`),
  ...[...document.querySelectorAll("a[href]")].map((link) => new URL(link.getAttribute("href"), location).href),
  ...[...document.querySelectorAll("button[value=hand-over], button[value=more-time]")].map(
    (button) => `${location.origin}${location.pathname}${button.value}/`),
  ...[...document.querySelectorAll("button[value^='propose-']")].map(
    (button) => `${location.origin}${location.pathname}propose/${button.value.slice("propose-".length)}/`),
]"""
SPACED = """(css) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}"""


def route_of(address: str) -> str:
    """The name of the route that an address leads to; "" if there is none."""
    try:
        return resolve(urlsplit(address).path).url_name or ""
    except Resolver404:
        return ""


@dataclass
class Seen:
    """One page as one practitioner was shown it."""

    address: str
    route: str
    title: str
    faults: list[str]


@dataclass
class Crawl:
    """Visits what can be reached, and writes down every fault rather than stopping at the first."""

    visitor: Visitor
    take_picture: Callable[[Page, str, str], None]
    own_pages: bool = True
    """Look at the pages about one's own account as well?"""
    first_on_a_phone: Callable[[str], bool] = lambda route: True
    """Is nobody else looking at this kind of page on a phone?"""
    axe: Axe = field(default_factory=Axe)
    seen: list[Seen] = field(default_factory=list)
    visits: Counter[tuple[str, ...]] = field(default_factory=Counter)
    met: set[str] = field(default_factory=set)

    def run(self, start: Iterable[str]) -> list[Seen]:
        """Breadth first from these addresses, each of which is looked at; returns every page seen so far."""
        ahead = deque((address, "") for address in start)
        while ahead:
            address, linked_from = ahead.popleft()
            if self._is_due(address) or not linked_from:
                ahead.extend((link, address) for link in self.look(address, linked_from))
        return self.seen

    def _is_due(self, address: str) -> bool:
        if address in self.met or (route_of(address) in FOR_EVERYONE_THE_SAME and not self.own_pages):
            return False
        self.met.add(address)
        key = self._kind(address)
        self.visits[key] += 1
        return self.visits[key] <= MORE.get(key[0], EACH)

    def _kind(self, address: str) -> tuple[str, ...]:
        """Addresses of one kind differ in their ids and in what was searched for alone."""
        return (route_of(address), *sorted(name for name, _value in parse_qsl(urlsplit(address).query)))

    def look(self, address: str, linked_from: str) -> list[str]:
        """Look at one page; returns where its links lead within the site."""
        if route_of(address) in FILES:
            self.seen.append(self._file(address))
            return []
        page, response = self.visitor.page, None
        page.set_viewport_size({"width": DESKTOP, "height": 900})
        self.visitor.complaints.clear()
        response = page.goto(self.visitor.base + address)
        assert response
        found = Seen(_within(page.url), route_of(page.url), page.title(), [])
        self.seen.append(found)
        found.faults += [*_refused(response, linked_from), *self._as_written(page)]
        links = [_within(link) for link in page.evaluate(LINKS) if link.startswith(self.visitor.base)]
        found.faults += self._at_each_width(page, found.route)
        return [link for link in links if link]

    def _file(self, address: str) -> Seen:
        answer = self.visitor.page.request.get(self.visitor.base + address)
        begins = FILES[route_of(address)]
        good = answer.status == 200 and answer.body().lstrip().startswith(begins)
        return Seen(address, route_of(address), "", [] if good else [f"no such file: status {answer.status}"])

    def _as_written(self, page: Page) -> list[str]:
        """What holds at any width."""
        faults = [f"the browser complains: {words}" for words in self.visitor.complaints]
        faults += [f"leaked: {words}" for words in page.evaluate(LEAKS)]
        faults += [f"without a label: {markup}" for markup in page.evaluate(UNLABELLED)]
        if page.locator("h1").count() != 1:
            faults.append(f"{page.locator('h1').count()} main headings")
        if not re.fullmatch(r"\S.* – Jigsaw", page.title()):
            faults.append(f"title {page.title()!r}")
        if not page.locator(".hub-marking__demo").is_visible():
            faults.append("not marked as a demonstration")
        return faults

    def _at_each_width(self, page: Page, route: str) -> list[str]:
        """The rules of access at both widths; on a phone for one who meets this kind of page, because they take long."""
        faults = []
        for width, name in ((DESKTOP, "desktop"), (PHONE, "phone")):
            page.set_viewport_size({"width": width, "height": 900})
            self.take_picture(page, route, name)
            broken = self._violations(page) if width == DESKTOP or self.first_on_a_phone(route) else []
            faults += [f"at {width} px {words}" for words in (*_sideways(page), *broken)]
        page.set_viewport_size({"width": 320, "height": 900})
        page.evaluate(SPACED, TEXT_SPACING)
        return faults + [f"at 320 px with text spacing {words}" for words in _sideways(page)]

    def _violations(self, page: Page) -> list[str]:
        broken = self.axe.run(page, options=STANDARDS).response["violations"]
        return [f"axe {rule['id']}: {rule['nodes'][0]['html'][:160]}" for rule in broken]


def _within(link: str) -> str:
    """The address inside the site, without the place on the page."""
    parts = urlsplit(urldefrag(link).url)
    return urljoin("/", parts.path) + (f"?{parts.query}" if parts.query else "")


def _refused(response: Response, linked_from: str) -> list[str]:
    return [] if response.status == 200 else [f"status {response.status}, linked from {linked_from}"]


def _sideways(page: Page) -> list[str]:
    over = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"scrolls sideways by {over} px"] if over > 0 else []
