"""Is the whole look sound: every shared part renders, nothing breaks the security policy, nothing of GOV.UK's own?"""

import datetime as dt
import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace as Thing

import pytest
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.template.loader import render_to_string
from django.test import override_settings
from django.urls import path
from lxml import html
from sample_page import NOW, context

WEB = Path(__file__).parents[3] / "src/jigsaw/hub/web"


def nowhere(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


urlpatterns = [path(f"{name}/", nowhere, name=name) for name in ("find", "ways-in", "sign-in", "sign-out")]


@pytest.fixture(autouse=True)
def plain_addresses() -> Iterator[None]:
    plain = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    with override_settings(ROOT_URLCONF=__name__, STORAGES=plain):
        yield


def gallery(*, bound: bool = False, **changes: object) -> html.HtmlElement:
    return html.fromstring(render_to_string("components/gallery.html", {**context(bound=bound), **changes}))


def said(source: str, **given: object) -> str:
    text = engines["django"].from_string("{% load jigsaw %}" + source).render(given)
    return " ".join(html.fragment_fromstring(text, create_parent="div").text_content().split())


@pytest.mark.parametrize("bound", [False, True])
def test_nothing_breaks_the_content_security_policy(bound: bool) -> None:
    page = gallery(bound=bound)
    assert not page.xpath("//@style | //style")
    assert not page.xpath("//script[not(@src)]")
    assert not page.xpath("//@*[starts-with(name(), 'on')]")


@pytest.mark.parametrize("bound", [False, True])
def test_ids_are_unique_and_links_within_the_page_arrive(bound: bool) -> None:
    page = gallery(bound=bound)
    # The empty form of a repeating block is a template: not part of the page until it is used.
    ids = page.xpath("//*[not(ancestor::template)]/@id")
    assert len(ids) == len(set(ids))
    for href in page.xpath("//*[contains(@class, 'error-summary')]//a/@href"):
        assert href[1:] in ids


def test_the_marking_and_the_demonstration_are_on_the_page() -> None:
    assert "Demonstration: every person here is invented" in gallery().text_content()
    real = gallery(demonstration=False).text_content()
    assert "OFFICIAL-SENSITIVE" in real
    assert "Demonstration" not in real


def test_without_a_signed_in_user_there_is_no_find_box_and_no_sign_out() -> None:
    page = gallery(user=Thing(is_authenticated=False), nav_items=[])
    assert not page.xpath("//form[@role='search'] | //nav[@aria-label='Menu']")
    assert "Sign out" not in page.text_content()
    assert gallery().xpath("//form[@method='post' and @action='/sign-out/']")


def test_a_page_with_errors_says_so_in_its_title() -> None:
    assert gallery(bound=True).findtext(".//title").startswith("Error: ")
    assert not gallery().findtext(".//title").startswith("Error: ")


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (48, "48 min left"),
        (-74, "1 h 14 min late"),
        (65, "1 h 05 min left"),
        (4260, "2 d 23 h left"),
        (0, "0 min left"),
    ],
)
def test_the_due_clock_in_words(minutes: int, words: str) -> None:
    due = NOW + dt.timedelta(minutes=minutes)
    assert said("{% due_words due now %}", due=due, now=NOW) == words


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ('{% how_known "opinion" %}', "Professional opinion"),
        ('{% rating_chip "R" %}', "Red"),
        ('{% rating_chip "B" "Level 1" %}', "Level 1"),
        ('{% agency_tag "PO" "Police" %}', "POPolice"),
        ('{% agency_tag "??" "Other" %}', "XXOther"),
        ('{% status_tag "claimed" %}', "Someone is on it"),
        ('{% why_link "/x/" "this was withheld" %}', "Why this was withheld"),
        ('{% voice "I take Poppy to my room." "Katie" %}', "“I take Poppy to my room.”Katie’s own words"),
    ],
)
def test_every_label_says_its_meaning_in_a_word(source: str, words: str) -> None:
    assert said(source) == words


def test_a_kind_nobody_defined_fails_loudly() -> None:
    with pytest.raises(KeyError):
        said('{% how_known "rumour" %}')


def test_pages_keep_the_rest_of_the_address() -> None:
    page = gallery()
    links = page.xpath("//nav[@aria-label='Pages']//a/@href")
    assert "?show=mine&page=5" in links
    assert page.xpath("//nav[@aria-label='Pages']//a[@aria-current='page']")[0].text == "4"


