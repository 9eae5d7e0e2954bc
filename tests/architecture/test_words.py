"""Every word on screen goes through gettext: templates hold no bare text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).parents[2] / "src/jigsaw/hub/web/templates"
# Names are not translated.
NAMES = {"Jigsaw", "OFFICIAL-SENSITIVE", "NHS", "UPN", "PDF"}
SPOKEN = re.compile(r'\b(?:aria-label|placeholder|title|alt)="([^"]*)"')


def bare_words(template: str) -> list[str]:
    """What stands in a template outside translation tags, as text or in spoken attributes."""
    text = re.sub(r"\{% comment %\}.*?\{% endcomment %\}|\{#.*?#\}", " ", template, flags=re.S)
    text = re.sub(r"\{% blocktrans(?:late)?\b.*?\{% endblocktrans(?:late)? %\}", " ", text, flags=re.S)
    text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", " ", text, flags=re.S)
    spoken = " ".join(SPOKEN.findall(text))
    text = re.sub(r"<(script|style)\b.*?</\1>", " ", text, flags=re.S)
    text = re.sub(r"<!--.*?-->|<[^>]*>|&\w+;|\{number\}", " ", text, flags=re.S)
    words = re.findall(r"[A-Za-z][A-Za-z’'-]+", f"{text} {spoken}")
    return [word for word in words if word not in NAMES]


# The gallery shows the components with sample words; no address leads to it.
PAGES = sorted(path for path in TEMPLATES.rglob("*.html") if path.name != "gallery.html")


@pytest.mark.parametrize("path", PAGES, ids=lambda p: str(p.relative_to(TEMPLATES)))
def test_no_bare_words(path: Path) -> None:
    assert bare_words(path.read_text(encoding="utf-8")) == []


def test_the_check_itself_finds_bare_words() -> None:
    assert bare_words('<p class="a">{% translate "Hello" %} there <b title="Big">{{ name }}</b></p>') == [
        "there",
        "Big",
    ]
