"""On paper: a child's record says for whom it was printed, on every page; a printed screen leaves out what one presses."""

from __future__ import annotations

import re
import shutil
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from conftest import Visitor

SCHOOL = "ros@sharetown.example"


def open_katie(visitor: Visitor) -> str:
    """The address of Katie's page, found as a practitioner finds it."""
    page = visitor.go("/find/?q=Katie+Walsh")
    page.locator("main a[href*='/children/']", has_text="Katie Walsh").first.click()
    return page.url


def inflated(pdf: bytes) -> bytes:
    """Everything packed into the PDF, unpacked."""
    packed = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    return b"\n".join(zlib.decompressobj().decompress(part) for part in packed if part[:1] == b"x")


def text_of(pdf: bytes, folder: Path) -> list[str]:
    """The words of each page, as pdftotext reads them."""
    if not shutil.which("pdftotext"):
        pytest.skip("The words on paper are read with pdftotext (Debian package poppler-utils).")
    (folder / "record.pdf").write_bytes(pdf)
    read = ["pdftotext", "-layout", "record.pdf", "-"]
    text = subprocess.run(read, cwd=folder, capture_output=True, check=True, text=True).stdout
    return text.rstrip("\f\n").split("\f")


def test_the_record_on_paper_is_marked_for_its_reader_on_every_page(
    visit: Callable[..., Visitor], tmp_path: Path
) -> None:
    visitor = visit(SCHOOL)
    answer = visitor.page.request.get(open_katie(visitor) + "record.pdf")
    body = answer.body()
    assert answer.headers["content-type"] == "application/pdf"
    assert "no-store" in answer.headers["cache-control"]
    assert body.startswith(b"%PDF-") and body.rstrip().endswith(b"%%EOF")
    assert b"pdfuaid:part" in inflated(body), "made for screen readers, as PDF/UA"
    pages = text_of(body, tmp_path)
    assert len(pages) > 1
    for number, page in enumerate(pages, start=1):
        assert "OFFICIAL-SENSITIVE" in page
        assert re.search(rf"page {number} of {len(pages)}", page, re.IGNORECASE)
        assert "Copy for Ros Okafor, Sharetown Academy" in page
    assert "Demonstration: every person here is invented" in pages[0]
    assert "Katie Walsh" in pages[0]


def test_a_printed_screen_leaves_out_what_one_presses(visit: Callable[..., Visitor]) -> None:
    visitor = visit(SCHOOL)
    open_katie(visitor)
    page = visitor.page
    expect(page.get_by_role("navigation", name="Menu")).to_be_visible()
    page.emulate_media(media="print")
    for hidden in ("nav", "form[role=search]", ".hub-signout", ".govuk-skip-link", "[data-print]"):
        for found in page.locator(hidden).all():
            expect(found).to_be_hidden()
    expect(page.locator(".hub-marking")).to_be_visible()
    expect(page.locator("h1")).to_be_visible()


def test_a_printed_screen_is_marked_on_every_sheet(visit: Callable[..., Visitor], tmp_path: Path) -> None:
    visitor = visit(SCHOOL)
    open_katie(visitor)
    sheets = text_of(visitor.page.pdf(prefer_css_page_size=True), tmp_path)
    assert len(sheets) > 1
    for number, sheet in enumerate(sheets, start=1):
        assert "OFFICIAL-SENSITIVE" in sheet
        assert f"Page {number} of {len(sheets)}" in sheet
    assert "Demonstration: every person here is invented" in sheets[0]