def test_messages_are_shown() -> None:
    class Done(str):
        level_tag = "success"

    page = gallery(messages=[Done("Referral sent")])
    assert page.xpath("//*[@role='alert'][contains(., 'Referral sent')]")


def test_styles_carry_nothing_that_is_reserved_for_government() -> None:
    css = (WEB / "static/css/jigsaw.css").read_text()
    for reserved in ("GDS Transport", "crest", "crown", "govuk-header", "logotype"):
        assert reserved not in css
    for address in re.findall(r"url\(\"?([^\")]+)", css):
        assert (WEB / "static/css" / address).resolve().exists()


def test_what_is_shipped_has_its_licence_and_the_lock_names_no_address() -> None:
    assert "SIL Open Font License" in (WEB / "static/fonts/OFL.txt").read_text()
    assert "MIT License" in (WEB / "static/js/govuk-frontend.LICENCE.txt").read_text()
    lock = (WEB / "theme/package-lock.json").read_text()
    assert "resolved" not in lock
    assert "integrity" in lock
    assert (
        json.loads(lock)["packages"]["node_modules/govuk-frontend"]["version"]
        in (WEB / "static/js/govuk-frontend.LICENCE.txt").read_text()
    )


def test_our_scripts_never_build_markup_from_text_nor_keep_words_in_the_browser() -> None:
    for script in (WEB / "static/js").glob("*.js"):
        if script.name == "govuk-frontend.min.js":
            continue
        code = re.sub(r"//.*", "", script.read_text())
        for refused in (
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "localStorage",
            "eval(",
        ):
            assert refused not in code, f"{refused} in {script.name}"


def test_our_scripts_write_to_no_name_that_came_from_elsewhere() -> None:
    """Nothing is written under a name worked out at run time, and no object is filled from another, so that nobody's words
    become a property of all objects (`__proto__`)."""
    writes = re.compile(r"[\w)\]]\[(?!\d+\])[^\]\n]+\]\s*(?:[-+*/|&?]{0,2}=(?![=>])|\+\+|--)")
    assert writes.search("given[name] = 1") and writes.search("a.b[c.d] ??= {}")
    assert not writes.search("if (given[name] === 1) x[0] = 2;") and not writes.search("const [a, b] = c;")
    one_of_four = (
        's[CHOICES.includes(choice) ? choice : "left"]++'  # decide.js: names of its own, and no others
    )
    for script in (WEB / "static/js").glob("*.js"):
        if script.name == "govuk-frontend.min.js":
            continue
        code = re.sub(r"//.*", "", script.read_text()).replace(one_of_four, "")
        assert not writes.findall(code), script.name
        for refused in (
            "Object.assign",
            "__proto__",
            "prototype =",
            "setPrototypeOf",
            "structuredClone",
            " in given",
        ):
            assert refused not in code, f"{refused} in {script.name}"


def test_a_printed_document_carries_marking_recipient_and_time_on_every_page(tmp_path: Path) -> None:
    weasyprint = pytest.importorskip("weasyprint")
    source = (
        '{% extends "print/base.html" %}{% block heading %}Record{% endblock %}'
        "{% block content %}{% for i in lines %}<p>Łódź {{ i }}</p>{% endfor %}{% endblock %}"
    )
    given = {
        "partnership_name": "Sharetown Partnership",
        "reference": "RFI-1042",
        "recipient": "DC Hannah Ortiz",
        "printed_at": NOW,
        "lines": range(90),
    }
    text = engines["django"].from_string(source).render(given)
    page = html.fromstring(text.replace("/static/", f"{WEB.as_uri()}/static/"))
    body = page.xpath("//body")[0]
    assert (
        body.get("data-watermark")
        == "Copy for DC Hannah Ortiz, 20 November 2026, 12:24. Keep secure; do not pass on."
    )
    document = weasyprint.HTML(string=text.replace("/static/", f"{WEB.as_uri()}/static/")).render()
    assert len(document.pages) > 1
    for number, sheet in enumerate(document.pages, 1):
        words = _words(sheet._page_box)
        for expected in ("OFFICIAL-SENSITIVE", "RFI-1042", "DC Hannah Ortiz", f"Page {number} of"):
            assert expected in words


def _words(box: object) -> str:
    """All text of a page, margins included."""
    here = getattr(box, "text", "") or ""
    return " ".join([here, *(_words(child) for child in getattr(box, "children", ()))])
